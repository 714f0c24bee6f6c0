"""Requests as they were recorded, each with what it says of SCIM: which resource, what was asked, what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias
from urllib.parse import unquote, unquote_plus

from idpsim.har import Entry
from idpsim.provisioning.links import Kind
from idpsim.scenario.replay import below
from idpsim.scim import get
from idpsim.wire import NoResponse, Response

About: TypeAlias = Literal["user", "group", "other"]
_KINDS: dict[str, Kind] = {"users": "user", "groups": "group"}
_NAMED = re.compile(r"([\w.:$\[\] \"-]+?)\s+eq\s+\"((?:[^\"\\]|\\.)*)\"", re.IGNORECASE)
DEEPEST = 20
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request of a recording.

    `number` is that of the entry, or of the line of a log. `rest` is the URL below the SCIM base URL, `id` the resource
    that it names, `named` the value of its filter, `body` its JSON, `said` the JSON of the answer.
    """

    number: int
    entry: Entry
    rest: str
    about: About
    id: str | None = None
    filter: str | None = None
    named: str | None = None
    body: Any = None
    said: Any = None

    @property
    def method(self) -> str:
        return self.entry.request.method.upper()

    @property
    def status(self) -> int | None:
        """The status of the answer; 0 where none came, None where it is not known whether one did."""
        answer = self.entry.answer
        if isinstance(answer, NoResponse):
            return 0
        return answer.status if isinstance(answer, Response) else None

    @property
    def failed(self) -> bool:
        """Whether it is known that the vendor did not get what it asked for."""
        return self.status is not None and not 200 <= self.status < 300

    @property
    def lists(self) -> bool:
        """Whether all resources of a kind are read, page by page."""
        return self.method == "GET" and self.about != "other" and self.id is None and self.filter is None

    @property
    def lookup(self) -> bool:
        """Whether a resource is looked for by a filter."""
        return self.method == "GET" and self.id is None and self.filter is not None

    @property
    def count(self) -> int | None:
        """The page size that is asked for."""
        found = re.search(r"[?&]count=(\d{1,9})(?:&|$)", self.rest)
        return int(found[1]) if found else None

    @property
    def found(self) -> tuple[dict[str, Any], ...]:
        """The resources in the answer: those of a list, or the one."""
        if not isinstance(self.said, dict) or self.failed:
            return ()
        listed = get(self.said, "Resources")
        if isinstance(listed, list):
            return tuple(each for each in listed if isinstance(each, dict))
        single = isinstance(get(self.said, "id"), str) and not self.lists and not self.lookup
        return (self.said,) if single else ()

    @property
    def nobody(self) -> bool:
        """Whether a lookup is known to have found nothing."""
        return self.status == 404 or (self.status is not None and not self.failed and not self.found)

    @property
    def refused(self) -> bool:
        """Whether it failed otherwise than by finding nothing."""
        return self.failed and not self.nobody

    @property
    def made_up(self) -> bool:
        """Whether it looks for a name that a machine has made up, as probes do."""
        return self.lookup and guid_like(self.named or "")

    @property
    def moment(self) -> float | None:
        """Seconds since the epoch, None where the recording does not say."""
        return moment(self.entry.started)


def moment(started: str) -> float | None:
    """Seconds since the epoch of an ISO 8601 text, None where it is none."""
    try:
        return datetime.fromisoformat(started).timestamp()
    except (ValueError, OverflowError):
        return None


def guid_like(text: str) -> bool:
    """Whether a name is one that a machine has made up."""
    return _GUID.fullmatch(text) is not None


def recorded(entries: Iterable[tuple[int, Entry]]) -> Iterator[Recorded]:
    """The requests that are SCIM; all others are left out."""
    for number, entry in entries:
        rest = below(entry.request.url)
        if rest is not None:
            yield _one(number, entry, rest)


def _one(number: int, entry: Entry, rest: str) -> Recorded:
    path, _, query = rest.partition("#")[0].partition("?")
    endpoint, _, identifier = path.lstrip("/").partition("/")
    kind = _KINDS.get(endpoint.lower())
    asked = _filter(query)
    said = _shallow(entry.answer.json) if isinstance(entry.answer, Response) else None
    body = _json(entry.request.body)
    name = _name(asked)
    about: About = kind or "other"
    return Recorded(number, entry, rest, about, unquote(identifier.rstrip("/")) or None, asked, name, body, said)


def _filter(query: str) -> str | None:
    for part in query.split("&"):
        name, mark, value = part.partition("=")
        if mark and unquote_plus(name).lower() == "filter":
            return unquote_plus(value)
    return None


def _name(asked: str | None) -> str | None:
    found = _NAMED.search(asked or "")
    if found is None:
        return None
    return re.sub(r"\\(.)", r"\1", found[2])


def _json(body: bytes | None) -> Any:
    try:
        return _shallow(json.loads(body)) if body else None
    except (ValueError, RecursionError):
        return None


def _shallow(value: Any) -> Any:
    """The value, None where it is nested deeper than any resource is."""
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return value
    return None


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
