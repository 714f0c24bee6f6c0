"""Reads filters and attribute paths; what it cannot read is a Problem 400 invalidFilter or invalidPath."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable

from .filters import And, Compare, Filter, Not, Or, Path, Present, Scalar
from .problem import Problem, invalid_filter, invalid_path
from .schema import CORE_ALIASES, SCHEMAS

_TOKEN = re.compile(r'\s*([()\[\]]|"(?:[^"\\]|\\.)*"|[^\s()\[\]"]+)')
_NUMBER = re.compile(r"-?\d{1,300}(?:\.\d{1,300})?(?:[eE][+-]?\d{1,3})?")
_NAME = re.compile(r"[A-Za-z_$][\w$-]*")
_URN = re.compile(r"(urn:.*?:\d+\.\d+(?::(?:user|group))?)(?::(.*))?", re.IGNORECASE)
_OPERATORS = frozenset(("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"))
_LONGEST = 8192
_DEEPEST = 32
_URNS = tuple(SCHEMAS)


def parse_filter(text: str, known: Iterable[str] = ()) -> Filter:
    """The filter; `known` are extension URNs beside the RFC's, for where a URN ends and an attribute begins."""
    reader = _Reader(_tokens(text, invalid_filter), tuple(known))
    try:
        found = reader.alternatives(0)
    except Problem as problem:
        raise invalid_filter(problem.detail) from problem
    if reader.peek() is not None:
        raise invalid_filter(f"{reader.peek()} is not expected in the filter.")
    return found


def parse_path(text: str, known: Iterable[str] = ()) -> Path:
    """The attribute path of a PATCH operation or of `attributes`."""
    reader = _Reader(_tokens(text, invalid_path), tuple(known))
    try:
        path = reader.path(0)
    except Problem as problem:
        raise invalid_path(f"The path {text[:200]!r} cannot be read: {problem.detail}") from problem
    if reader.peek() is not None:
        raise invalid_path(f"The path {text[:200]!r} cannot be read.")
    return path


def attribute_path(text: str, known: Iterable[str] = ()) -> Path:
    """A path without a filter in it: `userName`, `name.givenName`, `urn:…:User:department`, `urn:…:User`."""
    urn, rest = _split(text, known)
    if rest is None:
        return Path(urn, None)
    name, _, sub = rest.partition(".")
    if not _NAME.fullmatch(name) or (sub and not _NAME.fullmatch(sub)) or rest.endswith("."):
        raise invalid_path(f"{text[:200]!r} is not an attribute.")
    return Path(urn, name, None, sub or None)


def _split(text: str, known: Iterable[str]) -> tuple[str | None, str | None]:
    """(urn, rest); no urn: core; no rest: the extension as a whole."""
    if text[:4].lower() != "urn:":
        return None, text
    lowered = text.lower()
    for urn in sorted((*known, *_URNS, *CORE_ALIASES), key=len, reverse=True):
        if lowered == urn.lower():
            return urn, None
        if lowered.startswith(urn.lower() + ":"):
            return None if urn.lower() in CORE_ALIASES else urn, text[len(urn) + 1 :]
    match = _URN.fullmatch(text)
    if match and match[2] and ":" not in match[2]:
        return match[1], match[2]
    if match and not match[2]:
        return match[1], None
    urn, _, rest = text.rpartition(":")
    return urn, rest


def _tokens(text: str, problem: Callable[[str], Problem]) -> list[str]:
    if len(text) > _LONGEST:
        raise problem(f"It is longer than {_LONGEST} characters.")
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match:
            raise problem(f"It cannot be read from {text[at : at + 40]!r} on.")
        tokens.append(match[1])
        at = match.end()
    if not tokens:
        raise problem("It is empty.")
    return tokens


class _Reader:
    """One pass over the tokens; each method reads its part and leaves the rest."""

    def __init__(self, tokens: list[str], known: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._known = known
        self._at = 0

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def take(self) -> str:
        token = self.peek()
        if token is None:
            raise invalid_filter("The filter ends too early.")
        self._at += 1
        return token

    def expect(self, token: str) -> None:
        if (found := self.take()) != token:
            raise invalid_filter(f"{token} is expected in place of {found}.")

    def word(self, *wanted: str) -> bool:
        """Take the next token if it is one of these words, in any case."""
        found = (self.peek() or "").lower() in wanted
        self._at += found
        return found

    def alternatives(self, depth: int) -> Filter:
        left = self.conjunction(depth)
        while self.word("or"):
            left = Or(left, self.conjunction(depth))
        return left

    def conjunction(self, depth: int) -> Filter:
        left = self.term(depth)
        while self.word("and"):
            left = And(left, self.term(depth))
        return left

    def term(self, depth: int) -> Filter:
        if depth > _DEEPEST:
            raise invalid_filter(f"The filter is nested deeper than {_DEEPEST} levels.")
        if self.peek() == "(":
            return self.group(depth)
        if self.word("not"):
            return Not(self.group(depth))
        path = self.path(depth)
        if path.where and (self.peek() or ")").lower() in (")", "]", "and", "or"):
            return Present(path)
        return self.comparison(path)

    def group(self, depth: int) -> Filter:
        self.expect("(")
        inner = self.alternatives(depth + 1)
        self.expect(")")
        return inner

    def comparison(self, path: Path) -> Filter:
        operator = self.take().lower()
        if operator == "pr":
            return Present(path)
        if operator not in _OPERATORS:
            raise invalid_filter(f"{operator} is not an operator.")
        value = _scalar(self.take())
        if isinstance(value, bool) and operator not in ("eq", "ne"):
            raise invalid_filter(f"{operator} cannot compare with {value}.")
        return Compare(path, operator, value)

    def path(self, depth: int) -> Path:
        path = attribute_path(self.take(), self._known)
        if self.peek() != "[":
            return path
        if path.sub or path.name is None:
            raise invalid_filter("A value filter belongs to an attribute.")
        self.take()
        where = self.alternatives(depth + 1)
        self.expect("]")
        sub = self.peek() or ""
        if not sub.startswith("."):
            return Path(path.urn, path.name, where)
        self.take()
        if not _NAME.fullmatch(sub[1:]):
            raise invalid_filter(f"{sub[1:]} is not a sub-attribute.")
        return Path(path.urn, path.name, where, sub[1:])


def _scalar(token: str) -> Scalar:
    if token.startswith('"') or _NUMBER.fullmatch(token):
        try:
            value: Scalar = json.loads(token, strict=False)
        except ValueError:
            raise invalid_filter(f"{token[:40]} is not a value.") from None
        return value
    words: dict[str, Scalar] = {"true": True, "false": False, "null": None}
    if token.lower() in words:
        return words[token.lower()]
    raise invalid_filter(f"{token[:40]} is not a value; strings stand in double quotes.")
