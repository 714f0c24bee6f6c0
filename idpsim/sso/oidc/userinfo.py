"""Who an access token was issued for."""

from __future__ import annotations

from flask import Request, Response

from idpsim.signon.oidc import Bearer, OidcLook, Server
from idpsim.sso.front import Front
from idpsim.sso.oidc import reading, refusing
from idpsim.sso.oidc.clients import Client
from idpsim.sso.oidc.minting import Mint
from idpsim.sso.oidc.stores import Issued


def answer(front: Front, issued: Issued, look: OidcLook, server: Server, request: Request, endpoint: str) -> Response:
    """The person's claims, or the vendor's way to say that the token is no good."""
    token = _token(request)
    found = issued.access(token, front.now()) if token else None
    if not token:
        return _refuse(front, look, "missing", endpoint)
    if found is None or found.grant.identity is None:
        return _refuse(front, look, "invalid", endpoint)
    if found.grant.server.endpoints["userinfo"] != server.endpoints["userinfo"]:
        return _refuse(front, look, "invalid", endpoint)
    mint = Mint(front, issued, found.grant, Client(front, found.grant.app).rules, "token")
    if look.opaque is not None and not look.opaque(mint.granted(mint.rules.access_seconds)):
        return _refuse(front, look, "invalid", endpoint)
    if "openid" not in found.grant.scopes:
        return _refuse(front, look, "scope", endpoint)
    return refusing.answer(200, mint.userinfo(), look.headers["token"], refusing.trace(front).id)


def _token(request: Request) -> str:
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return (reading.form(request).get("access_token") or "") if request.method == "POST" else ""


def _refuse(front: Front, look: OidcLook, kind: Bearer, endpoint: str) -> Response:
    trace = refusing.trace(front)
    status, headers, body = look.bearer(kind, endpoint, trace)
    return refusing.answer(status, body, headers, trace.id)
