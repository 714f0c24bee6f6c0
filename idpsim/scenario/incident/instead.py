"""Stories told otherwise: another event where the one that was told sends nothing of what was recorded."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from idpsim.scenario.incident.course import Happening
from idpsim.scenario.incident.events import INSTEAD
from idpsim.scenario.incident.story import Story, together


def alone(told: Story, unsent: Collection[int]) -> Story:
    """The same story with everybody for themselves where a step has put together people of whom nothing is sent."""
    happenings: list[Happening] = []
    for each in told.happenings:
        lost = any(_lost(part, unsent) for part in each.parts)
        happenings += _apart(each) if lost else [each]
    return replace(told, happenings=tuple(happenings))


def lost(told: Story, unsent: Collection[int]) -> list[int]:
    """Which happenings are told from recorded writes of which none is sent, as indexes."""
    return [index for index, each in enumerate(told.happenings) if not each.prepared and _lost(each, unsent)]


def instead(told: Story, indexes: Collection[int], event: str) -> Story:
    """The same story with another event at these places, as far as it may stand for the one that is there."""
    chosen = set(indexes)
    happenings = (
        replace(each, event=event, parts=()) if index in chosen and event in INSTEAD.get(each.event, ()) else each
        for index, each in enumerate(told.happenings)
    )
    return replace(told, happenings=tuple(happenings))


def joined(told: Story) -> Story:
    """The same story with the same event of several people as one step again."""
    return replace(told, happenings=tuple(together(told.happenings)))


def _lost(happening: Happening, unsent: Collection[int]) -> bool:
    writes = happening.writes
    return bool(writes) and all(each.number in unsent for each in writes)


def _apart(happening: Happening) -> Iterator[Happening]:
    """The parts of a happening; within a cycle the clock runs only after the last of them."""
    for number, part in enumerate(happening.parts, 1):
        last = number == len(happening.parts)
        yield replace(part, settle=happening.settle if last or not happening.batch else False)
