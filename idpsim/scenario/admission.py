"""Judging sign-ins: who was let in, who had to be, and whether it was into the account that SCIM made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

from idpsim.errors import Place
from idpsim.provisioning.flow import Outcome, Skipped
from idpsim.scenario import explain
from idpsim.scenario.model import Expected, Step
from idpsim.scenario.results import Failure, FailureKind
from idpsim.scenario.signing import NAMES, Tried, as_victim, said, tampered_wrong
from idpsim.wire import Quirk

if TYPE_CHECKING:
    from idpsim.scenario.session import Session

MOST = 50
CRASHED = "an answer of 500 counts as a refusal; look whether it is one, or only what happened on the way to accepting"
NOT_ASKED = "the identity provider itself refused: the service provider was not asked"


class Admission:
    """Holds sign-ins, and what later steps make of them, against what has to be so."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._notes: list[str] = []
        self._failures: list[Failure] = []
        self._active: set[str] = set()
        self._unlinked: set[str] = set()

    def begin(self) -> None:
        """Before a step: who of those who have signed in has access, and who is not provisioned."""
        signing, links = self._session.signing, self._session.app.links
        self._active = {key for key, uid in signing.live.items() if not signing.accounts.departed(uid)}
        self._unlinked = {key for key, person in signing.met.items() if links.user(person.uid) is None}

    def judge(self, step: Step, outcomes: Mapping[str, Outcome]) -> tuple[list[Failure], list[str]]:
        """What is wrong after a step, and what is to be said beside that."""
        self._notes, self._failures = [], []
        if step.event == "sign-in":
            for key, tried in self._session.signing.tried.items():
                if not isinstance(outcomes.get(key), Skipped):
                    self._one(step, tried, _wanted(step))
            self._not_tried(step, outcomes)
        else:
            self._ended(step)
            self._one_account(step)
        return self._failures, list(dict.fromkeys(self._notes))

    def _one(self, step: Step, tried: Tried, wanted: Expected | None) -> None:
        if tried.result.by_idp and tried.result.word == "refused":
            self._notes.append(f"{tried.person.key}: {NOT_ASKED}")
        if tried.attempt.tamper is None:
            self._plain(step, tried, wanted)
        else:
            self._tampered(step, tried, wanted)

    def _not_tried(self, step: Step, outcomes: Mapping[str, Outcome]) -> None:
        """Whom nothing could be tried with: an error, whatever was expected but this outcome."""
        if any(each.kind == "outcome" for each in step.expect):
            return
        for key, outcome in outcomes.items():
            if key not in self._session.signing.tried and outcome.word == "failed":
                self._failures.append(Failure(f"{key}: {getattr(outcome, 'reason', '')}", step.place, "error"))

    def _plain(self, step: Step, tried: Tried, wanted: Expected | None) -> None:
        key, text = tried.person.key, f"{tried.person.key}: {said(tried)}"
        gone = self._session.signing.accounts.departed(tried.person.uid)
        if wanted is not None and _admitted(wanted) != tried.accepted:
            self._fail(f"{text}; expected {_word(wanted)}", wanted.place, "expectation", tried)
        elif wanted is None and gone and tried.accepted:
            self._fail(f"{key}: signed in, although the account was {gone}", step.place, "verification", tried)
        elif wanted is None and gone and tried.result.word == "refused":
            self._notes.append(f"{text}, as it has to be: the account was {gone}")
        elif not tried.accepted and (wanted is None or tried.result.word == "failed"):
            if not any(each.kind == "outcome" for each in step.expect):
                self._fail(text, step.place, "outcome", tried)
        elif tried.accepted:
            self._account(step, tried)

    def _account(self, step: Step, tried: Tried) -> None:
        """Whether they are signed in as themselves, into the one account that SCIM knows."""
        key, sight = tried.person.key, tried.sight
        accounts, shown = self._session.signing.accounts, tried.result.shown
        checked = self._session.verification(step).on and sight.key in (None, key)
        second = self._patiently(step, partial(accounts.second, tried.person, shown)) if checked else ""
        if second:
            self._fail(second, step.place, "verification", tried)
        elif not tried.right:
            self._fail(f"{key}: {said(tried)}", step.place, "verification", tried)
        elif sight.key is None and sight.text:
            self._notes.append(f"{key}: what the service provider shows names nobody of this run: {sight.text}")
        elif sight.key is None:
            self._notes.append(f"{key}: only the status was seen: nothing shows who is signed in (sso.shows)")

    def _tampered(self, step: Step, tried: Tried, wanted: Expected | None) -> None:
        """By what the tampering demands; an expectation that it be accepted takes the place of a refusal."""
        result, key = tried.result, tried.person.key
        wrong, text = tampered_wrong(tried), f"{key}: {tried.attempt.tamper}: {said(tried)}"
        if wanted is not None and _unmet(tried, _admitted(wanted)):
            self._fail(f"{text}; expected {_word(wanted)}", wanted.place, "expectation", tried)
        elif wanted is not None and wrong:
            self._notes.append(f"{text}, as expected, although it has to {_has_to(tried)}")
        elif wrong and not any(each.kind == "outcome" for each in step.expect):
            kind: FailureKind = "outcome" if result.word == "failed" else "verification"
            self._fail(f"{text}; it has to {_has_to(tried)}", step.place, kind, tried)
        elif result.must == "not-victim" and tried.accepted and tried.sight.key is None:
            self._notes.append(f"{text}, so whether it was the victim cannot be told (sso.shows)")
        if not tried.accepted and result.must in (None, "refuse", "not-victim"):
            self._proves(tried)
        if result.crashed:
            self._notes.append(f"{key}: {CRASHED}")

    def _proves(self, tried: Tried) -> None:
        """A refusal says little where an honest sign-in is refused as well."""
        via = tried.attempt.via
        if via not in self._session.signing.worked:
            self._notes.append(
                f"{tried.person.key}: no plain sign-in over {NAMES[via]} has worked in this run, "
                "so that this one is not accepted proves nothing"
            )

    def _ended(self, step: Step) -> None:
        """Whether the live sessions of those have ended who have just lost their access."""
        sso, signing = self._session.script.sso, self._session.signing
        sign_in = self._session.world.sign_in
        if sign_in is None or (sso is not None and sso.live_sessions == "ignore"):
            return
        lost = [key for key in self._active if signing.accounts.departed(signing.live.get(key, ""))]
        if len(lost) > MOST:
            self._notes.append(f"{len(lost) - MOST} more live sessions were not looked at")
        for key in sorted(lost)[:MOST]:
            first = len(self._session.world.transcript)
            text = self._patiently(step, partial(self._goes_on, key, step))
            if text:
                self._failures.append(self._failure(text, step.place, "verification", first))
            elif key in signing.live:
                del signing.live[key]

    def _goes_on(self, key: str, step: Step) -> tuple[str, str]:
        sign_in, session = self._session.world.sign_in, self._session
        result = sign_in.look(key) if sign_in is not None else None
        if result is None or result.word == "refused":
            return "", ""
        unknown = f"{key}: whether the live session has ended cannot be told"
        if result.word == "failed":
            return "", f"{unknown}: {result.reason}"
        sight = session.signing.accounts.who(result, session.signing.met[key])
        if result.told or sight.key == key:
            return f"the live session of {key} goes on after {step.event}", ""
        return "", f"{unknown}: the service provider does not show who is signed in (sso.shows)"

    def _one_account(self, step: Step) -> None:
        """Whether those who had signed in before they were provisioned have one account now."""
        signing, links = self._session.signing, self._session.app.links
        if not self._session.verification(step).on:
            return
        for key in sorted(self._unlinked)[:MOST]:
            person = signing.met[key]
            if links.user(person.uid) is None:
                continue
            text = self._patiently(step, partial(signing.accounts.second, person, signing.shown[key]))
            if text:
                first = len(self._session.world.transcript) - 1
                self._failures.append(Failure(self._original(text), step.place, "verification", None, (first,)))

    def _patiently(self, step: Step, look: Callable[[], tuple[str, str]]) -> str:
        """What is wrong by `look`, looked at again for as long as the step's verification allows."""
        within, waited, pause, since = self._session.verification(step).within, 0.0, 0.05, perf_counter()
        while True:
            wrong, note = look()
            if not wrong or max(waited, perf_counter() - since) >= within:
                self._notes += [note] if note else []
                return wrong
            self._session.world.sleep(min(pause, within - waited))
            waited, pause = waited + pause, pause * 2

    def _fail(self, text: str, place: Place, kind: FailureKind, tried: Tried) -> None:
        result = tried.result
        why = Quirk(result.why, result.source) if result.why and tried.attempt.tamper else None
        self._failures.append(self._failure(text, place, kind, *tried.exchanges, why=why))

    def _failure(
        self, text: str, place: Place, kind: FailureKind, first: int, last: int | None = None, why: Quirk | None = None
    ) -> Failure:
        transcript = self._session.world.transcript
        shown = explain.of_sign_in(transcript, first, len(transcript) if last is None else last)
        return Failure(self._original(text), place, kind, why, tuple(each.number for each in shown))

    def _original(self, text: str) -> str:
        return str(self._session.names.original(text))


def _wanted(step: Step) -> Expected | None:
    return next((each for each in step.expect if each.kind in ("signed-in", "refused")), None)


def _admitted(wanted: Expected) -> bool:
    """Whether the expectation is that they are let in."""
    return (wanted.kind == "signed-in") is bool(wanted.value)


def _unmet(tried: Tried, admitted: bool) -> bool:
    """Whether a tampered sign-in is not what was expected of it."""
    if tried.result.word == "failed":
        return True
    if admitted:
        return not tried.accepted or (as_victim(tried) and tried.result.must in ("accept", "not-victim"))
    unsure = tried.result.must == "not-victim" or tried.result.by_idp
    return tampered_wrong(tried) if unsure else tried.accepted


def _word(wanted: Expected) -> str:
    return "signed-in" if _admitted(wanted) else "refused"


def _has_to(tried: Tried) -> str:
    """What the service provider has to do about a tampering."""
    if tried.result.must == "accept":
        return "be accepted"
    return "be refused, or not be taken for the victim" if tried.result.must == "not-victim" else "be refused"
