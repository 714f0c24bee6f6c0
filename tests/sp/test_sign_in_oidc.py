"""Signing in over OpenID Connect: what is accepted, what is refused, and what each switch lets through."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws

from idpsim.sp import Refused, ServiceProvider, Switches, Trust

from .oidc_provider import ISSUER, KEY, NOW, OTHER, SECRET, Person, Provider

Change: TypeAlias = Callable[[Provider], Any]


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(header: dict[str, Any], claims: bytes, mac: Callable[[bytes], bytes] = lambda _: b"") -> str:
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(claims)}"
    return f"{signed}.{encoded(mac(signed.encode()))}"


def by_none(provider: Provider) -> None:
    provider.sign = lambda header, claims: unsigned({**header, "alg": "none"}, claims)


def by_hs256(provider: Provider) -> None:
    secret = KEY.as_pem(private=False)
    provider.sign = lambda header, claims: unsigned(
        {**header, "alg": "HS256"}, claims, lambda signed: hmac.new(secret, signed, "sha256").digest()
    )


def by_another(header: dict[str, Any]) -> Change:
    def change(provider: Provider) -> None:
        registry = jws.JWSRegistry(strict_check_header=False)
        provider.sign = lambda usual, claims: jws.serialize_compact(
            {**usual, **header}, claims, OTHER, registry=registry
        )

    return change


def claims(**changed: Any) -> Change:
    return lambda provider: provider.claims.update(changed)


def without(name: str) -> Change:
    return lambda provider: provider.claims.update({name: None})


def userinfo(**changed: Any) -> Change:
    return lambda provider: provider.userinfo.update(changed)


WRONG: list[tuple[str, Change, str]] = [
    ("alg none", by_none, "oidc_accepts_none"),
    ("HS256 with the public key", by_hs256, "oidc_accepts_hs256"),
    ("another key", by_another({}), "oidc_ignores_signature"),
    ("a key in the header", by_another({"jwk": OTHER.as_dict(private=False)}), "oidc_trusts_header_key"),
    ("another issuer", claims(iss="https://other.test"), "oidc_ignores_issuer"),
    ("a slash more", claims(iss=f"{ISSUER}/"), "oidc_ignores_issuer"),
    ("another audience", claims(aud="client-2"), "oidc_ignores_audience"),
    ("a second audience", claims(aud=["client-1", "client-2"], azp="client-1"), "oidc_ignores_audience"),
    ("another azp", claims(azp="client-2"), "oidc_ignores_audience"),
    ("expired", claims(exp=NOW - 61), "oidc_ignores_expiry"),
    ("issued to come", claims(iat=NOW + 61), "oidc_ignores_expiry"),
    ("not yet valid", claims(nbf=NOW + 61), "oidc_ignores_expiry"),
    ("no exp", without("exp"), "oidc_ignores_expiry"),
    ("another nonce", claims(nonce="another"), "oidc_ignores_nonce"),
    ("a wrong at_hash", claims(at_hash="AAAA"), "oidc_ignores_at_hash"),
    ("userinfo of another", userinfo(sub="s2"), "oidc_ignores_subject"),
]


@pytest.mark.parametrize(("change", "switch"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_what_is_wrong_is_refused(change: Change, switch: str) -> None:
    ada = Person()
    change(ada.provider)

    answer = ada.sign_in()

    assert (answer.status_code, ada.me()) == (403, None), switch
    assert "You are not signed in" in answer.text


@pytest.mark.parametrize(("change", "switch"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_each_switch_lets_it_through(change: Change, switch: str) -> None:
    ada = Person(**{switch: True})
    change(ada.provider)

    answer = ada.sign_in()

    assert answer.status_code == 303
    assert ada.me()["userName"] == "ada@x.test"


def test_a_sign_in_makes_an_account_and_shows_it() -> None:
    ada = Person()

    answer = ada.sign_in()

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    [user] = ada.sp.find("user", "userName", "ada@x.test")
    assert ada.me() == {
        "id": user["id"],
        "userName": "ada@x.test",
        "email": "ada@x.test",
        "displayName": "Ada Lovelace",
        "active": True,
    }


def test_the_request_carries_pkce_state_nonce_and_scopes() -> None:
    asked = Person().start()

    assert {name: asked[name] for name in ("response_type", "client_id", "scope", "code_challenge_method")} == {
        "response_type": "code",
        "client_id": "client-1",
        "scope": "openid profile email",
        "code_challenge_method": "S256",
    }
    assert asked["redirect_uri"] == "http://sp.idpsim.test/sso/one/oidc/callback"
    assert min(len(asked["state"]), len(asked["nonce"]), len(asked["code_challenge"])) > 20


def test_a_hint_goes_along() -> None:
    there = Person().get("/sso/one/oidc/login?login_hint=ada@x.test").headers["Location"]

    assert parse_qs(urlsplit(there).query)["login_hint"] == ["ada@x.test"]


@pytest.mark.parametrize("more", [{"state": "another"}, {"state": ""}])
def test_a_state_that_was_not_given_is_refused(more: dict[str, str]) -> None:
    ada = Person()
    ada.start()

    assert ada.back(**more).status_code == 403


def test_another_browser_cannot_end_a_sign_in() -> None:
    ada = Person()
    state = ada.start()["state"]
    ada.browser.delete_cookie("idpsim_sp_start", domain="sp.idpsim.test")

    assert ada.back(state).status_code == 403


def test_oidc_ignores_state() -> None:
    ada = Person(oidc_ignores_state=True)
    ada.start()

    assert ada.back("another").status_code == 303


def test_a_state_works_once() -> None:
    ada = Person()
    state = ada.start()["state"]
    ada.back(state)

    assert ada.back(state).status_code == 403


@pytest.mark.parametrize(("issuer", "status"), [("https://other.test", 403), (ISSUER, 303)])
def test_an_iss_parameter_names_the_issuer(issuer: str, status: int) -> None:
    assert Person().sign_in(iss=issuer).status_code == status


def test_an_iss_parameter_that_was_promised_is_needed() -> None:
    ada = Person()
    ada.provider.discovery["authorization_response_iss_parameter_supported"] = True

    assert ada.sign_in().status_code == 403


def test_an_unknown_key_is_looked_up_once_more() -> None:
    ada = Person()
    ada.sign_in()
    ada.provider.published = [OTHER]
    by_another({"kid": "other"})(ada.provider)
    ada.provider.claims.pop("nonce")

    answer = ada.sign_in()

    assert answer.status_code == 303
    assert sum(str(each.url).endswith("/keys") for each in ada.provider.asked) == 2


def test_a_token_without_kid_is_fine_where_there_is_one_key() -> None:
    ada = Person()
    del ada.provider.header["kid"]

    assert ada.sign_in().status_code == 303


def test_a_token_without_kid_is_refused_where_there_are_two_keys() -> None:
    ada = Person()
    del ada.provider.header["kid"]
    ada.provider.published = [OTHER, KEY]

    assert ada.sign_in().status_code == 403


def test_a_right_at_hash_is_fine() -> None:
    import hashlib

    ada = Person()
    ada.provider.claims["at_hash"] = encoded(hashlib.sha256(b"at").digest()[:16])

    assert ada.sign_in().status_code == 303


def test_an_error_of_the_provider_is_shown() -> None:
    ada = Person()

    answer = ada.sign_in(error="access_denied", error_description="Not <assigned>.")

    assert answer.status_code == 403
    assert "access_denied Not &lt;assigned&gt;." in answer.text


@pytest.mark.parametrize("what", ["openid-configuration", "keys", "token", "userinfo"])
@pytest.mark.parametrize(
    "answer",
    [
        (500, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b"{" * 100_000),
        (200, b" " * 1_100_000),
        (302, b""),
        (200, b'{"keys": [{"kty": "RSA", "n": 1}, 2], "sub": [], "token_type": 1, "access_token": {}}'),
        (200, b'{"access_token": "a", "token_type": "bearer", "id_token": "a.b.c", "expires_in": "soon"}'),
    ],
)
def test_nothing_that_the_provider_says_is_an_error_of_ours(what: str, answer: tuple[int, bytes]) -> None:
    ada = Person()
    start = ada.start()
    ada.provider.raw[what] = answer
    if what == "openid-configuration":
        assert ada.get("/sso/one/oidc/login").status_code == 502
        return

    ended = ada.back(start["state"])

    assert ended.status_code in (403, 502)


def test_the_discovery_of_another_issuer_is_refused() -> None:
    ada = Person()
    ada.provider.discovery["issuer"] = "https://other.test"

    assert ada.get("/sso/one/oidc/login").status_code == 502


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/relative", None, 7, "http://[", "file:///etc/passwd"])
def test_an_endpoint_that_is_no_address_is_refused(url: Any) -> None:
    ada = Person()
    ada.provider.discovery["authorization_endpoint"] = url

    assert ada.get("/sso/one/oidc/login").status_code == 502


def test_the_secret_is_in_no_repr_and_on_no_page() -> None:
    ada = Person()
    ada.sign_in()

    assert SECRET not in repr(Trust.oidc(ISSUER, "client-1", SECRET)) + ada.get("/").text


def test_signing_out_ends_the_session_here_and_there() -> None:
    ada = Person()
    ada.sign_in()

    there = ada.get("/logout").headers["Location"]

    assert ada.me() is None
    assert there.startswith(f"{ISSUER}/logout?id_token_hint=")
    assert parse_qs(urlsplit(there).query)["post_logout_redirect_uri"] == ["http://sp.idpsim.test/"]


def test_a_provider_may_be_named_by_its_discovery_url() -> None:
    assert Trust.oidc(f"{ISSUER}/.well-known/openid-configuration", "client-1").issuer == ISSUER


@pytest.mark.parametrize("trust", [Trust.oidc("idp.test", "client-1"), Trust.oidc(ISSUER, "")])
def test_half_a_trust_is_refused(trust: Trust) -> None:
    with pytest.raises(Refused, match="issuer"):
        ServiceProvider(Switches()).configure_sso(trust)


def test_a_public_client_shows_no_secret() -> None:
    ada = Person()
    ada.sp.configure_sso(Trust.oidc(ISSUER, "client-1"), "one")

    ada.sign_in()

    [token] = [each for each in ada.provider.asked if str(each.url).endswith("/token")]
    assert "Authorization" not in token.headers
    assert "client_id=client-1" in str(token.body)
