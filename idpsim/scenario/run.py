"""Running a scenario: all steps of one script as one profile, then the clean-up and the result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from idpsim.directory import Group, Person
from idpsim.errors import IdpsimError, Place, ScenarioError, TargetError
from idpsim.provisioning.links import Kind
from idpsim.provisioning.profile import Profile
from idpsim.scenario.cleanup import clean_up
from idpsim.scenario.gate import NOT_PROVISIONING
from idpsim.scenario.model import Script, Step
from idpsim.scenario.names import Names
from idpsim.scenario.reader import NAMED_BY
from idpsim.scenario.results import CleanUp, Failure, RunResult, StepResult
from idpsim.scenario.session import Session
from idpsim.scenario.world import World
from idpsim.wire import NoResponse

CHECKED_NAMES = 1000


@dataclass(frozen=True, slots=True)
class Options:
    """How a script is run: `keep` leaves everything at the service provider, `fail_fast` ends at the first failure."""

    seed: int = 0
    suffix: str = ""
    keep: bool = False
    keep_names: bool = False
    fail_fast: bool = False


class NamesTaken(IdpsimError):
    """Names of the scenario are in use at the service provider already."""


class Run:
    """One script played as one profile: iterate over it for the steps as they end, then ask for `result`.

    Or `play` steps that no script holds, one after the other, and `close` it.
    """

    def __init__(self, script: Script, profile: Profile, world: World, options: Options) -> None:
        self.session = Session(script, profile, world, Names(options.suffix), options.seed)
        self._script = script
        self._profile = profile
        self._world = world
        self._options = options
        self._steps: list[StepResult] = []
        self._started = perf_counter()
        self._clean_up = CleanUp(kept=True)
        self._cleaned = False
        self._began = False
        self._new: list[tuple[Kind, str]] = []
        self._halted = False

    def __iter__(self) -> Iterator[StepResult]:
        self._names_free()
        try:
            for step in self._script.steps:
                result = self.play(step)
                yield result
                if self._options.fail_fast and not result.passed:
                    return
        finally:
            self.close()

    def play(self, step: Step) -> StepResult:
        """Play one step; NamesTaken before it, TargetError where no request has ever reached the service provider."""
        self._names_free()
        result = self.session.play(step)
        self._reachable()
        self._steps.append(result)
        return result

    def introduce(self, people: Iterable[Person] = (), groups: Iterable[Group] = ()) -> None:
        """People and groups who come into the directory while the run lasts."""
        self._new += [("user", self.session.introduce_person(each).userName) for each in people]
        self._new += [("group", self.session.introduce_group(each).displayName) for each in groups]

    def _names(self) -> Iterator[tuple[Kind, str]]:
        """The names that the run begins with."""
        directory = self.session.app.directory
        for key in islice(directory.people(), CHECKED_NAMES):
            if key != self.session.gate.prover.key:  # who proves a sign-in is there already
                yield "user", directory.person(key).userName
        for key in directory.groups():
            yield "group", directory.group(key).displayName

    def _names_free(self) -> None:
        """Stop before a step where a name is taken; fresh names that nobody chose cannot be."""
        names = self._new if self._began else self._names()
        self._began, self._new = True, []
        if not self._options.keep_names or not self._world.scim:
            return
        for kind, name in names:
            self._free(kind, name)
        self._reachable()

    def _free(self, kind: Kind, name: str) -> None:
        found = self.session.reader.find(kind, NAMED_BY[kind], name)
        if isinstance(found, list) and found:
            self._halted = True
            raise NamesTaken(
                f"{self._script.file}: the {kind} {name} is at the service provider already\n"
                "  leave --keep-names out, or remove it there first"
            )

    def _reachable(self) -> None:
        """Stop where no request has ever reached the service provider."""
        if self._cleaned or len(self._steps) > 0:
            return
        answers = [each.answer for each in self._world.transcript.range(0, 50)]
        if answers and all(isinstance(each, NoResponse) and each.kind == "unreachable" for each in answers):
            self._halted = True
            reason = answers[0].reason if isinstance(answers[0], NoResponse) else ""
            raise TargetError(f"the service provider cannot be reached at {self._world.connection.base}: {reason}")

    def close(self) -> None:
        """Clean up, once."""
        if self._cleaned:
            return
        self._cleaned = True
        self._world.transcript.flush()
        if not self._world.scim:
            self._clean_up = CleanUp()
        elif not self._options.keep:
            self._clean_up = clean_up(self.session)

    def result(self) -> RunResult:
        """The result of the steps that were played."""
        script = self._script
        return RunResult(
            scenario=script.file,
            name=script.name,
            idp=self._profile.name,
            title=self._profile.title,
            steps=tuple(self._steps),
            transcript=self._world.transcript,
            seconds=perf_counter() - self._started,
            source=script.source,
            suffix=self._options.suffix,
            base=self._world.connection.base,
            clean_up=self._clean_up,
            failures=self._silent(),
        )

    def _silent(self) -> tuple[Failure, ...]:
        """A run in which the vendor sent nothing proves nothing; one of sign-ins only, where no browser did."""
        if self._halted:  # the error says more
            return ()
        only = not self._world.scim or all(step.event in NOT_PROVISIONING for step in self._script.steps)
        senders = ("vendor", "browser") if only else ("vendor",)
        if any(exchange.by in senders for exchange in self._world.transcript):
            return ()
        place = self._script.steps[0].place if self._script.steps else Place(self._script.file, 1, 1)
        text = f"{self._profile.title} has sent nothing in this run, so it proves nothing"
        signing = only and any(step.event == "sign-in" for step in self._script.steps)
        return (Failure("nobody was signed in in this run, so it proves nothing" if signing else text, place, "error"),)


def check(script: Script, profile: Profile) -> None:
    """Refuse a script that this vendor's administrator could not set up."""
    quirk = profile.push_and_assign_conflict
    if quirk is None:
        return
    assigned = {key for step in script.steps if step.event == "assign" for key in step.groups}
    for step in script.steps:
        both = next((key for key in step.groups if step.event == "push" and key in assigned), None)
        if both is not None:
            raise ScenarioError(f"{both} is assigned and pushed: {quirk.text}", step.place, f"source: {quirk.source}")
