"""A session: the one way to play events. It plays one, verifies, judges and records, and is ready for the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from idpsim.clock import duration
from idpsim.directory import Directory, Group, Person, group_with_suffix
from idpsim.provisioning import events
from idpsim.provisioning.app import App
from idpsim.provisioning.engine import Engine
from idpsim.provisioning.events import Event
from idpsim.provisioning.flow import Done, Failed, Outcome, Skipped, Waiting, worst
from idpsim.provisioning.line import Line
from idpsim.provisioning.profile import Change, Profile
from idpsim.provisioning.settings import defaults
from idpsim.scenario import explain
from idpsim.scenario.administer import Administration
from idpsim.scenario.admission import Admission
from idpsim.scenario.failing import Failing, called
from idpsim.scenario.faults import fault
from idpsim.scenario.gate import Gate
from idpsim.scenario.judge import Judge
from idpsim.scenario.model import Script, Step, Verification
from idpsim.scenario.names import Names
from idpsim.scenario.reader import Reader
from idpsim.scenario.results import Failure, FailureKind, StepResult
from idpsim.scenario.signing import EVENTS as SIGNING
from idpsim.scenario.signing import Signing
from idpsim.scenario.standing import Standing
from idpsim.scenario.verify import Finding, Verifier
from idpsim.scenario.world import World
from idpsim.wire import Response

WITHOUT_SCIM = frozenset({"wait", "settings"})
NO_SCIM = Skipped("nothing says where this service provider has SCIM: target.scim")


class Session:
    """One app of one profile against one service provider, played event by event."""

    def __init__(self, script: Script, profile: Profile, world: World, names: Names, seed: int = 0) -> None:
        self.script = script
        self.profile = profile
        self.world = world
        self.names = names
        there = [script.sso.prove_with] if script.sso and script.sso.prove_with else []
        directory = Directory(names.people(script.people, there), names.groups(script.groups))
        self.app = App(directory, {**defaults(profile.settings), **script.settings}, seed, names.suffix)
        connection = replace(world.connection, settings=self.app.settings)
        self.reader = Reader(Line(world.own, world.transcript, world.clock, "idpsim"), connection)
        line = Line(world.vendor.send, world.transcript, world.clock, "vendor")
        self.engine = Engine(profile, self.app, line, world.clock, connection, world.hands)
        self.verifier = Verifier(self.reader, self.app, names, world.transcript, world.sleep, world.told)
        self.administration = Administration(self)
        self.gate = Gate(self)
        self.signing = Signing(self)
        self._admission = Admission(self)
        self._judge = Judge(self)
        self.failing = Failing(self)
        self.standing = Standing(self)

    def introduce_person(self, someone: Person) -> Person:
        """Put a person into the directory; as they are there, under a fresh name."""
        fresh = self.names.person(someone)
        self.app.directory.put_person(fresh)
        return fresh

    def introduce_group(self, group: Group) -> Group:
        """Put a group into the directory; as it is there, under a fresh name."""
        fresh = group_with_suffix(group, self.names.suffix)
        self.app.directory.put_group(fresh)
        return fresh

    def play(self, step: Step) -> StepResult:
        """Play one step and say what came of it."""
        started, first, time = perf_counter(), len(self.world.transcript), self.world.clock.now()
        aside = self._aside(step)
        if aside is not None:
            return self._result(step, first, started, outcome="skipped", skipped=aside)
        if self.verifier.lag and not self.world.immediate:
            self.world.sleep(self.verifier.lag)
        already = self._judge.already(step)
        self.standing.begin(step)
        self.engine.begin()
        self._admission.begin()
        self.world.vendor.arm(tuple(fault(spec) for spec in step.faults))
        own = self._happen(step)
        unplayed = self.world.vendor.disarm()
        outcomes = self._outcomes(step, own)
        failures, still = self.failing.wrong(step, outcomes, first) if step.event != "sign-in" else ([], [])
        findings = self._verify(step, outcomes)
        news, known = self.standing.news(findings, first)
        failures += [self._failure(finding, step, first) for finding in news]
        admitted, told = self._admission.judge(step, outcomes)
        judged, notes = self._judge.judge(step, outcomes, first, {finding.key for finding in findings})
        notes = [*self._passed(step, time), *self.engine.results.notes, *still, *known, *self.verifier.notes, *notes]
        notes = [*self.gate.notes, *told, *notes, *already]
        notes += [f"the fault on {each.on} was never met" for each in unplayed]
        self.verifier.notes, self.gate.notes = [], []
        failures += [*admitted, *judged]
        return self._result(
            step, first, started, outcomes=outcomes, failures=failures, notes=list(dict.fromkeys(notes))
        )

    def _passed(self, step: Step, before: float) -> list[str]:
        """How the virtual clock moved, where the step did not say so itself."""
        now = self.world.clock.now()
        if now <= before or step.event == "wait":
            return []
        return [f"virtual time: {duration(before)} to {duration(now)}" if before else f"virtual time: {duration(now)}"]

    def _aside(self, step: Step) -> str | None:
        """Why this profile does not play the step, None where it does."""
        if step.only is not None and not {self.profile.name, self.profile.vendor} & set(step.only):
            return f"for {', '.join(step.only)} only"
        return None

    def _happen(self, step: Step) -> dict[str, Outcome]:
        """Play the event; outcomes that are not the engine's own are returned by subject."""
        subject = next(iter((*step.people, *step.groups)), "app")
        never = self.profile.never.get(step.event)
        if never is not None:
            return dict.fromkeys(self.keys(step) or ["app"], never)
        if step.event in SIGNING:
            return self.signing.play(step)
        if not self.world.scim and step.event not in WITHOUT_SCIM:
            return dict.fromkeys(self.keys(step) or ["app"], NO_SCIM)
        closed = self.gate.closed(step)
        if closed is not None:
            return {subject: closed}
        match step.event:
            case "connect":
                return {"app": self.engine.connect()}
            case "wait":
                self.engine.wait(float(step.arguments["for"]))
            case "settings":
                return {"app": self._set(step.arguments["settings"])}
            case "rotate-token" | "at-sp":
                return {subject: self.administration.act(step)}
            case "approve" | "reject" | "retry":
                if not getattr(self.engine, step.event)(None if step.everyone else self._uids(step)):
                    nothing = Skipped(f"there is nothing to {step.event}", by="state")
                    return dict.fromkeys(["app"] if step.everyone else self.keys(step), nothing)
            case _:
                return self._provision(step)
        self._settle(step)
        return {}

    def _set(self, settings: Mapping[str, Any]) -> Outcome:
        changed = {name for name, value in settings.items() if self.app.settings.get(name) != value}
        self.app.settings.update(settings)
        if changed & self.profile.restarting_settings:
            self.engine.submit([Change("restart")])
            return Done("the next cycle is an initial one: it reads everybody again")
        return Done()

    def _provision(self, step: Step) -> dict[str, Outcome]:
        arguments = dict(step.arguments)
        if step.event == "update":
            arguments["set"] = self.names.attributes(arguments["set"], group=bool(step.groups))
        event = Event(step.event, tuple(self._people(step)), step.groups, arguments)
        changes = events.happen(event, self.app, self.profile)
        if step.event == "sync" and self.profile.interval is not None:
            self.engine.sync()
            return {}
        self.engine.submit(changes, at_once=step.event == "provision-on-demand")
        self._settle(step)
        self.engine.results.notes += self._nested(step)
        if step.event == "rehire":
            return {key: Done("a new directory object; nothing is sent until it is assigned") for key in step.people}
        return {}

    def _nested(self, step: Step) -> list[str]:
        """Which groups inside the step's groups were left out, and why."""
        directory, why = self.app.directory, self.profile.nesting
        groups = [directory.group(key) for key in step.groups if directory.has_group(key)]
        inner = [key for group in groups for key in group.members if directory.has_group(key)]
        left_out = [key for key in inner if self.app.links.group(key) is None]
        return [f"{key}: skipped: {why.reason}{f' ({why.source})' if why.source else ''}" for key in left_out]

    def _settle(self, step: Step) -> None:
        if step.settle:
            self.engine.settle()
        else:
            self.engine.unsettled()

    def _people(self, step: Step) -> Iterable[str]:
        return self.app.directory.people() if step.everyone else step.people

    def keys(self, step: Step) -> list[str]:
        """The keys of all whom a step is about."""
        return [*self._people(step), *step.groups]

    def _uids(self, step: Step) -> list[str]:
        directory = self.app.directory
        return [directory.person(key).uid if directory.has_person(key) else key for key in self.keys(step)]

    def _outcomes(self, step: Step, own: Mapping[str, Outcome]) -> dict[str, Outcome]:
        """The outcome of each subject by key: those of the step first, then those that it drew in."""
        found = dict(own)
        for uid, outcome in self.engine.results.everything():
            key = uid.partition("#")[0]
            if not (key in found and found[key].word == "done" and outcome.word == "skipped"):
                found[key] = outcome
        if "app" in found and len(found) > 1 and self._told_by_others(found):
            del found["app"]
        found = {key: self._held(outcome) for key, outcome in found.items()}
        if step.everyone:
            return found
        ordered = {key: found[key] for key in self.keys(step) if key in found}
        return {**ordered, **{key: outcome for key, outcome in found.items() if key not in ordered}}

    def _told_by_others(self, found: Mapping[str, Outcome]) -> bool:
        """Whether the app's own outcome says nothing that its subjects' do not say."""
        app = found["app"]
        idle = isinstance(app, Done) or (isinstance(app, Skipped) and app.by == "state")
        return idle or any(outcome is app for key, outcome in found.items() if key != "app")

    def _held(self, outcome: Outcome) -> Outcome:
        """A failure on an answer that asks for a longer pause than is allowed is none: the step was not played."""
        answer = outcome.answer if isinstance(outcome, Failed) else None
        if isinstance(answer, Response) and answer.status in (429, 503):
            held = self.world.held(self.reader.connection.base)
            return Waiting(held.reason) if held is not None else outcome
        return outcome

    def verification(self, step: Step) -> Verification:
        """How a step is verified; what shares the virtual clock is not waited for."""
        given = step.verify or self.script.verify
        return replace(given, within=0.0) if self.world.immediate else given

    def _verify(self, step: Step, outcomes: Mapping[str, Outcome]) -> list[Finding]:
        how = self.verification(step)
        if not how.on or any(isinstance(each, Waiting) and each.until is None for each in outcomes.values()):
            return []
        keys = list(self.engine.results.touched())
        self.standing.read(keys)
        return self.verifier.check(keys, how.within) if keys else []

    def _failure(self, finding: Finding, step: Step, first: int) -> Failure:
        transcript = self.world.transcript
        name, identifier = called(self.app, *finding.key)
        shown = explain.of_resource(transcript, first, len(transcript), identifier, finding.path, name)
        shown = [] if finding.alone else shown
        read = None if finding.exchange is None else transcript[finding.exchange]
        numbers = dict.fromkeys(each.number for each in (*shown, read) if each is not None)
        kind: FailureKind = "outcome" if finding.unread else "verification"
        why = finding.why or explain.quirk(shown, finding.path, read)
        return Failure(finding.message, step.place, kind, why, tuple(numbers))

    def _result(
        self,
        step: Step,
        first: int,
        started: float,
        *,
        outcome: str | None = None,
        outcomes: Mapping[str, Outcome] | None = None,
        failures: Sequence[Failure] = (),
        notes: Sequence[str] = (),
        skipped: str = "",
    ) -> StepResult:
        ended = outcomes or {}
        reasons = {key: _reason(each) for key, each in ended.items() if _reason(each)}
        return StepResult(
            event=step.event,
            subjects=(*(["all"] if step.everyone else step.people), *step.groups),
            place=step.place,
            name=step.name or step.arguments.get("tamper"),
            outcome=outcome or worst([each.word for each in ended.values()]),
            outcomes={key: each.word for key, each in ended.items()},
            reasons={key: self.names.original(text) for key, text in reasons.items()},
            sources={key: each.source for key, each in ended.items() if isinstance(each, Skipped) and each.source},
            failures=tuple(failures),
            notes=tuple(self.names.original(note) for note in notes),
            exchanges=(first, len(self.world.transcript)),
            skipped=skipped,
            at=self.world.clock.now(),
            seconds=perf_counter() - started,
        )


def _reason(outcome: Outcome) -> str:
    return outcome.note if isinstance(outcome, Done) else outcome.reason
