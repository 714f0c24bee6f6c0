"""Reads HTML with libxml2 into a flat list of elements and pieces of text, in time that grows with its length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

MOST_CHARACTERS = 5 * 1024 * 1024
MOST_ELEMENTS = 100_000
MOST_PIECES = 50
_RAW = frozenset(("script", "style", "xmp", "iframe", "noembed", "noframes"))
_UNSEEN = (*_RAW, "noscript", "template", "title", "textarea", "select", "datalist")
_BREAKING = (
    "address article body br dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr label li main nav ol option"
    " p pre section table td th tr ul"
)
_BLOCKS = frozenset(_BREAKING.split())
_SPACES = re.compile(r"\s+")
_FORM_ENDS = re.compile(r"(</form[\s/>])", re.IGNORECASE)
_MARK = "?idpsim-form-ends"


@dataclass(slots=True)
class Element:
    """One element of a page, in the order of their start tags.

    Its text is the pieces `first` to before `last`, its descendants are the elements up to before `end`. `form` is the
    index of the form that is open where it stands, `within` the element names around it that change what it means:
    noscript, template, a disabled fieldset.
    """

    name: str
    attributes: Mapping[str, str]
    first: int
    last: int = -1
    end: int = -1
    form: int | None = None
    within: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Elements:
    """A page's elements; `pieces` are its texts, each with whether it is seen; `scripts` the inline ones."""

    all: tuple[Element, ...] = ()
    pieces: tuple[tuple[str, bool], ...] = field(default=(), repr=False)
    scripts: tuple[str, ...] = field(default=(), repr=False)

    def seen(self, element: Element | None = None) -> str:
        """The visible text of an element (its beginning, where it is large), or of the page, white space folded."""
        pieces = self.pieces if element is None else self._of(element)
        return folded("".join(text for text, seen in pieces if seen))

    def inner(self, element: Element) -> str:
        """The text of an element as it stands, visible or not; its beginning, where it is large."""
        return "".join(text for text, _ in self._of(element))

    def _of(self, element: Element) -> tuple[tuple[str, bool], ...]:
        return self.pieces[element.first : min(element.last, element.first + MOST_PIECES)]


def folded(text: str) -> str:
    """Text with each run of white space as one blank."""
    return _SPACES.sub(" ", text).strip()


def read(html: str) -> Elements:
    """The elements of `html`, however broken it is.

    What comes after 5 Mi characters, after 100,000 elements or within more than 255 others is left out.
    """
    reader = _Reader()
    marked = _FORM_ENDS.sub(rf"<{_MARK}>\1", html[:MOST_CHARACTERS])
    target: Any = reader
    parser = etree.HTMLParser(target=target, recover=True, no_network=True, huge_tree=False, encoding="utf-8")
    try:
        etree.fromstring(marked.encode("utf-8", "replace"), parser)
    except (_Enough, etree.LxmlError):
        reader.close()
    return Elements(tuple(reader.elements), tuple(reader.pieces), tuple(reader.scripts))


class _Enough(Exception):
    """There are more elements than are looked at."""


class _Reader:
    """Takes what libxml2 finds, piece by piece, so that a page of nothing but tags fills no memory.

    Which form a control belongs to is counted here: in browsers a form is open until its end tag, whatever closes
    around it (`<table><form><tr>`, `<tr><form><td>`), and none opens within it. libxml2 ends a form with its parent or
    with the next form, and does not tell these ends from an end tag: hence a mark is put before each end tag.
    """

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.pieces: list[tuple[str, bool]] = []
        self.scripts: list[str] = []
        self._stack: list[int] = []
        self._open: Counter[str] = Counter()
        self._form: int | None = None
        self._texts: list[str] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._break(name)
        at, index = len(self.pieces), len(self.elements)
        if index >= MOST_ELEMENTS:
            raise _Enough
        within = frozenset(each for each in ("noscript", "template", "fieldset disabled") if self._open[each])
        if name == "form" and self._form is None and "template" not in within:
            self._form = index
        said = {key: _unmarked(value) for key, value in attributes.items()}
        element = Element(name, said, at, at, index + 1, self._form, within)
        self.elements.append(element)
        self._stack.append(index)
        self._open[_key(element)] += 1

    def end(self, name: str) -> None:
        """The innermost element ends."""
        self._text()
        if self._stack:
            element = self.elements[self._stack.pop()]
            element.last, element.end = len(self.pieces), len(self.elements)
            self._open[_key(element)] -= 1
        self._break(name)

    def data(self, text: str) -> None:
        """Some text, not necessarily all of it."""
        self._texts.append(text)

    def comment(self, text: str) -> None:
        """A comment, of which only the mark counts."""
        if text == _MARK and not self._open["template"]:
            self._form = None

    def close(self) -> None:
        """The page ends, and all that is open with it."""
        while self._stack:
            self.end("")

    def _break(self, name: str) -> None:
        self._text()
        if name in _BLOCKS:
            self.pieces.append(("\n", True))

    def _text(self) -> None:
        if not self._texts:
            return
        text = _unmarked("".join(self._texts))
        self._texts.clear()
        name = self.elements[self._stack[-1]].name if self._stack else ""
        if name == "script":
            self.scripts.append(text)
        if name not in _RAW:
            self.pieces.append((text, not any(self._open[each] for each in _UNSEEN)))


def _unmarked(text: str) -> str:
    return text.replace(f"<{_MARK}>", "") if _MARK in text else text


def _key(element: Element) -> str:
    return f"{element.name} disabled" if "disabled" in element.attributes else element.name
