"""What playing one event led to, and the failure that it raises where it went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from idpsim.scenario.results import Failure, StepResult
from idpsim.wire import Exchange


@dataclass(frozen=True, repr=False)
class Played:
    """One event as it was played; its text is idpsim's report of it, without secrets.

    `exchanges` are all requests with their answers, in order of sending: the vendor's, idpsim's own, the browser's.
    """

    result: StepResult
    exchanges: tuple[Exchange, ...] = field(repr=False)
    _report: Callable[[], str] = field(repr=False, compare=False)

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
        return self._report()

    def __repr__(self) -> str:
        about = " ".join([self.event, *self.result.subjects])
        return f"<Played {about}: {self.outcome}{'' if self.passed else ', wrong'}>"


class Failed(AssertionError):
    """An event after which something is wrong at the service provider; its text is idpsim's whole report."""

    def __init__(self, played: Played) -> None:
        super().__init__(played)
        self.played = played

    def __str__(self) -> str:
        return str(self.played)
