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
LEFT_OUT = pytest.StashKey[int]()
_STEPS = re.compile(r"""^["']?steps["']?[ \t]*:""", re.MULTILINE)
_DIRECTORY = re.compile(r"""^["']?directory["']?[ \t]*:""", re.MULTILINE)
_MODELINE = re.compile(r"^#[ \t]*yaml-language-server:.*\$schema=(?:\S*/)?[^\s/]*idpsim[^\s/]*\s*$", re.MULTILINE)
_OTHERS = re.compile(
    r"""^[ \t]*(?:-[ \t]+)*["']?(?:script|run|uses|commands?|task|image|label|args|checkout|template|bash|pwsh|block|"""
    r"""input|trigger|plugins|agents|kind|apiVersion|jobs|stages|parameters|pool)["']?[ \t]*:|\{%|\{\{""",
    re.MULTILINE,
)
_COMMON = ("wait",)


def collected(path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """The collector of a scenario file; None for any other, and in folders where no target is given."""
    if path.suffix.lower() not in SUFFIXES:
        return None
    named = parent.session.isinitpath(path)
    if named or parent.config.stash[GIVEN].target is not None:
        if _is_scenario(_text(path), named):
            return ScenarioFile.from_parent(parent, path=path)
    elif _is_below_a_name(path, parent.session) and _shows_it(_text(path)):
        parent.config.stash[LEFT_OUT] = parent.config.stash.get(LEFT_OUT, 0) + 1
    return None


def left_out(number: int) -> str:
    """What the summary says of scenarios in folders that were named, where no target is given."""
    files = "1 scenario file is" if number == 1 else f"{number} scenario files are"
    return f"idpsim: {files} left out without a target: give --idpsim-target, idpsim_target (ini) or IDPSIM_TARGET"


def _is_below_a_name(path: Path, session: pytest.Session) -> bool:
    """Whether a folder above was named on the command line."""
    named = session.config.args_source == pytest.Config.ArgsSource.ARGS
    return named and any(session.isinitpath(each) for each in path.parents)


def _text(path: Path) -> str:
    """What stands in a file; nothing where it cannot be read, or nobody can have written it."""
    try:
        return path.read_text("utf-8", "replace") if path.stat().st_size <= LARGEST else ""
    except OSError:
        return ""


def _is_scenario(text: str, named: bool) -> bool:
    """Whether a text has steps at its root and is ours: other tools have steps too.

    A file that is named is one that its user takes for a scenario, where nothing in it is another tool's.
    """
    if not _STEPS.search(text):
        return False
    return _shows_it(text) or _has_events(text) or (named and _may_be(text))


def _shows_it(text: str) -> bool:
    """Whether a text has a mark of ours: its schema, or a directory beside its steps; it need not be right."""
    return bool(_STEPS.search(text)) and bool(_DIRECTORY.search(text) or _MODELINE.search(text))


def _has_events(text: str) -> bool:
    """Whether most of its steps are events of ours: some of their names are other tools' too."""
    from idpsim.scenario.events import EVENTS

    ours = set(EVENTS) - set(_COMMON)
    steps = _steps(text) or []
    return 2 * sum(bool(step & ours) for step in steps) > len(steps)


def _may_be(text: str) -> bool:
    """Whether nothing speaks for another tool: steps that cannot be read, or are mappings, none with a foreign key."""
    steps = _steps(text)
    return not _OTHERS.search(text) and (steps is None or any(steps))


def _steps(text: str) -> list[set[str]] | None:
    """The keys of each step; None where the text cannot be read."""
    from idpsim.errors import ScenarioError
    from idpsim.scenario.nodes import Entries, Items, compose

    try:
        root = compose(text, "")
    except ScenarioError:
        return None
    steps = root.get("steps") if isinstance(root, Entries) else None
    items = steps.items if isinstance(steps, Items) else ()
    return [set(step.keys()) if isinstance(step, Entries) else set() for step in items]


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
