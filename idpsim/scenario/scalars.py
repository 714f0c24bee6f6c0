"""The shapes of single values: each reads a scalar, describes itself to an editor, and says in words what it takes."""

# ruff: noqa: ARG002 - every shape has the same three methods, whether or not it needs what they are given.

from __future__ import annotations

import re
import warnings
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, TypeAlias
from urllib.parse import urlsplit

from idpsim import clock
from idpsim.errors import ScenarioError
from idpsim.scenario.known import Known, listed, shown, unknown
from idpsim.scenario.nodes import Entries, Items, Node, Scalar, json_value
from idpsim.scenario.reading import Reading, expected

Schema: TypeAlias = dict[str, Any]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
VARIABLE: Schema = {"type": "string", "pattern": r"\$\{"}
# An editor types what stands without quotes before it asks the schema; here all of that is text.
TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
_REQUEST = re.compile(rf"probe|(?:probe )?(?:{'|'.join(METHODS)}|\*) /\S*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Shape(Protocol):
    """What the language takes at a place."""

    @property
    def own(self) -> frozenset[str] | None:
        """The keys of the value where it is a mapping; None where it takes keys of any name."""

    def read(self, node: Node, reading: Reading) -> Any:
        """The typed value; ScenarioError at the place of what is wrong."""

    def schema(self, known: Known) -> Schema:
        """JSON Schema for it."""

    def words(self) -> str:
        """What it takes, for the reference and for errors."""


class Word(ABC):
    """A shape that takes one scalar; a variable in it is replaced before it is looked at."""

    own: ClassVar[frozenset[str]] = frozenset()

    def read(self, node: Node, reading: Reading) -> Any:
        if not isinstance(node, Scalar) or node.empty:
            raise expected(self.words(), node)
        text = reading.text(node)
        return None if text is None else self.value(text, node, reading)

    @abstractmethod
    def value(self, text: str, scalar: Scalar, reading: Reading) -> Any:
        """The typed value of a text."""

    @abstractmethod
    def schema(self, known: Known) -> Schema: ...

    @abstractmethod
    def words(self) -> str: ...

    def wrong(self, scalar: Scalar, hint: str | None = None) -> ScenarioError:
        """The error for a text that does not fit; a variable is shown by its name, its value may be a secret."""
        return ScenarioError(f"expected {self.words()}, found {shown(scalar.text)}", scalar.place, hint)


@dataclass(frozen=True, slots=True)
class Text(Word):
    """Any text; `line` without control characters; an unquoted null is text, clears the value, or is refused."""

    line: bool = False
    null: Literal["text", "clears", "refused"] = "text"
    says: str = "text"

    def read(self, node: Node, reading: Reading) -> str | None:
        null = self.null != "text" and isinstance(node, Scalar) and node.plain and node.text in ("null", "")
        if null and self.null == "clears":
            return None
        if null:
            raise ScenarioError("this cannot be cleared", node.place)
        if not isinstance(node, Scalar) or node.empty:
            hint = "write '' for an empty text" if isinstance(node, Scalar) else None
            raise ScenarioError(expected(self.words(), node).message, node.place, hint)
        text = reading.text(node)
        return None if text is None else self.value(text, node, reading)

    def value(self, text: str, scalar: Scalar, reading: Reading) -> str:
        if self.line and _CONTROL.search(text):
            raise ScenarioError("a line break or another control character cannot stand here", scalar.place)
        return text

    def schema(self, known: Known) -> Schema:
        return TEXT

    def words(self) -> str:
        return f"{self.says} or null" if self.null == "clears" else self.says


@dataclass(frozen=True, slots=True)
class Choice(Word):
    """One of a few words."""

    choices: tuple[str, ...]

    def value(self, text: str, scalar: Scalar, reading: Reading) -> str:
        if text not in self.choices:
            message = unknown("value", scalar.text, self.choices)
            raise ScenarioError(message, scalar.place, f"allowed here: {listed(self.choices)}")
        return text

    def schema(self, known: Known) -> Schema:
        return {"anyOf": [{"enum": list(self.choices)}, VARIABLE]}

    def words(self) -> str:
        *most, last = (f"`{choice}`" for choice in self.choices)
        return f"{', '.join(most)} or {last}" if most else last


@dataclass(frozen=True, slots=True)
class Url(Word):
    """An http or https URL; an empty one, from a variable, is none."""

    def value(self, text: str, scalar: Scalar, reading: Reading) -> str | None:
        if not text:
            return None
        try:
            parts = urlsplit(text)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
        except ValueError:
            good = False
        if not good or not text.isprintable() or " " in text:
            raise self.wrong(scalar, "such as https://app.example.com/scim/v2")
        return text

    def schema(self, known: Known) -> Schema:
        return {"type": "string", "pattern": r"^https?://|\$\{|^$"}

    def words(self) -> str:
        return "a URL with http:// or https://"


@dataclass(frozen=True, slots=True)
class Request(Word):
    """A request pattern, `METHOD /path` (`*` is any method), `probe`, or with `expressions` also `re:…`."""

    expressions: bool = False

    def value(self, text: str, scalar: Scalar, reading: Reading) -> str:
        if self.expressions and text.startswith("re:"):
            check_expression(text, scalar)
        elif not _REQUEST.fullmatch(text):
            raise self.wrong(
                scalar, f"METHOD is one of {listed((*METHODS, '*'))}; the path starts at the SCIM base URL"
            )
        return text

    def schema(self, known: Known) -> Schema:
        return {"type": "string", "pattern": rf"^(?:{_REQUEST.pattern})$|\$\{{" + ("|^re:" if self.expressions else "")}

    def words(self) -> str:
        return "a request such as `PATCH /Users`, or `probe`"


@dataclass(frozen=True, slots=True)
class Flag(Word):
    """`true` or `false`."""

    only_true: bool = False

    def value(self, text: str, scalar: Scalar, reading: Reading) -> bool:
        written = text if scalar.plain or "${" in scalar.text else ""
        if written == "true" or (written == "false" and not self.only_true):
            return written == "true"
        raise self.wrong(scalar, None if written else "without quotes")

    def schema(self, known: Known) -> Schema:
        return {"const": True} if self.only_true else {"anyOf": [{"type": "boolean"}, VARIABLE]}

    def words(self) -> str:
        return "true" if self.only_true else "true or false"


@dataclass(frozen=True, slots=True)
class Whole(Word):
    """A whole number; `word` is one more value, read as None."""

    low: int = 0
    high: int = 1_000_000
    word: str | None = None

    def value(self, text: str, scalar: Scalar, reading: Reading) -> int | None:
        if self.word is not None and text == self.word:
            return None
        if not re.fullmatch("-?[0-9]{1,20}", text) or not self.low <= int(text) <= self.high:
            raise self.wrong(scalar)
        return int(text)

    def schema(self, known: Known) -> Schema:
        number = {"type": "integer", "minimum": self.low, "maximum": self.high}
        return {"anyOf": [number, VARIABLE, *([{"const": self.word}] if self.word else [])]}

    def words(self) -> str:
        numbers = "a whole number" if self.high >= 10**9 else f"a whole number from {self.low} to {self.high}"
        return numbers + (f", or `{self.word}`" if self.word else "")


@dataclass(frozen=True, slots=True)
class Duration(Word):
    """A time such as `40m`, read as seconds."""

    days: int = 400

    def value(self, text: str, scalar: Scalar, reading: Reading) -> float:
        seconds = clock.seconds(text) if len(text) <= 40 else None
        if seconds is None:
            raise self.wrong(scalar)
        if seconds > self.days * 86400:
            raise ScenarioError(f"{shown(scalar.text)} is longer than {self.days} days", scalar.place)
        return seconds

    def schema(self, known: Known) -> Schema:
        return {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+$|\$\{"}

    def words(self) -> str:
        return "a time such as `250ms`, `2s`, `40m`, `1h30m`, `30d`"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value."""

    own: ClassVar[frozenset[str]] = frozenset()

    def read(self, node: Node, reading: Reading) -> None:
        if not isinstance(node, Scalar) or not node.plain or node.text not in ("", "null"):
            raise expected("nothing", node)

    def schema(self, known: Known) -> Schema:
        return {"type": "null"}

    def words(self) -> str:
        return "nothing"


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON value; unquoted `true`, `false`, `null` and numbers are special, and `re:` starts an expression."""

    expressions: bool = False
    own: ClassVar[None] = None

    def read(self, node: Node, reading: Reading) -> Any:
        match node:
            case Scalar():
                return self._scalar(node, reading)
            case Items():
                return [self.read(item, reading) for item in node.items]
            case Entries():
                return {key.text: self.read(value, reading) for key, value in node.entries}

    def _scalar(self, scalar: Scalar, reading: Reading) -> Any:
        value = reading.text(scalar) if "${" in scalar.text else json_value(scalar)
        if self.expressions and isinstance(value, str) and value.startswith("re:"):
            check_expression(value, scalar)
        return value

    def schema(self, known: Known) -> Schema:
        return {}

    def words(self) -> str:
        return "a JSON value"


def check_expression(text: str, scalar: Scalar) -> None:
    """ScenarioError where the text behind `re:` is no regular expression."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(text.removeprefix("re:"))
    except (re.error, RecursionError, OverflowError) as error:
        raise ScenarioError(f"this is no regular expression: {error}", scalar.place) from None
