"""What is signed verifies, and nothing else does."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from idpsim.saml.xml import Element, Refused, parsed
from idpsim.sso.saml import signature
from idpsim.sso.saml.response import SAML, build, document
from idpsim.sso.saml.signature import DS, EXCLUSIVE, Signer, sign, sign_with, verified, verify
from tests.sso.saml.papers import STATED, VENDORS, app, facts, response, signing

CERTIFICATES = (signing().der,)
BOTH = {
    "okta": STATED,
    "entra": {"signing_option": "sign_both", "saml_group_claims": "all"},
    "onelogin": {"saml_signature_element": "Both"},
}
SHA_1 = {
    "okta": {"signature_algorithm": "RSA_SHA1", "digest_algorithm": "SHA1"},
    "entra": {"signing_algorithm": "SHA-1"},
    "onelogin": {"saml_signature_algorithm": "SHA-1"},
}


def assertion(root: Element) -> Element:
    found = root.find(f"{{{SAML}}}Assertion")
    assert found is not None
    return found


@pytest.mark.parametrize("vendor", VENDORS)
def test_both_signatures_verify_in_the_bytes_that_are_sent(vendor: str) -> None:
    raw = response(app(vendor, **BOTH[vendor]))

    assert verified(raw, CERTIFICATES).get("ID") == parsed(raw).get("ID")
    assert verified(assertion(parsed(raw)), CERTIFICATES).tag == f"{{{SAML}}}Assertion"


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_verify_gives_has_no_signature_and_what_it_covers(vendor: str) -> None:
    covered = verified(assertion(parsed(response(app(vendor)))), CERTIFICATES)

    assert covered.find(f"{{{DS}}}Signature") is None
    assert covered.findtext(f".//{{{SAML}}}NameID") == "ada@example.com"


@pytest.mark.parametrize("vendor", VENDORS)
def test_sha_1_verifies_only_where_it_is_allowed(vendor: str) -> None:
    signed = assertion(parsed(response(app(vendor, **SHA_1[vendor]))))

    assert verify(signed, CERTIFICATES) is None
    assert verify(signed, CERTIFICATES, sha1=True) is not None


@pytest.mark.parametrize("bits", ["384", "512"])
def test_onelogin_signs_with_longer_digests_too(bits: str) -> None:
    signed = assertion(parsed(response(app("onelogin", saml_signature_algorithm=f"SHA-{bits}"))))

    assert verify(signed, CERTIFICATES) is not None


def test_one_of_several_certificates_is_enough() -> None:
    signed = assertion(parsed(response(app("entra"))))

    assert verify(signed, (signing("next").der, *CERTIFICATES)) is not None


@pytest.mark.parametrize("certificates", [(), (signing("next").der,), (b"no certificate",)])
def test_no_other_certificate_verifies_not_even_the_one_in_key_info(certificates: tuple[bytes, ...]) -> None:
    signed = assertion(parsed(response(app("entra"))))

    assert verify(signed, certificates) is None


def text_of(pattern: str, new: str) -> Callable[[bytes], bytes]:
    return lambda raw: re.sub(pattern.encode(), new.encode(), raw, count=1, flags=re.DOTALL)


def _with_object(raw: bytes) -> bytes:
    return raw.replace(b"</ds:KeyInfo>", b"</ds:KeyInfo><ds:Object/>", 1)


def _twice_signed(raw: bytes) -> bytes:
    root = parsed(raw)
    root.insert(2, deepcopy(root[1]))
    return etree.tostring(root)


def _wrapped(raw: bytes) -> bytes:
    """The signed Response below one of the attacker's, which has its ID."""
    root = parsed(raw)
    evil = deepcopy(root)
    evil.remove(evil[1])
    evil.set("ID", "_evil")
    evil.insert(1, root[1])
    evil.append(root)
    return etree.tostring(evil)


def _two_infos(raw: bytes) -> bytes:
    root = parsed(raw)
    root[1].insert(1, deepcopy(root[1][0]))
    return etree.tostring(root)


def _two_references(raw: bytes) -> bytes:
    root = parsed(raw)
    root[1][0].append(deepcopy(root[1][0][2]))
    return etree.tostring(root)


DOCTYPE = b'<!DOCTYPE x [<!ENTITY e "ada@example.com">]>'
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "another value": text_of("ada@example.com", "eve@example.com"),
    "a value in another case": text_of("ada@example.com", "Ada@example.com"),
    "an attribute more": text_of('Version="2.0"', 'Version="2.0" Consent="x"'),
    "text between elements": text_of("</saml2p:Status>", "</saml2p:Status> "),
    "text behind the signature": text_of("</ds:Signature>", "</ds:Signature>x"),
    "a comment": text_of("ada@example.com", "ada@example.com<!---->.evil.test"),
    "a comment that canonicalization drops": text_of("ada@example.com", "ada@<!-- x -->example.com"),
    "a processing instruction": text_of("ada@example.com", "ada@example.com<?x?>"),
    "a comment in the digest": text_of("<ds:DigestValue>", "<ds:DigestValue><!--x-->"),
    "no signature": text_of("<ds:Signature .*?</ds:Signature>", ""),
    "an ID that is another's too": text_of('<saml2:Assertion ID="[^"]+"', '<saml2:Assertion ID="id1"'),
    "an empty reference": text_of('URI="#[^"]+"', 'URI=""'),
    "a reference elsewhere": text_of('URI="#[^"]+"', 'URI="#elsewhere"'),
    "an object": _with_object,
    "two signatures": _twice_signed,
    "a Response around it": _wrapped,
    "two SignedInfo": _two_infos,
    "two references": _two_references,
    "another transform": text_of(
        '<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>',
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
    ),
    "a transform more": text_of("<ds:Transforms>", '<ds:Transforms><ds:Transform Algorithm="urn:x"/>'),
    "canonicalization with comments": text_of('xml-exc-c14n#"', 'xml-exc-c14n#WithComments"'),
    "many prefixes": text_of(
        '(<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")/>',
        f'\\1><e:InclusiveNamespaces xmlns:e="{EXCLUSIVE}" PrefixList="{"a " * 21}"/></ds:Transform>',
    ),
    "md5": text_of("xmldsig-more#rsa-sha256", "xmldsig-more#rsa-md5"),
    "hmac": text_of("xmldsig-more#rsa-sha256", "xmldsig-more#hmac-sha256"),
    "an unheard-of digest": text_of("xmlenc#sha256", "xmlenc#sha0"),
    "no canonical form": text_of('Version="2.0"', 'Version="2.0" xmlns:r="relative"'),
    "no base64": text_of("<ds:SignatureValue>.", "<ds:SignatureValue>*"),
    "an empty signature value": text_of("<ds:SignatureValue>.*?<", "<ds:SignatureValue><"),
    "a document type": lambda raw: raw.replace(b"?>", b"?>" + DOCTYPE, 1),
    "an entity": lambda raw: raw.replace(b"?>", b"?>" + DOCTYPE, 1).replace(b"ada@example.com", b"&e;"),
    "no XML": lambda _raw: b"SAML",
    "nothing": lambda _raw: b"",
    "half": lambda raw: raw[: len(raw) // 2],
    "too much": lambda raw: raw + b" " * 10_000_001,
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_document_is_refused_with(how: str) -> None:
    of = app("okta", assertion_signed=False)
    root = build(replace(facts(of), response_id="id1"), of)
    sign(root, signature.signer_of(signing(), of.sign_on.saml.signs(of)), of.sign_on.saml)
    raw = document(root, of)
    assert verify(raw, CERTIFICATES) is not None

    broken = BROKEN[how](raw)

    assert broken != raw
    assert verify(broken, CERTIFICATES) is None


def test_a_signed_assertion_is_refused_where_another_has_its_id() -> None:
    root = parsed(response(app("entra")))
    other = deepcopy(assertion(root))
    root.append(other)

    assert verify(assertion(root), CERTIFICATES) is None


def test_an_element_is_refused_whose_signature_is_not_its_own() -> None:
    root = parsed(response(app("entra")))

    with pytest.raises(Refused, match="0 signatures"):
        verified(root, CERTIFICATES)


def test_a_tampering_can_sign_an_empty_reference() -> None:
    of = app("onelogin")
    root = build(facts(of), of)

    made = sign(root, Signer(signing(), None), of.sign_on.saml, uri="")

    assert made.find(f".//{{{DS}}}Reference").get("URI") == ""  # type: ignore[union-attr]
    assert made.find(f"{{{DS}}}KeyInfo") is None


@pytest.mark.parametrize("method", ["rsa-md5", "hmac-sha256"])
def test_a_tampering_can_sign_with_what_nobody_should_accept(method: signature.SignatureMethod) -> None:
    signer = Signer(signing(), signing().der, "md5" if method == "rsa-md5" else "sha256", method)

    made = sign_with(signer, app("okta").sign_on.saml, "#x", "AAAA")

    assert made.findtext(f"{{{DS}}}SignatureValue")
    assert made.find(f".//{{{DS}}}SignatureMethod").get("Algorithm", "").endswith(method)  # type: ignore[union-attr]


def test_a_tampering_can_show_the_right_certificate_beside_the_wrong_key() -> None:
    of = app("entra")
    root = build(facts(of), of)

    sign(assertion(root), Signer(signing("stranger"), signing().der), of.sign_on.saml)

    assert verify(assertion(root), CERTIFICATES) is None
    assert verify(assertion(root), (signing("stranger").der,)) is not None


def test_neither_xmlsec_nor_signxml_is_imported_anywhere() -> None:
    package = Path(signature.__file__).parents[2]

    found = [
        path
        for path in package.rglob("*.py")
        if re.search(r"^\s*(from|import) (xmlsec|signxml|onelogin)\b", path.read_text(), re.MULTILINE)
    ]

    assert not found
