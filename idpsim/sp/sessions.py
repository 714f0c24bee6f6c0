"""Who is signed in, and what is remembered on the way there: all kept here, the browser holds random values."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_LIFETIME = 8 * 3600.0
_MOST = 10_000


class Kept(Generic[T]):
    """Values by key, each for some seconds; beyond 10,000 the oldest goes."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = Lock()
        self._values: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def put(self, key: str, value: T, until: float) -> bool:
        """Keep a value until then (seconds since the epoch); False, and nothing kept, where the key is taken."""
        with self._lock:
            if self._alive(key) is not None:
                return False
            self._values[key] = until, value
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
            return True

    def get(self, key: str) -> T | None:
        with self._lock:
            return self._alive(key)

    def take(self, key: str) -> T | None:
        """The value, which is then gone."""
        with self._lock:
            value = self._alive(key)
            self._values.pop(key, None)
            return value

    def items(self) -> list[tuple[str, T]]:
        """All that is kept, newest first."""
        with self._lock:
            now = self._now()
            return [(key, value) for key, (until, value) in reversed(self._values.items()) if until > now]

    def _alive(self, key: str) -> T | None:
        until, value = self._values.get(key, (0.0, None))
        if value is not None and until <= self._now():
            del self._values[key]
            return None
        return value


@dataclass(frozen=True, slots=True)
class Origin:
    """The sign-in that a session comes from: `name_id`, `name_id_format` and `index` are SAML's."""

    idp: str
    protocol: str
    issuer: str
    name_id: str = ""
    name_id_format: str = ""
    index: str = ""
    ends: float | None = None
    id_token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; `shown` is the user as they were then."""

    user: str
    shown: Mapping[str, Any]
    origin: Origin


class Sessions:
    """The sessions by the value of their cookie, for 8 hours at most."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._kept: Kept[Session] = Kept(now)

    def begin(self, session: Session) -> str:
        """The value of the cookie of a new session."""
        key = secrets.token_urlsafe(32)
        until = self._now() + _LIFETIME
        self._kept.put(key, session, min(until, session.origin.ends or until))
        return key

    def get(self, key: str) -> Session | None:
        return self._kept.get(key)

    def end(self, key: str) -> Session | None:
        """End a session; which one it was."""
        return self._kept.take(key)

    def end_all(self, which: Callable[[Session], bool]) -> int:
        """End the sessions that `which` names; how many."""
        ended = [key for key, session in self._kept.items() if which(session)]
        return sum(self._kept.take(key) is not None for key in ended)
