"""What every event takes beside its own arguments, and how people and groups are named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeAlias, TypedDict

from idpsim.directory import Group, Person

Who: TypeAlias = Person | Group | str
SomePeople: TypeAlias = Person | str | Sequence[Person | str]
SomeGroups: TypeAlias = Group | str | Sequence[Group | str]
Span: TypeAlias = str | timedelta
Expect: TypeAlias = str | Mapping[str, Any]
Fault: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Several: TypeAlias = Iterable[Who]


class Modifiers(TypedDict, total=False):
    """The keywords of every event, with the scenario language's own values.

    `expect`: what must be true afterwards. `only`: the vendors or profiles that play it. `fault`: what goes wrong
    between the two for its length. `settle=False`: the clock stays. `verify`: whether what was sent is read back.
    `name`: what reports call it. `check=False`: return what is wrong instead of raising `Failed`.
    """

    expect: Expect
    only: str | Sequence[str]
    fault: Fault
    settle: bool
    verify: bool | Mapping[str, Any]
    name: str
    check: bool
