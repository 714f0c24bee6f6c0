"""What goes over the wire: requests as exact bytes, answers that cannot hurt, and exchanges of the two."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

JSON: TypeAlias = Any
Headers: TypeAlias = tuple[tuple[str, str], ...]
Sender: TypeAlias = Literal["vendor", "idpsim", "browser"]


@dataclass(frozen=True, slots=True)
class Quirk:
    """Something a vendor does that the RFC would not make you expect; `source` is the vendor's page or a capture.

    `about` says which failures it can explain, where not every one of its request: those of these attributes, or
    `op` (an operation that is not understood), `path` (dotted or a URN), `pathless`, `element` (a filter in the path)
    or `filter` (of a lookup).
    """

    text: str
    source: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it leaves: `url` is sent as it stands, `headers` in this order, and no header beside them.

    Headers and body are not part of its repr: they hold tokens and passwords, and test runners print what they compare.
    """

    method: str
    url: str
    headers: Headers = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def json(self) -> Any:
        """The body as JSON, None where it is not."""
        return _json(self.body or b"")


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer; nothing in it can be relied on but its types."""

    status: int
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    reason: str = ""

    def header(self, name: str) -> str | None:
        """The first value of a header, by name in any case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def text(self) -> str:
        """The body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        """The body as JSON, None where it is not (too deeply nested counts as not)."""
        return _json(self.body)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


NoResponseKind: TypeAlias = Literal[
    "unreachable", "timeout", "reset", "truncated", "too-large", "malformed", "lost", "held"
]


@dataclass(frozen=True, slots=True)
class NoResponse:
    """A request that got no usable answer.

    `kind`: `unreachable` (no connection), `timeout`, `reset`, `truncated`, `too-large`, `malformed` (not HTTP),
    `lost` (the answer was given, and a fault kept it from the vendor), `held` (not sent: the service provider asked
    for a longer pause than `--max-wait` allows).
    """

    kind: NoResponseKind
    reason: str


Answer: TypeAlias = Response | NoResponse


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """One request with its answer.

    `started` is seconds since the epoch and `seconds` the time to the answer, both on the real clock; `at` is the
    virtual time in seconds since the start of the run. `number` counts from 0 in order of sending.
    """

    number: int
    by: Sender
    request: Request
    answer: Answer
    started: float
    seconds: float
    at: float = 0.0
    quirks: tuple[Quirk, ...] = ()
    probe: bool = False
    fault: str | None = None

    @property
    def status(self) -> int | None:
        """The status of the answer, None where no usable one came."""
        return self.answer.status if isinstance(self.answer, Response) else None

    def __repr__(self) -> str:
        path, query, _ = self.request.url.partition("?")
        path = "/" + path.partition("://")[2].partition("/")[2] if "://" in path else path
        came = self.answer.status if isinstance(self.answer, Response) else self.answer.kind
        return f"<Exchange {self.request.method} {path}{query and '?…'} {came}>"


def compact(value: JSON) -> bytes:
    """JSON without white space, UTF-8, `/` not escaped, keys in their order: how all three vendors write it.

    A lone surrogate, which JSON from outside may carry, becomes `?`.
    """
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
