"""The whole identity provider in memory, with people, and a browser's view of it: no sockets."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from idpsim.profiles import all_sign_ons
from idpsim.signon import Identity, Registration
from idpsim.sso.app import App
from idpsim.sso.keys import Keys
from idpsim.sso.provider import IdentityProvider
from idpsim.sso.web import build
from tests.sso.front import ACS, ADA, BASE, GRACE, REGISTRATION, SP, VENDORS, MemoryKeys

_PENDING = re.compile(r'name="pending" value="([^"]+)"')


@dataclass
class Clock:
    """Seconds since the epoch, as the test sets them."""

    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


def provider(
    people: Sequence[Identity] = (ADA, GRACE),
    *,
    keys: Keys | None = None,
    base: str = BASE,
    label: str = "idpsim",
    registration: Registration = REGISTRATION,
    clock: Clock | None = None,
) -> IdentityProvider:
    """All vendors' tenants, each with the same service provider."""
    made = IdentityProvider(
        all_sign_ons().values(),
        keys or MemoryKeys(),
        base=base,
        people=dict.fromkeys(VENDORS, people),
        label=label,
        now=clock or Clock(),
    )
    for vendor in VENDORS:
        made.register(vendor, label, registration)
    return made


def browser(of: IdentityProvider) -> FlaskClient:
    """A browser with cookies of its own, at the identity provider's address."""
    return build(of).test_client()


def get(client: FlaskClient, url: str, base: str = BASE, **more: Any) -> TestResponse:
    return client.get(url.removeprefix(base), base_url=base, **more)


def post(client: FlaskClient, url: str, data: Any, base: str = BASE, **more: Any) -> TestResponse:
    return client.post(url.removeprefix(base), data=data, base_url=base, **more)


def launch(of: IdentityProvider, vendor: str = "okta", label: str = "idpsim") -> str:
    """Where the app's tile leads, which begins a sign-in."""
    app = found(of, vendor, label)
    return app.filled(app.sign_on.saml.addresses.launch[0])


def found(of: IdentityProvider, vendor: str, label: str = "idpsim") -> App:
    app = of.app(vendor=vendor, label=label)
    assert app is not None
    return app


def pending(page: TestResponse) -> str:
    """The sign-in under way that a login page belongs to."""
    match = _PENDING.search(page.text)
    assert match, page.text
    return match[1]


__all__ = ["ACS", "ADA", "BASE", "GRACE", "SP", "VENDORS", "Clock", "browser", "get", "launch", "pending", "provider"]
