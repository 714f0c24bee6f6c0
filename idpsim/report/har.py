"""All exchanges of all runs as one HAR, written as they happen."""

from __future__ import annotations

from typing import TextIO

from idpsim.har import HarWriter
from idpsim.redact import Redactor
from idpsim.report.feed import Heading, Totals
from idpsim.scenario.results import RunResult, StepResult
from idpsim.transcript import Transcript


class HarReport:
    """Follows the transcript of each run; what follows a transcript before it sees its exchanges first."""

    def __init__(self, file: TextIO, redact: Redactor) -> None:
        self._writer = HarWriter(file, redact)

    def begin(self, run: Heading, transcript: Transcript) -> None:  # noqa: ARG002
        transcript.follow(self._writer.write)

    def step(self, step: StepResult, transcript: Transcript) -> None:
        """Nothing: the exchanges have been written."""

    def end(self, result: RunResult, stopped: str = "") -> None:  # noqa: ARG002
        result.transcript.unfollow(self._writer.write)

    def close(self, totals: Totals) -> None:  # noqa: ARG002
        self._writer.close()
