"""The line to the service provider: every request that goes over it is written down."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeAlias

from idpsim.clock import VirtualClock
from idpsim.transcript import Transcript
from idpsim.transport.faults import Sent
from idpsim.wire import Answer, Quirk, Request, Sender

Send: TypeAlias = Callable[[Request, bool], Sent]


class Line:
    """Sends requests in one sender's name and records them."""

    def __init__(self, send: Send, transcript: Transcript, clock: VirtualClock, by: Sender) -> None:
        self._send = send
        self._transcript = transcript
        self._clock = clock
        self._by: Sender = by

    def send(self, request: Request, quirks: tuple[Quirk, ...] = (), probe: bool = False) -> Answer:
        """The answer to `request`, written down with its time and its quirks."""
        ticket = self._transcript.open(self._by, request, self._clock.now(), quirks, probe)
        started = perf_counter()
        sent = self._send(request, probe)
        seconds = perf_counter() - started
        for answer in sent.at_sp[:-1]:
            self._transcript.close(ticket, answer, seconds, sent.fault)
            ticket = self._transcript.open(self._by, request, self._clock.now(), quirks, probe)
        self._transcript.close(ticket, sent.answer, seconds, sent.fault)
        return sent.answer
