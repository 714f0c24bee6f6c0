"""Where an attribute path leads in a resource, and what assigning or unassigning there does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .elements import added, canonical, chosen_edited, merged, without
from .filters import Path
from .problem import invalid_path, invalid_value, mutability
from .schema import ENTERPRISE, REQUIRED, Attribute, Kind, attribute, known_urn
from .switches import Switches
from .values import coerce, is_ignored


@dataclass(frozen=True, slots=True)
class Target:
    """The attributes of one resource, changed in place."""

    kind: Kind
    attributes: dict[str, Any]
    switches: Switches


def assign(target: Target, path: Path, value: Any, *, replace: bool) -> None:
    """Add or replace the value at a path; null and the empty list unassign."""
    if path.name is None:
        _assign_extension(target, path, value, replace)
        return
    path = _home(target, path)
    found, holder, name = _find(target, path)
    if (path.urn is None and name == "password") or is_ignored(_leaf(found, path), value, target.switches):
        return
    new = _assigned(holder.get(name), path, found, value, replace, target.switches)
    _put(target, path.urn, holder, name, new)


def unassign(target: Target, path: Path, value: Any) -> None:
    """Remove what is at a path; of many values those that `value` names, where it names any (not if strict)."""
    if path.name is None:
        _put(target, None, target.attributes, _extension_key(target, path.urn or ""), None)
        return
    path = _home(target, path)
    found, holder, name = _find(target, path)
    if path.urn is None and name == REQUIRED[target.kind]:
        raise mutability(f"{name} is required.")
    old = holder.get(name)
    if path.where:
        new = chosen_edited(old, path, found, "remove", None, target.switches)
    elif path.sub:
        new = _without_sub(old, path.sub)
    else:
        new = without(old, value) if value not in (None, []) and not target.switches.strict else None
    _put(target, path.urn, holder, name, new)


def _assigned(old: Any, path: Path, found: Attribute | None, value: Any, replace: bool, switches: Switches) -> Any:
    if path.where:
        return chosen_edited(old, path, found, "add", value, switches)
    if path.sub:
        return _with_sub(old, path.sub, found, value, switches)
    new = coerce(found, value, switches)
    if cleared := _cleared(found, value):
        return added(old, {**(new or {}), **cleared}, found, replace)
    if new is None or (replace and new == []):
        return None if replace or value is None else old
    return added(old, new, found, replace)


def _cleared(found: Attribute | None, value: Any) -> dict[str, None]:
    """The sub-attributes of a single complex value that were sent as null."""
    if not found or found.multi or not isinstance(value, Mapping):
        return {}
    return {part.name: None for key, inner in value.items() if inner is None and (part := found.part(key))}


def _with_sub(old: Any, sub: str, found: Attribute | None, value: Any, switches: Switches) -> Any:
    part = found.part(sub) if found else None
    if found and found.type != "complex":
        raise invalid_path(f"{found.name} has no sub-attributes.")
    new = {part.name if part else sub: coerce(part, value, switches)}
    if isinstance(old, list) or (old is None and found and found.multi):
        return [merged(one, new) if isinstance(one, dict) else one for one in old or [{}]]
    return merged(old if isinstance(old, dict) else {}, new)


def _without_sub(old: Any, sub: str) -> Any:
    if isinstance(old, list):
        return [left for one in old if (left := _without_sub(one, sub))]
    if isinstance(old, dict):
        return {key: value for key, value in old.items() if key.lower() != sub.lower()}
    return old


def _assign_extension(target: Target, path: Path, value: Any, replace: bool) -> None:
    if value is None:
        unassign(target, path, None)
        return
    if not isinstance(value, Mapping):
        raise invalid_value(f"{path.urn} is an extension: its value is an object.")
    for key, inner in value.items():
        assign(target, Path(path.urn, key), inner, replace=replace)


def _home(target: Target, path: Path) -> Path:
    """A bare `manager` is the enterprise extension's, unless the resource has one of its own."""
    bare = path.urn is None and target.kind == "user" and (path.name or "").lower() == "manager"
    if bare and "manager" not in target.attributes and not target.switches.strict:
        return Path(ENTERPRISE, "manager", path.where, path.sub)
    return path


def _find(target: Target, path: Path) -> tuple[Attribute | None, dict[str, Any], str]:
    assert path.name is not None
    found = attribute(target.kind, path.urn, path.name)
    if path.urn is None:
        return found, target.attributes, canonical(path.name, found, target.attributes)
    if target.switches.strict and known_urn(path.urn) is None:
        raise invalid_path(f"The schema {path.urn} is not known.")
    key = _extension_key(target, path.urn)
    holder = dict(target.attributes.get(key) or {})
    return found, holder, canonical(path.name, found, holder)


def _extension_key(target: Target, urn: str) -> str:
    return known_urn(urn) or canonical(urn, None, target.attributes)


def _leaf(found: Attribute | None, path: Path) -> Attribute | None:
    return found.part(path.sub) if found and path.sub else found


def _put(target: Target, urn: str | None, holder: dict[str, Any], name: str, new: Any) -> None:
    """Keep the value, or take the attribute away where nothing is left of it."""
    if new is None or new in ({}, []):
        holder.pop(name, None)
    else:
        holder[name] = new
    if urn is not None:
        _put(target, None, target.attributes, _extension_key(target, urn), holder)
