"""What everybody may read: the discovery document and the keys."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial
from typing import Any

from flask import Response

from idpsim.directory import Person
from idpsim.signon import Identity
from idpsim.signon.oidc import OidcLook, Server
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.sso.oidc import refusing
from idpsim.sso.oidc.clients import client_id
from idpsim.sso.oidc.signing import jwk_of, kid_of
from idpsim.sso.tamper.hooks import PublishedTamper, Scene
from idpsim.sso.tamper.oidc_tokens import UNKNOWN, public_jwk
from idpsim.sso.tamper.registry import published_tamper
from idpsim.wire import compact

LONGEST = 60.0
NOBODY = Identity("", Person("", "", ""))


def discovery(front: Front, apps: list[App], look: OidcLook, server: Server, wanted: str | None) -> Response:
    """The server's document; `wanted` is the client that asks, where it says so."""
    document = {name: _filled(value, apps[0]) for name, value in server.document}
    return _published(front, apps, look, server, wanted, "discovery", compact(document))


def keys(front: Front, apps: list[App], look: OidcLook, server: Server, wanted: str | None) -> Response:
    """All keys of the tenant, the one that signs among them; their order means nothing."""
    issuer = apps[0].filled(server.issuer)
    found = {kid_of(look, key): jwk_of(look, key, issuer) for app in apps for key in front.keys.oidc(app)}
    ordered = [found[kid] for kid in (sorted(found) if look.keys_sorted else found)]
    return _published(front, apps, look, server, wanted, "keys", compact({"keys": ordered}))


def stranger_keys(front: Front) -> Response:
    """A key set that no service provider should ever ask for: tokens falsified by `jku` name it."""
    key = {**public_jwk(front.keys.stranger()), "use": "sig", "alg": "RS256", "kid": UNKNOWN}
    return refusing.answer(200, {"keys": [key]})


def stranger_certificate(front: Front) -> Response:
    """The same key's certificate, PEM: tokens falsified by `x5u` name it."""
    return Response(front.keys.stranger().pem, mimetype="application/x-pem-file")


def _published(
    front: Front, apps: list[App], look: OidcLook, server: Server, wanted: str | None, what: str, body: bytes
) -> Response:
    headers, trace = look.headers[what], refusing.trace(front)
    app, tamper = _fault(front, [app for app in apps if wanted in (None, client_id(app))] or apps, what)
    status, kind = 200, "application/json"
    if tamper is not None:
        time.sleep(min(tamper.delay, LONGEST))
        scene = _scene(front, app, look, server)
        body = tamper.document(body, scene) if tamper.document else body
        status, kind, headers = tamper.status, tamper.content_type or kind, (("Cache-Control", "no-store"),)
    response = Response(body, status, content_type=kind)
    for name, value in headers:
        response.headers[name] = value.replace("{trace}", trace.id)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _fault(front: Front, apps: Iterable[App], what: str) -> tuple[App, PublishedTamper | None]:
    first = None
    for app in apps:
        first = first or app
        name = front.fault(app)
        tamper = published_tamper(name) if name else None
        if tamper is not None and tamper.what == what:
            return app, tamper
    assert first is not None
    return first, None


def _scene(front: Front, app: App, look: OidcLook, server: Server) -> Scene:
    signings = front.keys.oidc(app)
    return Scene(
        app=app,
        identity=NOBODY,
        victim=NOBODY,
        signing=signings[0],
        other=front.keys.stranger(),
        now=front.now(),
        kid=partial(kid_of, look),
        next=signings[1] if len(signings) > 1 else None,
        issuer=app.filled(server.issuer),
    )


def _filled(value: Any, app: App) -> Any:
    return app.filled(value) if isinstance(value, str) else value
