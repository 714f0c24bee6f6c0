"""One service provider per vendor that signs people in over OpenID Connect, in process."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from werkzeug.test import TestResponse

from idpsim.signon import Identity
from idpsim.sso.app import App
from idpsim.sso.oidc.web import blueprint
from tests.sso.front import ADA, MemoryFront, app, front

CALLBACK = "https://sp.test/oidc/callback"
CLIENT = "a-client"
SECRET = "a-client-secret"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
TENANT = "11111111-2222-4333-8444-555555555555"
NOW = 1_800_000_000.0
VENDORS = ("okta", "entra", "onelogin")

PATHS = {
    "okta": {
        "authorize": "/oauth2/default/v1/authorize",
        "token": "/oauth2/default/v1/token",
        "userinfo": "/oauth2/default/v1/userinfo",
        "keys": "/oauth2/default/v1/keys",
        "logout": "/oauth2/default/v1/logout",
        "introspect": "/oauth2/default/v1/introspect",
        "revoke": "/oauth2/default/v1/revoke",
        "discovery": "/oauth2/default/.well-known/openid-configuration",
    },
    "okta-org": {
        "authorize": "/oauth2/v1/authorize",
        "token": "/oauth2/v1/token",
        "userinfo": "/oauth2/v1/userinfo",
        "keys": "/oauth2/v1/keys",
        "logout": "/oauth2/v1/logout",
        "discovery": "/.well-known/openid-configuration",
    },
    "entra": {
        "authorize": f"/{TENANT}/oauth2/v2.0/authorize",
        "token": f"/{TENANT}/oauth2/v2.0/token",
        "userinfo": "/oidc/userinfo",
        "keys": f"/{TENANT}/discovery/v2.0/keys",
        "logout": f"/{TENANT}/oauth2/v2.0/logout",
        "discovery": f"/{TENANT}/v2.0/.well-known/openid-configuration",
    },
    "onelogin": {
        "authorize": "/oidc/2/auth",
        "token": "/oidc/2/token",
        "userinfo": "/oidc/2/me",
        "keys": "/oidc/2/certs",
        "logout": "/oidc/2/logout",
        "introspect": "/oidc/2/token/introspection",
        "revoke": "/oidc/2/token/revocation",
        "discovery": "/oidc/2/.well-known/openid-configuration",
    },
}
SCOPES = {
    "okta": "openid profile email offline_access",
    "entra": "openid profile email offline_access",
    "onelogin": "openid profile",
}


def part(token: str, number: int) -> dict[str, Any]:
    """The header (0) or the claims (1) of a token."""
    raw = token.split(".")[number]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4)))
    return found


def basic(client: str = CLIENT, secret: str = SECRET) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()}


def came_back(response: TestResponse) -> dict[str, str]:
    """The parameters of a redirect to the callback, of its query or its fragment."""
    assert response.status_code == 302, response.text
    url = urlsplit(response.headers["Location"])
    assert f"{url.scheme}://{url.netloc}{url.path}" == CALLBACK
    return dict(parse_qsl(url.fragment or url.query))


@dataclass
class Flow:
    """A vendor's identity provider with one app, and the browser that goes through it."""

    vendor: str
    front: MemoryFront
    server: str = ""
    client: Any = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.front.client(blueprint(self.front))

    @property
    def paths(self) -> dict[str, str]:
        return PATHS[self.server or self.vendor]

    @property
    def app(self) -> App:
        return next(each for each in self.front.apps() if each.vendor == self.vendor)

    def authorize(self, **more: str | None) -> TestResponse:
        """The answer to an authorization request that is right but for `more`; None leaves a parameter out."""
        given = {
            "client_id": CLIENT,
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": SCOPES[self.vendor],
            "state": "a-state",
            "nonce": "a-nonce",
            **more,
        }
        asked = {name: value for name, value in given.items() if value is not None}
        found: TestResponse = self.client.get(self.paths["authorize"], query_string=asked)
        return found

    def code(self, **more: str | None) -> str:
        return came_back(self.authorize(**more))["code"]

    def ask(self, headers: dict[str, str] | None = None, **form: str) -> TestResponse:
        """The token endpoint's answer, the client authenticated by its secret."""
        found: TestResponse = self.client.post(
            self.paths["token"], data=form, headers=basic() if headers is None else headers
        )
        return found

    def redeem(self, code: str, **more: str) -> TestResponse:
        return self.ask(grant_type="authorization_code", code=code, redirect_uri=CALLBACK, **more)

    def tokens(self, **more: str | None) -> dict[str, Any]:
        response = self.redeem(self.code(**more))
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json or {}
        return found

    def userinfo(self, token: str) -> TestResponse:
        found: TestResponse = self.client.get(self.paths["userinfo"], headers={"Authorization": f"Bearer {token}"})
        return found


def flow(
    vendor: str,
    who: Identity | None = ADA,
    *,
    server: str = "",
    tamper: str | None = None,
    victim: Identity | None = None,
    at: float | None = NOW,
    **settings: Any,
) -> Flow:
    """A fresh one in which `who` has a session already, None nobody."""
    made = Flow(vendor, front(app(vendor, **settings), at=at), server)
    if who is not None:
        made.front.sign_in(vendor, who, tamper, victim)
    return made
