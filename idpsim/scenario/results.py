"""What playing a scenario led to: values that reports are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from idpsim.errors import Place
from idpsim.transcript import Transcript
from idpsim.wire import Quirk

FailureKind: TypeAlias = Literal["expectation", "verification", "outcome", "error"]


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that is wrong: what, where in the scenario, by which exchanges it shows, and the quirk behind it."""

    message: str
    place: Place
    kind: FailureKind
    quirk: Quirk | None = None
    exchanges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step as it was played.

    `outcomes` are the words (`done`, `skipped`, …) by subject key, `reasons` say why where it is not `done`.
    `exchanges` is a half-open range into the transcript. `skipped` says why the step was not played at all.
    `at` is the virtual time in seconds after the step, `seconds` the real time that it took.
    """

    event: str
    subjects: tuple[str, ...]
    place: Place
    outcome: str
    outcomes: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    exchanges: tuple[int, int] = (0, 0)
    skipped: str = ""
    name: str | None = None
    at: float = 0.0
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class CleanUp:
    """What was removed at the end, and what could not be, each with its reason."""

    removed: int = 0
    left: tuple[str, ...] = ()
    kept: bool = False


@dataclass(frozen=True, slots=True)
class RunResult:
    """One scenario played as one profile."""

    scenario: str
    name: str
    idp: str
    title: str
    steps: tuple[StepResult, ...]
    transcript: Transcript
    seconds: float
    source: str = ""
    suffix: str = ""
    base: str = ""
    clean_up: CleanUp = CleanUp()
    failures: tuple[Failure, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every step passed and the vendor sent anything at all."""
        return not self.failures and all(step.passed for step in self.steps)
