"""Expectations: what is written under `expect`, flattened to one `Expected` per expected thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Literal, TypeAlias

from idpsim.errors import ScenarioError
from idpsim.scenario.events import EXPECT, EXPECTATION, GROUP, PATTERN, USER
from idpsim.scenario.model import Expected, Pattern, Sent
from idpsim.scenario.nodes import Entries, Items, Node, Scalar
from idpsim.scenario.reading import ABSENT, Reading, by_vendor
from idpsim.scenario.scalars import Json, Request
from idpsim.scenario.shapes import Key

Many: TypeAlias = tuple[Expected, ...]
_SCHEMA_URN = re.compile(r"urn:.+:\d+\.\d+:[^:.]+", re.IGNORECASE)
_JSON = Json(expressions=True)


def expectations(node: Node, reading: Reading) -> Many:
    """Everything that a step expects, in the file's order, as this profile has it."""
    found = by_vendor(node, reading, _block, EXPECT.own)
    return () if found is ABSENT else found


def _block(node: Node, reading: Reading) -> Many:
    if not isinstance(node, Entries):
        word = EXPECTATION.read(node, reading)
        return (Expected(word, "", True, node.place),) if word else ()
    if not node.entries:
        raise ScenarioError("nothing is expected here", node.place)
    return tuple(one for name, value in node.entries for one in _one(EXPECT.key(name), value, reading))


def _one(key: Key, node: Node, reading: Reading) -> Many:
    read = _READERS.get(key.name) or partial(_plain, key)
    found = by_vendor(node, reading, read, key.takes.own)
    return () if found is ABSENT else found


def _plain(key: Key, node: Node, reading: Reading) -> Many:
    """`outcome`, `signed-in` and `refused`."""
    return (Expected(key.name, "", key.takes.read(node, reading), node.place),)  # type: ignore[arg-type]


def _resource(kind: Literal["user", "group"], node: Node, reading: Reading) -> Many:
    """`absent`, or values by path and, for a group, its members; `of` names another than the step's own."""
    if not isinstance(node, Entries):
        EXPECT.by_name[kind].takes.read(node, reading)
        found: Many = (Expected(kind, "absent", True, node.place),)
    else:
        found = tuple(_attributes(kind, node, reading))
    of = node.get("of") if isinstance(node, Entries) else None
    if of is None:
        _check_subject(kind, node, reading)
        return found
    if not found:
        raise ScenarioError("nothing is expected here but `of`", node.place)
    key = (USER if kind == "user" else GROUP).by_name["of"].read(of, reading)
    return tuple(replace(one, of=key) for one in found)


def _attributes(kind: Literal["user", "group"], node: Entries, reading: Reading) -> Iterator[Expected]:
    shape = USER if kind == "user" else GROUP
    if not node.entries:
        raise ScenarioError("nothing is expected here", node.place)
    if node.get("absent") is not None and len(set(node.keys()) - {"of"}) > 1:
        raise ScenarioError("what is absent has no values", node.place)
    for name, value in node.entries:
        key = shape.key(name)
        if key is shape.rest:
            yield from _values(kind, name.text, value, reading)
        elif name.text != "of" and (got := key.read(value, reading)) is not ABSENT:
            yield Expected(kind, name.text, got, value.place)


def _values(kind: Literal["user", "group"], path: str, node: Node, reading: Reading) -> Many:
    """The value at a path, or those below it where it is a mapping."""

    def read(node: Node, reading: Reading) -> Many:
        if not isinstance(node, Entries) or not node.entries:
            return (Expected(kind, path, _JSON.read(node, reading), node.place),)
        return tuple(
            one for name, value in node.entries for one in _values(kind, _below(path, name.text), value, reading)
        )

    found = by_vendor(node, reading, read, None)
    return () if found is ABSENT else found


def _below(path: str, name: str) -> str:
    """A sub-attribute's path: behind a colon where `path` is a schema's URN, else behind a dot."""
    return f"{path}:{name}" if _SCHEMA_URN.fullmatch(path) else f"{path}.{name}"


def _check_subject(kind: Literal["user", "group"], node: Node, reading: Reading) -> None:
    """An expectation about nobody would never be looked at."""
    subjects = reading.subjects
    if reading.idle or subjects.groups or (kind == "user" and (subjects.people or subjects.everyone)):
        return
    what = "person" if kind == "user" else "group"
    raise ScenarioError(f"this step is about no {what}; say which with `of`", node.place, f"{kind}: {{of: NAME, …}}")


def _sent(node: Node, reading: Reading) -> Many:
    """Request patterns, in order; under `exactly` nothing else."""
    takes = EXPECT.by_name["sent"].takes
    takes.read(node, reading)
    whole = node.get("exactly") if isinstance(node, Entries) else None
    patterns = node if whole is None else whole
    items = patterns.items if isinstance(patterns, Items) else (patterns,)
    sent = Sent(tuple(_pattern(item, reading) for item in items), exactly=whole is not None)
    return (Expected("sent", "", sent, node.place),)


def _pattern(node: Node, reading: Reading) -> Pattern:
    if isinstance(node, Scalar):
        return Pattern(Request(expressions=True).read(node, reading) or "", place=node.place)
    values = PATTERN.read(node, reading)
    return Pattern(values["request"] or "", values.get("body"), node.place)


_READERS: dict[str, Callable[[Node, Reading], Many]] = {
    "user": partial(_resource, "user"),
    "group": partial(_resource, "group"),
    "sent": _sent,
}
