"""`idpsim replay FILE --as-scenario` on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

LEAVER = Path(__file__).parents[2] / "scenarios" / "leaver.yaml"
TOKEN = "recorded-token-4711"
LOG = [
    {"msg": "started", "port": 8080},
    {
        "time": "2026-11-20T10:00:00Z",
        "method": "GET",
        "path": "/scim/v2/Users",
        "query_string": "filter=userName%20eq%20%22mia%40corp.example%22&startIndex=1&count=100",
        "headers": {"User-Agent": "Okta SCIM Client 1.0.0", "Authorization": f"Bearer {TOKEN}"},
        "status": 200,
        "response_body": {"totalResults": 0, "Resources": []},
    },
    {
        "time": "2026-11-20T10:00:01Z",
        "method": "POST",
        "path": "/scim/v2/Users",
        "headers": {"User-Agent": "Okta SCIM Client 1.0.0"},
        "body": {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "mia@corp.example",
            "name": {"givenName": "Mia", "familyName": "Wong"},
            "emails": [{"primary": True, "value": "mia@corp.example", "type": "work"}],
            "displayName": "Mia Wong",
            "title": f"Owner of {TOKEN}",
            "externalId": "00u1",
            "groups": [],
            "password": "hunter2hunter2",
            "active": True,
        },
        "status": 201,
        "response_body": {"id": "7", "userName": "mia@corp.example"},
    },
    {
        "time": "2026-11-20T10:05:00Z",
        "method": "PATCH",
        "path": "/scim/v2/Users/7",
        "headers": {"User-Agent": "okta scim client", "X-Request-Id": "1"},
        "body": {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "value": {"active": False}}],
        },
        "status": 503,
    },
    {"time": "2026-11-20T10:06:00Z", "method": "POST", "path": "/scim/v2/Bulk", "status": 501},
]


@pytest.fixture
def log(tmp_path: Path) -> str:
    """A service provider's request log."""
    (tmp_path / "requests.jsonl").write_text("".join(json.dumps(each) + "\n" for each in LOG))
    return "requests.jsonl"


def test_a_log_becomes_a_scenario_on_stdout_and_a_report_on_stderr(idpsim: Any, log: str, golden: Any) -> None:
    result = idpsim("replay", log, "--as-scenario")

    assert result.exit_code == 0
    golden("cli/as-scenario.yaml", result.stdout)
    golden("cli/as-scenario.txt", result.stderr)


def test_no_secret_of_the_recording_comes_out(idpsim: Any, log: str) -> None:
    result = idpsim("replay", log, "--as-scenario")

    assert TOKEN not in result.output
    assert "hunter2" not in result.output


def test_nothing_of_the_people_comes_out_anonymised(idpsim: Any, log: str) -> None:
    result = idpsim("replay", log, "--as-scenario", "--anonymise")

    assert result.exit_code == 0
    assert not [each for each in ("mia", "Mia", "Wong", "corp") if each in result.output]


def test_a_har_of_a_run_becomes_a_scenario_that_runs(idpsim: Any) -> None:
    idpsim("run", str(LEAVER), "--idp", "entra", "--report", "har=leaver.har", "--keep-names")

    made = idpsim("replay", "leaver.har", "--as-scenario", "--output", "made/again.yaml")
    played = idpsim("run", "made/again.yaml")

    assert made.exit_code == 0
    assert made.stdout.startswith("This is Microsoft Entra ID")
    assert "written to made/again.yaml" in made.stdout
    assert played.exit_code == 0


def test_a_log_is_sent_again_as_a_har_is(idpsim: Any, log: str) -> None:
    Path("app.py").write_text(
        "def app(environ, start):\n"
        "    start('501 Not Implemented', [('Content-Type', 'application/json')])\n"
        "    return [b'{}']\n"
    )

    result = idpsim("replay", log, "--target", "wsgi:app:app/scim/v2")

    assert result.exit_code == 1
    assert "4 requests sent again: 3 answered otherwise" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--as-scenario", "--target", "http://sp.example"), "--as-scenario sends nothing"),
        (("--output", "x.yaml", "--target", "http://sp.example"), "--output goes with --as-scenario"),
        (("--anonymise", "--target", "http://sp.example"), "--anonymise goes with --as-scenario"),
        (("--as-scenario", "--output", "requests.jsonl/x.yaml"), "cannot be written"),
    ],
)
def test_options_that_do_not_go_together_are_said(idpsim: Any, log: str, arguments: Any, said: str) -> None:
    result = idpsim("replay", log, *arguments)

    assert result.exit_code == 2
    assert said in result.stderr


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.har", "", "the file is empty"),
        ("a.har", "hello", "not a HAR"),
        ("a.har", '{"log": {"entries": []}}', "holds no SCIM request"),
        ("a.jsonl", "", "holds no SCIM request"),
        ("a.jsonl", '{"method": "GET", "path": "/"}', "holds no SCIM request"),
        ("a.log", '{"a": 1}\nGET /Users', "a.log:2: the line is not JSON"),
    ],
)
def test_a_file_that_is_no_recording_is_said(idpsim: Any, name: str, text: str, said: str) -> None:
    Path(name).write_text(text)

    result = idpsim("replay", name, "--as-scenario")

    assert result.exit_code == 2
    assert said in result.stderr


def test_a_missing_file_is_said(idpsim: Any) -> None:
    result = idpsim("replay", "none.har", "--as-scenario")

    assert result.exit_code == 2
    assert "none.har" in result.stderr


def test_traffic_of_no_known_vendor_is_said(idpsim: Any) -> None:
    lines = [{"method": "POST", "path": "/Bulk", "body": {}}, {"method": "GET", "path": "/Users/1?attributes=id"}]
    lines.append({"method": "POST", "path": "/Users", "body": {"userName": "x@y.example"}, "status": 409})
    Path("odd.jsonl").write_text("\n".join(json.dumps(each) for each in lines))

    result = idpsim("replay", "odd.jsonl", "--as-scenario")

    assert "None of the vendors that idpsim knows sends this." in result.stderr
    assert "Not explained: line 1, POST /Bulk" in result.stderr
