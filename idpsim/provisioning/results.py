"""What a step led to: the outcome of each subject, and the resources that were touched."""

from __future__ import annotations

from collections.abc import Iterator

from idpsim.provisioning.flow import WORDS, Done, Outcome, Skipped
from idpsim.provisioning.links import Kind, Promise

DONE = Done()


class Results:
    """The latest outcome of each lane of each subject, by uid, and what was promised on the way."""

    def __init__(self) -> None:
        self._lanes: dict[str, dict[str, Outcome]] = {}
        self._plain: dict[str, Outcome] = {}
        self._touched: dict[Kind, dict[str, None]] = {"user": {}, "group": {}}
        self.notes: list[str] = []

    def tell(self, subject: str, lane: str, outcome: Outcome) -> None:
        """Take an outcome; it replaces an earlier one of the same lane."""
        plain = DONE if isinstance(outcome, Done) and not outcome.note else outcome
        if lane:
            self._lanes.setdefault(subject, {})[lane] = plain
        else:
            self._plain[subject] = plain

    def touch(self, promise: Promise) -> None:
        self._touched[promise.kind][promise.uid] = None

    def touched(self) -> Iterator[tuple[Kind, str]]:
        """The kind and uid of every resource about which something was promised, users first."""
        return ((kind, uid) for kind, uids in self._touched.items() for uid in uids)

    def has(self, subject: str) -> bool:
        return subject in self._plain or subject in self._lanes

    def outcome(self, subject: str) -> Outcome | None:
        """The worst outcome of a subject's lanes; what was done counts for more than what was skipped."""
        every = [*self._lanes.get(subject, {}).values()]
        if subject in self._plain:
            every.insert(0, self._plain[subject])
        return max(every, key=_weight, default=None)

    def subjects(self) -> Iterator[str]:
        yield from self._plain
        yield from (subject for subject in self._lanes if subject not in self._plain)

    def everything(self) -> Iterator[tuple[str, Outcome]]:
        """Each subject with its outcome."""
        for subject in self.subjects():
            outcome = self.outcome(subject)
            if outcome is not None:
                yield subject, outcome


def _weight(outcome: Outcome) -> float:
    if isinstance(outcome, Skipped):
        return {"state": 0.0, "settings": 0.1, "vendor": 0.2}[outcome.by]
    return 1.0 + WORDS.index(outcome.word)
