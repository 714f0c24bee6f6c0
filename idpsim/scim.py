"""SCIM paths: a resource as values by path, and the value that a path finds in a resource."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
NOT_VALUES = frozenset({"schemas", "id", "meta"})
_STEP = re.compile(r"([A-Za-z$_][\w$-]*)(?:\[([^\]]*)\])?(?:\.|$)")
_TERM = re.compile(r"\s*([\w$.-]+)\s+eq\s+(\"(?:[^\"\\]|\\.)*\"|true|false|-?\d+)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a path finds: the values there are, none where the resource does not have it."""

    values: tuple[Any, ...]

    @property
    def missing(self) -> bool:
        return all(value is None or value == [] or value == "" for value in self.values)


def values_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """A resource as values by SCIM path, without `schemas`, `id` and `meta`; nulls and empty lists are no values.

    An element of a multi-valued attribute is told by its `type` (`emails[type eq "work"].value`), else by
    `primary`; where that does not tell them apart the attribute is one tuple of its elements.
    """
    values: dict[str, Any] = {}
    for name, value in document.items():
        if name not in NOT_VALUES:
            _lay(values, name, value, ":" if name[:4].lower() == "urn:" else ".")
    return values


def _lay(values: dict[str, Any], path: str, value: Any, joint: str = ".") -> None:
    """Put the values at and below a path; text, the most common, is told first."""
    kind = type(value)
    if kind is str or kind is bool:
        values[path] = value
    elif kind is dict:
        for name, inner in value.items():
            _lay(values, f"{path}{joint}{name}", inner)
    elif kind is list or kind is tuple:
        _lay_elements(values, path, value)
    elif value is not None:
        values[path] = value


def _lay_elements(values: dict[str, Any], path: str, elements: Sequence[Any]) -> None:
    if not elements:
        return
    selectors = [_selector(each) for each in elements]
    if None in selectors or len(set(selectors)) < len(selectors):
        values[path] = tuple(elements)
        return
    for each, selector in zip(elements, selectors, strict=True):
        for name, value in each.items():
            if name != "type" and value is not None and not isinstance(value, list | dict):
                values[f"{path}[{selector}].{name}"] = value


def _selector(element: Any) -> str | None:
    if not isinstance(element, dict):
        return None
    if isinstance(element.get("type"), str):
        return f'type eq "{element["type"]}"'
    if isinstance(element.get("primary"), bool):
        return f"primary eq {'true' if element['primary'] else 'false'}"
    return None


def find(resource: Mapping[str, Any], path: str) -> Found:
    """The values at a SCIM path, attribute names in any case; a URN may stand before the attribute."""
    holder, rest = _holder(resource, path)
    values: list[Any] = [holder]
    position = 0
    while position < len(rest):
        step = _STEP.match(rest, position)
        if step is None:
            return Found(())
        values = [each for value in values for each in _follow(value, step[1], step[2])]
        position = step.end()
    return Found(tuple(values))


def _holder(resource: Mapping[str, Any], path: str) -> tuple[Any, str]:
    if not path.lower().startswith("urn:"):
        return resource, path
    for key, value in resource.items():
        if key.lower().startswith("urn:") and path.lower().startswith(f"{key.lower()}:"):
            return value, path[len(key) + 1 :]
    core = f"{USER.lower()}:", f"{GROUP.lower()}:"
    if path.lower().startswith(core):
        return resource, path.rpartition(":")[2]
    return None, path.rpartition(":")[2]


def _follow(value: Any, name: str, wanted: str | None) -> list[Any]:
    if isinstance(value, list | tuple):
        return [each for element in value for each in _follow(element, name, wanted)]
    if not isinstance(value, Mapping):
        return []
    found = get(value, name)
    if found is None:
        return []
    if wanted is None:
        return list(found) if isinstance(found, list) and not found else [found]
    elements = found if isinstance(found, list) else [found]
    return [each for each in elements if isinstance(each, Mapping) and _fits(each, wanted)]


def get(resource: Mapping[str, Any], name: str) -> Any:
    """The value of an attribute, its name in any case."""
    if name in resource:
        return resource[name]
    lower = name.lower()
    return next((value for key, value in resource.items() if key.lower() == lower), None)


def _fits(element: Mapping[str, Any], wanted: str) -> bool:
    for term in re.split(r"\s+and\s+", wanted, flags=re.IGNORECASE):
        match = _TERM.fullmatch(term)
        if match is None or _plain(get(element, match[1])) != _plain(match[2].strip('"')):
            return False
    return True


def _plain(value: Any) -> str:
    return str(value).casefold()
