"""Entra's look-up of somebody who does not exist: its connection test, and the start of every cycle."""

from __future__ import annotations

from idpsim.profiles.entra import facts
from idpsim.profiles.entra.rules import Rules
from idpsim.profiles.entra.verbs import LOOKUP_CODES, Collection, Steps, filtered, listed_in, sent
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Done, Ended, Failed, Flow, Quarantined
from idpsim.wire import Response


def probe(targets: tuple[tuple[Collection, str, str], ...]) -> Flow:
    """Look up each random value: 200 with a list, whatever the service provider thinks of strangers."""
    found = yield from probed(targets)
    return Done(f"a random GUID found {found} resources: is the filter ignored?" if found else "")


def probed(targets: tuple[tuple[Collection, str, str], ...]) -> Steps[int]:
    """As `probe`; how many resources were found, which should be none."""
    found = 0
    for collection, attribute, value in targets:
        call = filtered(collection, attribute, value, probe=True)
        found += len(listed_in(call, (yield from sent(call, 200, codes=LOOKUP_CODES))))
    return found


def begin(targets: tuple[tuple[Collection, str, str], ...]) -> Flow:
    """The probe of a cycle: what is wrong with it quarantines the job, unless it may be over by the next cycle."""
    try:
        return (yield from probe(targets))
    except Ended as ended:
        outcome = ended.outcome
        if isinstance(outcome, Failed) and isinstance(outcome.answer, Response) and not _passing(outcome.answer):
            reason = f"EncounteredQuarantineException: {outcome.reason} ({outcome.code}){_hint(outcome.answer)}"
            return Quarantined(reason, facts.QUARANTINE, outcome.answer)
        raise


def _passing(answer: Response) -> bool:
    return answer.status == 429 or answer.status >= 500


def _hint(answer: Response) -> str:
    match answer.status:
        case 404:
            return "; a filter that finds nothing must be answered 200 with an empty list"
        case 401 | 403:
            return "; the credentials are not accepted"
    return ""


def targets(app: App, rules: Rules) -> tuple[tuple[Collection, str, str], ...]:
    """What a probe looks up now; each draws a GUID."""
    users: tuple[Collection, str, str] = ("/Users", rules.matching[0], app.draw_guid())
    if not rules.probe_group:
        return (users,)
    return (users, ("/Groups", "displayName", app.draw_guid()))
