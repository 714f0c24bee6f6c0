"""Request logs of service providers are read under whatever names their loggers give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from idpsim.scenario.incident.jsonl import LogError, read
from idpsim.wire import NoResponse, Response

BODY = {"userName": "ada@example.com"}
SPELLINGS: dict[str, dict[str, Any]] = {
    "flat": {"method": "POST", "path": "/scim/v2/Users", "query": "x=1", "body": BODY, "status": 201},
    "text body": {"method": "post", "path": "/scim/v2/Users?x=1", "body": json.dumps(BODY), "status": "201"},
    "http_": {"http_method": "POST", "request_uri": "/scim/v2/Users?x=1", "request_body": BODY, "status_code": 201},
    "nested": {"request": {"method": "POST", "url": "/scim/v2/Users?x=1", "data": BODY}, "response": {"status": 201}},
    "dotted": {"request.method": "POST", "request.url": "/scim/v2/Users?x=1", "payload": BODY, "response.status": 201},
    "ecs": {
        "http": {
            "request": {"method": "POST", "body": {"content": json.dumps(BODY)}},
            "response": {"status_code": 201},
        },
        "url": {"path": "/scim/v2/Users", "query": "x=1"},
    },
    "wrapped": {"msg": json.dumps({"verb": "POST", "uri": "/scim/v2/Users?x=1", "body": BODY, "status": 201})},
    "request line": {"request": "POST /scim/v2/Users?x=1 HTTP/1.1", "body": BODY, "status": 201},
}


@pytest.fixture
def log(tmp_path: Path) -> Any:
    """Writes lines and gives the file's name."""

    def write(*lines: Any) -> Path:
        path = tmp_path / "requests.jsonl"
        path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines))
        return path

    return write


@pytest.mark.parametrize("line", SPELLINGS.values(), ids=SPELLINGS)
def test_a_request_is_found_under_the_names_of_many_loggers(log: Any, line: dict[str, Any]) -> None:
    (found,) = read(log(line)).lines

    request, answer = found.entry.request, found.entry.answer
    assert request.method == "POST"
    assert request.url.endswith(".invalid/scim/v2/Users?x=1")
    assert json.loads(request.body or b"") == BODY
    assert isinstance(answer, Response)
    assert answer.status == 201


@pytest.mark.parametrize(
    "headers",
    [{"User-Agent": "a b"}, [["User-Agent", "a b"]], [{"name": "User-Agent", "value": "a b"}], {"User-Agent": ["a b"]}],
    ids=["mapping", "pairs", "objects", "lists"],
)
def test_headers_are_read_in_each_form(log: Any, headers: Any) -> None:
    (found,) = read(log({"method": "GET", "url": "https://sp.example/Users", "request_headers": headers})).lines

    assert found.entry.request.headers == (("User-Agent", "a b"),)
    assert found.entry.request.url == "https://sp.example/Users"


@pytest.mark.parametrize("value", [1795168801, 1795168801000, "2026-11-20T10:00:01+00:00"])
def test_a_moment_is_read_in_each_form(log: Any, value: Any) -> None:
    (found,) = read(log({"method": "GET", "path": "/Users", "timestamp": value})).lines

    assert found.entry.started == "2026-11-20T10:00:01+00:00"


def test_a_line_without_a_request_is_passed_over_and_keeps_its_number(log: Any) -> None:
    found = read(log({"msg": "started"}, "", [1], {"method": "GET", "path": "/Users"}))

    assert [each.number for each in found.lines] == [4]
    assert found.passed_over == 2


def test_without_an_answer_in_the_log_nothing_is_said_of_one(log: Any) -> None:
    first, second = read(log(*({"method": "GET", "path": "/Users"} | more for more in ({}, {"status": 0})))).lines

    assert first.entry.answer is None
    assert isinstance(second.entry.answer, NoResponse)


@pytest.mark.parametrize("line", ["GET /Users 200", '{"method": "GET"', "[" * 100_000])
def test_a_line_that_is_not_json_is_an_error_at_its_place(log: Any, line: str) -> None:
    path = log({"msg": "started"}, line)

    with pytest.raises(LogError, match=r"requests\.jsonl:2: the line is not JSON"):
        read(path)
