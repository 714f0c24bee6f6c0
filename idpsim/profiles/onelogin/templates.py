"""The SCIM JSON Template: which one an app has, how it is rendered, and what rests on it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from idpsim.directory import PERSON_ATTRIBUTES, Person
from idpsim.errors import UsageError
from idpsim.profiles.onelogin import facts
from idpsim.profiles.onelogin.stock import CORE_2, PRESETS, STOCK, Template
from idpsim.provisioning.app import App
from idpsim.scim import values_of
from idpsim.wire import Quirk

_MACRO = re.compile(r"\{\$(user|parameters)\.([^{}]+)\}")

PARAMETERS = {"scimusername": "userName", "external_manager_id": "manager"}
FIELDS = {
    "username": "userName",
    "firstname": "givenName",
    "lastname": "familyName",
    "email": "email",
    "phone": "phone",
    "title": "title",
    "department": "department",
    "company": "organization",
    "city": "city",
    "state": "region",
    "country": "country",
    "preferred_locale_code": "locale",
}


_MADE_OF = {
    "display_name": {"givenName", "familyName"},
    "manager_firstname": {"manager"},
    "manager_lastname": {"manager"},
}


@dataclass(frozen=True, slots=True)
class Record:
    """A person as OneLogin's user record has them; `id` and `manager_id` are OneLogin's decimal ids."""

    person: Person
    id: str
    manager: Person | None = None
    manager_id: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def user(self, name: str) -> str:
        """The value of `{$user.name}`; blank where OneLogin has none."""
        if name in FIELDS:
            return getattr(self.person, FIELDS[name]) or ""
        if name.startswith("custom_fields."):
            return self.person.custom.get(name.partition(".")[2]) or ""
        own = {
            "display_name": " ".join(each for each in (self.person.givenName, self.person.familyName) if each),
            "manager_firstname": (self.manager and self.manager.givenName) or "",
            "manager_lastname": (self.manager and self.manager.familyName) or "",
            "active": "true" if self.person.status == "active" else "false",
            "id": self.id,
        }
        return own.get(name, "")

    def parameter(self, name: str) -> str:
        """The value of `{$parameters.name}`: the directory attribute that it holds, else a custom field's."""
        attribute = source_of(name, self.parameters)
        if attribute == "manager":
            return self.manager_id
        if attribute == "custom":
            return self.person.custom.get(name) or ""
        return getattr(self.person, attribute) or ""


def record_of(app: App, person: Person) -> Record:
    """What OneLogin knows of a person at this moment."""
    known = person.manager is not None and app.directory.has_person(person.manager)
    boss = app.directory.person(person.manager) if known and person.manager else None
    return Record(
        person, _number(app, person), boss, _number(app, boss) if boss else "", app.settings.get("parameters", {})
    )


def _number(app: App, person: Person) -> str:
    return str(100_000_000 + int.from_bytes(app.digest(f"onelogin user {person.uid}", 4)) % 900_000_000)


def source_of(parameter: str, given: Mapping[str, Any]) -> str:
    """The directory attribute that a parameter holds: as given, by default, of the same name, or `custom`."""
    attribute = str(given.get(parameter, PARAMETERS.get(parameter, parameter)))
    if attribute in PERSON_ATTRIBUTES:
        return attribute
    if parameter in given:
        raise UsageError(f"the parameter {parameter} holds {attribute}, which is no attribute of a person")
    return "custom"


def template_of(settings: Mapping[str, Any]) -> Template:
    """The app's template: its connector's own, a preset, or the JSON text; UsageError where it is none of these."""
    text = settings["template"].strip()
    if text in ("", "stock"):
        return STOCK[settings["connector"]]
    named = {**STOCK, **PRESETS}.get(text)
    if named is not None:
        return named
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        names = ", ".join(["stock", *PRESETS])
        raise UsageError(f"the SCIM JSON Template is not a JSON object, nor one of {names}")
    return given


def rendered(template: Any, record: Record, skip_if_blank: bool = False) -> Any:
    """The template with each macro in its strings replaced; order, numbers, booleans and null stay as they stand."""
    if isinstance(template, str):
        return _MACRO.sub(lambda macro: _value(macro, record), template)
    if isinstance(template, list):
        return [rendered(each, record, skip_if_blank) for each in template]
    if not isinstance(template, dict):
        return template
    return {
        key: rendered(value, record, skip_if_blank)
        for key, value in template.items()
        if not (skip_if_blank and _blank(value, record))
    }


def _value(macro: re.Match[str], record: Record) -> str:
    return record.user(macro[2]) if macro[1] == "user" else record.parameter(macro[2])


def _blank(value: Any, record: Record) -> bool:
    return isinstance(value, str) and "{$parameters." in value and rendered(value, record) == ""


def with_active(body: Template, active: bool) -> dict[str, Any]:
    """The rendered template with a boolean `active`: in its place where the template has one, else last."""
    return {**body, "active": active}


def attributes_of(template: Template, parameters: Mapping[str, Any]) -> frozenset[str]:
    """The directory attributes whose change changes what the template renders to."""
    found: set[str] = set()
    for scope, name in _macros(template):
        if scope == "parameters":
            found.add(source_of(name, parameters))
        elif name in FIELDS:
            found.add(FIELDS[name])
        else:
            found |= {"custom"} if name.startswith("custom_fields.") else _MADE_OF.get(name, set())
    return frozenset(found)


def _macros(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, str):
        yield from _MACRO.findall(node)
    elif isinstance(node, dict | list):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _macros(each)


def acknowledged(body: Template) -> dict[str, Any]:
    """The values that the service provider holds once it has accepted this body."""
    values = values_of(body)
    return values | {"active": values["active"] == "true"} if values.get("active") in ("true", "false") else values


def quirks_of(body: Template) -> tuple[Quirk, ...]:
    """What is unusual about a rendered template."""
    schemas = body.get("schemas")
    found = {
        facts.STOCK_URNS: isinstance(schemas, list) and CORE_2 in schemas,
        facts.EMAILS_OBJECT: isinstance(body.get("emails"), dict),
        facts.STRING_ACTIVE: isinstance(body.get("active"), str),
        facts.NO_ACTIVE: "active" not in body,
    }
    return tuple(quirk for quirk, there in found.items() if there)
