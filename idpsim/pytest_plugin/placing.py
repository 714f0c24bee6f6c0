"""Where in a test, or in a fixture of its own, idpsim was called."""

from __future__ import annotations

import linecache
import re
from pathlib import Path
from traceback import walk_tb
from types import TracebackType

import pytest

_BETWEEN = ("_pytest", "pytest", "pluggy", "contextlib", "unittest")
_SECRET = re.compile(
    r"""(?i)((?:token|secret|passw\w*|key|credentials?|auth\w*|cookie)["']?\s*[=:,]\s*[rbfu]*)(["']).*?(?:\2|$)"""
)


def caller(traceback: TracebackType | None) -> tuple[str, int] | None:
    """The file and line that called idpsim; None where pytest itself did."""
    found = None
    for frame, line in walk_tb(traceback):
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if package == "idpsim":
            break
        if package not in _BETWEEN:
            found = (frame.f_code.co_filename, line)
    return found


def own_line(traceback: TracebackType | None, config: pytest.Config) -> str:
    """`file:line: source` of the caller, without what is secret by its name; empty where there is none."""
    if (found := caller(traceback)) is None:
        return ""
    source = _SECRET.sub(r"\1\2[redacted]\2", linecache.getline(*found).strip())
    return f"{relative(Path(found[0]), config)}:{found[1]}: {source}"


def relative(path: Path, config: pytest.Config) -> str:
    """A path as the user would write it: from where pytest was started, if below."""
    here = config.invocation_params.dir
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
