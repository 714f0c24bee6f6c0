"""A vendor's OpenID Connect look, as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class OidcLook:
    """To be filled in."""
