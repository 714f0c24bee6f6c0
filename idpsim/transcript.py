"""All exchanges of a run, in order of sending, in memory and beyond `keep` of them in a temporary file."""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Callable, Iterator
from itertools import pairwise
from threading import RLock
from time import time
from typing import IO, Any
from weakref import finalize

from idpsim.wire import Answer, Exchange, NoResponse, Quirk, Request, Response, Sender

Sink = Callable[[Exchange], None]
_TOGETHER = 256


class Ticket:
    """The place in the transcript of a request that is on its way."""

    __slots__ = ("at", "by", "number", "probe", "quirks", "request", "started")

    def __init__(
        self, number: int, by: Sender, request: Request, at: float, quirks: tuple[Quirk, ...], probe: bool
    ) -> None:
        self.number = number
        self.by = by
        self.request = request
        self.at = at
        self.quirks = quirks
        self.probe = probe
        self.started = time()


class Transcript:
    """An append-only sequence of exchanges; thread-safe, and a context manager that removes its temporary file.

    An exchange becomes visible when it and all that were sent before it are complete, so `transcript[i].number == i`.
    """

    def __init__(self, keep: int = 2_000) -> None:
        self._keep = keep
        self._lock = RLock()
        self._opened = 0
        self._waiting: dict[int, Ticket | Exchange] = {}
        self._kept: list[Exchange] = []
        self._spool: _Spool | None = None
        self._sinks: tuple[Sink, ...] = ()
        self._length = 0

    def __enter__(self) -> Transcript:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def open(
        self, by: Sender, request: Request, at: float = 0.0, quirks: tuple[Quirk, ...] = (), probe: bool = False
    ) -> Ticket:
        """Reserve the next number, at the moment of sending."""
        with self._lock:
            ticket = Ticket(self._opened, by, request, at, quirks, probe)
            self._waiting[self._opened] = ticket
            self._opened += 1
        return ticket

    def close(self, ticket: Ticket, answer: Answer, seconds: float, fault: str | None = None) -> Exchange:
        """Complete an exchange with what came back after `seconds`; sinks hear of it once its turn has come."""
        exchange = _exchange(ticket, answer, seconds, fault)
        with self._lock:
            if self._waiting.get(ticket.number) is not ticket:
                raise ValueError(f"exchange {ticket.number} is closed already")
            self._waiting[ticket.number] = exchange
            if ticket.number == self._length:
                self._show()
        return exchange

    def flush(self, reason: str = "the run ended before an answer came") -> None:
        """Complete what is still under way as `lost`, so that nothing waits behind it."""
        with self._lock:
            for number, held in self._waiting.items():
                if isinstance(held, Ticket):
                    answer = NoResponse("lost", reason)
                    self._waiting[number] = _exchange(held, answer, max(0.0, time() - held.started), None)
            self._show()

    def follow(self, sink: Sink) -> None:
        """Call `sink` with every exchange that becomes visible from now on, in order and one at a time."""
        with self._lock:
            self._sinks = (*self._sinks, sink)

    def unfollow(self, sink: Sink) -> None:
        """Stop calling `sink`."""
        with self._lock:
            self._sinks = tuple(other for other in self._sinks if other != sink)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, number: int) -> Exchange:
        index = number + self._length if number < 0 else number
        if not 0 <= index < self._length:
            raise IndexError(f"exchange {number} of {self._length}")
        return self._kept[index] if index < len(self._kept) else next(self.range(index, index + 1))

    def __iter__(self) -> Iterator[Exchange]:
        return self.range()

    def range(self, start: int = 0, stop: int | None = None) -> Iterator[Exchange]:
        """The exchanges from `start` up to `stop`, or up to those visible now, read as they are needed."""
        end = min(self._length, self._length if stop is None else stop)
        yield from self._kept[start:end]
        for first in range(max(start, len(self._kept)), end, _TOGETHER):
            yield from self._spooled(first, min(first + _TOGETHER, end))

    def discard(self) -> None:
        """Remove the temporary file; what is in memory stays readable."""
        with self._lock:
            if self._spool is not None:
                self._spool.close()
                self._spool = None
                self._length = len(self._kept)

    def _show(self) -> None:
        while isinstance(exchange := self._waiting.get(self._length), Exchange):
            del self._waiting[self._length]
            if self._length < self._keep:
                self._kept.append(exchange)
            else:
                self._spool = self._spool or _Spool(self._keep)
                self._spool.append(exchange)
            self._length += 1
            for sink in self._sinks:
                sink(exchange)

    def _spooled(self, first: int, end: int) -> list[Exchange]:
        with self._lock:
            if self._spool is None:
                raise ValueError("the transcript's temporary file is gone")
            return self._spool.read(first, end)


class _Spool:
    """Exchanges from number `base` on, in a temporary file of marshalled records, found by their offsets."""

    def __init__(self, base: int) -> None:
        from tempfile import TemporaryFile

        self._base = base
        self._file: IO[bytes] = TemporaryFile(prefix="idpsim-", buffering=262144)  # noqa: SIM115
        self._closes = finalize(self, self._file.close)  # a transcript that nobody discards goes with its last reader
        self._offsets = array("Q", [0])
        self._at_end = True

    def append(self, exchange: Exchange) -> None:
        if not self._at_end:
            self._file.seek(self._offsets[-1])
            self._at_end = True
        size = self._file.write(marshal.dumps(_record(exchange)))
        self._offsets.append(self._offsets[-1] + size)

    def read(self, first: int, end: int) -> list[Exchange]:
        self._at_end = False
        offsets = self._offsets[first - self._base : end - self._base + 1]
        self._file.seek(offsets[0])
        block = memoryview(self._file.read(offsets[-1] - offsets[0]))
        starts = [offset - offsets[0] for offset in offsets]
        records = [marshal.loads(block[a:b]) for a, b in pairwise(starts)]
        return [_restored(number, record) for number, record in enumerate(records, first)]

    def close(self) -> None:
        self._closes()


def _exchange(ticket: Ticket, answer: Answer, seconds: float, fault: str | None) -> Exchange:
    return Exchange(
        ticket.number,
        ticket.by,
        ticket.request,
        answer,
        ticket.started,
        seconds,
        ticket.at,
        ticket.quirks,
        ticket.probe,
        fault,
    )


def _record(it: Exchange) -> tuple[Any, ...]:
    request, answer = it.request, it.answer
    came = (
        (answer.status, answer.headers, answer.body, answer.reason)
        if isinstance(answer, Response)
        else (answer.kind, answer.reason)
    )
    sent = (request.method, request.url, request.headers, request.body)
    quirks = tuple([(quirk.text, quirk.source, quirk.about) for quirk in it.quirks])
    return (it.by, sent, came, it.started, it.seconds, it.at, quirks, it.probe, it.fault)


def _restored(number: int, record: tuple[Any, ...]) -> Exchange:
    by, sent, came, started, seconds, at, quirks, probe, fault = record
    answer = Response(*came) if len(came) == 4 else NoResponse(*came)
    rebuilt = tuple([Quirk(*quirk) for quirk in quirks])
    return Exchange(number, by, Request(*sent), answer, started, seconds, at, rebuilt, probe, fault)
