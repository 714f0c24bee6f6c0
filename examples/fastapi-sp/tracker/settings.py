"""What an installation of the tracker is told."""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Who owns the tracker, the identity provider that people sign in with, its SCIM token, the key of our sessions."""

    owner: str
    discovery_url: str
    client_id: str
    client_secret: str
    scim_token: str
    session_key: str

    @classmethod
    def from_environment(cls) -> Settings:
        return cls(**{name: os.environ[f"TRACKER_{name.upper()}"] for name in cls.__dataclass_fields__})
