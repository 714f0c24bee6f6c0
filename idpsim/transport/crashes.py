"""What goes wrong in an application that is called in process: told as a server would, and where it happened."""

from __future__ import annotations

import os
import sys
import sysconfig
from contextlib import suppress
from io import TextIOBase
from pathlib import Path
from threading import Lock
from traceback import StackSummary, TracebackException, extract_tb

from idpsim.wire import Request

MOST_ERRORS = 65536
_OURS = f"{Path(__file__).parent}{os.sep}"
_LIBRARY = f"{sysconfig.get_path('stdlib')}{os.sep}"
_INSTALLED = {"site-packages", "dist-packages"}


class Errors(TextIOBase):
    """The application's error stream: passed on to `sys.stderr` as it is when written, the last 64 KiB kept as text."""

    def __init__(self) -> None:
        self.text = ""
        self._lock = Lock()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str, /) -> int:
        """Keep `text`, and pass it on."""
        with self._lock:
            self.text = (self.text + text)[-MOST_ERRORS:]
        there = sys.stderr
        if there is not None and there is not self:
            with suppress(OSError, ValueError):  # a full disk or a closed stream is no reason to end the run
                there.write(text)
                there.flush()
        return len(text)

    def add(self, error: BaseException, title: str = "", request: Request | None = None) -> None:
        """An exception with its traceback, `title` on a line before it, without the credentials of `request`."""
        self.write((f"{title}\n" if title else "") + _without(_traceback(error), request))


def _without(text: str, request: Request | None) -> str:
    for name, value in request.headers if request is not None else ():
        if name.lower() == "authorization" and value.strip():
            text = text.replace(value, "[redacted]").replace(value.split()[-1], "[redacted]")
    return text


def placed(text: str, error: BaseException) -> str:
    """`text` with the place in the application where `error` was raised, as `boom (app.py:41, in create)`."""
    where = place(error)
    return f"{text} ({where})" if where else text


def place(error: BaseException) -> str:
    """The innermost line of the application on the way to `error`, as `app.py:41, in create`; "" where there is none.

    A library's line where no other is: neither the standard library nor what is installed is the application.
    """
    frames = [frame for frame in extract_tb(error.__traceback__) if not _ours(frame.filename)]
    own = [frame for frame in frames if not _is_library(frame.filename)]
    if not frames:
        return ""
    frame = (own or frames)[-1]
    return f"{_short(frame.filename)}:{frame.lineno}, in {frame.name}"


def _traceback(error: BaseException) -> str:
    """The traceback without the lines of idpsim that call the application."""
    shown = TracebackException.from_exception(error)
    todo: list[TracebackException | None] = [shown]
    while todo:
        each = todo.pop()
        if each is not None:
            each.stack = StackSummary.from_list([frame for frame in each.stack if not _ours(frame.filename)])
            todo += [each.__cause__, each.__context__, *(each.exceptions or ())]
    return "".join(shown.format())


def _ours(file: str) -> bool:
    return file.startswith(_OURS)


def _is_library(file: str) -> bool:
    return file.startswith((_LIBRARY, "<")) or not _INSTALLED.isdisjoint(Path(file).parts)


def _short(file: str) -> str:
    """A file's path from the working directory on, its name alone where it is elsewhere."""
    path = Path(file)
    with suppress(OSError, ValueError):
        return str(path.relative_to(Path.cwd()))
    return path.name
