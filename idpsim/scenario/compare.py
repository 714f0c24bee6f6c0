"""Whether what a service provider holds is what it acknowledged, by the characteristics of RFC 7643."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from idpsim.scim import ENTERPRISE, Found, find, get

CASE_EXACT = frozenset({"externalId", "id"})
USER = frozenset(
    {"userName", "name", "displayName", "nickName", "profileUrl", "title", "userType", "preferredLanguage", "locale"}
    | {"timezone", "active", "emails", "phoneNumbers", "ims", "photos", "addresses", "roles", "entitlements"}
    | {"x509Certificates", "externalId"}
)
GROUP = frozenset({"displayName", "externalId"})
WORK = frozenset({"employeeNumber", "costCenter", "organization", "division", "department", "manager"})
UNVERIFIABLE_PARTS = frozenset({"primary", "display", "type", "$ref", "displayName"})
COMPUTED = frozenset({"name.formatted", "addresses.formatted"})

Verdict: TypeAlias = Literal["same", "missing", "stale", "computed"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A path at which the resource is not what was promised; `found` is what it holds."""

    path: str
    promised: Any
    found: Any
    verdict: Verdict

    def __str__(self) -> str:
        if self.verdict == "missing":
            return f"{self.path} is gone, expected {written(self.promised)}"
        wanted = "no value" if self.promised in (None, "") else written(self.promised)
        return f"{self.path} is {written(self.found)}, expected {wanted}"


def written(value: Any) -> str:
    """A value in a message: JSON-like, on one line, not too long."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    text = f'"{value}"' if isinstance(value, str) else str(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    text = "".join(letter if letter.isprintable() else "�" for letter in text)
    return text if len(text) <= 120 else text[:117] + "…"


def verifiable(kind: str, path: str) -> bool:
    """Whether SCIM defines the attribute at `path`, so that a service provider can be held to it."""
    if path.lower().startswith("urn:"):
        prefix = f"{ENTERPRISE}:".lower()
        rest = path[len(prefix) :] if path.lower().startswith(prefix) else ""
        parts = re.split(r"[.\[]", rest)
        return parts[0] in WORK and (len(parts) < 2 or parts[-1] not in UNVERIFIABLE_PARTS)
    root = re.split(r"[.\[]", path)[0]
    leaf = path.rpartition(".")[2] if "." in path else ""
    return root in (USER if kind == "user" else GROUP) and leaf not in UNVERIFIABLE_PARTS


def compare(resource: Mapping[str, Any], path: str, promised: Any) -> Difference | None:
    """How the resource differs from what was promised at `path`, None where it does not."""
    found = find(resource, path)
    if promised is None or promised == "":
        return None if found.missing else Difference(path, promised, _shown(found), "stale")
    if found.missing:
        found = _anywhere(resource, path, promised)
    if found.missing:
        return Difference(path, promised, None, "missing")
    if any(same(path, promised, each) for each in found.values) or same(path, promised, list(found.values)):
        return None
    plain = re.sub(r"\[[^\]]*\]", "", path)
    return Difference(path, promised, _shown(found), "computed" if plain in COMPUTED else "stale")


def _shown(found: Found) -> Any:
    return found.values[0] if len(found.values) == 1 else list(found.values)


def _anywhere(resource: Mapping[str, Any], path: str, promised: Any) -> Found:
    """The promised value in an element that came back without the `type` or `primary` by which it was sent."""
    match = re.fullmatch(r"(\w+)\[[^\]]*\]\.(\w+)", path)
    elements = get(resource, match[1]) if match else None
    if match is None or not isinstance(elements, list):
        return Found(())
    values = [get(each, match[2]) for each in elements if isinstance(each, Mapping)]
    return Found(tuple(value for value in values if value is not None and same(path, promised, value)))


def same(path: str, promised: Any, found: Any) -> bool:
    """Whether two values are one and the same by the attribute's rules."""
    if isinstance(promised, bool) or isinstance(found, bool):
        return promised is found
    if isinstance(promised, tuple | list):
        return isinstance(found, tuple | list) and all(any(same(path, p, f) for f in found) for p in promised)
    if isinstance(promised, Mapping):
        return isinstance(found, Mapping) and _partly(path, promised, found)
    if isinstance(found, Mapping):
        return same(path, promised, get(found, "value"))
    if isinstance(promised, str) and isinstance(found, str):
        return _text(path, promised) == _text(path, found)
    return bool(promised == found)


def _partly(path: str, promised: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    wanted = {name: value for name, value in promised.items() if name not in UNVERIFIABLE_PARTS and value is not None}
    return all(same(f"{path}.{name}", value, get(found, name)) for name, value in wanted.items())


def _text(path: str, value: str) -> str:
    root = re.split(r"[.\[]", path)[0]
    if root == "phoneNumbers":
        return re.sub(r"\D", "", value).lstrip("0") or value
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if root in ("locale", "preferredLanguage"):
        text = text.replace("_", "-")
    return text if root in CASE_EXACT else text.casefold()
