"""Failures from headline to cure: place, exchanges, the vendor's reason, and how to send it again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from idpsim.redact import Redactor
from idpsim.report import curl, exchange
from idpsim.report.feed import Heading
from idpsim.report.source import excerpt
from idpsim.report.text import Page, visible
from idpsim.scenario.results import Failure
from idpsim.scenario.shipped import called
from idpsim.transcript import Transcript
from idpsim.wire import Exchange

INDENT = 8
MOST_EXCHANGES = 4
MOST_LINES = 24
_LEAD = " " * INDENT
_EXACT = ("expectation", "verification")


@dataclass(frozen=True, slots=True)
class Group:
    """Failures that the same exchanges show."""

    failures: tuple[Failure, ...]
    exchanges: tuple[int, ...]


def grouped(failures: Iterable[Failure], transcript: Transcript) -> list[Group]:
    """The failures, those together whose first exchange asks the same; what one says, a later one need not repeat.

    Of two with the same message the expectation stays: its place is the more exact one.
    """
    groups: dict[object, dict[str, Failure]] = {}
    for failure in failures:
        together = groups.setdefault(_shown_by(failure, transcript), {})
        if failure.message not in together or (failure.kind, together[failure.message].kind) == _EXACT:
            together[failure.message] = failure
    return [
        Group(tuple(each.values()), tuple(dict.fromkeys(n for one in each.values() for n in one.exchanges)))
        for each in groups.values()
    ]


def _shown_by(failure: Failure, transcript: Transcript) -> object:
    if not failure.exchanges or failure.exchanges[0] >= len(transcript):
        return failure
    it = transcript[failure.exchanges[0]]
    return it.by, it.request.method, it.request.url, getattr(it.answer, "status", None)


def lines(group: Group, run: Heading, transcript: Transcript, page: Page, redact: Redactor) -> Iterator[str]:
    """The lines below the step's own."""
    for number, failure in enumerate(group.failures):
        if number:
            yield ""
        yield from (page.bad(line) for line in page.wrapped(redact.text(failure.message), INDENT))
        yield from excerpt(run.source, failure.place, page, redact.text, INDENT)
    shown = [transcript[number] for number in group.exchanges if number < len(transcript)][:MOST_EXCHANGES]
    for before, each in zip([None, *shown], shown, strict=False):
        yield ""
        yield from exchange.lines(each, page, redact, INDENT, MOST_LINES, before)
    for quirk in dict.fromkeys(each.quirk for each in group.failures if each.quirk is not None):
        yield ""
        yield from page.wrapped(redact.text(quirk.text), INDENT + 7, f"{_LEAD}why    ")
        yield f"{_LEAD}       {page.place(visible(redact.url(quirk.source)))}"
    if shown and (run.again != "" or not run.in_process):
        yield ""
        yield from _again(next((each for each in shown if each.by == "vendor"), shown[0]), run, page, redact)


def _again(it: Exchange, run: Heading, page: Page, redact: Redactor) -> Iterator[str]:
    if run.in_process and run.again is not None:
        yield f"{_LEAD}again  {visible(redact.text(run.again))}"
        return
    if run.in_process:
        target = f" --target {curl.quoted(redact.url(run.url))}" if run.url else ""
        yield f"{_LEAD}again  idpsim run {curl.quoted(called(run.scenario))} --idp {run.idp}{target} -v"
        yield f"{_LEAD}       {page.quiet('(this service provider runs inside idpsim: curl cannot reach it)')}"
        return
    text = curl.command(it, redact)
    first, *rest = text.split("\n")
    yield f"{_LEAD}again  {first}"
    yield from (f"{_LEAD}       {line}" for line in rest)
    if note := curl.remark(it, text):
        yield f"{_LEAD}       {page.quiet(f'({note})')}"
