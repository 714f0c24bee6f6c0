"""Scenario files as tests: one for each scenario and profile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from idpsim.pytest_plugin import telling
from idpsim.pytest_plugin.options import GIVEN

if TYPE_CHECKING:
    from idpsim.scenario.load import Scenario

SUFFIXES = (".yaml", ".yml")
LARGEST = 5_000_000
_STEPS = re.compile(rb"""^["']?steps["']?[ \t]*:""", re.MULTILINE)
_COMMON = ("wait",)


def collected(path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """The collector of a scenario file; None for any other, and in folders where no target is given."""
    if path.suffix.lower() not in SUFFIXES:
        return None
    named = parent.session.isinitpath(path)
    if (named or parent.config.stash[GIVEN].target is not None) and _is_scenario(path):
        return ScenarioFile.from_parent(parent, path=path)
    return None


def _is_scenario(path: Path) -> bool:
    """Whether a file has steps at its root, and an event of ours among them: other tools have steps too."""
    try:
        data = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        return False
    return bool(_STEPS.search(data)) and _has_event(data.decode("utf-8", "replace"), str(path))


def _has_event(text: str, file: str) -> bool:
    from idpsim.errors import ScenarioError
    from idpsim.scenario.events import EVENTS
    from idpsim.scenario.nodes import Entries, Items, compose

    try:
        root = compose(text, file)
    except ScenarioError:
        return True  # its steps cannot be told from another tool's: whoever reads the error can
    steps = root.get("steps") if isinstance(root, Entries) else None
    if not isinstance(root, Entries) or not isinstance(steps, Items):
        return False
    ours = set(EVENTS) - set(_COMMON)
    keys = {key.text for step in steps.items if isinstance(step, Entries) for key, _ in step.entries}
    return bool(ours & keys)


class ScenarioFile(pytest.File):
    """A scenario file; what is wrong with it is an error in idpsim's own words."""

    def collect(self) -> Iterator[ScenarioItem]:
        """A test for each profile that plays the scenario."""
        from idpsim.pytest_plugin.playing import read

        scenario = read(self.path, self.config, self.config.stash[GIVEN].idp)
        for profile in scenario.idp:
            yield ScenarioItem.from_parent(self, name=profile, scenario=scenario)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:  # type: ignore[override]
        """The message alone."""
        return telling.shown(self, excinfo) or super().repr_failure(excinfo)


class ScenarioItem(pytest.Item):
    """A scenario played as one profile."""

    def __init__(self, *, scenario: Scenario, **options: Any) -> None:
        super().__init__(**options)
        self.scenario = scenario
        self.extra_keyword_matches.add(scenario.name)

    def runtest(self) -> None:
        """Play it against --idpsim-target, or the target of the file."""
        from idpsim.pytest_plugin.playing import alone

        alone(self, self.scenario, self.name)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, and what pytest calls the test above its failure."""
        return self.path, 0, f"{self.scenario.name} as {self.name}"
