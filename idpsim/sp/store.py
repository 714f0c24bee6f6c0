"""The resources in memory: frozen entries by id, indexes for the attributes that clients look up, memberships."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import RLock
from typing import Any

from .members import Member
from .schema import Kind

INDEXED: dict[Kind, tuple[str, ...]] = {
    "user": ("userName", "externalId", "displayName"),
    "group": ("displayName", "externalId"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource; `attributes` are never changed in place. `created` and `modified` are RFC 3339 texts."""

    kind: Kind
    id: str
    attributes: Mapping[str, Any]
    created: str
    modified: str
    version: int = 1

    @property
    def active(self) -> bool:
        return self.attributes.get("active") is not False

    @property
    def etag(self) -> str:
        return f'W/"{self.version}"'


class Store:
    """All state of the service provider's SCIM side. Whoever reads and then writes holds `lock` meanwhile."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._entries: dict[Kind, dict[str, Entry]] = {"user": {}, "group": {}}
        self._index: dict[tuple[Kind, str], dict[str, dict[str, None]]] = {
            (kind, name): {} for kind, names in INDEXED.items() for name in names
        }
        self._members: dict[str, dict[str, Member]] = {}
        self._groups_of: defaultdict[str, dict[str, None]] = defaultdict(dict)

    def get(self, kind: Kind, id: str) -> Entry | None:
        return self._entries[kind].get(id)

    def all(self, kind: Kind) -> list[Entry]:
        """Every entry, oldest first."""
        with self.lock:
            return list(self._entries[kind].values())

    def named(self, kind: Kind, name: str, value: str) -> list[Entry]:
        """The entries whose indexed attribute (or id) has this value, whatever its case; oldest first."""
        if name == "id":
            entry = self.get(kind, value)
            return [entry] if entry else []
        with self.lock:
            found = self._index[kind, name].get(value.casefold(), ())
            return [self._entries[kind][id] for id in found]

    def is_known(self, id: str) -> bool:
        """Whether a user or group has this id."""
        return id in self._entries["user"] or id in self._entries["group"]

    def put(self, entry: Entry) -> None:
        """Add an entry, or put it in the place of the one with its id."""
        with self.lock:
            self._unindex(self.get(entry.kind, entry.id))
            self._entries[entry.kind][entry.id] = entry
            for name in INDEXED[entry.kind]:
                value = entry.attributes.get(name)
                if isinstance(value, str):
                    self._index[entry.kind, name].setdefault(value.casefold(), {})[entry.id] = None

    def drop(self, entry: Entry) -> None:
        """Take an entry away, out of every group too."""
        with self.lock:
            self._unindex(self._entries[entry.kind].pop(entry.id, None))
            for group in self._groups_of.pop(entry.id, {}):
                self._members.get(group, {}).pop(entry.id, None)
            for member in self._members.pop(entry.id, {}):
                self._groups_of[member].pop(entry.id, None)

    def members(self, group: str) -> Mapping[str, Member]:
        """The members of a group by id: the live mapping, to be read under the lock."""
        return self._members.get(group, {})

    def change_members(self, group: str, changes: Mapping[str, Member | None]) -> None:
        """Put members in, and out where None."""
        with self.lock:
            here = self._members.setdefault(group, {})
            for id, member in changes.items():
                if member is None:
                    here.pop(id, None)
                    self._groups_of[id].pop(group, None)
                else:
                    here[id] = member
                    self._groups_of[id][group] = None

    def groups_of(self, id: str) -> list[Entry]:
        """The groups that a user or group is a direct member of."""
        if id not in self._groups_of:
            return []
        with self.lock:
            groups = self._entries["group"]
            return [groups[group] for group in self._groups_of[id] if group in groups]

    def _unindex(self, entry: Entry | None) -> None:
        if entry is None:
            return
        for name in INDEXED[entry.kind]:
            value = entry.attributes.get(name)
            if isinstance(value, str):
                ids = self._index[entry.kind, name].get(value.casefold(), {})
                ids.pop(entry.id, None)
                if not ids:
                    self._index[entry.kind, name].pop(value.casefold(), None)
