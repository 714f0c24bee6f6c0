"""Reports as text: of one event, of one run; without colour and without secrets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from idpsim.api.given import found
from idpsim.errors import UsageError
from idpsim.report.console import Console
from idpsim.report.feed import Heading
from idpsim.report.secrets import Secrets, of_text
from idpsim.report.text import Page
from idpsim.scenario.results import RunResult, StepResult
from idpsim.transcript import Transcript

_UNKNOWN = Heading("", "", "", "", "")


@dataclass(frozen=True, slots=True, repr=False)
class Ran(RunResult):
    """The result of a run with what its report says beside it, and with the secrets that no report shows."""

    heading: Heading = field(default=_UNKNOWN, repr=False)
    secrets: Secrets | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return f"<RunResult {self.scenario} as {self.idp}: {'passed' if self.passed else 'failed'}>"


def shown(step: StepResult, secrets: Secrets) -> StepResult:
    """The result of a step with what a service provider may have echoed taken out of its texts."""
    return replace(
        step,
        failures=tuple(replace(each, message=secrets.text(each.message)) for each in step.failures),
        reasons={key: secrets.text(reason) for key, reason in step.reasons.items()},
        notes=tuple(map(secrets.text, step.notes)),
        skipped=secrets.text(step.skipped),
    )


def told(step: StepResult, heading: Heading, transcript: Transcript, secrets: Secrets) -> str:
    """The report of one step."""
    parts: list[str] = []
    console = Console(parts.append, Page(), secrets)
    console.begin(heading, transcript)
    console.step(step, transcript)
    return "".join(parts).rstrip()


def explain(result: RunResult) -> str:
    """The report of a run, as the command line prints it."""
    given: Any = result
    if not isinstance(given, RunResult):
        raise UsageError(f"explain takes one of the results that idpsim.run returns, found {found(given)}")
    parts: list[str] = []
    console = Console(parts.append, Page(), _secrets(result))
    console.begin(_heading(result), result.transcript)
    for step in result.steps:
        console.step(step, result.transcript)
    console.end(result)
    return "".join(parts).rstrip()


def _secrets(result: RunResult) -> Secrets:
    if isinstance(result, Ran) and result.secrets is not None:
        return result.secrets
    secrets = Secrets(of_text(result.source, {}))
    for exchange in result.transcript:
        secrets.watch(exchange)
    return secrets


def _heading(result: RunResult) -> Heading:
    if isinstance(result, Ran) and result.heading is not _UNKNOWN:
        return result.heading
    named = (result.scenario, result.name, result.idp, result.title)
    return Heading(*named, result.base, result.base, source=result.source, again="")
