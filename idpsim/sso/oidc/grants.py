"""Authlib's grants on what this provider has issued: they check, the mint makes the tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, OAuth2Request, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge

from idpsim.signon.oidc import JSON, OidcLook, Server
from idpsim.sso.front import Front
from idpsim.sso.oidc.clients import Client, find
from idpsim.sso.oidc.minting import Mint
from idpsim.sso.oidc.refusing import Refused
from idpsim.sso.oidc.stores import Code, Grant, Issued, Refresh

METHODS = ["client_secret_basic", "client_secret_post", "none"]


class Asking(OAuth2Request):  # type: ignore[misc]
    """A request in Authlib's shape; whether it came over TLS is not its concern here."""

    def __init__(self, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        super().__init__("POST", "https://idp/", headers=headers)
        self.payload = BasicOAuth2Payload(dict(form))

    @property
    def form(self) -> Mapping[str, str]:
        return self.payload.data  # type: ignore[no-any-return]


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """A code, once."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_authorization_code(self, code: str, client: Client) -> Code:
        endpoint: Endpoint = self.server
        bound = endpoint.issued.take_code(code, client.client_id, endpoint.front.now())
        if isinstance(bound, str):
            raise Refused(bound)
        _here(bound.grant, endpoint, "bad_code")
        return bound

    def authenticate_user(self, authorization_code: Code) -> Code:
        return authorization_code

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Its use is noted already, so that the next one is known for what it is."""


class RefreshGrant(grants.RefreshTokenGrant):  # type: ignore[misc]
    """A refresh token, within the scopes that it was given for."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> Refresh:
        endpoint: Endpoint = self.server
        client: Client = self.request.client
        found = endpoint.issued.refresh(refresh_token, endpoint.front.now())
        if found is not None:
            _here(found.grant, endpoint, "bad_refresh")
        how = client.rules.refresh
        used = (
            endpoint.issued.use_refresh(refresh_token, client.client_id, how, endpoint.front.now())
            if how
            else "bad_refresh"
        )
        if isinstance(used, str):
            raise Refused(used)
        return used

    def authenticate_user(self, refresh_token: Refresh) -> Refresh:
        return refresh_token

    def revoke_old_credential(self, refresh_token: Refresh) -> None:
        """What becomes of it was settled when it was used."""


class ClientGrant(grants.ClientCredentialsGrant):  # type: ignore[misc]
    """A client that speaks for itself."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS[:2]

    def validate_requested_scope(self) -> None:
        """The look says which scopes there are, when the token is made."""


class Endpoint(AuthorizationServer):  # type: ignore[misc]
    """One authorization server's token endpoint, for one request."""

    def __init__(self, front: Front, issued: Issued, vendor: str, look: OidcLook, server: Server) -> None:
        super().__init__()
        self.front = front
        self.issued = issued
        self.vendor = vendor
        self.look = look
        self.place = server
        self.request: Any = None
        self.register_grant(CodeGrant, [CodeChallenge(required=False)])
        self.register_grant(RefreshGrant)
        self.register_grant(ClientGrant)

    def query_client(self, client_id: str) -> Client:
        client = find(self.front, self.vendor, client_id)
        if client is None:
            raise Refused("unknown_client", client_id=client_id)
        return client

    def save_token(self, token: JSON, request: OAuth2Request) -> None:
        """The mint has kept what comes back."""

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def generate_token(
        self, *, client: Client, user: Code | Refresh | None = None, scope: str | None = None, **_: Any
    ) -> JSON:
        """The whole answer of the token endpoint, in the vendor's order."""
        if user is None:
            return self._for_client(client, scope)
        if isinstance(user, Refresh):
            return self._refreshed(client, user, tuple((scope or "").split()))
        mint = Mint(self.front, self.issued, user.grant, client.rules, "token")
        return self._answer(mint, mint.refresh())

    def _refreshed(self, client: Client, old: Refresh, scopes: tuple[str, ...]) -> JSON:
        how = client.rules.refresh
        assert how is not None
        kept = Mint(self.front, self.issued, old.grant, client.rules, "refresh")
        token = kept.refresh(old.ends if how.carried else None) if how.fresh else old.token
        grant = replace(old.grant, nonce=None, scopes=tuple(each for each in old.grant.scopes if each in scopes))
        return self._answer(Mint(self.front, self.issued, grant, client.rules, "refresh"), token)

    def _for_client(self, client: Client, scope: str | None) -> JSON:
        asked, app = tuple(dict.fromkeys((scope or "").split())), client.app
        ids = {**app.ids, "client_id": client.client_id}
        scopes = self.look.scopes(asked, "client", self.place.name, ids, app.settings)
        if isinstance(scopes, str):
            raise Refused(scopes, scope=scope)
        grant = Grant("", app, self.place, client.client_id, None, scopes, self.front.now())
        return self._answer(Mint(self.front, self.issued, grant, client.rules, "client"), None)

    def _answer(self, mint: Mint, refresh: str | None) -> JSON:
        mint.check()
        access, seconds = mint.access(), mint.rules.access_seconds
        values: JSON = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds}
        values |= {"access_token": access, "scope": " ".join(mint.grant.scopes), "refresh_token": refresh}
        speaks = mint.grant.identity is not None and "openid" in mint.grant.scopes
        values["id_token"] = mint.id_token(access=access, refresh=refresh) if speaks else None
        if mint.flow == "client" and self.look.session_state:
            values["scope"] = None
        answer = {name: values[name] for name in self.look.answer if values[name] is not None}
        scene, tamper = mint.scene(), mint.tamper()
        return tamper.answer(answer, scene) if scene and tamper.answer else answer


def _here(grant: Grant, endpoint: Endpoint, kind: str) -> None:
    """Refused where another authorization server has issued it; other words for the same tenant are the same one."""
    at, here = grant.server, endpoint.place
    if (at.token_issuer or at.issuer) != (here.token_issuer or here.issuer):
        raise Refused(kind)
