"""Apps that a run has for a while: afterwards they are what they were before."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, TypeAlias

from idpsim.errors import UsageError

if TYPE_CHECKING:
    from idpsim.sso.app import App
    from idpsim.sso.provider import IdentityProvider

SECONDS = 600
Name: TypeAlias = tuple[str, str]


@dataclass(slots=True)
class Loan:
    """What one run holds: each app as it was before (None: there was none), and which keys it has exchanged."""

    used: float
    apps: dict[Name, App | None] = field(default_factory=dict)
    rolled: set[tuple[str, str, str]] = field(default_factory=set)


class Lending:
    """Who holds which app. A run that has said nothing for ten minutes holds none any more."""

    def __init__(self, provider: IdentityProvider) -> None:
        self._provider = provider
        self._loans: dict[str, Loan] = {}
        self._lock = RLock()

    def lend(self, holder: str, vendor: str, label: str) -> None:
        """Let `holder` have an app; UsageError while another run has it."""
        with self._lock:
            now = self._provider.now()
            for name in [name for name, loan in self._loans.items() if now - loan.used > SECONDS]:
                self.give_back(name)
            taken = any((vendor, label) in loan.apps for name, loan in self._loans.items() if name != holder)
            if taken:
                raise UsageError(f"another run has the app {label}: wait for its end, or name another with sso.app")
            loan = self._loans.setdefault(holder, Loan(now))
            loan.used = now
            loan.apps.setdefault((vendor, label), self._provider.app(vendor=vendor, label=label))

    def rolled(self, holder: str, vendor: str, label: str, protocol: str) -> None:
        """Remember that `holder` has exchanged the keys of an app."""
        with self._lock:
            self._loans[holder].rolled ^= {(vendor, label, protocol)}

    def give_back(self, holder: str) -> None:
        """Make every app that `holder` has what it was."""
        with self._lock:
            loan = self._loans.pop(holder, None)
            if loan is None:
                return
            for vendor, label, protocol in loan.rolled:
                self._provider.roll(vendor, label, protocol)
            for (vendor, label), before in loan.apps.items():
                self._provider.publish(vendor, label, None)
                self._provider.put_back(vendor, label, before)
