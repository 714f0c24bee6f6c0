"""A run made by hand: what a report is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from idpsim.errors import Place
from idpsim.report.feed import Heading
from idpsim.scenario.results import CleanUp, Failure, RunResult, StepResult
from idpsim.transcript import Transcript
from idpsim.wire import Answer, Quirk, Request, Response

TOKEN = "s3cr3t-token-of-the-sp"
SOURCE = "name: A leaver\nsteps:\n  - unassign: ada\n    expect: {user: {active: false}}\n"
QUIRK = Quirk("The PATCH has no path.", "https://vendor.example/scim")
PATCH = Request(
    "PATCH",
    "https://sp.example/scim/v2/Users/1",
    (("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/scim+json"), ("Content-Length", "17")),
    b'{"active": false}',
)
Exchanges = Callable[..., Transcript]
Run = Callable[..., RunResult]


@pytest.fixture
def exchanges() -> Iterator[Exchanges]:
    """A transcript with one exchange for each answer, all to the same request."""
    with Transcript() as transcript:

        def make(*answers: Answer, request: Request = PATCH) -> Transcript:
            for answer in answers or (Response(200, body=b'{"active": true}'),):
                ticket = transcript.open("vendor", request, quirks=(QUIRK,))
                ticket.started = 1_700_000_000.25
                transcript.close(ticket, answer, 0.002)
            return transcript

        yield make


@pytest.fixture
def heading() -> Heading:
    return Heading(
        "leaver.yaml", "A leaver", "vendor", "Vendor, its client", "https://sp.example/scim/v2", source=SOURCE
    )


def failure(message: str = "ada: active is true, expected false", **more: Any) -> Failure:
    """What is wrong with the step below."""
    place = Place("leaver.yaml", 4, 29)
    return Failure(message, place, **{"kind": "expectation", "quirk": QUIRK, "exchanges": (0,), **more})


def step(**more: Any) -> StepResult:
    """A step that is done, but for what is given."""
    return StepResult(
        **{
            "event": "unassign",
            "subjects": ("ada",),
            "place": Place("leaver.yaml", 3, 5),
            "outcome": "done",
            "outcomes": {"ada": "done"},
            "exchanges": (0, 1),
            **more,
        }
    )


@pytest.fixture
def run(exchanges: Exchanges) -> Run:
    """The result of a run with these steps."""

    def make(*steps: StepResult, transcript: Transcript | None = None, **more: Any) -> RunResult:
        return RunResult(
            scenario="leaver.yaml",
            name="A leaver",
            idp="vendor",
            title="Vendor, its client",
            steps=steps or (step(),),
            transcript=transcript or exchanges(),
            seconds=0.5,
            source=SOURCE,
            suffix="k3x9p",
            base="https://sp.example/scim/v2",
            **{"clean_up": CleanUp(2), **more},
        )

    return make
