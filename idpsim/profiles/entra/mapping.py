"""Entra's default attribute mapping of a non-gallery app: what of a person goes where, and the body of a create.

Sources: Microsoft's SCIM guide, and the data contracts of AzureAD/SCIMReferenceCode for the order of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from idpsim.directory import Group, Person
from idpsim.profiles.entra.rules import Rules
from idpsim.provisioning.app import App
from idpsim.scim import ENTERPRISE, GROUP, USER

OLD_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
EMAIL = 'emails[type eq "work"].value'
MANAGER = f"{ENTERPRISE}:manager"
MANAGER_VALUE = f"{MANAGER}.value"
ADDRESS = 'addresses[type eq "work"].'
PHONE = 'phoneNumbers[type eq "{}"].value'
PHONES = {"work": "phone", "mobile": "mobile", "fax": "fax"}
ROWS: tuple[tuple[str, str], ...] = (
    ("userName", "userName"),
    ("active", "active"),
    ("displayName", "displayName"),
    ("title", "title"),
    (EMAIL, "email"),
    ("preferredLanguage", "preferredLanguage"),
    ("name.givenName", "givenName"),
    ("name.familyName", "familyName"),
    ("name.formatted", "formatted"),
    (f"{ADDRESS}formatted", "office"),
    (f"{ADDRESS}streetAddress", "street"),
    (f"{ADDRESS}locality", "city"),
    (f"{ADDRESS}region", "region"),
    (f"{ADDRESS}postalCode", "postalCode"),
    (f"{ADDRESS}country", "country"),
    *((PHONE.format(kind), name) for kind, name in PHONES.items()),
    ("externalId", "alias"),
    (f"{ENTERPRISE}:employeeNumber", "employeeNumber"),
    (f"{ENTERPRISE}:department", "department"),
)
MAPPED = frozenset(name for _, name in ROWS) | {"manager"}
ADDRESS_KEYS = ("country", "formatted", "locality", "postalCode", "region", "streetAddress")


@dataclass(frozen=True, slots=True)
class Source:
    """A person or group as the directory holds it: values by SCIM path in the order of the mapping, None for none.

    `matching` are the pairs by which it is looked up. `cleared` names what was emptied, `groups` are the uids of
    groups that hold the person at the service provider, `manager` is the accepted id of an unchanged manager, `note` is
    said when the resource is made.
    """

    uid: str
    values: Mapping[str, Any]
    matching: tuple[tuple[str, str], ...]
    cleared: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    manager: str = ""
    note: str = ""

    @property
    def active(self) -> bool:
        """Whether the source is not softly deleted, as far as `active` is mapped."""
        return self.values.get("active") is not False


def object_id(app: App, uid: str) -> str:
    """The object id that the directory gave to a person or group."""
    return app.guid(f"object {uid}")


def principal_name(name: str) -> str:
    """A guest's own address in place of the name with #EXT# that the tenant gave them."""
    local, guest, _ = name.partition("#EXT#")
    alias, underscore, domain = local.rpartition("_")
    return f"{alias}@{domain}" if guest and underscore else name


def values_of_person(person: Person, active: bool | None, app: App, rules: Rules) -> dict[str, Any]:
    """What the default mapping makes of a person, by SCIM path; an empty value is None."""
    own = {name: getattr(person, name, None) or None for _, name in ROWS}
    own["userName"] = principal_name(person.userName) or None
    own["active"] = active
    own["formatted"] = " ".join(each for each in (person.givenName, person.familyName) if each) or None
    if rules.external_id == "objectId":
        own["alias"] = object_id(app, person.uid)
    values = {path: own[name] for path, name in ROWS if name != "active" or active is not None}
    if rules.custom_extension:
        values |= {f"{rules.custom_extension}:{name}": value or None for name, value in person.custom.items()}
    return values


def matching_of(values: Mapping[str, Any], names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The pairs of attribute and value by which a resource is looked up; attributes without a value are left out."""
    return tuple((name, str(values[name])) for name in names if values.get(name))


def source_of_group(group: Group, app: App) -> Source:
    """What the default mapping makes of a group."""
    values = {"displayName": group.displayName or None, "externalId": object_id(app, group.uid)}
    return Source(group.uid, values, matching_of(values, ("displayName",)))


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that there are."""
    return {path: value for path, value in values.items() if value is not None}


def user_document(values: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """The body of POST /Users, keys in the order of Microsoft's data contracts; what is empty is left out."""
    body: dict[str, Any] = {
        "schemas": [USER, ENTERPRISE],
        "externalId": values["externalId"],
        "userName": values["userName"],
        "active": _active(values.get("active"), rules),
        "addresses": _addresses(values, rules),
        "displayName": values["displayName"],
        "emails": [{"primary": True, "type": "work", "value": values[EMAIL]}] if values[EMAIL] else None,
        "meta": {"resourceType": "User"},
        "name": given({key: values[f"name.{key}"] for key in ("formatted", "familyName", "givenName")}) or None,
        "phoneNumbers": _phones(values, rules) or None,
        "preferredLanguage": values["preferredLanguage"],
        "roles": [],
        "title": values["title"],
        ENTERPRISE: given({key: values[f"{ENTERPRISE}:{key}"] for key in ("department", "employeeNumber")}) or None,
    }
    if rules.custom_extension:
        prefix = f"{rules.custom_extension}:"
        own = {path.removeprefix(prefix): value for path, value in given(values).items() if path.startswith(prefix)}
        body |= {rules.custom_extension: {**(body.get(rules.custom_extension) or {}), **own} or None}
    return given(body)


def _active(active: bool | None, rules: Rules) -> bool | str | None:
    return str(active) if active is not None and rules.active_post_type == "string" else active


def _primary(rules: Rules) -> dict[str, Any]:
    return {"primary": False} if rules.typed_primary_false else {}


def _addresses(values: Mapping[str, Any], rules: Rules) -> list[dict[str, Any]] | None:
    parts = given({key: values[f"{ADDRESS}{key}"] for key in ADDRESS_KEYS})
    return [{**_primary(rules), "type": "work", **parts}] if parts else None


def _phones(values: Mapping[str, Any], rules: Rules) -> list[dict[str, Any]]:
    numbers = ((kind, values[PHONE.format(kind)]) for kind in PHONES)
    return [{**_primary(rules), "type": kind, "value": number} for kind, number in numbers if number]


def group_document(values: Mapping[str, Any], rules: Rules) -> dict[str, Any]:
    """The body of POST /Groups, keys in the order of a capture."""
    body = {
        "schemas": [GROUP, *([OLD_GROUP] if rules.group_schema_extra else [])],
        "externalId": values["externalId"],
        "displayName": values["displayName"],
        "members": [] if rules.members_on_create == "empty_array" else None,
        "meta": {"resourceType": "Group"},
    }
    return given(body)
