"""The course of events that a recording is made of, as it is being told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from idpsim.scenario.incident.recorded import Recorded

AT_ONCE = 60.0
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(eq=False, slots=True)
class Happening:
    """One event and the requests that tell of it.

    `people` and `groups` are keys. `prepared` is one that lies before the recording: what must be there when it
    begins. `batch` numbers the vendor's cycles, 0 where it has none. `parts` are what was put together here.
    """

    event: str
    people: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    arguments: dict[str, Any] = field(default_factory=dict)
    requests: list[Recorded] = field(default_factory=list)
    batch: int = 0
    prepared: bool = False
    settle: bool = True
    parts: tuple[Happening, ...] = ()

    @property
    def writes(self) -> list[Recorded]:
        """Those of its requests that write."""
        return [each for each in self.requests if each.method in WRITES]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A request that no event accounts for."""

    request: Recorded
    why: str


def near(before: Sequence[Recorded], after: Sequence[Recorded]) -> bool:
    """Whether the second requests came soon after the first, as far as that is known."""
    then = before[-1].moment if before else None
    now = after[0].moment if after else None
    return then is None or now is None or now - then <= AT_ONCE


class Course:
    """Happenings in their order; a cycle's probe goes to what first happens in it."""

    def __init__(self) -> None:
        self.happenings: list[Happening] = []
        self.before: list[Happening] = []
        self.unexplained: list[Unexplained] = []
        self.batch = 0
        self._mark: Recorded | None = None

    @property
    def last(self) -> Happening | None:
        """What happened last."""
        return self.happenings[-1] if self.happenings else None

    def happened(
        self,
        event: str,
        requests: Iterable[Recorded] = (),
        *,
        people: Iterable[str] = (),
        groups: Iterable[str] = (),
        arguments: Mapping[str, Any] | None = None,
    ) -> Happening:
        """Something new."""
        new = Happening(event, list(people), list(groups), dict(arguments or {}), batch=self.batch)
        self.happenings.append(new)
        requests = tuple(requests)
        if requests:
            self.more(new, requests)
        return new

    def beforehand(
        self,
        event: str,
        *,
        people: Iterable[str] = (),
        groups: Iterable[str] = (),
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        """Something that must have happened before the recording begins."""
        self.before.append(Happening(event, list(people), list(groups), dict(arguments or {}), prepared=True))

    def more(self, happening: Happening, requests: Iterable[Recorded]) -> None:
        """More requests that belong to something that happened."""
        if self._mark is not None:
            happening.requests.append(self._mark)
            self._mark = None
        happening.requests += requests

    def unclear(self, requests: Iterable[Recorded], why: str) -> None:
        """Requests that no event accounts for."""
        self.unexplained += [Unexplained(each, why) for each in requests]

    def synced(self, requests: Iterable[Recorded]) -> None:
        """Requests that write what is there already, for no reason of their own: everything is sent again."""
        if self.last is not None and self.last.event == "sync" and self.last.batch == self.batch:
            self.more(self.last, requests)
        else:
            self.happened("sync", requests)

    def cycle(self, mark: Recorded) -> None:
        """The vendor's next cycle begins."""
        self.end_cycle()
        self.batch += 1
        self._mark = mark

    def take_mark(self) -> list[Recorded]:
        """The probe of this cycle, for whoever will tell later what came of it; empty once it is taken."""
        mark, self._mark = self._mark, None
        return [] if mark is None else [mark]

    def end_cycle(self) -> None:
        """The cycle is over; one in which nothing happened is one that found nothing to do."""
        if self._mark is not None:
            self.happened("sync", ())
            self.more(self.happenings[-1], ())


def goes_on(last: Happening, course: Course, taken: tuple[Recorded, ...]) -> bool:
    """Whether a change of attributes belongs to the assignment before it: in its cycle, or as its one PUT."""
    if last.event != "assign" or not taken:
        return False
    if course.batch:
        return last.batch == course.batch
    putting = taken[-1].method == "PUT" and not any(each.lookup for each in taken)
    return last is course.last and putting and not any(each.method in ("PUT", "POST") for each in last.requests)


def unfinished(last: Happening, course: Course, taken: list[Recorded]) -> bool:
    """Whether writing a user as it is belongs to what happened to it before."""
    if last is course.last:
        return True
    soon = near(last.requests[-1:], taken)
    return soon and not any(each.method in ("PUT", "POST") for each in last.requests)
