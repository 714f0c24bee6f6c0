"""Wrapping: the signature still fits what ada was issued, and the victim stands where a careless reader looks."""

from __future__ import annotations

from base64 import b64decode

import pytest
from lxml import etree

from idpsim.sso.tamper.documents import SAML, assertion
from idpsim.sso.tamper.saml_wrapping import TAMPERS
from tests.sso.front import VENDORS, signing
from tests.sso.tamper.issuing import issued
from tests.sso.tamper.reading import covered, document, names, text_of

ADA, GRACE = "ada@example.com", "grace@example.com"
WRAPPED = sorted({*TAMPERS, "encrypted_wrapping", "two_signedinfo", "parser_differential_doctype"})
A = f"{{{SAML}}}Assertion"


def where(name: str, vendor: str, person: str) -> list[str]:
    """The paths of local names to the assertion that names the person."""
    root = document(issued(vendor, name))
    found = []
    for each in root.iter(A):
        held = each.find(f"{{{SAML}}}Subject/{{{SAML}}}NameID")
        if held is not None and held.text == person:
            path = [each, *each.iterancestors()]
            found.append("/".join(etree.QName(step).localname for step in reversed(path)))
    return found


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", WRAPPED)
def test_a_signature_still_fits_what_ada_was_issued_and_nothing_else(name: str, vendor: str) -> None:
    root = document(issued(vendor, name))

    signed = [names(each) for each in covered(root, signing("idp"))]

    assert signed
    assert all(ADA in each and GRACE not in each for each in signed)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", sorted({*TAMPERS} - {"encrypted_wrapping"}))
def test_the_victim_is_named_in_the_subject_and_in_the_attributes(name: str, vendor: str) -> None:
    root = document(issued(vendor, name))

    evil = [each for each in root.iter(A) if each.findtext(f"{{{SAML}}}Subject/{{{SAML}}}NameID") == GRACE]

    assert len(evil) == 1
    statement = evil[0].find(f"{{{SAML}}}AttributeStatement")
    assert statement is None or ("Grace" in text_of(statement) and "Ada" not in text_of(statement))


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    ("name", "evil", "legit"),
    [
        ("xsw3", "Response/Assertion", "Response/Assertion"),
        ("xsw4", "Response/Assertion", "Response/Assertion/Assertion"),
        ("xsw5", "Response/Assertion", "Response/Assertion"),
        ("xsw6", "Response/Assertion", "Response/Assertion/Signature/Assertion"),
        ("xsw7", "Response/Extensions/Assertion", "Response/Assertion"),
        ("xsw8", "Response/Assertion", "Response/Assertion/Signature/Object/Assertion"),
        ("two_assertions", "Response/Assertion", "Response/Assertion"),
    ],
)
def test_the_numbers_mean_what_they_mean_elsewhere(name: str, evil: str, legit: str, vendor: str) -> None:
    places = where(name, vendor, GRACE), where(name, vendor, ADA)

    assert places == ([evil], [legit])


@pytest.mark.parametrize(
    ("name", "vendor", "legit"),
    [
        ("xsw1", "okta", "Response/Signature/Response/Assertion"),
        ("xsw2", "okta", "Response/Response/Assertion"),
        ("xsw1", "entra", "Response/Assertion/Signature/Response/Assertion"),
        ("xsw2", "entra", "Response/Assertion/Response/Assertion"),
    ],
)
def test_a_wrapped_response_stands_in_or_before_the_signature_that_covers_it(
    name: str, vendor: str, legit: str
) -> None:
    places = where(name, vendor, GRACE), where(name, vendor, ADA)

    assert places == (["Response/Assertion"], [legit])


@pytest.mark.parametrize(("name", "same"), [("xsw3", False), ("xsw7", True), ("xsw8", True), ("duplicate_id", True)])
def test_some_forgeries_have_the_id_of_the_signed_assertion(name: str, same: bool) -> None:
    ids = [each.get("ID") for each in document(issued("entra", name)).iter(A)]

    assert (len(set(ids)) == 1) is same


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_encrypted_forgery_comes_before_the_signed_assertion(vendor: str) -> None:
    root = document(issued(vendor, "encrypted_wrapping"))

    order = [etree.QName(each).localname for each in root if "Assertion" in etree.QName(each).localname]

    assert order == ["EncryptedAssertion", "Assertion"]
    assert names(assertion(root)) == [ADA]


@pytest.mark.parametrize("vendor", VENDORS)
def test_behind_the_doctype_some_parsers_see_the_victims_response_instead(vendor: str) -> None:
    fields = issued(vendor, "parser_differential_doctype")
    raw = b64decode(fields["SAMLResponse"])

    careless = etree.fromstring(raw[raw.index(b"]>") + 2 :])

    assert names(document(fields)) == [ADA]
    assert names(careless) == [GRACE]
