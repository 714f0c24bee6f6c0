"""Outcomes that fail a step: which of them are news, what they show, and the quirk behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Outcome
from idpsim.provisioning.links import Kind
from idpsim.scenario import explain
from idpsim.scenario.gate import SIGN_IN
from idpsim.scenario.model import Step
from idpsim.scenario.results import Failure, FailureKind
from idpsim.wire import Exchange, NoResponse, Quirk, Response

if TYPE_CHECKING:
    from idpsim.scenario.session import Session

MOST_FAILURES = 20
SAID_OF_CONTENT = frozenset({400, 405, 406, 409, 415, 422, 501})


class Failing:
    """Who is failing in one run, so that what an earlier step has reported is not reported as another's fault.

    The `uncreated` are those of whom it was reported that the service provider refused them, by key.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._failing: set[str] = set()
        self.uncreated: set[str] = set()

    def wrong(self, step: Step, outcomes: Mapping[str, Outcome], first: int) -> tuple[list[Failure], list[str]]:
        """The outcomes that fail the step, unless an expectation speaks of the outcome, and those that still do."""
        judged = any(expected.kind == "outcome" for expected in step.expect)
        named = {*step.people, *step.groups}
        failures: list[Failure] = []
        still: list[str] = []
        for key, outcome in outcomes.items():
            if outcome.word not in ("failed", "waiting", "quarantined"):
                self._failing.discard(key)
                self.uncreated.discard(key)
            elif named and key in self._failing and key not in named and not step.everyone:
                still.append(f"{key}: still {outcome.word}: {getattr(outcome, 'reason', '')}")
            else:
                self._failing.add(key)
                if not judged and len(failures) < MOST_FAILURES:
                    failures.append(self._failure(step, key, outcome, first))
                    self._remember(key, outcome)
        return failures, still

    def _failure(self, step: Step, key: str, outcome: Outcome, first: int) -> Failure:
        transcript, reason = self._session.world.transcript, getattr(outcome, "reason", "")
        shown = explain.of_failure(transcript, first, len(transcript), reason, self._names(key))
        if getattr(outcome, "code", "") == SIGN_IN:
            shown = explain.of_sign_in(transcript, first, len(transcript))
        whose = "" if key == "app" else f"{key}: "
        message = self._session.names.original(f"{whose}{outcome.word}: {reason}")
        kind: FailureKind = "outcome" if shown else "error"
        return Failure(message, step.place, kind, _why(outcome, shown), tuple(each.number for each in shown))

    def _remember(self, key: str, outcome: Outcome) -> None:
        answer = getattr(outcome, "answer", None)
        if isinstance(answer, Response) and answer.status >= 400 and not any(self._names(key)[1:]):
            self.uncreated.add(key)

    def _names(self, key: str) -> tuple[str, str]:
        app = self._session.app
        if app.directory.has_person(key):
            return called(app, "user", app.directory.person(key).uid)
        return called(app, "group", key)


def called(app: App, kind: Kind, uid: str) -> tuple[str, str]:
    """What a request about this person or group would name it by: its name, and its id; empty where there is none."""
    link = app.links.get(kind, uid) or app.links.gone(kind, uid)
    if kind == "user":
        person = app.person(uid)
        name = person.userName if person else ""
    else:
        name = app.directory.group(uid).displayName if app.directory.has_group(uid) else ""
    return name, link.id if link else ""


def _why(outcome: Outcome, shown: list[Exchange]) -> Quirk | None:
    """The quirk that an answer can be about: one that refuses what was sent, not one that never came or fell ill."""
    source = getattr(outcome, "source", "")
    refused = [e for e in shown if not isinstance(e.answer, NoResponse) and e.answer.status in SAID_OF_CONTENT]
    return explain.quirk(refused) or (Quirk("what this vendor makes of such an answer", source) if source else None)
