"""The hosted identity provider: every vendor's tenant under one address, with SAML and OpenID Connect."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from idpsim.signon import Attempt, Identity, Registration, SignOn
from idpsim.sso import tickets
from idpsim.sso.app import DEFAULT_APP, App
from idpsim.sso.keys import Keys
from idpsim.sso.sessions import Sessions

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

DEFAULT_BASE = "http://localhost:8765"


def app_of(
    sign_on: SignOn,
    label: str = DEFAULT_APP,
    base: str = DEFAULT_BASE,
    registration: Registration | None = None,
    settings: Mapping[str, Any] | None = None,
) -> App:
    """An app with a value for each of the vendor's settings; what is not the sign-on's is left out."""
    known = {name: setting.default for name, setting in sign_on.settings.items()}
    given = {name: value for name, value in (settings or {}).items() if name in known}
    return App(sign_on, label, base.rstrip("/"), registration or Registration(), {**known, **given})


class IdentityProvider:
    """The tenants of all vendors. `people` are those whom the login page offers, by vendor.

    Each vendor has an app under `label` from the start, with no service provider entered.
    """

    def __init__(
        self,
        sign_ons: Iterable[SignOn],
        keys: Keys,
        *,
        base: str = DEFAULT_BASE,
        people: Mapping[str, Sequence[Identity]] | None = None,
        label: str = DEFAULT_APP,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.base = base.rstrip("/")
        self.keys = keys
        self.now = now
        self.people = people or {}
        self.sessions = Sessions(now)
        self.sign_ons = {each.vendor: each for each in sign_ons}
        self.state: dict[str, Any] = {}
        self.of_run = False
        self._apps: dict[tuple[str, str], App] = {}
        self._faults: dict[tuple[str, str], str] = {}
        self._lock = RLock()
        for vendor in self.sign_ons:
            self.register(vendor, label)

    @cached_property
    def wsgi(self) -> WSGIApplication:
        """The WSGI callable that serves all of it."""
        from idpsim.sso.web import build

        return build(self).wsgi_app

    def register(
        self,
        vendor: str,
        label: str = DEFAULT_APP,
        registration: Registration | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> App:
        """Enter a service provider as an app of a vendor, in place of what it was."""
        app = app_of(self.sign_ons[vendor], label, self.base, registration, settings)
        with self._lock:
            self._apps[vendor, label] = app
        return app

    def move(self, base: str) -> None:
        """Be reached at another address from now on."""
        with self._lock:
            self.base = base
            self._apps = {name: replace(app, base=base) for name, app in self._apps.items()}

    def put_back(self, vendor: str, label: str, app: App | None) -> None:
        """Have an app as it was before, or not at all."""
        with self._lock:
            if app is None:
                self._apps.pop((vendor, label), None)
            else:
                self._apps[vendor, label] = app

    def apps(self) -> tuple[App, ...]:
        """All apps of all vendors."""
        with self._lock:
            return tuple(self._apps.values())

    def app(self, **ids: str) -> App | None:
        """The app with these ids, `vendor` and `label` among them."""
        vendor = ids.pop("vendor", "")
        for app in self.apps():
            if vendor in ("", app.vendor) and all(app.ids.get(name) == value for name, value in ids.items()):
                return app
        return None

    def roll(self, vendor: str, label: str, protocol: str) -> None:
        """Let the next key sign."""
        self.keys.roll(self._apps[vendor, label], protocol)

    def publish(self, vendor: str, label: str, fault: str | None) -> None:
        """Falsify what an app publishes from now on, or no longer."""
        with self._lock:
            self._faults.pop((vendor, label), None)
            if fault is not None:
                self._faults[vendor, label] = fault

    def fault(self, app: App) -> str | None:
        """What is falsified in what the app publishes."""
        return self._faults.get((app.vendor, app.label))

    def ticket(self, vendor: str, attempt: Attempt) -> str:
        """What signs this attempt's person in on the login page."""
        return sign_in_ticket(self.keys, vendor, attempt, self.now())

    def person(self, vendor: str, name: str) -> Identity | None:
        """The person of the directory with this user name or e-mail address, in any case."""
        wanted = name.strip().casefold()
        for each in self.people.get(vendor, ()):
            if wanted and wanted in ((each.person.userName or "").casefold(), (each.person.email or "").casefold()):
                return each
        return None


def sign_in_ticket(keys: Keys, vendor: str, attempt: Attempt, now: float) -> str:
    """A ticket for one attempt; the identity provider of any process with the same keys takes it."""
    claims = {
        "kind": "sign-in",
        "vendor": vendor,
        "identity": tickets.written(attempt.identity),
        "tamper": attempt.tamper,
        "assigned": attempt.assigned,
        "victim": tickets.written(attempt.victim),
    }
    return tickets.seal(claims, keys.secret, now)
