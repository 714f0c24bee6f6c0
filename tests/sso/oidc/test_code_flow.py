"""Signing in from end to end, with a client library that knows nothing of this identity provider."""

from __future__ import annotations

import io
from typing import Any

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.jwk import KeySet
from requests.adapters import BaseAdapter

from tests.sso.front import BASE
from tests.sso.oidc.flows import CALLBACK, CLIENT, SCOPES, SECRET, VENDORS, VERIFIER, flow, part


class InProcess(BaseAdapter):
    """Requests that a test client answers."""

    def __init__(self, client: Any) -> None:
        super().__init__()
        self.client = client

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body.encode() if isinstance(request.body, str) else request.body
        answer = self.client.open(
            (request.url or "").removeprefix(BASE), method=request.method, data=body, headers=dict(request.headers)
        )
        response = requests.Response()
        response.status_code = answer.status_code
        response.headers.update(dict(answer.headers))
        response.raw = io.BytesIO(answer.data)
        response.request, response.url = request, request.url or ""
        return response

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_stock_client_signs_somebody_in_with_pkce(vendor: str) -> None:
    provider = flow(vendor, at=None)
    session = OAuth2Session(CLIENT, SECRET, redirect_uri=CALLBACK, scope=SCOPES[vendor], code_challenge_method="S256")
    session.mount(BASE, InProcess(provider.client))
    discovered = session.get(BASE + provider.paths["discovery"], withhold_token=True).json()

    url, state = session.create_authorization_url(
        discovered["authorization_endpoint"], nonce="a-nonce", code_verifier=VERIFIER
    )
    back = provider.client.get(url.removeprefix(BASE)).headers["Location"]
    token = session.fetch_token(
        discovered["token_endpoint"], authorization_response=back, state=state, code_verifier=VERIFIER
    )
    keys = KeySet.import_key_set(session.get(discovered["jwks_uri"], withhold_token=True).json())
    claims = jwt.decode(token["id_token"], keys).claims
    userinfo_path = provider.paths["userinfo"] if vendor == "entra" else discovered["userinfo_endpoint"]
    userinfo = session.get(BASE + userinfo_path.removeprefix(BASE)).json()

    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": discovered["issuer"]},
        aud={"essential": True, "value": CLIENT},
        exp={"essential": True},
        nonce={"essential": True, "value": "a-nonce"},
    ).validate(claims)
    assert userinfo["sub"] == claims["sub"]
    assert userinfo["name"] == "Ada Lovelace"


@pytest.mark.parametrize("vendor", VENDORS)
def test_who_is_not_signed_in_meets_the_login_page_with_the_hint(vendor: str) -> None:
    provider = flow(vendor, None)

    page = provider.authorize(login_hint="ada@example.com")

    assert "Sign in ada@example.com" in page.text
    assert provider.front.hints == ["ada@example.com"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_answer_follows_the_login(vendor: str) -> None:
    provider = flow(vendor, None)
    provider.authorize()

    back = provider.client.post("/_login")

    assert "code=" in back.headers["Location"]
    assert "state=a-state" in back.headers["Location"]
    assert [each.protocol for each in provider.front.signed_in.participants] == ["oidc"]  # type: ignore[union-attr]


def test_tokens_of_a_custom_server_name_it() -> None:
    token = flow("okta").tokens()

    assert part(token["id_token"], 1)["iss"] == f"{BASE}/oauth2/default"
    assert part(token["access_token"], 1)["aud"] == "api://default"


def test_tokens_of_the_org_server_name_the_org() -> None:
    token = flow("okta", server="okta-org").tokens()

    assert part(token["id_token"], 1)["iss"] == BASE
    assert part(token["access_token"], 1)["aud"] == BASE


def test_a_code_of_one_server_is_no_good_at_another() -> None:
    provider = flow("okta")
    code = provider.code()
    provider.server = "okta-org"

    answer = provider.redeem(code)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")
