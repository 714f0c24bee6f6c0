"""What reading a value needs beside the value: the profile, the variables, and who is in the directory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TypeVar

from idpsim.directory import Group, Person
from idpsim.errors import ScenarioError
from idpsim.scenario.known import ANY, Known, listed, shown, unknown
from idpsim.scenario.model import Verification
from idpsim.scenario.nodes import Entries, Items, Node, Scalar

T = TypeVar("T")
_VARIABLE = re.compile(r"\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|\$\{")


class Absent(Enum):
    """What a value by vendor has for a profile that it does not mention."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Subjects:
    """The people and groups that a value names; `everyone` is all people, without listing them."""

    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    everyone: bool = False

    def __add__(self, other: Subjects) -> Subjects:
        return Subjects(self.people + other.people, self.groups + other.groups, self.everyone or other.everyone)


@dataclass(frozen=True, slots=True)
class Reading:
    """One profile's reading of a file.

    `idle` reads what this profile does not play (another vendor's branch, a step for others): its form is checked,
    its variables are not needed.
    """

    known: Known
    profile: str
    variables: Mapping[str, str] = field(repr=False)
    people: Mapping[str, Person] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    subjects: Subjects = Subjects()
    verify: Verification = field(default_factory=Verification)
    idle: bool = False

    def text(self, scalar: Scalar) -> str | None:
        """The scalar's text, its variables replaced; None where it is idle and a variable decides."""
        text = scalar.text
        if "${" not in text:
            return text
        if self.idle:
            return None
        return _VARIABLE.sub(lambda found: self._variable(found, scalar), text)

    def _variable(self, found: re.Match[str], scalar: Scalar) -> str:
        if found[0] == "$${":
            return "${"
        name, default = found[1], found[2]
        if name is None:
            hint = "a variable reads ${NAME} or ${NAME:-default}; write $${ for the two characters themselves"
            raise ScenarioError("this ${ starts no variable", scalar.place, hint)
        if name in self.variables:
            return self.variables[name]
        if default is None:
            hint = f"give it with --set {name}=value or in the environment, or a default: ${{{name}:-default}}"
            raise ScenarioError(f"the variable {name} is not set", scalar.place, hint)
        return str(default)


def is_by_vendor(node: Node, known: Known, own: frozenset[str] | None) -> bool:
    """Whether a mapping is a value by vendor: all of its keys are names of vendors or profiles, or `any`.

    Where the keys of the value itself are known (`own`; None is any key), one such name beside keys that would not fit
    anyway is enough, so that a typo in a vendor's name is told as one.
    """
    if not isinstance(node, Entries) or not node.entries:
        return False
    keys = node.keys()
    if own is None:
        return known.branches.issuperset(keys)
    return not known.branches.isdisjoint(keys) and own.isdisjoint(keys)


def by_vendor(
    node: Node, reading: Reading, read: Callable[[Node, Reading], T], own: frozenset[str] | None = frozenset()
) -> T | Absent:
    """The value as this profile has it: its own branch, its vendor's, `any`; the other branches are only checked."""
    if not isinstance(node, Entries) or not is_by_vendor(node, reading.known, own):
        return read(node, reading)
    keys = node.keys()
    mine = next((name for name in reading.known.preference(reading.profile) if name in keys), None)
    result: T | Absent = ABSENT
    for key, value in node.entries:
        if key.text not in reading.known.branches:
            raise unknown_key(key, (*reading.known.names, ANY), "vendor or profile")
        got = read(value, reading if key.text == mine else replace(reading, idle=True))
        result = got if key.text == mine else result
    return result


def unknown_key(key: Scalar, allowed: Iterable[str], what: str = "key") -> ScenarioError:
    """The error for a key that the language does not have at this place."""
    names = list(allowed)
    return ScenarioError(unknown(what, key.text, names), key.place, f"allowed here: {listed(names)}")


def expected(what: str, node: Node) -> ScenarioError:
    """`expected true or false, found 'yes'`"""
    match node:
        case Scalar() if node.empty:
            found = "nothing"
        case Scalar():
            found = shown(node.text)
        case Items():
            found = "a list"
        case Entries():
            found = "a mapping"
    return ScenarioError(f"expected {what}, found {found}", node.place)
