"""Playing scenarios one after the other, and telling the reports."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol, TypeAlias, cast

from idpsim import api
from idpsim.api.target import called
from idpsim.errors import IdpsimError
from idpsim.profiles import profile
from idpsim.report.feed import Heading, Report, Totals
from idpsim.report.secrets import Secrets
from idpsim.scenario.load import Scenario
from idpsim.scenario.model import Script, Target
from idpsim.scenario.results import StepResult
from idpsim.transcript import Transcript
from idpsim.transport.in_process import PREFIXES
from idpsim.wire import Exchange

Steps: TypeAlias = Generator[StepResult, None, None]
EMBEDDED = "the embedded service provider"


class Progress(Protocol):
    """Shows that something goes on: started for each step, cleared before anything else is shown."""

    def start(self, label: str) -> None: ...
    def tick(self, exchange: Exchange) -> None: ...
    def clear(self) -> None: ...


@dataclass(slots=True)
class Ended:
    """How far it has come; `error` is what ended it early, `interrupted` that it was the user."""

    totals: Totals = field(default_factory=Totals)
    error: IdpsimError | None = None
    interrupted: bool = False


@dataclass(slots=True)
class Player:
    """Plays scenarios and tells the reports; what a run created is cleaned up however it ends."""

    how: api.Playing
    reports: list[Report]
    secrets: Secrets
    progress: Progress
    fail_fast: bool = False
    _runs: int = 0
    _failed: int = 0

    def play(self, scenarios: list[Scenario]) -> Ended:
        started, played = perf_counter(), Ended()
        every = [(scenario, name) for scenario in scenarios for name in scenario.idp]
        for scenario, name in every:
            try:
                self._run(scenario.script(name))
            except IdpsimError as error:
                played.error = error
            except KeyboardInterrupt:
                played.interrupted = True
            if played.error or played.interrupted or (self.fail_fast and self._failed):
                break
        played.totals = Totals(
            scenarios=len(scenarios),
            profiles=len({name for _, name in every}),
            runs=self._runs,
            failed=self._failed,
            not_played=len(every) - self._runs,
            seconds=perf_counter() - started,
            stopped="interrupted" if played.interrupted else str(played.error or ""),
        )
        self.progress.clear()
        for report in self.reports:
            report.close(played.totals)
        return played

    def _run(self, script: Script) -> None:
        stopped = ""
        with Transcript() as transcript, api.opened(script, self.how, transcript) as run:
            transcript.follow(self.secrets.watch)
            transcript.follow(self.progress.tick)
            self.progress.clear()
            head = heading(script, self.how)
            for report in self.reports:
                report.begin(head, transcript)
            self.progress.start(f"{script.name} as {script.profile}")
            try:
                with closing(cast(Steps, iter(run))) as steps:
                    for step in steps:
                        self.progress.clear()
                        for report in self.reports:
                            report.step(step, transcript)
                        self.progress.start(f"{script.name} as {script.profile}")
            except (IdpsimError, KeyboardInterrupt) as error:
                stopped = str(error) or "interrupted"
                raise
            finally:
                self.progress.clear()
                result = run.result()
                if stopped and result.steps and result.clean_up.kept and not self.how.keep:
                    stopped += f"; the clean-up did not end: the names of what is left hold {result.suffix}"
                self._runs += 1
                self._failed += not result.passed or bool(stopped)
                for report in self.reports:
                    report.end(result, stopped)


def heading(script: Script, how: api.Playing, again: str | None = None) -> Heading:
    """What a report says of a run before its first step; `again` is how it is repeated where no command line does."""
    target = api.target_of(script, how)
    title = profile(script.profile).title
    named = (script.file, script.name, script.profile, title)
    if target.scim is None and script.sso is not None and script.sso.elsewhere:
        text = f"{script.sso.login_of(script.sso.protocol) or 'a service provider'}, sign-in only"
        return Heading(*named, text, source=script.source, again=again)
    inside = how.app is not None or target.scim is None or target.scim.startswith(PREFIXES)
    return Heading(*named, _target(target, how), target.scim or "", inside, script.source, again)


def _target(target: Target, how: api.Playing) -> str:
    """Where it is sent, in words."""
    if target.scim is None:
        switches = ", ".join(f"{name}: {_written(value)}" for name, value in target.embedded.items())
        return f"{EMBEDDED} with {switches}" if switches else EMBEDDED
    where = target.scim if how.app is None else f"{target.scim} ({called(how.app)}, in this process)"
    return where + ("" if target.token or target.auth == "none" else ", without a token")


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
