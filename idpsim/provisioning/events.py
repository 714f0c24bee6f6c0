"""Events: what happens in the directory or the app, done to both, and told as changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from idpsim.directory import Person, Status
from idpsim.provisioning.app import App
from idpsim.provisioning.profile import Change, Profile


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name in the scenario language, whom it is about (keys), and what it says beside that."""

    name: str
    people: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)


Changes: TypeAlias = list[Change]


def happen(event: Event, app: App, profile: Profile) -> Changes:
    """Do the event to the directory and the app, and return what the profile is to hear of it."""
    return _EVENTS[event.name](event, app, profile)


def known(name: str) -> bool:
    """Whether this event changes the directory or the app."""
    return name in _EVENTS


def _uid(app: App, key: str) -> str:
    return app.directory.uid(key)


def _assign(event: Event, app: App, profile: Profile) -> Changes:
    before = _assigned(app, event.groups, ())
    app.assigned_people |= dict.fromkeys(event.people)
    for key in event.groups:
        app.assigned_groups[key] = None
        if profile.push_assigns:
            app.pushed[key] = None
    direct = [Change("assigned", _uid(app, key)) for key in event.people]
    groups = [Change("group-assigned", group=key) for key in event.groups]
    told = {each.person for each in direct} if before else ()
    return direct + [each for each in _moved(app, before) if each.person not in told] + groups


def _unassign(event: Event, app: App, profile: Profile) -> Changes:
    before = _assigned(app, event.groups, event.people)
    for key in event.people:
        app.assigned_people.pop(key, None)
    for key in event.groups:
        app.assigned_groups.pop(key, None)
        if profile.push_assigns:
            app.pushed.pop(key, None)
    gone = _moved(app, before)
    told = {each.person for each in gone}
    still = [Change("unassigned", _uid(app, key)) for key in event.people if _uid(app, key) not in told]
    return gone + still + [Change("group-unassigned", group=key) for key in event.groups]


def _assigned(app: App, groups: Iterable[str], people: Iterable[str]) -> dict[str, bool]:
    """Who of those whom an event may touch is assigned now: the members of groups, and people beside them."""
    keys = {*people, *(member for group in groups for member in app.directory.group(group).members)}
    return {key: app.assigned(key) for key in sorted(keys) if app.directory.has_person(key)}


def _moved(app: App, before: Mapping[str, bool]) -> Changes:
    """The changes of those whose assignment is another than before."""
    now = ((key, was, app.assigned(key)) for key, was in before.items())
    return [Change("assigned" if is_ else "unassigned", _uid(app, key)) for key, was, is_ in now if was != is_]


def _push(event: Event, app: App, profile: Profile) -> Changes:
    if profile.push_assigns:
        return _assign(event, app, profile)
    app.pushed |= dict.fromkeys(event.groups)
    return [Change("pushed", group=key) for key in event.groups]


def _unpush(event: Event, app: App, profile: Profile) -> Changes:
    changes = _unassign(event, app, profile) if profile.push_assigns else []
    for key in event.groups:
        app.pushed.pop(key, None)
    unpushed = [Change("unpushed", group=key, delete=event.arguments.get("delete")) for key in event.groups]
    return [each for each in changes if each.kind != "group-unassigned"] + unpushed


def _update(event: Event, app: App, profile: Profile) -> Changes:  # noqa: ARG001
    attributes = dict(event.arguments["set"])
    changes: Changes = []
    for key in event.people:
        someone = app.directory.person(key)
        custom = {**someone.custom, **attributes.get("custom", {})}
        kept = {name: value for name, value in custom.items() if value is not None}
        plain = {name: value for name, value in attributes.items() if name != "custom"}
        app.put_person(replace(someone, custom=kept, **plain))
        changes.append(Change("updated", someone.uid, attributes=tuple(attributes)))
    for key in event.groups:
        group = app.directory.group(key)
        app.directory.put_group(replace(group, **attributes))
        changes.append(Change("group-updated", group=key, attributes=tuple(attributes)))
    return changes


def _join(event: Event, app: App, profile: Profile) -> Changes:  # noqa: ARG001
    return _membership(event, app, "joined", lambda members, keys: (*members, *(k for k in keys if k not in members)))


def _leave(event: Event, app: App, profile: Profile) -> Changes:  # noqa: ARG001
    return _membership(event, app, "left", lambda members, keys: tuple(m for m in members if m not in keys))


Members: TypeAlias = tuple[str, ...]


def _membership(event: Event, app: App, kind: str, change: Callable[[Members, Members], Members]) -> Changes:
    before = {key: app.assigned(key) for key in event.people}
    moves: Changes = []
    for key in event.groups:
        group = app.directory.group(key)
        app.directory.put_group(replace(group, members=change(group.members, event.people)))
        moves += [Change(kind, _uid(app, person), group=key) for person in event.people]
    return _moved(app, before) + moves


def _status(kind: str, status: Status) -> Callable[[Event, App, Profile], Changes]:
    def happened(event: Event, app: App, profile: Profile) -> Changes:
        changes: Changes = []
        for key in event.people:
            someone = app.directory.person(key)
            app.put_person(replace(someone, status=status))
            if profile.disable_unassigns and status in ("disabled", "deleted"):
                app.assigned_people.pop(key, None)
            changes.append(Change(kind, someone.uid))
        return changes + (_group_deletions(event, app) if kind == "deleted" else [])

    return happened


def _group_deletions(event: Event, app: App) -> Changes:
    changes = []
    for key in event.groups:
        changes += _moved_by_deletion(app, key)
        changes.append(Change("group-deleted", group=key))
    return changes


def _moved_by_deletion(app: App, key: str) -> Changes:
    before = {m: app.assigned(m) for m in app.directory.group(key).members if app.directory.has_person(m)}
    app.assigned_groups.pop(key, None)
    app.pushed.pop(key, None)
    app.directory.drop_group(key)
    return _moved(app, before)


def _purge(event: Event, app: App, profile: Profile) -> Changes:  # noqa: ARG001
    changes = []
    for key in event.people:
        someone = app.directory.person(key)
        changes.append(Change("purged", someone.uid, detail={"assigned": app.assigned(key)}))
        app.put_person(replace(someone, status="purged"))
        app.assigned_people.pop(key, None)
    return changes


def _rehire(event: Event, app: App, profile: Profile) -> Changes:  # noqa: ARG001
    for key in event.people:
        _new_object(app, app.directory.person(key))
    return []


def _new_object(app: App, someone: Person) -> None:
    number = int(someone.uid.partition("#")[2] or 1) + 1
    if someone.status == "active":
        app.put_person(replace(someone, status="purged"))
    app.assigned_people.pop(someone.key, None)
    app.put_person(replace(someone, uid=f"{someone.key}#{number}", status="active"))
    for group in app.directory.groups_of(someone.key):
        held = app.directory.group(group)
        app.directory.put_group(replace(held, members=tuple(m for m in held.members if m != someone.key)))


def _password(event: Event, app: App, profile: Profile) -> Changes:  # noqa: ARG001
    return [Change("password", _uid(app, key), detail=event.arguments) for key in event.people]


def _on_demand(event: Event, app: App, profile: Profile) -> Changes:  # noqa: ARG001
    people = [Change("on-demand", _uid(app, key)) for key in event.people]
    return people + [Change("on-demand", group=key, detail=event.arguments) for key in event.groups]


def _plain(kind: str) -> Callable[[Event, App, Profile], Changes]:
    return lambda event, app, profile: [Change(kind)]  # noqa: ARG005


_EVENTS: Mapping[str, Callable[[Event, App, Profile], Changes]] = {
    "assign": _assign,
    "unassign": _unassign,
    "push": _push,
    "unpush": _unpush,
    "update": _update,
    "join": _join,
    "leave": _leave,
    "disable": _status("disabled", "disabled"),
    "enable": _status("enabled", "active"),
    "suspend": _status("suspended", "suspended"),
    "unsuspend": _status("unsuspended", "active"),
    "delete": _status("deleted", "deleted"),
    "restore": _status("restored", "active"),
    "purge": _purge,
    "rehire": _rehire,
    "set-password": _password,
    "provision-on-demand": _on_demand,
    "sync": _plain("sync"),
    "restart": _plain("restart"),
    "import": _plain("import"),
}


def uids(app: App, people: Iterable[str], groups: Iterable[str]) -> list[str]:
    """The uids of these keys, people first."""
    return [*(_uid(app, key) for key in people), *groups]
