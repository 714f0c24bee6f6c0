"""What callers may have given in place of what is meant, in words and as errors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from idpsim.errors import UsageError

LONGEST = 86_400.0


def found(value: object) -> str:
    """What somebody gave, without its value, which may be secret."""
    return "None" if value is None else f"a value of type {type(value).__name__}"


def seconds(name: str, value: Any, *, zero: bool = False) -> None:
    """Refuse what is no time that a socket could wait."""
    number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not number or value > LONGEST or value < 0 or (value == 0 and not zero):
        least = "0 or more" if zero else "more than 0"
        raise UsageError(f"{name} is a number of seconds, {least} and {LONGEST:.0f} at most, found {_shown(value)}")


def whole(name: str, value: Any) -> None:
    """Refuse what is no whole number; None is none given."""
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise UsageError(f"{name} is a whole number, found {_shown(value)}")


def flag(name: str, value: Any) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool):
        raise UsageError(f"{name} is True or False, found {_shown(value)}")


def text(name: str, value: Any) -> None:
    """Refuse what is no text."""
    if not isinstance(value, str):
        raise UsageError(f"{name} is text, found {found(value)}")


def variables(values: Any) -> Mapping[str, str]:
    """Variables by name; None is none given."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise UsageError(f"variables are a mapping of names to text, found {found(values)}")
    for name, value in values.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise UsageError(f"variables are text by name: {name!r} is {found(value)}")
    return values


def _shown(value: object) -> str:
    return repr(value) if value is None or isinstance(value, bool | int | float | str) else found(value)
