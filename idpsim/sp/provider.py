"""The service provider as its account's administrator sees it, and the WSGI callable that clients talk to."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Any

from . import gates
from .accounts import Accounts
from .filters import Compare
from .parse import parse_path
from .patch import PATCH_OP
from .problem import Problem, Refused
from .rate import RateLimit
from .render import Projection, document
from .resources import Resources
from .schema import Kind
from .search import Search
from .sign_in import SignIn
from .store import Entry, Store
from .switches import Switches
from .trust import Endpoints, Trust

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication
    from requests.adapters import BaseAdapter

_RIGHT = Switches()


def _now() -> datetime:
    return datetime.now(UTC)


class ServiceProvider:
    """An account at a product that speaks SCIM, and signs people in over SAML and OpenID Connect.

    `now` gives the seconds that the rate limit counts by (the real clock), `moment` the date and time of `meta`
    (the virtual clock), `sign_in_now` the seconds since the epoch that assertions, tokens and sessions are compared
    with (the real clock). With a `seed` the ids are the same in every run; tokens never are. `base_url` is where
    browsers reach the account; `fetch` is what requests to an OpenID Connect provider go through (None: sockets).
    """

    def __init__(
        self,
        switches: Switches = _RIGHT,
        *,
        now: Callable[[], float] = time.time,
        moment: Callable[[], datetime] = _now,
        seed: int | None = None,
        base_url: str = "http://sp.idpsim.test",
        fetch: BaseAdapter | None = None,
        sign_in_now: Callable[[], float] = time.time,
    ) -> None:
        self.switches = switches
        self._moment = moment
        self._random = random.Random(seed)
        self._gates = gates.Gates(switches)
        self._store = Store()
        self._search = Search(self._store, switches)
        self._resources = Resources(self._store, switches, self._timestamp, self._new_id)
        self._own_search = Search(self._store, _RIGHT)
        self._own = Resources(self._store, _RIGHT, self._timestamp, self._new_id)
        self._rate = RateLimit(switches, now)
        accounts = Accounts(self._store, self._own, switches, self._unstored)
        self._sign_in = SignIn(switches, self._gates, accounts, base_url, fetch, sign_in_now)
        self._app: WSGIApplication | None = None
        self._building = Lock()

    @classmethod
    def open(cls, switches: Switches = _RIGHT, **more: Any) -> ServiceProvider:
        """A service provider whose gates are passed, whatever the switches say of them."""
        return cls(replace(switches, plan="enterprise", sso="trusted", scim=True), **more)

    @property
    def wsgi(self) -> WSGIApplication:
        """The WSGI callable that serves SCIM and the pages of sign-in."""
        with self._building:
            if self._app is None:
                from . import web

                parts = web.Parts(self.switches, self._store, self._resources, self._search, self._gates, self._rate)
                self._app = web.build(parts, self._sign_in).wsgi_app
            return self._app

    def endpoint(self, idp: str = "default") -> str:
        """The path of the SCIM endpoint for an IdP, such as `/scim/default/v2`."""
        return gates.endpoint(idp)

    def issue_token(self, idp: str = "default") -> str:
        """A new token for an IdP, told this once; the one before stops working. `Refused` while a gate is shut."""
        return self._gates.issue(idp)

    def enable_scim(self) -> None:
        """Switch SCIM on; `Refused` while the plan or single sign-on is in the way."""
        self._gates.enable()

    @property
    def sso(self) -> str:
        """How far single sign-on is: `none`, `configured` (nobody has signed in yet) or `trusted`."""
        return self._gates.sso

    def configure_sso(self, trust: Trust, idp: str = "default") -> None:
        """Trust this identity provider under this label, beside a trust of the other protocol; `Refused` for a bad one.

        The first sign-in that works makes single sign-on `trusted`.
        """
        self._sign_in.configure(idp, trust)

    def sign_in_endpoints(self, idp: str = "default") -> Endpoints:
        """What to paste into the identity provider of this label."""
        return self._sign_in.endpoints(idp)

    def saml_metadata(self, idp: str = "default") -> bytes:
        """The SAML metadata of the service provider for the identity provider of this label."""
        return self._sign_in.metadata(idp)

    def prove_sso(self, issuer: str = "") -> None:
        """Single sign-on is set up, and somebody has signed in through `issuer`; `Refused` if it is not accepted."""
        self._gates.prove(issuer)

    def create(self, kind: Kind, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """A new user or group, as it now is; `Refused` where it cannot be."""
        return self._shown(_granted(lambda: self._own.create(kind, deepcopy(dict(attributes)))))

    def change(self, kind: Kind, id: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """The user or group with attributes set by SCIM path, None clearing; `Refused` where it cannot be."""
        operations = [
            {"op": "remove", "path": path}
            if value is None
            else {"op": "replace", "path": path, "value": deepcopy(value)}
            for path, value in attributes.items()
        ]
        if not operations:
            return self._shown(_granted(lambda: self._own.read(kind, id)))
        body = {"schemas": [PATCH_OP], "Operations": operations}
        return self._shown(_granted(lambda: self._own.patch(kind, id, body)))

    def delete(self, kind: Kind, id: str) -> None:
        """Take a user or group away for good; `Refused` where there is none."""
        _granted(lambda: self._own.delete(kind, id))

    def find(self, kind: Kind, attribute: str, value: str) -> list[dict[str, Any]]:
        """The users or groups whose attribute (a SCIM path) has this value."""
        path = _granted(lambda: parse_path(attribute))
        return [self._shown(entry) for entry in self._own_search.matching(kind, Compare(path, "eq", value))]

    def _shown(self, entry: Entry) -> dict[str, Any]:
        return deepcopy(document(self._store, entry, self.endpoint(), Projection()))

    def _unstored(self, attributes: Mapping[str, Any]) -> Entry:
        now = self._timestamp()
        return Entry("user", self._new_id(), attributes, now, now)

    def _timestamp(self) -> str:
        moment = self._moment().astimezone(UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


def _granted(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except Problem as problem:
        raise Refused(problem.detail) from problem
