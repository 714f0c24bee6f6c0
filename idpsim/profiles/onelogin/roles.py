"""Which groups a person is entitled to, who is synced for a role, and what there is to tell of a role in the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from idpsim.directory import Group, Person
from idpsim.profiles.onelogin import facts
from idpsim.profiles.onelogin.groups import Entitlement
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Done, Skipped
from idpsim.provisioning.links import Link
from idpsim.provisioning.profile import Change

OF_ROLES = {"pushed", "unpushed", "group-updated"}
ENQUEUING = OF_ROLES | {"sync"}
NOT_YET = Skipped("it is sent with the people's own tasks, which have not sent it yet", by="state")
NOBODY = Skipped("nobody with the role is provisioned", by="state")
UNMAPPED = Skipped("the role is not mapped to a group", facts.WORKOS, "state")


@dataclass(frozen=True, slots=True)
class Due:
    """The groups of one person's sync: all that they are entitled to, and those that a removal is due for."""

    gained: tuple[Entitlement, ...] = ()
    lost: tuple[Entitlement, ...] = ()
    note: str = ""


def due(person: Person, app: App) -> Due:
    """What the rules yield for a person, against what was sent before; roles that were deleted count for nothing."""
    if app.settings["group_mode"] == "off":
        return Due()
    mapped = [app.directory.group(key) for key in app.directory.groups_of(person.key) if key in app.pushed]
    missing = {group.displayName: reason for group in mapped if (reason := out_of_reach(group, app)) is not None}
    gained = tuple(_entitlement(group, person, app) for group in mapped if group.displayName not in missing)
    taken = {each.uid for each in gained} | {each.former.uid for each in gained if each.former is not None}
    lost = tuple(
        Entitlement(link.uid, str(link.values.get("displayName", "")), link.id, held=True)
        for link in app.links.all("group")
        if person.uid in link.members and link.uid not in taken and _role(link.uid, app) is not None
    )
    return Due(gained, lost, "; ".join(f"{name}: {reason.reason}" for name, reason in missing.items()))


def _entitlement(group: Group, person: Person, app: App) -> Entitlement:
    link = app.links.group(group.uid)
    former = former_of(group, app) if link is None else None
    known = link or former
    held = known is not None and person.uid in known.members
    return Entitlement(group.uid, group.displayName, known.id if known else None, held, former)


def former_of(group: Group, app: App) -> Link | None:
    """The link of a role that is gone or renamed and whose group has this group's name: to OneLogin it is the same."""
    links = (link for link in app.links.all("group") if link.values.get("displayName") == group.displayName)
    return next((link for link in links if app.group(link.uid) is None), None)


def _role(uid: str, app: App) -> Group | None:
    """The role of a group link, of a group that was set aside too."""
    return app.group(uid) or app.group(uid.rpartition("#")[0])


def aside(link: Link, app: App) -> str:
    """A uid of its own for the group of a role's old name."""
    return next(uid for n in count(1) if app.links.group(uid := f"{link.uid}#{n}") is None)


def out_of_reach(group: Group, app: App) -> Skipped | None:
    """Why no membership of this group can be sent, None where one can."""
    if app.links.group(group.uid) is not None or former_of(group, app) is not None:
        return None
    if app.settings["group_mode"] == "import":
        return facts.NOT_IMPORTED
    return None if app.settings["create_missing_groups"] else facts.NOT_CREATED


def reason_against(change: Change, app: App) -> Skipped | None:
    """Why a change of membership makes no sync of the person, None where it does."""
    group = app.group(change.group or "")
    if app.settings["group_mode"] == "off":
        return facts.GROUPS_OFF
    if group is None:
        return facts.ROLE_DELETED
    if group.key not in app.pushed:
        return UNMAPPED
    return out_of_reach(group, app) if change.kind == "joined" else None


def people_of(change: Change, app: App) -> Iterator[Person]:
    """Whom a change of the whole app, or of a role's mapping, enqueues: everyone, or the role's provisioned people."""
    if change.kind == "sync" and change.person is None:
        yield from (app.directory.person(key) for key in app.everyone_assigned())
    elif change.kind in OF_ROLES and change.group and app.settings["group_mode"] != "off":
        for person in _candidates(change.group, app):
            if app.links.user(person.uid) is not None and app.assigned(person.key):
                yield person


def _candidates(uid: str, app: App) -> Iterator[Person]:
    """The people of a mapped role, or those whom the service provider holds under it; in the role's order first."""
    group = app.group(uid)
    links = [link for link in app.links.all("group") if uid in (link.uid, link.uid.rpartition("#")[0])]
    held = {each for link in links for each in link.members}
    mapped = group is not None and group.key in app.pushed
    for key in group.members if group is not None else ():
        person = app.directory.person(key) if app.directory.has_person(key) else None
        if person is not None and (mapped or person.uid in held):
            held.discard(person.uid)
            yield person
    for each in sorted(held):
        person = app.person(each)
        if person is not None:
            yield person


def told(change: Change, app: App) -> Done | Skipped:
    """The outcome of a role's change, once its people's tasks have run."""
    group = app.group(change.group or "")
    if change.kind == "group-deleted":
        return facts.ROLE_DELETED
    if change.kind in ("group-assigned", "group-unassigned"):
        return Skipped("a role itself is not sent: its people are", facts.TESTING, "state")
    if app.settings["group_mode"] == "off":
        return facts.GROUPS_OFF
    if group is None:
        return facts.ROLE_DELETED
    if group.key in app.pushed:
        return _told_of_mapped(group, app)
    return UNMAPPED if change.kind == "group-updated" else _told_of_unmapped(change, group, app)


def _told_of_mapped(group: Group, app: App) -> Done | Skipped:
    link = app.links.group(group.uid)
    if link is not None and link.members:
        return Done()
    reason = out_of_reach(group, app)
    if reason is not None:
        return reason
    if not any(True for _ in people_of(Change("pushed", group=group.uid), app)):
        return facts.NEEDS_A_PERSON if link is None else NOBODY
    return NOT_YET


def _told_of_unmapped(change: Change, group: Group, app: App) -> Done | Skipped:
    link = app.links.group(group.uid)
    if link is None:
        return UNMAPPED
    if change.delete:
        return facts.GROUP_STAYS
    if any(app.assigned(person.key) for uid in link.members if (person := app.person(uid)) is not None):
        return NOT_YET
    return Done("the group stays at the service provider, without the members that OneLogin has removed")


def told_of_membership(change: Change, reason: Skipped | None, app: App) -> Done | Skipped:
    """The outcome of joining or leaving a role, once the person's task has run; `reason` is why it was to be none."""
    person, link = app.person(change.person or ""), app.links.group(change.group or "")
    if person is None:
        return facts.NO_NESTING
    inside = link is not None and person.uid in link.members
    if inside and change.kind == "left" and not app.assigned(person.key):
        return facts.MEMBERSHIP_STAYS
    return reason or (Done() if inside == (change.kind == "joined") else NOT_YET)
