"""Where the identity provider lives and where its keys are, known long before either is needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idpsim.sso.keys import Keys

DEFAULT_IDP = "http://localhost:8765"
DEFAULT_FOLDER = "certs"


@dataclass(frozen=True)
class Keyring:
    """The identity provider's address and keys: the same for all runs of one command.

    `folder` is where `idpsim certs` has put keys; without any there they are made in memory, when first needed.
    """

    base: str = DEFAULT_IDP
    folder: str = DEFAULT_FOLDER

    @cached_property
    def keys(self) -> Keys:
        """The keys."""
        from idpsim.sso.keys import Keys

        return Keys(Path(self.folder).expanduser())
