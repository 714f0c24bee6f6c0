"""The service provider as a Flask app: SCIM under `/scim/<idp>/v2`, one path and token per IdP; sign-in beside it."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from idpsim.wire import compact

from . import discovery, web_sso
from .gates import Gates
from .problem import Problem, invalid_value
from .rate import RateLimit
from .render import Projection, document, location
from .resources import Resources
from .schema import Kind
from .search import Search
from .sign_in import SignIn
from .store import Entry, Store
from .switches import Switches
from .values import read_body

PREFIX = "/scim/<idp>/v2"
_SCIM = "application/scim+json"
_JSON = (_SCIM, "application/json")


@dataclass(frozen=True, slots=True)
class Parts:
    """What the app answers from."""

    switches: Switches
    store: Store
    resources: Resources
    search: Search
    gates: Gates
    rate: RateLimit


def build(parts: Parts, sign_in: SignIn) -> Flask:
    """The app; every answer under `/scim` is SCIM, errors included, and everything else is a page."""
    app = Flask("idpsim.sp", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=parts.switches.max_body, MAX_FORM_MEMORY_SIZE=parts.switches.max_body)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    scim = _Scim(parts)
    app.before_request(scim.admit)
    app.url_value_preprocessor(_without_idp)
    app.register_blueprint(web_sso.blueprint(sign_in))
    app.register_error_handler(Problem, scim.problem)
    app.register_error_handler(HTTPException, scim.http_error)
    _route(app, scim, "user", "/Users")
    if parts.switches.groups:
        _route(app, scim, "group", "/Groups")
    for path, answer in scim.discoveries().items():
        app.add_url_rule(PREFIX + path, path, answer, methods=["GET"])
    for path in ("/Bulk", "/Me", "/.search"):
        app.add_url_rule(PREFIX + path, path, scim.unsupported, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return app


def _route(app: Flask, scim: _Scim, kind: Kind, path: str) -> None:
    collection = {"GET": scim.listed, "POST": scim.created}
    single = {"GET": scim.read, "PUT": scim.replaced, "PATCH": scim.patched, "DELETE": scim.deleted}
    for rule, verbs in ((path, collection), (f"{path}/<path:id>", single)):
        for method, answer in verbs.items():
            app.add_url_rule(PREFIX + rule, f"{method} {rule}", answer, methods=[method], defaults={"kind": kind})


class _Scim:
    """The answers; each method is one route's."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._switches = parts.switches

    def admit(self) -> None:
        """The gates, the token, the rate limit, in this order: 403, 401, 429."""
        if not _is_scim():
            return
        idp = request.path[1:].partition("/")[2].partition("/")[0]
        if reason := self._parts.gates.closed():
            raise Problem(403, reason)
        if not self._parts.gates.admits(idp, request.headers.get("Authorization")):
            raise Problem(401, "The token is missing or wrong.", headers=(("WWW-Authenticate", 'Bearer realm="SCIM"'),))
        self._parts.rate.check(idp)

    def listed(self, kind: Kind) -> Response:
        return self._answer(200, self._parts.search.page(kind, _query(), _base()))

    def read(self, kind: Kind, id: str) -> Response:
        entry = self._parts.resources.read(kind, id)
        if request.headers.get("If-None-Match") == entry.etag:
            return Response(status=304, headers={"ETag": entry.etag})
        return self._resource(200, entry)

    def created(self, kind: Kind) -> Response:
        entry = self._parts.resources.create(kind, self._body())
        return self._resource(201, entry, without_id=self._switches.no_id)

    def replaced(self, kind: Kind, id: str) -> Response:
        entry = self._parts.resources.put(kind, id, self._body(), request.headers.get("If-Match"))
        return self._resource(200, entry)

    def patched(self, kind: Kind, id: str) -> Response:
        if not self._switches.patch:
            raise Problem(self._switches.patch_refusal, "PATCH is not supported.")
        entry = self._parts.resources.patch(kind, id, self._body(), request.headers.get("If-Match"))
        status = self._switches.patch_answer if kind == "user" else self._switches.group_patch_answer
        if status == 204:
            return Response(status=204, headers={"ETag": entry.etag})
        return self._resource(200, entry)

    def deleted(self, kind: Kind, id: str) -> Response:
        self._parts.resources.delete(kind, id, request.headers.get("If-Match"))
        return Response(status=204)

    def unsupported(self) -> Response:
        raise Problem(501, "This is not supported.")

    def discoveries(self) -> Mapping[str, Callable[..., Response]]:
        """The discovery endpoints by path."""
        switches = self._switches
        return {
            "/ServiceProviderConfig": lambda: self._answer(200, discovery.configuration(switches, _base())),
            "/ResourceTypes": lambda: self._answer(200, discovery.resource_types(switches, _base())),
            "/ResourceTypes/<name>": lambda name: self._answer(200, discovery.resource_type(name, switches, _base())),
            "/Schemas": lambda: self._answer(200, discovery.schemas(switches, _base())),
            "/Schemas/<urn>": lambda urn: self._answer(200, discovery.schema(urn, switches, _base())),
        }

    def problem(self, problem: Problem) -> Response:
        """A Problem as a SCIM error, or as an HTML page where the switches say so."""
        headers = dict(problem.headers)
        if self._switches.html_errors:
            page = f"<!doctype html><title>{problem.status}</title><h1>{html.escape(problem.detail)}</h1>"
            return Response(page, problem.status, headers, content_type="text/html; charset=utf-8")
        return Response(compact(problem.document()), problem.status, headers, content_type=_SCIM)

    def http_error(self, error: HTTPException) -> Response:
        """What Flask itself refuses: unknown paths, wrong methods, bodies that are too large."""
        if not _is_scim():
            return web_sso.error_page(error)
        status = error.code or 500
        if status == 413:
            return self.problem(Problem(413, f"The body is larger than {self._switches.max_body} bytes."))
        allowed = [header for header in error.get_headers() if header[0] == "Allow"]
        return self.problem(Problem(status, error.description or error.name, headers=tuple(allowed)))

    def _body(self) -> dict[str, Any]:
        if self._switches.strict and request.mimetype not in _JSON:
            raise Problem(415, f"Content-Type has to be {_SCIM} or application/json.")
        return read_body(request.get_data(cache=False))

    def _resource(self, status: int, entry: Entry, without_id: bool = False) -> Response:
        base = _base()
        shown = document(self._parts.store, entry, base, Projection.of(_query()), self._switches.return_members)
        if without_id:
            del shown["id"]
        headers = {"ETag": entry.etag}
        if status == 201:
            headers["Location"] = location(entry, base)
        return self._answer(status, shown, headers)

    def _answer(self, status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None) -> Response:
        return Response(compact(body), status, headers, content_type=_SCIM)


def _query() -> dict[str, str]:
    """The query by lower-case name; the last of several counts."""
    raw = request.query_string
    if not raw:
        return {}
    try:
        return {key.lower(): value for key, value in parse_qsl(raw.decode("latin-1"), keep_blank_values=True)}
    except ValueError as error:
        raise invalid_value("The query cannot be read.") from error


def _without_idp(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The IdP of a path matters to the gates and to `_base`, which read it from there."""
    if values and _is_scim():
        values.pop("idp", None)


def _is_scim() -> bool:
    return f"{request.path}/".startswith("/scim/")


def _base() -> str:
    """The URL of the SCIM endpoint that the request came to."""
    path = "/".join(request.path.split("/", 4)[:4])
    return f"{request.scheme}://{request.host}{request.root_path.rstrip('/')}{path}"
