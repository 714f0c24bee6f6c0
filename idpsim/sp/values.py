"""Values as clients send them, made into values as RFC 7643 types them; strict refuses what is only nearly right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .problem import Problem, invalid_syntax, invalid_value
from .schema import Attribute
from .switches import Switches

_WORDS = {"true": True, "false": False}
_KEYS = frozenset(("userName", "externalId"))
_DEEPEST = 40


def read_body(body: bytes) -> dict[str, Any]:
    """The JSON object of a request body; Problem 400 invalidSyntax for anything else."""
    try:
        document = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise invalid_syntax("The body is not JSON.") from None
    if not isinstance(document, dict):
        raise invalid_syntax("The body is not a JSON object.")
    _not_too_deep(document)
    return document


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _not_too_deep(document: dict[str, Any]) -> None:
    level: list[Any] = [document]
    for _ in range(_DEEPEST):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise invalid_syntax(f"The body is nested deeper than {_DEEPEST} levels.")


def boolean_in_words(value: Any) -> bool | None:
    """True or False for the words, in any case; None for everything else."""
    return _WORDS.get(value.strip().lower()) if isinstance(value, str) else None


def is_ignored(attribute: Attribute | None, value: Any, switches: Switches) -> bool:
    """Whether `ignore_string_booleans` makes this value count as not sent."""
    return (
        switches.ignore_string_booleans
        and attribute is not None
        and attribute.type == "boolean"
        and isinstance(value, str)
    )


def coerce(attribute: Attribute | None, value: Any, switches: Switches) -> Any:
    """The value in the attribute's type, None where it is unassigned; Problem 400 invalidValue where it has none.

    An attribute that no schema knows (None) keeps whatever was sent.
    """
    if value is None or attribute is None:
        return value
    if attribute.multi:
        return _elements(attribute, value, switches)
    if isinstance(value, list):
        if switches.strict or len(value) != 1:
            raise _wrong(attribute, value)
        value = value[0]
    return coerce_one(attribute, value, switches)


def coerce_one(attribute: Attribute, value: Any, switches: Switches) -> Any:
    """One value of the attribute: the value of a single-valued one, or an element of a multi-valued one."""
    if value is None:
        return None
    if attribute.type == "complex":
        return _complex(attribute, value, switches)
    if attribute.type == "boolean":
        return _boolean(attribute, value, switches)
    if isinstance(value, str):
        return value
    if switches.strict or attribute.name in _KEYS or attribute.required or isinstance(value, dict | list):
        raise _wrong(attribute, value)
    return value


def _elements(attribute: Attribute, value: Any, switches: Switches) -> list[Any] | None:
    if not isinstance(value, list):
        if switches.strict or not isinstance(value, dict):
            raise _wrong(attribute, value)
        value = [value]
    elements = [coerce_one(attribute, element, switches) for element in value]
    if switches.strict and sum(isinstance(e, dict) and e.get("primary") is True for e in elements) > 1:
        raise invalid_value(f"Two values of {attribute.name} are primary.")
    return [element for element in elements if element is not None] or None


def _complex(attribute: Attribute, value: Any, switches: Switches) -> dict[str, Any] | None:
    if isinstance(value, str) and not switches.strict and attribute.part("value"):
        return {"value": value} if value else None
    if not isinstance(value, Mapping):
        raise _wrong(attribute, value)
    result: dict[str, Any] = {}
    for key, inner in value.items():
        part = attribute.part(key)
        if inner is None or is_ignored(part, inner, switches):
            continue
        result[part.name if part else key] = coerce(part, inner, switches)
    return result or None


def _boolean(attribute: Attribute, value: Any, switches: Switches) -> bool:
    if isinstance(value, bool):
        return value
    word = None if switches.strict else boolean_in_words(value)
    if word is None:
        raise _wrong(attribute, value)
    return word


def _wrong(attribute: Attribute, value: Any) -> Problem:
    shown = json.dumps(value, default=str)[:60]
    wanted = f"a list of {attribute.type} values" if attribute.multi else f"of type {attribute.type}"
    return invalid_value(f"{attribute.name} is {wanted}, not {shown}.")
