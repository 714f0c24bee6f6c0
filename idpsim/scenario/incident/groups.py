"""What the requests about groups tell: pushed, renamed, joined, left and ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from idpsim.scenario.incident.attributes import Member, Said, of_document, of_patch
from idpsim.scenario.incident.course import Course, Happening, near
from idpsim.scenario.incident.identities import Entity, Identities
from idpsim.scenario.incident.people import People
from idpsim.scenario.incident.recorded import Recorded
from idpsim.scim import get


@dataclass(eq=False, slots=True)
class _State:
    """A group as the recording has shown it so far; `whole` says that its first members are all known."""

    key: str
    first: str
    now: str
    beginning: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)
    known: bool = False
    whole: bool = False
    failed: bool = False
    last: Happening | None = None
    reads: list[Recorded] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GroupMade:
    """A group as it is when the scenario begins."""

    displayName: str
    members: tuple[str, ...] = ()


class Groups:
    """The groups of a recording."""

    def __init__(self, course: Course, identities: Identities, people: People, keys: Mapping[Entity, str]) -> None:
        self._course = course
        self._identities = identities
        self._people = people
        groups = [each for each in identities.entities if each.kind == "group"]
        self._states = {each: _State(keys[each], each.name, each.name) for each in groups}

    def directory(self) -> dict[str, GroupMade]:
        """The groups as they are when the scenario begins."""
        known = [state for state in self._states.values() if state.known]
        return {state.key: GroupMade(state.first, tuple(state.beginning)) for state in known}

    def see(self, request: Recorded, entity: Entity) -> None:
        """Take in one request about a group."""
        state = self._states[entity]
        if request.method == "GET":
            state.reads.append(request)
            return
        taken, state.reads = [*state.reads, request], []
        said = of_patch(request.body) if request.method == "PATCH" else of_document(request.body)
        named = self._named((*(said.members or ()), *said.added, *said.removed))
        taken = [*(each for one in named for each in self._people.touched(one)), *taken]
        if request.method == "POST":
            self._created(state, taken, said)
        elif request.method in ("PUT", "PATCH"):
            self._changed(state, request, taken, said)
        elif request.method == "DELETE":
            self._deleted(state, taken)
        else:
            self._course.unclear(taken, f"{request.method} is not a request of any vendor")
        state.failed = request.failed

    def settle_reads(self) -> None:
        """Reads after which nothing came."""
        for state in self._states.values():
            taken, state.reads = state.reads, []
            if not taken:
                continue
            found = _documents(taken)
            if state.last is not None:
                self._course.more(state.last, taken)
            elif found and any(each.lookup for each in taken):
                self._linked(state, taken, Said(members=of_document(found[-1]).members or ()))
            else:
                self._course.unclear(taken, "nothing follows it")

    def _created(self, state: _State, taken: list[Recorded], said: Said) -> None:
        members = self._keys(said.members or ())
        if state.failed and state.last is not None:
            self._course.more(state.last, taken)
            return
        if not state.known:
            state.known, state.beginning, state.members = True, members, list(members)
        state.whole = bool(members)
        people = [] if state.whole else self._just_written()
        state.last = self._course.happened("push", [*people, *taken], groups=[state.key])

    def _just_written(self) -> list[Recorded]:
        """Users that were written just before the group came are those whose membership brought it about."""
        return [each for entity in self._people.waiting() for each in self._people.touched(entity)]

    def _changed(self, state: _State, request: Recorded, taken: list[Recorded], said: Said) -> None:
        if not state.known and any(each.lookup for each in taken):
            self._linked(state, taken, said)
            return
        if not state.known:
            self._was_there(state, taken, said)
        if request.status == 404 and not state.failed:
            self._course.happened("at-sp", arguments={"do": "delete"}, groups=[state.key])
        self._named_anew(state, taken, said)

    def _named_anew(self, state: _State, taken: list[Recorded], said: Said) -> None:
        """What a change of a known group is: more of its push, another name, members that join and leave."""
        target = self._target(state, said)
        name = said.attributes.get("displayName") or state.now
        if self._still_pushed(state, taken) and name == state.now and not said.removed:
            state.beginning, state.members = list(target), list(target)
            state.whole = state.whole or said.members is not None
            self._course.more(state.last or self._course.happenings[-1], taken)
            return
        rest: list[Recorded] = taken
        if name != state.now:
            state.last = self._course.happened(
                "update", rest, groups=[state.key], arguments={"set": {"displayName": name}}
            )
            state.now, rest = name, []
        if name == state.now and self._moved(state, taken, target):
            return
        joined = [each for each in target if each not in state.members]
        left = [each for each in state.members if each not in target]
        for event, who in (("join", joined), ("leave", left)):
            if who:
                state.last = self._course.happened(event, rest, people=who, groups=[state.key])
                rest = []
        state.members = list(target)
        if rest and state.last is not None and (state.failed or state.last is self._course.last):
            self._course.more(state.last, rest)
        elif rest:
            self._course.synced(rest)

    def _moved(self, state: _State, taken: list[Recorded], target: list[str]) -> bool:
        """A group that has just come with the members that leave this one is this one under another name."""
        last = self._course.last
        other = next((each for each in self._states.values() if each.last is last and each is not state), None)
        if last is None or last.event != "push" or other is None or target or not state.members:
            return False
        if other.members != state.members or not near(last.requests, taken):
            return False
        last.event, last.groups, last.arguments = "update", [state.key], {"set": {"displayName": other.now}}
        self._course.more(last, taken)
        self._states |= {entity: state for entity, held in self._states.items() if held is other}
        state.now, state.last = other.now, last
        return True

    def _still_pushed(self, state: _State, taken: list[Recorded]) -> bool:
        """Whether the group is being pushed still: its first members come in requests of their own."""
        last = state.last
        if last is None or last.event != "push" or state.whole or last is not self._course.last:
            return False
        return last.batch == self._course.batch if self._course.batch else near(last.requests, taken)

    def _target(self, state: _State, said: Said) -> list[str]:
        """The members after a change."""
        if said.members is not None:
            members = self._keys(said.members)
        else:
            members = list(state.members)
        gone = self._keys(said.removed)
        members += [each for each in self._keys(said.added) if each not in members]
        return [each for each in members if each not in gone]

    def _deleted(self, state: _State, taken: list[Recorded]) -> None:
        if not state.known:
            self._was_there(state, taken, Said())
        if state.failed and state.last is not None and state.last.event == "unpush":
            self._course.more(state.last, taken)
            return
        state.last = self._course.happened("unpush", taken, groups=[state.key], arguments={"delete": True})

    def _linked(self, state: _State, taken: list[Recorded], said: Said) -> None:
        """A group that was there is taken over."""
        members = self._target(state, said)
        state.known, state.beginning, state.members = True, members, list(members)
        state.whole = said.members is not None
        self._course.beforehand("at-sp", groups=[state.key], arguments={"do": "create"})
        state.last = self._course.happened("push", taken, groups=[state.key])

    def _was_there(self, state: _State, taken: list[Recorded], said: Said) -> None:
        """A group that the vendor knows and nobody has seen come."""
        found = _documents(taken)
        document = of_document(found[-1]) if found else Said()
        listed = self._keys(document.members or ())
        members = [*listed, *(each for each in self._keys(said.removed) if each not in listed)]
        state.known, state.beginning, state.members, state.whole = True, members, list(members), True
        shown = get(found[-1], "displayName") if found else None
        if isinstance(shown, str) and shown.strip():
            state.first = state.now = shown
        self._course.beforehand("push", groups=[state.key])

    def _named(self, members: Iterable[Member]) -> list[Entity]:
        found = (self._identities.by_id("user", each.id) for each in members)
        return [each for each in found if each is not None]

    def _keys(self, members: Iterable[Member]) -> list[str]:
        """The keys of members, each once."""
        return list(dict.fromkeys(self._people.require(each) for each in self._named(members)))


def _documents(taken: Iterable[Recorded]) -> list[dict[str, object]]:
    return [each.found[0] for each in taken if each.method == "GET" and each.found]
