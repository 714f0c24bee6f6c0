"""Entra's flows on the manager of a user: a reference, sent by itself once both are at the service provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from idpsim.profiles.entra import facts
from idpsim.profiles.entra.mapping import MANAGER, MANAGER_VALUE, Source
from idpsim.profiles.entra.rules import Rules
from idpsim.profiles.entra.verbs import Steps, lost, place, read, written
from idpsim.provisioning.flow import Call, Done, Flow, Outcome, Skipped, patch
from idpsim.provisioning.links import Link, Promise
from idpsim.scim import find
from idpsim.wire import Quirk


def set_manager(link: Link, boss: str | None, rules: Rules) -> Flow:
    """Read the user, then set the manager to the resource `boss`, or take it away."""
    return (yield from managed(link.uid, link.id, boss, rules))


def managed(uid: str, identifier: str, boss: str | None, rules: Rules, *quirks: Quirk) -> Steps[Outcome]:
    """As `set_manager`, of the user with this id."""
    resource = yield from read("/Users", identifier)
    if resource is None:
        raise lost(place("/Users", identifier))
    held = manager_in(resource)
    if held == boss:
        return Skipped("RedundantExport: the manager is the same on both sides", facts.LOGS, by="state")
    yield from written(_edited(place("/Users", identifier), held, boss, rules, quirks))
    yield Promise("user", uid, values={MANAGER_VALUE: boss})
    return Done()


def again(
    source: Source, identifier: str, resource: Mapping[str, Any], outcome: Outcome, rules: Rules
) -> Steps[Outcome]:
    """Send the manager once more where the user was read without the one that was accepted before."""
    if manager_in(resource) == source.manager:
        return outcome
    repeated = yield from managed(source.uid, identifier, source.manager, rules, facts.MANAGER_AGAIN)
    return repeated if isinstance(outcome, Skipped) else outcome


def manager_in(resource: Mapping[str, Any]) -> str | None:
    """The id of the manager that a user was read with."""
    values = [*find(resource, MANAGER_VALUE).values, *find(resource, MANAGER).values]
    return next((value for value in values if isinstance(value, str) and value), None)


def _edited(path: str, held: str | None, boss: str | None, rules: Rules, quirks: tuple[Quirk, ...]) -> Call:
    """The shapes of two captures; that of a change, and of a removal without the flag, is drawn from them."""
    quirks = (*quirks, facts.BARE_MANAGER)
    if boss is None and rules.flag:
        return patch(path, {"op": "remove", "path": f'manager[value eq "{held}"]'}, quirks=(facts.MANAGER_FILTER,))
    verb = "Remove" if boss is None else "Replace" if held else "Add"
    operation = {"op": verb.lower() if rules.flag else verb, "path": MANAGER, "value": boss or held}
    return patch(path, operation, quirks=quirks if rules.flag else (*quirks, facts.TITLE_CASE))
