"""The `directory` block: the people and groups that are written, those that are generated, and whether they fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from idpsim.directory import Group, Person, person
from idpsim.errors import ScenarioError
from idpsim.scenario.generate import Groups, Joined, People, group_name
from idpsim.scenario.known import shown
from idpsim.scenario.language import DIRECTORY
from idpsim.scenario.named import Kind, unknown_name
from idpsim.scenario.nodes import Entries, Items, Node, Scalar
from idpsim.scenario.reading import Reading

Inhabitants = tuple[Mapping[str, Person], Mapping[str, Group]]


def population(node: Node | None, reading: Reading) -> Inhabitants:
    """The people and groups by key; ScenarioError where names clash, are unknown, or go round in a circle."""
    if node is None:
        return {}, {}
    values = DIRECTORY.read(node, reading)
    assert isinstance(node, Entries)
    written, groups = _people(values.get("people", {})), _groups(values.get("groups", {}))
    generate = values.get("generate", {"people": 0})
    made = People(generate["people"], generate.get("seed", 0))
    made_groups = Groups(generate.get("groups", 0), generate["people"], generate.get("seed", 0))
    _check_keys(node, written, made, made_groups)
    _check_user_names(node, written, made)
    _check_display_names(node, groups, made_groups)
    everyone = Joined(written, made) if made else written
    all_groups = Joined(groups, made_groups) if made_groups else groups
    _check_managers(node, written, everyone, replace(reading, groups=all_groups))
    _check_members(node, groups, everyone, all_groups, reading)
    return everyone, all_groups


def _people(values: Mapping[str, Any]) -> dict[str, Person]:
    return {key: person(key, _attributes(given), given.get("custom")) for key, given in values.items()}


def _attributes(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in given.items() if name != "custom"}


def _groups(values: Mapping[str, Any]) -> dict[str, Group]:
    return {key: Group(key, key, given["displayName"], given.get("members", ())) for key, given in values.items()}


def _entries(node: Entries, block: str) -> tuple[tuple[Scalar, Entries], ...]:
    """The written people or groups, each with its key; their form has been read already."""
    found = node.get(block)
    return tuple((key, value) for key, value in found.entries if isinstance(value, Entries)) if found else ()  # type: ignore[union-attr]


def _check_keys(node: Entries, written: Mapping[str, Person], made: People, made_groups: Groups) -> None:
    """One key is one thing."""
    for block in ("people", "groups"):
        for key, _ in _entries(node, block):
            if key.text in made or key.text in made_groups:
                raise ScenarioError(f"{shown(key.text)} is already the name of a generated entry", key.place)
            if block == "groups" and key.text in written:
                raise ScenarioError(f"{shown(key.text)} is already the name of a person", key.place)


def _check_user_names(node: Entries, written: Mapping[str, Person], made: People) -> None:
    first: dict[str, str] = {}
    for key, value in _entries(node, "people"):
        name = written[key.text].userName
        place = _value(value, "userName").place
        if not name:
            raise ScenarioError("userName is empty", place)
        other = first.setdefault(name.lower(), key.text)
        taken = other if other != key.text else made.named(name)
        if taken:
            raise ScenarioError(f"{taken} already has the userName {shown(name)}", place)


def _check_display_names(node: Entries, groups: Mapping[str, Group], made: Groups) -> None:
    first = {group_name(index): f"g{index + 1}" for index in range(len(made))} if groups else {}
    for key, value in _entries(node, "groups"):
        name = groups[key.text].displayName
        other = first.setdefault(name, key.text)
        if other != key.text:
            raise ScenarioError(
                f"{other} already has the displayName {shown(name)}", _value(value, "displayName").place
            )


def _check_managers(
    node: Entries, written: Mapping[str, Person], everyone: Mapping[str, Person], reading: Reading
) -> None:
    places = {key.text: value.get("manager") for key, value in _entries(node, "people")}
    for key, at in places.items():
        manager = written[key].manager
        if manager is not None and manager not in everyone:
            raise _unknown(manager, "person", at, reading, everyone, reading.groups)

    def below(key: str) -> Iterable[str]:
        manager = written[key].manager if key in written else None
        return (manager,) if manager else ()

    if circle := _circle(written, below):
        message = f"managers go round in a circle: {' → '.join(circle)}"
        raise ScenarioError(message, (places[circle[0]] or node).place)


def _check_members(
    node: Entries,
    groups: Mapping[str, Group],
    everyone: Mapping[str, Person],
    all_groups: Mapping[str, Group],
    reading: Reading,
) -> None:
    places = {key.text: value.get("members") for key, value in _entries(node, "groups")}
    for key, at in places.items():
        seen: set[str] = set()
        for index, member in enumerate(groups[key].members):
            item = at.items[index] if isinstance(at, Items) else at
            if member not in everyone and member not in all_groups:
                raise _unknown(member, "person or group", item, reading, everyone, all_groups)
            if member in seen:
                raise ScenarioError(f"{shown(member)} stands here twice", (item or node).place)
            seen.add(member)

    def below(key: str) -> Iterable[str]:
        return (member for member in groups[key].members if member in groups) if key in groups else ()

    if circle := _circle(groups, below):
        message = f"groups contain each other in a circle: {' → '.join(circle)}"
        raise ScenarioError(message, (places[circle[0]] or node).place)


def _unknown(
    name: str,
    kind: Kind,
    at: Node | None,
    reading: Reading,
    people: Mapping[str, Person],
    groups: Mapping[str, Group],
) -> ScenarioError:
    assert isinstance(at, Scalar)
    return unknown_name(name, kind, at, replace(reading, people=people, groups=groups))


def _value(node: Entries, key: str) -> Node:
    return node.get(key) or node


def _circle(keys: Iterable[str], below: Callable[[str], Iterable[str]]) -> list[str] | None:
    """The first circle that is found from `keys`, its first key again at its end; without recursion."""
    done: set[str] = set()
    for start in keys:
        if start in done:
            continue
        path, open_ = [start], [iter(below(start))]
        on_path = {start}
        while path:
            step = next(open_[-1], None)
            if step is None:
                done.add(path[-1])
                on_path.discard(path.pop())
                open_.pop()
            elif step in on_path:
                return [*path[path.index(step) :], step]
            elif step not in done:
                path.append(step)
                on_path.add(step)
                open_.append(iter(below(step)))
    return None
