"""Generated directories: person i is computed from the seed and i when looked at, so that a million cost nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from math import gcd
from typing import TypeVar

from idpsim.directory import Group, Person
from idpsim.scenario import cultures
from idpsim.scenario.cultures import CULTURES, Culture

V = TypeVar("V")
_NUMBER = re.compile(r"(\d+)(?:\+[a-z]+)?@", re.ASCII)
SPAN = 8  # people per manager
# Everyone is in a group by the first layer, every second person in another by the second, every fifth by the third.
LAYERS = (1, 2, 5)


class Draws:
    """An endless supply of small choices, always the same for the same seed and person."""

    def __init__(self, seed: int, index: int) -> None:
        digest = blake2b(index.to_bytes(8, "big"), key=seed.to_bytes(16, "big"), digest_size=64).digest()
        self._state = int.from_bytes(digest, "big")

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        self._state, drawn = divmod(self._state, limit)
        return drawn

    def one(self, choices: tuple[str, ...]) -> str:
        return choices[self.below(len(choices))]

    def maybe(self, percent: int, value: str) -> str | None:
        return value if self.below(100) < percent else None


class _Numbered(Mapping[str, V]):
    """Values by `p1`, `p2`, …: computed each time, kept nowhere."""

    def __init__(self, prefix: str, count: int) -> None:
        self._prefix = prefix
        self._count = count

    def _value(self, index: int) -> V:
        raise NotImplementedError

    def _index(self, key: object) -> int | None:
        """The number of a key; None where there is none such."""
        digits = key[1:] if isinstance(key, str) and key[:1] == self._prefix else ""
        if not re.fullmatch("[1-9][0-9]{0,8}", digits):
            return None
        return int(digits) if int(digits) <= self._count else None

    def __contains__(self, key: object) -> bool:
        return self._index(key) is not None

    def __getitem__(self, key: str) -> V:
        index = self._index(key)
        if index is None:
            raise KeyError(key)
        return self._value(index)

    def __iter__(self) -> Iterator[str]:
        return (f"{self._prefix}{index}" for index in range(1, self._count + 1))

    def __len__(self) -> int:
        return self._count


class People(_Numbered[Person]):
    """`p1` to `pN`; each reports to one before, up to p1."""

    def __init__(self, count: int, seed: int = 0) -> None:
        super().__init__("p", count)
        self._seed = seed

    def _value(self, index: int) -> Person:
        return make_person(index, self._seed)

    def named(self, user_name: str) -> str | None:
        """The key of the person with this userName, in any case."""
        found = _NUMBER.search(user_name)
        key = f"p{found[1]}" if found else ""
        return key if key in self and self[key].userName.lower() == user_name.lower() else None


def make_person(index: int, seed: int) -> Person:
    """Person number `index` (from 1) of a seed: the same, whatever else is made."""
    draws = Draws(seed, index)
    culture = CULTURES[draws.below(len(CULTURES))]
    first, last = draws.below(len(culture.given)), draws.below(len(culture.family))
    given, family = culture.given[first], culture.family[last]
    local = f"{_ascii(given)}.{_ascii(family)}{index}"
    tagged = draws.maybe(3, f"{local}+{draws.one(cultures.TAGS)}") or local
    department = draws.one(cultures.DEPARTMENTS)
    number = f"{draws.below(100):02d}"
    key = f"p{index}"
    return Person(
        key=key,
        uid=key,
        userName=f"{tagged}@example.com",
        email=f"{tagged}@example.com",
        secondEmail=draws.maybe(10, f"{_ascii(given)}{index}@example.net"),
        givenName=given,
        middleName=draws.maybe(8, draws.one(culture.given)),
        familyName=family,
        displayName=_display(culture, first, last),
        nickName=draws.maybe(10, given.split("-")[0]),
        alias=local,
        title=draws.maybe(90, draws.one(cultures.RANKS) + draws.one(cultures.TITLES)),
        userType=draws.one(cultures.KINDS),
        department=draws.maybe(95, department),
        division=draws.maybe(40, f"{department} Division"),
        organization=draws.maybe(60, "Example Corp."),
        costCenter=draws.maybe(70, f"CC-{draws.below(900) + 100}"),
        employeeNumber=draws.maybe(85, f"{index:06d}"),
        manager=draws.maybe(95, f"p{(index + SPAN - 2) // SPAN}") if index > 1 else None,
        phone=draws.maybe(60, f"{culture.phone}01{number}"),
        mobile=draws.maybe(50, f"{culture.phone}02{number}"),
        office=draws.maybe(40, f"{draws.below(9) + 1}.{draws.below(90) + 10}"),
        city=draws.maybe(80, draws.one(culture.cities)),
        postalCode=draws.maybe(40, f"{draws.below(100_000):05d}"),
        country=draws.maybe(90, culture.country),
        preferredLanguage=draws.maybe(70, culture.locale),
        locale=draws.maybe(70, culture.locale),
        timezone=draws.maybe(50, culture.timezone),
    )


def _ascii(name: str) -> str:
    """A name as it stands in an address: `Siobhán` is `siobhan`, `O'Brien` keeps its apostrophe."""
    spelled = unicodedata.normalize("NFKD", name.lower().translate(cultures.LETTERS))
    return "".join(letter for letter in spelled if letter.isascii())


def _display(culture: Culture, first: int, last: int) -> str:
    """The name as it is shown, in its own script."""
    given, family = culture.written_given or culture.given, culture.written_family or culture.family
    parts = (given[first], family[last])
    return " ".join(reversed(parts) if culture.family_first else parts)


@dataclass(frozen=True)
class _Layer:
    """One way of putting people into groups: the people in a mixed order, cut into slices of falling length."""

    people: int
    filled: int
    groups: int
    number: int
    seed: int

    @cached_property
    def _mix(self) -> tuple[int, int]:
        draws = Draws(self.seed, 1_000_000_000 + self.number)
        step = draws.below(self.people) or 1
        while gcd(step, self.people) != 1:
            step += 1
        return step, draws.below(self.people)

    @cached_property
    def _ends(self) -> list[int]:
        """Where the slice of each group ends."""
        weights = [1 / (1 + (index + 7 * self.number) % self.groups) ** 0.8 for index in range(self.groups)]
        total, ends, so_far = sum(weights), [], 0.0
        for weight in weights:
            so_far += weight
            ends.append(round(self.filled * so_far / total))
        return ends

    def members(self, group: int) -> Iterator[int]:
        """The numbers of the people in a group (both from 0)."""
        step, offset = self._mix
        for position in range(self._ends[group - 1] if group else 0, self._ends[group]):
            yield (step * position + offset) % self.people


class Groups(_Numbered[Group]):
    """`g1` to `gM`, large ones and small ones; each person is in one to three of them."""

    def __init__(self, count: int, people: int, seed: int = 0) -> None:
        super().__init__("g", count)
        self._layers = tuple(
            _Layer(people, people // part, count, number, seed) for number, part in enumerate(LAYERS) if count
        )

    def _value(self, index: int) -> Group:
        members = sorted({member for layer in self._layers for member in layer.members(index - 1)})
        key = f"g{index}"
        return Group(key, key, group_name(index - 1), tuple(f"p{member + 1}" for member in members))


def group_name(index: int) -> str:
    """The name of group number `index` (from 0): another for each."""
    site, team = divmod(index, len(cultures.TEAMS))
    again, site = divmod(site, len(cultures.SITES))
    name = f"{cultures.TEAMS[team]} {cultures.SITES[site]}".strip()
    return f"{name} {again + 1}" if again else name


class Joined(Mapping[str, V]):
    """Written entries first, then generated ones."""

    def __init__(self, written: Mapping[str, V], generated: Mapping[str, V]) -> None:
        self._written = written
        self._generated = generated

    def __contains__(self, key: object) -> bool:
        return key in self._written or key in self._generated

    def __getitem__(self, key: str) -> V:
        return self._written[key] if key in self._written else self._generated[key]

    def __iter__(self) -> Iterator[str]:
        yield from self._written
        yield from self._generated

    def __len__(self) -> int:
        return len(self._written) + len(self._generated)
