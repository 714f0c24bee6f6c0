"""Bodies for people: JSON laid out to the width of the page, anything else as its lines, and never too much of it."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

from idpsim.report.text import clipped, visible, visible_lines

PARSED = 200_000
PAGE = 20_000
WHOLE = 100
_PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)
_UNSEEN = re.compile(r"<(head|style|script)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")


def shown(text: str, width: int, most: int) -> list[str]:
    """A body in at most `most` lines of `width` columns; the last line says how much is left out.

    Of an HTML page that has to be short only what a person would read on it.
    """
    if most < WHOLE and _PAGE.match(text):
        text = _read_of(text)
    lines = _laid_out(text, width)
    if lines is None:
        part = text[: (most + 1) * width * 2]
        lines = [piece for line in visible_lines(part) for piece in _cut(line, width)]
        rest = len(text) - len(part)
        if rest > 0:
            return [*lines[: most - 1], f"... {len(text):,} characters in all"]
    if len(lines) <= most:
        return lines
    return [*lines[: most - 1], f"... {len(lines) - most + 1:,} more lines"]


def _read_of(page: str) -> str:
    """The text of an HTML page, a line for each piece of it."""
    bare = _TAG.sub("\n", _UNSEEN.sub("\n", page[:PAGE]))
    lines = (" ".join(unescape(line).split()) for line in bare.split("\n"))
    return "\n".join(line for line in lines if line)


def _laid_out(text: str, width: int) -> list[str] | None:
    """JSON in lines; None where it is none, or more than anybody reads."""
    if len(text) > PARSED or text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return [clipped(visible(line), width) for line in layout(json.loads(text), width)]
    except (ValueError, RecursionError):
        return None


def layout(value: Any, width: int, lead: int = 0) -> list[str]:
    """A JSON value in lines: what fits into one line, behind `lead` columns in the first, is in one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if lead + len(flat) <= width or not isinstance(value, dict | list) or not value:
        return [flat]
    named = isinstance(value, dict)
    items = list(value.items()) if isinstance(value, dict) else [("", item) for item in value]
    lines = ["{" if named else "["]
    for number, (name, item) in enumerate(items, 1):
        key = f"{json.dumps(name, ensure_ascii=False)}: " if named else ""
        inner = layout(item, width - 3, len(key))
        inner[-1] += "," if number < len(value) else ""
        lines += [f"  {key}{inner[0]}", *(f"  {line}" for line in inner[1:])]
    return [*lines, "}" if named else "]"]


def _cut(line: str, width: int) -> list[str]:
    return [line[start : start + width] for start in range(0, len(line), width)] or [""]
