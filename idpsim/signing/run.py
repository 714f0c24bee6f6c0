"""Who signs people in for one run: the vendor's app at the identity provider, and the browser that they use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from idpsim.directory import Person
from idpsim.provisioning.app import App
from idpsim.signing.hosting import Host
from idpsim.signing.standing import identity
from idpsim.signon import Attempt, Identity, Registration, SignInResult, SignOn
from idpsim.sso.signing_in import SigningIn
from idpsim.sso.tamper.catalogue import entries


class RunSignIn:
    """The sign-in of one run, as its session plays it: an app that follows the run's settings, on one host."""

    def __init__(self, sign_on: SignOn, label: str, host: Host, registration: Registration, runner: SigningIn) -> None:
        self._sign_on = sign_on
        self._label = label
        self._host = host
        self._registration = registration
        self._runner = runner
        self._app: App | None = None
        self._entered: Mapping[str, Any] | None = None

    def sign_in(self, attempt: Attempt) -> SignInResult:
        """What came of an attempt, made in a fresh browser."""
        self._enter()
        entry = entries().get(attempt.tamper or "")
        if entry is None or entry.by != "publisher":
            return self._runner.sign_in(attempt)
        self._host.publish(self._sign_on.vendor, self._label, entry.name)
        try:
            result = self._runner.sign_in(replace(attempt, tamper=None))
        finally:
            self._host.publish(self._sign_on.vendor, self._label, None)
        return replace(result, must=entry.must, why=entry.why, source=entry.source, stranger=entry.stranger)

    def sign_out(self, key: str) -> SignInResult:
        """What a look at the session shows after it was to end."""
        return self._runner.sign_out(key)

    def look(self, key: str) -> SignInResult | None:
        """The live session of this person as the service provider shows it now."""
        return self._runner.look(key)

    def identity(self, app: App, person: Person) -> Identity:
        """The person as the identity provider asserts them."""
        self._app = app
        return identity(self._sign_on, app, person)

    def rotate_certificate(self) -> str:
        """Sign with the other key from now on."""
        self._enter()
        for protocol in ("saml", "oidc"):
            self._host.roll(self._sign_on.vendor, self._label, protocol)
        return "another key signs from now on: the service provider has to read metadata and keys anew"

    def close(self) -> None:
        """Close the browsers of all sessions."""
        self._runner.close()

    def _enter(self) -> None:
        """Tell the identity provider of the app, and again when a setting has changed."""
        current = self._app.settings if self._app is not None else {}
        settings = {name: current[name] for name in self._sign_on.settings if name in current}
        if settings != self._entered:
            self._host.register(self._sign_on.vendor, self._label, self._registration, settings)
            self._entered = settings
