"""Who an identity provider says has signed in, read from a NameID, attributes or claims under their usual names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_NAMES = ("preferred_username", "upn", "userprincipalname", "username", "login")
_EMAILS = ("email", "emailaddress", "mail")
_IDS = ("externalid", "objectidentifier", "oid", "personimmutableid", "userid", "sub")
_GIVEN = ("givenname", "given_name", "firstname", "first_name")
_FAMILY = ("surname", "familyname", "family_name", "lastname", "last_name", "sn")
_DISPLAY = ("displayname", "display_name")
_OPAQUE = (":persistent", ":transient")
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who has signed in: values that may be a userName, an e-mail address or an externalId, most telling first."""

    names: tuple[str, ...]
    emails: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    given: str = ""
    family: str = ""
    display: str = ""

    @classmethod
    def of_saml(cls, name_id: str, name_id_format: str, attributes: Mapping[str, tuple[str, ...]]) -> Claimed:
        """By the NameID before all else, an opaque one (persistent, transient) after all else."""
        found = _by_short_name((name, values) for name, values in attributes.items())
        given_names = [*_picked(found, (*_NAMES, "/name")), *_picked(found, _EMAILS)]
        opaque = name_id_format.endswith(_OPAQUE)
        return cls(
            names=_distinct([*given_names, name_id] if opaque else [name_id, *given_names]),
            emails=_distinct([*(["" if opaque else name_id] if "@" in name_id else []), *_picked(found, _EMAILS)]),
            external_ids=_distinct([name_id, *_picked(found, _IDS)]),
            given=_first(found, _GIVEN),
            family=_first(found, _FAMILY),
            display=_first(found, (*_DISPLAY, "name")),
        )

    @classmethod
    def of_claims(cls, claims: Mapping[str, Any]) -> Claimed:
        """By `preferred_username`, `upn`, `email` and `sub`, in this order."""
        found = _by_short_name((name, (value,)) for name, value in claims.items() if isinstance(value, str))
        emails = _picked(found, _EMAILS)
        return cls(
            names=_distinct([*_picked(found, _NAMES), *emails, *_picked(found, ("sub",))]),
            emails=_distinct([*emails, *(name for name in _picked(found, _NAMES) if "@" in name)]),
            external_ids=_distinct(_picked(found, _IDS)),
            given=_first(found, _GIVEN),
            family=_first(found, _FAMILY),
            display=_first(found, (*_DISPLAY, "name")),
        )


def _by_short_name(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    """The first value by what a name ends with, in lower case; `/name` for a claim URI's name, which is a user name."""
    found: dict[str, str] = {}
    for name, values in pairs:
        short = re.split(r"[/:.]", name)[-1].lower()
        if short == "name" and "/claims/" in name:
            short = "/name"
        value = values[0].strip() if values else ""
        if value and len(value) <= _LONGEST:
            found.setdefault(short, value)
    return found


def _picked(found: Mapping[str, str], names: tuple[str, ...]) -> list[str]:
    return [found[name] for name in names if name in found]


def _first(found: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next(iter(_picked(found, names)), "")


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value and len(value) <= _LONGEST))
