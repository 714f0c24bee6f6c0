"""What a PATCH, a filter and a body mean: pure functions on plain JSON values, for `seeded`."""

import json
import re
from collections.abc import Iterator
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
URNS = {urn.lower(): urn for urn in (USER, GROUP, ENTERPRISE)} | {
    f"urn:scim:schemas:{name}:{version}": urn  # OneLogin's stock templates
    for name, urn in (("core", USER), ("extension:enterprise", ENTERPRISE))
    for version in ("1.0", "2.0")
}
MULTI = {
    *("emails", "phoneNumbers", "addresses", "ims", "photos", "roles"),
    *("entitlements", "x509Certificates", "members"),
}
SINGLE = (
    *("userName", "externalId", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage"),
    *("locale", "timezone", "active", "password", "name", "id", "schemas", "meta", "groups"),
)
SUB = (
    *("givenName", "familyName", "middleName", "formatted", "value", "type", "primary", "display", "department"),
    *("employeeNumber", "costCenter", "organization", "division", "manager", "streetAddress", "locality", "region"),
    *("postalCode", "country"),
)
NAMES = {name.lower(): name for name in (*MULTI, *SINGLE, *SUB)}
READ_ONLY = {"id", "schemas", "meta", "groups"}
EXACT = {"id", "externalId", "members", "manager"}
SHORTER = {"userName", "externalId", "name", "emails", "active", "password"}
PATH = re.compile(
    r"(?:(?P<urn>urn:.+):)?(?P<name>[a-z$][\w$-]*)(?:\[(?P<filter>.*)\])?(?:\.(?P<sub>[\w$-]+))?", re.IGNORECASE
)
TERM = re.compile(
    r'\s*(?P<path>[\w:.$-]+(?:\[[^\]]*\])?(?:\.\w+)?)\s+eq\s+(?P<value>"(?:[^"\\]|\\.)*"|[\w.-]+)\s*(?:and\b|$)',
    re.IGNORECASE,
)

Json = dict[str, Any]


class Refused(Exception):
    """An error answer: status, scimType, detail."""


def parsed(path: str) -> tuple[str | None, str, str | None, str | None]:
    """A PATCH path or filter attribute, as (extension URN, attribute, value filter, sub-attribute)."""
    if path.lower() in URNS or (path.lower().startswith("urn:") and path.lower().endswith((":user", ":group"))):
        return URNS.get(path.lower(), path), "", None, None
    if not (found := PATH.fullmatch(path.strip())):
        raise Refused(400, "invalidPath", f"no such path: {path}")
    urn = URNS.get((found["urn"] or USER).lower(), found["urn"])
    name, sub = NAMES.get(found["name"].lower(), found["name"]), found["sub"] and NAMES.get(found["sub"].lower())
    return None if urn in (USER, GROUP) else urn, name, found["filter"], sub or found["sub"]


def terms(text: str) -> Iterator[tuple[str, str]]:
    """The terms of a filter of `eq` and `and`, as (path, value as text)."""
    at = 0
    while at < len(text):
        if not (found := TERM.match(text, at)):
            raise Refused(400, "invalidFilter", f"this filter is not understood: {text}")
        value = found["value"]
        yield found["path"], str(json.loads(value)) if value.startswith('"') else value
        at = found.end()


def cleaned(name: str, value: Any) -> Any:
    """A value as it is stored: booleans that came as text, a lone object where a list belongs, a bare manager."""
    if name in ("active", "primary") and isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if name == "manager" and not isinstance(value, dict):
        return {"value": str(value)}
    if name in MULTI:
        items = value if isinstance(value, list) else [value]
        return [cleaned("", item) if isinstance(item, dict) else {"value": item} for item in items]
    if isinstance(value, dict):
        known: Json = {NAMES.get(str(key).lower(), str(key)): item for key, item in value.items() if item is not None}
        if name == "manager" and "managerId" in known:
            known["value"] = known.pop("managerId")
        return {key: cleaned(key, item) for key, item in known.items() if key != "$ref"}
    return value


def matches(item: Any, filter_text: str) -> bool:
    return isinstance(item, dict) and all(
        str(item.get(NAMES.get(path.lower(), path), "")).lower() == value.lower() for path, value in terms(filter_text)
    )


def apply(op: str, path: str, value: Any, resource: Json, bug: str | None = None) -> None:
    """One operation at one path, changing the resource."""
    urn, name, filter_text, sub = parsed(path)
    if urn is None and name in READ_ONLY:
        return
    if urn and not name:
        for key, item in (value or {}).items():
            apply(op, f"{urn}:{key}", item, resource, bug)
        if op == "remove":
            resource.pop(urn, None)
        return
    place = resource if urn is None else resource.setdefault(urn, {})
    place = resource.setdefault(ENTERPRISE, {}) if urn is None and name == "manager" else place
    if op != "remove" and value is None and not sub:
        op = "remove"
    if filter_text is not None:
        apply_where(op, place, name, filter_text, sub, value, bug)
    elif sub:
        target = place.setdefault(name, [] if name in MULTI else {})
        for item in target if isinstance(target, list) else [target]:
            item.pop(sub, None) if op == "remove" else item.update({sub: cleaned(sub, value)})
    elif op == "remove" and name in MULTI and value:
        leaving = {item.get("value") for item in cleaned(name, value)}
        wiped = bug == "value-remove-wipes-group" and name == "members"
        place[name] = [] if wiped else [item for item in place.get(name, ()) if item.get("value") not in leaving]
    elif op == "remove":
        place.pop(name, None)
    elif name == "active" and bug == "string-false-ignored" and isinstance(value, str):
        return
    elif op == "add" and name in MULTI and not (bug == "add-replaces-members" and name == "members"):
        have = place.setdefault(name, [])
        same = {item.get("value") for item in have} - {None}
        have += [item for item in cleaned(name, value) if item not in have and item.get("value") not in same]
    elif isinstance(value, dict) and isinstance(place.get(name), dict):
        place[name].update(cleaned(name, value))
    else:
        place[name] = cleaned(name, value)
        if name == "members":
            place[name] = list({item.get("value"): item for item in place[name]}.values())


def apply_where(
    op: str, place: Json, name: str, filter_text: str, sub: str | None, value: Any, bug: str | None
) -> None:
    """One operation at the elements that a value filter selects; `add` and `replace` make one if there is none."""
    if isinstance(place.get(name), dict):
        if op == "remove" and matches(place[name], filter_text):
            del place[name]
        return
    items = place.setdefault(name, [])
    chosen = [item for item in items if matches(item, filter_text)]
    if op == "remove" and not sub:
        wiped = bug == "filtered-remove-wipes-group" and name == "members"
        place[name] = [] if wiped else [item for item in items if item not in chosen]
        return
    if op != "remove" and not chosen:
        chosen = [{NAMES.get(key.lower(), key): cleaned(key, text) for key, text in terms(filter_text)}]
        items += chosen
    for item in chosen:
        if op == "remove":
            item.pop(sub, None)
        else:
            item.update({sub: cleaned(sub, value)} if sub else cleaned("", value))
