"""The OpenID Connect endpoints of all vendors, each under the vendor's own paths."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from idpsim.signon import SignOn
from idpsim.signon.oidc import OidcLook, Server
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.sso.oidc import leaving, publishing, reading, refusing, userinfo
from idpsim.sso.oidc.authorizing import authorize
from idpsim.sso.oidc.refusing import Refused
from idpsim.sso.oidc.stores import Issued
from idpsim.sso.oidc.tokens import Asker
from idpsim.sso.tamper.oidc_tokens import STRANGER_CERTIFICATE, STRANGER_KEYS

STATE = "oidc"
View = Callable[[], Response]


def blueprint(front: Front) -> Blueprint:
    """The endpoints of every vendor that has an app now; apps that come later are found, vendors are not."""
    made = Blueprint("oidc", __name__)
    vendors: dict[str, SignOn] = {}
    for app in front.apps():
        vendors.setdefault(app.vendor, app.sign_on)
    known: set[str] = set()
    for vendor, sign_on in vendors.items():
        for server in sign_on.oidc.servers:
            _Place(front, vendor, sign_on.oidc, server).put(made, known)
        for rule in sign_on.oidc.strangers:
            view = _stranger(front, sign_on.oidc)
            made.add_url_rule(rule, f"{vendor} {_name(rule)}", view, methods=["GET", "POST"])
    made.add_url_rule(STRANGER_KEYS, "stranger keys", lambda: publishing.stranger_keys(front))
    made.add_url_rule(STRANGER_CERTIFICATE, "stranger certificate", lambda: publishing.stranger_certificate(front))
    made.after_request(_across_origins(front))
    return made


def issued(front: Front) -> Issued:
    """What this identity provider has issued, as long as it lives."""
    state = front.facts()
    if STATE not in state and isinstance(state, MutableMapping):
        state.setdefault(STATE, Issued())
    found = state[STATE]
    assert isinstance(found, Issued)
    return found


@dataclass(frozen=True)
class _Place:
    """One authorization server with the paths that lead to it."""

    front: Front
    vendor: str
    look: OidcLook
    server: Server

    @property
    def apps(self) -> list[App]:
        return [app for app in self.front.apps() if app.vendor == self.vendor]

    @property
    def issued(self) -> Issued:
        return issued(self.front)

    def put(self, blueprint: Blueprint, known: set[str]) -> None:
        """Add the routes that are not `known` yet."""
        views: dict[str, tuple[View, list[str]]] = {
            "authorize": (self.authorize, ["GET", "POST"]),
            "token": (self.token, ["GET", "POST", "OPTIONS"]),
            "userinfo": (self.userinfo, ["GET", "POST", "OPTIONS"]),
            "keys": (self.keys, ["GET"]),
            "logout": (self.logout, ["GET", "POST"]),
            "introspect": (self.introspect, ["POST"]),
            "revoke": (self.revoke, ["POST", "OPTIONS"]),
        }
        routes = [(template, *views[name]) for name, template in self.server.endpoints.items()]
        routes += [(template, self.discovery, ["GET"]) for template in self.server.discovery]
        for template, view, methods in routes:
            rule = self.apps[0].filled(template).removeprefix(self.apps[0].base)
            if rule not in known:
                known.add(rule)
                blueprint.add_url_rule(
                    rule, f"{self.vendor} {_name(rule)}", view, methods=methods, provide_automatic_options=False
                )

    def authorize(self) -> Response:
        asked = reading.query(request) if request.method == "GET" else reading.form(request)
        return authorize(self.front, self.issued, self.vendor, self.server, asked)

    def token(self) -> Response:
        if request.method == "OPTIONS":
            return Response(status=204)
        asker = self._asker()
        return asker.tokens() if request.method == "POST" else asker.refuse(Refused("method"))

    def introspect(self) -> Response:
        return self._asker().introspect()

    def revoke(self) -> Response:
        return Response(status=204) if request.method == "OPTIONS" else self._asker().revoke()

    def userinfo(self) -> Response:
        if request.method == "OPTIONS":
            return Response(status=204)
        endpoint = self.apps[0].filled(self.server.endpoints["userinfo"])
        return userinfo.answer(self.front, self.issued, self.look, self.server, request, endpoint)

    def logout(self) -> Response:
        asked = reading.query(request) if request.method == "GET" else reading.form(request)
        return leaving.leave(self.front, self.vendor, self.look, asked)

    def discovery(self) -> Response:
        return publishing.discovery(self.front, self.apps, self.look, self.server, _wanted())

    def keys(self) -> Response:
        return publishing.keys(self.front, self.apps, self.look, self.server, _wanted())

    def _asker(self) -> Asker:
        asked = reading.form(request)
        headers = {name: request.headers[name] for name in ("Authorization", "Origin") if name in request.headers}
        return Asker(self.front, self.issued, self.vendor, self.look, self.server, asked, headers, request.path)


def _wanted() -> str | None:
    """The client that a reader of public documents says it is."""
    return request.args.get("client_id") or request.args.get("appid")


def _name(rule: str) -> str:
    """An endpoint's name may hold no dot."""
    return re.sub(r"[^a-zA-Z0-9/<>:_-]", "_", rule)


def _stranger(front: Front, look: OidcLook) -> Callable[..., Response]:
    def view(**_: str) -> Response:
        trace = refusing.trace(front)
        status, body = look.stranger(request.method, request.path, trace)
        return refusing.answer(status, body, look.headers["token"], trace.id)

    return view


def _across_origins(front: Front) -> Callable[[Response], Response]:
    """Scripts of a registered redirect URI's origin may read the answers."""

    def allow(response: Response) -> Response:
        origin = request.headers.get("Origin", "")
        if not origin or "Access-Control-Allow-Origin" in response.headers:
            return response
        known = {_origin(uri) for app in front.apps() for uri in app.registration.redirect_uris}
        if origin in known:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
            response.headers["Vary"] = "Origin"
        return response

    return allow


def _origin(uri: str) -> str:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"
