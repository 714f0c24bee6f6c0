"""What failed in a recording, as faults of the steps that it failed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from idpsim.scenario.incident.recorded import Recorded
from idpsim.wire import NoResponse, Response

_ENDPOINTS = {"user": "/Users", "group": "/Groups"}
_LOST = {"timeout": "lose-response", "lost": "lose-response", "reset": "reset", "truncated": "truncate"}
_GONE = 404


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault: the requests that it strikes, after how many, how often, and how."""

    on: str
    do: str
    after: int = 0
    times: int = 1
    status: int | None = None
    retry_after: str | None = None

    def written(self) -> dict[str, str | int]:
        """The fault as the scenario language has it, without what is the default."""
        found: dict[str, str | int] = {"on": self.on, "do": self.do}
        found |= {"after": self.after} if self.after else {}
        found |= {"times": self.times} if self.times > 1 else {}
        found |= {"status": self.status} if self.status is not None else {}
        return found | ({"retry-after": self.retry_after} if self.retry_after is not None else {})


def strikes(requests: Iterable[Recorded], refusals: bool = False, probing: bool = False) -> tuple[Strike, ...]:
    """The faults that make these requests fail as they did.

    What the service provider itself refused (4xx) is left to the service provider, unless `refusals`. With `probing`
    all of them are a connection test.
    """
    found: list[Strike] = []
    passed: dict[str, int] = {}
    for each in requests:
        on = "probe" if probing or each.made_up else _pattern(each)
        strike = _strike(each, on, refusals)
        if strike is None:
            passed[on] = passed.get(on, 0) + 1
            continue
        strike = replace(strike, after=passed.get(on, 0))
        again = next((n for n, one in enumerate(found) if replace(one, times=1) == strike), None)
        if again is None:
            found.append(strike)
        else:
            found[again] = replace(found[again], times=found[again].times + 1)
    return tuple(_ordered(found))


def _ordered(found: list[Strike]) -> Iterator[Strike]:
    """A fault counts only what those before it on the same requests have let pass."""
    for number, one in enumerate(found):
        earlier = [other.after for other in found[:number] if other.on == one.on]
        yield replace(one, after=one.after - max(earlier, default=0)) if earlier else one


def _pattern(request: Recorded) -> str:
    return f"{request.method} {_ENDPOINTS.get(request.about, '/')}"


def _strike(request: Recorded, on: str, refusals: bool) -> Strike | None:
    answer = request.entry.answer
    if isinstance(answer, NoResponse):
        return Strike(on, _LOST.get(answer.kind, "reset"))
    if not isinstance(answer, Response) or answer.status < 400:
        return None
    if answer.status == 429:
        return Strike(on, "rate-limit", retry_after=_pause(answer))
    if answer.status >= 500 or (refusals and answer.status != _GONE):
        pause = _pause(answer) if answer.status == 503 else None
        return Strike(on, "status", status=min(answer.status, 599), retry_after=pause)
    return None


def _pause(answer: Response) -> str | None:
    """Retry-After in seconds, None where there is none or it is a date, which is over."""
    value = (answer.header("retry-after") or "").strip()
    return value if value.isascii() and value.isdigit() and len(value) <= 6 else None
