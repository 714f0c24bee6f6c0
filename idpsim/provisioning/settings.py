"""The switches of an app, as the vendor names them: each with its default, its choices and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Kind: TypeAlias = Literal["bool", "int", "text", "choice", "list", "mapping"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One switch: its default, what it does, and where that is said.

    `kind` follows from the default, and is `choice` where `choices` are given.
    """

    default: Any
    doc: str
    choices: tuple[str, ...] = ()
    source: str = ""

    @property
    def kind(self) -> Kind:
        if self.choices:
            return "choice"
        if isinstance(self.default, bool):
            return "bool"
        if isinstance(self.default, int):
            return "int"
        if isinstance(self.default, tuple):
            return "list"
        return "mapping" if isinstance(self.default, Mapping) else "text"


Settings: TypeAlias = Mapping[str, Setting]


def defaults(settings: Settings) -> dict[str, Any]:
    """The value that each switch has when nobody touches it."""
    return {name: setting.default for name, setting in settings.items()}
