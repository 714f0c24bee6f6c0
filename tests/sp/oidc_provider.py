"""An OpenID Connect provider of canned answers, and a browser that signs in with it, all without a socket."""

from __future__ import annotations

import hashlib
import io
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import RSAKey
from requests import PreparedRequest, Response
from requests.adapters import BaseAdapter
from werkzeug.test import Client, TestResponse

from idpsim.sp import ServiceProvider, Switches, Trust

ISSUER = "https://idp.test/oidc"
SECRET = "client-secret-of-the-test"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}, private=True)
OTHER = RSAKey.generate_key(2048, {"kid": "other", "use": "sig"}, private=True)
NOW = 1_800_000_000.0
JSON = {"Accept": "application/json"}


class Provider(BaseAdapter):
    """What the provider answers; a test changes the attributes first."""

    def __init__(self) -> None:
        super().__init__()
        self.discovery: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/authorize",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/keys",
            "userinfo_endpoint": f"{ISSUER}/userinfo",
            "end_session_endpoint": f"{ISSUER}/logout",
        }
        self.claims: dict[str, Any] = {"iss": ISSUER, "aud": "client-1", "sub": "s1", "iat": NOW, "exp": NOW + 3600}
        self.header: dict[str, Any] = {"alg": "RS256", "kid": "one"}
        self.userinfo: dict[str, Any] = {"sub": "s1", "preferred_username": "ada@x.test", "email": "ada@x.test"}
        self.userinfo |= {"given_name": "Ada", "family_name": "Lovelace", "name": "Ada Lovelace"}
        self.published = [KEY]
        self.sign: Callable[[dict[str, Any], bytes], str] = lambda header, claims: jws.serialize_compact(
            header, claims, KEY, registry=jws.JWSRegistry(strict_check_header=False)
        )
        self.answer: dict[str, Any] = {}
        self.raw: dict[str, tuple[int, bytes]] = {}
        self.asked: list[PreparedRequest] = []
        self.challenge = ""

    def send(self, request: PreparedRequest, *_given: Any, **_more: Any) -> Response:
        self.asked.append(request)
        path = urlsplit(request.url or "").path
        status, body = self.raw.get(path.rpartition("/")[2]) or (
            200,
            json.dumps(self._document(path, request)).encode(),
        )
        response = Response()
        response.status_code = status
        response.url = request.url or ""
        response.raw = io.BytesIO(body)
        response.headers["Content-Type"] = "application/json"
        return response

    def close(self) -> None:
        pass

    def _document(self, path: str, request: PreparedRequest) -> Any:
        if path.endswith("/openid-configuration"):
            return self.discovery
        if path.endswith("/keys"):
            return {"keys": [key.as_dict(private=False) for key in self.published]}
        if path.endswith("/userinfo"):
            return self.userinfo
        return self._token(dict(parse_qsl(str(request.body))))

    def _token(self, body: Mapping[str, str]) -> Any:
        verifier = body.get("code_verifier", "")
        digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if verifier and digest != self.challenge:
            return {"error": "invalid_grant"}
        token = self.sign(self.header, json.dumps(self.claims).encode())
        return {"access_token": "at", "token_type": "Bearer", "expires_in": 3600, "id_token": token, **self.answer}


class Person:
    """A browser at a service provider that trusts the canned provider."""

    def __init__(self, provider: Provider | None = None, **switches: Any) -> None:
        self.provider = provider or Provider()
        self.sp = ServiceProvider(Switches(**switches), seed=7, fetch=self.provider, sign_in_now=lambda: NOW)
        self.sp.configure_sso(Trust.oidc(ISSUER, "client-1", SECRET), "one")
        self.browser = Client(self.sp.wsgi)

    def start(self) -> dict[str, str]:
        """Go to the provider; the parameters of the redirect there."""
        there = self.get("/sso/one/oidc/login").headers["Location"]
        asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
        self.provider.challenge = asked["code_challenge"]
        self.provider.claims.setdefault("nonce", asked["nonce"])
        return asked

    def back(self, state: str, **more: str) -> TestResponse:
        """Come back from the provider."""
        query = {"code": "code-1", "state": state, **more}
        return self.browser.get("/sso/one/oidc/callback", query_string=query, base_url="http://sp.idpsim.test")

    def sign_in(self, **more: str) -> TestResponse:
        return self.back(self.start()["state"], **more)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.browser.get(path, headers=headers, base_url="http://sp.idpsim.test")

    def me(self) -> Any:
        """Who is signed in, None where nobody is."""
        answer = self.get("/me", **JSON)
        return answer.json if answer.status_code == 200 else None
