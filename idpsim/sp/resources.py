"""What the verbs do to users and groups; each change is read, made and stored under one lock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

from .assign import Target, unassign
from .bodies import attributes_of
from .members import Membership, read_members
from .parse import parse_path
from .patch import Draft, apply
from .problem import Problem, invalid_value
from .schema import REQUIRED, Kind
from .store import Entry, Store
from .switches import Switches

Edit: TypeAlias = Callable[[Draft], None]
_RACE = 0.02


class Resources:
    """Users and groups under one set of switches."""

    def __init__(
        self, store: Store, switches: Switches, timestamp: Callable[[], str], new_id: Callable[[], str]
    ) -> None:
        self._store = store
        self._switches = switches
        self._timestamp = timestamp
        self._new_id = new_id

    def read(self, kind: Kind, id: str) -> Entry:
        """The resource; Problem 404 where there is none."""
        entry = self._store.get(kind, id)
        if entry is None:
            raise Problem(404, f"There is no {kind} with the id {id[:100]!r}.")
        return entry

    def create(self, kind: Kind, body: Mapping[str, Any]) -> Entry:
        """The new resource; Problem 409 uniqueness where its name is taken, 400 for a body that cannot be kept."""
        draft = Draft(kind, attributes_of(kind, body, self._switches), Membership({}) if kind == "group" else None)
        if kind == "user":
            draft.attributes.setdefault("active", True)
        self._take_members(draft)
        self._drop(draft, self._switches.drop_attributes)
        with self._store.lock:
            now = self._timestamp()
            entry = Entry(kind, self._new_id(), draft.attributes, now, now)
            self._check(entry, draft.members)
            self._store_changes(entry, draft.members)
        return entry

    def put(self, kind: Kind, id: str, body: Mapping[str, Any], if_match: str | None = None) -> Entry:
        """The resource with the body in place of what it was; `active` stays as it is where the body leaves it out."""
        sent = attributes_of(kind, body, self._switches)

        def overwrite(draft: Draft) -> None:
            kept = {"active": draft.attributes["active"]} if "active" in draft.attributes else {}
            draft.attributes = {**kept, **sent}
            if draft.members is not None:
                draft.members.clear()
            self._take_members(draft)
            self._drop(draft, self._switches.put_drops)

        return self._change(kind, id, overwrite, if_match)

    def patch(self, kind: Kind, id: str, body: Mapping[str, Any], if_match: str | None = None) -> Entry:
        """The resource with the operations done, all or none."""
        return self._change(kind, id, lambda draft: apply(draft, body, self._switches), if_match)

    def delete(self, kind: Kind, id: str, if_match: str | None = None) -> None:
        """Take the resource away; a soft delete leaves a user, inactive."""
        with self._store.lock:
            entry = self.read(kind, id)
            _check_version(entry, if_match)
            if self._switches.accept_and_forget:
                return
            if kind == "user" and self._switches.delete == "soft":
                self._store.put(self._next(entry, {**entry.attributes, "active": False}))
            else:
                self._store.drop(entry)

    def _change(self, kind: Kind, id: str, edit: Edit, if_match: str | None) -> Entry:
        if kind == "group" and self._switches.lose_updates:
            return self._racing(id, edit, if_match)
        with self._store.lock:
            entry = self.read(kind, id)
            _check_version(entry, if_match)
            draft = Draft(
                kind, dict(entry.attributes), Membership(self._store.members(id)) if kind == "group" else None
            )
            edit(draft)
            return self._commit(entry, draft)

    def _racing(self, id: str, edit: Edit, if_match: str | None) -> Entry:
        """Read, wait, write it all back: what another request has written meanwhile is lost."""
        with self._store.lock:
            entry = self.read("group", id)
            _check_version(entry, if_match)
            snapshot = dict(self._store.members(id))
        draft = Draft("group", dict(entry.attributes), Membership(snapshot))
        edit(draft)
        time.sleep(_RACE)
        with self._store.lock:
            assert draft.members is not None
            stale = draft.members.all()
            draft.members = Membership(self._store.members(id))
            draft.members.replace(stale.values())
            return self._commit(self.read("group", id), draft)

    def _commit(self, entry: Entry, draft: Draft) -> Entry:
        if self._switches.ignore_reactivation and not entry.active:
            draft.attributes["active"] = False
        self._drop(draft, self._switches.drop_attributes)
        if draft.attributes == entry.attributes and (draft.members is None or not draft.members.changes()):
            return entry
        changed = self._next(entry, draft.attributes)
        self._check(changed, draft.members)
        self._store_changes(changed, draft.members)
        return changed

    def _store_changes(self, entry: Entry, members: Membership | None) -> None:
        if self._switches.accept_and_forget:
            return
        self._store.put(entry)
        if members is not None:
            self._store.change_members(entry.id, dict(members.changes()))
        if self._switches.deactivation == "hard" and not entry.active and entry.kind == "user":
            self._store.drop(entry)

    def _next(self, entry: Entry, attributes: Mapping[str, Any]) -> Entry:
        return replace(entry, attributes=attributes, modified=self._timestamp(), version=entry.version + 1)

    def _take_members(self, draft: Draft) -> None:
        if draft.members is not None:
            draft.members.add(read_members(draft.attributes.pop("members", None), self._switches))

    def _drop(self, draft: Draft, names: tuple[str, ...]) -> None:
        for name in names:
            if name.lower() == "members" and draft.members is not None:
                draft.members.clear()
            elif name.lower() != REQUIRED[draft.kind].lower():
                unassign(Target(draft.kind, draft.attributes, _RIGHT), parse_path(name), None)

    def _check(self, entry: Entry, members: Membership | None) -> None:
        """Problem 409 for a name that is taken, 400 for members that nobody knows."""
        name = REQUIRED[entry.kind]
        taken = self._store.named(entry.kind, name, entry.attributes[name])
        if any(other.id != entry.id for other in taken):
            shown = entry.attributes[name][:200]
            raise Problem(409, f"There is a {entry.kind} with the {name} {shown!r} already.", "uniqueness")
        if members is None or self._switches.unknown_members == "keep":
            return
        unknown = [id for id in members.added() if not self._store.is_known(id)]
        if unknown and self._switches.unknown_members == "refuse":
            raise invalid_value(f"There is no user or group with the id {unknown[0][:100]!r}.")
        members.remove(unknown)


_RIGHT = Switches()


def _check_version(entry: Entry, if_match: str | None) -> None:
    if if_match and if_match.strip() != "*" and entry.etag not in (part.strip() for part in if_match.split(",")):
        raise Problem(412, f"The {entry.kind} has changed: its version is {entry.etag}.")
