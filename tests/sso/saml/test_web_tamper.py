"""Falsified Responses and metadata, on their way through the endpoints."""

from __future__ import annotations

from base64 import b64decode

import pytest
from lxml import etree

from idpsim.sso.saml.signature import verify
from idpsim.sso.saml.web import blueprint
from tests.sso.front import ACS, GRACE, VENDORS, app, front, signing
from tests.sso.saml.asking import address, ask, authn, auto_post, codes, document, text


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_session_that_falsifies_values_posts_a_signed_response_with_them(vendor: str) -> None:
    provider = front(app(vendor))
    provider.sign_in(vendor, tamper="wrong_audience")

    root = document(ask(provider.client(blueprint(provider)), app(vendor), authn()))

    assert codes(root) == ["Success"]
    assert text(root, "//a:Audience") != "https://sp.test/saml"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_wrapped_response_holds_the_victim_and_the_signature_of_the_one_who_has_signed_in(vendor: str) -> None:
    provider = front(app(vendor))
    provider.sign_in(vendor, tamper="xsw3", victim=GRACE)

    answer = ask(provider.client(blueprint(provider)), app(vendor), authn(), "state")

    names = [each.text for each in document(answer).iterfind(".//{*}NameID")]
    assert sorted(names) == ["ada@example.com", "grace@example.com"]
    assert auto_post(answer)[0] == ACS
    assert auto_post(answer)[1]["RelayState"] == "state"


def test_the_fields_of_the_form_are_falsified_too() -> None:
    provider = front(app("okta"))
    provider.sign_in("okta", tamper="crlf_base64")

    answer = ask(provider.client(blueprint(provider)), app("okta"), authn())

    value = auto_post(answer)[1]["SAMLResponse"]
    assert "\r\n" in value
    assert codes(etree.fromstring(b64decode(value))) == ["Success"]


@pytest.mark.parametrize("tamper", ["alg_none", "no such thing"])
def test_a_name_that_is_of_no_saml_falsification_changes_nothing(tamper: str) -> None:
    provider = front(app("okta"))
    provider.sign_in("okta", tamper=tamper)

    root = document(ask(provider.client(blueprint(provider)), app("okta"), authn()))

    assert verify(root, [signing("saml").der]) is not None


@pytest.mark.parametrize("start", ["sp", "idp"])
def test_a_falsification_holds_whoever_starts(start: str) -> None:
    provider = front(app("okta"))
    provider.sign_in("okta", tamper="unsigned", victim=GRACE)
    client = provider.client(blueprint(provider))

    answer = ask(client, app("okta"), authn()) if start == "sp" else client.get(address(app("okta"), "launch"))

    assert document(answer).find(".//{*}Signature") is None


def test_metadata_is_falsified_where_that_is_asked_for() -> None:
    provider = front(app("okta"))
    client = provider.client(blueprint(provider))
    path = address(app("okta"), "metadata")
    plain = client.get(path)

    provider.faults["okta"] = "metadata_404"
    missing = client.get(path)
    provider.faults["okta"] = "metadata_wrong_entityid"
    wrong = client.get(path)

    assert (plain.status_code, missing.status_code, wrong.status_code) == (200, 404, 200)
    assert etree.fromstring(wrong.data).get("entityID") != etree.fromstring(plain.data).get("entityID")
