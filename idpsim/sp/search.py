"""Lists: the resources that a filter matches, and the page of them that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .filters import And, Compare, Filter, Not, Or
from .match import Rules, matches
from .parse import parse_filter
from .problem import Problem, invalid_value
from .render import Projection, document
from .schema import Kind
from .store import INDEXED, Entry, Store
from .switches import Switches

LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_ALL = Projection()
_COMPUTED = frozenset(("members", "groups", "meta", "schemas"))


class Search:
    """Answers GET on a collection."""

    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches
        self._rules = Rules.of(switches)

    def page(self, kind: Kind, query: Mapping[str, str], base: str) -> dict[str, Any]:
        """The ListResponse; `query` has its keys in lower case. Problem 400 for what cannot be read."""
        start = max(1, _number(query, "startindex", 1))
        count = min(self._switches.page_size, max(0, _number(query, "count", self._switches.page_size)))
        projection = Projection.of(query)
        found = self.found(kind, query.get("filter"))
        if not found and "filter" in query and self._switches.match_404:
            raise Problem(404, "No resource matches the filter.")
        page = found[start - 1 : start - 1 + count]
        shown = [document(self._store, one, base, projection, self._switches.return_members) for one in page]
        number = str if self._switches.string_numbers else int
        return {
            "schemas": [LIST_RESPONSE],
            "totalResults": number(len(found)),
            "startIndex": number(start),
            "itemsPerPage": number(len(shown)),
            "Resources": shown,
        }

    def found(self, kind: Kind, text: str | None) -> list[Entry]:
        """All entries that a filter matches (no filter: all), oldest first."""
        entries = self._store.all(kind) if text is None else self.matching(kind, parse_filter(text))
        return [one for one in entries if one.active] if self._switches.hide_inactive and kind == "user" else entries

    def matching(self, kind: Kind, node: Filter) -> list[Entry]:
        """All entries that match; from an index where the filter allows it."""
        entries = self._candidates(kind, node)
        if entries is None:
            entries = self._store.all(kind)
        whole = not _COMPUTED.isdisjoint(_names(node))
        return [one for one in entries if matches(node, self._seen(one, whole), self._rules)]

    def _candidates(self, kind: Kind, node: Filter) -> list[Entry] | None:
        if isinstance(node, And):
            left = self._candidates(kind, node.left)
            return self._candidates(kind, node.right) if left is None else left
        if not isinstance(node, Compare) or node.op != "eq" or not isinstance(node.value, str):
            return None
        path = node.path
        if path.urn or path.sub or path.where:
            return None
        name = next((one for one in ("id", *INDEXED[kind]) if one.lower() == (path.name or "").lower()), None)
        return self._store.named(kind, name, node.value) if name else None

    def _seen(self, entry: Entry, whole: bool) -> Mapping[str, Any]:
        if whole:
            return document(self._store, entry, "", _ALL)
        return {**entry.attributes, "id": entry.id}


def _names(node: Filter) -> set[str]:
    """The attributes that a filter looks at, in lower case."""
    if isinstance(node, And | Or):
        return _names(node.left) | _names(node.right)
    return _names(node.filter) if isinstance(node, Not) else {str(node.path.name).lower()}


def _number(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 15:
        raise invalid_value(f"{name} has to be a whole number, not {text[:40]!r}.")
    return sign * int(digits)
