"""The members of a group while one request changes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .filters import Compare, Path, equalities
from .match import Rules, lookup, matches
from .problem import invalid_value, mutability, no_target
from .schema import GROUP, attribute
from .switches import Switches
from .values import coerce

Member = Mapping[str, Any]
_MEMBERS = attribute("group", GROUP, "members")


class Membership:
    """Changes laid over the members there are, by id; nothing happens to those before `changes` are stored."""

    def __init__(self, base: Mapping[str, Member]) -> None:
        self._base = base
        self._wiped = False
        self._changed: dict[str, Member | None] = {}

    def __contains__(self, member: str) -> bool:
        if member in self._changed:
            return self._changed[member] is not None
        return not self._wiped and member in self._base

    def add(self, members: Iterable[Member]) -> None:
        for member in members:
            if member["value"] not in self:
                self._changed[member["value"]] = member

    def remove(self, ids: Iterable[str]) -> None:
        for one in ids:
            if one in self:
                self._changed[one] = None

    def clear(self) -> None:
        self._wiped = True
        self._changed.clear()

    def replace(self, members: Iterable[Member]) -> None:
        self.clear()
        self._changed.update({member["value"]: member for member in members})

    def all(self) -> dict[str, Member]:
        """The members as they are with the changes."""
        merged: dict[str, Member | None] = {} if self._wiped else dict(self._base)
        merged.update(self._changed)
        return {one: member for one, member in merged.items() if member is not None}

    def added(self) -> list[str]:
        """Ids that the changes bring in."""
        return [one for one, member in self._changed.items() if member is not None and one not in self._base]

    def changes(self) -> Mapping[str, Member | None]:
        """What is new by id, None for who leaves."""
        if not self._wiped:
            return self._changed
        gone = {one: None for one in self._base if self._changed.get(one) is None}
        return {**gone, **{one: self._changed[one] for one in self.added()}}


def read_members(value: Any, switches: Switches) -> list[Member]:
    """Members as clients send them: a list, one object, or ids; Problem 400 invalidValue for anything else."""
    if isinstance(value, str) and not switches.strict:
        value = [value]
    found = coerce(_MEMBERS, value, switches) or []
    for member in found:
        if not isinstance(member.get("value"), str) or not member["value"]:
            raise invalid_value("A member needs a value: the id of a user or group.")
    return [{"value": m["value"], **({"display": m["display"]} if m.get("display") else {})} for m in found]


def change(members: Membership, verb: str, path: Path, value: Any, switches: Switches) -> None:
    """One PATCH operation on `members`."""
    if path.where:
        _change_some(members, verb, path, switches)
    elif path.sub:
        raise mutability("What is inside a member cannot be changed; remove the member and add another.")
    elif verb == "add":
        new = read_members(value, switches)
        if switches.replace_on_add:
            members.clear()
        members.add(new)
    elif verb == "replace":
        members.replace(read_members(value, switches))
    else:
        _remove(members, value, switches)


def change_old(members: Membership, value: Any, switches: Switches) -> None:
    """The members of a SCIM 1.1 PATCH: each is added, or removed where its `operation` is "delete"."""
    entries = value if isinstance(value, list) else [value]
    for entry in entries:
        verb = str(lookup(entry, "operation") or "add").lower()
        if verb == "delete":
            members.remove(member["value"] for member in read_members([entry], switches))
        else:
            members.add(read_members([entry], switches))


def _remove(members: Membership, value: Any, switches: Switches) -> None:
    """RFC 7644 gives a remove no value; a client that names members in one wants only these removed."""
    if value in (None, [], "") or switches.strict or switches.wipe_on_value_remove:
        members.clear()
    else:
        members.remove(member["value"] for member in read_members(value, switches))


def _change_some(members: Membership, verb: str, path: Path, switches: Switches) -> None:
    chosen = _chosen(members, path, switches)
    if verb == "remove":
        if path.sub and path.sub.lower() != "value":
            raise mutability("What is inside a member cannot be changed; remove the member and add another.")
        if switches.wipe_on_filtered_remove:
            members.clear()
        members.remove(chosen)
        return
    if not chosen:
        wanted = equalities(path.where) if path.where else None
        if switches.strict or not wanted or not isinstance(wanted.get("value"), str):
            raise no_target("No member matches the filter of the path.")
        members.add([{"value": wanted["value"]}])


def _chosen(members: Membership, path: Path, switches: Switches) -> list[str]:
    where = path.where
    assert where is not None
    if isinstance(where, Compare) and where.op == "eq" and where.path.name == "value" and isinstance(where.value, str):
        return [where.value] if where.value in members else []
    rules = Rules.of(switches)
    return [one for one, member in members.all().items() if matches(where, member, rules, "members.")]
