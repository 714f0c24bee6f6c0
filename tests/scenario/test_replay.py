"""Recorded requests are sent again: other ids, same bytes, and what changed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from idpsim.har import Entry
from idpsim.scenario.likeness import differences
from idpsim.scenario.replay import Replay, Replayed, below
from idpsim.wire import Answer, NoResponse, Request, Response

BASE = "https://new.example/scim"


class Answers:
    """A service provider that has its answers ready, and remembers what it was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.sent: list[Request] = []
        self._answers = list(answers)

    def send(self, request: Request) -> Answer:
        self.sent.append(request)
        return self._answers.pop(0)

    def close(self) -> None: ...


def entry(method: str, path: str, body: bytes | None = None, answer: Any = None, headers: Any = ()) -> Entry:
    recorded = Response(200, body=json.dumps(answer).encode())
    return Entry(Request(method, f"http://old.example/a/v2{path}", tuple(headers), body), recorded)


def ok(document: Any, status: int = 200) -> Response:
    return Response(status, body=json.dumps(document).encode())


def played(transport: Answers, *entries: Entry, token: str | None = None) -> list[Replayed]:
    return list(Replay(transport, BASE, token).play(entries))


def test_an_id_that_was_given_is_replaced_by_the_one_given_now() -> None:
    sp = Answers(*[ok({"id": "new-1"})] * 4)
    body = b'{"Operations": [ {"op":"Remove","path":"members[value eq \\"old-1\\"]"}, {"value":[{"value":"old-1"}]} ]}'

    played(
        sp,
        entry("POST", "/Users", b"{}", {"id": "old-1"}),
        entry("GET", "/Users/old-1?attributes=id", None, {"id": "old-1"}),
        entry("PATCH", "/Groups/7", body, {"id": "old-1"}),
        entry("GET", "/Users?filter=manager%20eq%20%22old-1%22", None, {"id": "old-1"}),
    )

    assert [request.url.removeprefix(BASE) for request in sp.sent] == [
        "/Users",
        "/Users/new-1?attributes=id",
        "/Groups/7",
        "/Users?filter=manager%20eq%20%22new-1%22",
    ]
    assert sp.sent[2].body == body.replace(b"old-1", b"new-1")


def test_ids_are_learnt_from_lists_by_what_names_the_resources() -> None:
    old = {"Resources": [{"id": "o1", "userName": "ada"}, {"id": "o2", "userName": "grace"}]}
    new = {"Resources": [{"id": "n2", "userName": "grace"}, {"id": "n1", "userName": "ada"}]}
    sp = Answers(ok(new), ok({}), ok({}))

    first, *_ = played(
        sp, entry("GET", "/Users", None, old), entry("GET", "/Users/o1", None, {}), entry("GET", "/Users/o2", None, {})
    )

    assert [request.url.rpartition("/")[2] for request in sp.sent[1:]] == ["n1", "n2"]
    assert first.changes == ()


def test_a_short_id_is_replaced_only_where_ids_stand() -> None:
    sp = Answers(ok({"id": "9"}), ok({}))

    played(
        sp,
        entry("POST", "/Users", b"{}", {"id": "1"}),
        entry("PATCH", "/Users/1", b'{"employeeNumber":"1","members":[{"value":"1"}],"id":"1"}', {}),
    )

    assert sp.sent[1].body == b'{"employeeNumber":"1","members":[{"value":"9"}],"id":"9"}'


def test_headers_stay_but_for_host_length_and_token() -> None:
    headers = (
        ("X-First", "1"),
        ("Authorization", "Bearer [redacted]"),
        ("content-length", "99"),
        ("Host", "old.example"),
    )
    sp = Answers(ok({}), ok({}))

    played(sp, entry("POST", "/Users", b"{}", {}, headers), token="t0p")
    played(sp, entry("POST", "/Users", b"{}", {}, headers))

    assert sp.sent[0].headers == (
        ("X-First", "1"),
        ("Authorization", "Bearer t0p"),
        ("content-length", "2"),
        ("Host", "new.example"),
    )
    assert "Authorization" not in dict(sp.sent[1].headers)


def test_a_body_without_old_ids_keeps_its_bytes() -> None:
    body = b'{"a" :  1.0, "a":"\xff\\u00e9", "b":"\\/"}'
    sp = Answers(ok({"id": "new-id"}), ok({}))

    played(sp, entry("POST", "/Users", b"{}", {"id": "old-id"}), entry("PUT", "/Users/x", body, {}))

    assert sp.sent[1].body == body


def test_another_status_is_named_with_what_is_said_now() -> None:
    (one,) = played(Answers(ok({"detail": "no such user"}, 404)), entry("GET", "/Users/1", None, {"id": "1"}))

    assert one.changes == ("was answered 200, is answered 404: no such user",)


def test_an_answer_that_stays_out_is_named() -> None:
    (one,) = played(Answers(NoResponse("timeout", "no answer within 60 s")), entry("GET", "/Users/1", None, {}))

    assert one.changes == ("was answered 200, is without an answer (no answer within 60 s)",)


def test_what_is_no_scim_is_left_out() -> None:
    assert below("https://sp.example/login") is None
    assert below("https://sp.example/scim/v2/Users/1?a=b") == "/Users/1?a=b"
    assert below("https://sp.example/users-and-more/scim/Groups") == "/Groups"
    assert played(Answers(), Entry(Request("GET", "http://old.example/login", ()), None)) == []


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        ({"active": True}, {"active": False}, ["active was true, is false"]),
        ({"a": 1}, {"a": "1"}, ['a was 1, is "1"']),
        ({"a": 1}, {}, ["a was 1, is not there"]),
        ({}, {"a": None}, ["a was not there, is null"]),
        ({"id": "1", "meta": {"version": "a", "created": "x", "location": "y"}}, {"id": "2", "meta": {}}, []),
        ({"hired": "2026-01-05T09:00:00Z"}, {"hired": "2027-02-06T10:00:00.123Z"}, []),
        ({"x": "old"}, {"x": "new"}, []),
        ({"x": "see /Users/old"}, {"x": "see /Users/new"}, []),
        ({"m": [{"value": "old"}, {"value": "b"}]}, {"m": [{"value": "b"}, {"value": "new"}]}, []),
        ({"m": ["a", "b"]}, {"m": ["b"]}, ['m[0] was "a", is not there']),
        ([1], {"a": 1}, ['the body was [1], is {"a": 1}']),
        (None, None, []),
    ],
)
def test_what_is_different_apart_from_ids_dates_and_versions(before: Any, now: Any, found: list[str]) -> None:
    assert differences(before, now, {"old": "new"}) == found


def listed(*names: str) -> dict[str, Any]:
    found = [{"id": f"{len(names)}{name}", "userName": name, "title": str(len(names))} for name in names]
    return {"totalResults": len(found), "startIndex": 1, "itemsPerPage": len(found), "Resources": found}


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        ("?startIndex=1&count=2", ['Resources[0].title was "1", is "2"']),
        ("?count=2&filter=x", ["totalResults was 1, is 2"]),
    ],
)
def test_of_a_list_of_everybody_only_those_are_compared_who_are_in_both(query: str, changes: list[str]) -> None:
    (found,) = played(Answers(ok(listed("grace", "ada"))), entry("GET", f"/Users{query}", None, listed("ada")))

    assert [each for each in changes if each in found.changes] == changes
    assert len(found.changes) == 1 or "filter" in query


def test_a_query_that_was_recorded_in_parts_is_sent_as_a_url_can_hold_it() -> None:
    sp = Answers(ok({}))

    played(sp, entry("GET", '/Users?filter=userName eq "a%2Bb"', None, {}))

    assert sp.sent[0].url == f"{BASE}/Users?filter=userName%20eq%20%22a%2Bb%22"
