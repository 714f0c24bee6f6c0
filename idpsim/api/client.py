"""A client: one vendor's app at one service provider, whose events are played one by one from Python."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from idpsim import api
from idpsim.api.calling import Caller, caller
from idpsim.api.events import Events
from idpsim.api.explaining import shown, told
from idpsim.api.given import flag, found, text
from idpsim.api.introduced import Introduced
from idpsim.api.modifiers import Who
from idpsim.api.opening import Opening
from idpsim.api.options import Options, playing, profile_named
from idpsim.api.played import Failed, Played
from idpsim.api.player import heading
from idpsim.api.playing import Playing
from idpsim.api.target import OWN, Given, aimed
from idpsim.api.writing import Keyed, entries, in_python, key, nothing, written
from idpsim.directory import Group, Person
from idpsim.errors import Place, UsageError
from idpsim.profiles import profile as profile_of
from idpsim.report.feed import Heading
from idpsim.report.secrets import Secrets, of_script
from idpsim.scenario import run as running
from idpsim.scenario.load import bare
from idpsim.scenario.model import Script, Step
from idpsim.scenario.named import unknown_name
from idpsim.scenario.newcomers import newcomers
from idpsim.scenario.nodes import Entries, Node
from idpsim.scenario.reading import Reading
from idpsim.scenario.run import Run
from idpsim.scenario.steps import STEP
from idpsim.transcript import Transcript

if TYPE_CHECKING:
    from idpsim.api.served import Served

FAMILY_NAME = "Example"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the reports of a client say beside its events."""

    script: Script
    heading: Heading
    secrets: Secrets

    def at(self, called: Caller) -> Heading:
        """The heading over an event that was called for in some file."""
        return replace(self.heading, scenario=called.place.file, source=called.source)


class Client(Events):
    """One vendor's app at one service provider; its events are its methods, its directory grows with `person`.

    Use it in the `with` block of `idpsim.client`: at the end of that, what it created is removed, and `left` says what
    could not be. Threads may share it: their events are played one after the other. Threads that are to play at once
    need a client each.
    """

    def __init__(self, run: Run, told: _Told) -> None:
        script = told.script
        self.profile = script.profile
        self.name = script.name
        self.left: tuple[str, ...] = ()
        self._run = run
        self._told = told
        self._of_groups: list[Step] = []
        self._people: ChainMap[str, Person] = ChainMap({}, script.people)  # type: ignore[arg-type]
        self._groups: ChainMap[str, Group] = ChainMap({}, script.groups)  # type: ignore[arg-type]
        self._introduced = Introduced(self._people, self._groups, run.session.app.directory)
        self._known = api.known()
        self._open = True
        self._one_at_a_time = RLock()

    def __repr__(self) -> str:
        return f"<Client {self.profile}{'' if self._open else ', closed'}>"

    @property
    def transcript(self) -> Transcript:
        """All exchanges so far, readable after the end as well."""
        return self._run.session.world.transcript

    def person(self, key: Person | str, /, **attributes: Any) -> Person:
        """Somebody new in the directory, with the names that the service provider sees; or who is known already.

        Without attributes a known key is looked up. A new one gets a userName, givenName and familyName where none is
        given; None leaves one out.
        """
        __tracebackhide__ = True
        with self._one_at_a_time:
            called = self._called()
            name = self._introduced.named(key, Person)
            if attributes or name not in self._people:
                first = {"userName": f"{name}@example.com", "givenName": name.capitalize(), "familyName": FAMILY_NAME}
                given = {each: value for each, value in {**first, **attributes}.items() if value is not None}
                self._introduce({"people": {name: given}}, called)
            return self._introduced.person(name)

    def group(
        self, key: Group | str, /, displayName: str | None = None, members: Iterable[Person | Group | str] = ()
    ) -> Group:
        """A new group in the directory, with the name that the service provider sees; or one that is known already."""
        __tracebackhide__ = True
        with self._one_at_a_time:
            called = self._called()
            name = self._introduced.named(key, Group)
            inside = _members(members)
            if displayName is not None or inside or name not in self._groups:
                title = name.capitalize() if displayName is None else displayName
                self._introduce({"groups": {name: {"displayName": title, "members": inside}}}, called)
            return self._introduced.group(name)

    def id_of(self, who: Who) -> str | None:
        """The id of a person or group at the service provider, None where it is not there."""
        with self._one_at_a_time:
            app, name = self._run.session.app, self._introduced.named(who, Person, Group)
            if name not in self._people and name not in self._groups:
                raise unknown_name(name, "person or group", key(name, caller().place), self._reading())
            if app.directory.has_person(name):
                link = app.links.user(app.directory.uid(name))
            else:
                link = app.links.group(name)
            return None if link is None else link.id

    def close(self) -> None:
        """Remove what was created; further events are refused."""
        with self._one_at_a_time:
            if self._open:
                self._open = False
                self._run.close()
                self.left = tuple(map(self._told.secrets.text, self._run.result().clean_up.left))

    def _called(self) -> Caller:
        if not self._open:
            raise UsageError("this client is closed: it plays events within its with block only")
        return caller()

    def _reading(self) -> Reading:
        return Reading(self._known, self.profile, {}, self._people, self._groups, verify=self._told.script.verify)

    def _introduce(self, block: Mapping[str, Any], called: Caller) -> None:
        people, groups = newcomers(entries(block, called.place, keyed=self._introduced.key), self._reading())
        self._people.update(people)
        self._groups.update(groups)
        self._run.introduce(people.values(), groups.values())

    def _play(self, event: str, value: object, arguments: Mapping[str, Any], how: Mapping[str, Any]) -> Played:
        __tracebackhide__ = True
        given = {name: each for name, each in arguments.items() if each is not None}
        given |= {name: each for name, each in how.items() if name != "check" and each is not None}
        flag("check", how.get("check", True))
        with self._one_at_a_time:
            called = self._called()
            place, keyed = called.place, self._introduced.key
            said = entries(given, place, keyed=keyed).entries
            node = Entries(((key(event, place), _value(value, place, keyed)), *said), place)
            with in_python():
                step = STEP.read(node, self._reading())
            played = self._played(step, called)
        if not played.passed and how.get("check", True):
            raise Failed(played)
        return played

    def _played(self, step: Step, called: Caller) -> Played:
        script = self._told.script
        self._told.secrets.learn(*of_script(replace(script, steps=(step,))))
        if step.groups:
            running.check(replace(script, steps=(*self._of_groups, step)), profile_of(self.profile))
            self._of_groups.append(step)
        transcript, secrets = self.transcript, self._told.secrets
        result = shown(self._run.play(step), secrets)
        heading = self._told.at(called)
        return Played(
            result,
            tuple(transcript.range(*result.exchanges)),
            lambda: told(result, heading, transcript, secrets),
        )


def _value(value: object, place: Place, keyed: Keyed) -> Node:
    """The value of an event: of several arguments one alone stands for itself, and none is nothing."""
    if isinstance(value, tuple):
        return nothing(place) if not value else written(value[0] if len(value) == 1 else value, place, keyed=keyed)
    return written(value, place, keyed=keyed)


def _members(given: Any) -> list[Any]:
    """The members of a group: one, or several."""
    if isinstance(given, str | Person | Group):
        return [given]
    if not isinstance(given, Iterable):
        raise UsageError(f"members are people and groups, found {found(given)}")
    return list(given)


def client(
    profile: str,
    target: Given = OWN,
    *,
    sso: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    directory: Mapping[str, Any] | None = None,
    server: Served | None = None,
    seed: int | None = None,
    suffix: str | None = None,
    keep: bool = False,
    keep_names: bool = False,
    timeout: float = 60.0,
    max_wait: float = 5.0,
    verify: bool | Mapping[str, Any] = True,
    name: str = "",
    again: str = "",
    at: Place | None = None,
) -> AbstractContextManager[Client]:
    """A profile's app at a service provider, by default the embedded one; at the end what it created is removed.

    It is opened by a `with` statement. `target` is an `idpsim.Target`, a URL, or a WSGI or ASGI application. `sso`,
    `settings`, `directory` and `verify` are the blocks of that name in a scenario; `settings` may be the profile's own
    switches. `name` is what reports call the run, `again` how to repeat it. `server` is the identity provider that
    people sign in to. `at` is where errors of these arguments are shown, by default the call.
    """
    called = caller()
    place = at or called.place
    text("name", name)
    text("again", again)
    aim = aimed(target)
    chosen = profile_named(profile)
    options = Options(seed=seed, suffix=suffix, keep=keep, keep_names=keep_names, timeout=timeout, max_wait=max_wait)
    how = playing(aim, server, options)
    blocks = {
        "target": aim.block or None,
        "sso": sso,
        "settings": _by_profile(settings, chosen),
        "directory": directory,
        "verify": verify,
    }
    root = entries({block: value for block, value in blocks.items() if value is not None}, place)
    with in_python():
        script = bare(root, chosen, name or _named(called), known=api.known(), check=api.check)
    if aim.named is not None:
        script = replace(script, target=replace(script.target, scim=aim.named))
    about = _Told(script, heading(script, how, again), Secrets(of_script(script)))
    return Opening("idpsim.client", "client", lambda: _connected(about, how))


@contextmanager
def _connected(told: _Told, how: Playing) -> Iterator[Client]:
    transcript = Transcript()
    transcript.follow(told.secrets.watch)
    with api.opened(told.script, how, transcript) as run:
        connected = Client(run, told)
        try:
            yield connected
        except BaseException as error:
            _close_after(connected, error)
            raise
        connected.close()


def _close_after(connected: Client, error: BaseException) -> None:
    """Clean up after an error, which stays the one that is raised."""
    try:
        connected.close()
    except Exception as another:
        error.add_note(f"and what was created could not be removed: {another}")


def _by_profile(settings: Mapping[str, Any] | None, chosen: str) -> Mapping[str, Any] | None:
    """The switches by profile, as a scenario has them; what names no profile is this one's."""
    if not isinstance(settings, Mapping) or not settings or api.known().branches & set(settings):
        return settings
    return {chosen: settings}


def _named(called: Caller) -> str:
    return called.function if called.function.isidentifier() else Path(called.place.file).stem
