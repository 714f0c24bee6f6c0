"""People and groups who come into a directory while events are being played: written as in the `directory` block."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from idpsim.directory import Group, Person, person
from idpsim.errors import ScenarioError
from idpsim.scenario.known import shown
from idpsim.scenario.language import DIRECTORY
from idpsim.scenario.named import Kind, Name, unknown_name
from idpsim.scenario.nodes import Entries, Items, Node, Scalar
from idpsim.scenario.reading import Reading


def newcomers(node: Entries, reading: Reading) -> tuple[dict[str, Person], dict[str, Group]]:
    """The people and groups of a `directory` block beside those whom `reading` knows.

    ScenarioError where a key or a name is taken, or a manager or member is not known.
    """
    values = DIRECTORY.read(node, reading)
    people = {key: _person(key, given) for key, given in values.get("people", {}).items()}
    groups = {
        key: Group(key, key, given["displayName"], given.get("members", ()))
        for key, given in values.get("groups", {}).items()
    }
    _check_people(node, people, reading)
    _check_groups(node, groups, reading)
    return people, groups


def _person(key: str, given: Mapping[str, Any]) -> Person:
    return person(key, {name: value for name, value in given.items() if name != "custom"}, given.get("custom"))


def _check_people(node: Entries, people: Mapping[str, Person], reading: Reading) -> None:
    for key, value in _entries(node, "people"):
        _free(key, reading)
        wanted = people[key.text].userName
        if not wanted:
            raise ScenarioError("userName is empty", (value.get("userName") or value).place)
        other = next((each for each in _known(reading) if each.userName.lower() == wanted.lower()), None)
        if other is not None:
            place = (value.get("userName") or value).place
            raise ScenarioError(f"{other.key} already has the userName {shown(wanted)}", place)
        manager = people[key.text].manager
        if manager is not None:
            _must_know(manager, "person", value.get("manager") or key, reading)


def _check_groups(node: Entries, groups: Mapping[str, Group], reading: Reading) -> None:
    for key, value in _entries(node, "groups"):
        _free(key, reading)
        group = groups[key.text]
        other = next((one for one in reading.groups.values() if one.displayName == group.displayName), None)
        if other is not None:
            place = (value.get("displayName") or value).place
            raise ScenarioError(f"{other.key} already has the displayName {shown(group.displayName)}", place)
        at = value.get("members")
        for index, member in enumerate(group.members):
            item = at.items[index] if isinstance(at, Items) else at or key
            _must_know(member, "person or group", item, reading)
            if member in group.members[:index]:
                raise ScenarioError(f"{shown(member)} stands here twice", item.place)


def _known(reading: Reading) -> Iterable[Person]:
    return (reading.people[key] for key in reading.people)


def _free(key: Scalar, reading: Reading) -> None:
    """One key is one thing."""
    for what, keys in (("person", reading.people), ("group", reading.groups)):
        if key.text in keys:
            raise ScenarioError(f"{shown(key.text)} is already the name of a {what}", key.place)


def _must_know(name: str, kind: Kind, at: Node, reading: Reading) -> None:
    if not Name(kind).knows(name, reading):
        assert isinstance(at, Scalar)
        raise unknown_name(name, kind, at, reading)


def _entries(node: Entries, block: str) -> tuple[tuple[Scalar, Entries], ...]:
    """The people or groups, each with its key; their form has been read already."""
    found = node.get(block)
    inner = found.entries if isinstance(found, Entries) else ()
    return tuple((key, value) for key, value in inner if isinstance(value, Entries))
