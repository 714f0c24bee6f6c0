"""The jobs of a cycle that are about people: users first, then their managers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from idpsim.directory import Person
from idpsim.profiles.entra import facts
from idpsim.profiles.entra.groups import unresolved
from idpsim.profiles.entra.managers import set_manager
from idpsim.profiles.entra.mapping import MANAGER_VALUE, Source, matching_of, values_of_person
from idpsim.profiles.entra.objects import provision, remove
from idpsim.profiles.entra.rules import Rules
from idpsim.profiles.entra.scope import fate, selected, softly_deleted
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Skipped
from idpsim.provisioning.links import Link
from idpsim.provisioning.profile import Change, Job, Phase

By = Mapping[str, Sequence[Change]]
NO_BACK_FILL = "the manager is not provisioned: Entra sends no manager, nor later when that changes, until a restart"


def phases(people: By, app: App, rules: Rules) -> Iterator[Phase]:
    """Users, then managers. Who was replaced by a new directory object comes first: both may have one resource."""
    before: dict[str, str | None] = {}
    former = {uid: changes for uid, changes in people.items() if _replaced(uid, app)}
    if former:
        yield Phase((_user(uid, changes, app, rules, before) for uid, changes in former.items()), parallel=True)
    if people:
        rest = ((uid, changes) for uid, changes in people.items() if uid not in former)
        yield Phase((_user(uid, changes, app, rules, before) for uid, changes in rest), parallel=True)
        yield Phase(_managers(people, app, rules, before), parallel=True)


def _replaced(uid: str, app: App) -> bool:
    person = app.person(uid)
    return person is not None and app.directory.person(person.key).uid != uid


def _user(uid: str, changes: Sequence[Change], app: App, rules: Rules, before: dict[str, str | None]) -> Job:
    person, link = app.person(uid), app.links.user(uid)
    never = next((facts.NEVER_BY_KIND[each.kind] for each in changes if each.kind in facts.NEVER_BY_KIND), None)
    if person is None:
        return _skipping(uid, changes, Skipped("there is no such user in the directory", by="state"))
    if never and all(change.kind in facts.NEVER_BY_KIND for change in changes):
        return _skipping(uid, changes, never)
    what = fate(person, changes, link, app, rules)
    if isinstance(what, Skipped):
        return _skipping(uid, changes, what)
    if what == "delete" and link is not None:
        return Job(uid, remove, ("user", link), tuple(changes))
    source = source_of_person(person, changes, link, app, rules)
    if link is None and not source.matching:
        names = ", ".join(rules.matching)
        return _skipping(uid, changes, Skipped(f"ImportSkipped: no value for {names}", facts.LOGS))
    before[uid] = link.id if link else None
    return Job(uid, provision, ("user", source, link, rules), tuple(changes))


def _skipping(uid: str, changes: Sequence[Change], why: Skipped) -> Job:
    job = Job.skipping(changes[0], why)
    return Job(uid, job.flow, job.args, tuple(changes))


def source_of_person(person: Person, changes: Sequence[Change], link: Link | None, app: App, rules: Rules) -> Source:
    """What Entra wants the service provider to hold of a person now."""
    gone = softly_deleted(person, app)
    active = not gone if rules.active_mapping else None
    values = values_of_person(person, active, app, rules)
    names = [name for change in changes for name in change.attributes if name not in ("manager", "custom")]
    return Source(
        uid=person.uid,
        values=values,
        matching=matching_of(values, rules.matching),
        cleared=tuple(dict.fromkeys(name for name in names if not getattr(person, name, None))),
        groups=_holding(person, link, app),
        manager="" if gone else _kept_manager(person, changes, link, app),
        note="" if link else _not_back_filled(person, changes, app),
    )


def _groups_of(person: Person, app: App) -> Iterator[str]:
    """The uids of the groups that a person is in and that are at the service provider."""
    if app.links.count("group"):
        uids = (app.directory.group(key).uid for key in app.directory.groups_of(person.key))
        yield from (uid for uid in uids if app.links.group(uid))


def _holding(person: Person, link: Link | None, app: App) -> tuple[str, ...]:
    groups = ((uid, app.links.group(uid)) for uid in (_groups_of(person, app) if link else ()))
    return tuple(uid for uid, group in groups if group and person.uid in group.members)


def _not_back_filled(person: Person, changes: Sequence[Change], app: App) -> str:
    """What is said of somebody who came into scope after they had come into their groups."""
    if not any(change.kind in ("enabled", "updated", "on-demand") for change in changes):
        return ""
    names = [group.displayName for uid in _groups_of(person, app) if (group := app.group(uid))]
    if not names:
        return ""
    return f"Entra does not send the membership in {', '.join(names)} until a restart ({facts.KNOWN_ISSUES})"


def _touches_manager(changes: Sequence[Change]) -> bool:
    return any(change.kind != "updated" or "manager" in change.attributes for change in changes)


def _kept_manager(person: Person, changes: Sequence[Change], link: Link | None, app: App) -> str:
    """The id of the manager that was accepted before, where it is still the manager."""
    held = link.values.get(MANAGER_VALUE) if link else None
    boss = boss_of(person, app)
    theirs = app.links.user(boss.uid) if boss else None
    same = held is not None and theirs is not None and theirs.id == held
    return str(held) if same and not any("manager" in change.attributes for change in changes) else ""


def boss_of(person: Person, app: App) -> Person | None:
    """The person's manager, None where the directory has none."""
    return app.directory.person(person.manager) if person.manager and app.directory.has_person(person.manager) else None


def _managers(people: By, app: App, rules: Rules, before: Mapping[str, str | None]) -> Iterator[Job]:
    for uid, changes in people.items():
        person, link = app.person(uid), app.links.user(uid)
        if person is None or link is None or softly_deleted(person, app):
            continue
        if _touches_manager(changes) or before.get(uid, link.id) != link.id:
            yield from _manager(person, changes, link, app, rules)


def _manager(person: Person, changes: Sequence[Change], link: Link, app: App, rules: Rules) -> Iterator[Job]:
    explicit = any("manager" in change.attributes for change in changes)
    if not rules.update:
        if explicit:
            yield _lane(person, changes, Skipped("Update is switched off", facts.HOW, by="settings"))
        return
    boss = boss_of(person, app)
    if boss is None:
        if explicit:
            yield Job(person.uid, set_manager, (link, None, rules), tuple(changes), "manager")
        return
    theirs = app.links.user(boss.uid)
    if selected(boss, app) or (theirs is None and softly_deleted(boss, app)):
        yield _lane(person, changes, Skipped(NO_BACK_FILL, facts.KNOWN_ISSUES))
    elif theirs is None:
        yield Job(person.uid, unresolved, (f"the manager {boss.userName}",), tuple(changes), "manager")
    elif explicit or link.values.get(MANAGER_VALUE) != theirs.id:
        yield Job(person.uid, set_manager, (link, theirs.id, rules), tuple(changes), "manager")


def _lane(person: Person, changes: Sequence[Change], why: Skipped) -> Job:
    job = _skipping(person.uid, changes, why)
    return Job(job.subject, job.flow, job.args, job.changes, "manager")
