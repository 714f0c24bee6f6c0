"""The schemas that this service provider speaks, as data: RFC 7643's core user, group and enterprise extension."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["user", "group"]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE: dict[Kind, str] = {"user": USER, "group": GROUP}
# Core schemas by the names that clients use beside the RFC's; what is under them is core.
CORE_ALIASES = frozenset(
    urn.lower() for urn in (USER, GROUP, "urn:scim:schemas:core:2.0", "urn:scim:schemas:core:1.0")
) | {"urn:scim:schemas:core:2.0:user", "urn:scim:schemas:core:2.0:group", "urn:ietf:params:scim:schemas:core:2.0"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute with the characteristics of RFC 7643 section 7."""

    name: str
    type: str = "string"
    multi: bool = False
    required: bool = False
    exact: bool = False
    mutability: str = "readWrite"
    returned: str = "default"
    unique: str = "none"
    sub: tuple[Attribute, ...] = ()
    refers: tuple[str, ...] = ()
    canonical: tuple[str, ...] = ()

    def part(self, name: str) -> Attribute | None:
        """The sub-attribute with this name, in any case."""
        wanted = name.lower()
        return next((sub for sub in self.sub if sub.name.lower() == wanted), None)


def _texts(*names: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(name) for name in names)


def _values(name: str, *types: str, value: str = "string") -> Attribute:
    sub = (
        Attribute("value", value, refers=("external",) if value == "reference" else ()),
        Attribute("display"),
        Attribute("type", canonical=types),
        Attribute("primary", "boolean"),
    )
    return Attribute(name, "complex", multi=True, sub=sub)


_NAME = _texts("formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix")
_ADDRESS = (
    *_texts("formatted", "streetAddress", "locality", "region", "postalCode", "country"),
    Attribute("type", canonical=("work", "home", "other")),
    Attribute("primary", "boolean"),
)


def _references(*kinds: str, mutability: str = "immutable") -> tuple[Attribute, ...]:
    return (
        Attribute("value", mutability=mutability),
        Attribute("$ref", "reference", exact=True, mutability=mutability, refers=kinds),
        Attribute("type", mutability=mutability, canonical=("direct",) if mutability == "readOnly" else kinds),
        Attribute("display", mutability=mutability),
    )


COMMON = (
    Attribute("schemas", exact=True, multi=True, mutability="readOnly", returned="always"),
    Attribute("id", exact=True, mutability="readOnly", returned="always", unique="server"),
    Attribute("externalId", exact=True),
    Attribute(
        "meta",
        "complex",
        mutability="readOnly",
        sub=(
            Attribute("resourceType", exact=True),
            Attribute("created", "dateTime"),
            Attribute("lastModified", "dateTime"),
            Attribute("location", "reference", exact=True),
            Attribute("version", exact=True),
        ),
    ),
)
SCHEMAS: dict[str, tuple[str, tuple[Attribute, ...]]] = {
    USER: (
        "User",
        (
            Attribute("userName", required=True, unique="server"),
            Attribute("name", "complex", sub=_NAME),
            *_texts("displayName", "nickName"),
            Attribute("profileUrl", "reference", refers=("external",)),
            *_texts("title", "userType", "preferredLanguage", "locale", "timezone"),
            Attribute("active", "boolean"),
            Attribute("password", mutability="writeOnly", returned="never", exact=True),
            _values("emails", "work", "home", "other"),
            _values("phoneNumbers", "work", "home", "mobile", "fax", "pager", "other"),
            _values("ims", "aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"),
            _values("photos", "photo", "thumbnail", value="reference"),
            Attribute("addresses", "complex", multi=True, sub=_ADDRESS),
            Attribute(
                "groups",
                "complex",
                multi=True,
                mutability="readOnly",
                sub=_references("User", "Group", mutability="readOnly"),
            ),
            _values("entitlements"),
            _values("roles"),
            _values("x509Certificates", value="binary"),
        ),
    ),
    GROUP: (
        "Group",
        (
            Attribute("displayName", required=True, unique="server"),
            Attribute("members", "complex", multi=True, sub=_references("User", "Group")),
        ),
    ),
    ENTERPRISE: (
        "EnterpriseUser",
        (
            *_texts("employeeNumber", "costCenter", "organization", "division", "department"),
            Attribute(
                "manager",
                "complex",
                sub=(Attribute("value"), Attribute("$ref", "reference", refers=("User",)), Attribute("displayName")),
            ),
        ),
    ),
}
REQUIRED: dict[Kind, str] = {"user": "userName", "group": "displayName"}

_BY_NAME: dict[str, dict[str, Attribute]] = {
    urn.lower(): {attribute.name.lower(): attribute for attribute in attributes}
    for urn, (_, attributes) in SCHEMAS.items()
}
for _core in (USER, GROUP):
    _BY_NAME[_core.lower()].update({attribute.name.lower(): attribute for attribute in COMMON})
_CANONICAL = {URN.lower(): URN for URN in SCHEMAS}


def attribute(kind: Kind, urn: str | None, name: str) -> Attribute | None:
    """The attribute of this name (in any case) in a schema (None: the core one); None where the RFC has none."""
    return _BY_NAME.get((urn or CORE[kind]).lower(), {}).get(name.lower())


def known_urn(urn: str) -> str | None:
    """The schema URN as the RFC writes it; None where the RFC has none."""
    return _CANONICAL.get(urn.lower())


def _exact(attributes: tuple[Attribute, ...], prefix: str = "") -> Iterator[str]:
    for one in attributes:
        if one.exact:
            yield f"{prefix}{one.name}".lower()
        yield from _exact(one.sub, f"{prefix}{one.name}.")


EXACT = frozenset(_exact(COMMON)) | {name for _, attributes in SCHEMAS.values() for name in _exact(attributes)}
