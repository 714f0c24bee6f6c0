"""The body of a POST or PUT as the attributes to keep.

Core attributes sent under a schema URN of their own making (`urn:scim:schemas:core:1.0`) are core attributes. An
extension object is kept and returned under the very URN it was sent with, also where that URN means the enterprise
extension and is not the RFC's: what was sent is what is read back, and nothing appears under the RFC's URN that nobody
sent there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .problem import invalid_syntax, invalid_value
from .schema import CORE, CORE_ALIASES, ENTERPRISE, REQUIRED, Kind, attribute, known_urn
from .switches import Switches
from .values import coerce, is_ignored

_NOT_KEPT = frozenset(("schemas", "id", "meta", "groups", "password"))


def attributes_of(kind: Kind, body: Mapping[str, Any], switches: Switches) -> dict[str, Any]:
    """The attributes to keep (members among them, as sent); Problem 400 where they cannot be kept."""
    if switches.strict:
        _check_schemas(kind, body)
    kept: dict[str, Any] = {}
    _take(kept, kind, body, switches)
    check_required(kind, kept)
    return kept


def check_required(kind: Kind, attributes: Mapping[str, Any]) -> None:
    """Problem 400 invalidValue where the attribute that every resource of this kind has is missing."""
    value = attributes.get(REQUIRED[kind])
    if not isinstance(value, str) or not value.strip():
        raise invalid_value(f"{REQUIRED[kind]} is required.")


def _take(kept: dict[str, Any], kind: Kind, sent: Mapping[str, Any], switches: Switches) -> None:
    for key, value in sent.items():
        if key[:4].lower() == "urn:":
            _extend(kept, kind, key, value, switches)
        else:
            _keep(kept, kind, None, key, value, switches)


def _keep(holder: dict[str, Any], kind: Kind, urn: str | None, key: str, value: Any, switches: Switches) -> None:
    found = attribute(kind, urn, key)
    name = found.name if found else key
    if (urn is None and name in _NOT_KEPT and found) or is_ignored(found, value, switches):
        return
    value = coerce(found, value, switches)
    if value is not None and value != []:
        holder[name] = value


def _extend(kept: dict[str, Any], kind: Kind, key: str, value: Any, switches: Switches) -> None:
    if value is None:
        return
    if not isinstance(value, Mapping):
        raise invalid_value(f"{key} is an extension: its value is an object.")
    if key.lower() in CORE_ALIASES:
        _take(kept, kind, value, switches)
        return
    urn = known_urn(key) or key
    extension: dict[str, Any] = {}
    for name, inner in value.items():
        _keep(extension, kind, urn, name, inner, switches)
    if extension:
        kept[urn] = extension


def _check_schemas(kind: Kind, body: Mapping[str, Any]) -> None:
    schemas = body.get("schemas")
    allowed = {CORE[kind], ENTERPRISE} if kind == "user" else {CORE[kind]}
    if not isinstance(schemas, list) or CORE[kind] not in schemas:
        raise invalid_syntax(f"schemas has to hold {CORE[kind]}.")
    used = [*schemas, *(key for key in body if key[:4].lower() == "urn:")]
    unknown = [urn for urn in used if not isinstance(urn, str) or urn not in allowed]
    if unknown:
        raise invalid_syntax(f"The schema {unknown[0]} is not known.")
