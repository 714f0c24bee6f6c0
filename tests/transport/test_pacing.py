"""Paced keeps to the pauses that a service provider asks for."""

from __future__ import annotations

import pytest

from idpsim.transport.pacing import Pace, Paced
from idpsim.wire import NoResponse, Request, Response

START = 1_800_000_000.0
USERS = Request("GET", "http://sp.test/scim/Users", ())
OTHER = Request("GET", "http://other.test/scim/Users", ())


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.time = START
        self.slept = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


class Canned:
    """Gives its answers in turn."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.closed = False

    def send(self, _):
        return self.answers.pop(0)

    def close(self):
        self.closed = True


def limited(status=429, retry_after=None):
    return Response(status, () if retry_after is None else (("retry-after", retry_after),))


OK = Response(200)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pace(clock):
    return Pace(sleep=clock.sleep, now=clock.now, max_wait=5)


@pytest.mark.parametrize(
    ("answer", "slept"),
    [
        (limited(429, "2"), [2.0]),
        (limited(503, "2"), [2.0]),
        (limited(429), [1.0]),
        (limited(503), [1.0]),
        (limited(429, "soon"), [1.0]),
        (limited(429, "-3"), [1.0]),
        (limited(429, "0"), []),
        (limited(429, "Fri, 15 Jan 2027 08:00:03 GMT"), [3.0]),
        (limited(429, "Fri, 15 Jan 2010 08:00:03 GMT"), []),
        (limited(500, "2"), []),
        (NoResponse("timeout", ""), []),
    ],
)
def test_a_pause_passes_before_the_next_request(clock, pace, answer, slept):
    transport = Paced(Canned(answer, OK), pace)

    answers = [transport.send(USERS), transport.send(USERS)]

    assert answers == [answer, OK]
    assert clock.slept == slept


def test_a_pause_is_for_everyone_who_asks_that_target(clock, pace):
    vendor, own = Paced(Canned(limited()), pace), Paced(Canned(OK, OK), pace)
    vendor.send(USERS)

    own.send(OTHER)
    before = list(clock.slept)
    own.send(USERS)

    assert (before, clock.slept) == ([], [1.0])


def test_a_longer_pause_than_allowed_is_held_until_it_has_passed(clock, pace):
    transport = Paced(Canned(limited(429, "60"), OK), pace)
    transport.send(USERS)

    held = transport.send(USERS)
    clock.time += 58
    answer = transport.send(USERS)

    assert held == NoResponse(
        "held", "the service provider asked for a pause, 60 s of it left; not played, raise --max-wait"
    )
    assert (answer, clock.slept) == (OK, [2.0])


def test_a_shorter_pause_does_not_shorten_a_longer_one(clock, pace):
    transport = Paced(Canned(OK), pace)
    pace.heed(USERS.url, limited(429, "4"))
    pace.heed(USERS.url, limited(429, "1"))

    transport.send(USERS)

    assert clock.slept == [4.0]


def test_closing_closes_the_transport_below(pace):
    inner = Canned()

    Paced(inner, pace).close()

    assert inner.closed
