"""The JSON report, version 1, written run by run: what was played, what it led to, and which exchanges show it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TextIO

from idpsim import __version__
from idpsim.redact import Redactor
from idpsim.report.feed import Heading, Totals
from idpsim.scenario.results import Failure, RunResult, StepResult
from idpsim.transcript import Transcript
from idpsim.wire import Exchange, NoResponse

VERSION = 1
LONGEST_BODY = 65_536


@dataclass(slots=True)
class JsonReport:
    """Writes to an open text file; the document is whole once it is closed."""

    file: TextIO
    redact: Redactor
    _runs: int = 0
    _heading: Heading | None = None

    def begin(self, run: Heading, transcript: Transcript) -> None:  # noqa: ARG002
        self._heading = run

    def step(self, step: StepResult, transcript: Transcript) -> None:
        """Nothing yet: a run is written when it has ended."""

    def end(self, result: RunResult, stopped: str = "") -> None:
        start = f'{{"version": {VERSION}, "runs": [\n' if not self._runs else ",\n"
        self._runs += 1
        self.file.write(f'{start}{self._dump(self._run(result, stopped))[:-1]},\n "steps": [')
        for number, step in enumerate(result.steps):
            self.file.write(",\n  " if number else "\n  ")
            self._step(step, result.transcript)
        self.file.write("]}")

    def close(self, totals: Totals) -> None:
        if not self._runs:
            self.file.write(f'{{"version": {VERSION}, "runs": [\n')
        counts: dict[str, Any] = {
            "passed": totals.passed,
            "idpsim": __version__,
            "seconds": round(totals.seconds, 3),
            "totals": {
                "scenarios": totals.scenarios,
                "profiles": totals.profiles,
                "runs": totals.runs,
                "passed": totals.runs - totals.failed,
                "failed": totals.failed,
                "not_played": totals.not_played,
            },
        }
        if totals.stopped:
            counts["stopped"] = self.redact.text(totals.stopped)
        self.file.write("],\n" + self._dump(counts)[1:] + "\n")

    def _run(self, result: RunResult, stopped: str) -> dict[str, Any]:
        cleaned = result.clean_up
        run: dict[str, Any] = {
            "scenario": result.scenario,
            "name": self.redact.text(result.name),
            "idp": result.idp,
            "title": result.title,
            "passed": result.passed and not stopped,
            "seconds": round(result.seconds, 6),
            "suffix": result.suffix,
            "target": self.redact.url(result.base),
            "in_process": self._heading is not None and self._heading.in_process,
            "failures": [self._failure(each) for each in result.failures],
            "clean_up": {
                "removed": cleaned.removed,
                "left": [self.redact.text(each) for each in cleaned.left],
                "kept": cleaned.kept,
            },
        }
        return run | ({"stopped": self.redact.text(stopped)} if stopped else {})

    def _step(self, step: StepResult, transcript: Transcript) -> None:
        text = self.redact.text
        document: dict[str, Any] = {
            "event": step.event,
            "subjects": list(step.subjects),
            "line": step.place.line,
            "column": step.place.column,
            "outcome": step.outcome,
            "outcomes": dict(step.outcomes),
            "passed": step.passed,
            "failures": [self._failure(each) for each in step.failures],
            "reasons": {key: text(reason) for key, reason in step.reasons.items()},
            "sources": dict(step.sources),
            "notes": [text(note) for note in step.notes],
            "virtual_seconds": round(step.at, 3),
            "seconds": round(step.seconds, 6),
        }
        if step.name:
            document["name"] = text(step.name)
        if step.skipped:
            document["skipped"] = text(step.skipped)
        self.file.write(self._dump(document)[:-1] + ', "exchanges": [')
        for number, each in enumerate(self._exchanges(step, transcript)):
            self.file.write((",\n   " if number else "\n   ") + self._dump(each))
        self.file.write("]}")

    def _failure(self, it: Failure) -> dict[str, Any]:
        failure: dict[str, Any] = {
            "message": self.redact.text(it.message),
            "file": it.place.file,
            "line": it.place.line,
            "column": it.place.column,
            "kind": it.kind,
            "exchanges": list(it.exchanges),
        }
        if it.quirk is not None:
            failure |= {"quirk": self.redact.text(it.quirk.text), "source": it.quirk.source}
        return failure

    def _exchanges(self, step: StepResult, transcript: Transcript) -> Iterator[dict[str, Any]]:
        """The step's exchanges, those that a failure refers to with their bodies."""
        wanted = {number for failure in step.failures for number in failure.exchanges}
        for each in transcript.range(*step.exchanges):
            shown = self._exchange(each)
            yield shown | self._bodies(each) if each.number in wanted else shown

    def _exchange(self, it: Exchange) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "number": it.number,
            "by": it.by,
            "method": it.request.method,
            "url": self.redact.url(it.request.url),
            "status": None if isinstance(it.answer, NoResponse) else it.answer.status,
            "seconds": round(it.seconds, 6),
            "virtual_seconds": round(it.at, 3),
        }
        if isinstance(it.answer, NoResponse):
            shown["no_answer"] = self.redact.text(f"{it.answer.kind}: {it.answer.reason}")
        if it.quirks:
            shown["quirks"] = [{"text": quirk.text, "source": quirk.source} for quirk in it.quirks]
        if it.probe:
            shown["probe"] = True
        if it.fault:
            shown["fault"] = self.redact.text(it.fault)
        return shown

    def _bodies(self, it: Exchange) -> dict[str, Any]:
        answer = b"" if isinstance(it.answer, NoResponse) else it.answer.body
        return {
            "request_body": self.redact.body(it.request.body)[:LONGEST_BODY],
            "response_body": self.redact.body(answer)[:LONGEST_BODY],
        }

    def _dump(self, value: Any) -> str:
        return json.dumps(value)
