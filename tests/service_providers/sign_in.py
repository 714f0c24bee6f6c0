"""Starts service providers that idpsim did not write and that people sign in to, as processes of their own.

All have the same addresses: `/NAME/login` begins a sign-in, `/NAME/me` is JSON about who is signed in or 401,
`/NAME/logout` ends it, `/NAME/metadata` is the SAML metadata; NAME is a connection's.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from .apache import configured
from .install import BIN, HERE, KINDS, NODE, SIGN_IN, missing, program
from .running import free_port, stop, wait_for

VERIFIERS = tuple(name for name in SIGN_IN if name != "xmlsec1")
# These know one connection in a process.
SINGLE = ("django-sso", "mod-auth-openidc")
SCIM_PATHS = {"better-auth-sso": "/api/auth/scim/v2", "django-sso": "/scim/v2"}
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
# Where the addresses are not the plain ones.
PATHS = {
    "better-auth-sso": {
        "acs": "/api/auth/sso/saml2/sp/acs/{name}",
        "slo": "/api/auth/sso/saml2/sp/slo/{name}",
        "callback": "/api/auth/sso/callback/{name}",
    },
    "mod-auth-mellon": {"acs": "/{name}/mellon/postResponse", "slo": "/{name}/mellon/logout"},
    "django-sso": {"acs": "/{name}/acs/", "slo": "/{name}/ls/"},
}


@dataclass(frozen=True, kw_only=True)
class Saml:
    """A SAML connection as the service provider's administrator sets it up.

    `metadata` is the identity provider's, `key` and `certificate` (PEM) the service provider's, `signed` what it
    demands signatures of, `idp` the origin of the identity provider. `stock`: InResponseTo as the library has it by
    default, where the app makes it stricter.
    """

    metadata: Path
    key: Path
    certificate: Path
    idp: str
    binding: Literal["redirect", "post"] = "redirect"
    signed: Literal["assertion", "response", "both"] = "assertion"
    encrypted: bool = False
    signs_requests: bool = False
    idp_initiated: bool = False
    stock: bool = False
    name_id_format: str = EMAIL
    email_attribute: str | None = None
    protocol: Literal["saml"] = "saml"


@dataclass(frozen=True, kw_only=True)
class Oidc:
    """An OpenID Connect connection as the service provider's administrator sets it up."""

    issuer: str
    client_id: str
    client_secret: str
    idp: str
    scope: str = "openid profile email"
    client_auth: Literal["basic", "post", "none"] = "post"
    email_attribute: str | None = None
    protocol: Literal["oidc"] = "oidc"


Connections = Mapping[str, Saml | Oidc]


@dataclass(frozen=True)
class Site:
    """A service provider that runs, or will run, at a port of 127.0.0.1: its addresses, by connection."""

    kind: str
    port: int
    token: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def scim(self) -> str:
        """The SCIM base URL, of those that have one; its bearer token is `token`."""
        return self.url + SCIM_PATHS[self.kind]

    def at(self, name: str, what: str) -> str:
        """An address of a connection: login, me, logout, metadata, acs, slo, callback, left."""
        path = PATHS.get(self.kind, {}).get(what, f"/{{name}}/{what}")
        return self.url + path.format(name=name)

    def entity_id(self, name: str) -> str:
        """The service provider's own name in SAML: the audience of what is issued to it."""
        return self.at(name, "metadata")


def planned(kind: str) -> Site:
    """Where a service provider is going to run, so that the identity provider can be told before it starts."""
    return Site(kind, free_port(), secrets.token_hex(16))


@contextlib.contextmanager
def open_for_sign_in(site: Site, connections: Connections, within: float = 60.0) -> Iterator[Path]:
    """The service provider, answering at its port, and where it logs; stopped with its children at the end.

    Raises RuntimeError, with its log, if it is not installed or does not answer within so many seconds.
    """
    if reason := missing(site.kind):
        raise RuntimeError(reason)
    if site.kind in SINGLE and len(connections) != 1:
        raise ValueError(f"{site.kind} takes one connection, not {len(connections)}")
    with tempfile.TemporaryDirectory(prefix=f"{site.kind}-") as folder:
        process = _started(site, connections, Path(folder))
        log = Path(folder, "log")
        try:
            wait_for(urllib.request.Request(f"{site.url}/"), process, within, site.kind, log)
            yield log
        finally:
            stop(process)


def _started(site: Site, connections: Connections, folder: Path) -> subprocess.Popen[bytes]:
    entered = folder / "connections.json"
    entered.write_text(json.dumps({name: asdict(each) for name, each in connections.items()}, default=str))
    own = {"SP_PORT": str(site.port), "SP_TOKEN": site.token, "SP_FOLDER": str(folder), "NO_COLOR": "1"}
    in_node = KINDS[site.kind] == "node"
    source = HERE / "apps" / (site.kind.replace("-", "_") + ".mjs") if in_node else Path(os.devnull)
    match KINDS[site.kind]:
        case "node":
            command = ["node", "--input-type=module", "-"]
        case "python":
            command = [str(BIN / "python"), str(HERE / "apps" / (site.kind.replace("-", "_") + ".py"))]
        case _:
            config = configured(site.kind, site.port, folder, connections)
            command = [str(program("apache2")), "-d", str(folder), "-f", str(config), "-DFOREGROUND"]
    with open(folder / "log", "wb") as log, open(source, "rb") as text:
        return subprocess.Popen(
            command,
            stdin=text,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=os.environ | own | {"SP_CONNECTIONS": str(entered)},
            cwd=NODE if in_node else folder,
            start_new_session=True,
        )
