"""Entra's provisioning on demand: one person, or a group with up to five members, at once and in legacy shapes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from idpsim.directory import Group, Person
from idpsim.profiles.entra import facts, probe
from idpsim.profiles.entra.groups import Member, added
from idpsim.profiles.entra.managers import managed
from idpsim.profiles.entra.mapping import MANAGER_VALUE, Source, source_of_group
from idpsim.profiles.entra.objects import provisioned
from idpsim.profiles.entra.people import boss_of, source_of_person
from idpsim.profiles.entra.rules import Rules
from idpsim.profiles.entra.scope import group_in_scope, selected, softly_deleted
from idpsim.profiles.entra.verbs import Collection, lost, place, read
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Done, Flow, Skipped
from idpsim.provisioning.links import Link
from idpsim.provisioning.profile import Change, Job

Targets: TypeAlias = tuple[tuple[Collection, str, str], ...]
MOST_MEMBERS = 5


def person_now(source: Source, link: Link | None, boss: str | None, targets: Targets, rules: Rules) -> Flow:
    """Probe, then find or create the user and bring it up to date, then its manager."""
    yield from probe.probed(targets)
    identifier, outcome = yield from provisioned("user", source, link, rules)
    if identifier is None or boss is None:
        return outcome
    after = yield from managed(source.uid, identifier, boss, rules)
    return outcome if isinstance(after, Skipped) else after


def group_now(source: Source, link: Link | None, members: tuple[Member, ...], targets: Targets, rules: Rules) -> Flow:
    """Probe, then find or create the group and bring it up to date, then add the chosen members."""
    yield from probe.probed(targets)
    identifier, outcome = yield from provisioned("group", source, link, rules)
    if identifier is None or not members:
        return outcome
    if (yield from read("/Groups", identifier)) is None:
        raise lost(place("/Groups", identifier))
    for member in members:
        yield from added(source.uid, identifier, (member,), rules)
    return Done(getattr(outcome, "note", ""))


def job(change: Change, app: App, rules: Rules) -> Job:
    """The one job of a provisioning on demand; it serves no change, since Entra does not repeat it by itself."""
    rules = replace(rules, flag=False)
    group = app.group(change.group) if change.group else None
    person = app.person(change.person) if change.person else None
    if group is not None:
        return _of_group(change, group, app, rules)
    if person is not None:
        return _of_person(change, person, app, rules)
    return Job.skipping(change, Skipped("there is no such person or group in the directory", by="state"))


def _of_person(change: Change, person: Person, app: App, rules: Rules) -> Job:
    link, reason = app.links.user(person.uid), softly_deleted(person, app)
    if reason in ("disabled", "soft-deleted"):
        return Job.skipping(
            change, Skipped("provisioning on demand takes no disabled or deleted user", facts.ON_DEMAND)
        )
    if reason and link is None:
        why = f"NotEffectivelyEntitled: the user is not provisioned, and {reason}"
        return Job.skipping(change, Skipped(why, facts.ON_DEMAND, by="state"))
    source = source_of_person(person, (change,), link, app, rules)
    if link is None and not source.matching:
        why = f"ImportSkipped: no value for {', '.join(rules.matching)}"
        return Job.skipping(change, Skipped(why, facts.LOGS))
    args = (source, link, _boss(person, link, app), probe.targets(app, rules), rules)
    return Job(person.uid, person_now, args)


def _boss(person: Person, link: Link | None, app: App) -> str | None:
    boss = boss_of(person, app)
    theirs = app.links.user(boss.uid) if boss and not selected(boss, app) else None
    held = link.values.get(MANAGER_VALUE) if link else None
    return theirs.id if theirs and theirs.id != held else None


def _of_group(change: Change, group: Group, app: App, rules: Rules) -> Job:
    if not group_in_scope(group.uid, app):
        return Job.skipping(change, Skipped("the group is not assigned to the app", facts.ON_DEMAND, by="state"))
    names: Sequence[str] = change.detail.get("members") or ()
    if len(names) > MOST_MEMBERS:
        why = f"provisioning on demand takes up to {MOST_MEMBERS} members of a group"
        return Job.skipping(change, Skipped(why, facts.ON_DEMAND))
    people = [app.directory.person(name) for name in names if app.directory.has_person(name)]
    links = [(person, app.links.user(person.uid)) for person in people if person.key in group.members]
    members = tuple(Member(person.uid, link.id) for person, link in links if link)
    left_out = [person.userName for person, link in links if not link]
    source = source_of_group(group, app)
    if left_out:
        source = replace(source, note=f"{', '.join(left_out)}: not provisioned, left out")
    args = (source, app.links.group(group.uid), members, probe.targets(app, rules), rules)
    return Job(group.uid, group_now, args)
