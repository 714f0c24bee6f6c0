"""The identity provider that stands by itself has its people and its service provider from where it is told."""

from __future__ import annotations

from typing import Any

import pytest

from idpsim.errors import TargetError, UsageError
from idpsim.scenario.model import OidcSide, SamlSide
from idpsim.signing.keyring import Keyring
from idpsim.signing.registered import registration
from idpsim.signing.standing import standing

NOTHING = {
    "host": None,
    "port": None,
    "label": None,
    "sp_metadata": None,
    "acs": (),
    "entity_id": None,
    "redirect_uri": (),
}
VENDORS = {"okta", "entra", "onelogin"}
METADATA = b"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sp.test">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.test/acs"
index="0"/></SPSSODescriptor></EntityDescriptor>"""


def stood(**options: Any) -> Any:
    return standing(None, Keyring(folder="nowhere"), {**NOTHING, **options})


def test_without_anything_three_people_are_there_for_every_vendor() -> None:
    provider, host, port = stood()

    assert (host, port) == ("localhost", 8765)
    assert set(provider.people) == VENDORS
    assert [each.person.key for each in provider.people["okta"]] == ["ada", "grace", "alan"]
    assert {each.registration.entity_id for each in provider.apps()} == {None}


def test_ids_and_groups_are_the_vendor_s_own() -> None:
    provider, _, _ = stood()

    ids = {vendor: people[0].id for vendor, people in provider.people.items()}

    assert ids["okta"].startswith("00u")
    assert ids["entra"].count("-") == 4
    assert ids["onelogin"].isdigit()
    assert all(people[0].groups[0].name == "Engineering" for people in provider.people.values())


def test_the_options_are_every_vendor_s_service_provider() -> None:
    given = {"acs": ("https://sp.test/acs",), "entity_id": "https://sp.test", "redirect_uri": ("https://sp.test/cb",)}

    provider, _, _ = stood(**given, label="my-product", host="127.0.0.1", port=0)

    apps = provider.apps()
    assert {(each.vendor, each.label) for each in apps} >= {(vendor, "my-product") for vendor in VENDORS}
    assert all(each.registration.acs == given["acs"] for each in apps)
    assert all(each.registration.redirect_uris == given["redirect_uri"] for each in apps)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"acs": ("https://sp.test/acs",)}, "--acs needs --entity-id"),
        ({"acs": ("acs",), "entity_id": "x"}, "--acs is an absolute URL"),
        ({"redirect_uri": ("/callback",)}, "--redirect-uri is an absolute URL"),
        ({"redirect_uri": ("http:///callback",)}, "--redirect-uri is an absolute URL"),
        ({"redirect_uri": ("http://a/b c",)}, "--redirect-uri is an absolute URL"),
        ({"redirect_uri": ("http://a/b#c",)}, "--redirect-uri is an absolute URL"),
        ({"redirect_uri": ("http://[::1/b",)}, "--redirect-uri is an absolute URL"),
        ({"label": "a b"}, "an app's label"),
        ({"sp_metadata": "/nowhere/sp.xml"}, "cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        stood(**options)


@pytest.mark.parametrize("uri", ["myapp://callback", "com.example.app:/cb", "http://127.0.0.1/cb", "http://[::1]:1/cb"])
def test_an_app_may_have_a_scheme_of_its_own(uri: str) -> None:
    provider, _, _ = stood(redirect_uri=(uri,))

    assert provider.apps()[0].registration.redirect_uris == (uri,)


@pytest.mark.parametrize(
    "base",
    [
        "ftp://x",
        "localhost:8765",
        "http://",
        "http://x:99999",
        "http://x/path",
        "http://a@x",
        "http://x?q",
        "http://[x",
    ],
)
def test_an_address_that_is_none_is_an_error(base: str) -> None:
    with pytest.raises(UsageError, match="address is http://HOST:PORT"):
        _ = Keyring(base).address


@pytest.mark.parametrize(
    ("base", "address"),
    [("http://x", ("x", 80)), ("https://x", ("x", 443)), ("http://[::1]:1", ("::1", 1)), ("http://x:5/", ("x", 5))],
)
def test_an_address_is_a_host_and_a_port(base: str, address: tuple[str, int]) -> None:
    assert Keyring(base).address == address


def test_metadata_is_read_and_what_is_written_beside_it_counts() -> None:
    side = SamlSide(metadata="https://sp.test/metadata", acs=("https://sp.test/other",))

    known = registration(side, OidcSide(redirect_uris=("https://sp.test/cb",)), lambda _url: METADATA)

    assert known.entity_id == "https://sp.test"
    assert known.acs == ("https://sp.test/other",)
    assert known.redirect_uris == ("https://sp.test/cb",)


@pytest.mark.parametrize("document", [b"", b"junk", b"<x/>", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"\0" * 100])
def test_what_is_no_metadata_is_an_error(document: bytes) -> None:
    with pytest.raises(UsageError):
        registration(SamlSide(metadata="https://sp.test/metadata"), OidcSide(), lambda _url: document)


def test_metadata_that_does_not_answer_is_an_error_in_plain_words() -> None:
    with pytest.raises(TargetError, match=r"metadata at http://127\.0\.0\.1:9/x cannot be read: it does not answer$"):
        registration(SamlSide(metadata="http://127.0.0.1:9/x"), OidcSide())
