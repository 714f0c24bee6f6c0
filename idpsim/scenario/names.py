"""Fresh names: what the service provider sees carries a suffix, what a person reads does not."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from idpsim.directory import Group, Person, group_with_suffix, suffixed, with_suffix

RECENT = 4096
_LETTERS = "bcdfghjkmnpqrstvwxz"


class Names:
    """The names of one run: each unique attribute with `suffix` behind it."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix

    def people(self, people: Mapping[str, Person], as_written: Collection[str] = ()) -> Mapping[str, Person]:
        """The same people under fresh names, made when they are looked at; some keep theirs `as_written`."""
        return _Fresh(people, self.suffix, frozenset(as_written)) if self.suffix else people

    def person(self, someone: Person) -> Person:
        """One person under a fresh name."""
        return with_suffix(someone, self.suffix)

    def groups(self, groups: Mapping[str, Group]) -> dict[str, Group]:
        """The same groups under fresh names."""
        return {key: group_with_suffix(group, self.suffix) for key, group in groups.items()}

    def attributes(self, values: Mapping[str, Any], *, group: bool) -> dict[str, Any]:
        """Attributes of an `update` with the suffix where they must be unique."""
        unique = () if group else ("userName", "email", "secondEmail", "alias")
        fresh = {name: suffixed(value, self.suffix) for name, value in values.items() if name in unique and value}
        if group and self.suffix and values.get("displayName"):
            fresh["displayName"] = f"{values['displayName']} {self.suffix}"
        return {**values, **fresh}

    def original(self, value: Any) -> Any:
        """A value as the scenario would write it: without the suffix wherever it stands in it."""
        if not self.suffix:
            return value
        if isinstance(value, str):
            return value.replace(f".{self.suffix}", "").replace(f" {self.suffix}", "")
        if isinstance(value, Mapping):
            return {key: self.original(each) for key, each in value.items()}
        return [self.original(each) for each in value] if isinstance(value, list | tuple) else value

    def marks(self, text: str) -> bool:
        """Whether a name carries this run's suffix, in any case."""
        return bool(self.suffix) and self.suffix.casefold() in text.casefold()


class _Fresh(Mapping[str, Person]):
    def __init__(self, people: Mapping[str, Person], suffix: str, as_written: frozenset[str]) -> None:
        self._people = people
        self._suffix = suffix
        self._as_written = as_written
        self._made = lru_cache(maxsize=RECENT)(self._make)

    def _make(self, key: str) -> Person:
        return with_suffix(self._people[key], "" if key in self._as_written else self._suffix)

    def __getitem__(self, key: str) -> Person:
        return self._made(key)

    def __contains__(self, key: object) -> bool:
        return key in self._people

    def __iter__(self) -> Iterator[str]:
        return iter(self._people)

    def __len__(self) -> int:
        return len(self._people)


def fresh_suffix(seed: bytes) -> str:
    """Five letters and digits that begin with a letter and spell no word: 1.6 million of them."""
    raw = hashlib.blake2b(seed, digest_size=5).digest()
    alphabet = _LETTERS + "23456789"
    return _LETTERS[raw[0] % len(_LETTERS)] + "".join(alphabet[byte % len(alphabet)] for byte in raw[1:])
