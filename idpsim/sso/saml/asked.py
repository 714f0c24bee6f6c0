"""What a service provider has asked for, read from its request and checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AuthnRequest:
    """An AuthnRequest as values; None and empty: not said. `issued` is seconds since the epoch.

    `signed`: it carried a signature that the registered certificates verify. `has_subject`, `has_conditions`: it
    holds such an element. `scoping` names what Scoping holds.
    """

    id: str
    issuer: str
    issued: float
    acs_url: str | None = None
    acs_index: int | None = None
    protocol_binding: str | None = None
    destination: str | None = None
    force_authn: bool = False
    is_passive: bool = False
    name_id_format: str | None = None
    allow_create: bool = False
    sp_name_qualifier: str | None = None
    authn_contexts: tuple[str, ...] = ()
    comparison: str = "exact"
    has_subject: bool = False
    has_conditions: bool = False
    scoping: tuple[str, ...] = ()
    signed: bool = False
    binding: Literal["redirect", "post"] = "redirect"
    relay_state: str | None = None


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A LogoutRequest as values; None and empty: not said."""

    id: str
    issuer: str
    issued: float
    name_id: str
    name_id_format: str | None = None
    session_indexes: tuple[str, ...] = ()
    destination: str | None = None
    not_on_or_after: float | None = None
    signed: bool = False
    binding: Literal["redirect", "post"] = "redirect"
    relay_state: str | None = None
