"""Okta's default attribute mapping: what of a person goes where.

Source: Okta's SCIM 2.0 reference, and the external names (`emails.^[primary==true].value`) of public vendor tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from idpsim.directory import Person
from idpsim.provisioning.app import App
from idpsim.scim import ENTERPRISE, USER

_ID_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CORE = {"displayName", "nickName", "title", "userType", "preferredLanguage", "locale", "timezone", "userName"}
NAME = {"givenName": "givenName", "familyName": "familyName", "middleName": "middleName"}
WORK = {"employeeNumber", "costCenter", "organization", "division", "department"}
ADDRESS = {
    "street": "streetAddress",
    "city": "locality",
    "region": "region",
    "postalCode": "postalCode",
    "country": "country",
}
LISTED = {"email": ("emails", True), "secondEmail": ("emails", False)} | {
    "phone": ("phoneNumbers", True),
    "mobile": ("phoneNumbers", False),
}
MAPPED = CORE | set(NAME) | WORK | set(ADDRESS) | set(LISTED) | {"manager", "custom"}


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as the app's user profile holds them; `id` is the Okta user id, `password` the placeholder."""

    uid: str
    id: str
    person: Person
    manager_id: str | None = None
    manager_name: str | None = None
    namespace: str = ""
    password: str = ""
    lookup: str = "userName"
    settings: Mapping[str, Any] = field(default_factory=dict)


def profile_of(app: App, person: Person) -> Profile:
    """What the app knows of a person at this moment."""
    boss = app.directory.person(person.manager) if person.manager and app.directory.has_person(person.manager) else None
    return Profile(
        uid=person.uid,
        id=okta_id(app, "00u", person.uid),
        person=person,
        manager_id=getattr(boss, app.settings["manager_id"]) if boss else None,
        manager_name=boss.displayName if boss else None,
        namespace=app.settings["custom_namespace"],
        password=_letters(app.digest(f"password {person.uid}", 8)),
        lookup=app.settings["unique_identifier"],
        settings=app.settings,
    )


def okta_id(app: App, prefix: str, uid: str) -> str:
    """An Okta id: three letters that tell the kind, and 17 more."""
    return prefix + _letters(app.digest(f"okta {uid}", 17))


def _letters(raw: bytes) -> str:
    return "".join(_ID_ALPHABET[byte % len(_ID_ALPHABET)] for byte in raw)


def document(profile: Profile) -> dict[str, Any]:
    """The body of POST /Users, keys in Okta's order; what has no value, or no namespace, is left out."""
    person = profile.person
    body: dict[str, Any] = {
        "schemas": [USER],
        "userName": person.userName,
        "name": _given((scim, getattr(person, name)) for name, scim in NAME.items()) or None,
        "emails": [*_element(person.email, primary=True, type="work"), *_element(person.secondEmail, primary=False)]
        or None,
        "displayName": person.displayName,
        "locale": person.locale,
        "externalId": profile.id,
        "groups": [],
        "password": profile.password,
        "active": True,
        "nickName": person.nickName,
        "title": person.title,
        "userType": person.userType,
        "preferredLanguage": person.preferredLanguage,
        "timezone": person.timezone,
    }
    phones = [*_element(person.phone, primary=True, type="work"), *_element(person.mobile, primary=False)]
    address = _given((scim, getattr(person, name)) for name, scim in ADDRESS.items())
    body["phoneNumbers"] = phones or None
    body["addresses"] = [{"primary": True, **address, "type": "work"}] if address else None
    body |= _extensions(profile)
    body["schemas"] += [key for key in body if key.startswith("urn:")]
    return {key: value for key, value in body.items() if value is not None}


def _extensions(profile: Profile) -> dict[str, Any]:
    work = _given((name, getattr(profile.person, name)) for name in sorted(WORK))
    if profile.manager_id:
        work["manager"] = _given([("value", profile.manager_id), ("displayName", profile.manager_name)])
    found = {ENTERPRISE: work} if work else {}
    if profile.namespace and profile.person.custom:
        found[profile.namespace] = found.get(profile.namespace, {}) | dict(profile.person.custom)
    return found


def _given(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value for key, value in pairs if value is not None}


def _element(value: str | None, *, primary: bool, type: str | None = None) -> list[dict[str, Any]]:
    if value is None:
        return []
    return [{"primary": primary, "value": value} | ({"type": type} if type else {})]
