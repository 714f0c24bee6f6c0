"""Entra's flows on one user or group: match, create, bring up to date, delete."""

from __future__ import annotations

from typing import Any

from idpsim.profiles.entra import facts
from idpsim.profiles.entra.diff import differences, edited, promised
from idpsim.profiles.entra.managers import again
from idpsim.profiles.entra.mapping import Source, given, group_document, user_document
from idpsim.profiles.entra.rules import Rules
from idpsim.profiles.entra.verbs import (
    Collection,
    Steps,
    lost,
    matched,
    place,
    read,
    removed,
    resource_in,
    sent,
    written,
)
from idpsim.provisioning.flow import Done, Flow, Outcome, Skipped, post
from idpsim.provisioning.links import Kind, Link, Promise

COLLECTIONS: dict[Kind, Collection] = {"user": "/Users", "group": "/Groups"}
EQUAL = Skipped("RedundantExport: nothing to send, both sides are equal", facts.LOGS, by="state")


def provision(kind: Kind, source: Source, link: Link | None, rules: Rules) -> Flow:
    """Find the resource of a person or group, create it where there is none, and bring it up to date."""
    _, outcome = yield from provisioned(kind, source, link, rules)
    return outcome


def provisioned(kind: Kind, source: Source, link: Link | None, rules: Rules) -> Steps[tuple[str | None, Outcome]]:
    """As `provision`; the id of the resource comes with the outcome."""
    if link is None:
        return (yield from _found_or_made(kind, source, rules))
    held = yield from read(COLLECTIONS[kind], link.id)
    if held is None:
        return (yield from _found_again(kind, source, link, rules))
    outcome = yield from _aligned(kind, source, link.id, held, rules)
    if source.manager and rules.update:
        outcome = yield from again(source, link.id, held, outcome, rules)
    return link.id, outcome


def reread(kind: Kind, source: Source, link: Link, rules: Rules) -> Steps[str | None]:
    """Read a linked resource without comparing it; its id, another one where it had to be found or made anew."""
    if (yield from read(COLLECTIONS[kind], link.id)) is not None:
        return link.id
    identifier, _ = yield from _found_again(kind, source, link, rules)
    return identifier


def _found_again(kind: Kind, source: Source, link: Link, rules: Rules) -> Steps[tuple[str | None, Outcome]]:
    if rules.on_get_404_linked == "invalid_anchor" and not rules.restarted:
        raise lost(place(COLLECTIONS[kind], link.id))
    yield from _forgotten(kind, source)
    return (yield from _found_or_made(kind, source, rules))


def _forgotten(kind: Kind, source: Source) -> Steps[None]:
    yield Promise(kind, source.uid, forget=True)
    for group in source.groups:
        yield Promise("group", group, left=frozenset({source.uid}))


def _found_or_made(kind: Kind, source: Source, rules: Rules) -> Steps[tuple[str | None, Outcome]]:
    identifier = yield from matched(COLLECTIONS[kind], source.matching)
    if identifier is None:
        return (yield from _made(kind, source, rules))
    yield Promise(kind, source.uid, id=identifier)
    held = yield from read(COLLECTIONS[kind], identifier)
    if held is None:
        raise lost(place(COLLECTIONS[kind], identifier))
    outcome = yield from _aligned(kind, source, identifier, held, rules)
    attribute = source.matching[0][0] if len(source.matching) == 1 else "a matching attribute"
    notes = (f"found by {attribute} and linked", getattr(outcome, "note", ""), source.note)
    off = [outcome.reason] if isinstance(outcome, Skipped) and outcome is not EQUAL else []
    return identifier, Done("; ".join(note for note in (*notes, *off) if note))


def _made(kind: Kind, source: Source, rules: Rules) -> Steps[tuple[str | None, Outcome]]:
    if not source.active:
        return None, Skipped("Entra does not create a user who is disabled or out of scope", facts.HOW, by="state")
    if not rules.create:
        return None, Skipped("Create is switched off: nothing was found, and nothing is created", facts.HOW, "settings")
    document = user_document if kind == "user" else group_document
    quirk = facts.ROLES_EMPTY if kind == "user" else facts.CREATED_EMPTY
    call = post(COLLECTIONS[kind], document(source.values, rules), quirk)
    made = resource_in(call, (yield from sent(call, 200, 201, 204)))
    members: Any = frozenset() if kind == "group" else None
    values = given(source.values)
    yield Promise(kind, source.uid, made["id"], values, whole=True, members=members, created=True)
    return str(made["id"]), Done(source.note)


def _aligned(kind: Kind, source: Source, identifier: str, held: dict[str, Any], rules: Rules) -> Steps[Outcome]:
    """PATCH what differs between the directory and the resource that was just read."""
    edits = differences(source, held, rules.clear_attr)
    why = _not_cleared(source, rules)
    if not edits:
        return Skipped(why, facts.KNOWN_ISSUES) if why else EQUAL
    if not rules.update:
        return Skipped("Update is switched off", facts.HOW, by="settings")
    yield from written(edited(place(COLLECTIONS[kind], identifier), edits, rules))
    yield Promise(kind, source.uid, values=promised(edits))
    return Done(why)


def _not_cleared(source: Source, rules: Rules) -> str:
    if rules.clear_attr != "skip" or not source.cleared:
        return ""
    return f"{', '.join(source.cleared)}: Entra sends nothing for an attribute that was cleared"


def remove(kind: Kind, link: Link, note: str = "") -> Flow:
    """Read the resource, then delete it; what is gone already counts as deleted."""
    held = yield from read(COLLECTIONS[kind], link.id)
    if held is not None:
        yield from removed(COLLECTIONS[kind], link.id)
    yield link.gone()
    return Done("; ".join(each for each in (note, "" if held is not None else "it was gone already") if each))
