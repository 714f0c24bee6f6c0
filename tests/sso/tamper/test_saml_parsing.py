"""Falsified documents, deliveries and metadata."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode

import pytest
from lxml import etree

from idpsim.sso.saml.metadata import metadata
from idpsim.sso.tamper.browser import TAMPERS as BROWSER
from idpsim.sso.tamper.documents import DS, SAML
from idpsim.sso.tamper.published_saml import MD, TAMPERS
from tests.sso.front import VENDORS, app, signing
from tests.sso.tamper.issuing import issued, scene
from tests.sso.tamper.reading import covered, document, names

ADA, GRACE = "ada@example.com", "grace@example.com"


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    ("name", "whole", "cut"),
    [
        ("comment_in_nameid", f"{GRACE}.attacker.test", f"{GRACE}<!-- -->.attacker.test<"),
        ("cdata_in_nameid", f"{GRACE}.attacker.test", f"{GRACE}<![CDATA[.attacker.test]]><"),
    ],
)
def test_the_signed_name_is_longer_than_the_victims(name: str, whole: str, cut: str, vendor: str) -> None:
    root = document(issued(vendor, name))

    signed = [names(each) for each in covered(root, signing("idp"))]

    assert [whole] in signed
    assert cut in etree.tostring(root).decode()


def test_an_instruction_hides_the_beginning_of_the_signed_name() -> None:
    root = document(issued("entra", "pi_in_nameid"))

    assert names(root) == [GRACE]
    assert b"<?x attacker-?>grace@" in etree.tostring(root)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", ["bom", "utf16", "unknown_prefixes", "whitespace_base64", "crlf_base64"])
def test_odd_documents_are_right_ones(name: str, vendor: str) -> None:
    root = document(issued(vendor, name))

    signed = [names(each) for each in covered(root, signing("idp"))]

    assert [ADA] in signed


def test_odd_documents_are_odd() -> None:
    raw = {name: issued("okta", name)["SAMLResponse"] for name in ("bom", "utf16", "whitespace_base64", "crlf_base64")}

    assert b64decode(raw["bom"]).startswith(b"\xef\xbb\xbf<?xml")
    assert b64decode(raw["utf16"]).startswith(b"\xff\xfe<\0")
    assert " \t" in raw["whitespace_base64"]
    assert {len(line) for line in raw["crlf_base64"].split("\r\n")[:-2]} == {76}


def test_a_bomb_is_small_until_it_is_inflated() -> None:
    packed = b64decode(issued("entra", "deflated_post_bomb")["SAMLResponse"])

    inflated = zlib.decompress(packed, wbits=-15)

    assert len(packed) < 100_000
    assert len(inflated) > 64_000_000


@pytest.mark.parametrize(("name", "said"), [("dtd_xxe", b"SYSTEM"), ("billion_laughs", b"&e6;&e6;")])
def test_an_entity_is_declared_and_used_where_only_the_assertion_is_signed(name: str, said: bytes) -> None:
    raw = b64decode(issued("okta", name)["SAMLResponse"])

    signatures = raw.count(b"<ds:Signature ")

    assert said in raw
    assert raw.startswith(b"<?xml")
    assert b"StatusMessage>&e;</" in raw
    assert signatures == 1


def test_an_attribute_default_makes_a_second_signature() -> None:
    raw = b64decode(issued("okta", "namespace_confusion")["SAMLResponse"])

    without = re.sub(rb"<!DOCTYPE[^]]*]>", b"", raw)

    found = [len(list(etree.fromstring(each).iter(f"{{{DS}}}Signature"))) for each in (raw, without)]

    assert found == [2, 1]
    assert b"<Signature><SignedInfo>" in raw


def test_a_namespace_is_written_oddly_for_a_second_signature() -> None:
    fields = issued("okta", "parser_differential_namespace")

    assert len(list(document(fields).iter(f"{{{DS}}}Signature"))) == 2
    assert b'xmlns="&#x68;ttp://www.w3.org/' in b64decode(fields["SAMLResponse"])


def test_a_second_response_holds_the_same_signed_assertion() -> None:
    first, edit = issued("okta", None), BROWSER["same_assertion_new_response"].edit
    assert edit is not None

    second = document(edit(first))

    assert second.get("ID") != document(first).get("ID")
    assert [each.tag for each in covered(second, signing("idp"))] == [f"{{{SAML}}}Assertion"]


def published(vendor: str, name: str) -> tuple[bytes, bytes]:
    """Metadata as it should be, and falsified."""
    of = app(vendor)
    right = metadata(of, (signing("idp"),))
    change = TAMPERS[name].document
    assert change is not None
    return right, change(right, scene(of))


def root_of(raw: bytes) -> etree._Element:
    return etree.fromstring(raw.removeprefix(b"\xef\xbb\xbf"))


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("name", "count"), [("metadata_two_certs", 2), ("metadata_swapped_certs", 1)])
def test_metadata_with_other_certificates(name: str, count: int, vendor: str) -> None:
    _, wrong = published(vendor, name)

    held = root_of(wrong).findall(f"{{{MD}}}IDPSSODescriptor/{{{MD}}}KeyDescriptor//{{{DS}}}X509Certificate")

    assert len(held) == count
    assert b64decode(held[0].text or "") == signing("next").der


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", ["metadata_two_certs", "metadata_expired_validuntil", "metadata_wrong_entityid"])
def test_changed_metadata_is_signed_again_where_it_was_signed(name: str, vendor: str) -> None:
    right, wrong = published(vendor, name)

    signed = [len(list(covered(root_of(each), signing("idp")))) for each in (right, wrong)]

    assert right != wrong
    assert signed[0] == signed[1]


def test_metadata_loses_its_signature() -> None:
    _, wrong = published("entra", "metadata_unsigned")

    assert b"Signature" not in wrong


@pytest.mark.parametrize("vendor", VENDORS)
def test_metadata_has_one_byte_order_mark(vendor: str) -> None:
    _, wrong = published(vendor, "metadata_bom")

    assert wrong.count(b"\xef\xbb\xbf") == 1
