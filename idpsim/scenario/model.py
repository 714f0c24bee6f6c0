"""A scenario as values: what was written, where it was written, and the script that it is for one profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from idpsim.directory import Group, Person
from idpsim.errors import Place
from idpsim.transport.faults import FaultKind

ExpectationKind: TypeAlias = Literal["user", "group", "outcome", "sent", "signed-in", "refused"]
ALL = "all"


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected thing and where it is written.

    `path` is a SCIM path, `members` or `absent` for `user` and `group`, and empty for the others; `value` is a JSON
    value, for `members` a tuple of keys, for `sent` a `Sent`. `of` names the person or group meant where it is not
    the step's own.
    """

    kind: ExpectationKind
    path: str
    value: Any
    place: Place
    of: str | None = None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A request pattern: `METHOD /path` below the base URL (a prefix by segments), and a body that matches in part."""

    request: str
    body: Any = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """Request patterns in order; `exactly` lets nothing lie between or beside them."""

    patterns: tuple[Pattern, ...]
    exactly: bool = False


@dataclass(frozen=True, slots=True)
class FaultSpec:
    """A fault between the identity provider and the service provider, for the length of one step."""

    on: str
    do: FaultKind
    place: Place
    times: int | None = 1
    after: int = 0
    status: int = 503
    seconds: float = 1.0
    retry_after: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a step is verified, and for how many seconds a difference may still heal."""

    on: bool = True
    within: float = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """One event of the script.

    `people` and `groups` are keys; `everyone` stands for all people without listing them. `arguments` holds what is
    the event's own (`set`, `delete`, `via`, `for`, …), typed by the language.
    """

    event: str
    place: Place
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    everyone: bool = False
    arguments: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    expect: tuple[Expected, ...] = ()
    only: tuple[str, ...] | None = None
    faults: tuple[FaultSpec, ...] = ()
    settle: bool = True
    verify: Verification | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """The service provider under test; `scim` None is the embedded one, with its `embedded` switches."""

    scim: str | None = None
    token: str | None = field(default=None, repr=False)
    auth: str | None = None
    ca: str | None = None
    insecure: bool = False
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    hooks: Mapping[str, str] = field(default_factory=dict)
    embedded: Mapping[str, Any] = field(default_factory=dict)
    embedded_places: Mapping[str, Place] = field(default_factory=dict)
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The `sso` block: no provisioning before a sign-in has worked."""

    protocol: Literal["saml", "oidc"]
    place: Place
    login: str | None = None
    prove_with: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Script:
    """A scenario as one profile plays it: every value by vendor is resolved, nothing is left to look up."""

    file: str
    name: str
    profile: str
    steps: tuple[Step, ...]
    people: Mapping[str, Person]
    groups: Mapping[str, Group]
    target: Target = Target()
    sso: SingleSignOn | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    settings_places: Mapping[str, Place] = field(default_factory=dict)
    verify: Verification = Verification()
    source: str = ""
