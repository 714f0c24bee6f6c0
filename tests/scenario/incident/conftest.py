"""Recordings for the tests of incidents: what the vendors send in this process, and requests written by hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from idpsim import api
from idpsim.api import Playing
from idpsim.har import Entry
from idpsim.scenario.incident.recorded import Recorded, recorded
from idpsim.scenario.incident.story import Story, story
from idpsim.scenario.load import load_text
from idpsim.scenario.results import RunResult
from idpsim.wire import NoResponse, Request, Response

SCENARIOS = Path(__file__).parents[3] / "scenarios"

Entries: TypeAlias = list[tuple[int, Entry]]
Record: TypeAlias = Callable[[str, str], Entries]
Told: TypeAlias = Callable[..., Story]


def entry(method: str, path: str, body: Any = None, status: int | None = 200, answer: Any = None) -> Entry:
    """One request to `/scim` and what was answered; status None is no knowledge, 0 no answer."""
    request = Request(method, f"https://sp.example/scim{path}", (), None if body is None else json.dumps(body).encode())
    if status is None:
        return Entry(request, None)
    if status == 0:
        return Entry(request, NoResponse("lost", "no answer"))
    return Entry(request, Response(status, body=b"" if answer is None else json.dumps(answer).encode()))


@pytest.fixture
def asked() -> Callable[..., Entry]:
    """Makes entries."""
    return entry


@pytest.fixture
def told() -> Told:
    """The story of entries."""
    return lambda *entries, **more: story(numbered(entries), **more)


def numbered(entries: Any) -> list[Recorded]:
    return list(recorded(list(enumerate(entries, 1))))


@pytest.fixture(scope="session")
def record() -> Record:
    """Plays a shipped scenario as a profile in this process, and gives the vendor's exchanges."""
    known: dict[tuple[str, str], Entries] = {}

    def play(scenario: str, profile: str) -> Entries:
        if (scenario, profile) not in known:
            script = api.load(SCENARIOS / f"{scenario}.yaml", idp=[profile]).script(profile)
            with api.opened(script, Playing(seed=1, keep_names=True)) as run:
                list(run)
                exchanges = list(run.result().transcript)
            vendor = [Entry(each.request, each.answer) for each in exchanges if each.by == "vendor"]
            known[scenario, profile] = list(enumerate(vendor, 1))
        return known[scenario, profile]

    return play


@pytest.fixture
def read_again() -> Callable[[str], Any]:
    """Reads a scenario's text as the first profile."""

    def read(text: str) -> Any:
        scenario = load_text(text, "made.yaml", known=api.known(), variables={}, check=api.check)
        return scenario.script(scenario.idp[0])

    return read


@pytest.fixture
def play(read_again: Callable[[str], Any]) -> Callable[[str], RunResult]:
    """Plays a scenario's text against the embedded service provider."""

    def played(text: str) -> RunResult:
        with api.opened(read_again(text), Playing(seed=2)) as run:
            list(run)
            return run.result()

    return played
