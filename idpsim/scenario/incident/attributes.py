"""SCIM documents and patches as the directory's attributes, by what the standard says that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from idpsim.scim import ENTERPRISE, get, values_of

Attributes: TypeAlias = Mapping[str, str | None]

_CORE = re.compile(r"urn:(?:ietf:params:)?scim:schemas:core:[\d.]+(?::(?:User|Group))?:", re.IGNORECASE)
_ENTERPRISE = re.compile(r"urn:(?:ietf:params:)?scim:schemas:extension:enterprise:[\d.]+(?::User)?[:.]", re.IGNORECASE)
_PLAIN = (
    *("userName", "displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone"),
    *("division", "department", "organization", "costCenter", "employeeNumber"),
)
_MEANING = {name.lower(): name for name in _PLAIN} | {
    "name.givenname": "givenName",
    "name.middlename": "middleName",
    "name.familyname": "familyName",
    "emails.value": "email",
    "emails[work].value": "email",
    "emails[primary].value": "email",
    "emails[home].value": "secondEmail",
    "emails[other].value": "secondEmail",
    "phonenumbers[work].value": "phone",
    "phonenumbers[primary].value": "phone",
    "phonenumbers[mobile].value": "mobile",
    "phonenumbers[fax].value": "fax",
    "addresses[work].formatted": "office",
    "addresses[work].streetaddress": "street",
    "addresses[work].locality": "city",
    "addresses[work].region": "region",
    "addresses[work].postalcode": "postalCode",
    "addresses[work].country": "country",
}
_MANAGER = ("manager.value", "manager.managerid", "manager", "manager.displayname")
_FILTER = re.compile(r"\[\s*(?:type eq \"?([^\"\]]*)\"?|(primary) eq (?:\"?true\"?))[^\]]*\]", re.IGNORECASE)
_FALSE, _TRUE = ("false", "0"), ("true", "1")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a group, as a request names it."""

    id: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a document or a patch says of a resource; what it does not say is not there.

    `attributes` are the directory's, None where cleared; `manager` holds the words for a manager, the surest first,
    empty where there is none any more. `members` is the whole set; `added` and `removed` change it, `emptied` says
    that all are removed.
    """

    attributes: Attributes = field(default_factory=dict)
    manager: tuple[str, ...] | None = None
    active: bool | None = None
    password: bool = False
    members: tuple[Member, ...] | None = None
    added: tuple[Member, ...] = ()
    removed: tuple[Member, ...] = ()


def of_document(document: Any) -> Said:
    """What a whole resource says."""
    if not isinstance(document, dict):
        return Said()
    members = get(document, "members")
    values = {path: value for path, value in values_of(document).items() if not path.lower().startswith("members")}
    return _said(values, tuple(_members(members)) if isinstance(members, list) else None)


def of_patch(body: Any) -> Said:
    """What the operations of a PATCH say; later ones stand over earlier ones."""
    values: dict[str, Any] = {}
    whole: tuple[Member, ...] | None = None
    added: list[Member] = []
    removed: list[Member] = []
    for op, path, value in _operations(body):
        plain = _CORE.sub("", path)
        if plain.lower().startswith("members"):
            named = [Member(each) for each in re.findall(r"value eq \"([^\"]*)\"", plain, re.IGNORECASE)]
            listed = [*named, *_members(value)]
            if op == "remove":
                removed += listed
                whole = () if not listed else whole
            elif op == "replace":
                whole = tuple(listed)
            else:
                added += listed
        elif plain:
            values |= _values_at(path, None if op == "remove" else value)
    said = _said(values, whole)
    return Said(said.attributes, said.manager, said.active, said.password, whole, tuple(added), tuple(removed))


def _operations(body: Any) -> Iterator[tuple[str, str, Any]]:
    """The operations as (op, path, value); one without a path is one for each attribute in its value."""
    found = get(body, "Operations") if isinstance(body, dict) else None
    for each in found if isinstance(found, list) else ():
        if not isinstance(each, dict):
            continue
        op, path, value = str(get(each, "op")).lower(), get(each, "path"), get(each, "value")
        if isinstance(path, str) and path:
            yield op, path, value
        elif isinstance(value, dict):
            for name, inner in value.items():
                yield op, str(name), inner


def _values_at(path: str, value: Any) -> dict[str, Any]:
    """The values that an operation puts at and below its path."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) and _single(path):
        value = value[0].get("value", value[0])
    if isinstance(value, dict | list) and value:
        return values_of({path: value})
    return {path: value}


def _single(path: str) -> bool:
    return _reading(path) in _MEANING or _reading(path) in _MANAGER


def _said(values: Mapping[str, Any], members: tuple[Member, ...] | None) -> Said:
    attributes: dict[str, str | None] = {}
    managers: dict[str, str] = {}
    active: bool | None = None
    password = False
    for path, value in values.items():
        reading = _reading(path)
        if reading in _MEANING:
            attributes.setdefault(_MEANING[reading], _text(value))
        elif reading in _MANAGER:
            managers[reading] = _text(value) or ""
        elif reading == "active":
            active = _switch(value)
        elif reading == "password":
            password = True
    words = tuple(word for name in _MANAGER if (word := managers.get(name, "").strip())) if managers else None
    return Said(attributes, words, active, password, members)


def _reading(path: str) -> str:
    """A path in small letters, without URN, its filter reduced to the type that it picks."""
    plain = _ENTERPRISE.sub("", _CORE.sub("", path))
    return _FILTER.sub(lambda found: f"[{found[1] or found[2]}]", plain).lower()


def _text(value: Any) -> str | None:
    if isinstance(value, bool) or value is None:
        return None
    return str(value) if isinstance(value, str | int | float) and str(value).strip() else None


def _switch(value: Any) -> bool | None:
    word = str(value).lower()
    return False if word in _FALSE else True if word in _TRUE else None


def _members(value: Any) -> Iterator[Member]:
    for each in value if isinstance(value, list) else (value,):
        identifier = get(each, "value") if isinstance(each, dict) else each
        display = get(each, "display") if isinstance(each, dict) else None
        if isinstance(identifier, str) and identifier:
            yield Member(identifier, display if isinstance(display, str) else "")


def document(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Directory attributes as a SCIM document, as far as they have a plain place in one."""
    made: dict[str, Any] = {}
    work = {"givenName": "name", "middleName": "name", "familyName": "name"}
    company = ("division", "department", "organization", "costCenter", "employeeNumber")
    for name, value in attributes.items():
        if name in work:
            made.setdefault("name", {})[name] = value
        elif name in company:
            made.setdefault(ENTERPRISE, {})[name] = value
        elif name == "email":
            made["emails"] = [{"type": "work", "value": value}]
        elif name in _PLAIN or name == "active":
            made[name] = value
    return made
