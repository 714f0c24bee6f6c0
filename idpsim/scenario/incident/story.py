"""What had happened: the events in the directory that make a vendor send what was recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from idpsim.scenario.incident.course import Course, Happening, Unexplained
from idpsim.scenario.incident.events import OTHERWISE
from idpsim.scenario.incident.groups import GroupMade, Groups
from idpsim.scenario.incident.identities import Entity, Identities
from idpsim.scenario.incident.people import People
from idpsim.scenario.incident.recorded import Recorded, guid_like

_DISCOVERY = ("/serviceproviderconfig", "/schemas", "/resourcetypes")
_TOGETHER = ("assign", "unassign", "update", "set-password", *OTHERWISE)
_OF_THE_APP = ("connect", "import", "sync")
PROBED = 2


@dataclass(frozen=True, slots=True)
class Story:
    """A recording as people, groups and what happened to them; `names` are the first names of whom an id stands for."""

    people: Mapping[str, Mapping[str, str]]
    groups: Mapping[str, GroupMade]
    happenings: tuple[Happening, ...]
    unexplained: tuple[Unexplained, ...] = ()


Retries: TypeAlias = Literal["by itself", "by hand", "by hand but 429"]


def story(requests: Iterable[Recorded], retries: Retries = "by itself") -> Story:
    """The story that these requests tell; `retries` says how what has failed came to be tried again."""
    requests = tuple(requests)
    identities = Identities(requests)
    keys = _keys(identities.entities)
    course = Course()
    people = People(course, identities, keys)
    groups = Groups(course, identities, people, keys)
    marks = [_mark(each, identities) for each in requests]
    testing = _is_test(marks)
    for number, (request, mark) in enumerate(zip(requests, marks, strict=True)):
        entity = identities.of(request)
        if mark and not (testing and number == 0):
            people.settle_reads()
            groups.settle_reads()
            course.cycle(request)
        elif entity is None:
            people.settle_touches()
            _of_the_app(request, course, tested=mark)
        else:
            (people if entity.kind == "user" else groups).see(request, entity)
    people.settle_reads(last=True)
    groups.settle_reads()
    course.end_cycle()
    parted = course.happenings if course.batch else _parted(course.happenings, retries)
    happenings = _settled(together(parted), cyclic=course.batch > 0)
    return Story(
        people.directory(), groups.directory(), (*_prepared(course.before), *happenings), tuple(course.unexplained)
    )


def _mark(request: Recorded, identities: Identities) -> bool:
    """Whether this is the probe with which a cycle begins: a look for a name that a machine has made up."""
    return request.made_up and request.about == "user" and identities.of(request) is None


def _is_test(marks: Sequence[bool]) -> bool:
    """Whether the first probe is a connection test: a cycle's own follows at once, or nothing at all."""
    return bool(marks) and marks[0] and (len(marks) == 1 or marks[1])


def _of_the_app(request: Recorded, course: Course, tested: bool) -> None:
    """A request that is about nobody: a connection test, an import, or nothing that is known."""
    path = request.rest.partition("?")[0].lower()
    if request.method == "GET" and (
        tested
        or path.startswith(_DISCOVERY)
        or (request.lists and request.count is not None and request.count <= PROBED)
        or (request.lookup and not request.found and "@" not in (request.named or ""))
    ):
        _once(course, "connect", request)
    elif request.lists:
        _once(course, "import", request)
    else:
        why = "nobody by that name comes" if request.lookup else "no vendor that idpsim knows sends it"
        course.unclear([request], why)


def _once(course: Course, event: str, request: Recorded) -> None:
    last = course.last
    if last is not None and last.event == event:
        course.more(last, [request])
    else:
        course.happened(event, [request])


def _parted(happenings: Iterable[Happening], retries: Retries) -> list[Happening]:
    """What failed and was tried again is two events where somebody has asked for the second."""
    parted: list[Happening] = []
    for each in happenings:
        parts: list[list[Recorded]] = [[]]
        for number, request in enumerate(each.requests, 1):
            parts[-1].append(request)
            if number < len(each.requests) and _by_hand(request, retries):
                parts.append([])
        again = each.event if each.event in _OF_THE_APP else "retry"
        parted.append(replace(each, requests=parts[0]))
        parted += [replace(each, event=again, requests=part, arguments={}) for part in parts[1:]]
    return parted


def _by_hand(request: Recorded, retries: Retries) -> bool:
    if not request.refused or retries == "by itself":
        return False
    return retries == "by hand" or request.status != 429


def _prepared(before: Sequence[Happening]) -> list[Happening]:
    """What was there before: accounts and groups at the service provider first, then what the vendor had made."""
    order = ("at-sp", "assign", "unassign", "push")
    return together(sorted(before, key=lambda each: order.index(each.event)))


def together(happenings: Sequence[Happening]) -> list[Happening]:
    """Neighbours that are the same event of several people become one, which knows them as its parts."""
    runs: list[list[Happening]] = []
    people: set[str] = set()
    for each in happenings:
        if runs and _alike(runs[-1][-1], each) and people.isdisjoint(each.people):
            runs[-1].append(each)
            people.update(each.people)
        else:
            runs.append([each])
            people = set(each.people)
    return [_joined(run) for run in runs]


def _joined(run: list[Happening]) -> Happening:
    if len(run) == 1:
        return run[0]
    people = [key for each in run for key in each.people]
    requests = [request for each in run for request in each.requests]
    parts = tuple(part for each in run for part in (each.parts or (each,)))
    return replace(run[-1], people=people, requests=requests, parts=parts)


def _alike(one: Happening, other: Happening) -> bool:
    same = one.event == other.event and one.arguments == other.arguments and one.batch == other.batch
    plain = one.event in _TOGETHER and not one.groups and not other.groups
    sound = not any(each.refused for each in (*one.requests, *other.requests))
    return same and plain and sound and one.prepared == other.prepared


def _settled(happenings: list[Happening], cyclic: bool) -> list[Happening]:
    """What happened within one cycle is played without letting the clock run in between."""
    if not cyclic:
        return happenings
    pairs = zip(happenings, [*happenings[1:], None], strict=True)
    return [replace(one, settle=next_ is None or next_.batch != one.batch) for one, next_ in pairs]


def _keys(entities: Iterable[Entity]) -> dict[Entity, str]:
    """A name for everybody, for the scenario: from what they are called, each once."""
    keys: dict[Entity, str] = {}
    used = {"all"}
    for each in entities:
        local = each.name.partition("@")[0] if each.kind == "user" else each.name
        plain = re.sub(r"[^a-z0-9_.-]+", "-", local.lower()).strip("-._")
        other = "person" if each.kind == "user" else "group"
        base = plain[:40] if plain and not guid_like(plain) else other
        key, number = base, 2
        while key in used:
            key, number = f"{base}-{number}", number + 1
        used.add(key)
        keys[each] = key
    return keys
