"""Values of switches as people write them, typed: `true`, `"204"`, `[title, locale]`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import Any

_WORDS = {"true": True, "false": False}


def typed(name: str, value: Any, default: Any, metadata: Mapping[str, Any]) -> Any:
    """The value in the type of the switch's default; ValueError with one sentence where it is none of its values."""
    if isinstance(default, bool):
        return _boolean(name, value)
    if isinstance(default, tuple):
        return _names(name, value)
    if isinstance(default, int):
        value = _number(name, value, metadata["least"])
    return _choice(name, value, metadata["choices"])


def _boolean(name: str, value: Any) -> bool:
    if isinstance(value, str):
        value = _WORDS.get(value.lower(), value)
    if not isinstance(value, bool):
        raise ValueError(f"the switch {name!r} is true or false, not {value!r}.")
    return value


def _number(name: str, value: Any, least: int) -> int:
    if isinstance(value, str) and value.isdecimal() and len(value) < 16:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"the switch {name!r} is a whole number of at least {least}, not {value!r}.")
    return value


def _names(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, Sequence) and all(isinstance(part, str) for part in value):
        return tuple(value)
    raise ValueError(f"the switch {name!r} is a list of names, not {value!r}.")


def _choice(name: str, value: Any, choices: Sequence[Any]) -> Any:
    if choices and (isinstance(value, bool) or value not in choices):
        close = difflib.get_close_matches(str(value), [str(choice) for choice in choices], n=1)
        meant = f" (did you mean {close[0]!r}?)" if close else ""
        raise ValueError(f"the switch {name!r} is one of {', '.join(map(str, choices))}, not {value!r}{meant}.")
    return value
