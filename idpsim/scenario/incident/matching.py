"""How like a recording is to what a profile sends: request by request, and where they part."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import unquote_plus

from idpsim.redact import REDACTED, Redactor
from idpsim.scenario.incident.identities import Identities
from idpsim.scenario.incident.recorded import Recorded, guid_like
from idpsim.scenario.incident.writing import shape
from idpsim.scim import values_of

ALIGNED = 3_000
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NOT_COMPARED = {"host", "content-length", "authorization", "cookie", "proxy-authorization", "transfer-encoding"}
_ADDED_ON_THE_WAY = ("x-", "via", "forwarded", "cf-", "cdn-", "traceparent", "tracestate", "newrelic", "request-id")
_HARMLESS = (
    "user-agent",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-type",
)
_MADE_UP = ("externalid", "password", "managerid", "$ref", "location", "created", "lastmodified", "version")
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Sent:
    """One request with nothing in it that differs from run to run: ids are the names of whose they are."""

    request: Recorded
    key: tuple[str, str]
    query: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    echoed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which the recording is not what the profile sends; `numbers` says in which requests."""

    numbers: tuple[int, ...]
    text: str
    values: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """How well a profile explains a recording: `score` from 0 to 1, what deviates, how many requests are the same."""

    score: float
    deviations: tuple[Deviation, ...] = ()
    alike: int = 0
    recorded: int = 0
    missing: tuple[str, ...] = field(default_factory=tuple)


def sent(requests: Sequence[Recorded], count: Iterable[int] | None = None) -> list[Sent]:
    """Requests made comparable; with `count` only those of these numbers, the others only tell whose an id is."""
    identities = Identities(requests)
    named = {identifier: f"{{{entity.kind} {entity.name}}}" for identifier, entity in identities.ids()}
    wanted = None if count is None else set(count)
    shown: dict[tuple[str, str | None], Any] = {}
    found = []
    for each in requests:
        if wanted is None or each.number in wanted:
            found.append(_sent(each, identities, named, shown.get((each.about, each.id))))
        if each.id is not None and each.found:
            shown[each.about, each.id] = each.found[0]
    return found


def _sent(each: Recorded, identities: Identities, named: Mapping[str, str], shown: Any) -> Sent:
    entity = identities.of(each)
    name = entity.name if entity else "{probe}" if each.lookup else ""
    path, mark, query = each.rest.partition("?")
    headers = {
        name.lower(): value
        for name, value in each.entry.request.headers
        if name.lower() not in _NOT_COMPARED and not name.lower().startswith(_ADDED_ON_THE_WAY)
    }
    body = _comparable(values_of(each.body), named) if isinstance(each.body, dict) else {}
    answered = _comparable(values_of(shown), named) if isinstance(shown, dict) and each.method == "PUT" else {}
    echoed = frozenset(path for path, value in answered.items() if body.get(path) == value)
    key = f"{shape(each)} {name}" if each.about != "other" else path
    return Sent(each, (each.method, key), mark + _GUID.sub("{guid}", _without(query, named)), headers, body, echoed)


def _without(text: str, named: Mapping[str, str]) -> str:
    """Text with the names of those whose ids stand in it."""
    if text in named:
        return named[text]
    for identifier in re.findall(r"[\w.~-]{6,}", text):
        if identifier in named:
            text = text.replace(identifier, named[identifier])
    return text


def _comparable(values: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in values.items():
        if path == "Operations" and isinstance(value, tuple | list):
            for number, each in enumerate(value):
                inner = values_of(each) if isinstance(each, dict) else {"": each}
                found |= {f"Operations[{number}].{name}": _plain(name, one, named) for name, one in inner.items()}
        else:
            found[path] = _plain(path, value, named)
    return found


def _plain(path: str, value: Any, named: Mapping[str, str]) -> Any:
    if path.lower().rpartition(".")[2] in _MADE_UP:
        return "{made up}"
    if isinstance(value, str):
        return "{guid}" if guid_like(value) and value not in named else _without(value, named)
    if isinstance(value, tuple | list):
        return tuple(_plain("", each, named) for each in value)
    if isinstance(value, dict):
        return tuple((name, _plain(name, inner, named)) for name, inner in value.items())
    return value


def match(recording: Sequence[Sent], played: Sequence[Sent]) -> Match:
    """How like a recording is to what was played."""
    pairs = _pairs(recording, played)
    taken, used = {one for one, _ in pairs}, {other for _, other in pairs}
    points, notes = 0.0, _Notes()
    for index, one in enumerate(recording):
        if index not in taken:
            notes.add(one, f"{one.request.method} {shape(one.request)}: it sends no such request here")
    alike = 0
    for first, second in pairs:
        worth, said = _likeness(recording[first], played[second])
        points += worth
        alike += not said
        for text, values in said:
            notes.add(recording[first], text, values)
    missing = [f"{each.request.method} {shape(each.request)}" for n, each in enumerate(played) if n not in used]
    whole = len(recording) + len(missing)
    return Match(points / whole if whole else 0.0, notes.all(), alike, len(recording), tuple(missing))


class _Notes:
    """Deviations, those in the most requests first, each once with the numbers of the requests that show it."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[list[int], str]] = {}

    def add(self, one: Sent, text: str, values: str = "") -> None:
        self._found.setdefault(text, ([], values))[0].append(one.request.number)

    def all(self) -> tuple[Deviation, ...]:
        found = [Deviation(tuple(numbers), text, values) for text, (numbers, values) in self._found.items()]
        return tuple(sorted(found, key=lambda each: (-len(each.numbers), each.numbers[0])))


def _pairs(recording: Sequence[Sent], played: Sequence[Sent]) -> list[tuple[int, int]]:
    """Requests that belong together: in the same order as far as that goes, then whatever the order."""
    pairs: list[tuple[int, int]] = []
    if len(recording) <= ALIGNED and len(played) <= ALIGNED:
        blocks = SequenceMatcher(None, [e.key for e in recording], [e.key for e in played], autojunk=False)
        pairs = [(a + n, b + n) for a, b, size in blocks.get_matching_blocks() for n in range(size)]
    taken, used = {one for one, _ in pairs}, {other for _, other in pairs}
    free: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for number, each in enumerate(played):
        if number not in used:
            free[each.key].append(number)
    for number, each in enumerate(recording):
        if number not in taken and free.get(each.key):
            pairs.append((number, free[each.key].popleft()))
    return pairs


def _likeness(one: Sent, other: Sent) -> tuple[float, list[tuple[str, str]]]:
    """What a pair is worth, from 0.4 for being there to 1, and how they differ: as words, and with the values."""
    said: list[tuple[str, str]] = []
    query = _query_alike(one, other, said)
    headers = _headers_alike(one, other, said)
    body = _body_alike(one, other, said)
    weights = [(0.15, query), (0.2, headers), (0.25, body)]
    counted = [(weight, worth) for weight, worth in weights if worth is not None]
    total = sum(weight for weight, _ in counted)
    share = sum(weight * worth for weight, worth in counted) / total if total else 1.0
    return 0.4 + 0.6 * share, said


def _query_alike(one: Sent, other: Sent, said: list[tuple[str, str]]) -> float:
    if one.query == other.query:
        return 1.0
    same = unquote_plus(one.query).strip("?&") == unquote_plus(other.query).strip("?&")
    how = "the query is written otherwise" if same else "the query is another"
    values = Redactor().url(f"{one.query or 'none'}, not {other.query or 'none'}")
    said.append((f"{one.request.method} {shape(one.request)}: {how}", values))
    return 0.5 if same else 0.0


def _headers_alike(one: Sent, other: Sent, said: list[tuple[str, str]]) -> float | None:
    """How like the headers are; those that a recording does not show (a log seldom shows all) are not missed."""
    if not one.headers:
        return None
    names = [name for name in dict.fromkeys([*one.headers, *other.headers]) if _shown(name, one)]
    alike = 0
    for name in names:
        mine, theirs = one.headers.get(name), other.headers.get(name)
        if mine == theirs:
            alike += 1
        else:
            said.append((f"header {_header_said(name, mine, theirs)}", ""))
    return alike / len(names) if names else 1.0


def _shown(name: str, one: Sent) -> bool:
    """Whether a header that is not there would have been recorded: by a HAR, and not one about the connection."""
    whole = any(each.lower() == "host" for each, _ in one.request.entry.request.headers)
    return name in one.headers or (whole and name not in ("connection", "accept-encoding"))


def _header_said(name: str, mine: str | None, theirs: str | None) -> str:
    """How a header differs; the value of one that is not known to be harmless stays untold."""
    if mine is None:
        return f"{name} is missing, it sends {theirs!r}"
    shown = repr(mine[:80]) if name in _HARMLESS else "there"
    return f"{name} is {shown}, it sends " + ("none" if theirs is None else repr(theirs))


def _body_alike(one: Sent, other: Sent, said: list[tuple[str, str]]) -> float | None:
    if one.request.entry.request.body is None and other.request.entry.request.body is None:
        return None
    paths = [each for each in dict.fromkeys([*one.body, *other.body]) if _compared(each, one, other)]
    alike = 0
    for path in paths:
        mine, theirs = one.body.get(path, _ABSENT), other.body.get(path, _ABSENT)
        if mine == theirs and type(mine) is type(theirs):
            alike += 1
        else:
            what = (
                "is not there, it sends one" if mine is _ABSENT else "it sends none" if theirs is _ABSENT else "another"
            )
            text = f"{one.request.method} {shape(one.request)}: {path}: {what}"
            said.append((text, f"{_value(path, mine)}, not {_value(path, theirs)}"))
    return alike / len(paths) if paths else 1.0


def _compared(path: str, one: Sent, other: Sent) -> bool:
    """What a vendor only gives back to the service provider is the service provider's."""
    only = path not in other.body or path not in one.body
    return not (only and (path in one.echoed or path in other.echoed))


def _value(path: str, value: Any) -> str:
    """A value as it may be shown: what stands under the name of a secret may not."""
    if value is _ABSENT:
        return "none"
    leaf = path.rpartition(".")[2].rpartition(":")[2]
    if REDACTED in Redactor().body(json.dumps({leaf: value}, default=str).encode()):
        return REDACTED
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
