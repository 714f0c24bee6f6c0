"""Reads HTML into a flat list of elements and pieces of text, in time that grows with its length."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from idpsim.sso.browser.tokens import Token, tokens

MOST_ELEMENTS = 100_000
MOST_PIECES = 50
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
_UNSEEN = ("noscript", "template", "title", "textarea", "select", "head", "datalist")
_ENDED_BY = {
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "td": ("td", "th"),
    "th": ("td", "th"),
    "li": ("li",),
    "option": ("option",),
    "tr": ("tr", "td", "th"),
    "p": ("p",),
    "body": ("head",),
}
_BREAKING = (
    "address article body br dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr label li main nav ol option"
    " p pre section table td th tr ul"
)
_BLOCKS = frozenset(_BREAKING.split())
_SPACES = re.compile(r"\s+")


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
    """The elements of `html`, however broken it is; what comes after the first 100,000 is left out."""
    reader = _Reader()
    for token in tokens(html):
        reader.take(token)
        if len(reader.elements) >= MOST_ELEMENTS:
            break
    while reader.stack:
        reader.close()
    return Elements(tuple(reader.elements), tuple(reader.pieces), tuple(reader.scripts))


class _Reader:
    """Takes tokens one by one."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.pieces: list[tuple[str, bool]] = []
        self.scripts: list[str] = []
        self.stack: list[int] = []
        self.open: Counter[str] = Counter()
        self.form: int | None = None

    def take(self, token: Token) -> None:
        """The next token."""
        match token.kind:
            case "text":
                self.pieces.append((token.text, not any(self.open[name] for name in _UNSEEN)))
            case "raw":
                if token.name == "script":
                    self.scripts.append(token.text)
            case "start":
                self._start(token)
            case "end":
                self._end(token.name)

    def close(self) -> None:
        """End the innermost open element."""
        element = self.elements[self.stack.pop()]
        element.last, element.end = len(self.pieces), len(self.elements)
        self.open[_key(element)] -= 1

    def _start(self, token: Token) -> None:
        ended = _ENDED_BY.get(token.name, ())
        while self.stack and self.elements[self.stack[-1]].name in ended:
            self.close()
        self._break(token.name)
        at, index = len(self.pieces), len(self.elements)
        around = frozenset(name for name in ("noscript", "template", "fieldset disabled") if self.open[name])
        if token.name == "form" and self.form is None and "template" not in around:
            self.form = index
        element = Element(token.name, token.attributes, at, at, index + 1, self.form, around)
        self.elements.append(element)
        if token.name not in _VOID:
            self.stack.append(index)
            self.open[_key(element)] += 1

    def _end(self, name: str) -> None:
        if name == "form" and not self.open["template"]:
            self.form = None
        key = next((key for key in (name, f"{name} disabled") if self.open[key]), None)
        if key is not None:
            while self.elements[self.stack[-1]].name != name:
                self.close()
            self.close()
        self._break(name)

    def _break(self, name: str) -> None:
        if name in _BLOCKS:
            self.pieces.append(("\n", True))


def _key(element: Element) -> str:
    return f"{element.name} disabled" if "disabled" in element.attributes else element.name
