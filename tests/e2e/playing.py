"""Playing shipped scenarios against a service provider, and the verdict as a short value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from idpsim.api import Playing, load, opened
from idpsim.scenario.model import Verification
from idpsim.scenario.results import RunResult

ROOT = Path(__file__).parents[2]
PROFILES = ("okta", "okta-aiw", "entra", "entra-flag", "onelogin")
SCENARIOS = (
    "joiner",
    "mover",
    "leaver",
    "group-push",
    "rehire",
    "rename",
    "deprovision-matrix",
    "lost-response",
    "rate-limited",
)

Verdict = dict[int, tuple[str, ...]]


def played(
    scenario: str,
    profile: str,
    url: str,
    token: str | None = None,
    how: Mapping[str, Any] | None = None,
    *,
    within: float = 0.2,
    settings: Mapping[str, Any] | None = None,
) -> RunResult:
    """A shipped scenario, or one by its path, as one profile against one service provider.

    `within` are the seconds for which a difference may heal, `settings` more of the app's settings.
    """
    path = Path(scenario) if scenario.endswith(".yaml") else ROOT / "scenarios" / f"{scenario}.yaml"
    script = load(path, idp=[profile]).script(profile)
    script = replace(script, settings={**script.settings, **(settings or {})}, verify=Verification(within=within))
    with opened(script, Playing({"": url}, {} if token is None else {"": token}, **(how or {}))) as run:
        for _ in run:
            pass
        return run.result()


def verdict(result: RunResult) -> Verdict:
    """What failed: the messages by the number of the step, from 1 on; 0 is the run itself.

    Each failure stands at its step's place, or behind it and before the next one's.
    """
    found = {
        n: tuple(each.message for each in step.failures) for n, step in enumerate(result.steps, 1) if step.failures
    }
    ends = [*(step.place.line for step in result.steps[1:]), 10**9]
    for step, end in zip(result.steps, ends, strict=True):
        assert all(step.place.line <= each.place.line < end for each in step.failures)
    return found | ({0: tuple(each.message for each in result.failures)} if result.failures else {})


def places(result: RunResult) -> set[tuple[int, int]]:
    """Line and column of each failure."""
    return {(each.place.line, each.place.column) for step in result.steps for each in step.failures}


def said(result: RunResult) -> str:
    """All notes of a run, a line each."""
    return "\n".join(note for step in result.steps for note in step.notes)
