"""`idpsim replay FILE --as-scenario`: what a recording is as a scenario, and whose traffic it is."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from idpsim.api.incident import POOR, Candidate, Incident, incident, made
from idpsim.cli.terminal import Progress, echo, page_of
from idpsim.errors import UsageError
from idpsim.har import Entry
from idpsim.report.secrets import Secrets, of_variables
from idpsim.report.text import Page, counted, visible
from idpsim.scenario.incident.anonymous import anonymous
from idpsim.scenario.incident.reading import Recording
from idpsim.scenario.incident.writing import shape
from idpsim.wire import Response

SHOWN = 20
SHORTEST_TOKEN = 8
_EXACT = 0.9995


def as_scenario(file: str, recording: Recording, output: str | None, anonymised: bool) -> None:
    """Write the scenario, to `output` or else to stdout, and say whose traffic it is, there or else on stderr."""
    if output and os.path.lexists(output):
        raise _there_already(output)
    said: IO[str] = sys.stdout if output else sys.stderr
    page, progress, secrets = page_of(said), Progress(said), Secrets(of_variables(os.environ))
    progress.start(f"playing {os.path.basename(file)} as every profile")
    try:
        found = incident([(number, _clean(entry, secrets)) for number, entry in recording.entries], progress.tick)
        told = anonymous(found.best.told) if anonymised else None
        name = "A recorded incident" if anonymised else Path(file).stem
        head = list(_head("" if anonymised else os.path.basename(file), recording, found))
        text = made(found, name=name, head=head, what=recording.what, told=told, tick=progress.tick)
    finally:
        progress.clear()
    if output:
        _write(output, text)
    else:
        echo(text, nl=False)
    for line in _report(found, recording, page, output, anonymised):
        echo(secrets.text(visible(line)), said, page)


def _clean(entry: Entry, secrets: Secrets) -> Entry:
    """The entry without its own credentials, wherever they stand in what is made of it."""
    request, answer = entry.request, entry.answer
    for name, value in request.headers:
        if name.lower() == "authorization":
            secrets.learn(*(each for each in (value, value.rpartition(" ")[2]) if len(each) >= SHORTEST_TOKEN))
    body = None if request.body is None else _text(request.body, secrets)
    url = secrets.text(request.url)
    if isinstance(answer, Response):
        answer = replace(answer, body=_text(answer.body, secrets))
    return replace(entry, request=replace(request, url=url, body=body), answer=answer)


def _text(body: bytes, secrets: Secrets) -> bytes:
    text = body.decode("utf-8", "surrogateescape")
    return secrets.text(text).encode("utf-8", "surrogateescape")


def _write(output: str, text: str) -> None:
    try:
        with Path(output).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise _there_already(output) from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{output} cannot be written: {getattr(error, 'strerror', None) or error}") from None


def _there_already(output: str) -> UsageError:
    return UsageError(f"{output} is there already\n  give another name with --output")


def _head(file: str, recording: Recording, found: Incident) -> Iterator[str]:
    best, matched = found.best, found.best.match
    amount = counted(len(recording.entries), "recorded request")
    yield f"Made from {amount}{f' in {file}' if file else ''} by idpsim replay --as-scenario."
    similar = matched.recorded - matched.alike - len(matched.unsent)
    yield (
        f"{best.profile} sends {matched.alike:,} of them the same, {similar:,} similarly and {len(matched.unsent):,} "
        "not at all; above each step is what it was made of."
    )
    yield from _unexplained(found, recording, most=None)


def _unexplained(found: Incident, recording: Recording, most: int | None) -> Iterator[str]:
    """The requests that the scenario does not send, those of one kind together."""
    why = {each.request.number: each.why for each in found.best.told.unexplained}
    kinds: dict[tuple[str, str], list[int]] = {}
    for each in found.unsent:
        reason = why.get(each.number, f"{found.best.profile} sends no such request here")
        kinds.setdefault((f"{each.method} {shape(each)}", reason), []).append(each.number)
    for (request, reason), numbers in list(kinds.items())[:most]:
        yield f"Not explained: {_numbers(numbers, recording.what)}, {request}: {reason}"
    if most is not None and len(kinds) > most:
        yield f"  and {len(kinds) - most} more"


def _report(found: Incident, recording: Recording, page: Page, output: str | None, anonymised: bool) -> Iterator[str]:
    best = found.best
    yield from _verdict(found)
    width = max(len(each.profile) for each in found.candidates)
    for each in found.candidates:
        alike = f"{each.match.alike:,} of {counted(each.match.recorded, 'request')} the same"
        yield f"  {each.profile:<{width}}  {_percent(each):>5}  {alike}"
    if found.part:
        yield f"  told apart by the first {found.part:,} of {len(found.requests):,} requests"
    for name, value in best.settings.items():
        yield f"  with the setting {name}: {str(value).lower() if isinstance(value, bool) else value}"
    yield from _deviations(best, recording, page, anonymised)
    yield from _unexplained(found, recording, most=SHOWN)
    yield from _left_out(recording)
    yield from _next(best, output, anonymised)


def _left_out(recording: Recording) -> Iterator[str]:
    if recording.passed_over:
        yield f"Passed over, for they are no SCIM requests of a vendor: {recording.passed_over:,}"
    if recording.cut_off:
        yield f"Passed over, for it is cut off: the last line, {recording.cut_off:,}"


def _verdict(found: Incident) -> Iterator[str]:
    best = found.best
    if best.match.score < POOR:
        yield f"None of the vendors that idpsim knows sends this. The nearest is {best.title}:"
        return
    yield f"This is {best.title} ({best.profile}), {_percent(best)} alike:"
    equals = [each.profile for each in found.candidates[1:] if each.match.rank == best.match.rank]
    if equals:
        yield f"  {', '.join(equals)} would send the same here: the recording does not tell them apart"


def _deviations(best: Candidate, recording: Recording, page: Page, anonymised: bool) -> Iterator[str]:
    deviations = best.match.deviations
    if deviations:
        yield f"Where the recording is not what {best.profile} sends:"
    for each in deviations[:SHOWN]:
        line = f"{_numbers(each.numbers, recording.what)}: {each.text(values=not anonymised)}"
        yield from page.wrapped(line, 6, "  - ")
    if len(deviations) > SHOWN:
        yield f"  and {len(deviations) - SHOWN} more"
    missing = Counter(best.match.missing)
    if missing:
        shown = [
            request if count == 1 else f"{request} ({count} times)" for request, count in missing.most_common(SHOWN)
        ]
        yield from page.wrapped(f"What {best.profile} sends and the recording does not have: {', '.join(shown)}", 2)


def _numbers(numbers: Sequence[int], what: str) -> str:
    """`entry 3`, `entries 3, 4, 5 and 9 more`."""
    if len(numbers) == 1:
        return f"{what} {numbers[0]}"
    shown = ", ".join(str(each) for each in numbers[:3])
    more = f" and {len(numbers) - 3} more" if len(numbers) > 3 else ""
    return f"{'entries' if what == 'entry' else what + 's'} {shown}{more}"


def _next(best: Candidate, output: str | None, anonymised: bool) -> Iterator[str]:
    people, steps = len(best.told.people), len(best.told.happenings)
    amount = f"{counted(steps, 'step')} about {people:,} {'person' if people == 1 else 'people'}"
    name = output or "SCENARIO.yaml"
    yield f"{amount}{f' written to {output}' if output else ''}; play them at your service provider with"
    yield f'  idpsim run {name} --target https://sp.example/scim/v2 --token "$SCIM_TOKEN"'
    if not anonymised:
        yield "The scenario holds the names and addresses that the recording holds; --anonymise invents others."


def _percent(each: Candidate) -> str:
    share = each.match.score
    return "100 %" if share >= _EXACT else f"{min(99, round(share * 100))} %"
