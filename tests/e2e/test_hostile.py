"""Whatever the service provider does to HTTP, JSON or SCIM: a run ends, says clearly what came, and leaks nothing."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from idpsim.scenario.results import RunResult
from tests.e2e.playing import PROFILES, played
from tests.service_providers.hostile import KINDS, Hostile, hostile
from tests.service_providers.seeded import TOKEN

LIMIT = 20.0  # seconds for a run; each exchange has 0.25
NASTY = (
    "html-labelled-json",
    "empty-201",
    "null",
    "deeply-nested",
    "json-huge-number",
    "wrong-types-id-newlines",
    "wrong-types-id-surrogate",
    "wrong-types-emails-nested",
    "wrong-types-members-nested",
    "wrong-types-resources-nested",
    "wrong-types-total-lies",
    "never-ending-chunked",
    "never-ending-headers",
    "lengths-differ",
    "retry-after-huge",
    "retry-after-nan",
    "redirect-307-elsewhere",
    "reset-in-body",
    "http-version-9",
)
SCENARIO = """\
name: A joiner, a mover, a leaver and a group
settings:
  onelogin: {on_removed: suspend}
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace, title: Analyst}
    grace: {userName: grace@example.com, givenName: Grace, familyName: Hopper, manager: ada}
  groups:
    engineering: {displayName: Engineering, members: [ada]}
steps:
  - connect:
  - assign: [ada, grace]
    expect: {user: {active: true}}
  - update: ada
    set: {title: Countess}
  - push: engineering
    expect: {group: {members: [ada]}}
  - unassign: ada
    expect: {user: {active: false}}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "life.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return str(path)


def endured(scenario: str, profile: str, url: Hostile) -> tuple[RunResult, float]:
    """The result, and the seconds that it took."""
    began = time.monotonic()
    result = played(scenario, profile, url, TOKEN, {"timeout": 0.25, "max_wait": 0.1}, within=0.05)
    return result, time.monotonic() - began


def assert_clear(result: RunResult, seconds: float, url: Hostile) -> None:
    """Every step was played, something failed and says why on one line, in time, and nothing strayed."""
    messages = [each.message for step in result.steps for each in step.failures]
    assert len(result.steps) == 5
    assert messages
    assert all(message.strip() and "\n" not in message and len(message) < 1000 for message in messages)
    assert all("Traceback" not in message for message in messages)
    assert url.strays == []
    assert seconds < LIMIT


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_however_hostile_the_service_provider_becomes(scenario: str, kind: str) -> None:
    with hostile(kind, after=6) as url:
        result, seconds = endured(scenario, "okta", url)

    assert_clear(result, seconds, url)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("kind", NASTY)
def test_it_ends_as_every_vendor(scenario: str, kind: str, profile: str) -> None:
    with hostile(kind) as url:
        result, seconds = endured(scenario, profile, url)

    assert_clear(result, seconds, url)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("after", [3, 9])
def test_it_ends_as_every_vendor_when_it_begins_later(scenario: str, profile: str, after: int) -> None:
    for kind in ("wrong-types-id-object", "json-cut-off", "html-500", "keep-alive-lies"):
        with hostile(kind, after=after) as url:
            result, seconds = endured(scenario, profile, url)

        assert_clear(result, seconds, url)


def test_no_request_is_smuggled_by_an_id(scenario: str) -> None:
    with hostile("wrong-types-id-newlines") as url:
        endured(scenario, "okta", url)

    assert not [request for request in url.requests if request.header("X-Injected")]
    assert all(request.target.startswith("/scim/v2/") for request in url.requests)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_gets_no_token(scenario: str, status: int) -> None:
    with hostile(f"redirect-{status}-elsewhere") as url:
        result, _ = endured(scenario, "entra", url)

    assert url.strays == []
    assert not result.passed


PEAK = """
import re, sys
from idpsim.cli import main
try:
    main()
finally:  # its own, unlike getrusage, which counts what the parent held at the fork
    print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
"""


def line(scenario: str, url: str, *more: str) -> list[str]:
    """The command line of `idpsim run`."""
    run = [sys.executable, "-m", "idpsim", "run", scenario, "--idp", "okta", "--target", url, "--token", TOKEN]
    return [*run, "--timeout", "10", "--max-wait", "0.1", *more]


def command(scenario: str, url: str, *more: str) -> subprocess.CompletedProcess[str]:
    """`idpsim run` in a process of its own."""
    return subprocess.run(line(scenario, url, *more), capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("kind", ["one-gigabyte", "one-gigabyte-chunked", "gzip-bomb", "never-ending-chunked"])
def test_a_gigabyte_is_not_held_in_memory(scenario: str, kind: str) -> None:
    with hostile(kind) as url:
        arguments = line(scenario, url, "-q")[3:]
        ended = subprocess.run([sys.executable, "-c", PEAK, *arguments], capture_output=True, text=True, timeout=60)

    assert ended.returncode == 1
    assert int(ended.stderr.split()[-1]) < 400 * 1024


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("html-500", "502"),
        ("garbage", "got no answer"),
        ("redirect-302-elsewhere", "302"),
        ("wrong-types-id-surrogate", "FAIL"),
        ("header-not-ascii", "FAIL"),
        ("reset-in-body", "reset"),
    ],
)
def test_the_command_ends_with_1_and_says_what_came(scenario: str, kind: str, words: str) -> None:
    with hostile(kind) as url:
        ended = command(scenario, url)

    assert (ended.returncode, ended.stderr) == (1, "")
    assert words in ended.stdout
    assert "Traceback" not in ended.stdout
    assert TOKEN not in ended.stdout
    assert re.search(r"1 run, 0 passed, 1 failed", ended.stdout)


def test_every_report_can_be_written_of_what_cannot_be_text(scenario: str, tmp_path: Path) -> None:
    reports = [
        each for kind in ("json", "junit", "har") for each in ("--report", f"{kind}={tmp_path / ('report.' + kind)}")
    ]

    with hostile("wrong-types-id-surrogate", after=3) as url:
        ended = command(scenario, url, *reports)

    assert (ended.returncode, ended.stderr) == (1, "")
    assert all((tmp_path / f"report.{kind}").stat().st_size for kind in ("json", "junit", "har"))
