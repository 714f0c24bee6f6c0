"""Scenario files, read and checked for every profile that plays them, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from idpsim.directory import Group, Person
from idpsim.errors import Place, ScenarioError, UsageError
from idpsim.scenario.known import ALL, Known
from idpsim.scenario.language import TOP
from idpsim.scenario.model import Script, SingleSignOn, Step, Target, Verification
from idpsim.scenario.nodes import MAX_BYTES, Entries, Items, compose, too_large
from idpsim.scenario.population import population
from idpsim.scenario.reading import ABSENT, Reading, expected
from idpsim.scenario.single_sign_on import single_sign_on
from idpsim.scenario.steps import STEP, varies, verification

Check = Callable[[Script], None]


@dataclass(frozen=True)
class _Text:
    """A file as it was read, and what reading it for one more profile needs."""

    text: str
    file: str
    root: Entries
    known: Known
    variables: Mapping[str, str] = field(repr=False)
    check: Check | None
    people: Mapping[str, Person]
    groups: Mapping[str, Group]

    def reading(self, profile: str) -> Reading:
        return Reading(self.known, profile, self.variables, self.people, self.groups)


@dataclass(frozen=True)
class Scenario:
    """A scenario that has been read for the profiles `idp`; `script` reads it for any other when asked."""

    name: str
    description: str
    file: str
    idp: tuple[str, ...]
    scripts: Mapping[str, Script] = field(repr=False)
    _text: _Text = field(repr=False)

    def script(self, profile: str) -> Script:
        """The scenario as one profile plays it; UsageError where there is no such profile."""
        if profile in self.scripts:
            return self.scripts[profile]
        (name,) = self._text.known.played([profile])
        return _script(self._text, name, self.name, {})


def load(
    path: str | Path,
    *,
    known: Known,
    variables: Mapping[str, str],
    idp: Iterable[str] | None = None,
    check: Check | None = None,
) -> Scenario:
    """A scenario from a file; `idp` stands for the file's own, `check` looks at every script.

    ScenarioError at the place of what is wrong, UsageError where the file cannot be read.
    """
    return load_text(_read(Path(path)), str(path), known=known, variables=variables, idp=idp, check=check)


def load_text(
    text: str,
    file: str,
    *,
    known: Known,
    variables: Mapping[str, str],
    idp: Iterable[str] | None = None,
    check: Check | None = None,
) -> Scenario:
    """A scenario from its text; `file` is what errors call it."""
    root = compose(text, file)
    if not isinstance(root, Entries):
        raise ScenarioError(expected("a mapping with `steps:`", root).message, root.place)
    for key, _ in root.entries:
        TOP.key(key)
    any_profile = Reading(known, next(iter(known.vendors)), variables)
    profiles = known.played(_top(root, "idp", any_profile, (ALL,)) if idp is None else idp)
    name = _top(root, "name", any_profile, Path(file).stem)
    people, groups = population(root.get("directory"), any_profile)
    source = _Text(text, file, root, known, variables, check, people, groups)
    shared: dict[int, Step] = {}
    scripts = {profile: _script(source, profile, name, shared) for profile in profiles}
    return Scenario(name, _top(root, "description", any_profile, ""), file, profiles, scripts, source)


def bare(root: Entries, profile: str, name: str, *, known: Known, check: Check | None = None) -> Script:
    """A script without steps, of the blocks that a file has beside them: for events that are told one by one.

    ScenarioError at the place of what is wrong, UsageError where there is no such profile.
    """
    for key, _ in root.entries:
        TOP.key(key)
    (played,) = known.played([profile])
    people, groups = population(root.get("directory"), Reading(known, played, {}))
    source = _Text("", root.place.file, root, known, {}, check, people, groups)
    return _checked(source, _blocks(source, played, name))


def _read(path: Path) -> str:
    """The text of a file; no more of it than a scenario can have is ever read."""
    if path.exists() and not path.is_file():
        raise UsageError(f"{path} cannot be read: it is not a file")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(data) > MAX_BYTES:
        raise too_large(str(path))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        place = Place(str(path), before.count(b"\n") + 1, column)
        raise ScenarioError("the file is not UTF-8 from here on", place, "save it as UTF-8") from None


def _top(root: Entries, name: str, reading: Reading, otherwise: Any) -> Any:
    """The typed value of a key of the file; `otherwise` where it is left out, or by vendor and not for this profile."""
    node = root.get(name)
    value = ABSENT if node is None else TOP.by_name[name].read(node, reading)
    return otherwise if value is ABSENT else value


def _script(source: _Text, profile: str, name: str, shared: dict[int, Step]) -> Script:
    """The scenario for one profile; `shared` keeps the steps that are the same for all."""
    script = _blocks(source, profile, name)
    reading = replace(source.reading(profile), verify=script.verify)
    return _checked(source, replace(script, steps=_steps(source.root, reading, shared)))


def _checked(source: _Text, script: Script) -> Script:
    if source.check is not None:
        source.check(script)
    return script


def _blocks(source: _Text, profile: str, name: str) -> Script:
    """All of the scenario but its steps."""
    reading, root = source.reading(profile), source.root
    verify = verification(_top(root, "verify", reading, True), Verification())
    settings = _top(root, "settings", reading, {})
    return Script(
        file=source.file,
        name=name,
        profile=profile,
        target=_target(root, reading),
        sso=_sso(root, reading),
        steps=(),
        people=source.people,
        groups=source.groups,
        settings={key: switched.value for key, switched in settings.items()},
        settings_places={key: switched.place for key, switched in settings.items()},
        verify=verify,
        source=source.text,
    )


def _steps(root: Entries, reading: Reading, shared: dict[int, Step]) -> tuple[Step, ...]:
    """The steps in order; one that can differ between profiles is read anew for each."""
    shape = TOP.by_name["steps"].takes
    node = root.get("steps")
    if node is None:
        raise ScenarioError("steps is missing", root.place, "steps: a list of events, such as `- assign: NAME`")
    if not isinstance(node, Items) or not node.items:
        return tuple(shape.read(node, reading))
    steps = []
    for index, item in enumerate(node.items):
        step = shared.get(index) or STEP.read(item, reading)
        if index not in shared and not varies(item, reading.known):
            shared[index] = step
        steps.append(step)
    return tuple(steps)


def _target(root: Entries, reading: Reading) -> Target:
    node = root.get("target")
    values = _top(root, "target", reading, None)
    if node is None or values is None:
        return Target()
    embedded = values.get("embedded", {})
    return Target(
        scim=values.get("scim"),
        token=values.get("token") or None,
        auth=values.get("auth"),
        ca=values.get("ca"),
        insecure=values.get("insecure", False),
        headers=tuple(values.get("headers", {}).items()),
        hooks=values.get("hooks", {}),
        embedded={name: placed.value for name, placed in embedded.items()},
        embedded_places={name: placed.place for name, placed in embedded.items()},
        place=node.place,
    )


def _sso(root: Entries, reading: Reading) -> SingleSignOn | None:
    node = root.get("sso")
    values = _top(root, "sso", reading, None)
    return None if node is None or values is None else single_sign_on(values, node.place)
