"""What a session takes from outside: the lines to the service provider, its administrator, and sign-in."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from idpsim.clock import VirtualClock
from idpsim.provisioning.line import Send
from idpsim.provisioning.links import Kind
from idpsim.provisioning.profile import Connection
from idpsim.scenario.model import Script, Target
from idpsim.transcript import Transcript
from idpsim.transport.faults import FaultyTransport
from idpsim.wire import NoResponse


class ServiceProviderAdmin(Protocol):
    """What the administrator of the service provider can do; each may raise `Refused`."""

    def enable_scim(self) -> None: ...
    def issue_token(self, idp: str) -> str: ...
    def create(self, kind: Kind, attributes: Mapping[str, Any]) -> Mapping[str, Any]: ...
    def change(self, kind: Kind, identifier: str, attributes: Mapping[str, Any]) -> None: ...
    def delete(self, kind: Kind, identifier: str) -> None: ...


class Refused(Exception):
    """The service provider does not do what its administrator asked for, and why."""


class SignIn(Protocol):
    """Signs people in at the service provider; the outcome says whether it let them in."""

    def sign_in(self, person: str, options: Mapping[str, Any]) -> str: ...


@dataclass(frozen=True, slots=True)
class World:
    """One service provider as a session sees it.

    `vendor` and `own` send in the vendor's and in our own name, over connections of their own. `hands` is the number
    of jobs in flight, `sleep` lets real time pass (the service provider's own where it shares the virtual clock).
    `held` says of a URL that it asks for a longer pause than is waited for.
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
