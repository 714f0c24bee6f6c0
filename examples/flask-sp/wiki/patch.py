"""What identity providers write in a SCIM body, and in the Operations of a PATCH (RFC 7644, section 3.5.2)."""

from __future__ import annotations

import copy
import re
from typing import Any

Json = dict[str, Any]

NOT_THEIRS = {"id", "meta", "password"}
PATH = re.compile(r'((?P<urn>urn:[^\[]+):)?(?P<name>\w+)(\[(?P<key>\w+) eq "(?P<wanted>[^"]*)"\])?(\.(?P<sub>\w+))?')


class PatchError(Exception):
    """This operation cannot be done; says why."""


def stored(body: Json) -> Json:
    """The body of a POST or PUT as the wiki keeps it."""
    return {name: value_of(name, value) for name, value in body.items() if name not in NOT_THEIRS}


def patched(resource: Json, operations: list[Json]) -> Json:
    """The resource after the operations; PatchError if one cannot be done, and then none is."""
    changed = copy.deepcopy(resource)
    for operation in operations:
        op, path, value = str(operation.get("op")).lower(), operation.get("path"), operation.get("value")
        values = {path: value} if path else value
        if op not in ("add", "replace", "remove"):
            raise PatchError(f"There is no operation {op}.")
        if not isinstance(values, dict):
            raise PatchError("An operation without a path needs an object as its value.")
        for each, content in values.items():
            apply(changed, op, each, content)
    return changed


def apply(resource: Json, op: str, path: str, value: Any) -> None:
    """Changes the resource by one operation at one path."""
    if not (found := PATH.fullmatch(path)):
        raise PatchError(f"This path is not supported: {path}")
    name, sub = found["name"], found["sub"]
    place = resource.setdefault(found["urn"], {}) if found["urn"] else resource
    if name in NOT_THEIRS:
        return
    if found["key"]:
        elements(place, op, found, value)
    elif sub:
        place[name] = {**place.get(name, {}), sub: value}
    elif op == "remove" and value and isinstance(value, list):  # Entra names the members that leave in the value
        leaving = [item["value"] for item in value]
        place[name] = [item for item in place.get(name, []) if item["value"] not in leaving]
    elif op == "remove":
        place.pop(name, None)
    elif op == "add" and isinstance(value, list):
        place[name] = [*place.get(name, []), *(item for item in value if item not in place.get(name, []))]
    else:
        place[name] = value_of(name, value)


def elements(place: Json, op: str, found: re.Match[str], value: Any) -> None:
    """Changes those elements of a list that a filter in the path selects; makes one if there is none to change."""
    items = place.setdefault(found["name"], [])
    chosen = [item for item in items if item.get(found["key"]) == found["wanted"]]
    if op == "remove":
        place[found["name"]] = [item for item in items if item not in chosen]
        return
    if not chosen:
        items.append({found["key"]: found["wanted"]})
        chosen = items[-1:]
    for item in chosen:
        item.update({found["sub"]: value} if found["sub"] else value)


def value_of(name: str, value: Any) -> Any:
    """A value as the wiki keeps it: `active` is true or false, a manager is an object."""
    if name == "active":
        return truth(value)
    if name == "manager" and isinstance(value, str):
        return {"value": value}
    return value


def truth(value: Any) -> bool:
    """Entra ID sends a boolean of a PATCH as text: "True" or "False"."""
    return value.lower() == "true" if isinstance(value, str) else bool(value)
