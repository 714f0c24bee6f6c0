"""Where idpsim is called from: errors and failures show the caller's own line."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from types import FrameType
from typing import Any

from idpsim.errors import Place

_PACKAGE = str(Path(__file__).parent.parent) + os.sep


@dataclass(frozen=True, slots=True)
class Caller:
    """The call of the nearest code outside idpsim: its place, the function that it stands in, and that file's text."""

    place: Place
    function: str = ""
    source: str = field(default="", repr=False)


def caller() -> Caller:
    """Who has called into idpsim."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    if frame is None:
        return Caller(Place("python", 1, 1))
    name = frame.f_code.co_filename
    lines = linecache.getlines(name, _module(frame.f_globals))
    line, column = _position(frame, lines)
    return Caller(Place(_relative(name), line, column), frame.f_code.co_name, "".join(lines))


def _module(names: Mapping[str, Any]) -> dict[str, Any]:
    """What finds the source of a module that lies in an archive."""
    return {name: names[name] for name in ("__name__", "__loader__", "__spec__") if name in names}


def _position(frame: FrameType, lines: list[str]) -> tuple[int, int]:
    """The line and the column, in characters, of the expression that is being evaluated; both count from 1."""
    found = next(islice(frame.f_code.co_positions(), frame.f_lasti // 2, None), (None, None, None, None))
    line, _, offset, _ = found
    if line is None or offset is None:
        return frame.f_lineno or 1, 1
    text = lines[line - 1] if line <= len(lines) else ""
    return line, len(text.encode()[:offset].decode(errors="replace")) + 1 if text else offset + 1


def _relative(name: str) -> str:
    """A file below the working directory by its path from there."""
    try:
        short = os.path.relpath(name)
    except (ValueError, OSError):
        return name
    return name if short.startswith("..") or not os.path.isabs(name) else short
