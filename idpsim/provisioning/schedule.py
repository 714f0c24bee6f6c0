"""What comes back later: events that are due at a time, and failed jobs that the vendor tries again by policy."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from idpsim.provisioning.flow import Failed
from idpsim.provisioning.profile import Change, Job, Retry
from idpsim.provisioning.work import failure_kinds
from idpsim.wire import Answer, Response

LONGEST = 864_000.0


@dataclass(order=True)
class Timer:
    """Changes that come back at `due`; `attempt` counts the attempts of a failed job, 0 is an event of its own."""

    due: float
    order: int
    changes: tuple[Change, ...] = field(compare=False)
    attempt: int = field(compare=False, default=0)


@dataclass(frozen=True, slots=True)
class _Tried:
    attempt: int
    wait: float


class Schedule:
    """The timers of one app, in virtual seconds since the start of the run."""

    def __init__(self, retries: Sequence[Retry]) -> None:
        self._retries = retries
        self._timers: list[Timer] = []
        self._tried: dict[tuple[str, str], _Tried] = {}
        self._order = count()

    @property
    def next(self) -> float:
        """When the next timer is due, infinity where there is none."""
        return self._timers[0].due if self._timers else math.inf

    @property
    def next_is_retry(self) -> bool:
        return bool(self._timers) and self._timers[0].attempt > 0

    def add(self, due: float, changes: tuple[Change, ...], attempt: int = 0) -> None:
        heapq.heappush(self._timers, Timer(due, next(self._order), changes, attempt))

    def take(self, now: float) -> list[Timer]:
        """The timers that are due, in their order; they are no longer scheduled."""
        taken = []
        while self._timers and self._timers[0].due <= now:
            taken.append(heapq.heappop(self._timers))
        return taken

    def drop(self, changes: Sequence[Change]) -> None:
        """Forget the attempts that serve any of these changes."""
        self._timers = [each for each in self._timers if not each.attempt or set(each.changes).isdisjoint(changes)]
        heapq.heapify(self._timers)

    def cancel(self, person: str) -> None:
        """Forget the events that were to come for a person."""
        self._timers = [t for t in self._timers if t.attempt or all(each.person != person for each in t.changes)]
        heapq.heapify(self._timers)

    def clear(self) -> None:
        """Forget all attempts of failed jobs; events stay due."""
        self._timers = [timer for timer in self._timers if not timer.attempt]
        heapq.heapify(self._timers)
        self._tried.clear()

    def attempts(self) -> Iterator[Timer]:
        """The failed jobs that are still to be tried again."""
        return (timer for timer in sorted(self._timers) if timer.attempt)

    def ended(self, job: Job) -> None:
        """A job has ended well: the next failure counts from one again."""
        self._tried.pop((job.subject, job.lane), None)

    def failed(self, job: Job, outcome: Failed, now: float, cycle: float) -> None:
        """Plan the next attempt of a failed job, where the vendor makes one; `cycle` is when its next cycle begins."""
        key = job.subject, job.lane
        tried = self._tried.get(key, _Tried(0, 0.0))
        kinds = failure_kinds(outcome)
        retry = next((each for each in self._retries if any(kind in each.on for kind in kinds)), None)
        if retry is None or tried.attempt >= retry.attempts or not job.changes:
            self._tried.pop(key, None)
            return
        wait = _wait(retry, tried, outcome.answer)
        self._tried[key] = _Tried(tried.attempt + 1, wait)
        self.add(cycle if wait <= 0 else now + wait, job.changes, tried.attempt + 1)


def _wait(retry: Retry, tried: _Tried, answer: Answer | None) -> float:
    """Seconds until the next attempt; a whole Retry-After stands for the first wait where the vendor heeds it."""
    if tried.attempt and retry.doubling:
        return tried.wait * 2
    named = answer.header("Retry-After") if retry.retry_after and isinstance(answer, Response) else None
    value = (named or "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), LONGEST)
    return retry.waits[min(tried.attempt, len(retry.waits) - 1)]
