"""Resources as clients see them: whole documents, and the part of one that `attributes` asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .filters import Path
from .parse import attribute_path
from .problem import Problem, invalid_value
from .schema import CORE, Kind
from .store import Entry, Store

COLLECTIONS: dict[Kind, str] = {"user": "Users", "group": "Groups"}
_TYPES: dict[Kind, str] = {"user": "User", "group": "Group"}


@dataclass(frozen=True, slots=True)
class Projection:
    """Which attributes an answer holds: only these, or all but those."""

    only: tuple[Path, ...] = ()
    but: tuple[Path, ...] = ()

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Projection:
        """The projection that `attributes` and `excludedAttributes` ask for."""
        return cls(_paths(query.get("attributes", "")), _paths(query.get("excludedattributes", "")))

    def wants(self, name: str) -> bool:
        """Whether a core attribute with this name is in the answer at all."""
        if self.only:
            return any(_is(path, name) for path in self.only)
        return not any(_is(path, name) and not path.sub for path in self.but)

    def applied(self, document: dict[str, Any]) -> dict[str, Any]:
        """The document with only what is asked for; `schemas` and `id` always stay."""
        if self.only:
            return {key: part for key, value in document.items() if (part := self._kept(key, value)) is not None}
        if self.but:
            return {key: part for key, value in document.items() if (part := self._left(key, value)) is not None}
        return document

    def _kept(self, key: str, value: Any) -> Any:
        paths = [path for path in self.only if _concerns(path, key)]
        if key in ("schemas", "id") or any(_leaf(path) is None for path in paths):
            return value
        if key[:4].lower() == "urn:":
            return _with(value, {(path.name or "").lower(): path.sub for path in paths}) or None
        return _each(value, lambda one: _with(one, {(path.sub or "").lower(): None for path in paths})) or None

    def _left(self, key: str, value: Any) -> Any:
        paths = [path for path in self.but if _concerns(path, key)]
        if key in ("schemas", "id") or not paths:
            return value
        leaves = [_leaf(path) for path in paths]
        if None in leaves:
            return None
        return _each(value, lambda one: _without(one, {str(leaf).lower() for leaf in leaves})) or None


def _paths(text: str) -> tuple[Path, ...]:
    try:
        return tuple(attribute_path(part.strip()) for part in text.split(",") if part.strip())
    except Problem as problem:
        raise invalid_value(problem.detail) from problem


def _is(path: Path, name: str) -> bool:
    return path.urn is None and (path.name is None or path.name.lower() == name.lower())


def _concerns(path: Path, key: str) -> bool:
    if path.urn is not None:
        return path.urn.lower() == key.lower()
    return key[:4].lower() != "urn:" and _is(path, key)


def _leaf(path: Path) -> str | None:
    """What of the value the path means; None: all of it."""
    return path.name if path.urn is not None else path.sub if path.name else None


def _each(value: Any, cut: Any) -> Any:
    if isinstance(value, list):
        return [part for one in value if (part := cut(one))]
    return cut(value)


def _with(value: Any, names: Mapping[str, str | None]) -> Any:
    if not isinstance(value, Mapping):
        return None
    kept = {key: inner for key, inner in value.items() if key.lower() in names}
    for key, sub in ((key, names[key.lower()]) for key in list(kept)):
        if sub:
            kept[key] = _with(kept[key], {sub.lower(): None})
    return kept


def _without(value: Any, names: set[str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {key: inner for key, inner in value.items() if key.lower() not in names}


def document(store: Store, entry: Entry, base: str, projection: Projection, members: bool = True) -> dict[str, Any]:
    """The resource as it is returned; `base` is the URL of the SCIM endpoint, `members` whether a group has them."""
    extensions = [key for key in entry.attributes if key[:4].lower() == "urn:"]
    whole: dict[str, Any] = {"schemas": [CORE[entry.kind], *extensions], "id": entry.id, **entry.attributes}
    if entry.kind == "group" and members and projection.wants("members"):
        whole["members"] = _members(store, entry, base)
    elif entry.kind == "user" and projection.wants("groups") and (groups := store.groups_of(entry.id)):
        whole["groups"] = [_reference(group, base, "direct") for group in groups]
    whole["meta"] = {
        "resourceType": _TYPES[entry.kind],
        "created": entry.created,
        "lastModified": entry.modified,
        "location": location(entry, base),
        "version": entry.etag,
    }
    return projection.applied(whole)


def location(entry: Entry, base: str) -> str:
    """The URL of a resource."""
    return f"{base}/{COLLECTIONS[entry.kind]}/{entry.id}"


def _members(store: Store, group: Entry, base: str) -> list[dict[str, Any]]:
    with store.lock:
        members: Sequence[tuple[str, Mapping[str, Any]]] = list(store.members(group.id).items())
    found = []
    for id, member in members:
        entry = store.get("user", id) or store.get("group", id)
        reference = _reference(entry, base, _TYPES[entry.kind]) if entry else {}
        found.append({**member, **reference})
    return found


def _reference(entry: Entry, base: str, type: str) -> dict[str, Any]:
    display = entry.attributes.get("displayName") or entry.attributes.get("userName")
    return {"value": entry.id, "$ref": location(entry, base), "type": type, "display": display}
