"""The report that people read while it is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from idpsim.clock import duration
from idpsim.redact import Redactor
from idpsim.report import exchange, failure, steps
from idpsim.report.feed import Heading, Totals
from idpsim.report.text import Page, counted, visible
from idpsim.scenario.results import Failure, RunResult, StepResult
from idpsim.scenario.shipped import called
from idpsim.transcript import Transcript

MOST_FAILURES = 10
MOST_LISTED = 20
MOST_LINES = 400


@dataclass(slots=True)
class Console:
    """Writes lines as steps end. `quiet` leaves out what passed, `loud` shows every exchange with its bodies."""

    write: Callable[[str], object]
    page: Page
    redact: Redactor
    quiet: bool = False
    loud: bool = False
    _run: Heading | None = None
    _begun: bool = False
    _failed: list[str] = field(default_factory=list)

    def begin(self, run: Heading, transcript: Transcript) -> None:  # noqa: ARG002
        self._run, self._begun = run, False
        if not self.quiet:
            self._head(run)

    def step(self, step: StepResult, transcript: Transcript) -> None:
        run = self._run
        if run is None or (self.quiet and step.passed):
            return
        self._head(run)
        self._lines(steps.lines(step, self.page, self.redact))
        if self.loud:
            self._exchanges(step, transcript)
        self._failures(step.failures, run, transcript)

    def end(self, result: RunResult, stopped: str = "") -> None:
        run = self._run
        if run is None:
            return
        self._remember(result, stopped)
        if self.quiet and result.passed and not stopped and not result.clean_up.left:
            return
        self._head(run)
        if result.failures:
            self._lines([f"  {self.page.bad('FAIL')}  the run"])
            self._failures(result.failures, run, result.transcript)
        if stopped:
            head, *rest = self.page.wrapped(self.redact.text(_stop(stopped)), 8, "  STOP  ")
            self._lines([head.replace("STOP", self.page.bad("STOP"), 1), *rest])
        done = result.clean_up
        if not stopped or done.removed or done.left:
            self._lines(self._cleaned(result))
        self._lines([""])

    def close(self, totals: Totals) -> None:
        if self._failed:
            self._lines([*self._failed[:MOST_LISTED]])
            if len(self._failed) > MOST_LISTED:
                self._lines([f"... {len(self._failed) - MOST_LISTED:,} more"])
            self._lines([""])
        self._lines([summary(totals, self.page)])

    def _head(self, run: Heading) -> None:
        if self._begun:
            return
        self._begun = True
        name, file = self._safe(run.name), self._safe(called(run.scenario))
        self._lines([f"{self.page.strong(name)}  {self.page.quiet(file)}"])
        self._lines(self.page.wrapped(self.redact.text(f"as {run.idp}: {run.title}"), 4, "  "))
        self._lines(self.page.wrapped(self.redact.url(f"against {run.target}"), 4, "  "))

    def _exchanges(self, step: StepResult, transcript: Transcript) -> None:
        for each in transcript.range(*step.exchanges):
            self._lines([*exchange.lines(each, self.page, self.redact, 8, MOST_LINES), ""])

    def _failures(self, failures: tuple[Failure, ...], run: Heading, transcript: Transcript) -> None:
        for group in failure.grouped(failures[:MOST_FAILURES], transcript):
            self._lines([*failure.lines(group, run, transcript, self.page, self.redact), ""])
        if len(failures) > MOST_FAILURES:
            self._lines([f"        ... {len(failures) - MOST_FAILURES:,} more failures", ""])

    def _cleaned(self, result: RunResult) -> Iterable[str]:
        done = result.clean_up
        if done.kept:
            names = f", names end in {result.suffix}" if result.suffix else ""
            yield self.page.quiet(f"        kept: nothing was removed from the service provider{names}")
            return
        if done.removed or not done.left:
            yield self.page.quiet(f"        cleaned up: {done.removed:,} removed")
        if done.left:
            yield self.page.aside(f"  --    {counted(len(done.left), 'resource')} could not be removed:")
            for left in done.left:
                yield from self.page.wrapped(self.redact.text(left), 10)

    def _remember(self, result: RunResult, stopped: str) -> None:
        wrong = [step for step in result.steps if not step.passed]
        for step in wrong:
            place = self._safe(f"{step.failures[0].place.file}:{step.failures[0].place.line}")
            self._failed.append(f"{self.page.bad('FAIL')}  {place} as {result.idp}: {self._safe(steps.title(step))}")
        if not wrong and (result.failures or stopped):
            text = "not played to its end" if stopped else result.failures[0].message
            name = called(result.scenario)
            self._failed.append(f"{self.page.bad('FAIL')}  {self._safe(f'{name} as {result.idp}: {text}')}")

    def _safe(self, text: str) -> str:
        return visible(self.redact.text(text))

    def _lines(self, lines: Iterable[str]) -> None:
        text = "\n".join(lines)
        self.write(self.redact.text(text) + "\n")


def _stop(stopped: str) -> str:
    """That a run was stopped; an error that the command itself reports in full is not reported twice."""
    text = "this run was not played to its end"
    return f"{text}: {stopped}" if stopped.startswith("interrupted") else f"{text}: the error below says why"


def summary(totals: Totals, page: Page) -> str:
    """`3 scenarios as 3 vendors: 9 runs, 8 passed, 1 failed, in 0.4 s`."""
    parts = [counted(totals.runs, "run"), page.good(f"{totals.runs - totals.failed:,} passed")]
    if totals.failed:
        parts.append(page.bad(f"{totals.failed:,} failed"))
    if totals.not_played:
        parts.append(page.bad(f"{totals.not_played:,} not played"))
    seconds = duration(totals.seconds) if totals.seconds >= 60 else f"{totals.seconds:.1f} s"
    what = f"{counted(totals.scenarios, 'scenario')} as {counted(totals.profiles, 'vendor')}"
    return f"{what}: {', '.join(parts)}, in {seconds}"
