"""FaultyTransport plays scripted faults between identity provider and service provider."""

from __future__ import annotations

import pytest

from idpsim.transport.faults import FAULTS, Fault, FaultyTransport, Pattern, Sent
from idpsim.wire import NoResponse, Request, Response

BASE = "http://sp.test/scim/v2"


class Counting:
    """Answers 201 with the number of the request in its body."""

    def __init__(self) -> None:
        self.requests = []

    def send(self, request):
        self.requests.append(request)
        return Response(201, (), b"%04d" % len(self.requests))

    def close(self): ...


@pytest.fixture
def inner():
    return Counting()


@pytest.fixture
def slept():
    return []


@pytest.fixture
def transport(inner, slept):
    return FaultyTransport(inner, base_url=BASE + "/", sleep=slept.append, timeout=60)


def send(transport, method="PATCH", path="/Users/1", probe=False) -> Sent:
    return transport.send(Request(method, BASE + path, ()), probe)


@pytest.mark.parametrize(
    ("pattern", "method", "rest", "probe", "expected"),
    [
        ("PATCH /Users", "PATCH", "/Users", False, True),
        ("PATCH /Users", "PATCH", "/Users/1", False, True),
        ("PATCH /Users", "PATCH", "/Users?attributes=id", False, True),
        ("PATCH /Users", "PATCH", "/UsersX", False, False),
        ("PATCH /Users", "PATCH", "/Groups/1", False, False),
        ("PATCH /Users", "GET", "/Users", False, False),
        ("PATCH /Users", "PATCH", "/Users", True, False),
        ("* /Users", "GET", "/Users/1?", False, True),
        ("/Users", "GET", "/Users/1?", False, True),
        ("PATCH /Users/*", "PATCH", "/Users", False, False),
        ("PATCH /Users/*", "PATCH", "/Users/1", False, True),
        ("PATCH", "PATCH", "/anything", False, True),
        ("*", "PUT", "/anything", False, True),
        ("GET /Users?", "GET", "/Users", False, False),
        ("GET /Users?", "GET", "/Users?", False, True),
        ("GET /Users?", "GET", "/Users/1?x", False, False),
        ("GET /Users?filter=", "GET", "/Users?filter=a", False, True),
        ("GET /Users?filter=", "GET", "/Users?startIndex=1", False, False),
        ("probe", "GET", "/Users?x", True, True),
        ("probe", "GET", "/Users?x", False, False),
        ("probe GET /Users", "GET", "/Users?x", True, True),
        ("probe GET /Users", "GET", "/Groups", True, False),
        ("probe /Users", "GET", "/Users", True, True),
    ],
)
def test_a_pattern_means_these_requests(pattern, method, rest, probe, expected):
    assert Pattern.read(pattern).matches(method, rest, probe) is expected


@pytest.mark.parametrize("text", ["", "patch /Users", "PATCH Users", "PATCH /Users /Groups", "PATCH/Users", "probe x"])
def test_a_wrong_pattern_is_refused(transport, text):
    with pytest.raises(ValueError, match="write `PATCH /Users`"):
        transport.arm((Fault(text, "reset"),))


def test_nothing_happens_without_a_script(transport):
    assert send(transport) == Sent(Response(201, (), b"0001"), (Response(201, (), b"0001"),), None)


def test_a_lost_response_was_given(transport):
    transport.arm((Fault("PATCH /Users", "lose-response"),))

    first, second = send(transport), send(transport)

    assert first.answer == NoResponse("lost", "the service provider answered 201, and the answer was lost (fault)")
    assert first.at_sp == (Response(201, (), b"0001"),)
    assert first.fault == "answer lost; the service provider answered 201"
    assert (second.answer.status, second.fault) == (201, None)


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Fault("*", "status", status=500, headers=(("X", "1"),), body=b"no"), Response(500, (("X", "1"),), b"no")),
        (Fault("*", "rate-limit"), Response(429, (("Retry-After", "1"),), b"", "Too Many Requests")),
        (Fault("*", "rate-limit", retry_after=None), Response(429, (), b"", "Too Many Requests")),
        (Fault("*", "reset"), NoResponse("reset", "the connection was reset (fault)")),
    ],
)
def test_some_faults_keep_the_request_from_the_service_provider(transport, inner, fault, answer):
    transport.arm((fault,))

    sent = send(transport)

    assert (sent.answer, sent.at_sp, inner.requests) == (answer, (), [])
    assert sent.fault


def test_a_truncated_answer_says_how_much_came(transport, inner):
    transport.arm((Fault("*", "truncate"),))

    sent = send(transport)

    assert sent.answer == NoResponse("truncated", "the connection was closed after 2 of 4 bytes (fault)")
    assert len(inner.requests) == 1


def test_a_duplicate_goes_out_twice(transport):
    transport.arm((Fault("*", "duplicate"),))

    sent = send(transport)

    assert [answer.body for answer in sent.at_sp] == [b"0001", b"0002"]
    assert sent.answer.body == b"0002"


def test_a_delay_passes_for_real(transport, slept):
    transport.arm((Fault("*", "delay", seconds=0.5),))

    assert send(transport).answer.status == 201
    assert slept == [0.5]


def test_a_delay_beyond_the_timeout_is_one(transport, slept, inner):
    transport.arm((Fault("*", "delay", seconds=90),))

    assert send(transport).answer.kind == "timeout"
    assert (slept, inner.requests) == ([60], [])


def test_times_and_after_count_matching_requests(transport):
    transport.arm((Fault("PATCH", "reset", times=2, after=1),))

    played = [send(transport, method).fault is not None for method in ("PATCH", "GET", "PATCH", "PATCH", "PATCH")]

    assert played == [False, False, True, True, False]


def test_faults_on_one_pattern_play_one_after_the_other(transport):
    transport.arm(
        (
            Fault("PATCH", "status", status=500),
            Fault("PATCH", "status", status=502),
            Fault("PATCH", "reset", times=None),
        )
    )

    answers = [send(transport).answer for _ in range(4)]

    assert [getattr(answer, "status", "reset") for answer in answers] == [500, 502, "reset", "reset"]


def test_probes_meet_only_faults_for_probes(transport):
    transport.arm((Fault("*", "reset", times=None), Fault("probe", "status", times=None)))

    assert isinstance(send(transport).answer, NoResponse)
    assert send(transport, probe=True).answer.status == 503


def test_disarming_ends_the_script_and_tells_what_never_played(transport):
    played, unplayed = Fault("PATCH", "reset", times=None), Fault("DELETE", "reset")
    transport.arm((played, unplayed))
    send(transport)

    assert transport.disarm() == (unplayed,)
    assert send(transport).fault is None


def test_every_kind_of_fault_says_what_it_did(transport):
    for kind in FAULTS:
        transport.arm((Fault("*", kind),))

        assert send(transport).fault
