"""A run steers the identity provider of another process with sealed commands, and nobody else does."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import fields
from typing import Any

import pytest
from werkzeug.test import TestResponse

from idpsim.signon import Registration
from idpsim.sso import tickets
from idpsim.sso.control import registration_json, registration_of
from idpsim.sso.provider import IdentityProvider
from tests.sso.front import REGISTRATION
from tests.sso.hosting import Clock, browser, found, post, provider

FULL = Registration(
    entity_id="https://new.test",
    acs=("https://new.test/acs",),
    slo="https://new.test/slo",
    slo_binding="post",
    signing_certificates=(b"\x30\x00", b"\xff"),
    encryption_certificate=b"\x30\x01",
    metadata=b"<EntityDescriptor/>",
    client_id="c",
    client_secret="s",
    redirect_uris=("https://new.test/cb",),
    post_logout_redirect_uris=("https://new.test/bye",),
    initiate_login_uri="https://new.test/login",
    relay_state="r",
    public=True,
)
REGISTER = {"do": "register", "vendor": "okta", "label": "idpsim", "registration": registration_json(FULL)}


def command(idp: IdentityProvider, claims: Any, *, kind: str = "control", secret: bytes | None = None) -> TestResponse:
    sealed = tickets.seal({"kind": kind, **claims}, secret or idp.keys.secret, idp.now())
    return post(browser(idp), "/.idpsim/control", sealed, content_type="application/jwt")


def test_a_registration_survives_the_journey() -> None:
    assert all(getattr(FULL, each.name) for each in fields(Registration))

    assert registration_of(registration_json(FULL)) == FULL


def test_a_service_provider_is_entered() -> None:
    idp = provider()

    answer = command(idp, {**REGISTER, "settings": {"nothing_known": 1}})

    assert answer.status_code == 200
    assert found(idp, "okta").registration == FULL
    assert "nothing_known" not in found(idp, "okta").settings
    assert found(idp, "entra").registration == REGISTRATION


def test_an_app_of_another_name_is_entered_beside() -> None:
    idp = provider()

    answer = command(idp, {**REGISTER, "label": "another"})

    assert answer.status_code == 200
    assert found(idp, "okta").registration == REGISTRATION
    assert found(idp, "okta", "another").registration == FULL


def test_a_large_registration_is_entered() -> None:
    idp = provider()
    large = Registration(entity_id="https://new.test", metadata=b"<!--" + b"x" * 500_000)

    answer = command(idp, {**REGISTER, "registration": registration_json(large)})

    assert answer.status_code == 200
    assert found(idp, "okta").registration == large


@pytest.mark.parametrize("protocol", ["saml", "oidc"])
def test_the_next_key_signs(protocol: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from idpsim.sso.keys import Keys
    from tests.sso.front import signing

    monkeypatch.setattr("idpsim.sso.keys._new", lambda _app: signing(str(next(names))))
    names = iter(["one", "two"])
    idp = provider(keys=Keys())
    before = getattr(idp.keys, protocol)(found(idp, "okta"))

    answer = command(idp, {"do": "roll", "vendor": "okta", "label": "idpsim", "protocol": protocol})

    assert answer.status_code == 200
    assert getattr(idp.keys, protocol)(found(idp, "okta")) == before[::-1]


def test_what_is_published_is_falsified_until_it_is_told_otherwise() -> None:
    idp = provider()
    told = {"do": "publish", "vendor": "okta", "label": "idpsim"}

    first = command(idp, {**told, "fault": "metadata_500"})
    fault = idp.fault(found(idp, "okta"))
    second = command(idp, {**told, "fault": None})

    assert (first.status_code, second.status_code) == (200, 200)
    assert fault == "metadata_500"
    assert idp.fault(found(idp, "okta")) is None


@pytest.mark.parametrize("body", [b"", b"junk", b"a.b.c", b"\xff\x00", b"{}", b"x" * 100_000])
def test_what_is_not_sealed_is_not_done(body: bytes) -> None:
    idp = provider()

    answer = post(browser(idp), "/.idpsim/control", body)

    assert answer.status_code == 401
    assert answer.json is not None
    assert "not sealed" in answer.json["error"]


def test_what_others_have_sealed_is_not_done() -> None:
    idp = provider()

    answer = command(idp, REGISTER, secret=b"another secret that is long enough")

    assert answer.status_code == 401
    assert found(idp, "okta").registration == REGISTRATION


def test_a_sign_in_ticket_is_no_command() -> None:
    idp = provider()

    assert command(idp, REGISTER, kind="sign-in").status_code == 401


def test_a_command_is_good_for_five_minutes() -> None:
    clock = Clock()
    idp = provider(clock=clock)
    sealed = tickets.seal({"kind": "control", **REGISTER}, idp.keys.secret, idp.now())
    clock.at += 301

    assert post(browser(idp), "/.idpsim/control", sealed).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"do": "explode"},
        {"do": None},
        {"vendor": "nobody"},
        {"vendor": None},
        {"vendor": "nobody", "do": "publish"},
        {"vendor": "nobody", "do": "roll", "protocol": "saml"},
        {"label": "../etc"},
        {"label": ""},
        {"label": "nobody-has-it", "do": "roll", "protocol": "saml"},
        {"registration": None},
        {"registration": []},
        {"registration": [1]},
        {"registration": {"unknown": 1}},
        {"registration": {"metadata": "é"}},
        {"registration": {"metadata": 3}},
        {"registration": {"signing_certificates": [3]}},
        {"registration": {"signing_certificates": 3}},
        {"registration": {"acs": 3}},
        {"settings": [1]},
        {"settings": 1},
        {"do": "roll"},
        {"do": "roll", "protocol": "ldap"},
    ],
)
def test_a_command_with_bad_values_is_refused(wrong: dict[str, Any]) -> None:
    idp = provider()

    answer = command(idp, {**REGISTER, **wrong})

    assert answer.status_code == 400
    assert answer.json is not None
    assert "cannot be carried out" in answer.json["error"]
    assert found(idp, "okta").registration == REGISTRATION


@pytest.mark.parametrize("missing", ["do", "vendor", "label", "registration"])
def test_a_command_with_values_missing_is_refused(missing: str) -> None:
    idp = provider()

    answer = command(idp, {name: value for name, value in REGISTER.items() if name != missing})

    assert answer.status_code == 400


def test_a_refusal_tells_no_secret() -> None:
    idp = provider()
    secret = b64encode(b"certificate").decode() + "!"

    answer = command(idp, {**REGISTER, "registration": {"client_secret": "hush", "metadata": secret, "x": 1}})

    assert answer.status_code == 400
    assert "hush" not in answer.text
