"""Differences that stand: reported by an earlier step, and nothing that a later one is about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from idpsim.scenario import explain
from idpsim.scenario.failing import called
from idpsim.scenario.model import Step
from idpsim.scenario.sights import Key
from idpsim.scenario.verify import Finding

if TYPE_CHECKING:
    from idpsim.scenario.session import Session


class Standing:
    """What is wrong with which attribute of which resource, so that a step fails on what it can have to do with."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._step: Step | None = None
        self._before: dict[tuple[Key, str], set[str]] = {}
        self._now: dict[tuple[Key, str], set[str]] = {}

    def begin(self, step: Step) -> None:
        """A step begins: what was wrong before it is known."""
        self._step = step
        self._before = {place: set(messages) for place, messages in self._now.items()}

    def read(self, keys: Iterable[Key]) -> None:
        """These resources are read back: what is not found to be wrong again no longer is."""
        there = set(keys)
        self._now = {place: messages for place, messages in self._now.items() if place[0] not in there}

    def met(self, key: Key, path: str) -> None:
        """An expectation on this attribute is met."""
        self._now.pop((key, path), None)

    def news(self, findings: Iterable[Finding], first: int) -> tuple[list[Finding], list[str]]:
        """Those that fail the step that began with exchange `first`, and what is to be said of the others."""
        fresh, known = [], []
        for finding in findings:
            if finding.unread or self.is_news(finding.key, finding.path, finding.message, first):
                fresh.append(finding)
            else:
                known.append(still(finding.message))
        return fresh, known

    def is_news(self, key: Key, path: str, message: str, first: int) -> bool:
        """Whether no earlier step has reported this difference, or this one is about that attribute and has written it.

        A vendor may write it in any step, for it compares everything; where the same comes of it, that is no news.
        """
        self._now.setdefault((key, path), set()).add(message)
        if message not in self._before.get((key, path), ()):
            return True
        if self._step is not None and not _is_about(self._step, path):
            return False
        name, identifier = called(self._session.app, *key)
        transcript = self._session.world.transcript
        return explain.touched(transcript, first, len(transcript), identifier, path, name)


def _is_about(step: Step, path: str) -> bool:
    """Whether a step may change the attribute at `path` in the directory."""
    if step.event == "update":
        names = {part.lower() for part in re.split(r"[.:\[]", path)}
        return any(each.lower() in names or f"{each.lower()}s" in names for each in step.arguments.get("set", {}))
    return step.event not in ("join", "leave")


def still(message: str) -> str:
    """What is said of a difference that stands."""
    return f"still wrong, see above: {message}"
