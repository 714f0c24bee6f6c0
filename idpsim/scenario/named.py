"""The shapes of single names: of a person or group of the directory, of a vendor or profile."""

# ruff: noqa: ARG002 - every shape has the same three methods, whether or not it needs what they are given.

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal, TypeAlias

from idpsim.errors import ScenarioError
from idpsim.scenario.known import ALL, Known, listed, shown, unknown
from idpsim.scenario.nodes import Node, Scalar
from idpsim.scenario.reading import Reading
from idpsim.scenario.scalars import TEXT, VARIABLE, Schema, Word

Kind: TypeAlias = Literal["person", "group", "person or group"]


@dataclass(frozen=True, slots=True)
class Name(Word):
    """The key of one person or group of the directory; `clears` lets null stand for no one."""

    kind: Kind
    clears: bool = False

    def read(self, node: Node, reading: Reading) -> Any:
        if self.clears and isinstance(node, Scalar) and node.plain and node.text in ("null", ""):
            return None
        return Word.read(self, node, reading)

    def value(self, text: str, scalar: Scalar, reading: Reading) -> str:
        if not self.knows(text, reading):
            raise unknown_name(text, self.kind, scalar, reading)
        return text

    def knows(self, text: str, reading: Reading) -> bool:
        """Whether the directory has this key."""
        return ("person" in self.kind and text in reading.people) or ("group" in self.kind and text in reading.groups)

    def schema(self, known: Known) -> Schema:
        return TEXT

    def words(self) -> str:
        return f"a {self.kind}" + (" or null" if self.clears else "")


@dataclass(frozen=True, slots=True)
class Player(Word):
    """The name of a vendor or profile; with `all` also that word."""

    all: bool = False

    def value(self, text: str, scalar: Scalar, reading: Reading) -> str:
        names = self._names(reading.known)
        if text not in names:
            hint = f"known: {listed(names)}"
            raise ScenarioError(unknown("vendor or profile", scalar.text, names), scalar.place, hint)
        return text

    def _names(self, known: Known) -> tuple[str, ...]:
        return (*known.vendors, ALL) if self.all else known.names

    def schema(self, known: Known) -> Schema:
        return {"anyOf": [{"enum": list(self._names(known))}, VARIABLE]}

    def words(self) -> str:
        return "a vendor or profile" + (", or `all`" if self.all else "")


@dataclass(frozen=True, slots=True)
class Tampering(Word):
    """The name of something that can be falsified in a sign-in."""

    def value(self, text: str, scalar: Scalar, reading: Reading) -> str:
        names = reading.known.tampers
        if text not in names:
            hint = f"known: {listed(names)}" if names else None
            raise ScenarioError(unknown("tampering", scalar.text, names), scalar.place, hint)
        return text

    def schema(self, known: Known) -> Schema:
        return {"anyOf": [{"enum": list(known.tampers)}, VARIABLE]}

    def words(self) -> str:
        return "the name of a tampering"


def unknown_name(text: str, kind: Kind, scalar: Scalar, reading: Reading) -> ScenarioError:
    """The error for a name that is not in the directory, or that names the other kind of thing."""
    if text in reading.people or text in reading.groups:
        found = "person" if text in reading.people else "group"
        return ScenarioError(f"{shown(scalar.text)} is a {found}; a {kind} is needed here", scalar.place)
    several = [names for part, names in (("person", reading.people), ("group", reading.groups)) if part in kind]
    names = [name for some in several for name in islice(some, 1000)]
    more = sum(map(len, several)) - len(names[:12])
    hint = f"in the directory: {', '.join(names[:12])}" + (f" and {more} more" if more else "")
    hint = hint if names else "the directory has none"
    return ScenarioError(unknown(kind, scalar.text, names), scalar.place, hint)
