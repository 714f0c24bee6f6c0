"""Scenarios from Python: load one, run it as each of its profiles, look at the results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any

from idpsim import api
from idpsim.api.calling import caller
from idpsim.api.explaining import Ran, shown
from idpsim.api.given import found, text
from idpsim.api.given import variables as given_variables
from idpsim.api.options import Options, playing
from idpsim.api.player import heading
from idpsim.api.playing import Playing
from idpsim.api.target import OWN, Aim, Given, aimed
from idpsim.api.writing import entries
from idpsim.errors import UsageError
from idpsim.report.secrets import Secrets, of_script, of_variables
from idpsim.scenario import model
from idpsim.scenario.load import Scenario, bare
from idpsim.scenario.results import RunResult
from idpsim.scenario.shipped import file_of
from idpsim.transcript import Transcript

if TYPE_CHECKING:
    from idpsim.api.served import Served

_KEPT = ("token", "auth", "ca", "insecure", "headers", "hooks")


def load(
    path: str | PathLike[str],
    *,
    idp: str | Iterable[str] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Scenario:
    """A scenario from a file, or one that comes with idpsim by its name, checked for each profile that plays it.

    ScenarioError at the place of what is wrong, UsageError where the file cannot be read. Of the environment nothing is
    read: give `os.environ` as `variables` if the file needs it.
    """
    return api.load(file_of(_path(path)), idp=_names(idp), variables=given_variables(variables))


def run(
    scenario: Scenario | str | PathLike[str],
    *,
    idp: str | Iterable[str] | None = None,
    target: Given = OWN,
    variables: Mapping[str, str] | None = None,
    server: Served | None = None,
    seed: int | None = None,
    suffix: str | None = None,
    keep: bool = False,
    keep_names: bool = False,
    timeout: float = 60.0,
    max_wait: float = 5.0,
    real_time: bool = False,
    again: str = "",
) -> tuple[RunResult, ...]:
    """Play a scenario as each of its profiles, or of `idp`, one run after the other, each cleaned up at its end.

    `target` stands for the file's own, `again` says how to repeat what no command line reaches. The texts of the
    results hold no secrets; their exchanges are as they were sent. ScenarioError, UsageError and TargetError where
    nothing could be played.
    """
    if isinstance(scenario, Scenario):
        if variables is not None:
            raise UsageError("this scenario is loaded already: variables are given to load")
        names = scenario.idp if idp is None else api.known().played(_names(idp) or ())
    else:
        scenario = load(scenario, idp=idp, variables=variables)
        names = scenario.idp
    text("again", again)
    aim = aimed(target)
    options = Options(seed=seed, suffix=suffix, keep=keep, keep_names=keep_names, timeout=timeout, max_wait=max_wait)
    how = playing(aim, server, options, real_time=real_time)
    place = caller().place
    results = []
    for name in names:
        script = scenario.script(name)
        if target is not OWN:
            given = bare(entries({"target": aim.block}, place), name, script.name, known=api.known()).target
            script = replace(script, target=_aimed(script.target, given, aim))
        results.append(_ran(script, how, again, Secrets(of_variables(variables or {}))))
    return tuple(results)


def _path(given: Any) -> str:
    try:
        path: str | bytes = fspath(given)
    except TypeError:
        path = b""
    if not isinstance(path, str):
        raise UsageError(
            "a scenario is a path, the name of one that comes with idpsim, or what idpsim.load has read, "
            f"found {found(given)}"
        )
    return path


def _names(idp: Any) -> list[str] | None:
    """Names of profiles: one, several, or several in one text with commas between."""
    if idp is None:
        return None
    if not isinstance(idp, Iterable):
        raise UsageError(f"idp is the name of a profile, or several, found {found(idp)}")
    given = [idp] if isinstance(idp, str) else list(idp)
    if not given:
        raise UsageError("idp names no profile: leave it out for those of the file")
    for name in given:
        text("the name of a profile", name)
    return [each.strip() for name in given for each in name.split(",")]


def _aimed(own: model.Target, given: model.Target, aim: Aim) -> model.Target:
    """The file's target with what the caller gives in its place."""
    changed = {name: value for name in _KEPT if (value := getattr(given, name))}
    return replace(own, scim=aim.named or given.scim, **changed)


def _ran(script: model.Script, how: Playing, again: str, secrets: Secrets) -> RunResult:
    secrets.learn(*of_script(script))
    transcript = Transcript()
    transcript.follow(secrets.watch)
    with api.opened(script, how, transcript) as opened:
        for _ in opened:
            pass
        result = opened.result()
    values = {name: getattr(result, name) for name in RunResult.__dataclass_fields__}
    values["steps"] = tuple(shown(step, secrets) for step in result.steps)
    values["failures"] = tuple(replace(each, message=secrets.text(each.message)) for each in result.failures)
    values["clean_up"] = replace(result.clean_up, left=tuple(map(secrets.text, result.clean_up.left)))
    return Ran(**values, heading=heading(script, how, None if how.app is None else again), secrets=secrets)
