"""Who is signed in at the identity provider, and who is about to be: in memory, bounded, and soon forgotten."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from idpsim.sso.app import App
from idpsim.sso.front import Resume, Session

MOST = 10_000
SESSION_SECONDS = 12 * 3600
PENDING_SECONDS = 900

T = TypeVar("T")


class Shelf(Generic[T]):
    """Things under unguessable names, the oldest of them forgotten when there are too many or `seconds` have passed."""

    def __init__(self, seconds: float, now: Callable[[], float], most: int = MOST) -> None:
        self._seconds = seconds
        self._now = now
        self._most = most
        self._held: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def put(self, thing: T, name: str = "") -> str:
        """Keep a thing under this name, or a fresh one."""
        name = name or secrets.token_urlsafe(24)
        with self._lock:
            self._held[name] = (self._now() + self._seconds, thing)
            while len(self._held) > self._most:
                self._held.popitem(last=False)
        return name

    def get(self, name: str) -> T | None:
        """What is kept under a name."""
        with self._lock:
            until, thing = self._held.get(name, (0.0, None))
            return thing if until > self._now() else None

    def take(self, name: str) -> T | None:
        """What is kept under a name, and no longer."""
        with self._lock:
            until, thing = self._held.pop(name, (0.0, None))
            return thing if until > self._now() else None


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that waits for somebody to say who they are."""

    app: App
    resume: Resume
    hint: str = ""


class Sessions:
    """All sessions of all vendors, and the sign-ins under way."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.held: Shelf[Session] = Shelf(SESSION_SECONDS, now)
        self.pending: Shelf[Pending] = Shelf(PENDING_SECONDS, now, 1_000)

    def find(self, name: str, vendor: str) -> Session | None:
        """The session of this cookie value at a vendor."""
        session = self.held.get(name) if name else None
        return session if session is not None and session.vendor == vendor else None
