"""Text from outside made safe to show, and the look of a page: its width and its colours."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

TAB = 4
NARROWEST = 40


def visible(text: str) -> str:
    """One line of text with every character that a terminal would obey, or not show, written as an escape."""
    if text.isprintable():
        return text
    return "".join([each if each.isprintable() else _escaped(each) for each in text.expandtabs(TAB)])


def visible_lines(text: str) -> list[str]:
    """The lines of a text, each `visible`."""
    return [visible(line) for line in text.replace("\r\n", "\n").split("\n")]


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 256:
        return {"\n": "\\n", "\r": "\\r"}.get(character, f"\\x{code:02x}")
    return f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text)


def clipped(text: str, width: int) -> str:
    """`text` in at most `width` columns; what is left out shows as three dots."""
    if columns(text) <= width:
        return text
    kept = text[: max(width - 3, 1)]
    while columns(kept) > max(width - 3, 1):
        kept = kept[:-1]
    return kept + "..."


def listed(names: tuple[str, ...], most: int = 5) -> str:
    """Names in a row; of many only the first, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def counted(number: int, what: str) -> str:
    """`1 run`, `2 runs`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Page:
    """Where a report is read: so many columns wide, with colours or without."""

    width: int = 100
    colour: bool = False

    def good(self, text: str) -> str:
        return self._paint("32", text)

    def bad(self, text: str) -> str:
        return self._paint("1;31", text)

    def aside(self, text: str) -> str:
        return self._paint("33", text)

    def strong(self, text: str) -> str:
        return self._paint("1", text)

    def quiet(self, text: str) -> str:
        return self._paint("2", text)

    def place(self, text: str) -> str:
        return self._paint("36", text)

    def _paint(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def wrapped(self, text: str, indent: int = 0, first: str = "") -> list[str]:
        """The text in lines of the page, behind `first` in the first of them and `indent` blanks in the others.

        Words, and so URLs, stay whole.
        """
        lines: list[str] = []
        for line in visible_lines(text):
            lead = first if not lines else " " * indent
            lines += textwrap.wrap(
                line,
                max(self.width, NARROWEST),
                initial_indent=lead or " " * indent,
                subsequent_indent=" " * indent,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [""]
        return lines
