"""One step as lines: its word, what it is about, and what is to be said of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from idpsim.redact import Redactor
from idpsim.report.text import Page, listed, visible
from idpsim.scenario.results import StepResult

INDENT = 8
MOST = 10


def word(step: StepResult) -> str:
    """`FAIL`, `--` for what was not played or skipped as a whole, else `ok`."""
    if not step.passed:
        return "FAIL"
    return "--" if step.skipped or step.outcome == "skipped" else "ok"


def title(step: StepResult) -> str:
    """`assign ada, grace`, or the name that the scenario gives the step."""
    about = f"{step.event} {listed(step.subjects)}".strip()
    return visible(f"{step.name} ({about})" if step.name else about)


def lines(step: StepResult, page: Page, redact: Redactor) -> Iterator[str]:
    """The step's line, then what became of each subject that is not simply done, then the notes."""
    said = word(step)
    paint = {"FAIL": page.bad, "--": page.aside, "ok": page.good}[said]
    tail = f"  {page.quiet(counts)}" if (counts := _counts(step)) else ""
    yield f"  {paint(f'{said:4}')}  {redact.text(title(step))}{tail}"
    if step.skipped:
        yield from _quiet(page, redact.text(f"not played: {step.skipped}"))
    yield from _subjects(step, page, redact)
    for note in step.notes[:MOST]:
        yield from _quiet(page, f"note: {redact.text(note)}")
    if len(step.notes) > MOST:
        yield from _quiet(page, f"... {len(step.notes) - MOST:,} more notes")


def _counts(step: StepResult) -> str:
    """`100,000 done, 3 skipped` where there are too many to list."""
    if len(step.outcomes) <= MOST:
        return ""
    counts = Counter(step.outcomes.values())
    return ", ".join(f"{number:,} {outcome}" for outcome, number in counts.most_common())


def _subjects(step: StepResult, page: Page, redact: Redactor) -> Iterator[str]:
    """Each subject with something to say; a failure that says it already says it alone."""
    headlines = [failure.message for failure in step.failures]
    few = len(step.outcomes) <= MOST
    shown = hidden = 0
    for key, outcome in step.outcomes.items():
        reason = step.reasons.get(key, "")
        if (outcome == "done" and not (few and reason)) or any(reason and reason in each for each in headlines):
            continue
        if shown >= MOST:
            hidden += 1
            continue
        shown += 1
        yield from _subject(step, key, outcome, page, redact)
    if hidden:
        yield from _quiet(page, f"... {hidden:,} more that are not done")


def _subject(step: StepResult, key: str, outcome: str, page: Page, redact: Redactor) -> Iterator[str]:
    alone = key == "app" or (len(step.outcomes) == 1 and step.subjects == (key,))
    reason, source = step.reasons.get(key, ""), step.sources.get(key, "")
    text = reason if outcome == "done" else f"{outcome}: {reason}" if reason else outcome
    yield from _quiet(page, redact.text(text if alone else f"{key}: {text}"))
    if source:
        yield from _quiet(page, redact.url(source))


def _quiet(page: Page, text: str) -> Iterator[str]:
    return (page.quiet(line) for line in page.wrapped(text, INDENT))
