"""A story about nobody real: names, addresses and numbers are invented, the same ones for the same people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from idpsim.scenario.incident.groups import GroupMade
from idpsim.scenario.incident.story import Story

_GIVEN = ("Ada", "Grace", "Alan", "Joan", "Mary", "Edsger", "Barbara", "Donald", "Frances", "Niklaus", "Radia", "Ken")
_FAMILY = ("Aster", "Birch", "Cedar", "Daisy", "Elder", "Fern", "Gorse", "Hazel", "Iris", "Juniper", "Kelp", "Larch")
_KEPT = ("manager", "preferredLanguage", "locale", "timezone", "country", "active")
_PLACES = {"street": "Example Street", "city": "Example City", "region": "Example Region", "office": "Office"}
_WORDS = {
    "title": "Title",
    "userType": "Type",
    "department": "Department",
    "division": "Division",
    "organization": "Organization",
    "costCenter": "Cost Center",
}


def anonymous(told: Story) -> Story:
    """The same story about invented people and groups; who is whose manager and member stays."""
    return _Invention(told).story()


class _Invention:
    """What stands for what: the same text under the same attribute always becomes the same."""

    def __init__(self, told: Story) -> None:
        self._told = told
        self._people = {key: f"person{n}" for n, key in enumerate(told.people, 1)}
        self._groups = {key: f"group{n}" for n, key in enumerate(told.groups, 1)}
        self._found: dict[str, dict[str, str]] = {}

    def story(self) -> Story:
        people = {self._people[key]: self._attributes(values, key) for key, values in self._told.people.items()}
        groups = {
            self._groups[key]: GroupMade(self._invented("group", group.displayName), self._renamed(group.members))
            for key, group in self._told.groups.items()
        }
        happenings = tuple(
            replace(
                each,
                people=list(self._renamed(each.people)),
                groups=[self._groups[key] for key in each.groups],
                arguments=self._arguments(each.arguments, each.people[0] if each.people else None),
            )
            for each in self._told.happenings
        )
        return Story(people, groups, happenings, self._told.unexplained)

    def _renamed(self, keys: tuple[str, ...] | list[str]) -> tuple[str, ...]:
        return tuple(self._people[key] for key in keys)

    def _arguments(self, arguments: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        found = dict(arguments)
        if isinstance(found.get("set"), dict):
            values = found["set"]
            group = {name: self._invented("group", str(value)) for name, value in values.items()}
            found["set"] = self._attributes(values, key) if key is not None else group
        return found

    def _attributes(self, values: Mapping[str, Any], key: str) -> dict[str, Any]:
        return {name: self._value(name, value, key) for name, value in values.items()}

    def _value(self, name: str, value: Any, key: str) -> Any:
        if name == "manager" and value is not None:
            return self._people[value]
        if name in _KEPT or not isinstance(value, str):
            return value
        return self._invented(name, value, self._people[key])

    def _invented(self, name: str, value: str, person: str = "") -> str:
        kind = "address" if name in ("userName", "email", "secondEmail") else name
        known = self._found.setdefault(kind, {})
        folded = value.casefold()
        if folded not in known:
            known[folded] = _made(kind, value, len(known), person, set(known.values()))
        return known[folded]


def _made(kind: str, value: str, number: int, person: str, taken: set[str]) -> str:
    """Something that nobody is called, reaches or lives by."""
    if kind == "address":
        whole = f"{person}@example.com" if "@" in value else person
        other = f"{person}.{number + 1}@example.com" if "@" in value else f"{person}.{number + 1}"
        return other if whole in taken else whole
    if kind in ("givenName", "middleName", "nickName", "familyName"):
        names = _FAMILY if kind == "familyName" else _GIVEN
        return names[number % len(names)] + (f" {number // len(names) + 1}" if number >= len(names) else "")
    if kind in ("phone", "mobile", "fax"):
        return f"+1 555 01{number:04d}"
    if kind in ("employeeNumber", "postalCode"):
        return f"{10001 + number}"
    if kind == "displayName":
        return f"Person {number + 1}"
    return f"{_WORDS.get(kind) or _PLACES.get(kind) or kind.capitalize()} {number + 1}"
