"""Python values as nodes of the scenario language, so that its own shapes read and check them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

from idpsim.directory import Group, Person
from idpsim.errors import Place, ScenarioError
from idpsim.scenario.nodes import MAX_DEPTH, Entries, Items, Node, Scalar

Keyed: TypeAlias = Callable[[Person | Group], str]
_IN_PYTHON = {
    "without quotes": "True or False, not a text",
    "put quotes around it to send it as text": "give it as a text",
}
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class At:
    """A place as nodes carry it; both count from 0."""

    line: int
    column: int


@contextmanager
def in_python() -> Iterator[None]:
    """Hints about how something is written in a file become hints about Python's values."""
    try:
        yield
    except ScenarioError as error:
        if error.hint not in _IN_PYTHON:
            raise
        raise ScenarioError(error.message, error.place, _IN_PYTHON[error.hint]) from None


def _key(who: Person | Group) -> str:
    return who.key


def written(value: object, place: Place, depth: int = 0, keyed: Keyed = _key) -> Node:
    """A value as a node, all of it at one place; ScenarioError for what a scenario could not say.

    A text is text whatever it looks like, and no variable is read in it. A `Person` or `Group` is what `keyed` makes of
    it: its key.
    """
    if depth > MAX_DEPTH:
        raise ScenarioError(f"this is nested more than {MAX_DEPTH} deep", place)
    if isinstance(value, Mapping):
        return entries(value, place, depth, keyed)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | bytearray):
        return Items(tuple(written(each, place, depth + 1, keyed) for each in value), place)
    plain = _plain(value, place)
    return _scalar(_text(value, place, keyed), place) if plain is None else _scalar(plain, place, plain=True)


def entries(values: Mapping[Any, object], place: Place, depth: int = 0, keyed: Keyed = _key) -> Entries:
    """A mapping as a node."""
    inside = ((key(name, place), written(each, place, depth + 1, keyed)) for name, each in values.items())
    return Entries(tuple(inside), place)


def key(name: object, place: Place) -> Scalar:
    """The key of a mapping."""
    if not isinstance(name, str):
        raise ScenarioError(f"a key must be text, not {type(name).__name__}", place)
    return _scalar(_whole(name, place), place, plain=True)


def nothing(place: Place) -> Scalar:
    """What stands after `connect:`."""
    return _scalar("", place, plain=True)


def _scalar(text: str, place: Place, plain: bool = False) -> Scalar:
    return Scalar(text, plain, place.file, At(place.line - 1, place.column - 1))


def _plain(value: object, place: Place) -> str | None:
    """What is special without quotes; None where the value is none of it."""
    if value is None or isinstance(value, bool | int | float):
        try:
            return json.dumps(value, allow_nan=False)
        except ValueError:
            raise ScenarioError(f"{value} is no JSON number", place) from None
    if isinstance(value, timedelta):
        return f"{value.total_seconds():.3f}".rstrip("0").rstrip(".") + "s"
    return None


def _text(value: object, place: Place, keyed: Keyed) -> str:
    match value:
        case str():
            text = str.__str__(value)
        case Person() | Group():
            text = keyed(value)
        case UUID():
            text = str(value)
        case os.PathLike():
            text = os.fsdecode(value)
        case _:
            hint = "text, numbers, true, false and None, and lists and mappings of them"
            raise ScenarioError(f"a value of type {type(value).__name__} cannot stand here", place, hint)
    return _whole(text, place).replace("${", "$${")


def _whole(text: str, place: Place) -> str:
    if not text.isascii() and _SURROGATE.search(text):
        raise ScenarioError("half a character (a surrogate) cannot be sent", place)
    return text
