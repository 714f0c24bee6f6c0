"""What a step is judged by: what is right in an unusual way passes, and what cannot be known is said and not failed."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from idpsim.api import Playing, load, opened
from idpsim.errors import Place
from idpsim.scenario.expect import on_resource
from idpsim.scenario.model import Expected
from idpsim.scenario.names import Names
from idpsim.scenario.results import RunResult
from idpsim.transport.wsgi import WsgiTransport
from idpsim.wire import Answer, NoResponse, Request, Response
from tests.service_providers.seeded import TOKEN, ServiceProvider, make_app

BASE = "http://sp.test/scim/v2"
Instead = Callable[[Request], Answer | None]
GROUP = """\
name: n
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}
  groups:
    design: {displayName: Design, members: [ada]}
steps:
  - assign: ada
  - push: design
    expect: {group: {members: [ada]}}
"""
JOINER = """\
name: n
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}
verify: {within: 300ms}
steps:
  - assign: ada
    expect: {user: {active: true}}
"""


class Around:
    """The seeded service provider in this process; `instead` may answer in its place, and `asked` is all that came."""

    def __init__(self, app: ServiceProvider, instead: Instead = lambda _: None) -> None:
        self.app, self.instead = app, instead
        self.asked: list[Request] = []
        self._inner = WsgiTransport(app, base=BASE)

    def send(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.instead(request) or self._inner.send(request)

    def close(self) -> None:
        """Nothing to close."""

    def own(self) -> list[str]:
        """The requests in idpsim's name."""
        return [f"{each.method} {each.url}" for each in self.asked if is_own(each)]


def is_own(request: Request) -> bool:
    return any(name == "User-Agent" and value.startswith("idpsim/") for name, value in request.headers)


Play = Callable[..., RunResult]


@pytest.fixture
def play(tmp_path: Path) -> Play:
    def played(text: str, around: Around, profile: str = "okta", **how: Any) -> RunResult:
        path = tmp_path / "s.yaml"
        path.write_text(text, encoding="utf-8")
        script = load(path, idp=[profile]).script(profile)
        options = Playing({"": BASE}, {"": TOKEN}, transport=around, concurrency=1, suffix="k3x9p", seed=1, **how)
        with opened(script, options) as run:
            for _ in run:
                pass
            return run.result()

    return played


def failures(result: RunResult) -> list[str]:
    return [each.message for step in result.steps for each in step.failures]


def notes(result: RunResult) -> str:
    return "\n".join(note for step in result.steps for note in step.notes)


def answered(status: int, document: Any = None, **headers: str) -> Response:
    body = b"" if document is None else json.dumps(document).encode()
    return Response(status, tuple((name.replace("_", "-"), value) for name, value in headers.items()), body)


def test_members_that_are_never_returned_cannot_be_judged(play: Play) -> None:
    result = play(GROUP, Around(make_app(unusual="members-not-returned")))

    assert failures(result) == []
    assert "does not return members, so they cannot be judged" in notes(result)


def test_a_member_from_before_the_run_is_left_out(play: Play) -> None:
    result = play(GROUP, Around(make_app(unusual="extra-members-from-before")))

    assert failures(result) == []
    assert "a member that this run did not make is left out" in notes(result)


def test_members_that_are_no_members_do_not_end_the_run(play: Play) -> None:
    def instead(request: Request) -> Answer | None:
        if is_own(request) and "/Groups/" in request.url and request.method == "GET":
            return answered(
                200, {"id": "g", "members": [None, 7, "u", ["u"], {"value": ["u"]}, {"value": {"value": 1}}]}
            )
        return None

    result = play(GROUP.replace("steps:", "verify: {within: 0s}\nsteps:"), Around(make_app(), instead))

    assert any("members are" in each for each in failures(result))


@pytest.mark.parametrize(
    ("held", "wanted", "fits"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"active": True}, True, True),
        ({"active": False}, True, False),
        ({"active": "true"}, True, False),
    ],
)
def test_a_user_without_active_is_active(held: dict[str, Any], wanted: bool, fits: bool) -> None:
    expected = Expected(kind="user", path="active", value=wanted, place=Place("s.yaml", 1, 1))

    assert (on_resource(expected, held, Names(""), {}) == "") is fits


def test_a_filter_that_lags_behind_is_waited_for(play: Play) -> None:
    from_when = time.monotonic() + 0.15

    def instead(request: Request) -> Answer | None:
        late = is_own(request) and "filter=" in request.url and time.monotonic() < from_when
        return answered(200, {"totalResults": 0, "Resources": []}) if late else None

    result = play(JOINER, Around(make_app(), instead))

    assert failures(result) == []
    assert "ada: found by filter only after about" in notes(result)


def test_a_lookup_that_never_finds_is_not_said_to_mind_case(play: Play) -> None:
    def instead(request: Request) -> Answer | None:
        return answered(200, {"totalResults": 0, "Resources": []}) if "filter=" in request.url else None

    result = play(JOINER, Around(make_app(), instead))

    assert 'the filter userName eq "ada@example.com" does not find the user that has this name' in failures(result)


def test_a_filter_that_minds_case_is_not_waited_for(play: Play) -> None:
    began = time.monotonic()

    result = play(JOINER.replace("300ms", "60s"), Around(make_app("filter-case-sensitive")))

    assert [each for each in failures(result) if "userName is not caseExact" in each]
    assert time.monotonic() - began < 5


def test_a_service_provider_that_lags_gets_its_time_before_each_step(play: Play) -> None:
    result = play(JOINER.replace("300ms", "2s") + "  - assign: ada\n", Around(make_app(unusual="eventually")))

    assert failures(result) == []


def test_slow_answers_count_as_waiting(play: Play) -> None:
    def instead(request: Request) -> Answer | None:
        if is_own(request) and request.method == "GET" and "/Users/" in request.url:
            time.sleep(0.2)
            return NoResponse("timeout", "no answer within 0.2 s")
        return None

    around = Around(make_app(), instead)

    play(JOINER, around)

    assert len([each for each in around.own() if each.startswith("GET")]) <= 4


def test_a_pause_is_kept_and_the_resource_read_again(play: Play) -> None:
    left = [2]

    def instead(request: Request) -> Answer | None:
        if not is_own(request) or not left[0]:
            return None
        left[0] -= 1
        return answered(429, Retry_After="0")

    result = play(JOINER.replace("300ms", "0s"), Around(make_app(), instead))

    assert failures(result) == []
    assert "only after about" not in notes(result)


def test_a_read_back_that_is_never_answered_is_waiting_and_no_fault(play: Play) -> None:
    def instead(request: Request) -> Answer | None:
        return answered(429, Retry_After="30") if is_own(request) else None

    result = play(JOINER, Around(make_app(), instead), max_wait=0.1)

    kinds = {each.kind for step in result.steps for each in step.failures}
    assert kinds == {"outcome"}
    assert all("raise --max-wait" in each for each in failures(result))


LOST = JOINER.replace("expect: {user: {active: true}}", "fault: {on: POST /Users, do: lose-response}")


def test_clean_up_by_name_takes_that_name_only_even_where_the_filter_is_ignored(play: Play) -> None:
    app = make_app()
    app.store("Users", None, {"userName": "grace.k3x9p@example.com", "active": True})
    everyone = lambda request: (  # noqa: E731
        answered(200, {"Resources": [{**user, "id": key} for key, user in app.stored["Users"].items()]})
        if is_own(request) and "filter=" in request.url
        else None
    )

    play(LOST, Around(app, everyone))

    assert {user["userName"] for user in app.stored["Users"].values()} == {"grace.k3x9p@example.com"}


def test_clean_up_looks_again_for_what_a_filter_does_not_show_yet(play: Play) -> None:
    app = make_app(unusual="eventually")

    play(LOST, Around(app))

    assert app.stored["Users"] == {}
