"""A client for the embedded service provider: calls its WSGI callable, without a socket."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote_to_bytes

import pytest

from idpsim.sp import ServiceProvider, Switches

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Answer:
    """A status, headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class Account:
    """A service provider with a client that holds its token."""

    def __init__(self, sp: ServiceProvider, idp: str = "default") -> None:
        self.sp = sp
        self.idp = idp
        self.token = sp.issue_token(idp)

    def send(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A request with these headers and no others but Authorization; `path` and its query go as they stand."""
        return send(
            self.sp,
            method,
            self.sp.endpoint(self.idp) + path,
            body,
            {"Authorization": f"Bearer {self.token}", **(headers or {})},
        )

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        """A request with a JSON body, typed as SCIM."""
        if body is None:
            return self.send(method, path)
        return self.send(method, path, json.dumps(body).encode(), {"Content-Type": "application/scim+json"})

    def user(self, name: str = "ada@x.test", **more: Any) -> str:
        """The id of a new user."""
        return str(self.call("POST", "/Users", {"schemas": [USER], "userName": name, **more}).json["id"])

    def group(self, name: str = "Engines", members: tuple[str, ...] = ()) -> str:
        """The id of a new group."""
        body = {"schemas": [GROUP], "displayName": name, "members": [{"value": one} for one in members]}
        return str(self.call("POST", "/Groups", body).json["id"])

    def patch(self, path: str, *operations: Any) -> Answer:
        return self.call("PATCH", path, {"schemas": [PATCH_OP], "Operations": list(operations)})

    def get(self, path: str) -> Any:
        return self.call("GET", path).json

    def found(self, filter: str, path: str = "/Users") -> list[str]:
        """What names the resources that a filter matches."""
        resources = self.get(f"{path}?filter={quote(filter, safe='')}")["Resources"]
        return [one.get("userName") or one["displayName"] for one in resources]

    def members(self, group: str) -> list[str]:
        return [one["value"] for one in self.get(f"/Groups/{group}")["members"]]


def send(sp: ServiceProvider, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    """One call of the WSGI callable."""
    path, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "sp.test",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(body or b""),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body is not None:
        environ["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    started: list[Any] = []
    chunks = sp.wsgi(environ, lambda *given: started.extend(given))  # type: ignore[arg-type,return-value]
    answered = {name.lower(): value for name, value in started[1]}
    return Answer(int(started[0][:3]), answered, b"".join(chunks))


@pytest.fixture
def account() -> Callable[..., Account]:
    """Makes an account with these switches on."""
    return lambda **switches: Account(ServiceProvider(Switches.from_mapping(switches), seed=7))


@pytest.fixture
def sp(account: Callable[..., Account]) -> Account:
    """An account with every switch at its default."""
    return account()
