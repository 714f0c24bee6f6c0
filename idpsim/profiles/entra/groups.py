"""Entra's flows on members: one reading of the group, then a PATCH for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from idpsim.profiles.entra import facts
from idpsim.profiles.entra.mapping import Source
from idpsim.profiles.entra.objects import reread
from idpsim.profiles.entra.rules import Rules
from idpsim.profiles.entra.verbs import ENTRY_CONFLICT, UNRESOLVED, Steps, place, written
from idpsim.provisioning.flow import Call, Done, Failed, Flow, patch
from idpsim.provisioning.links import Link, Promise


@dataclass(frozen=True, slots=True)
class Member:
    """A person or nested group, and its resource at the service provider."""

    uid: str
    id: str


def prepare(source: Source, link: Link, rules: Rules) -> Flow:
    """Read the group before its members are sent.

    What was promised of it is promised anew: the renewed link is how the next phase knows that the group was read.
    """
    identifier = yield from reread("group", source, link, rules)
    if identifier == link.id:
        yield link.promised(link.values)
    return Done()


def add(link: Link, members: tuple[Member, ...], rules: Rules) -> Flow:
    """Add members with one PATCH."""
    yield from added(link.uid, link.id, members, rules)
    return Done()


def added(uid: str, identifier: str, members: tuple[Member, ...], rules: Rules) -> Steps[None]:
    """As `add`, to the group with this id."""
    operation = {"op": "add" if rules.flag else "Add", "path": "members", "value": _elements(members, rules)}
    quirks = (facts.ONE_MEMBER,) if rules.flag else (facts.ONE_MEMBER, facts.TITLE_CASE)
    yield from written(patch(place("/Groups", identifier), operation, quirks=quirks), {409: ENTRY_CONFLICT})
    yield Promise("group", uid, joined=frozenset(member.uid for member in members))


def drop(link: Link, members: tuple[Member, ...], rules: Rules) -> Flow:
    """Remove members with one PATCH."""
    yield from written(_dropping(place("/Groups", link.id), members, rules))
    yield Promise("group", link.uid, left=frozenset(member.uid for member in members))
    return Done()


def _dropping(path: str, members: tuple[Member, ...], rules: Rules) -> Call:
    if rules.flag:
        operations = ({"op": "remove", "path": f'members[value eq "{member.id}"]'} for member in members)
        return patch(path, *operations, quirks=(facts.REMOVE_BY_FILTER, facts.ONE_MEMBER))
    operation = {"op": "Remove", "path": "members", "value": _elements(members, rules)}
    return patch(path, operation, quirks=(facts.REMOVE_BY_VALUE, facts.ONE_MEMBER, facts.TITLE_CASE))


def _elements(members: Sequence[Member], rules: Rules) -> list[dict[str, Any]]:
    null: dict[str, Any] = {"$ref": None} if rules.member_ref_null == "null" else {}
    return [{**null, "value": member.id} for member in members]


def unresolved(what: str) -> Flow:
    """The failure of a reference to somebody who should be at the service provider and is not yet."""
    return Failed(f"{what} is in scope but could not be provisioned yet", code=UNRESOLVED, source=facts.HOW)
    yield from ()  # pragma: no cover - makes this a generator


def chunks(members: Sequence[Member], size: int) -> Iterator[tuple[Member, ...]]:
    """The members in groups of `size`."""
    step = max(1, size)
    return (tuple(members[start : start + step]) for start in range(0, len(members), step))
