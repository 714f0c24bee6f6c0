"""Whatever an app's settings sign and encrypt, each falsification is done, and nobody is made the victim by right."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from idpsim.sso.saml import issue
from idpsim.sso.tamper.catalogue import Entry, entries
from idpsim.sso.tamper.documents import Element
from idpsim.sso.tamper.registry import saml_tamper
from tests.sso.front import ADA, REGISTRATION, app, signing
from tests.sso.tamper.issuing import facts, issued, scene
from tests.sso.tamper.reading import covered, document, names

pytestmark = pytest.mark.thorough

GRACE = "grace@example.com"
ISSUED = [entry for entry in entries().values() if entry.protocol == "saml" and entry.by == "idp"]
SIGNING = (
    ("okta", {"assertion_signed": False}),
    ("okta", {"response_signed": False}),
    ("entra", {"signing_option": "sign_response"}),
    ("entra", {"signing_option": "sign_response_and_assertion"}),
    ("onelogin", {"saml_signature_element": "Response"}),
    ("onelogin", {"saml_signature_element": "Both"}),
    ("onelogin", {"saml_signature_algorithm": "SHA-1"}),
)
# No document for our own parser.
UNREADABLE = ("deflated_post_bomb", "billion_laughs", "dtd_xxe")
READABLE = [entry for entry in ISSUED if entry.name not in UNREADABLE]


def about(root: Element) -> list[list[str]]:
    """Whom each element is about that a right signature covers."""
    return [names(each) for each in covered(root, signing("idp"))]


@pytest.mark.parametrize(("vendor", "settings"), SIGNING, ids=str)
@pytest.mark.parametrize("entry", READABLE, ids=lambda entry: entry.name)
def test_no_right_signature_covers_the_victim(entry: Entry, vendor: str, settings: dict[str, Any]) -> None:
    covers = about(document(issued(vendor, entry.name, **settings)))

    assert all(GRACE not in each for each in covers)


@pytest.mark.parametrize(
    ("vendor", "settings"),
    [
        ("okta", {"assertion_encrypted": True}),
        ("entra", {"token_encryption": True}),
        ("onelogin", {"saml_encrypt_assertion": True}),
    ],
)
@pytest.mark.parametrize("entry", ISSUED, ids=lambda entry: entry.name)
def test_an_assertion_can_be_encrypted_as_well(entry: Entry, vendor: str, settings: dict[str, Any]) -> None:
    of = app(vendor, replace(REGISTRATION, encryption_certificate=signing("sp").der), **settings)
    on = scene(of)
    tamper = saml_tamper(entry.name)

    raw = issue.issue(facts(of, ADA, on.now), of, signing("idp"), tamper, on)

    assert raw
    if entry.group != "status":
        assert b"EncryptedAssertion" in raw or b"E\0n\0c\0r\0y\0p\0t\0e\0d\0A\0" in raw
