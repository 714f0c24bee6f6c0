"""Request logs of service providers are read under whatever names their loggers give."""

from __future__ import annotations

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from idpsim.scenario.incident.jsonl import Log, LogError, decoded, of_lines, unpacked
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
    "camel": {"httpMethod": "POST", "requestUri": "/scim/v2/Users?x=1", "reqBody": BODY, "statusCode": 201},
    "camel body": {"method": "POST", "url": "/scim/v2/Users?x=1", "requestBody": BODY, "res.statusCode": 201},
    "short dotted": {"req.method": "POST", "req.url": "/scim/v2/Users?x=1", "req.body": BODY, "res.status": 201},
    "gateway": {
        "httpMethod": "POST",
        "path": "/scim/v2/Users",
        "queryStringParameters": {"x": "1"},
        "multiValueQueryStringParameters": {"x": ["1"]},
        "requestContext": {"httpMethod": "POST", "path": "/prod/scim/v2/Users"},
        "body": json.dumps(BODY),
        "isBase64Encoded": False,
        "response": {"statusCode": 201},
    },
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


def read(path: Path) -> Log:
    return of_lines(path, decoded(path, unpacked(path)))


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


@pytest.mark.parametrize("line", ['{"method": "GET"', '{"a":' * 100_000])
def test_a_line_that_begins_as_an_object_and_is_none_is_an_error_at_its_place(log: Any, line: str) -> None:
    path = log({"msg": "started"}, line, {"msg": "ended"})

    with pytest.raises(LogError, match=r"requests\.jsonl:2: the line is not JSON"):
        read(path)


def test_plain_text_and_a_last_line_that_is_cut_off_are_passed_over(log: Any) -> None:
    found = read(log("listening on :8080", {"method": "GET", "path": "/Users"}, "[" * 100_000, '{"method": "G'))

    assert [each.number for each in found.lines] == [2]
    assert (found.passed_over, found.cut_off) == (2, 4)


@pytest.mark.parametrize("query", ["queryStringParameters", "multiValueQueryStringParameters"])
def test_a_query_in_parts_keeps_what_nobody_knows_how_it_was_written(log: Any, query: str) -> None:
    value = 'userName eq "a+b@c.example"'
    parts = {"filter": [value] if query.startswith("multi") else value, "count": "1"}

    (found,) = read(log({"httpMethod": "GET", "path": "/scim/Users", query: parts})).lines

    assert found.entry.request.url.endswith('/scim/Users?filter=userName eq "a%2Bb%40c.example"&count=1')


def test_a_body_in_base64_is_decoded(log: Any) -> None:
    body = b64encode(json.dumps(BODY).encode()).decode()

    (found,) = read(log({"httpMethod": "POST", "path": "/Users", "body": body, "isBase64Encoded": True})).lines

    assert json.loads(found.entry.request.body or b"") == BODY


@pytest.mark.parametrize("name", ["resBody", "responseBody", "response_body", "res.body", "response.body"])
def test_an_answer_is_found_under_many_names(log: Any, name: str) -> None:
    line = {"httpMethod": "POST", "path": "/Users", "reqBody": BODY, "responseStatus": 201, name: {"id": "1"}}

    (found,) = read(log(line)).lines

    assert isinstance(found.entry.answer, Response)
    assert (found.entry.answer.status, found.entry.answer.json) == (201, {"id": "1"})
