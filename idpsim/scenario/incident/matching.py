"""How like a recording is to what a profile sends: request by request, and where they part."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, TypeAlias
from urllib.parse import unquote_plus

from idpsim.redact import REDACTED, Redactor
from idpsim.scenario.incident.comparable import Sent
from idpsim.scenario.incident.writing import shape

ALIGNED = 3_000
BESIDE = 0.1
_HARMLESS = (
    "user-agent",
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-type",
)
_ABSENT = object()

Difference: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which the recording is not what the profile sends; `numbers` says in which requests.

    `place` is where, `how` says it without any value of the recording, `values` with those of the first request.
    """

    numbers: tuple[int, ...]
    place: str
    how: str
    values: str

    def text(self, values: bool = True) -> str:
        """The deviation in words."""
        return f"{self.place}: {self.values if values else self.how}"


@dataclass(frozen=True, slots=True)
class Match:
    """How well a profile explains a recording: `score` from 0 to 1, what deviates, how many requests are the same.

    `unsent` are the numbers of the recorded requests that the profile does not send, `missing` what it sends beside.
    """

    score: float
    deviations: tuple[Deviation, ...] = ()
    alike: int = 0
    recorded: int = 0
    missing: tuple[str, ...] = field(default_factory=tuple)
    unsent: frozenset[int] = frozenset()

    @property
    def rank(self) -> tuple[int, float]:
        """What the greater of two matches has more of: first of all requests that are the same."""
        return self.alike, round(self.score, 6)


def match(recording: Sequence[Sent], played: Sequence[Sent], by: str = "it") -> Match:
    """How like a recording is to what was played; `by` is what the differences call the player.

    What is sent beside the recorded requests weighs little, and reads nothing where no read is recorded at all.
    """
    pairs = _pairs(recording, played)
    taken, used = {one for one, _ in pairs}, {other for _, other in pairs}
    points, alike, notes = 0.0, 0, _Notes()
    unsent = [one for index, one in enumerate(recording) if index not in taken]
    for first, second in pairs:
        worth, said = _likeness(recording[first], played[second], by)
        points += worth
        alike += not said
        for difference in said:
            notes.add(recording[first], *difference)
    reads = any(one.request.method == "GET" for one in recording)
    beside = [one for n, one in enumerate(played) if n not in used and (reads or one.request.method != "GET")]
    missing = tuple(f"{one.request.method} {shape(one.request)}" for one in beside)
    score = points / len(recording) - BESIDE * len(beside) / (len(recording) + len(beside)) if recording else 0.0
    numbers = frozenset(one.request.number for one in unsent)
    return Match(max(score, 0.0), notes.all(), alike, len(recording), missing, numbers)


class _Notes:
    """Deviations, those in the most requests first, each once with the numbers of the requests that show it."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], tuple[set[int], str]] = {}

    def add(self, one: Sent, place: str, how: str, values: str = "") -> None:
        self._found.setdefault((place, how), (set(), values or how))[0].add(one.request.number)

    def all(self) -> tuple[Deviation, ...]:
        found = [
            Deviation(tuple(sorted(numbers)), place, how, values)
            for (place, how), (numbers, values) in self._found.items()
        ]
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


def _likeness(one: Sent, other: Sent, by: str) -> tuple[float, list[Difference]]:
    """What a pair is worth, from 0.4 for being there to 1, and how they differ."""
    said: list[Difference] = []
    query = _query_alike(one, other, by, said)
    headers = _headers_alike(one, other, by, said)
    body = _body_alike(one, other, by, said)
    weights = [(0.15, query), (0.2, headers), (0.25, body)]
    counted = [(weight, worth) for weight, worth in weights if worth is not None]
    total = sum(weight for weight, _ in counted)
    share = sum(weight * worth for weight, worth in counted) / total if total else 1.0
    return 0.4 + 0.6 * share, said


def _query_alike(one: Sent, other: Sent, by: str, said: list[Difference]) -> float:
    """How like the queries are; of one that a log holds in parts nobody knows how it was written."""
    same = unquote_plus(one.query).strip("?&") == unquote_plus(other.query).strip("?&")
    if one.query == other.query or (same and " " in one.query):
        return 1.0
    how = f"the query is written otherwise than {by} writes it" if same else f"{by} sends another query"
    values = Redactor().url(f"{how} (recorded {one.query or 'none'}, {by} sends {other.query or 'none'})")
    said.append((f"{one.request.method} {shape(one.request)}", how, values))
    return 0.5 if same else 0.0


def _headers_alike(one: Sent, other: Sent, by: str, said: list[Difference]) -> float | None:
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
            said.append((f"header {name}", _header_said(name, mine, theirs, by), ""))
    return alike / len(names) if names else 1.0


def _shown(name: str, one: Sent) -> bool:
    """Whether a header that is not there would have been recorded: by a HAR, and not one about the connection."""
    whole = any(each.lower() == "host" for each, _ in one.request.entry.request.headers)
    return name in one.headers or (whole and name not in ("connection", "accept-encoding"))


def _header_said(name: str, mine: str | None, theirs: str | None, by: str) -> str:
    """How a header differs; the value of one that is not known to be harmless stays untold."""
    sends = "sends none" if theirs is None else f"sends {_json(theirs)}"
    if mine is None:
        return f"recorded without it, {by} {sends}"
    return f"recorded{' ' + _json(mine[:80]) if name in _HARMLESS else ''}, {by} {sends}"


def _body_alike(one: Sent, other: Sent, by: str, said: list[Difference]) -> float | None:
    if one.request.entry.request.body is None and other.request.entry.request.body is None:
        return None
    paths = [each for each in dict.fromkeys([*one.body, *other.body]) if _compared(each, one, other)]
    alike = 0
    for path in paths:
        mine, theirs = one.body.get(path, _ABSENT), other.body.get(path, _ABSENT)
        if mine == theirs and type(mine) is type(theirs):
            alike += 1
        else:
            said.append((f"{one.request.method} {shape(one.request)}: {path}", *_body_said(path, mine, theirs, by)))
    return alike / len(paths) if paths else 1.0


def _body_said(path: str, mine: Any, theirs: Any, by: str) -> tuple[str, str]:
    """How a value differs, without the values and with them."""
    if mine is _ABSENT:
        return f"recorded without it, {by} sends one", f"recorded without it, {by} sends {_value(path, theirs)}"
    if theirs is _ABSENT:
        return f"recorded with it, {by} sends none", f"recorded {_value(path, mine)}, {by} sends none"
    return f"{by} sends another value", f"recorded {_value(path, mine)}, {by} sends {_value(path, theirs)}"


def _compared(path: str, one: Sent, other: Sent) -> bool:
    """What a vendor only gives back to the service provider is the service provider's."""
    only = path not in other.body or path not in one.body
    return not (only and (path in one.echoed or path in other.echoed))


def _value(path: str, value: Any) -> str:
    """A value as it may be shown: what stands under the name of a secret may not."""
    leaf = path.rpartition(".")[2].rpartition(":")[2]
    if REDACTED in Redactor().body(json.dumps({leaf: value}, default=str).encode()):
        return REDACTED
    return _json(value)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
