"""JUnit XML: a test suite for each run, a test case for each step, written run by run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TextIO
from xml.sax.saxutils import escape, quoteattr

from idpsim.redact import Redactor
from idpsim.report import exchange
from idpsim.report.failure import Group, grouped
from idpsim.report.feed import Heading, Totals
from idpsim.report.steps import title
from idpsim.report.text import Page
from idpsim.scenario.results import Failure, RunResult, StepResult
from idpsim.transcript import Transcript

MOST_LINES = 60
MOST_EXCHANGES = 4
_ILLEGAL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(slots=True)
class JUnitReport:
    """Writes to an open text file, all of it ASCII; the document is whole once it is closed."""

    file: TextIO
    redact: Redactor
    _runs: int = 0

    def begin(self, run: Heading, transcript: Transcript) -> None:
        """Nothing yet: a suite begins with its counts."""

    def step(self, step: StepResult, transcript: Transcript) -> None:
        """Nothing yet."""

    def end(self, result: RunResult, stopped: str = "") -> None:
        if not self._runs:
            self._head()
        failed = sum(not step.passed for step in result.steps) + bool(result.failures)
        attributes = {
            "id": str(self._runs),
            "package": result.idp,
            "name": f"{result.name} as {result.idp}",
            "timestamp": self._timestamp(result.transcript),
            "hostname": "localhost",
            "tests": str(len(result.steps) + bool(result.failures) + bool(stopped)),
            "failures": str(failed),
            "errors": str(int(bool(stopped))),
            "skipped": str(sum(_skipped(step) for step in result.steps)),
            "time": f"{result.seconds:.3f}",
        }
        self._runs += 1
        self._write(f"<testsuite{self._attributes(attributes)}>\n <properties>\n")
        for name, value in self._properties(result):
            self._write(f"  <property{self._attributes({'name': name, 'value': value})}/>\n")
        self._write(" </properties>\n")
        for line in self._cases(result, stopped):
            self._write(line)
        self._write(" <system-out></system-out>\n <system-err></system-err>\n</testsuite>\n")

    def close(self, totals: Totals) -> None:  # noqa: ARG002
        if not self._runs:
            self._head()
        self._write("</testsuites>\n")

    def _head(self) -> None:
        self._write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="idpsim">\n')

    def _properties(self, result: RunResult) -> Iterator[tuple[str, str]]:
        yield "scenario", result.scenario
        yield "idp", result.idp
        yield "title", result.title
        yield "target", self.redact.url(result.base)
        yield "suffix", result.suffix
        yield "removed", str(result.clean_up.removed)
        for left in result.clean_up.left:
            yield "left", left

    def _cases(self, result: RunResult, stopped: str) -> Iterator[str]:
        name = f"{result.scenario}.{result.idp}"
        for number, step in enumerate(result.steps, 1):
            inside = "".join(self._inside(step, result.transcript))
            yield self._case(name, f"{number} {title(step)}", step.seconds, inside)
        if result.failures:
            yield self._case(name, "the run", 0, self._failure(result.failures, result.transcript))
        if stopped:
            message = self._attributes({"message": stopped.partition("\n")[0], "type": "stopped"})
            yield self._case(name, "played to its end", 0, f"  <error{message}>{self._text(stopped)}</error>\n")

    def _case(self, classname: str, name: str, seconds: float, inside: str) -> str:
        attributes = self._attributes({"classname": classname, "name": name, "time": f"{seconds:.3f}"})
        return f" <testcase{attributes}>\n{inside} </testcase>\n" if inside else f" <testcase{attributes}/>\n"

    def _inside(self, step: StepResult, transcript: Transcript) -> Iterator[str]:
        if step.failures:
            yield self._failure(step.failures, transcript)
        elif _skipped(step):
            reasons = [*step.reasons.values(), *step.sources.values()]
            message = step.skipped or "; ".join(dict.fromkeys(reasons)) or "skipped"
            yield f"  <skipped{self._attributes({'message': message})}/>\n"

    def _failure(self, failures: tuple[Failure, ...], transcript: Transcript) -> str:
        """One element for all that is wrong with a step: the schemas allow no more."""
        groups = grouped(failures, transcript)
        first, others = groups[0].failures[0], sum(len(group.failures) for group in groups) - 1
        more = f" (and {others} more)" if others else ""
        attributes = self._attributes({"message": first.message + more, "type": first.kind})
        text = "\n\n".join("\n".join(self._explained(group, transcript)) for group in groups)
        return f"  <failure{attributes}>{self._text(text)}</failure>\n"

    def _explained(self, group: Group, transcript: Transcript) -> Iterator[str]:
        for failure in group.failures:
            yield f"{failure.place}: {failure.message}"
        for number in islice((n for n in group.exchanges if n < len(transcript)), MOST_EXCHANGES):
            yield from exchange.lines(transcript[number], Page(), self.redact, 2, MOST_LINES)
        for quirk in dict.fromkeys(each.quirk for each in group.failures if each.quirk is not None):
            yield f"why: {quirk.text}\n     {quirk.source}"

    def _timestamp(self, transcript: Transcript) -> str:
        started = next((each.started for each in transcript.range(0, 1)), 0.0)
        return datetime.fromtimestamp(started, UTC).strftime("%Y-%m-%dT%H:%M:%S")

    def _attributes(self, attributes: dict[str, str]) -> str:
        return "".join(f" {name}={quoteattr(self._clean(value))}" for name, value in attributes.items())

    def _text(self, text: str) -> str:
        return escape(self._clean(text))

    def _clean(self, text: str) -> str:
        """Without secrets, and without the characters that XML cannot hold."""
        return _ILLEGAL.sub("\ufffd", self.redact.text(text))

    def _write(self, text: str) -> None:
        self.file.write(text.encode("ascii", "xmlcharrefreplace").decode("ascii"))


def _skipped(step: StepResult) -> bool:
    return step.passed and (bool(step.skipped) or step.outcome == "skipped")
