"""The rate limit: so many requests per IdP and window, then 429."""

from __future__ import annotations

import math
from collections.abc import Callable
from email.utils import formatdate
from threading import Lock

from .problem import Problem
from .switches import Switches


class RateLimit:
    """Fixed windows of `rate_window` seconds of `now()`; the first begins with an IdP's first request."""

    def __init__(self, switches: Switches, now: Callable[[], float]) -> None:
        self._limit = switches.rate_limit
        self._window = switches.rate_window
        self._form = switches.retry_after
        self._now = now
        self._lock = Lock()
        self._windows: dict[str, tuple[float, int]] = {}

    def check(self, idp: str) -> None:
        """Count a request of this IdP; Problem 429 where it is one too many."""
        if not self._limit:
            return
        now = self._now()
        with self._lock:
            begin, count = self._windows.get(idp, (now, 0))
            if now - begin >= self._window or now < begin:
                begin, count = now, 0
            self._windows[idp] = begin, min(count + 1, self._limit)
        if count >= self._limit:
            raise self._problem(now, begin + self._window)

    def _problem(self, now: float, end: float) -> Problem:
        detail = f"More than {self._limit} requests in {self._window} s."
        if self._form == "none":
            return Problem(429, detail)
        date = formatdate(math.ceil(end), usegmt=True)
        value = date if self._form == "date" else str(max(1, math.ceil(end - now)))
        return Problem(429, detail, headers=(("Retry-After", value),))
