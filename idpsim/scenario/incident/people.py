"""What the requests about users tell: who came, changed, left and came back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from idpsim.directory import PERSON_ATTRIBUTES, Person, person
from idpsim.scenario.incident.attributes import Said, of_document, of_patch
from idpsim.scenario.incident.course import Course, Happening, goes_on, unfinished
from idpsim.scenario.incident.identities import Entity, Identities
from idpsim.scenario.incident.recorded import Recorded

_DERIVED = ("email", "displayName", "alias")


@dataclass(eq=False, slots=True)
class _State:
    """A person as the recording has shown them so far: in the directory, and their account at the service provider."""

    first: Person
    now: Person
    known: bool = False
    exists: bool = False
    active: bool = False
    failed: bool = False
    blank: bool = False
    mentioned: bool = False
    last: Happening | None = None
    left: Happening | None = None
    reads: list[Recorded] = field(default_factory=list)
    touches: list[Recorded] = field(default_factory=list)


class People:
    """The people of a recording; `keys` gives each their name in the scenario."""

    def __init__(self, course: Course, identities: Identities, keys: Mapping[Entity, str]) -> None:
        self._course = course
        self._identities = identities
        self._keys = keys
        users = [each for each in identities.entities if each.kind == "user"]
        blank = {each: person(keys[each], {"userName": each.name}) for each in users}
        self._states = {each: _State(first, first) for each, first in blank.items()}
        self._open: dict[Entity, _State] = {}

    def directory(self) -> dict[str, dict[str, str]]:
        """The people as they are when the scenario begins, without what is the default."""
        return {
            state.first.key: _written(state.first) for state in self._states.values() if state.known or state.mentioned
        }

    def see(self, request: Recorded, entity: Entity) -> None:
        """Take in one request about a user."""
        state = self._open[entity] = self._states[entity]
        if request.method == "GET":
            state.reads.append(request)
            return
        self.settle_touches(but=entity)
        self._open[entity] = state
        taken, state.reads = [*state.touches, *state.reads, request], []
        state.touches = []
        if request.method == "POST":
            self._created(state, request, taken)
        elif request.method in ("PUT", "PATCH"):
            said = of_patch(request.body) if request.method == "PATCH" else of_document(request.body)
            self._changed(state, request, taken, said)
        elif request.method == "DELETE":
            self._deleted(state, request, taken)
        else:
            self._course.unclear(taken, f"{request.method} is not a request of any vendor")

    def require(self, entity: Entity) -> str:
        """The key of somebody whose account is spoken of, who was there before if nobody has seen them come."""
        state = self._states[entity]
        if not state.known:
            self._was_there(state, Said())
            state.blank = True
        return state.first.key

    def waiting(self) -> list[Entity]:
        """Who was looked up or written just now."""
        return list(self._open)

    def touched(self, entity: Entity) -> list[Recorded]:
        """The requests that wrote this user as it was: they belong to the change of a group that follows them."""
        state = self._states[entity]
        taken, state.touches = state.touches, []
        return taken

    def settle_touches(self, but: Entity | None = None) -> None:
        """A user that was looked up and written as it was has been assigned again."""
        for entity, state in list(self._open.items()):
            if not state.touches and not state.reads:
                del self._open[entity]
            elif state.touches and entity is not but:
                taken, state.touches = state.touches, []
                state.last = self._course.happened("assign", taken, people=[state.first.key])

    def settle_reads(self, last: bool = False) -> None:
        """Reads after which nothing came: an account that was as it should be, or nothing that is known.

        One that failed is of what comes next, unless this is the `last` time.
        """
        self.settle_touches()
        for state in self._open.values():
            taken, state.reads = state.reads, []
            if taken and taken[-1].refused and state.known and not last:
                state.reads = [*self._course.take_mark(), *taken]
            elif taken:
                self._only_read(state, taken)

    def _only_read(self, state: _State, taken: list[Recorded]) -> None:
        looked_up = any(each.lookup for each in taken)
        if state.failed and state.last is not None:
            self._course.more(state.last, taken)
            state.failed = False
        elif not state.known and looked_up and (_document(taken) or taken[-1].failed):
            if _document(taken):
                self._linked(state, Said(), taken)
            else:
                self._came(state, Said(), taken, failed=True)
                state.blank = True
        elif self._course.batch and state.known:
            state.last = self._course.happened("assign", taken, people=[state.first.key])
        else:
            self._course.unclear(taken, "nothing follows it")

    def _created(self, state: _State, request: Recorded, taken: list[Recorded]) -> None:
        said = of_document(request.body)
        if state.failed and state.last is not None:
            self._course.more(state.last, taken)
            self._fill(state, said)
        elif not state.known:
            self._came(state, said, taken, failed=request.failed)
        else:
            if state.exists:
                self._course.happened("at-sp", arguments={"do": "delete"}, people=[state.first.key])
            changes = self._differences(state, said)
            if changes:
                self._update(state, changes, ())
            state.last = self._course.happened("assign", taken, people=[state.first.key])
        state.failed = request.failed
        state.exists, state.active = not request.failed, True

    def _fill(self, state: _State, said: Said | None) -> None:
        """The attributes of somebody of whom only the name was known."""
        if state.blank and said is not None:
            self._introduce(state, said)
            state.blank = False

    def _came(self, state: _State, said: Said, taken: list[Recorded], failed: bool) -> None:
        self._introduce(state, said)
        state.last = self._course.happened("assign", taken, people=[state.first.key])
        state.failed, state.exists, state.active = failed, not failed, True

    def _changed(self, state: _State, request: Recorded, taken: list[Recorded], said: Said) -> None:
        if not state.known and any(each.lookup for each in taken):
            self._linked(state, said, taken)
            state.failed = request.failed
            return
        if not state.known:
            self._was_there(state, said, _document(taken), whole=request.method == "PUT")
        if request.status == 404 and state.exists and not state.failed:
            self._course.happened("at-sp", arguments={"do": "delete"}, people=[state.first.key])
            state.exists = False
        self._fill(state, _document(taken) or (said if request.method == "PUT" else None))
        self._told(state, taken, said)
        state.failed = request.failed

    def _told(self, state: _State, taken: list[Recorded], said: Said) -> None:
        """What a change of a known user is: the end or return of access, new attributes, a password, or nothing."""
        key = state.first.key
        changes = self._differences(state, said)
        if said.active is False and state.active:
            if changes:
                self._update(state, changes, ())
            state.last = state.left = self._course.happened("unassign", taken, people=[key])
            state.active = False
        elif said.active and not state.active:
            self._told_again(state, taken)
            if changes:
                self._update(state, changes, ())
            state.last = self._course.happened("assign", taken, people=[key])
            state.active = True
        elif changes:
            self._update(state, changes, taken)
        elif said.password:
            state.last = self._course.happened("set-password", taken, people=[key])
        elif any(each.lookup for each in taken) and not state.failed:
            state.touches = taken
        elif state.last is not None and (state.failed or unfinished(state.last, self._course, taken)):
            self._course.more(state.last, taken)
        else:
            self._course.synced(taken)

    def _told_again(self, state: _State, taken: list[Recorded]) -> None:
        """A vendor with cycles looks up by name only whom it does not know: this is a new person of the old name."""
        if self._course.batch and state.left is not None and any(each.lookup for each in taken):
            state.left.event = "delete"
            self._course.happened("rehire", people=[state.first.key])

    def _deleted(self, state: _State, request: Recorded, taken: list[Recorded]) -> None:
        if not state.known:
            self._was_there(state, Said(), _document(taken))
        key = state.first.key
        if state.failed and state.last is not None and not state.exists:
            self._course.more(state.last, taken)
        elif state.active or state.left is None:
            state.last = self._course.happened("unassign", taken, people=[key])
        else:
            state.left.event = "delete"
            state.last = self._course.happened("purge", taken, people=[key])
        state.active, state.exists, state.failed = False, False, request.failed

    def _linked(self, state: _State, said: Said, taken: list[Recorded]) -> None:
        """An account that was there is taken over: the service provider has it before anything happens."""
        found = _document(taken) or Said()
        self._introduce(state, Said({**found.attributes, **said.attributes}, said.manager))
        existing = {name: value for name, value in found.attributes.items() if value is not None}
        existing.pop("userName", None)
        shown = {**existing, **({} if found.active is None else {"active": found.active})}
        arguments = {"do": "create", "set": shown} if shown else {"do": "create"}
        self._course.beforehand("at-sp", people=[state.first.key], arguments=arguments)
        state.exists, state.active = True, said.active is not False
        state.last = self._course.happened("assign", taken, people=[state.first.key])

    def _was_there(self, state: _State, said: Said, document: Said | None = None, whole: bool = False) -> None:
        """Somebody whom the vendor knows and nobody has seen come."""
        self._introduce(state, document or (said if whole else Said()))
        state.exists = True
        active = document.active if document is not None and document.active is not None else said.active is not True
        state.active = active or said.active is None
        self._course.beforehand("assign", people=[state.first.key])
        if not state.active:
            self._course.beforehand("unassign", people=[state.first.key])

    def _introduce(self, state: _State, said: Said) -> None:
        name = said.attributes.get("userName") or state.first.userName
        given = {key: value for key, value in said.attributes.items() if value is not None} | {"userName": name}
        manager = self._manager(said.manager, state)
        state.first = person(state.first.key, given | ({"manager": manager} if manager else {}))
        state.now, state.known = state.first, True

    def _update(self, state: _State, changes: Mapping[str, str | None], taken: Iterable[Recorded]) -> None:
        """New attributes; of somebody who came in the same cycle, or has just come back, they are older than that."""
        course, last, taken = self._course, state.last, tuple(taken)
        state.now = replace(state.now, **changes)  # type: ignore[arg-type]
        if last is None or not goes_on(last, course, taken):
            state.last = course.happened("update", taken, people=[state.first.key], arguments={"set": dict(changes)})
            return
        if state.left is None:
            state.first = replace(state.first, **changes)  # type: ignore[arg-type]
        else:
            key = state.first.key
            older = Happening("update", [key], arguments={"set": dict(changes)}, batch=last.batch)
            course.happenings.insert(course.happenings.index(last), older)
        course.more(last, taken)

    def _differences(self, state: _State, said: Said) -> dict[str, str | None]:
        found = {
            name: value
            for name, value in said.attributes.items()
            if getattr(state.now, name) != value and (value is not None or name != "userName")
        }
        if said.manager is not None:
            manager = self._manager(said.manager, state)
            if manager != state.now.manager and (manager or not said.manager):
                found["manager"] = manager
        return found

    def _manager(self, words: tuple[str, ...] | None, state: _State) -> str | None:
        """The key of the manager that these words name."""
        for word in words or ():
            by_id = self._identities.by_id("user", word)
            found = by_id or self._identities.by_name("user", word)
            if found is not None:
                self._states[found].mentioned = True
                return self._keys[found] if by_id is None else self.require(found)
            shown = (each for each in self._states.values() if each.known and each is not state)
            named = next((each.now.key for each in shown if each.now.displayName == word), None)
            if named:
                return named
        return None


def _document(taken: Iterable[Recorded]) -> Said | None:
    """What the last answer that showed the user says."""
    shown = [each.found[0] for each in taken if each.method == "GET" and each.found]
    return of_document(shown[-1]) if shown else None


def _written(someone: Person) -> dict[str, str]:
    """Their attributes but for those that are the default."""
    given = {name: value for name in PERSON_ATTRIBUTES if (value := getattr(someone, name)) is not None}
    plain = person(someone.key, {name: value for name, value in given.items() if name not in _DERIVED})
    return {name: v for name, v in given.items() if name not in _DERIVED or getattr(plain, name) != v}
