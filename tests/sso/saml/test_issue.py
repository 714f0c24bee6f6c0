"""The hooks of a falsification take hold in their order, and error Responses are signed as the settings say."""

from __future__ import annotations

from typing import Any

import pytest

from idpsim.saml.encryption import decrypt
from idpsim.saml.xml import Element, parsed
from idpsim.signon.saml import STATUS
from idpsim.sso.app import App
from idpsim.sso.saml import issue, response
from idpsim.sso.saml.facts import Status
from idpsim.sso.tamper.hooks import SamlTamper, Scene
from tests.saml.test_encryption import KEY, ON, encrypted
from tests.sso.front import ACS
from tests.sso.saml.papers import ADA, ASKED, NOW, VENDORS, app, facts, fresh, signing
from tests.sso.saml.test_signature import assertion

DENIED = Status(f"{STATUS}Responder", f"{STATUS}AuthnFailed", "No & no")


def scene(of: App) -> Scene:
    return Scene(of, ADA, ADA, signing(), signing("stranger"), NOW)


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_hooks_are_called_in_their_order(vendor: str) -> None:
    called: list[str] = []

    def noted(name: str, given: Any) -> Any:
        called.append(name)
        return given

    def seen(name: str, given: Element) -> None:
        called.append(name if given.find(".//{*}Signature") is None else f"{name}, with a signature")

    tamper = SamlTamper(
        facts=lambda given, _: noted("facts", given),
        tree=lambda given, _: seen("tree", given),
        signer=lambda given, _: noted("signer", given),
        signed=lambda given, _: seen("signed", given),
        document=lambda given, _: noted("document", given) + b" ",
    )
    of = app(vendor)

    raw = issue.issue(facts(of), of, signing(), tamper, scene(of))

    assert called == ["facts", "tree", "signer", "signed, with a signature", "document"]
    assert raw.endswith(b"> ")


def test_what_is_changed_after_signing_is_encrypted_without_a_signature_of_the_response() -> None:
    of = app("okta", encrypted=True, **ON["okta"])

    def changed(given: Element, _scene: Scene) -> None:
        assertion(given).set("Changed", "yes")

    raw = issue.issue(facts(of), of, signing(), SamlTamper(signed=changed), scene(of))

    assert b"<ds:Signature " not in raw
    assert decrypt(encrypted(parsed(raw)), KEY.key).get("Changed") == "yes"


@pytest.mark.parametrize(
    ("vendor", "settings", "signed"),
    [
        ("okta", {}, True),
        ("okta", {"error_response_signed": False}, False),
        ("entra", {}, False),
        ("entra", {"sign_error_response": True}, True),
        ("onelogin", {}, False),
        ("onelogin", {"saml_sign_error_response": True}, True),
    ],
)
def test_a_response_that_signs_nobody_in_has_a_status_and_no_assertion(
    vendor: str, settings: dict[str, object], signed: bool
) -> None:
    of = app(vendor, **settings)

    root = parsed(issue.issue(issue.failed(of, ASKED, ACS, NOW, DENIED, fresh=fresh()), of, signing()))

    codes = [each.get("Value", "").removeprefix(STATUS) for each in root.iter(f"{{{response.SAMLP}}}StatusCode")]
    assert codes == ["Responder", "AuthnFailed"]
    assert root.findtext(f".//{{{response.SAMLP}}}StatusMessage") == "No & no"
    assert root.find(f"{{{response.SAML}}}Assertion") is None
    assert (b"Signature" in response.document(root, of)) is signed


def test_comments_and_cdata_keep_what_looks_like_declarations() -> None:
    of = app("okta")
    root = parsed(b'<a xmlns="urn:a" B="1"><!-- <a xmlns="urn:a" B="1"> --></a>')

    raw = response.document(root, of)

    assert raw.endswith(b'<a B="1" xmlns="urn:a"><!-- <a xmlns="urn:a" B="1"> --></a>')
