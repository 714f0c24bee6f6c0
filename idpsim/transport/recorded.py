"""Answers from a HAR, so that a run can be repeated without the service provider."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from threading import Lock
from typing import TypeAlias

from idpsim.har import Entry
from idpsim.transport.connection import Broken
from idpsim.transport.dial import origin
from idpsim.wire import Answer, NoResponse, Request

_Key: TypeAlias = tuple[str, str]
_Meaning: TypeAlias = tuple[str, str | bytes] | None


class RecordedTransport:
    """Answers a request from the entries of a HAR with its method, path and query, whatever their origin.

    Each entry is used once: the first unused one with an equal JSON body, else the first unused one. A GET whose
    entries are all used gets the last of them again; anything else that is not recorded is `unreachable`.
    """

    def __init__(self, har: Iterable[Entry]) -> None:
        self._lock = Lock()
        self._entries = [entry for entry in har if entry.answer is not None]
        self._used = bytearray(len(self._entries))
        self._last: dict[_Key, int] = {}
        self._in_order: dict[_Key, deque[int]] = {}
        self._by_body: dict[tuple[_Key, _Meaning], deque[int]] = {}
        for number, entry in enumerate(self._entries):
            key = _key(entry.request)
            self._in_order.setdefault(key, deque()).append(number)
            self._by_body.setdefault((key, _meaning(entry.request.body)), deque()).append(number)

    def send(self, request: Request) -> Answer:
        """The recorded answer."""
        key = _key(request)
        with self._lock:
            number = self._next(key, request)
        answer = None if number is None else self._entries[number].answer
        return answer or NoResponse("unreachable", f"no recorded answer for {key[0]} {key[1]}")

    def close(self) -> None:
        """Nothing is held open."""

    @property
    def unused(self) -> tuple[Request, ...]:
        """The recorded requests that nobody has sent so far."""
        with self._lock:
            return tuple(entry.request for entry, used in zip(self._entries, self._used, strict=True) if not used)

    def _next(self, key: _Key, request: Request) -> int | None:
        number = self._first(self._by_body.get((key, _meaning(request.body))))
        if number is None:
            number = self._first(self._in_order.get(key))
        if number is None:
            return self._last.get(key) if request.method == "GET" else None
        self._used[number] = True
        self._last[key] = number
        return number

    def _first(self, numbers: deque[int] | None) -> int | None:
        """The first number whose entry is not used yet."""
        while numbers:
            number = numbers.popleft()
            if not self._used[number]:
                return number
        return None


def _key(request: Request) -> _Key:
    try:
        rest = request.url[len(origin(request.url).text) :]
    except Broken:
        rest = request.url
    return request.method, rest.partition("#")[0] or "/"


def _meaning(body: bytes | None) -> _Meaning:
    """A body as its JSON, or as its bytes where it is none; tagged, for 1 is not true and "1" is not 1."""
    if not body:
        return None
    try:
        return "json", json.dumps(json.loads(body), sort_keys=True)
    except (ValueError, RecursionError):
        return "bytes", body
