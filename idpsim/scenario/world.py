"""What a session takes from outside: the lines to the service provider, its administrator, and sign-in."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from idpsim.clock import VirtualClock
from idpsim.directory import Person
from idpsim.provisioning.app import App
from idpsim.provisioning.line import Send
from idpsim.provisioning.links import Kind
from idpsim.provisioning.profile import Connection
from idpsim.scenario.model import Script, Target
from idpsim.signon import Attempt, Identity, SignInResult
from idpsim.transcript import Transcript
from idpsim.transport.faults import FaultyTransport
from idpsim.wire import NoResponse


class ServiceProviderAdmin(Protocol):
    """What the administrator of the service provider can do; each may raise `Refused`."""

    def configure_sso(self) -> None: ...
    def enable_scim(self) -> None: ...
    def issue_token(self, idp: str) -> str: ...
    def create(self, kind: Kind, attributes: Mapping[str, Any]) -> Mapping[str, Any]: ...
    def change(self, kind: Kind, identifier: str, attributes: Mapping[str, Any]) -> None: ...
    def delete(self, kind: Kind, identifier: str) -> None: ...


class Refused(Exception):
    """The service provider does not do what its administrator asked for, and why."""


class SignIn(Protocol):
    """Signs people in at the service provider, as browsers of their own; people are told apart by `Person.key`."""

    def sign_in(self, attempt: Attempt) -> SignInResult:
        """What came of an attempt in a fresh browser; of an untampered one that is let in, `look` sees the session."""

    def sign_out(self, key: str) -> SignInResult:
        """What a look at the session shows after it was to end: `refused` says that nobody is signed in any more."""

    def look(self, key: str) -> SignInResult | None:
        """The live session of this person as the service provider shows it now; None: there is none."""

    def identity(self, app: App, person: Person) -> Identity:
        """The person as the identity provider asserts them, with the vendor's own ids of them and of their groups."""

    def rotate_certificate(self) -> str:
        """Sign with another certificate from now on; a sentence that says what the service provider has to do."""


@dataclass(frozen=True, slots=True)
class World:
    """One service provider as a session sees it.

    `vendor` and `own` send in the vendor's and in our own name, over connections of their own. `hands` is the number
    of jobs in flight, `sleep` lets real time pass (the service provider's own where it shares the virtual clock).
    `held` says of a URL that it asks for a longer pause than is waited for. Without `sign_in` this target cannot be
    signed in to.
    Without `scim` people can sign in, and nothing can be provisioned. `told` is what earlier runs have said of service
    providers as such.
    """

    connection: Connection
    vendor: FaultyTransport
    own: Send
    transcript: Transcript
    clock: VirtualClock
    sleep: Callable[[float], None]
    hands: int = 1
    admin: ServiceProviderAdmin | None = None
    sign_in: SignIn | None = None
    immediate: bool = False
    held: Callable[[str], NoResponse | None] = lambda _: None
    scim: bool = True
    told: set[tuple[str, str]] = field(default_factory=set)


def authorization(target: Target, token: str | None) -> str | None:
    """The Authorization value for a token, by the target's `auth`."""
    if not token or target.auth == "none":
        return None
    if target.auth == "basic":
        return "Basic " + base64.b64encode(token.encode()).decode()
    return token if target.auth == "verbatim" else f"Bearer {token}"


def connection(script: Script, base: str, token: str | None, settings: Mapping[str, Any]) -> Connection:
    """The app's connection as a script describes it."""
    return Connection(base, authorization(script.target, token), script.target.headers, settings)
