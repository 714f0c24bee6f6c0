"""Where the identity provider lives and where its keys are, known long before either is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from idpsim.errors import UsageError

if TYPE_CHECKING:
    from idpsim.sso.keys import Keys

DEFAULT_IDP = "http://localhost:8765"
DEFAULT_FOLDER = "certs"


@dataclass(frozen=True)
class Keyring:
    """The identity provider's address and keys: the same for all runs of one command.

    `folder` is where `idpsim certs` has put keys; without any there, or without a folder, they are made in memory when
    first needed. While another run of idpsim serves at the address it is waited for, up to `patience` seconds.
    """

    base: str = DEFAULT_IDP
    folder: str = DEFAULT_FOLDER
    patience: float = 0.0

    @property
    def address(self) -> tuple[str, int]:
        """The host and port of the address; UsageError where it is none."""
        try:
            parts = urlsplit(self.base)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            parts, port = urlsplit(""), 0
        odd = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
        if parts.scheme not in ("http", "https") or not parts.hostname or not port or odd:
            raise UsageError(f"the identity provider's address is http://HOST:PORT, not {self.base}")
        return parts.hostname, port

    @cached_property
    def keys(self) -> Keys:
        """The keys."""
        from idpsim.sso.keys import Keys

        return Keys(Path(self.folder).expanduser() if self.folder else None)
