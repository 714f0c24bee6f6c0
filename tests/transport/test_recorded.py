"""RecordedTransport answers from a recording."""

from __future__ import annotations

from idpsim.har import Entry
from idpsim.transport.recorded import RecordedTransport
from idpsim.wire import NoResponse, Request, Response


def entry(method, path, text, body=None):
    return Entry(Request(method, "http://recorded/scim" + path, (), body), Response(200, (), text.encode()))


def send(transport, method, path, body=None):
    answer = transport.send(Request(method, "https://now:8443/scim" + path, (), body))
    return answer.text if isinstance(answer, Response) else answer


def test_entries_are_used_once_in_order_and_the_last_get_again():
    transport = RecordedTransport([entry("GET", "/Users/1", "a"), entry("GET", "/Users/1", "b")])

    assert [send(transport, "GET", "/Users/1") for _ in range(4)] == ["a", "b", "b", "b"]


def test_a_second_post_is_not_recorded():
    transport = RecordedTransport([entry("POST", "/Users", "a", b"{}")])

    assert send(transport, "POST", "/Users", b"{}") == "a"
    assert send(transport, "POST", "/Users", b"{}") == NoResponse(
        "unreachable", "no recorded answer for POST /scim/Users"
    )


def test_an_equal_json_body_is_preferred():
    transport = RecordedTransport(
        [entry("POST", "/Users", "a", b'{"n":1}'), entry("POST", "/Users", "b", b'{"n":2,"m":3}')]
    )

    assert [send(transport, "POST", "/Users", body) for body in (b'{ "m":3, "n":2 }', b"else")] == ["b", "a"]


def test_the_query_counts():
    transport = RecordedTransport([entry("GET", "/Users?startIndex=1", "a")])

    assert send(transport, "GET", "/Users") == NoResponse("unreachable", "no recorded answer for GET /scim/Users")
    assert send(transport, "GET", "/Users?startIndex=1") == "a"


def test_a_recorded_failure_is_played():
    lost = NoResponse("timeout", "no answer within 60 s")
    transport = RecordedTransport([Entry(Request("GET", "http://recorded/", ()), lost)])

    assert transport.send(Request("GET", "http://now", ())) == lost


def test_what_nobody_asked_for_is_listed():
    first, second = entry("GET", "/a", ""), entry("GET", "/b", "")
    transport = RecordedTransport([first, second])

    send(transport, "GET", "/a")

    assert transport.unused == (second.request,)
