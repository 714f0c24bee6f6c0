"""HTML as tokens, in time that grows with its length only.

`html.parser` needs 40 seconds for 100 kB of `<a b=`, and raises on `<![`; a page comes from a stranger, so its reader
is our own. It follows the tokenizer of the HTML standard in what matters for forms and text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>\0]*+)")
_BETWEEN = re.compile(r"[\s/]*+")
_NAME = re.compile(r"=?[^\s/>=]*+")
_EQUALS = re.compile(r"\s*+=\s*+")
_BARE = re.compile(r"[^\s>]*+")
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{9,}+;?")
_RAW = frozenset(("script", "style", "xmp", "iframe", "noembed", "noframes"))
_ESCAPABLE = frozenset(("textarea", "title"))


class Token(NamedTuple):
    """`start` (tag and attributes), `end` (tag), `text` or `raw` (the text of a script or style, in `text`)."""

    kind: str
    name: str = ""
    attributes: dict[str, str] = {}  # noqa: RUF012 - a default that nobody changes
    text: str = ""


def plain(text: str) -> str:
    """Text with its character references replaced."""
    if "&" not in text:
        return text
    return unescape(_LONG_NUMBER.sub("\ufffd", text) if "&#" in text else text)


def tokens(html: str) -> Iterator[Token]:
    """The tokens of a document, however broken; what is cut off inside a tag or comment is left out."""
    position = 0
    while position < len(html):
        if html[position] != "<":
            end = _found(html, "<", position)
            yield Token("text", text=plain(html[position:end]))
            position = end
        elif match := _TAG.match(html, position):
            attributes, position = _attributes(html, match.end())
            if position < 0:
                return
            name = match[2].lower()
            yield Token("end" if match[1] else "start", name, attributes)
            if not match[1] and (name in _RAW or name in _ESCAPABLE):
                inner, position = _inner(html, name, position)
                yield Token("text", text=plain(inner)) if name in _ESCAPABLE else Token("raw", name, text=inner)
        elif html.startswith("<!--", position):
            position = _found(html, "-->", position + 2) + 3
        elif html.startswith(("<!", "<?", "</"), position):
            position = _found(html, ">", position) + 1
        else:
            yield Token("text", text="<")
            position += 1


def _found(html: str, what: str, position: int) -> int:
    """Where `what` begins, or the end."""
    end = html.find(what, position)
    return len(html) if end < 0 else end


def _attributes(html: str, position: int) -> tuple[dict[str, str], int]:
    """The attributes of a tag, and where it ends; -1 where the document ends first."""
    found: dict[str, str] = {}
    while True:
        position = _end(_BETWEEN, html, position)
        if position >= len(html):
            return found, -1
        if html[position] == ">":
            return found, position + 1
        end = _end(_NAME, html, position)
        name = html[position:end].lower()
        value = ""
        position = end
        if equals := _EQUALS.match(html, position):
            value, position = _value(html, equals.end())
            if position < 0:
                return found, -1
        found.setdefault(name, plain(value))


def _value(html: str, position: int) -> tuple[str, int]:
    quote = html[position : position + 1]
    if quote in ('"', "'") and quote:
        end = html.find(quote, position + 1)
        return (html[position + 1 : end], end + 1) if end >= 0 else ("", -1)
    end = _end(_BARE, html, position)
    return html[position:end], end


def _end(pattern: re.Pattern[str], html: str, position: int) -> int:
    """Where a pattern that may match nothing ends."""
    match = pattern.match(html, position)
    return match.end() if match else position


def _inner(html: str, name: str, position: int) -> tuple[str, int]:
    """The text up to the end tag of an element that has no elements in it."""
    close = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, position)
    end = close.start() if close else len(html)
    return html[position:end], end
