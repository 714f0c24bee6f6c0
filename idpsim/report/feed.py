"""What a report is told while runs are played, and the sum of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from idpsim.scenario.results import RunResult, StepResult
from idpsim.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Heading:
    """A run before its first step.

    `target` says in words where it is sent, `url` is that as an option takes it (empty: the embedded service provider),
    `in_process` says that no network is used. `again` is what repeats a run in process where the command line does not:
    None is the command line, empty is nothing.
    """

    scenario: str
    name: str
    idp: str
    title: str
    target: str
    url: str = ""
    in_process: bool = False
    source: str = field(default="", repr=False)
    again: str | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """All runs together. `stopped` is the error that ended them early, `not_played` how many that left out."""

    scenarios: int = 0
    profiles: int = 0
    runs: int = 0
    failed: int = 0
    not_played: int = 0
    seconds: float = 0.0
    stopped: str = ""

    @property
    def passed(self) -> bool:
        """Whether everything was played and nothing failed."""
        return not self.failed and not self.not_played and not self.stopped and self.runs > 0


class Report(Protocol):
    """Follows runs: `begin`, each `step`, `end`, and once all are over `close`.

    `stopped` says why a run ended before its time. What a report is told is not redacted yet.
    """

    def begin(self, run: Heading, transcript: Transcript) -> None: ...
    def step(self, step: StepResult, transcript: Transcript) -> None: ...
    def end(self, result: RunResult, stopped: str = "") -> None: ...
    def close(self, totals: Totals) -> None: ...
