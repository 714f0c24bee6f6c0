"""The token endpoint, and the two that ask about tokens: introspection and revocation."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    InvalidClientError,
    UnauthorizedClientError,
    UnsupportedGrantTypeError,
)
from flask import Response

from idpsim.signon.oidc import JSON, OidcLook, Server
from idpsim.sso.front import Front
from idpsim.sso.oidc import refusing
from idpsim.sso.oidc.clients import Client
from idpsim.sso.oidc.grants import METHODS, Asking, Endpoint
from idpsim.sso.oidc.minting import Mint
from idpsim.sso.oidc.reading import Asked
from idpsim.sso.oidc.refusing import Refused
from idpsim.sso.oidc.stores import Issued

_SAID = {
    "Missing 'code' in request.": "no_code",
    "Invalid 'redirect_uri' in request.": "redirect_mismatch",
    "Missing 'code_verifier'": "no_verifier",
    "Invalid 'code_verifier'": "bad_verifier",
    "Code challenge failed.": "wrong_verifier",
    "Missing 'refresh_token' in request.": "no_refresh",
}
_NAMES = {"no_code": "code", "no_refresh": "refresh_token", "no_grant_type": "grant_type", "no_client": "client_id"}
_NAMES |= {"no_token": "token", "bad_content": "grant_type"}


@dataclass(frozen=True)
class Asker:
    """Who asks the token endpoint, and what: the form and the headers of one request."""

    front: Front
    issued: Issued
    vendor: str
    look: OidcLook
    server: Server
    asked: Asked
    headers: Mapping[str, str]
    path: str = ""

    def tokens(self) -> Response:
        """New tokens, or why not."""
        try:
            return refusing.answer(200, self._tokens(), self.look.headers["token"], refusing.trace(self.front).id)
        except Refused as refused:
            return self.refuse(refused)

    def _tokens(self) -> JSON:
        headers = self._checked()
        if self.asked.get("grant_type") is None:
            raise Refused("no_grant_type")
        endpoint = self._endpoint()
        try:
            grant = endpoint.get_token_grant(Asking(self.asked.values, headers))
            grant.validate_token_request()
            _, token, _ = grant.create_token_response()
        except OAuth2Error as error:
            raise self._meant(error) from None
        return dict(token)

    def _checked(self) -> Mapping[str, str]:
        """The headers that matter, when the request is one at all."""
        if self.asked.too_large:
            raise Refused("too_large")
        if not self.asked.is_form:
            raise Refused("bad_content", path=self.path)
        if self.asked.repeated:
            raise Refused("repeated", name=self.asked.repeated)
        basic = _basic(self.headers.get("Authorization", ""))
        secret = self.asked.get("client_secret") is not None
        if basic is not None and secret and not self.look.both_credentials:
            raise Refused("both_credentials")
        if basic is None and self.asked.get("client_id") is None:
            raise Refused(self.look.missing_client)
        client = self._endpoint().query_client(basic or self.asked.get("client_id") or "")
        if client.public and (secret or basic is not None):
            raise Refused("public_secret")
        if client.rules.origin and not self.headers.get("Origin"):
            raise Refused("no_origin")
        return {"Authorization": self.headers["Authorization"]} if basic is not None else {}

    def _endpoint(self) -> Endpoint:
        return Endpoint(self.front, self.issued, self.vendor, self.look, self.server)

    def _meant(self, error: OAuth2Error) -> Refused:
        """The kind of what Authlib has found."""
        if isinstance(error, UnsupportedGrantTypeError):
            return Refused("bad_grant_type", allowed="authorization_code, refresh_token, client_credentials")
        if isinstance(error, UnauthorizedClientError):
            return Refused("grant_off", allowed="authorization_code")
        if isinstance(error, InvalidClientError):
            sent = self.asked.get("client_secret") is not None or self.headers.get("Authorization")
            return Refused("wrong_method" if sent else "no_credentials")
        if error.error == "invalid_scope":
            return Refused("bad_scope")
        description = error.description or ""
        return Refused(_SAID.get(description, "unasked_verifier" if "code_verifier" in description else "bad_refresh"))

    def refuse(self, refused: Refused) -> Response:
        """The vendor's answer to what is wrong."""
        more: dict[str, str | None] = {**self.front_ids(), **self.asked.values, "name": _NAMES.get(refused.kind)}
        return refusing.as_json(self.front, self.look, refused, more)

    def front_ids(self) -> Mapping[str, str]:
        return next((app.ids for app in self.front.apps() if app.vendor == self.vendor), {})

    def introspect(self) -> Response:
        """What is known of a token, to the client that it was issued to."""
        try:
            client, token = self._about()
        except Refused as refused:
            return self.refuse(refused)
        now = self.front.now()
        access, refresh = self.issued.access(token, now), self.issued.refresh(token, now)
        said: JSON = {"active": False}
        if access is not None and access.grant.client_id == client.client_id and self.look.introspection:
            mint = Mint(self.front, self.issued, access.grant, client.rules, "token")
            said = self.look.introspection(access.claims, mint.granted(client.rules.access_seconds))
        elif refresh is not None and refresh.grant.client_id == client.client_id:
            said = {"active": True, "scope": refresh.get_scope(), "client_id": client.client_id}
        return refusing.answer(200, said, self.look.headers["token"])

    def revoke(self) -> Response:
        """An empty answer, whatever the token is; a refresh token takes all with it that came of its grant."""
        try:
            client, token = self._about()
        except Refused as refused:
            return self.refuse(refused)
        now = self.front.now()
        access, refresh = self.issued.access(token, now), self.issued.refresh(token, now)
        if access is not None and access.grant.client_id == client.client_id:
            self.issued.drop_access(token)
        if refresh is not None and refresh.grant.client_id == client.client_id:
            self.issued.revoke(refresh.grant, now)
        return refusing.answer(200, None, self.look.headers["token"])

    def _about(self) -> tuple[Client, str]:
        headers = self._checked()
        try:
            client = self._endpoint().authenticate_client(Asking(self.asked.values, headers), METHODS)
        except OAuth2Error as error:
            raise self._meant(error) from None
        token = self.asked.get("token")
        if token is None:
            raise Refused("no_token")
        assert isinstance(client, Client)
        return client, token


def _basic(header: str) -> str | None:
    """The client id of a Basic header, None where there is no such header that can be read."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    name, colon, _ = text.partition(":")
    return unquote(name) if colon and name else None
