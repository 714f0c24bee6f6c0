"""Where a service provider signs people in and out, and where it shows who is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from idpsim.signon import Protocol

if TYPE_CHECKING:
    from idpsim.sso.shown import Shows


@dataclass(frozen=True)
class Plan:
    """What a scenario's `sso` block says.

    `idp` is where the identity provider is reached, `login` the service provider's address that starts a sign-in,
    `idp_link` the identity provider's that does; both by protocol. `logout` is the service provider's address that
    ends a session, `idp_logout` the identity provider's. A sign-in may take `timeout` seconds.
    """

    idp: str
    login: Mapping[Protocol, str] = field(default_factory=dict)
    idp_link: Mapping[Protocol, str] = field(default_factory=dict)
    logout: str | None = None
    idp_logout: str | None = None
    shows: Shows | None = None
    timeout: float = 60.0
