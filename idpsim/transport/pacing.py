"""Keeps to the pauses that the service provider asks for: its rate limit is real time, not virtual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from idpsim.transport import Transport
from idpsim.transport.connection import Broken
from idpsim.transport.dial import origin
from idpsim.wire import Answer, NoResponse, Request, Response

DEFAULT_PAUSE = 1.0
_PACED = (429, 503)


@dataclass(slots=True)
class Pace:
    """Until when each target has asked to be left alone; share one between all connections of a run.

    `now` is seconds since the epoch and `sleep` waits for real; a pause that is longer than `max_wait` seconds is not
    waited for.
    """

    sleep: Callable[[float], None]
    now: Callable[[], float]
    max_wait: float
    _until: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, url: str) -> NoResponse | None:
        """Return once the target of `url` may be asked again, or at once with the reason why that is not waited for."""
        if not self._until:
            return None
        target, waited_for = _target(url), 0.0
        while (until := self._until.get(target, 0.0)) > waited_for:
            pause = until - self.now()
            if pause > self.max_wait:
                return self.held(url)
            if pause > 0:
                self.sleep(pause)
            waited_for = until
        return None

    def held(self, url: str) -> NoResponse | None:
        """Why the target of `url` is not asked now, None where its pause is over or short enough to wait for."""
        pause = self._until.get(_target(url), 0.0) - self.now()
        if pause <= self.max_wait:
            return None
        asked = f"the service provider asked for a pause, {_written(pause)} s of it left"
        return NoResponse("held", f"{asked}; not played, raise --max-wait")

    def heed(self, url: str, answer: Response) -> None:
        """Remember the pause that an answer from `url` asks for: Retry-After, else 1 s."""
        target = _target(url)
        until = self.now() + self._pause(answer.header("retry-after"))
        with self._lock:
            self._until[target] = max(until, self._until.get(target, 0.0))

    def _pause(self, retry_after: str | None) -> float:
        value = (retry_after or "").strip()
        if value.isascii() and value.isdigit():
            return float(value[:12])
        moment = _moment(value)
        return DEFAULT_PAUSE if moment is None else max(0.0, moment - self.now())


class Paced:
    """Sends through `inner` when the service provider's last 429 or 503 allows it: after Retry-After, else after 1 s.

    It stands next to the transport, inside `FaultyTransport`, so that only the service provider's own answers count.
    Who times exchanges calls `Pace.wait` before: the wait here then takes no time.
    """

    def __init__(self, inner: Transport, pace: Pace) -> None:
        self._inner = inner
        self._pace = pace

    def send(self, request: Request) -> Answer:
        """The answer of `inner`, or `held` where the pause is longer than allowed."""
        held = self._pace.wait(request.url)
        if held is not None:
            return held
        answer = self._inner.send(request)
        if isinstance(answer, Response) and answer.status in _PACED:
            self._pace.heed(request.url, answer)
        return answer

    def close(self) -> None:
        """Close `inner`."""
        self._inner.close()


def _target(url: str) -> str:
    try:
        where = origin(url)
    except Broken:
        return url
    return f"{where.scheme}://{where.host.lower()}:{where.port}"


def _moment(text: str) -> float | None:
    """An HTTP-date as seconds since the epoch."""
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _written(seconds: float) -> str:
    return f"{round(seconds):,}" if seconds >= 10 else f"{seconds:.1f}".removesuffix(".0")
