"""Scenario files played within a test: read, pointed at the project's service provider, judged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from idpsim import Failed, Played, RunResult, Scenario, Served, Target, explain, load, run, serve
from idpsim.api.target import OWN, LeftOut
from idpsim.pytest_plugin import telling
from idpsim.pytest_plugin.again import again as how_again
from idpsim.pytest_plugin.options import GIVEN, Given
from idpsim.pytest_plugin.placing import relative
from idpsim.pytest_plugin.target import NoTarget, chosen, target_of
from idpsim.signing.keyring import DEFAULT_FOLDER, DEFAULT_IDP


class ScenarioFailed(Failed):
    """Runs in which something is wrong: `results` are all runs, `played` is the first event that went wrong."""

    def __init__(self, results: tuple[RunResult, ...]) -> None:
        self.results = results
        self._wrong = [result for result in results if not result.passed]
        first = self._wrong[0]
        step = next((each for each in first.steps if not each.passed), first.steps[-1])
        super().__init__(Played(step, tuple(first.transcript.range(*step.exchanges)), self._report))

    def _report(self) -> str:
        return "\n\n".join(explain(result) for result in self._wrong)


def read(
    path: Path, config: pytest.Config, idp: Iterable[str] | None, variables: Mapping[str, str] | None = None
) -> Scenario:
    """The scenario of a file, named in messages as the user would; IdpsimError where it is wrong."""
    given = config.stash[GIVEN]
    return load(relative(path, config), idp=idp, variables={**given.variables, **(variables or {})})


def signs_in(scenario: Scenario) -> bool:
    """Whether any of its profiles has an sso block."""
    return any(script.sso is not None for script in scenario.scripts.values())


def pointed(find: Callable[[], Any], scenario: Scenario, config: pytest.Config) -> Target | LeftOut:
    """The target that `find` gives; OWN, that of the file, where nobody gives one.

    NoTarget where the file names none either: nobody means the embedded service provider by saying nothing.
    """
    try:
        return target_of(find(), config.stash[GIVEN])
    except NoTarget:
        if all(script.target.place is not None for script in scenario.scripts.values()):
            return OWN
        raise


def play(
    item: pytest.Item, scenario: Scenario, target: Target | LeftOut, server: Served | None, idp: str | None = None
) -> tuple[RunResult, ...]:
    """The results of all runs, or that of one profile; ScenarioFailed with the reports of those that failed."""
    given = item.config.stash[GIVEN]
    again = how_again(item)
    results = run(scenario, idp=idp, target=target, server=server, seed=given.seed, timeout=given.timeout, again=again)
    for result in results:
        telling.hide(item, result)
        telling.leave(item, result.clean_up.left)
    if not all(result.passed for result in results):
        raise ScenarioFailed(results)
    return results


def alone(item: pytest.Item, scenario: Scenario, profile: str) -> None:
    """Play a scenario as one profile, as a test of its own: against --idpsim-target, or the target of the file."""
    given = item.config.stash[GIVEN]
    target = pointed(lambda: chosen(given, fixtures=False), scenario, item.config)
    with ExitStack() as stack:
        addressed = signs_in(scenario) and (given.idp_url or given.certs)
        play(item, scenario, target, stack.enter_context(_serving(given)) if addressed else None, profile)


def _serving(given: Given) -> AbstractContextManager[Served]:
    """The identity provider at the address of the options; another process of the session is waited for."""
    return serve(given.idp_url or DEFAULT_IDP, certs=given.certs or DEFAULT_FOLDER, patience=given.timeout)
