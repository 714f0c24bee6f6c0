"""What playing one event led to, and the failure that it raises where it went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from idpsim.scenario.results import Failure, StepResult
from idpsim.wire import Exchange


@dataclass(frozen=True, repr=False)
class Played:
    """One event as it was played; its text is idpsim's report of it, without secrets.

    `exchanges` are all requests with their answers, in order of sending: the vendor's, idpsim's own, the browser's;
    they are as they were sent, while messages, reasons and notes hold no secrets. It can be pickled.
    """

    result: StepResult
    exchanges: tuple[Exchange, ...] = field(repr=False)
    _report: Callable[[], str] | str = field(repr=False, compare=False)

    @property
    def event(self) -> str:
        """The event, as the scenario language calls it."""
        return self.result.event

    @property
    def outcome(self) -> str:
        """`done`, `skipped`, `failed`, `waiting`, `pending` or `quarantined`; of several subjects the worst."""
        return self.result.outcome

    @property
    def outcomes(self) -> Mapping[str, str]:
        """The outcome of each person or group by key, those drawn in by the event included."""
        return self.result.outcomes

    @property
    def reasons(self) -> Mapping[str, str]:
        """Why, by key, where there is something to say."""
        return self.result.reasons

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed and is no failure."""
        return self.result.notes

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What is wrong at the service provider."""
        return self.result.failures

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return self.result.passed

    @property
    def sent(self) -> tuple[Exchange, ...]:
        """The exchanges of the vendor's own requests."""
        return tuple(each for each in self.exchanges if each.by == "vendor")

    def __str__(self) -> str:
        return self._report if isinstance(self._report, str) else self._report()

    def __reduce__(self) -> tuple[Any, ...]:
        return Played, (self.result, self.exchanges, str(self))

    def __repr__(self) -> str:
        about = " ".join([self.event, *self.result.subjects])
        return f"<Played {about}: {self.outcome}{'' if self.passed else ', wrong'}>"


class Failed(AssertionError):
    """An event after which something is wrong at the service provider; its text is idpsim's whole report.

    Of one that comes from another process `played` and the text are there, and of a subclass nothing more.
    """

    def __init__(self, played: Played) -> None:
        super().__init__(played)
        self.played = played

    def __str__(self) -> str:
        return str(self.played)

    def __reduce__(self) -> tuple[Any, ...]:
        notes = getattr(self, "__notes__", None)
        return _again, (type(self), self.played), {"__notes__": notes} if notes else None


def _again(kind: type[Failed], played: Played) -> Failed:
    """A failure as it was in another process; what a subclass is made of cannot travel."""
    failed = kind.__new__(kind, played)
    Failed.__init__(failed, played)
    return failed
