"""Logout messages in each vendor's look, by both bindings."""

from __future__ import annotations

import zlib
from base64 import b64decode
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from idpsim.saml.xml import parsed
from idpsim.signon.saml import STATUS
from idpsim.sso.saml import logout
from idpsim.sso.saml.facts import Status
from idpsim.sso.saml.response import SAML, SAMLP
from idpsim.sso.saml.signature import public_key, verify
from tests.sso.saml.papers import ASKED_OUT, NOW, SLO, VENDORS, app, signing


@pytest.mark.parametrize(("vendor", "signed"), [("okta", True), ("entra", True), ("onelogin", False)])
def test_an_answer_names_the_request_and_is_signed_where_the_vendor_signs(vendor: str, signed: bool) -> None:
    of = app(vendor)

    raw = logout.document(logout.response(of, ASKED_OUT, NOW), of, signing())

    assert (parsed(raw).get("InResponseTo"), parsed(raw).get("Destination")) == (ASKED_OUT.id, SLO)
    assert (verify(raw, (signing().der,)) is not None) is signed


def test_entra_answers_a_logout_under_another_issuer_than_it_signs_in() -> None:
    found = logout.response(app("entra"), ASKED_OUT, NOW).element

    assert found.findtext(f"{{{SAML}}}Issuer") == ("https://sts.windows.net/11111111-2222-4333-8444-555555555555/")


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_answer_can_say_that_not_all_is_ended(vendor: str) -> None:
    partly = Status(second=f"{STATUS}PartialLogout")

    found = logout.response(app(vendor), ASKED_OUT, NOW, partly).element

    codes = [each.get("Value", "").removeprefix(STATUS) for each in found.iter(f"{{{SAMLP}}}StatusCode")]
    assert codes == ["Success", "PartialLogout"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_request_names_the_person_and_the_session(vendor: str) -> None:
    made = logout.request(app(vendor), "ada@example.com", "_a-session", NOW)

    assert made.element.get("ID") == made.id
    assert made.element.findtext(f"{{{SAML}}}NameID") == "ada@example.com"
    assert made.element.findtext(f"{{{SAMLP}}}SessionIndex") == "_a-session"


@pytest.mark.parametrize("vendor", ["okta", "entra"])
def test_a_redirect_is_deflated_and_its_query_signed(vendor: str) -> None:
    of = app(vendor)

    query = logout.redirect_query(logout.response(of, ASKED_OUT, NOW), of, signing(), "a state & more")

    signed, _, value = query.partition("&Signature=")
    said = parse_qs(query)
    assert [*said] == ["SAMLResponse", "RelayState", "SigAlg", "Signature"]
    assert b"LogoutResponse" in zlib.decompress(b64decode(said["SAMLResponse"][0]), -15)
    public_key(signing().der).verify(b64decode(said["Signature"][0]), signed.encode(), PKCS1v15(), SHA256())
    assert value


def test_a_redirect_of_a_vendor_that_does_not_sign_has_no_signature() -> None:
    of = app("onelogin")

    query = logout.redirect_query(logout.response(of, ASKED_OUT, NOW), of, signing(), None)

    assert [*parse_qs(query)] == ["SAMLResponse"]
