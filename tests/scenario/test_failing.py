"""Failures that are news, and those that an earlier step has reported already; played in process."""

from __future__ import annotations

import pytest

from idpsim.api import Playing, known, play
from idpsim.scenario.load import load_text
from idpsim.scenario.results import RunResult

PEOPLE = """
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}
steps:
"""


def played(steps: str, idp: str, extra: str = "") -> RunResult:
    text = f"name: x\nidp: {idp}\n{extra}{PEOPLE}{steps}"
    return next(play(load_text(text, "x.yaml", known=known(), variables={}), Playing(seed=1, suffix="k3x9f")))


LOST = '  - assign: ada\n    fault: {on: "POST /Users", do: lose-response}\n    expect: {outcome: failed}\n'


def test_an_update_that_is_skipped_does_not_make_a_failed_task_be_forgotten() -> None:
    result = played(LOST + "  - update: ada\n    set: {title: T}\n  - retry: ada\n", "okta")

    assert [step.outcome for step in result.steps] == ["failed", "skipped", "done"]


def test_retrying_nothing_is_skipped_with_the_reason() -> None:
    result = played("  - assign: ada\n  - retry:\n", "okta")

    assert result.steps[1].outcome == "skipped"
    assert result.steps[1].reasons == {"app": "there is nothing to retry"}


def test_a_connection_test_that_fails_again_fails_its_own_step() -> None:
    shut = "target: {embedded: {scim: false}}\n"

    result = played("  - connect:\n  - connect:\n", "okta", shut)

    assert [step.passed for step in result.steps] == [False, False]


def test_a_probe_that_fails_is_told_once_for_each_person() -> None:
    result = played("  - assign: ada\n", "entra", "target: {embedded: {scim: false}}\n")

    assert list(result.steps[0].outcomes) == ["ada"]
    assert [failure.kind for failure in result.steps[0].failures] == ["outcome"]


def test_a_server_error_is_not_explained_by_a_quirk() -> None:
    fault = '    fault: {on: "GET /Users", do: status, status: 500}\n'

    result = played("  - assign: ada\n" + fault, "okta")

    assert result.steps[0].failures[0].quirk is None


def test_a_group_inside_a_group_is_left_out_with_its_reason() -> None:
    groups = "  groups: {inner: {displayName: Inner}, outer: {displayName: Outer, members: [ada, inner]}}\nsteps:\n"
    text = f"name: x\nidp: okta{PEOPLE}".replace("steps:\n", groups) + "  - assign: ada\n  - push: outer\n"

    result = next(play(load_text(text, "x.yaml", known=known(), variables={}), Playing(seed=1)))

    assert any(note.startswith("inner: skipped: an Okta group has people") for note in result.steps[1].notes)


@pytest.mark.parametrize("idp", ["okta", "entra", "onelogin"])
def test_a_pause_beyond_max_wait_is_waiting_and_not_a_fault_of_the_service_provider(idp: str) -> None:
    slow = "target: {embedded: {rate_limit: 1, rate_window: 600}}\n"

    result = played("  - assign: ada\n", idp, slow)

    assert result.steps[0].outcome == "waiting"
    assert "raise --max-wait" in result.steps[0].reasons["ada"]
