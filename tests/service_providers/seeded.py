"""A SCIM 2.0 service provider in plain WSGI: sound by default, wrong or unusual in exactly one point when asked to be.

It is an independent second implementation: it imports nothing of idpsim, and it takes what all three vendors send.
`python -m tests.service_providers.seeded --port 8080 [--bug NAME] [--unusual NAME]` serves it.
"""

import argparse
import contextlib
import copy
import json
import re
import threading
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from .patching import EXACT, GROUP, MULTI, READ_ONLY, SHORTER, URNS, USER, Json, Refused, apply, matches, parsed, terms
from .unusual import UNUSUAL, dress

__all__ = ["BUGS", "TOKEN", "UNUSUAL", "ServiceProvider", "make_app", "serving"]

BUGS = (
    "string-false-ignored",  # PATCH active with a string ("False") is accepted and changes nothing
    "pathless-ignored",  # a PATCH operation without path is accepted and changes nothing
    "filtered-remove-wipes-group",  # remove members[value eq "…"] removes all members
    "value-remove-wipes-group",  # remove members with a value array (Entra's old form) removes all members
    "add-replaces-members",  # add members replaces those that were there
    "put-drops-attributes",  # PUT keeps userName, externalId, name, emails and active, and forgets the rest
    "reactivation-ignored",  # active: true on an inactive user is accepted and changes nothing
    "filter-case-sensitive",  # userName eq minds case, though userName is caseExact=false
    "filter-folds-case",  # externalId eq ignores case, though externalId is caseExact=true
    "answers-200-for-nothing",  # PUT and PATCH are answered as if done; nothing is stored
    "lost-updates",  # PATCH of a group reads, waits 20 ms and writes, without a lock
    "hides-inactive",  # a filter no longer finds deactivated users
    "delete-is-ignored",  # DELETE is answered 204; the resource stays as it was
)
TOKEN = "seeded-token"
LAG = 0.5

Answer = tuple[int, Json | None]


def make_app(bug: str | None = None, unusual: str | None = None, token: str = TOKEN) -> "ServiceProvider":
    """A service provider with an empty store, as a WSGI application; KeyError for an unknown name."""
    if unknown := {bug, unusual} - {None, *BUGS, *UNUSUAL}:
        raise KeyError(*unknown)
    return ServiceProvider(bug, unusual, token)


class ServiceProvider:
    """The WSGI application and its store."""

    def __init__(self, bug: str | None, unusual: str | None, token: str) -> None:
        self.bug, self.unusual, self.token = bug, unusual, token
        self.lock = threading.RLock()
        self.stored: dict[str, dict[str, Json]] = {"Users": {}, "Groups": {}}
        self.history: dict[str, list[tuple[float, Json | None]]] = {}
        self.count = 0
        self.before = ""
        if unusual == "extra-members-from-before":
            self.before = self.store("Users", None, {"userName": "before@sp.example", "active": True})

    # --- the store -------------------------------------------------------------------------------------------------

    def new_id(self) -> str:
        self.count += 1
        return {"short-ids": str(self.count), "uuid-upper": str(uuid.uuid4()).upper()}.get(
            self.unusual or "", str(uuid.uuid4())
        )

    def store(self, kind: str, known: str | None, resource: Json) -> str:
        """Writes a resource under its id, a new one where there is none."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        identity = known or self.new_id()
        old = self.stored[kind].get(identity, {})
        if self.bug == "reactivation-ignored" and old.get("active") is False:
            resource = resource | {"active": False}
        times = {"created": old.get("meta", {}).get("created", now), "lastModified": now}
        self.stored[kind][identity] = resource | {"id": identity, "meta": times}
        self.history.setdefault(identity, []).append((time.monotonic(), self.stored[kind][identity]))
        return identity

    def remove(self, kind: str, identity: str) -> None:
        del self.stored[kind][identity]
        self.history[identity].append((time.monotonic(), None))
        for key, group in list(self.stored["Groups"].items()):
            if any(member["value"] == identity for member in group.get("members", ())):
                left = [member for member in group["members"] if member["value"] != identity]
                self.store("Groups", key, group | {"members": left})

    def seen(self, kind: str, identity: str | None = None) -> dict[str, Json]:
        """What a GET sees now: what is stored, or what was stored a little while ago."""
        if self.unusual != "eventually":
            return self.stored[kind]
        wanted = USER if kind == "Users" else GROUP
        found: dict[str, Json] = {}
        for key, versions in self.history.items():
            old = [version for at, version in versions if at <= time.monotonic() - LAG]
            version = old[-1] if old else versions[0][1] if key == identity else None
            if version is not None and wanted == (USER if "userName" in version else GROUP):
                found[key] = version
        return found

    def checked(self, kind: str, identity: str | None, resource: Json) -> None:
        name = "userName" if kind == "Users" else "displayName"
        if not isinstance(resource.get(name), str) or not resource[name].strip():
            raise Refused(400, "invalidValue", f"{name} is required")
        if not isinstance(resource.get("active", True), bool):
            raise Refused(400, "invalidValue", "active is true or false")
        for key, other in self.stored["Users"].items() if kind == "Users" else ():
            if key != identity and other["userName"].lower() == resource["userName"].lower():
                raise Refused(409, "uniqueness", "this userName is taken")
        for member in resource.get("members", ()):
            if not any(member.get("value") in resources for resources in self.stored.values()):
                raise Refused(400, "invalidValue", f"no such member: {member.get('value')}")

    # --- operations ------------------------------------------------------------------------------------------------

    def whole(self, kind: str, body: Json) -> Json:
        """A POST or PUT body as a resource."""
        resource: Json = {"members": []} if kind == "Groups" else {}
        for key, value in body.items():
            if key.startswith("urn:") and key.lower() not in URNS and isinstance(value, dict):
                resource[key] = value
            elif value is not None and key.lower() not in READ_ONLY:
                apply("replace", key, value, resource)
        return resource

    def post(self, kind: str, body: Json) -> str:
        resource = ({"active": True} if kind == "Users" else {}) | self.whole(kind, body)
        again = next(
            (
                key
                for key, user in self.stored[kind].items()
                if user.get("gone") and user["userName"] == body["userName"]
            ),
            None,
        )
        self.checked(kind, again, resource)
        return self.store(kind, again, resource)

    def put(self, kind: str, identity: str, body: Json) -> Json:
        old = self.stored[kind][identity]
        resource = {key: old[key] for key in ("active", "password") if key in old} | self.whole(kind, body)
        if self.bug == "put-drops-attributes" and kind == "Users":
            resource = {key: value for key, value in resource.items() if key in SHORTER}
        return resource

    def patch(self, kind: str, identity: str, body: Json) -> Json:
        resource = copy.deepcopy(self.stored[kind][identity])
        operations = next((value for key, value in body.items() if key.lower() == "operations"), None)
        if not isinstance(operations, list) or not all(isinstance(operation, dict) for operation in operations):
            raise Refused(400, "invalidSyntax", "a PATCH has Operations")
        if self.bug == "lost-updates":
            time.sleep(0.02)
        for operation in operations:
            op, path, value = str(operation.get("op")).lower(), operation.get("path"), operation.get("value")
            if op not in ("add", "replace", "remove"):
                raise Refused(400, "invalidSyntax", f"no such op: {op}")
            if path:
                apply(op, path, value, resource, self.bug)
            elif op == "remove" or not isinstance(value, dict):
                raise Refused(400, "noTarget", "without path there must be an object as value")
            elif self.bug != "pathless-ignored":
                for key, item in value.items():
                    apply(op, key, item, resource, self.bug)
        return resource

    # --- reading ---------------------------------------------------------------------------------------------------

    def found(self, kind: str, text: str) -> list[Json]:
        resources = list(self.seen(kind).values())
        for path, value in terms(text):
            urn, name, filter_text, sub = parsed(path)
            exact = (name in EXACT or self.bug == "filter-case-sensitive") and not (
                self.bug == "filter-folds-case" and name == "externalId"
            )
            same: Callable[[Any], str] = str if exact else lambda one: str(one).lower()
            kept = []
            for resource in resources:
                here = (resource if urn is None else resource.get(urn, {})).get(name)
                items = (
                    [one for one in here if not filter_text or matches(one, filter_text)]
                    if name in MULTI and here
                    else [here]
                )
                values = [item.get(sub or "value") if isinstance(item, dict) else item for item in items]
                if any(one is not None and same(one) == same(value) for one in values):
                    kept.append(resource)
            resources = kept
        if self.bug == "hides-inactive" and kind == "Users":
            resources = [resource for resource in resources if resource.get("active")]
        return resources

    def shown(self, kind: str, resource: Json, base: str, query: dict[str, str]) -> Json:
        """A resource as it is sent."""
        out = {key: value for key, value in copy.deepcopy(resource).items() if key not in ("password", "gone")}
        base = {"absolute-locations": "https://sp.example/scim/v2", "relative-locations": "/scim/v2"}.get(
            self.unusual or "", base
        )
        out = {key: value for key, value in out.items() if value or not key.startswith("urn:")}
        extensions = [key for key in out if key.startswith("urn:")]
        out = {"schemas": [USER if kind == "Users" else GROUP, *extensions]} | out
        out["meta"] |= {"resourceType": kind[:-1], "location": f"{base}/{kind}/{out['id']}"}
        for member in out.get("members", ()):
            member |= {"$ref": f"{base}/Users/{member['value']}", "type": "User"}
        dress(self.unusual, kind, out, self.stored, self.before)
        wanted = {name.lower() for name in query.get("attributes", "").split(",") if name}
        unwanted = {name.strip().lower() for name in query.get("excludedAttributes", "").split(",")} - {"id", "schemas"}
        if wanted:
            heads = {name.strip().split(".")[0] for name in wanted} | {"id", "schemas"}
            out = {key: value for key, value in out.items() if key.lower() in heads or key.lower() in wanted}
        return {key: value for key, value in out.items() if key.lower() not in unwanted}

    # --- HTTP ------------------------------------------------------------------------------------------------------

    def answer(
        self, method: str, kind: str, identity: str | None, query: dict[str, str], body: Json, base: str
    ) -> Answer:
        """One request to Users or Groups, under the lock."""
        if identity is None and method == "GET":
            matched = self.found(kind, query["filter"]) if "filter" in query else list(self.seen(kind).values())
            start, count = max(int(query.get("startIndex", 1)), 1), max(int(query.get("count", 1000)), 0)
            page = [self.shown(kind, resource, base, query) for resource in matched[start - 1 : start - 1 + count]]
            schemas = ["urn:ietf:params:scim:api:messages:2.0:ListResponse"]
            sizes = {"totalResults": len(matched), "startIndex": start, "itemsPerPage": len(page)}
            return 200, {"schemas": schemas} | sizes | {"Resources": page}
        if identity is None and method == "POST":
            return 201, self.shown(kind, self.stored[kind][self.post(kind, body)], base, query)
        if identity is None or method not in ("GET", "PUT", "PATCH", "DELETE"):
            raise Refused(405, "", f"no {method} here")
        resources = self.seen(kind, identity) if method == "GET" else self.stored[kind]
        if identity not in resources or (method == "DELETE" and resources[identity].get("gone")):
            raise Refused(404, "", f"no such resource: {identity}")
        if method == "GET":
            return 200, self.shown(kind, resources[identity], base, query)
        if method == "DELETE":
            if self.unusual == "soft-delete" and kind == "Users":
                self.store(kind, identity, resources[identity] | {"active": False, "gone": True})
            elif self.bug != "delete-is-ignored":
                self.remove(kind, identity)
            return 204, None
        resource = self.put(kind, identity, body) if method == "PUT" else self.patch(kind, identity, body)
        self.checked(kind, identity, resource)
        resource.pop("gone", None)
        if self.bug == "answers-200-for-nothing":
            return 200, self.shown(kind, self.stored[kind][identity] | resource, base, query)
        self.store(kind, identity, resource)
        if method == "PATCH" and self.unusual == "patch-204":
            return 204, None
        return 200, self.shown(kind, self.stored[kind][identity], base, query)

    def routed(self, environ: Json) -> Answer:
        """One request, from its WSGI environment."""
        scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or token.strip() != self.token:
            raise Refused(401, "", "the token is missing or wrong")
        path = environ.get("PATH_INFO", "").encode("latin-1").decode(errors="replace")
        route = re.fullmatch(r"(?P<prefix>/scim/v2)?/(?P<kind>\w+)(?:/(?P<id>.+?))?/?", path)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        text = environ["wsgi.input"].read(length) if length else b""
        if route and route["kind"] == "ServiceProviderConfig":
            flags = {
                name: {"supported": name in ("patch", "filter")} for name in ("patch", "bulk", "filter", "sort", "etag")
            }
            schemas = ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]
            return 200, {"schemas": schemas, "changePassword": {"supported": True}, "authenticationSchemes": []} | flags
        if not route or route["kind"] not in self.stored:
            raise Refused(404, "", "there is nothing here")
        try:
            body = json.loads(text) if text else {}
        except ValueError:
            raise Refused(400, "invalidSyntax", "the body is not JSON") from None
        if not isinstance(body, dict):
            raise Refused(400, "invalidSyntax", "the body is not an object")
        query = dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", "")))
        base = (
            f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', 'localhost')}{route['prefix'] or ''}"
        )
        racing = self.bug == "lost-updates" and environ["REQUEST_METHOD"] == "PATCH" and route["kind"] == "Groups"
        with contextlib.nullcontext() if racing else self.lock:
            return self.answer(environ["REQUEST_METHOD"], route["kind"], route["id"], query, body, base)

    def __call__(self, environ: Json, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            status, body = self.routed(environ)
        except Refused as error:
            status, scim_type, detail = error.args
            body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), "detail": detail}
            body |= {"scimType": scim_type} if scim_type else {}
        text = b"" if body is None else json.dumps(body).encode()
        headers = [("Content-Length", str(len(text)))] if status != 204 else []
        if body is not None:
            headers.append(
                ("Content-Type", "application/json" if self.unusual == "plain-json" else "application/scim+json")
            )
            headers += [("Location", body["meta"]["location"])] if status == 201 and "meta" in body else []
            headers += [("ETag", body["meta"]["version"])] if "version" in body.get("meta", {}) else []
        start_response(f"{status} {'OK' if status < 300 else 'Error'}", headers)
        return [text] if text else []


class Server(ThreadingMixIn, WSGIServer):
    """A thread for each connection."""

    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:  # without the look-up of the host's name, which may take seconds
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
        self.setup_environ()


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: Any) -> None:
        """Says nothing."""


@contextlib.contextmanager
def serving(app: Callable[..., Iterable[bytes]], port: int = 0) -> Iterator[str]:
    """The application on 127.0.0.1, a free port by default, for the time of the block; gives its SCIM base URL."""
    server = Server(("127.0.0.1", port), Quiet)
    server.set_app(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/scim/v2"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.service_providers.seeded", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--bug", choices=BUGS)
    parser.add_argument("--unusual", choices=UNUSUAL)
    arguments = parser.parse_args()
    with serving(make_app(arguments.bug, arguments.unusual, arguments.token), arguments.port) as url:
        print(f"{url} token {arguments.token}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
