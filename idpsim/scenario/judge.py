"""Judging a step: its expectations against the service provider, the requests and the outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

from idpsim.provisioning.flow import Outcome, Skipped, worst
from idpsim.provisioning.links import Kind
from idpsim.scenario import explain
from idpsim.scenario.expect import on_requests, on_resource
from idpsim.scenario.failing import called
from idpsim.scenario.model import Expected, Step
from idpsim.scenario.reader import NAMED_BY, document_of, held_up, said, unread
from idpsim.scenario.results import Failure
from idpsim.scenario.verify import UNSEEN, Key
from idpsim.scim import get
from idpsim.wire import Response

if TYPE_CHECKING:
    from idpsim.scenario.session import Session

LISTED = 1000
KINDS: tuple[Kind, ...] = ("user", "group")


class Unreadable(Exception):
    """The resource could not be looked at."""


class HeldUp(Unreadable):
    """The service provider asked for a longer pause than the run may wait for."""


class Judge:
    """Holds a step's expectations against what the service provider shows."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._notes: list[str] = []

    def already(self, step: Step) -> list[str]:
        """Which expectations are met before the step is played: they prove nothing."""
        notes = []
        for expected, key, kind in self._on_resources(step):
            try:
                document = self._before(kind, key)
            except Unreadable:
                continue
            if not self._wrong(expected, key, document):
                what = "absent" if expected.path == "absent" else expected.path
                notes.append(f"{key}: the expectation on {what} was met before this step, so it proves nothing")
        self._notes = []
        return notes[:20]

    def judge(
        self, step: Step, outcomes: Mapping[str, Outcome], first: int, hopeless: Set[Key]
    ) -> tuple[list[Failure], list[str]]:
        """The expectations that are not met, and what is to be said beside that.

        The `hopeless` have been waited for already, and are not again.
        """
        if outcomes and all(isinstance(each, Skipped) and each.by == "vendor" for each in outcomes.values()):
            return [], (["its expectations are skipped with it"] if step.expect else [])
        failures = [*self._resources(step, outcomes, first, hopeless), *self._others(step, outcomes, first)]
        notes, self._notes = self._notes, []
        return failures, list(dict.fromkeys(notes))

    def _resources(
        self, step: Step, outcomes: Mapping[str, Outcome], first: int, hopeless: Set[Key]
    ) -> Iterator[Failure]:
        session = self._session
        missing: dict[str, bool] = {}
        told: set[str] = set()
        for expected, key, kind in self._on_resources(step):
            path = _path(expected)
            outcome = outcomes.get(key)
            if isinstance(outcome, Skipped) and outcome.by == "vendor":
                continue
            if key in session.failing.uncreated and key not in missing:
                missing[key] = self._is_missing(kind, key)
            if path and missing.get(key):
                if outcome is not None and outcome.word == "failed" and key in session.keys(step):
                    self._notes.append(f"{key}: it was not created, so what is expected of it is not judged")
                elif key not in told:
                    told.add(key)
                    yield self._failure(expected, f"{key}: it is not there, since it was not created", kind, key, first)
                continue
            it: Key = (kind, self._uid(kind, key))
            done = outcome is None or outcome.word == "done"
            patient = done and it not in hopeless
            try:
                wrong = self._unmet(expected, key, kind, step, patient)
            except HeldUp as reason:
                if it not in hopeless:
                    failure = self._failure(expected, f"{key}: waiting: {reason}", kind, key, first)
                    yield replace(failure, kind="outcome")
                continue
            if wrong:
                yield self._failure(expected, f"{key}: {wrong}", kind, key, first)
            else:
                session.standing.met(it, path)

    def _is_missing(self, kind: Kind, key: str) -> bool:
        try:
            return self._now(kind, key) is None
        except Unreadable:
            return False

    def _unmet(self, expected: Expected, key: str, kind: Kind, step: Step, patient: bool) -> str:
        """What is wrong, looked at again for as long as the step's verification allows, where something was done."""
        session = self._session
        within = 0.0 if session.world.immediate or not patient else (step.verify or session.script.verify).within
        waited, pause, since = 0.0, 0.05, perf_counter()
        while True:
            try:
                document = self._now(kind, key)
                wrong = self._wrong(expected, key, document)
            except HeldUp:
                raise
            except Unreadable as reason:
                return str(reason)
            if not wrong or max(waited, perf_counter() - since) >= within:
                return wrong
            session.world.sleep(min(pause, within - waited))
            waited, pause = waited + pause, pause * 2

    def _wrong(self, expected: Expected, key: str, document: Mapping[str, Any] | None) -> str:
        """What is wrong with a resource; who this run does not know is no member of its groups."""
        names = self._session.names
        if expected.path != "members" or document is None:
            return on_resource(expected, document, names, {})
        held = get(document, "members")
        if held is None and expected.value and not self._session.verifier.sights.ever("group", "members"):
            self._notes.append(f"{key}: this service provider does not return members, so they cannot be judged")
            return ""
        known = self._members()
        listed = held if isinstance(held, list) else []
        values = dict.fromkeys(value for each in listed if isinstance(value := _value(each), str))
        strangers = [value for value in values if value not in known]
        if strangers:
            count = "a member" if len(strangers) == 1 else f"{len(strangers)} members"
            self._notes.append(f"{key}: {count} that this run did not make is left out: {', '.join(strangers[:3])}")
        left_out = set(strangers)
        own = [each for each in listed if not (isinstance(value := _value(each), str) and value in left_out)]
        return on_resource(expected, {**document, "members": own}, names, known)

    def _failure(self, expected: Expected, message: str, kind: Kind, key: str, first: int) -> Failure:
        transcript = self._session.world.transcript
        name, identifier = called(self._session.app, kind, self._uid(kind, key))
        path = _path(expected)
        shown = explain.of_resource(transcript, first, len(transcript), identifier, path, name)
        read = transcript[-1] if len(transcript) > first else None
        numbers = tuple(dict.fromkeys(each.number for each in (*shown, read) if each is not None))
        return Failure(message, expected.place, "expectation", explain.quirk(shown, path, read), numbers)

    def _others(self, step: Step, outcomes: Mapping[str, Outcome], first: int) -> Iterator[Failure]:
        session = self._session
        word = worst([each.word for each in outcomes.values()])
        for expected in step.expect:
            if expected.kind == "outcome" and word != expected.value:
                why = next((getattr(each, "reason", "") for each in outcomes.values() if each.word == word), "")
                text = f"the outcome is {word}{': ' + why if why else ''}, expected {expected.value}"
                shown = explain.of_failure(session.world.transcript, first, len(session.world.transcript), why, ())
                numbers, text = tuple(each.number for each in shown), session.names.original(text)
                yield Failure(text, expected.place, "expectation", explain.quirk(shown), numbers)
            elif expected.kind == "sent":
                ours = (each for each in session.world.transcript.range(first) if each.by == "vendor")
                base = session.reader.connection.base
                ordered = session.world.hands == 1
                wrong = on_requests(expected.value, ours, base, session.names, ordered=ordered)
                if wrong:
                    yield Failure(session.names.original(wrong), expected.place, "expectation")
            elif expected.kind in ("signed-in", "refused") and step.event != "sign-in":
                yield Failure("sign-in cannot be judged: nobody was signed in", expected.place, "expectation")

    def _on_resources(self, step: Step) -> Iterator[tuple[Expected, str, Kind]]:
        """Each expectation on a resource with each key that it speaks of."""
        for expected in step.expect:
            if expected.kind == "user":
                for key in [expected.of] if expected.of else self._people(step)[:LISTED]:
                    yield expected, key, "user"
            elif expected.kind == "group":
                for key in [expected.of] if expected.of else step.groups[:LISTED]:
                    yield expected, key, "group"

    def _people(self, step: Step) -> list[str]:
        directory = self._session.app.directory
        if step.everyone or step.people:
            return list(directory.people()) if step.everyone else list(step.people)
        groups = [directory.group(key) for key in step.groups if directory.has_group(key)]
        return list(dict.fromkeys(m for group in groups for m in group.members if directory.has_person(m)))

    def _uid(self, kind: Kind, key: str) -> str:
        return self._session.app.directory.person(key).uid if kind == "user" else key

    def _members(self) -> Mapping[str, str]:
        """The key of each id that the run knows, or has known."""
        links, kinds = self._session.app.links, KINDS
        every = (each for kind in kinds for each in (*links.departed(kind), *links.all(kind)))
        return {each.id: each.uid.partition("#")[0] for each in every}

    def _before(self, kind: Kind, key: str) -> Mapping[str, Any] | None:
        seen = self._session.verifier.sights.last((kind, self._uid(kind, key)))
        if seen is not UNSEEN:
            return seen  # type: ignore[no-any-return]
        if self._session.names.suffix and self._session.app.links.get(kind, self._uid(kind, key)) is None:
            return None
        return self._now(kind, key)

    def _now(self, kind: Kind, key: str) -> Mapping[str, Any] | None:
        """The resource as it is now: by its id, and by its name where there is none or it is not there."""
        uid = self._uid(kind, key)
        links = self._session.app.links
        link = links.get(kind, uid) or links.gone(kind, uid)
        if link is not None:
            answer = self._session.reader.get(kind, link.id)
            document = document_of(answer)
            if document is not None:
                return document
            if not (isinstance(answer, Response) and answer.status in (404, 410)):
                if held_up(answer):
                    raise HeldUp(unread(answer))
                raise Unreadable(f"it cannot be read: GET by id {said(answer)}")
        return self._named(kind, key)

    def _named(self, kind: Kind, key: str) -> Mapping[str, Any] | None:
        directory = self._session.app.directory
        if kind == "user":
            name = directory.person(key).userName
        elif directory.has_group(key):
            name = directory.group(key).displayName
        else:
            return None
        found = self._session.reader.find(kind, NAMED_BY[kind], name)
        if not isinstance(found, list) and held_up(found):
            raise HeldUp(unread(found))
        if not isinstance(found, list):
            raise Unreadable(f"it cannot be looked up: the lookup {said(found)}")
        wanted = name.casefold()
        named = (each for each in found if str(get(each, NAMED_BY[kind])).casefold() == wanted)
        return next(named, None)


def _path(expected: Expected) -> str:
    """The attribute that an expectation is on, empty for the resource itself."""
    return "" if expected.path == "absent" else expected.path


def _value(member: Any) -> Any:
    return get(member, "value") if isinstance(member, Mapping) else member
