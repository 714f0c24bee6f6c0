"""The app: the service provider's entry in the identity provider, with its switches, assignments, groups and links."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from idpsim.directory import Directory, Group, Person
from idpsim.provisioning.links import Links


class App:
    """The state of one app. Profiles read it; only the engine and the events write it.

    `salt` is the run's suffix, so that ids are as fresh as names. `assigned_people`, `assigned_groups` and `pushed`
    hold keys in the order in which they came.
    """

    def __init__(self, directory: Directory, settings: Mapping[str, Any], seed: int = 0, salt: str = "") -> None:
        self.directory = directory
        self.settings: dict[str, Any] = dict(settings)
        self._seed = f"{seed}/{salt}"
        self.links = Links()
        self.assigned_people: dict[str, None] = {}
        self.assigned_groups: dict[str, None] = {}
        self.pushed: dict[str, None] = {}
        self.base = ""
        self._drawn = 0
        self._former: dict[str, Person] = {}

    def assigned(self, key: str) -> bool:
        """Whether a person is assigned, directly or by a group (groups inside groups do not count)."""
        if key in self.assigned_people:
            return True
        return bool(self.assigned_groups) and any(g in self.assigned_groups for g in self.directory.groups_of(key))

    def everyone_assigned(self) -> Iterator[str]:
        """The keys of all assigned people, each once."""
        yield from self.assigned_people
        seen: set[str] = set()
        for group in self.assigned_groups:
            for member in self.directory.group(group).members:
                if member not in self.assigned_people and member not in seen and self.directory.has_person(member):
                    seen.add(member)
                    yield member

    def person(self, uid: str) -> Person | None:
        """The person with this uid, if they are still the one that their key names."""
        key = uid.partition("#")[0]
        found = self.directory.person(key) if self.directory.has_person(key) else None
        return found if found is not None and found.uid == uid else self._former.get(uid)

    def put_person(self, someone: Person) -> None:
        """Replace a person; one whose key now names another (a rehire) is kept as long as their link may matter."""
        key = someone.key
        current = self.directory.person(key) if self.directory.has_person(key) else None
        if current is not None and current.uid == someone.uid:
            self.directory.put_person(someone)
        elif someone.uid in self._former:
            self._former[someone.uid] = someone
        else:
            if current is not None:
                self._former[current.uid] = current
            self.directory.put_person(someone)

    def group(self, uid: str) -> Group | None:
        """The group with this uid, None once it is deleted from the directory."""
        return self.directory.group(uid) if self.directory.has_group(uid) else None

    def digest(self, label: str, size: int = 16) -> bytes:
        """Bytes that depend on the run's seed, its salt and `label` only: asked again, they are the same."""
        return hashlib.blake2b(f"{self._seed}/{label}".encode(), digest_size=size).digest()

    def guid(self, label: str) -> str:
        """A random-looking GUID that depends on the seed, the salt and `label` only."""
        return str(uuid.UUID(bytes=self.digest(label), version=4))

    def draw(self, size: int = 16) -> bytes:
        """The next bytes of the run's chance; the same run draws the same."""
        self._drawn += 1
        return self.digest(f"draw {self._drawn}", size)

    def draw_guid(self) -> str:
        """A fresh GUID, as a probe needs it."""
        return str(uuid.UUID(bytes=self.draw(), version=4))
