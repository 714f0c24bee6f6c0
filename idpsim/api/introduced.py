"""The people and groups of one client: a key stands for its own, and for nobody whom another client has introduced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeAlias

from idpsim.api.given import found
from idpsim.directory import Directory, Group, Person
from idpsim.errors import UsageError

Named: TypeAlias = Person | Group


class Introduced:
    """Who is known by which key: `people` and `groups` as they were written, and as the client returned them since."""

    def __init__(self, people: Mapping[str, Person], groups: Mapping[str, Group], directory: Directory) -> None:
        self._people = people
        self._groups = groups
        self._directory = directory
        self._names: defaultdict[tuple[type, str], set[str]] = defaultdict(set)

    def person(self, key: str) -> Person:
        """The person as they are now, to be returned to the caller."""
        someone = self._directory.person(key)
        self._names[Person, key].add(someone.userName)
        return someone

    def group(self, key: str) -> Group:
        """The group as it is now, to be returned to the caller; UsageError where it has been deleted."""
        if not self._directory.has_group(key):
            raise UsageError(f"the group {key} has been deleted")
        group = self._directory.group(key)
        self._names[Group, key].add(group.displayName)
        return group

    def key(self, who: Named) -> str:
        """The key of one of these; UsageError for a namesake that another client has introduced."""
        known = self._people if isinstance(who, Person) else self._groups
        if who.key in known and _name(who) not in self._own(who):
            raise UsageError(
                f"{_name(who)} is not the {who.key} of this client: it is another's\n"
                f"  each client introduces its own: use what its own {type(who).__name__.lower()}({who.key!r}) returns"
            )
        return who.key

    def named(self, who: Any, *kinds: type) -> str:
        """The key that a caller gives, as text or by what was returned; UsageError where it is neither."""
        if isinstance(who, str):
            return who
        if isinstance(who, kinds) and isinstance(who, Person | Group):
            return self.key(who)
        what = " or ".join(kind.__name__.lower() for kind in kinds)
        raise UsageError(f"a {what} is named by a key, which is text, or by what {what} returned, found {found(who)}")

    def _own(self, who: Named) -> set[str]:
        """The names that the one with this key has here or had when it was returned."""
        names = set(self._names[type(who), who.key])
        if isinstance(who, Person):
            return names | {self._people[who.key].userName, self._directory.person(who.key).userName}
        now = {self._directory.group(who.key).displayName} if self._directory.has_group(who.key) else set()
        return names | now | {self._groups[who.key].displayName}


def _name(who: Named) -> str:
    return who.userName if isinstance(who, Person) else who.displayName
