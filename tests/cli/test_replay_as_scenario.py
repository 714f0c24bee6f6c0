"""`idpsim replay FILE --as-scenario` on the command line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

LEAVER = Path(__file__).parents[2] / "scenarios" / "leaver.yaml"
IN_A_GROUP = Path(__file__).parent / "leaver-in-a-group.jsonl"
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
    assert not [each for each in ("mia", "Mia", "Wong", "corp", "requests.jsonl") if each in result.output]


def test_a_har_of_a_run_becomes_a_scenario_that_runs(idpsim: Any) -> None:
    idpsim("run", str(LEAVER), "--idp", "entra", "--report", "har=leaver.har", "--keep-names")

    made = idpsim("replay", "leaver.har", "--as-scenario", "--output", "again.yaml")
    played = idpsim("run", "again.yaml")

    assert made.exit_code == 0
    assert made.stdout.startswith("This is Microsoft Entra ID")
    assert "written to again.yaml" in made.stdout
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
        ("a.har", '{"log": {"entries": []}}', "holds no request: it is a HAR without entries"),
        ("a.json", "[]", "holds no request: it is a list without entries"),
        ("a.jsonl", " ", "the file is empty"),
        ("a.jsonl", "hello", "none of its 1 line has a method and a path"),
        ("a.jsonl", '{"method": "GET", "path": "/"}', "none of its 1 line goes to /Users"),
        ("a.log", '{"a": 1}\n{"b"\n{"c": 1}', "a.log:2: the line is not JSON"),
        (
            "a.log",
            '{"method": "POST", "path": "/Users", "status": 201}',
            "no line holds a request body; looked for: body",
        ),
        ("a.har.gz", "\x1f\x8bx", "packed by gzip and damaged"),
    ],
)
def test_a_file_that_is_no_recording_is_said(idpsim: Any, name: str, text: str, said: str) -> None:
    Path(name).write_bytes(text.encode("latin-1"))

    result = idpsim("replay", name, "--as-scenario")

    assert result.exit_code == 2
    assert said in result.stderr
    assert "--all" not in result.stderr


def test_where_others_than_the_vendor_sent_scim_requests_all_is_named(idpsim: Any) -> None:
    entry = {"_by": "idpsim", "request": {"method": "GET", "url": "http://sp.example/Users/1"}}
    Path("a.har").write_text(json.dumps({"log": {"entries": [entry]}}))

    result = idpsim("replay", "a.har", "--as-scenario")

    assert "holds no SCIM request of a vendor; --all takes the others" in result.stderr


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["requests.jsonl.gz", "requests.json", "requests.json.gz"])
def test_a_packed_log_and_a_list_are_read_as_a_log_is(idpsim: Any, log: str, name: str) -> None:
    text = Path(log).read_text() if ".jsonl" in name else json.dumps(LOG)
    Path(name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())

    result = idpsim("replay", name, "--as-scenario")

    assert result.exit_code == 0
    assert "- unassign: mia" in result.stdout


def test_a_packed_har_is_read(idpsim: Any) -> None:
    idpsim("run", str(LEAVER), "--idp", "okta", "--report", "har=leaver.har", "--keep-names")
    Path("leaver.har.gz").write_bytes(gzip.compress(Path("leaver.har").read_bytes()))

    result = idpsim("replay", "leaver.har.gz", "--as-scenario")

    assert result.stderr.startswith("This is Okta")


def test_text_between_the_lines_and_a_cut_off_end_are_told(idpsim: Any, log: str) -> None:
    Path("cut.log").write_text("listening on :8080\n" + Path(log).read_text() + '{"method": "POS')

    result = idpsim("replay", "cut.log", "--as-scenario")

    assert result.exit_code == 0
    assert "Passed over, for they are no SCIM requests of a vendor: 2\n" in result.stderr
    assert "Passed over, for it is cut off: the last line, 7\n" in result.stderr


def test_a_file_that_is_there_is_not_written_over(idpsim: Any, log: str) -> None:
    Path("mine.yaml").write_text("mine")

    result = idpsim("replay", log, "--as-scenario", "--output", "mine.yaml")

    assert result.exit_code == 2
    assert "mine.yaml is there already" in result.stderr
    assert Path("mine.yaml").read_text() == "mine"


def test_a_folder_that_is_not_there_is_not_made(idpsim: Any, log: str) -> None:
    result = idpsim("replay", log, "--as-scenario", "--output", "none/x.yaml")

    assert result.exit_code == 2
    assert "none/x.yaml cannot be written" in result.stderr
    assert not Path("none").exists()


def test_a_token_with_a_line_break_is_refused(idpsim: Any, log: str) -> None:
    result = idpsim("replay", log, "--target", "http://sp.example", "--token", "secret\nline")

    assert result.exit_code == 2
    assert "--token is empty or holds a line break or control character" in result.stderr
    assert "secret" not in result.output


@pytest.mark.thorough
def test_nobody_who_leaves_is_lost_because_of_a_group(idpsim: Any) -> None:
    result = idpsim("replay", str(IN_A_GROUP), "--as-scenario", "--output", "incident.yaml")

    assert "entra       100 %  11 of 11 requests the same" in result.stdout
    assert "  - disable: ada" in Path("incident.yaml").read_text()


@pytest.mark.thorough
def test_what_is_not_sent_is_said_in_the_file_and_in_the_report(idpsim: Any) -> None:
    strange = {"method": "DELETE", "path": "/Users/9", "body": None, "status": 204}
    lines = [*IN_A_GROUP.read_text().splitlines(), json.dumps(strange)]
    Path("more.jsonl").write_text("\n".join(lines))

    result = idpsim("replay", "more.jsonl", "--as-scenario")

    assert "Not explained: line 12, DELETE /Users/{id}: entra sends no such request here" in result.stderr
    assert "11 of them the same, 0 similarly and 1 not at all" in result.stdout


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
