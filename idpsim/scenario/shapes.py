"""The shapes of values that are made of others: mappings, lists, names, alternatives, values by vendor."""

# ruff: noqa: ARG002 - every shape has the same three methods, whether or not it needs what they are given.

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from idpsim.errors import ScenarioError
from idpsim.scenario.known import ALL, ANY, Known, shown
from idpsim.scenario.named import Kind, Name, unknown_name
from idpsim.scenario.nodes import Entries, Items, Node, Scalar
from idpsim.scenario.reading import ABSENT, Reading, Subjects, by_vendor, expected, unknown_key
from idpsim.scenario.scalars import TEXT, Schema, Shape

NAME = "[A-Za-z0-9_.-]+"


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a mapping: its name, what it takes, what it is for."""

    name: str
    takes: Shape
    doc: str
    required: bool = False
    by_vendor: bool = False

    def read(self, node: Node, reading: Reading) -> Any:
        """The typed value, or ABSENT where it is by vendor and not for this profile."""
        if self.by_vendor:
            return by_vendor(node, reading, self.takes.read, self.takes.own)
        return self.takes.read(node, reading)

    def schema(self, known: Known) -> Schema:
        """JSON Schema for the value, with the key's description."""
        inner = self.takes.schema(known)
        if self.by_vendor:
            names = {"enum": [*known.names, ANY]}
            branches = {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": inner}
            inner = {"anyOf": [inner, branches]}
        return {"description": self.doc, **inner}

    def words(self) -> str:
        """What it takes, for the reference."""
        return self.takes.words() + ("; by vendor" if self.by_vendor else "")


@dataclass(frozen=True)
class Keys:
    """A mapping: some keys by name, and with `rest` any other that `pattern` allows.

    `filled` wants at least one key. Read as a dict.
    """

    keys: tuple[Key, ...] = ()
    rest: Key | None = None
    pattern: str = ".+"
    reserved: frozenset[str] = frozenset()
    filled: bool = False
    says: str = "a mapping"

    @cached_property
    def by_name(self) -> dict[str, Key]:
        return {key.name: key for key in self.keys}

    @cached_property
    def own(self) -> frozenset[str] | None:
        return None if self.rest else frozenset(self.by_name)

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        """The values by key; what is by vendor and not for this profile is left out."""
        if not isinstance(node, Entries):
            raise expected(self.words(), node)
        if self.filled and not node.entries:
            raise ScenarioError("nothing is given here", node.place)
        values: dict[str, Any] = {}
        for name, value in node.entries:
            got = self.key(name).read(value, reading)
            if got is not ABSENT:
                values[name.text] = got
        for key in self.keys:
            if key.required and key.name not in values:
                raise ScenarioError(f"{key.name} is missing", node.place, f"{key.name}: {key.words()}")
        return values

    def key(self, name: Scalar) -> Key:
        """The key of this name; ScenarioError where there is none."""
        found = self.by_name.get(name.text)
        if found is not None:
            return found
        if self.rest is None:
            raise unknown_key(name, self.by_name)
        if name.text in self.reserved:
            raise ScenarioError(f"{shown(name.text)} is a word of the language and cannot be a name", name.place)
        if not re.fullmatch(self.pattern, name.text):
            hint = "a name has letters, digits and _ . - only" if self.pattern == NAME else None
            raise ScenarioError(f"{shown(name.text)} cannot stand here as {self.rest.name}", name.place, hint)
        return self.rest

    def schema(self, known: Known) -> Schema:
        found: Schema = {"type": "object", "properties": {key.name: key.schema(known) for key in self.keys}}
        found["additionalProperties"] = self.rest.schema(known) if self.rest else False
        if self.rest and self.pattern != ".+":
            found["propertyNames"] = {"pattern": f"^{self.pattern}$"}
        if self.filled:
            found["minProperties"] = 1
        if required := [key.name for key in self.keys if key.required]:
            found["required"] = required
        return found

    def words(self) -> str:
        return self.says


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; with `one` a single value stands for a list of one. Read as a tuple."""

    item: Shape
    one: bool = True
    low: int = 0
    high: int | None = None

    @property
    def own(self) -> frozenset[str] | None:
        return self.item.own if self.one else frozenset()

    def read(self, node: Node, reading: Reading) -> tuple[Any, ...]:
        if not isinstance(node, Items):
            if not self.one or (isinstance(node, Scalar) and node.empty):
                raise expected(self.words(), node)
            return (self.item.read(node, reading),)
        if len(node.items) < self.low:
            raise ScenarioError("this list is empty", node.place)
        if self.high is not None and len(node.items) > self.high:
            raise ScenarioError(f"at most {self.high} can stand here, found {len(node.items)}", node.place)
        return tuple(self.item.read(item, reading) for item in node.items)

    def schema(self, known: Known) -> Schema:
        item = self.item.schema(known)
        many: Schema = {"type": "array", "items": item}
        if self.low:
            many["minItems"] = self.low
        if self.high is not None:
            many["maxItems"] = self.high
        return {"anyOf": [item, many]} if self.one else many

    def words(self) -> str:
        return f"{self.item.words()}, or a list" if self.one else f"a list: {self.item.words()}"


@dataclass(frozen=True, slots=True)
class Names:
    """Whom an event is about: one name, a list, or `all`; read as `Subjects`.

    `all` is all people; where only groups can stand, all groups. With `optional` nothing written is `all`.
    """

    kind: Kind
    optional: bool = False
    own: ClassVar[frozenset[str]] = frozenset()

    def read(self, node: Node, reading: Reading) -> Subjects:
        if isinstance(node, Scalar):
            if (node.empty and self.optional) or (reading.text(node) == ALL):
                return self._all(reading)
            return self._one(node, reading)
        if not isinstance(node, Items):
            raise expected(self.words(), node)
        if not node.items:
            raise ScenarioError("this list is empty", node.place)
        return self._list(node, reading)

    def _all(self, reading: Reading) -> Subjects:
        return Subjects(groups=tuple(reading.groups)) if self.kind == "group" else Subjects(everyone=True)

    def _list(self, node: Items, reading: Reading) -> Subjects:
        people: dict[str, None] = {}
        groups: dict[str, None] = {}
        for item in node.items:
            if isinstance(item, Scalar) and item.text == ALL:
                raise ScenarioError("`all` stands alone, not in a list", item.place)
            one = self._one(item, reading)
            if not (people.keys() | groups.keys()).isdisjoint(one.people + one.groups):
                raise ScenarioError(f"{shown((one.people + one.groups)[0])} stands here twice", item.place)
            people.update(dict.fromkeys(one.people))
            groups.update(dict.fromkeys(one.groups))
        return Subjects(tuple(people), tuple(groups))

    def _one(self, node: Node, reading: Reading) -> Subjects:
        if not isinstance(node, Scalar) or node.empty:
            raise expected(self.words(), node)
        text = reading.text(node)
        if text is None:
            return Subjects()
        if not Name(self.kind).knows(text, reading):
            raise unknown_name(text, self.kind, node, reading)
        return Subjects(people=(text,)) if text in reading.people else Subjects(groups=(text,))

    def schema(self, known: Known) -> Schema:
        return {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}

    def words(self) -> str:
        several = " or ".join("people" if kind == "person" else "groups" for kind in self.kind.split(" or "))
        return f"{several}: one, a list, or `all`" + ("; or nothing, which is `all`" if self.optional else "")


@dataclass(frozen=True, slots=True)
class Either:
    """One shape for a mapping, another for everything else."""

    plain: Shape
    mapping: Shape

    @property
    def own(self) -> frozenset[str] | None:
        return self.mapping.own

    def read(self, node: Node, reading: Reading) -> Any:
        return (self.mapping if isinstance(node, Entries) else self.plain).read(node, reading)

    def schema(self, known: Known) -> Schema:
        return {"anyOf": [self.plain.schema(known), self.mapping.schema(known)]}

    def words(self) -> str:
        return f"{self.plain.words()}; or {self.mapping.words()}"


@dataclass(frozen=True, slots=True)
class BySubject:
    """One shape where the step is about people, another where it is about groups."""

    person: Shape
    group: Shape

    @property
    def own(self) -> frozenset[str] | None:
        return (self.person.own or frozenset()) | (self.group.own or frozenset())

    def read(self, node: Node, reading: Reading) -> Any:
        subjects = reading.subjects
        if subjects.groups and (subjects.people or subjects.everyone):
            raise ScenarioError("people and groups have different attributes; make it two steps", node.place)
        return (self.group if subjects.groups else self.person).read(node, reading)

    def schema(self, known: Known) -> Schema:
        return {"anyOf": [self.person.schema(known), self.group.schema(known)]}

    def words(self) -> str:
        return self.person.words()
