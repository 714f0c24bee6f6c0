"""A scenario file as a tree of nodes that know their place: mappings, lists and scalars, and nothing else of YAML.

The tree is built from YAML's events, so that anchors, aliases and tags can be refused where they are written, and so
that a file nested a million deep costs neither stack nor time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeAlias, cast

import yaml

from idpsim.errors import Place, ScenarioError
from idpsim.scenario.syntax import reworded

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
MAX_DEPTH = 50
MAX_BYTES = 5_000_000


class Mark(Protocol):
    """A position as the parser gives it; both count from 0."""

    line: int
    column: int


class Scalar(NamedTuple):
    """A text as it is written; `plain` says that it stands without quotes, so that `true` can mean true."""

    text: str
    plain: bool
    file: str
    mark: Mark

    @property
    def place(self) -> Place:
        """Where the text starts."""
        return Place(self.file, self.mark.line + 1, self.mark.column + 1)

    @property
    def empty(self) -> bool:
        """Nothing is written here at all, as after `connect:`."""
        return self.plain and not self.text


class Items(NamedTuple):
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place


class Entries(NamedTuple):
    """A mapping: its keys are scalars, and no key stands twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """The value under `key`, or None."""
        return next((value for name, value in self.entries if name.text == key), None)

    def keys(self) -> list[str]:
        """The keys, in the file's order."""
        return [name.text for name, _ in self.entries]


Node: TypeAlias = Scalar | Items | Entries


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read yet."""

    place: Place
    is_mapping: bool
    nodes: list[Node]


def compose(text: str, file: str) -> Node:
    """The node tree of one YAML document; ScenarioError at the place of whatever cannot be read."""
    start = Place(file, 1, 1)
    if len(text) > MAX_BYTES:
        raise too_large(file)
    if bad := _UNPRINTABLE.search(text.removeprefix("\ufeff")):
        raise ScenarioError(f"the character U+{ord(bad[0]):04X} cannot stand in YAML", _at(file, bad.string, bad))
    try:
        return _tree(text.removeprefix("\ufeff"), file)
    except yaml.MarkedYAMLError as error:
        raise reworded(error, text.removeprefix("\ufeff"), file) from None
    except (yaml.YAMLError, RecursionError, MemoryError, UnicodeError, ValueError) as error:
        raise ScenarioError(f"this is not YAML that can be read ({type(error).__name__})", start) from None


def too_large(file: str) -> ScenarioError:
    """The error for a file that nobody has written by hand."""
    return ScenarioError(
        f"the file is larger than {MAX_BYTES // 1_000_000} MB",
        Place(file, 1, 1),
        "directory.generate makes many people without writing them down",
    )


def plain_values(node: Node) -> Any:
    """The tree as JSON values, typed as the language does: for tools that want the file as data."""
    match node:
        case Scalar():
            return json_value(node)
        case Items():
            return [plain_values(item) for item in node.items]
        case Entries():
            return {key.text: plain_values(value) for key, value in node.entries}


_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {"true": True, "false": False, "null": None, "": None}


def json_value(scalar: Scalar) -> str | int | float | bool | None:
    """A scalar where JSON values are allowed: unquoted `true`, `false`, `null` and JSON numbers are special."""
    text = scalar.text
    if not scalar.plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    if len(text) > 300 or abs(number) == float("inf"):
        raise ScenarioError(
            "this number is too large for JSON", scalar.place, "put quotes around it to send it as text"
        )
    return number if set(text) & set(".eE") else int(text)


def _tree(text: str, file: str) -> Node:
    """The nodes of the one document; the root is the last to be finished."""
    root: Node | None = None
    stack: list[_Open] = []
    loader = _LOADER(text)
    while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
        if isinstance(event, yaml.DocumentStartEvent) and root is not None:
            raise ScenarioError("a second document starts here", _place(file, event), "one file holds one scenario")
        node = _event(event, file, stack)
        if node is not None and stack:
            _put(node, stack[-1])
        elif node is not None:
            root = node
    if root is None or (isinstance(root, Scalar) and root.empty):
        raise ScenarioError("the file is empty", Place(file, 1, 1), "a scenario needs at least `steps:`")
    return root


def _event(event: Any, file: str, stack: list[_Open]) -> Node | None:
    """The node that this event finishes; None where it opens one, or is no node's."""
    kind = type(event)
    if kind is yaml.ScalarEvent:
        if event.anchor is not None or event.tag is not None:
            raise _refused(event, file)
        text = event.value
        if not text.isascii() and _SURROGATE.search(text):
            raise ScenarioError("half a character (a surrogate) cannot be sent", _place(file, event))
        return Scalar(text, not event.style, file, event.start_mark)
    if kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
        return _closed(stack.pop())
    if isinstance(event, yaml.AliasEvent | yaml.CollectionStartEvent):
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            raise _refused(event, file)
        if len(stack) >= MAX_DEPTH:
            raise ScenarioError(f"this is nested more than {MAX_DEPTH} deep", _place(file, event))
        stack.append(_Open(_place(file, event), kind is yaml.MappingStartEvent, []))
    return None


def _refused(event: Any, file: str) -> ScenarioError:
    """Anchors, aliases and tags make a file that says less than it does; the language has none."""
    place = _place(file, event)
    if isinstance(event, yaml.AliasEvent):
        return ScenarioError("an alias (*name) cannot be used here", place, "write the value out where it is needed")
    if event.anchor is not None:
        return ScenarioError("an anchor (&name) cannot be used here", place, "write the value out where it is needed")
    return ScenarioError("a tag (!name) cannot be used here", place, "the language knows the type of every value")


def _put(node: Node, parent: _Open) -> None:
    """Add a finished node; in a mapping every other one is a key."""
    if parent.is_mapping and len(parent.nodes) % 2 == 0:
        if not isinstance(node, Scalar):
            raise ScenarioError("a key must be text", node.place)
        if node.text == "<<" and node.plain:
            raise ScenarioError("a merge key (<<) cannot be used here", node.place, "write the entries out")
        if node.empty:
            raise ScenarioError("a key is missing before the colon", node.place)
    parent.nodes.append(node)


def _closed(collection: _Open) -> Node:
    """The finished mapping or list."""
    if not collection.is_mapping:
        return Items(tuple(collection.nodes), collection.place)
    keys = cast(list[Scalar], collection.nodes[0::2])
    first: dict[str, Scalar] = {}
    for key in keys:
        if key.text in first:
            line = first[key.text].place.line
            raise ScenarioError(f"{key.text!r} stands here twice, first on line {line}", key.place)
        first[key.text] = key
    return Entries(tuple(zip(keys, collection.nodes[1::2], strict=True)), collection.place)


def _place(file: str, event: Any) -> Place:
    mark = event.start_mark
    return Place(file, mark.line + 1, mark.column + 1)


def _at(file: str, text: str, found: re.Match[str]) -> Place:
    before = text[: found.start()]
    return Place(file, before.count("\n") + 1, found.start() - before.rfind("\n"))
