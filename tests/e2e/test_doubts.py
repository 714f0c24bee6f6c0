"""What a sceptic tries: lies that look like SCIM, resources that are not ours, pauses, losses and large directories."""

from __future__ import annotations

import itertools
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from idpsim.api import Playing, load, play
from idpsim.scenario.results import RunResult
from tests.e2e.playing import PROFILES, played, verdict
from tests.service_providers.seeded import TOKEN, make_app, serving

App = Callable[..., Iterable[bytes]]
PEOPLE = """\
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace, title: Analyst}
    grace: {userName: grace@example.com, givenName: Grace, familyName: Hopper}
  groups:
    engineering: {displayName: Engineering, members: [ada]}
"""
LIFE = (
    "name: A life\nsettings:\n  onelogin: {on_removed: suspend}\n"
    + PEOPLE
    + """\
steps:
  - connect:
  - assign: [ada, grace]
  - update: ada
    set: {title: Countess}
  - push: engineering
  - unassign: ada
"""
)
Write = Callable[[str], str]


@pytest.fixture
def scenario(tmp_path: Path) -> Write:
    def write(text: str) -> str:
        path = tmp_path / "s.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def answering(status: int, document: Any, *headers: tuple[str, str]) -> App:
    """The same to everything."""
    body = json.dumps(document).encode()

    def app(_environ: Any, start_response: Any) -> list[bytes]:
        start_response(
            f"{status} X", [("Content-Length", str(len(body))), ("Content-Type", "application/json"), *headers]
        )
        return [body]

    return app


class Around:
    """The sound service provider, with what it was asked (method, path, whether by idpsim) and what is done before."""

    def __init__(self, before: Callable[[str, str, bool], tuple[int, dict[str, str]] | None] | None = None) -> None:
        self.app = make_app()
        self.asked: list[tuple[str, str, bool]] = []
        self.lock = threading.Lock()
        self.before = before or (lambda *_: None)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        own = environ.get("HTTP_USER_AGENT", "").startswith("idpsim/")
        with self.lock:
            self.asked.append((environ["REQUEST_METHOD"], environ["PATH_INFO"], own))
            instead = self.before(environ["REQUEST_METHOD"], environ["PATH_INFO"], own)
        if instead is None:
            return self.app(environ, start_response)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        start_response(f"{instead[0]} X", [("Content-Length", "0"), *instead[1].items()])
        return []

    def names(self) -> set[str]:
        users, groups = self.app.stored["Users"].values(), self.app.stored["Groups"].values()
        return {user["userName"] for user in users} | {group["displayName"] for group in groups}


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "idpsim", *arguments], capture_output=True, text=True, timeout=60)


# Lies


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("document", [{}, {"id": "x"}, {"id": "x", "userName": "x@example.com", "active": True}])
def test_the_same_answer_to_everything_is_red(scenario: Write, document: Any, profile: str) -> None:
    with serving(answering(200, document)) as url:
        result = played(scenario(LIFE), profile, url, TOKEN, within=0.0)

    assert 2 in verdict(result)


@pytest.mark.parametrize("profile", PROFILES)
def test_another_users_document_is_red(scenario: Write, profile: str) -> None:
    around = Around()
    other = around.app.store("Users", None, {"userName": "other@example.com", "active": True})

    def app(environ: Any, start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "GET" and re.search(r"/Users/.", path):
            environ["PATH_INFO"] = path.rpartition("/")[0] + f"/{other}"
        return around.app(environ, start_response)

    with serving(app) as url:
        result = played(scenario(LIFE), profile, url, TOKEN, within=0.0)

    assert any('userName is "other@example.com", expected "ada@example.com"' in each for each in verdict(result)[2])
    assert around.names() == {"other@example.com"}


def test_two_people_under_one_id_are_red(scenario: Write) -> None:
    app = make_app()
    app.new_id = lambda: "x"  # type: ignore[method-assign]

    with serving(app) as url:
        result = played(scenario(LIFE), "okta", url, TOKEN, {"concurrency": 1}, within=0.0)

    assert any("userName is" in each for each in verdict(result)[2])


# What is not ours


def test_what_was_there_before_stays(scenario: Write) -> None:
    around = Around()
    around.app.store("Users", None, {"userName": "ada.k3x9p@example.com", "active": True})
    around.app.store("Users", None, {"userName": "ada@example.com", "active": True})
    around.app.store("Groups", None, {"displayName": "Engineering k3x9p", "members": []})

    with serving(around) as url:
        played(scenario(LIFE), "okta", url, TOKEN, {"suffix": "k3x9p"})

    assert around.names() == {"ada.k3x9p@example.com", "ada@example.com", "Engineering k3x9p"}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_user_who_was_matched_stays(scenario: Write, profile: str) -> None:
    around = Around()
    around.app.store("Users", None, {"userName": "ADA.k3x9p@example.com", "active": True})

    with serving(around) as url:
        result = played(scenario(LIFE), profile, url, TOKEN, {"suffix": "k3x9p"})

    assert verdict(result) == {}
    assert {name.lower() for name in around.names()} <= {"ada.k3x9p@example.com", "engineering k3x9p"}
    assert "ada.k3x9p@example.com" in {name.lower() for name in around.names()}


def test_only_what_this_run_made_is_ever_deleted(scenario: Write) -> None:
    around = Around()
    before = {
        around.app.store("Users", None, {"userName": f"p{n}.k3x9p@example.com", "active": True}) for n in range(5)
    }

    with serving(around) as url:
        played(scenario(LIFE), "entra", url, TOKEN, {"suffix": "k3x9p"})

    assert before == set(around.app.stored["Users"])
    assert not [path for method, path, _ in around.asked if method == "DELETE" and path.rpartition("/")[2] in before]


def test_what_the_administrator_made_for_this_run_is_removed(scenario: Write) -> None:
    text = "name: n\n" + PEOPLE + "steps:\n  - connect:\n  - at-sp: create\n    user: ada\n  - assign: ada\n"
    around = Around()

    with serving(around) as url:
        result = played(scenario(text), "okta", url, TOKEN)

    assert verdict(result) == {}
    assert around.names() == set()


def test_a_taken_name_stops_a_run_that_keeps_names(scenario: Write) -> None:
    around = Around()
    around.app.store("Users", None, {"userName": "ada@example.com", "active": True})

    with serving(around) as url:
        ended = command("run", scenario(LIFE), "--idp", "okta", "--target", url, "--token", TOKEN, "--keep-names")

    assert ended.returncode == 2
    assert "ada@example.com is at the service provider already" in ended.stdout + ended.stderr
    assert not [method for method, _, own in around.asked if method != "GET" or not own]


def test_kept_names_are_sent_as_written_and_cleaned_up(scenario: Write) -> None:
    around = Around()

    with serving(around) as url:
        result = played(scenario(LIFE), "okta", url, TOKEN, {"keep_names": True})

    assert verdict(result) == {}
    assert around.names() == set()
    assert b'"userName":"ada@example.com"' in b"".join(each.request.body or b"" for each in result.transcript)


def test_keep_leaves_everything(scenario: Write) -> None:
    around = Around()

    with serving(around) as url:
        result = played(scenario(LIFE), "okta", url, TOKEN, {"keep": True, "suffix": "k3x9p"})

    assert result.clean_up.kept
    assert around.names() == {"ada.k3x9p@example.com", "grace.k3x9p@example.com", "Engineering k3x9p"}


def test_what_could_not_be_removed_is_listed(scenario: Write) -> None:
    around = Around(lambda method, _path, own: (500, {}) if method == "DELETE" and own else None)

    with serving(around) as url:
        result = played(scenario(LIFE), "okta", url, TOKEN)

    assert len(result.clean_up.left) == 3
    assert all("DELETE was answered 500" in each for each in result.clean_up.left)


# Losses


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("fault", ["lose-response", "truncate"])
def test_what_a_lost_answer_left_behind_is_cleaned_up_by_its_name(scenario: Write, fault: str, profile: str) -> None:
    fault = f"    fault: {{on: POST /Users, do: {fault}, times: 9}}\n    expect: {{outcome: failed}}\n"
    text = "name: n\n" + PEOPLE + "steps:\n  - connect:\n  - assign: ada\n" + fault
    around = Around()
    around.app.store("Users", None, {"userName": "ada@example.com", "active": True})

    with serving(around) as url:
        played(scenario(text), profile, url, TOKEN)

    assert around.names() == {"ada@example.com"}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_request_that_came_twice_leaves_one_user_and_nothing_behind(scenario: Write, profile: str) -> None:
    fault = "    fault: {on: POST /Users, do: duplicate}\n    expect: {user: {active: true}}\n"
    text = "name: n\n" + PEOPLE + "steps:\n  - connect:\n  - assign: ada\n" + fault + "  - retry: ada\n"
    around = Around()

    with serving(around) as url:
        result = played(scenario(text), profile, url, TOKEN)

    posts = [1 for method, path, own in around.asked if method == "POST" and not own]
    assert len(posts) >= 2
    assert around.names() == set()
    assert not result.clean_up.left


# Pauses


def limited(times: int, seconds: str, which: Callable[[str, str, bool], bool]) -> Around:
    """429 for the first `times` requests that fit."""
    left = [times]

    def before(method: str, path: str, own: bool) -> tuple[int, dict[str, str]] | None:
        if not which(method, path, own) or not left[0]:
            return None
        left[0] -= 1
        return 429, {"Retry-After": seconds}

    return Around(before)


def test_a_real_pause_is_kept_before_anything_else_is_sent(scenario: Write) -> None:
    times: list[float] = []
    around = limited(1, "1", lambda method, path, _own: method == "POST" and path.endswith("/Users"))
    inner = around.before

    def timed(method: str, path: str, own: bool) -> tuple[int, dict[str, str]] | None:
        times.append(time.monotonic())
        return inner(method, path, own)

    around.before = timed

    with serving(around) as url:
        result = played(scenario(LIFE), "okta", url, TOKEN, {"concurrency": 1})

    assert verdict(result) == {}
    assert max(later - sooner for sooner, later in itertools.pairwise(times)) >= 0.95


def test_a_pause_beyond_max_wait_is_said_and_is_no_fault(scenario: Write) -> None:
    around = limited(10**6, "30", lambda method, _path, _own: method == "POST")

    with serving(around) as url:
        result = played(scenario(LIFE), "okta", url, TOKEN, {"max_wait": 0.2})

    failures = [message for messages in verdict(result).values() for message in messages]
    assert any("waiting" in each and "--max-wait" in each for each in failures)
    assert not [each for each in failures if "failed" in each]


def test_a_limit_on_read_backs_only_delays_them(scenario: Write) -> None:
    around = limited(3, "0", lambda _method, _path, own: own)

    with serving(around) as url:
        result = played(scenario(LIFE), "okta", url, TOKEN, within=2.0)

    assert verdict(result) == {}


@pytest.mark.parametrize("profile", PROFILES)
def test_a_limit_that_read_backs_never_get_past_is_no_fault_of_the_service_provider(
    scenario: Write, profile: str
) -> None:
    around = limited(10**6, "30", lambda _method, _path, own: own)

    with serving(around) as url:
        result = played(scenario(LIFE), profile, url, TOKEN, {"max_wait": 0.1}, within=0.0)

    failures = [each for step in result.steps for each in step.failures]
    assert failures
    assert all("waiting: " in each.message and "raise --max-wait" in each.message for each in failures)
    assert {each.kind for each in failures} == {"outcome"}


# The target


def test_a_target_that_is_not_there_ends_with_3(scenario: Write) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    ended = command("run", scenario(LIFE), "--idp", "all", "--target", f"http://127.0.0.1:{port}/scim/v2")

    assert ended.returncode == 3
    assert "cannot be reached" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("profile", PROFILES)
def test_a_wrong_token_is_named_at_the_connection_test(scenario: Write, profile: str) -> None:
    with serving(make_app()) as url:
        result = played(scenario(LIFE), profile, url, "wrong")

    assert "401" in verdict(result)[1][0]
    assert "wrong" not in "".join(verdict(result)[1]).replace("is missing or wrong", "")


def test_a_wrong_path_is_red(scenario: Write) -> None:
    with serving(make_app()) as url:
        result = played(scenario(LIFE), "okta", url.replace("/scim/v2", "/nowhere"), TOKEN)

    assert "404" in verdict(result)[1][0]


# The same again, and many


@pytest.mark.parametrize("profile", PROFILES)
def test_seed_and_suffix_decide_everything(scenario: Write, profile: str) -> None:
    path, sent = scenario(LIFE), []
    for _ in range(2):
        how = Playing(seed=7, suffix="k3x9p")
        result: RunResult = next(iter(play(load(path, idp=[profile]), how)))
        sent.append([(each.request.url, each.request.body, each.answer) for each in result.transcript])

    assert sent[0] == sent[1]


def test_another_suffix_is_chosen_each_time(scenario: Write) -> None:
    loaded = load(scenario(LIFE), idp=["okta"])

    assert len({next(iter(play(loaded))).suffix for _ in range(5)}) == 5


@pytest.mark.parametrize("profile", PROFILES)
def test_a_large_directory_is_verified_in_time(scenario: Write, profile: str) -> None:
    text = (
        "name: n\nsettings:\n  onelogin: {on_removed: suspend}\n"
        "directory:\n  generate: {people: 1200}\n"
        "steps:\n  - connect:\n  - assign: all\n    expect: {user: {active: true}}\n  - unassign: all\n"
        "    expect: {user: {active: false}}\n"
    )
    began = time.monotonic()

    result = next(iter(play(load(scenario(text), idp=[profile]))))

    assert verdict(result) == {}
    assert time.monotonic() - began < 30


def test_a_run_in_which_nothing_is_sent_has_not_passed(scenario: Write) -> None:
    text = "name: n\n" + PEOPLE + "steps:\n  - suspend: ada\n"

    with serving(make_app()) as url:
        result = played(scenario(text), "okta", url, TOKEN)

    assert not result.passed
