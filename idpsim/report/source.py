"""A place in a scenario file as a reader sees it: the lines around it, and a caret under the column."""

from __future__ import annotations

import re
from collections.abc import Callable

from idpsim.errors import Place
from idpsim.report.text import Page, clipped, columns, visible

BEFORE = 1
_WORD = re.compile(r"[\w.@\-]+|\"[^\"]*\"|'[^']*'|.")


def excerpt(source: str, place: Place, page: Page, redact: Callable[[str], str], indent: int = 0) -> list[str]:
    """`file:line:column`, the line with the one before it, and a caret; only the first where the text is not known."""
    lead = " " * indent
    head = [lead + page.place(visible(redact(str(place))))]
    lines = source.splitlines() if place.line <= source.count("\n") + 1 else []
    if not source or place.line > len(lines):
        return head
    digits = len(str(place.line))
    room = page.width - indent - digits - 5
    shown = []
    for number in range(max(1, place.line - BEFORE), place.line):
        if lines[number - 1].strip():
            shown.append(_numbered(number, digits, clipped(visible(redact(lines[number - 1])), room), page))
    line, under = _pointed(lines[place.line - 1], place.column, room, redact)
    shown.append(_numbered(place.line, digits, line, page))
    shown.append(f"{'':{digits}} {page.quiet('|')} {page.bad(under)}")
    return head + [f"{lead}  {each}" for each in shown]


def _numbered(number: int, digits: int, text: str, page: Page) -> str:
    return f"{page.quiet(f'{number:>{digits}} |')} {text}".rstrip()


def _pointed(line: str, column: int, room: int, redact: Callable[[str], str]) -> tuple[str, str]:
    """The line and the carets under the word at `column`; of a long line the part around it."""
    word = _WORD.match(line, column - 1)
    length = len(word[0]) if word else 1
    before, marked, after = line[: column - 1], line[column - 1 : column - 1 + length], line[column - 1 + length :]
    start = max(0, len(before) - room // 2) if len(before) + length > room else 0
    lead = ("..." if start else "") + visible(redact(before)[start:])
    mark = clipped(visible(redact(marked)), max(room - columns(lead), 4))
    text = clipped(lead + mark + visible(redact(after[: room * 2])), room)
    return text, " " * columns(lead) + "^" * max(1, columns(mark))
