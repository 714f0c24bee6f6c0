"""What a run has seen of the service provider's resources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from idpsim.provisioning.links import Kind
from idpsim.wire import Quirk

Key: TypeAlias = tuple[Kind, str]
MANY = 1000
FOUND_BY_NAME = Quirk(
    "Whoever comes back is looked up by name: one who is not found gets a second account, or a 409.",
    "https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2",
)


class Sights:
    """What this run has last seen of each resource, and which attributes the service provider has ever returned.

    `told` is what was said of service providers as such, by base URL: the same for all runs that share it.
    """

    def __init__(self, base: str = "", told: set[tuple[str, str]] | None = None) -> None:
        self._seen: dict[Key, Mapping[str, Any] | None] = {}
        self._returned: set[tuple[Kind, str]] = set()
        self._base = base
        self._told = set() if told is None else told

    def saw(self, key: Key, document: Mapping[str, Any] | None) -> None:
        """Remember the resource; None says that it is not there."""
        if len(self._seen) < MANY:
            self._seen[key] = document
        for name, value in (document or {}).items():
            if value in (None, "", []):
                continue
            self._returned.add((key[0], name.lower()))
            if isinstance(value, Mapping):
                joint = ":" if name.lower().startswith("urn:") else "."
                self._returned |= {(key[0], f"{name}{joint}{part}".lower()) for part in value}

    def last(self, key: Key) -> Any:
        """The last sight of a resource, `UNSEEN` where there was none."""
        return self._seen.get(key, UNSEEN)

    def ever(self, kind: Kind, path: str) -> bool:
        """Whether any resource of this kind ever came back with a value at the attribute of `path`."""
        return (kind, _attribute(path)) in self._returned

    def first_time(self, kind: Kind, path: str) -> bool:
        """Whether this is the first time that this attribute is spoken of as not kept."""
        return self.first_said(f"{kind} {_attribute(path)}")

    def first_said(self, what: str) -> bool:
        """Whether this is the first time that this is said of the service provider."""
        fresh = (self._base, what) not in self._told
        self._told.add((self._base, what))
        return fresh


UNSEEN = object()


def _attribute(path: str) -> str:
    """`emails[type eq "work"].value` as `emails`, `name.givenName` and `urn:…:User:title` as they are."""
    return path.partition("[")[0].lower()
