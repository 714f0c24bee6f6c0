"""A recording as a file: a HAR, or the request log of a service provider."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from idpsim import har
from idpsim.errors import UsageError
from idpsim.har import Entry
from idpsim.scenario.incident import jsonl
from idpsim.scenario.incident.spellings import BODIES
from idpsim.scenario.replay import below

_LINES = (".jsonl", ".ndjson", ".jsonlines")
_WITH_A_BODY = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True)
class Recording:
    """The SCIM requests of a file, each with its number; `what` a number counts: an `entry` or a `line`.

    `passed_over` counts what the file holds beside them, `cut_off` is the last line where it is not whole. `logged`
    says that it is no HAR, so that bodies of answers may be missing.
    """

    entries: tuple[tuple[int, Entry], ...]
    what: str
    passed_over: int = 0
    cut_off: int = 0
    logged: bool = False


def read(path: str, everything: bool = False) -> Recording:
    """The SCIM requests of a HAR or of a log; an IdpsimError that says what the file is where that gives nothing.

    Where a file says who sent what, only the vendor's are taken, or `everything`.
    """
    data = jsonl.unpacked(path)
    if not data.strip():
        raise UsageError(f"{path}: the file is empty")
    log, what, logged = _log(path, data)
    ours = any(each.entry.by is not None for each in log.lines)
    scim = [each for each in log.lines if below(each.entry.request.url) is not None]
    taken = [each for each in scim if everything or not ours or each.entry.by == "vendor"]
    if not taken:
        raise UsageError(f"{path} {_lacks(log, what, logged, bool(scim))}")
    entries = tuple((each.number, each.entry) for each in taken)
    _with_bodies(path, [entry for _, entry in entries], what)
    beside = log.passed_over + len(log.lines) - len(taken)
    return Recording(entries, what, beside, log.cut_off, logged)


def _log(path: str, data: bytes) -> tuple[jsonl.Log, str, bool]:
    """What the file holds, what its numbers count, and whether it is the log of a service provider."""
    if jsonl.looks_like_list(data):
        return jsonl.of_list(path, jsonl.decoded(path, data)), "entry", True
    if path.lower().removesuffix(".gz").endswith(_LINES) or jsonl.looks_like_lines(data):
        return jsonl.of_lines(path, jsonl.decoded(path, data)), "line", True
    lines = (jsonl.Line(number, entry) for number, entry in enumerate(_har(path, data), 1))
    return jsonl.Log(tuple(lines)), "entry", False


def _har(path: str, data: bytes) -> list[Entry]:
    """The entries of a HAR, from an unpacked copy where the file is packed."""
    with Path(path).open("rb") as file:
        packed = file.read(2) == jsonl.PACKED
    if not packed:
        return list(har.read(path))
    with TemporaryDirectory() as folder:
        copy = Path(folder, "unpacked.har")
        copy.write_bytes(data)
        try:
            return list(har.read(copy))
        except har.HarError as error:
            raise har.HarError(str(error).replace(str(copy), path, 1)) from None


def _lacks(log: jsonl.Log, what: str, logged: bool, of_others: bool) -> str:
    """Why a file gives nothing."""
    if of_others:
        return "holds no SCIM request of a vendor; --all takes the others"
    amount = len(log.lines) + log.passed_over
    if not amount:
        return f"holds no request: it is a {'list' if logged else 'HAR'} without entries"
    several = f"{amount:,} {what if amount == 1 else {'entry': 'entries', 'line': 'lines'}[what]}"
    if not log.lines:
        return f"holds no SCIM request: none of its {several} has a method and a path"
    return f"holds no SCIM request: none of its {several} goes to /Users, /Groups or another endpoint of SCIM"


def _with_bodies(path: str, entries: list[Entry], what: str) -> None:
    """Refuse a recording of writing requests without a single body: nothing can be told from it."""
    writing = [each for each in entries if each.request.method.upper() in _WITH_A_BODY]
    if writing and not any(each.request.body for each in writing):
        raise UsageError(f"{path}: no {what} holds a request body; looked for: {BODIES}")
