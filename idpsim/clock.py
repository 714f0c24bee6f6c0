"""Virtual time, in seconds since the start of a run, and how durations are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
EPOCH = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def seconds(text: str) -> float | None:
    """`40m`, `6h`, `1h30m`, `250ms`, `30d` in seconds; None where it is not a duration."""
    if not re.fullmatch(rf"(?:{_PART.pattern})+", text):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def duration(value: float) -> str:
    """Seconds as a person would write them: `40m`, `1h 20m`, `30d`, `0.3s`."""
    if value < 60:
        return f"{value:g}s" if value >= 1 or value == 0 else f"{round(value * 1000)}ms"
    parts = []
    rest = round(value)
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        amount, rest = divmod(rest, size)
        if amount:
            parts.append(f"{amount}{unit}")
    return " ".join(parts[:2])


class VirtualClock:
    """Time that passes when it is told to: 40 minutes take no time, and are written down."""

    def __init__(self, epoch: datetime = EPOCH) -> None:
        self._epoch = epoch
        self._now = 0.0

    def now(self) -> float:
        """Seconds since the start of the run."""
        return self._now

    def moment(self) -> datetime:
        """The virtual date and time."""
        return self._epoch + timedelta(seconds=self._now)

    def advance(self, to: float) -> None:
        """Move on to `to` (seconds since the start); time never goes back."""
        self._now = max(self._now, to)


class WaitingClock(VirtualClock):
    """Virtual time that waits for real: 40 minutes take 40 minutes."""

    def __init__(self, sleep: Callable[[float], None], epoch: datetime = EPOCH) -> None:
        super().__init__(epoch)
        self._sleep = sleep

    def advance(self, to: float) -> None:
        self._sleep(max(0.0, to - self._now))
        super().advance(to)
