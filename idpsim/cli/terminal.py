"""The terminal: how wide it is, whether it takes colours, and a line on it that says how far long work has come."""

from __future__ import annotations

import os
import shutil
import sys
from threading import Lock
from time import monotonic
from typing import IO, Any

import click

from idpsim.report.text import Page, counted, visible

PIPED = 100
WIDEST = 140
PATIENCE = 0.5
EVERY = 0.1


def is_terminal(stream: IO[Any]) -> bool:
    """Whether somebody looks at this stream, on something that can move its cursor."""
    try:
        return stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:
        return False


def page_of(stream: IO[Any]) -> Page:
    """The page that this stream is: as wide as the terminal, 100 columns and without colours where it is none."""
    if not is_terminal(stream):
        return Page(PIPED)
    width = shutil.get_terminal_size((PIPED, 24)).columns
    return Page(max(40, min(width, WIDEST)), colour=not os.environ.get("NO_COLOR"))


def echo(text: str, stream: IO[Any] | None = None, page: Page | None = None, nl: bool = True) -> None:
    """Print to a stream, the standard output by default."""
    out = sys.stdout if stream is None else stream
    click.echo(text, file=out, nl=nl, color=page.colour if page else False)


class Progress:
    """A line at the bottom of a terminal that says what is going on, once it takes longer than half a second."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream
        self._on = is_terminal(stream)
        self._lock = Lock()
        self._shown = False
        self._text = ""
        self._count = 0
        self._since = self._last = monotonic()

    def start(self, text: str) -> None:
        """From now on this is going on."""
        self._text, self._count = visible(text), 0
        self._since = monotonic()

    def tick(self, _: object = None) -> None:
        """One more request; prints at most ten times a second."""
        if not self._on:
            return
        self._count += 1
        now = monotonic()
        if now - self._since < PATIENCE or now - self._last < EVERY:
            return
        self._last = now
        with self._lock:
            room = shutil.get_terminal_size((80, 24)).columns - 1
            line = f"  ...   {self._text}: {counted(self._count, 'request')}, {now - self._since:.0f} s"
            self._stream.write(f"\r\x1b[K{line[:room]}")
            self._stream.flush()
            self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        with self._lock:
            if self._shown:
                self._stream.write("\r\x1b[K")
                self._stream.flush()
                self._shown = False
