"""PATCH: the operations of RFC 7644 section 3.5.2, and the forms in which clients send them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import members as membership
from .assign import Target, assign, unassign
from .bodies import check_required
from .filters import Path
from .match import lookup
from .members import Membership
from .parse import attribute_path, parse_path
from .problem import invalid_path, invalid_syntax, invalid_value, mutability, no_target
from .schema import CORE_ALIASES, Kind, attribute
from .switches import Switches

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_OLD = "urn:scim:schemas:core:1.0"
_VERBS = frozenset(("add", "remove", "replace"))
_READ_ONLY = frozenset(("id", "meta", "groups", "schemas"))


@dataclass(slots=True)
class Draft:
    """A resource under change: a copy of its attributes, and for a group its membership."""

    kind: Kind
    attributes: dict[str, Any]
    members: Membership | None = None


def apply(draft: Draft, body: Mapping[str, Any], switches: Switches) -> None:
    """All operations of a PATCH body on the draft; Problem 4xx at the first that cannot be done."""
    operations = body.get("Operations") if switches.strict else lookup(body, "Operations")
    if operations is None and not switches.strict and _is_old(body):
        _apply_old(draft, body, switches)
    else:
        _check(body, operations, switches)
        for operation in operations or ():
            _one(draft, operation, switches)
    check_required(draft.kind, draft.attributes)


def _check(body: Mapping[str, Any], operations: Any, switches: Switches) -> None:
    if not isinstance(operations, list) or not operations:
        raise invalid_syntax("Operations has to be a list of operations.")
    if switches.strict and body.get("schemas") != [PATCH_OP]:
        raise invalid_syntax(f"schemas has to be {PATCH_OP}.")


def _one(draft: Draft, operation: Any, switches: Switches) -> None:
    if not isinstance(operation, Mapping):
        raise invalid_syntax("An operation is an object.")
    verb = _verb(operation, switches)
    path = lookup(operation, "path")
    value = lookup(operation, "value")
    if path is None or path == "":
        if not switches.ignore_pathless:
            _pathless(draft, verb, value, switches)
        return
    if not isinstance(path, str):
        raise invalid_path("path has to be a string.")
    if verb != "remove" and not any(key.lower() == "value" for key in operation):
        raise invalid_value(f"The operation {verb} needs a value.")
    _at(draft, verb, parse_path(path, _extensions(draft)), value, switches)


def _verb(operation: Mapping[str, Any], switches: Switches) -> str:
    verb = lookup(operation, "op")
    if not isinstance(verb, str):
        raise invalid_syntax("An operation needs an op: add, remove or replace.")
    verb = verb if switches.strict else verb.strip().lower()
    if verb not in _VERBS:
        raise invalid_syntax(f"{verb[:40]!r} is not an op: add, remove or replace.")
    return verb


def _pathless(draft: Draft, verb: str, value: Any, switches: Switches) -> None:
    if verb == "remove":
        raise no_target("The operation remove needs a path.")
    if isinstance(value, list) and len(value) == 1 and not switches.strict:
        value = value[0]
    if not isinstance(value, Mapping):
        raise invalid_value("Without a path the value has to be an object of attributes.")
    for key, inner in value.items():
        path = _key(draft, key, inner, switches)
        if path.urn is None and (path.name or "").lower() in _READ_ONLY and not switches.strict:
            continue
        _at(draft, verb, path, inner, switches)


def _key(draft: Draft, key: str, value: Any, switches: Switches) -> Path:
    """The path that a key of a path-less value stands for: a name, a dotted name, or one qualified by a URN."""
    if key[:4].lower() == "urn:":
        path = attribute_path(key, _extensions(draft))
        unknown = path.name is not None and attribute(draft.kind, path.urn, path.name) is None
        return Path(key, None) if unknown and path.urn not in draft.attributes and isinstance(value, Mapping) else path
    if "." in key and switches.strict:
        raise invalid_path(f"{key[:80]!r} is not the name of an attribute.")
    if "[" in key:
        return parse_path(key, _extensions(draft))
    return attribute_path(key)


def _extensions(draft: Draft) -> list[str]:
    return [key for key in draft.attributes if key[:4].lower() == "urn:"]


def _at(draft: Draft, verb: str, path: Path, value: Any, switches: Switches) -> None:
    if path.name is None and (path.urn or "").lower() in CORE_ALIASES:
        _pathless(draft, verb, value, switches)
        return
    name = (path.name or "").lower()
    if path.urn is None and name in _READ_ONLY and attribute(draft.kind, None, name):
        raise mutability(f"{path.name} is read-only.")
    if draft.members is not None and path.urn is None and name == "members":
        membership.change(draft.members, verb, path, value, switches)
    elif verb == "remove":
        unassign(Target(draft.kind, draft.attributes, switches), path, value)
    else:
        assign(Target(draft.kind, draft.attributes, switches), path, value, replace=verb == "replace")


def _is_old(body: Mapping[str, Any]) -> bool:
    schemas = lookup(body, "schemas")
    return isinstance(schemas, list) and _OLD in schemas


def _apply_old(draft: Draft, body: Mapping[str, Any], switches: Switches) -> None:
    """SCIM 1.1: the body is the resource in part; what is in it replaces, members carry an operation each."""
    for key, value in body.items():
        if key.lower() in _READ_ONLY:
            continue
        if draft.members is not None and key.lower() == "members":
            membership.change_old(draft.members, value, switches)
        else:
            _at(draft, "replace", _key(draft, key, value, switches), value, switches)
