"""Faults between the identity provider and the service provider, played by script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Literal, TypeAlias, get_args

from idpsim.transport import Transport
from idpsim.wire import Answer, Headers, NoResponse, Request, Response

FaultKind: TypeAlias = Literal["lose-response", "status", "delay", "reset", "truncate", "rate-limit", "duplicate"]
FAULTS: tuple[FaultKind, ...] = get_args(FaultKind)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which requests are meant: `METHOD /path`, by segments from the base URL on; `*` is any method or any segment.

    `PATCH /Users` is every PATCH of /Users and below it; `GET /Users?` only one with a query, `GET /Users?filter=` one
    whose query begins so, both of /Users itself; `PATCH` alone is every PATCH. With `probe` before it, or alone, a
    pattern means connection tests and cycle-start probes only, and without it never.
    """

    method: str
    segments: tuple[str, ...] = ()
    query: str | None = None
    probe: bool = False

    @classmethod
    def read(cls, text: str) -> Pattern:
        """A pattern from its text; ValueError says what would be right."""
        words = text.split()
        probe = words[:1] == ["probe"]
        words = words[1:] if probe else words
        method = words.pop(0) if words and not words[0].startswith("/") else "*"
        target = words.pop(0) if words else "/"
        named = method == "*" or (method.isalpha() and method.isupper())
        if not text.strip() or words or not named or not target.startswith("/"):
            raise ValueError(f"{text!r} is not a request pattern; write `PATCH /Users`, `* /Groups` or `probe`")
        path, mark, query = target.partition("?")
        return cls(method, _segments(path), query if mark else None, probe)

    def matches(self, method: str, rest: str, probe: bool) -> bool:
        """Whether a request is meant; `rest` is what stands in its URL after the base."""
        path, mark, query = rest.partition("?")
        segments = _segments(path)
        if probe != self.probe or self.method not in ("*", method) or len(segments) < len(self.segments):
            return False
        if self.query is not None and not (
            mark and len(segments) == len(self.segments) and query.startswith(self.query)
        ):
            return False
        return all(wanted in ("*", found) for wanted, found in zip(self.segments, segments, strict=False))


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `do` it to requests that match `on`, `times` times (None: always) after letting `after` of them pass.

    `lose-response`: sent and answered, and the answer kept from the vendor · `status`: answered here with `status`,
    `headers` and `body`, not sent · `delay`: sent after `seconds` of real time; not sent where that is beyond the
    timeout · `reset`: not sent · `truncate`: sent and answered, and half of the body kept · `rate-limit`: answered here
    with 429 and `retry_after` (none where None), not sent · `duplicate`: sent twice, the second answer given.
    """

    on: str
    do: FaultKind
    times: int | None = 1
    after: int = 0
    status: int = 503
    headers: Headers = ()
    body: bytes = b""
    seconds: float = 1.0
    retry_after: int | str | None = 1


FaultScript: TypeAlias = tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a request: `answer` is what the vendor gets, `fault` says in words what was done to it.

    `at_sp` are the service provider's own answers, one for each time that the request really went out, so a transcript
    can show what the vendor did not see: none for `reset`, `status` and `rate-limit`; one that differs from `answer`
    for `lose-response` and `truncate`; two for `duplicate`, the first of which is an exchange of its own.
    """

    answer: Answer
    at_sp: tuple[Answer, ...] = ()
    fault: str | None = None


class FaultyTransport:
    """Sends through `inner`, with the faults of the armed script; thread-safe.

    For each request the first fault that is due plays, and only it counts the request as one of its `times`; so two
    faults on the same pattern play one after the other. `base_url` is what patterns do not name; `timeout` (seconds)
    is the vendor's patience.
    """

    def __init__(self, inner: Transport, *, base_url: str, sleep: Callable[[float], None], timeout: float = 60) -> None:
        self._inner = inner
        self._base = base_url.rstrip("/")
        self._sleep = sleep
        self._timeout = timeout
        self._lock = Lock()
        self._armed: list[_Armed] = []

    def arm(self, script: FaultScript) -> None:
        """Play `script` from now on, from its beginning, in place of the one before; ValueError for a wrong pattern."""
        armed = [_Armed(fault, Pattern.read(fault.on)) for fault in script]
        with self._lock:
            self._armed = armed

    def disarm(self) -> FaultScript:
        """Play no more faults; returns those that never played, for a scenario that expected them."""
        with self._lock:
            unplayed = tuple(armed.fault for armed in self._armed if not armed.played)
            self._armed = []
        return unplayed

    def send(self, request: Request, probe: bool = False) -> Sent:
        """The answer to `request`, and what was done to it; `probe` marks connection tests and cycle-start probes."""
        fault = self._due(request, probe) if self._armed else None
        if fault is None:
            answer = self._inner.send(request)
            return Sent(answer, (answer,))
        return self._played(fault, request)

    def close(self) -> None:
        """Close the transport below."""
        self._inner.close()

    def _due(self, request: Request, probe: bool) -> Fault | None:
        rest = request.url.removeprefix(self._base)
        with self._lock:
            return next((it.fault for it in self._armed if it.due(request.method, rest, probe)), None)

    def _played(self, fault: Fault, request: Request) -> Sent:
        match fault.do:
            case "status":
                return Sent(Response(fault.status, fault.headers, fault.body), (), f"answered {fault.status} by idpsim")
            case "rate-limit":
                return _rate_limited(fault)
            case "reset":
                return Sent(NoResponse("reset", "the connection was reset (fault)"), (), "reset before it was sent")
            case "delay":
                return self._delayed(fault, request)
            case "duplicate":
                first, second = self._inner.send(request), self._inner.send(request)
                return Sent(second, (first, second), "sent twice; this is the second answer")
            case "truncate":
                answer = self._inner.send(request)
                return Sent(_half(answer), (answer,), f"cut in the middle; the service provider {_said(answer)}")
            case "lose-response":
                answer = self._inner.send(request)
                lost = NoResponse("lost", f"the service provider {_said(answer)}, and the answer was lost (fault)")
                return Sent(lost, (answer,), f"answer lost; the service provider {_said(answer)}")

    def _delayed(self, fault: Fault, request: Request) -> Sent:
        if fault.seconds >= self._timeout:
            self._sleep(self._timeout)
            late = NoResponse("timeout", f"no answer within {self._timeout:g} s (fault: held back {fault.seconds:g} s)")
            return Sent(late, (), f"held back {fault.seconds:g} s, longer than the timeout; not sent")
        self._sleep(fault.seconds)
        answer = self._inner.send(request)
        return Sent(answer, (answer,), f"held back {fault.seconds:g} s")


class _Armed:
    """A fault of the armed script, and how often it has been its turn."""

    __slots__ = ("fault", "matched", "pattern", "played")

    def __init__(self, fault: Fault, pattern: Pattern) -> None:
        self.fault = fault
        self.pattern = pattern
        self.matched = 0
        self.played = 0

    def due(self, method: str, rest: str, probe: bool) -> bool:
        times = self.fault.times
        if (times is not None and self.played >= times) or not self.pattern.matches(method, rest, probe):
            return False
        self.matched += 1
        if self.matched <= self.fault.after:
            return False
        self.played += 1
        return True


def _segments(path: str) -> tuple[str, ...]:
    return tuple(segment for segment in path.split("/") if segment)


def _said(answer: Answer) -> str:
    return f"answered {answer.status}" if isinstance(answer, Response) else f"gave no answer ({answer.reason})"


def _half(answer: Answer) -> Answer:
    if isinstance(answer, NoResponse):
        return answer
    whole = len(answer.body)
    return NoResponse("truncated", f"the connection was closed after {whole // 2:,} of {whole:,} bytes (fault)")


def _rate_limited(fault: Fault) -> Sent:
    pause = () if fault.retry_after is None else (("Retry-After", str(fault.retry_after)),)
    answer = Response(429, (*pause, *fault.headers), fault.body, "Too Many Requests")
    asked = "" if fault.retry_after is None else f", Retry-After: {fault.retry_after}"
    return Sent(answer, (), f"answered 429{asked} by idpsim")
