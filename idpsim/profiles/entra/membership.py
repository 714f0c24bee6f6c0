"""The jobs of a cycle that are about groups: the groups themselves, one reading of each, then their members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from idpsim.directory import Group
from idpsim.profiles.entra import facts
from idpsim.profiles.entra.groups import Member, add, chunks, drop, prepare, unresolved
from idpsim.profiles.entra.mapping import source_of_group
from idpsim.profiles.entra.objects import provision, remove
from idpsim.profiles.entra.rules import Rules
from idpsim.profiles.entra.scope import group_in_scope, selected, softly_deleted
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Skipped
from idpsim.provisioning.links import Link
from idpsim.provisioning.profile import Change, Job, Phase

By = Mapping[str, Sequence[Change]]
MOVES = ("joined", "left")
LEFT_OUT = "Entra leaves out a member who is not in scope, and does not add them later, until a restart"
NOT_FLATTENED = "Entra sends a nested group only if it is provisioned itself; its members are not flattened"


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody who is to be added to a group or removed from it, or why not."""

    uid: str
    changes: tuple[Change, ...]
    adds: bool = True
    member: Member | None = None
    job: Job | None = None


def phases(groups: By, app: App, rules: Rules) -> Iterator[Phase]:
    """Groups; then each group with news of its members is read; then those members, side by side."""
    if not groups:
        return
    before = {uid: link.id if (link := app.links.group(uid)) else None for uid in groups}
    yield Phase((job for uid, changes in groups.items() for job in _group(uid, changes, app, rules)), parallel=True)
    mine = {uid: changes for uid, changes in groups.items() if group_in_scope(uid, app) and app.links.group(uid)}
    whole = {uid for uid, changes in mine.items() if _is_whole(uid, changes, app, before)}
    moved = (uid for uid, changes in mine.items() if rules.update and _has_moves(uid, changes, app, whole))
    unread = {uid: app.links.group(uid) for uid in moved}
    if unread:
        yield Phase([_reading(uid, mine[uid], link, app, rules) for uid, link in unread.items() if link], parallel=True)
    for uid in unread:
        link = app.links.group(uid)
        if link is not None and link.id != before[uid]:
            whole.add(uid)
    ready = [uid for uid in mine if uid not in unread or app.links.group(uid) is not unread[uid]]
    yield Phase((job for uid in ready for job in _members(uid, mine[uid], app, rules, uid in whole)), parallel=True)


def _is_whole(uid: str, changes: Sequence[Change], app: App, before: Mapping[str, str | None]) -> bool:
    """Whether all members are looked at, not only those of whom a change tells."""
    link = app.links.group(uid)
    fresh = link is not None and link.id != before[uid]
    return fresh or any(change.kind in ("pushed", "group-assigned", "restart") for change in changes)


def _group(uid: str, changes: Sequence[Change], app: App, rules: Rules) -> Iterator[Job]:
    """The job of the group itself; news of its members alone are none, once it is linked."""
    link = app.links.group(uid)
    group = app.group(uid)
    if group is None or not group_in_scope(uid, app):
        yield _ending(uid, changes, link, group, rules)
    elif link is None or any(change.kind not in MOVES for change in changes):
        if link is not None and not rules.update:
            yield _skipping(changes, Skipped("Update is switched off", facts.HOW, by="settings"))
        else:
            yield Job(uid, provision, ("group", source_of_group(group, app), link, rules), tuple(changes))


def _ending(uid: str, changes: Sequence[Change], link: Link | None, group: Group | None, rules: Rules) -> Job:
    if link is None:
        return _skipping(changes, Skipped("the group is not provisioned", facts.HOW, by="state"))
    if all(change.kind in (*MOVES, "group-updated") for change in changes):
        return _skipping(changes, Skipped("the group is not assigned to the app", facts.HOW, by="state"))
    if group is not None and rules.skip_out_of_scope_deletions:
        return _skipping(changes, Skipped("SkipOutOfScopeDeletions is on", facts.OUT_OF_SCOPE, by="settings"))
    if not rules.delete:
        return _skipping(changes, Skipped("Delete is switched off", facts.HOW, by="settings"))
    kept = any(change.delete is False for change in changes)
    note = "Entra always deletes a group that is unassigned: it does not ask" if kept else ""
    return Job(uid, remove, ("group", link, note), tuple(changes))


def _skipping(changes: Sequence[Change], why: Skipped, lane: str = "") -> Job:
    job = Job.skipping(changes[0], why, lane)
    return Job(job.subject, job.flow, job.args, tuple(changes), lane)


def _reading(uid: str, changes: Sequence[Change], link: Link, app: App, rules: Rules) -> Job:
    source = source_of_group(app.directory.group(uid), app)
    return Job(uid, prepare, (source, link, rules), tuple(changes), "members")


def _has_moves(uid: str, changes: Sequence[Change], app: App, whole: set[str]) -> bool:
    return any(move.member for move in _moves(uid, changes, app, uid in whole))


def _moves(uid: str, changes: Sequence[Change], app: App, whole: bool) -> Iterator[Move]:
    group, link = app.group(uid), app.links.group(uid)
    if group is None or link is None:
        return
    told = _told(changes)
    inside = {_uid_of(key, app): key for key in group.members}
    asked: Iterable[str] = dict.fromkeys((*told, *inside, *sorted(link.members))) if whole else told
    for uid_ in asked:
        if uid_ in inside and uid_ not in link.members:
            yield _joining(uid_, told.get(uid_), link, app)
        elif uid_ not in inside and (uid_ in link.members or uid_ in told):
            yield _leaving(uid_, told.get(uid_), link, app)
        elif uid_ in told:
            yield _unmoved(uid_, told[uid_], "the member is in the group already")


def _told(changes: Sequence[Change]) -> dict[str, tuple[Change, ...]]:
    """The changes of members, by member."""
    told: dict[str, list[Change]] = {}
    for change in changes:
        who = change.person or change.member
        if change.kind in MOVES and who:
            told.setdefault(who, []).append(change)
    return {uid: tuple(each) for uid, each in told.items()}


def _uid_of(key: str, app: App) -> str:
    return app.directory.person(key).uid if app.directory.has_person(key) else key


def _change(kind: str, uid: str, group: str, app: App) -> tuple[Change, ...]:
    nested = app.links.group(uid) is not None or app.directory.has_group(uid)
    return (Change(kind, group=group, member=uid) if nested else Change(kind, person=uid, group=group),)


def _member(uid: str, app: App) -> Member | None:
    link = app.links.user(uid) or app.links.group(uid)
    return Member(uid, link.id) if link else None


def _joining(uid: str, told: tuple[Change, ...] | None, group: Link, app: App) -> Move:
    changes = told or _change("joined", uid, group.uid, app)
    person = app.person(uid)
    if person is None:
        member = _member(uid, app) if group_in_scope(uid, app) else None
        return Move(uid, changes, member=member) if member else _unmoved(uid, changes, NOT_FLATTENED, vendor=True)
    member = _member(uid, app)
    if selected(person, app) or (member is None and softly_deleted(person, app)):
        return _unmoved(uid, changes, LEFT_OUT, vendor=True)
    if member is None:
        return Move(uid, changes, job=Job(group.uid, unresolved, (f"the member {person.userName}",), changes, uid))
    return Move(uid, changes, member=member)


def _leaving(uid: str, told: tuple[Change, ...] | None, group: Link, app: App) -> Move:
    changes = told or _change("left", uid, group.uid, app)
    member = _member(uid, app)
    if member is None:
        return _unmoved(uid, changes, "the member is not at the service provider")
    return Move(uid, changes, adds=False, member=member)


def _unmoved(uid: str, changes: tuple[Change, ...], why: str, vendor: bool = False) -> Move:
    skipped = Skipped(why, facts.KNOWN_ISSUES) if vendor else Skipped(why, by="state")
    return Move(uid, changes, job=_skipping(changes, skipped, uid))


def _members(uid: str, changes: Sequence[Change], app: App, rules: Rules, whole: bool) -> Iterator[Job]:
    link = app.links.group(uid)
    if link is None:
        return
    waiting: dict[bool, list[Move]] = {False: [], True: []}
    for move in _moves(uid, changes, app, whole):
        if not rules.update:
            yield _skipping(move.changes, Skipped("Update is switched off", facts.HOW, by="settings"), move.uid)
        elif move.job is not None:
            yield move.job
        elif rules.members_per_patch <= 1:
            yield _sending([move], link, rules)
        else:
            waiting[move.adds].append(move)
    for moves in waiting.values():
        by_uid = {move.uid: move for move in moves}
        for chunk in chunks([move.member for move in moves if move.member], rules.members_per_patch):
            yield _sending([by_uid[member.uid] for member in chunk], link, rules)


def _sending(moves: Sequence[Move], link: Link, rules: Rules) -> Job:
    members = tuple(move.member for move in moves if move.member)
    flow = add if moves[0].adds else drop
    changes = tuple(change for move in moves for change in move.changes)
    return Job(link.uid, flow, (link, members, rules), changes, moves[0].uid)
