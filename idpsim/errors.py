"""The errors that end a command, each with its exit code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class IdpsimError(Exception):
    """Something that a user can mend; its text is one clear sentence or a short block."""

    exit_code = 2


class UsageError(IdpsimError):
    """The command line, or a setting given on it, is wrong."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a scenario file; `line` and `column` count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class ScenarioError(IdpsimError):
    """A scenario is wrong at `place`; `hint` says what would be right."""

    def __init__(self, message: str, place: Place, hint: str | None = None) -> None:
        super().__init__(f"{place}: {message}" + (f"\n  {hint}" if hint else ""))
        self.message = message
        self.place = place
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.place, self.hint)


class TargetError(IdpsimError):
    """The service provider cannot be reached, or cannot be used as it was given."""

    exit_code = 3
