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
from idpsim.scenario.results import Failure, RunResult
from idpsim.scenario.run import NamesTaken
from idpsim.transport.wsgi import WsgiTransport
from idpsim.wire import Answer, Exchange, NoResponse, Request, Response
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


@pytest.mark.thorough
def test_a_service_provider_that_lags_gets_its_time_before_each_step(play: Play) -> None:
    result = play(JOINER.replace("300ms", "2s") + "  - assign: ada\n", Around(make_app(unusual="eventually")))

    assert failures(result) == []


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_clean_up_looks_again_for_what_a_filter_does_not_show_yet(play: Play) -> None:
    app = make_app(unusual="eventually")

    play(LOST, Around(app))

    assert app.stored["Users"] == {}


TWO = JOINER.replace("    ada:", "    grace: {userName: g@example.com, givenName: Grace, familyName: H}\n    ada:")


def shown(result: RunResult, failure: Failure) -> list[Exchange]:
    return [result.transcript[number] for number in failure.exchanges]


def test_a_filter_that_ignores_case_is_shown_by_the_lookup_alone(play: Play) -> None:
    result = play(TWO.replace("assign: ada", "assign: [ada, grace]"), Around(make_app("filter-folds-case")), "entra")

    (failure,) = [each for step in result.steps for each in step.failures]
    (lookup,) = shown(result, failure)
    assert (lookup.by, lookup.request.method) == ("idpsim", "GET")
    assert lookup.request.url.endswith("externalId%20eq%20%22ADA.K3X9P%22")
    assert failure.quirk is None


def test_a_property_of_the_service_provider_fails_one_run_only(play: Play) -> None:
    told: set[tuple[str, str]] = set()
    results = [play(JOINER, Around(make_app("filter-folds-case")), idp, told=told) for idp in ("okta", "entra")]

    assert [len(failures(each)) for each in results] == [1, 0]
    assert "an earlier run has failed on it" in notes(results[1])


def test_what_the_service_provider_does_not_keep_is_said_in_one_run_only(play: Play) -> None:
    def instead(request: Request) -> Answer | None:
        if not (is_own(request) and request.method == "GET" and "/Users/" in request.url):
            return None
        held = {"id": request.url.rpartition("/")[2], "userName": "ada.k3x9p@example.com", "active": True}
        return answered(200, held)

    told: set[tuple[str, str]] = set()
    first, second = [notes(play(JOINER, Around(make_app(), instead), told=told)) for _ in range(2)]

    assert "is not kept" in first
    assert "is not kept" not in second


def test_another_persons_write_is_no_evidence(play: Play) -> None:
    def instead(request: Request) -> Answer | None:
        gone = is_own(request) and request.method == "GET" and "/Users/" in request.url and request.url in lost
        return answered(404) if gone else None

    lost: list[str] = []
    around = Around(make_app(), instead)
    send = around.send

    def noted(request: Request) -> Answer:
        answer = send(request)
        if request.method == "POST" and b"ada" in (request.body or b""):
            lost.append(f"{BASE}/Users/{answer.json['id']}")  # type: ignore[union-attr]
        return answer

    around.send = noted  # type: ignore[method-assign]

    result = play(TWO.replace("assign: ada", "assign: [ada, grace]"), around)

    (failure,) = result.steps[0].failures[:1]
    bodies = [each.request.body for each in shown(result, failure) if each.by == "vendor"]
    assert len(bodies) == 1
    assert b"ada.k3x9p" in (bodies[0] or b"")


MOVED = JOINER + "  - update: ada\n    set: {title: T}\n  - update: ada\n    set: {department: D}\n"


def test_a_difference_that_stands_does_not_fail_a_later_step_that_does_not_touch_it(play: Play) -> None:
    text = MOVED.replace("familyName: Lovelace", "familyName: Lovelace, title: Analyst, department: Engines")

    result = play(text, Around(make_app("answers-200-for-nothing")), "entra")

    assert [[path for path in ("title", "department") if path in str(step.failures)] for step in result.steps] == [
        [],
        ["title"],
        ["department"],
    ]
    assert any(note.startswith("still wrong, see above: ada: title") for note in result.steps[2].notes)


def test_a_difference_that_the_vendor_writes_again_fails_again(play: Play) -> None:
    text = JOINER + 2 * "  - update: ada\n    set: {title: T}\n"

    result = play(text.replace("Lovelace", "Lovelace, title: A"), Around(make_app("answers-200-for-nothing")), "entra")

    assert [step.passed for step in result.steps] == [True, False, False]


def test_a_refused_create_fails_once_and_what_is_expected_of_it_is_not_judged(play: Play) -> None:
    refuse = lambda request: answered(400, {"detail": "no"}) if request.method == "POST" else None  # noqa: E731
    wanted = "{user: {active: true, userName: ada@example.com, name.givenName: Ada}}"

    result = play(JOINER.replace("{user: {active: true}}", wanted), Around(make_app(), refuse))

    assert len(failures(result)) == 1
    assert "POST /Users was answered 400" in failures(result)[0]
    assert notes(result).count("it was not created, so") == 1
    assert len([each for each in result.transcript.range(*result.steps[0].exchanges) if each.by == "idpsim"]) == 1


def test_a_later_step_that_expects_something_of_who_was_not_created_fails_once(play: Play) -> None:
    refuse = lambda request: answered(400, {"detail": "no"}) if request.method == "POST" else None  # noqa: E731
    later = "  - wait: 1h\n    expect: {user: {of: ada, active: true, userName: ada@example.com}}\n"

    result = play(JOINER + later, Around(make_app(), refuse))

    assert [failure.message for failure in result.steps[-1].failures] == [
        "ada: it is not there, since it was not created"
    ]


def test_an_expectation_that_stays_unmet_fails_each_step_that_has_it(play: Play) -> None:
    later = "  - wait: 1h\n    expect: {user: {of: ada, title: Countess}}\n"

    result = play(JOINER + later + later, Around(make_app()))

    assert [step.passed for step in result.steps[-2:]] == [False, False]


def test_what_is_expected_after_a_create_that_had_to_be_refused_is_judged(play: Play) -> None:
    refuse = lambda request: answered(400) if request.method == "POST" else None  # noqa: E731

    result = play(JOINER.replace("{user:", "{outcome: failed, user:"), Around(make_app(), refuse))

    assert failures(result) == ["ada: it is not there, expected active true"]


def test_names_that_are_taken_are_the_only_thing_said(tmp_path: Path) -> None:
    app = make_app()
    app.store("Users", None, {"userName": "ada@example.com", "active": True})
    path = tmp_path / "s.yaml"
    path.write_text(JOINER, encoding="utf-8")
    script = load(path, idp=["okta"]).script("okta")
    options = Playing({"": BASE}, {"": TOKEN}, transport=Around(app), keep_names=True)

    with opened(script, options) as run, pytest.raises(NamesTaken):
        list(run)

    assert run.result().failures == ()
