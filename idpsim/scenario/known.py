"""What the language must know of the profiles; it names no vendor itself, so the caller hands this in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from idpsim.errors import UsageError
from idpsim.provisioning.settings import Settings
from idpsim.signon import Protocol

ALL = "all"
ANY = "any"


@dataclass(frozen=True)
class Known:
    """The profiles, each with its vendor and its switches, and what can be falsified, by the protocol that it is of.

    A vendor's default profile has the vendor's name.
    """

    vendors: Mapping[str, str]
    settings: Mapping[str, Settings] = field(default_factory=dict)
    tampers: Mapping[str, Protocol] = field(default_factory=dict)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every name of a vendor or profile, in the order they were given."""
        return tuple(dict.fromkeys([*self.vendors.values(), *self.vendors]))

    @cached_property
    def branches(self) -> frozenset[str]:
        """The keys that make a mapping a value by vendor."""
        return frozenset((*self.names, ANY))

    @property
    def defaults(self) -> tuple[str, ...]:
        """The default profile of every vendor: what `all` means."""
        return tuple(dict.fromkeys(vendor for vendor in self.vendors.values() if vendor in self.vendors))

    def covered(self, name: str) -> tuple[str, ...]:
        """The profiles that a name covers: a vendor's name all of its profiles, a profile's name that one."""
        return tuple(profile for profile, vendor in self.vendors.items() if name in (profile, vendor))

    def preference(self, profile: str) -> tuple[str, ...]:
        """Which branch a profile takes of a value by vendor, the best first."""
        return (profile, self.vendors[profile], ANY)

    def played(self, names: Iterable[str]) -> tuple[str, ...]:
        """The profiles that `idp: NAMES` plays; UsageError names what is not known."""
        profiles: dict[str, None] = {}
        for name in names:
            if name != ALL and name not in self.vendors:
                raise UsageError(f"{unknown('profile', name, (*self.vendors, ALL))}\n  known: {listed(self.vendors)}")
            profiles.update(dict.fromkeys(self.defaults if name == ALL else (name,)))
        return tuple(profiles)


def unknown(what: str, word: str, choices: Iterable[str]) -> str:
    """`unknown key 'asign', did you mean 'assign'?`"""
    near = get_close_matches(word[:80], [choice for choice in choices if len(choice) <= 120], n=1, cutoff=0.6)
    return f"unknown {what} {shown(word)}" + (f", did you mean {near[0]!r}?" if near else "")


def shown(text: str) -> str:
    """A text of the file as an error quotes it: short, and in one line."""
    return repr(text if len(text) <= 60 else text[:57] + "…")


def listed(names: Iterable[str], limit: int = 40) -> str:
    """Names as a list for a hint; a long one is cut."""
    every = list(names)
    return ", ".join(every[:limit]) + (f" and {len(every) - limit} more" if len(every) > limit else "")
