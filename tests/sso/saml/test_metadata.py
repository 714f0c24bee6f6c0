"""Each vendor's metadata has its own shape."""

from __future__ import annotations

import codecs
from base64 import b64decode

import pytest

from idpsim.saml.xml import Element, parsed
from idpsim.sso.saml.metadata import metadata
from idpsim.sso.saml.signature import verify
from tests.sso.saml.papers import app, signing

MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
TWO = (signing(), signing("next"))
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"


def idp(raw: bytes) -> Element:
    found = parsed(raw).find(f"{MD}IDPSSODescriptor")
    assert found is not None
    return found


def endpoints(raw: bytes) -> list[tuple[str, str]]:
    return [
        (each.tag.removeprefix(MD), each.get("Binding", "").removeprefix(BINDINGS))
        for each in idp(raw)
        if each.get("Binding")
    ]


@pytest.mark.parametrize(("vendor", "shown"), [("okta", 1), ("entra", 2), ("onelogin", 1)])
def test_only_entra_shows_more_than_the_active_certificate(vendor: str, shown: int) -> None:
    raw = metadata(app(vendor), TWO)

    shown_keys = idp(raw).iterfind(f"{MD}KeyDescriptor[@use='signing']//{{*}}X509Certificate")
    assert [b64decode(each.text or "") for each in shown_keys] == [each.der for each in TWO][:shown]


@pytest.mark.parametrize(("vendor", "bom"), [("okta", False), ("entra", True), ("onelogin", False)])
def test_only_entras_begins_with_a_byte_order_mark_and_is_signed(vendor: str, bom: bool) -> None:
    raw = metadata(app(vendor), TWO)

    assert raw.startswith(codecs.BOM_UTF8) is bom
    assert (verify(raw, (signing().der,)) is not None) is bom


@pytest.mark.parametrize("vendor", ["okta", "entra", "onelogin"])
def test_it_stays_the_same_as_long_as_nothing_changes(vendor: str) -> None:
    first, second = (metadata(app(vendor), TWO) for _ in range(2))

    assert first == second


def test_entras_has_two_roles_of_ws_federation_before_that_of_saml() -> None:
    root = parsed(metadata(app("entra"), TWO))

    kinds = [each.get("{http://www.w3.org/2001/XMLSchema-instance}type") for each in root][1:]
    assert kinds == ["fed:SecurityTokenServiceType", "fed:ApplicationServiceType", None]
    assert root[-1].tag == f"{MD}IDPSSODescriptor"


@pytest.mark.parametrize(
    ("vendor", "settings", "found"),
    [
        ("okta", {}, [("SingleSignOnService", "HTTP-POST"), ("SingleSignOnService", "HTTP-Redirect")]),
        (
            "okta",
            {"allow_single_logout": True},
            [
                ("SingleLogoutService", "HTTP-POST"),
                ("SingleLogoutService", "HTTP-Redirect"),
                ("SingleSignOnService", "HTTP-POST"),
                ("SingleSignOnService", "HTTP-Redirect"),
            ],
        ),
        (
            "entra",
            {},
            [
                ("SingleLogoutService", "HTTP-Redirect"),
                ("SingleSignOnService", "HTTP-Redirect"),
                ("SingleSignOnService", "HTTP-POST"),
            ],
        ),
        (
            "onelogin",
            {},
            [
                ("SingleLogoutService", "HTTP-Redirect"),
                ("SingleSignOnService", "HTTP-Redirect"),
                ("SingleSignOnService", "HTTP-POST"),
                ("SingleSignOnService", "SOAP"),
            ],
        ),
    ],
)
def test_each_vendor_lists_its_endpoints_in_its_order(
    vendor: str, settings: dict[str, object], found: list[tuple[str, str]]
) -> None:
    raw = metadata(app(vendor, **settings), TWO)

    assert endpoints(raw) == found


@pytest.mark.parametrize(
    ("settings", "formats"),
    [({}, ["unspecified", "emailAddress"]), ({"subject_name_id_format": "persistent"}, ["persistent"])],
)
def test_oktas_names_two_formats_unless_one_is_chosen(settings: dict[str, object], formats: list[str]) -> None:
    raw = metadata(app("okta", **settings), TWO)

    assert [(each.text or "").rpartition(":")[2] for each in idp(raw).iterfind(f"{MD}NameIDFormat")] == formats


@pytest.mark.parametrize(("required", "said"), [(False, "false"), (True, "true")])
def test_oktas_says_whether_requests_must_be_signed(required: bool, said: str) -> None:
    raw = metadata(app("okta", request_must_be_signed=required), TWO)

    assert idp(raw).get("WantAuthnRequestsSigned") == said


@pytest.mark.parametrize("vendor", ["entra", "onelogin"])
def test_the_others_say_nothing_about_it(vendor: str) -> None:
    raw = metadata(app(vendor), TWO)

    assert idp(raw).get("WantAuthnRequestsSigned") is None


def test_oktas_is_one_line_but_for_the_certificate() -> None:
    raw = metadata(app("okta"), TWO).decode()

    assert all(len(line) == 76 for line in raw.splitlines()[1:-1])
    assert raw.startswith(
        '<?xml version="1.0" encoding="UTF-8"?><md:EntityDescriptor entityID="http://www.okta.com/exk'
    )
