"""Falsified signatures: who is named, what the signature is made with, and what it still fits."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import replace

import pytest
from cryptography import x509
from lxml import etree

from idpsim.sso.tamper.documents import DS, SAMLP, signature
from idpsim.sso.tamper.saml_signatures import TAMPERS, following
from tests.sso.front import VENDORS, app, signing
from tests.sso.tamper.issuing import issued, scene
from tests.sso.tamper.reading import covered, document, names, text_of

ADA, GRACE = "ada@example.com", "grace@example.com"
POSING = (
    "unsigned",
    "stripped_assertion",
    "wrong_key",
    "wrong_key_right_cert",
    "self_made_cert_in_keyinfo",
    "hmac_sha256_with_public_cert",
    "tampered",
    "digest_in_status_detail",
    "digest_in_comment",
    "xslt_transform",
    "parser_differential_namespace",
    "namespace_confusion",
    "void_canonicalization",
)
HARMLESS = ("no_keyinfo", "expired_cert", "next_cert", "sha1", "md5", "reference_empty_uri")


def certificates(root: etree._Element) -> list[x509.Certificate]:
    held = (each.text or "" for each in root.iter(f"{{{DS}}}X509Certificate"))
    return [x509.load_der_x509_certificate(b64decode(each)) for each in held]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", POSING)
def test_the_victim_alone_is_named_and_no_signature_fits(name: str, vendor: str) -> None:
    root = document(issued(vendor, name))

    signed = list(covered(root, signing("idp")))

    assert names(root) == [GRACE]
    assert ADA not in text_of(root)
    assert signed == []


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", HARMLESS)
def test_ada_alone_is_named(name: str, vendor: str) -> None:
    root = document(issued(vendor, name))

    assert names(root) == [ADA]
    assert GRACE not in text_of(root)


def test_every_signature_is_tested() -> None:
    assert {*POSING, *HARMLESS, "stripped_response", "two_signedinfo"} >= TAMPERS.keys()


@pytest.mark.parametrize(("vendor", "left"), [("okta", ["Assertion"]), ("entra", ["Assertion"])])
def test_a_response_without_its_signature_is_still_that_of_ada(vendor: str, left: list[str]) -> None:
    root = document(issued(vendor, "stripped_response"))

    signed = [etree.QName(each).localname for each in covered(root, signing("idp"))]

    assert signature(root) is None
    assert signed == left


@pytest.mark.parametrize(
    ("name", "same"), [("wrong_key", "stranger"), ("wrong_key_right_cert", "idp"), ("next_cert", "next")]
)
def test_the_enclosed_certificate(name: str, same: str) -> None:
    held = certificates(document(issued("okta", name)))

    assert held
    assert all(each == signing(same).certificate for each in held)


def test_a_self_made_certificate_has_all_but_the_key() -> None:
    (held,) = certificates(document(issued("entra", "self_made_cert_in_keyinfo")))
    right = signing("idp").certificate

    assert (held.subject, held.issuer, held.serial_number) == (right.subject, right.issuer, right.serial_number)
    assert held.public_key() == signing("stranger").certificate.public_key()


def test_where_no_next_key_is_ready_one_is_made_that_is_not_the_strangers() -> None:
    on = replace(scene(app("okta")), next=None)

    coming = following(on)

    assert coming.der not in (on.signing.der, on.other.der)
    assert coming.key.public_key() == coming.certificate.public_key()
    assert following(on).key is coming.key


def test_an_expired_certificate_is_for_the_right_key() -> None:
    root = document(issued("entra", "expired_cert"))
    (held,) = certificates(root)

    assert held.public_key() == signing("idp").certificate.public_key()
    assert held.not_valid_after_utc < signing("idp").certificate.not_valid_after_utc
    assert list(covered(root, signing("idp")))


@pytest.mark.parametrize(
    ("name", "method"),
    [("sha1", "xmldsig#rsa-sha1"), ("md5", "rsa-md5"), ("hmac_sha256_with_public_cert", "hmac-sha256")],
)
def test_the_algorithm_is_named(name: str, method: str) -> None:
    said = document(issued("entra", name)).find(f".//{{{DS}}}SignatureMethod")

    assert said is not None
    assert said.get("Algorithm", "").endswith(method)


def test_a_whole_document_is_signed_by_an_empty_uri() -> None:
    root = document(issued("okta", "reference_empty_uri"))
    held = signature(root)
    assert held is not None
    value = held.findtext(f".//{{{DS}}}DigestValue")
    root.remove(held)

    octets = etree.tostring(etree.fromstring(etree.tostring(root)), method="c14n", exclusive=True)

    assert b64encode(hashlib.sha256(octets).digest()).decode() == value
    assert not list(root.iter(f"{{{DS}}}Signature"))


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_digest_in_a_comment_leaves_signedinfo_signed(vendor: str) -> None:
    root = document(issued(vendor, "digest_in_comment"))
    right = {each.get("ID") for each in root.iter() if isinstance(each.tag, str) and signature(each) is not None}

    comments = [each.getparent() for each in root.iter(etree.Comment)]

    assert comments
    assert len(comments) == len(right)
    assert all(each is not None and each.tag == f"{{{DS}}}DigestValue" for each in comments)


def test_the_digest_of_the_forgery_stands_in_status_detail() -> None:
    root = document(issued("entra", "digest_in_status_detail"))

    detail = root.findtext(f"{{{SAMLP}}}Status/{{{SAMLP}}}StatusDetail/{{{DS}}}DigestValue")

    assert detail
    assert detail != root.findtext(f".//{{{DS}}}Reference/{{{DS}}}DigestValue")


def test_nothing_is_left_to_canonicalize_under_a_relative_namespace() -> None:
    root = document(issued("entra", "void_canonicalization"))

    empty = b64encode(hashlib.sha256(b"").digest()).decode()

    assert root.nsmap["void"] == "1"
    assert root.findtext(f".//{{{DS}}}DigestValue") == empty
    with pytest.raises(etree.C14NError):
        etree.tostring(root, method="c14n", exclusive=True)
