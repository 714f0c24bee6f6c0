"""A scenario as values: what was written, where it was written, and the script that it is for one profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from idpsim.directory import Group, Person
from idpsim.errors import Place
from idpsim.signon import Protocol
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
class Shows:
    """How the service provider shows who is signed in.

    `url` is fetched within the session; `at` are paths in its JSON (`user.email`) or names of elements of its HTML, the
    most telling first, empty for all of it. `bearer` is the path, in the JSON with which a sign-in ends, of a token
    that goes along. `cookie` names a cookie that holds a JWT, of which the claims `claim` are read.
    """

    url: str | None = None
    at: tuple[str, ...] = ()
    cookie: str | None = None
    claim: tuple[str, ...] = ()
    bearer: str | None = None


@dataclass(frozen=True, slots=True)
class SamlSide:
    """The service provider as SAML knows it; `metadata` is a URL or a file, certificates are files."""

    login: str | None = None
    metadata: str | None = None
    entity_id: str | None = None
    acs: tuple[str, ...] = ()
    slo: str | None = None
    relay_state: str | None = None
    signing_certificate: str | None = None
    encryption_certificate: str | None = None


@dataclass(frozen=True, slots=True)
class OidcSide:
    """The service provider as OpenID Connect knows it."""

    login: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    initiate_login_uri: str | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class SingleSignOn:
    """The `sso` block: no provisioning before a sign-in has worked.

    `prove_with` and `victim` are keys; None is the built-in administrator, for `victim` whoever proves. `login` is
    that of `protocol`; `login_of` says where either protocol starts.
    """

    protocol: Protocol
    place: Place
    login: str | None = None
    prove_with: str | None = None
    app: str = "idpsim"
    victim: str | None = None
    logout: str | None = None
    shows: Shows | None = None
    live_sessions: Literal["end", "ignore"] = "end"
    enforce_assignment: bool = False
    saml: SamlSide = SamlSide()
    oidc: OidcSide = OidcSide()

    @property
    def elsewhere(self) -> bool:
        """Whether the block speaks of a service provider of its own: else it is the embedded one."""
        described = self.saml != SamlSide() or self.oidc != OidcSide()
        return described or bool(self.login or self.logout or (self.shows is not None and self.shows != Shows()))

    def login_of(self, via: Protocol) -> str | None:
        """Where a sign-in over this protocol starts at the service provider."""
        side = self.saml if via == "saml" else self.oidc
        return side.login or (self.login if via == self.protocol else None)


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
