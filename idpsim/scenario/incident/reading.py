"""A recording as a file: a HAR, or the request log of a service provider."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from idpsim import har
from idpsim.har import Entry
from idpsim.scenario.incident import jsonl
from idpsim.scenario.replay import below

_LINES = (".jsonl", ".ndjson", ".jsonlines")


@dataclass(frozen=True, slots=True)
class Recording:
    """The SCIM requests of a file, each with its number; `what` a number counts: an `entry` or a `line`.

    `passed_over` counts what the file holds beside them.
    """

    entries: tuple[tuple[int, Entry], ...]
    what: str
    passed_over: int = 0


def read(path: str, everything: bool = False) -> Recording:
    """The SCIM requests of a HAR or of JSON lines; HarError or LogError where the file is neither.

    Where a file says who sent what, only the vendor's are taken, or `everything`.
    """
    if path.lower().endswith(_LINES) or jsonl.looks_like_lines(path):
        log = jsonl.read(path)
        found, what, beside = [(each.number, each.entry) for each in log.lines], "line", log.passed_over
    else:
        _not_empty(path)
        found, what, beside = list(enumerate(har.read(path), 1)), "entry", 0
    ours = any(entry.by is not None for _, entry in found)
    taken = tuple(
        (number, entry)
        for number, entry in found
        if below(entry.request.url) is not None and (everything or not ours or entry.by == "vendor")
    )
    return Recording(taken, what, beside + len(found) - len(taken))


def _not_empty(path: str) -> None:
    try:
        empty = Path(path).is_file() and not Path(path).read_bytes().strip()
    except OSError:
        return
    if empty:
        raise har.HarError(f"{path}: the file is empty")
