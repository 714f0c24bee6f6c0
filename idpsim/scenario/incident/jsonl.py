"""A service provider's request log: one JSON object on each line or a list of them, perhaps packed by gzip."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idpsim.errors import IdpsimError
from idpsim.har import Entry
from idpsim.scenario.incident.spellings import entry_of, value_of

PACKED = b"\x1f\x8b"


class LogError(IdpsimError):
    """A request log cannot be used; the text names the file and the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a log and the number of its line, or of its place in a list."""

    number: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Log:
    """The requests of a log; `passed_over` counts what holds no request, `cut_off` is the line that ends too early."""

    lines: tuple[Line, ...]
    passed_over: int = 0
    cut_off: int = 0


def unpacked(path: str | Path) -> bytes:
    """What a file holds, unpacked where it is packed."""
    try:
        data = Path(path).read_bytes()
        return gzip.decompress(data) if data.startswith(PACKED) else data
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise LogError(f"{path}: cannot be read: it is packed by gzip and damaged") from None
    except OSError as error:
        raise LogError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise LogError(f"{path}: cannot be read: {error}") from None


def decoded(path: str | Path, data: bytes) -> str:
    """The text of a log."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise LogError(f"{path}: cannot be read: it is not UTF-8") from None


def looks_like_lines(data: bytes) -> bool:
    """Whether this is JSON lines rather than one document: its first line with an object holds a whole one."""
    rows = (row for row in data.removeprefix(b"\xef\xbb\xbf").split(b"\n") if row.lstrip().startswith(b"{"))
    value = value_of(next(rows, b"").decode("utf-8", "replace"))
    return isinstance(value, dict) and not ("log" in value and _is_har(value["log"]))


def looks_like_list(data: bytes) -> bool:
    """Whether this is one list of objects."""
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
        return False
    value = value_of(data.decode("utf-8-sig", "replace"))
    return isinstance(value, list) and (not value or any(isinstance(each, dict) for each in value))


def of_list(path: str | Path, text: str) -> Log:
    """The requests of a list in their order."""
    value = value_of(text)
    if not isinstance(value, list):
        raise LogError(f"{path}: it is not a JSON list")
    return _log(enumerate(value, 1))


def of_lines(path: str | Path, text: str) -> Log:
    """The requests of a log in their order; a line that begins as an object and is none is a `LogError` there.

    Lines of plain text are passed over, and so is a last line that is cut off.
    """
    rows = [(number, row) for number, row in enumerate(text.split("\n"), 1) if row.strip()]
    values: list[tuple[int, Any]] = []
    cut_off = 0
    for number, row in rows:
        value = value_of(row) if row.lstrip().startswith("{") else None
        if isinstance(value, ValueError) and number == rows[-1][0] and len(rows) > 1:
            cut_off = number
        elif isinstance(value, ValueError):
            raise LogError(f"{path}:{number}: the line is not JSON ({value})\n  a log holds one JSON object a line")
        else:
            values.append((number, value))
    log = _log(values)
    return Log(log.lines, log.passed_over, cut_off)


def _log(values: Iterable[tuple[int, Any]]) -> Log:
    found = [(number, entry_of(value) if isinstance(value, dict) else None) for number, value in values]
    lines = tuple(Line(number, entry) for number, entry in found if entry is not None)
    return Log(lines, len(found) - len(lines))


def _is_har(log: Any) -> bool:
    return isinstance(log, dict) and isinstance(log.get("entries"), list)
