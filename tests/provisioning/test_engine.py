"""The engine in virtual time: jobs, retries, cycles, approvals."""

from __future__ import annotations

import pytest

from idpsim.provisioning.flow import Waiting
from idpsim.provisioning.profile import Change, Retry
from idpsim.wire import NoResponse, Response

from .vendor import Place, first, yes

ASSIGN = [Change("assigned", "p0")]
RATE_LIMIT = Retry(("429",), (300.0,), 10, retry_after=True, doubling=True)
NEXT_CYCLE = Retry(("5xx", "none"), (0.0,), 30)
LADDER = Retry(("4xx",), (21_600.0, 21_600.0, 43_200.0, 86_400.0), 28)


@pytest.mark.parametrize("hands", [1, 2, 8])
@pytest.mark.parametrize("people", [1, 2, 3, 4, 50])
def test_every_job_of_a_phase_is_done_whatever_the_number_of_hands(hands: int, people: int) -> None:
    place = Place(hands=hands, people=people)

    place.engine.submit([Change("assigned", f"p{n}") for n in range(people)])

    assert [place.outcome(f"p{n}") for n in range(people)] == ["done"] * people
    assert place.sent.count("POST /Users") == people


def test_an_event_driven_vendor_sends_at_once() -> None:
    place = Place()

    place.engine.submit(ASSIGN)

    assert place.sent == ["GET /Users", "POST /Users"]
    assert place.clock.now() == 0


def test_a_cyclic_vendor_sends_at_its_next_cycle() -> None:
    place = Place(interval=2400.0)
    place.engine.submit(ASSIGN)
    assert place.sent == []

    place.engine.settle()

    assert place.sent == ["GET /Users", "POST /Users"]
    assert place.clock.now() == 2400


def test_what_was_acknowledged_makes_the_link() -> None:
    place = Place()

    place.engine.submit(ASSIGN)

    link = place.app.links.user("p0")
    assert link is not None
    assert (link.id, dict(link.values), link.created) == ("u-1", {"userName": "p0"}, True)


def test_a_failure_without_a_retry_stays_one_until_somebody_retries_it() -> None:
    place = Place(first(Response(500)))
    place.engine.submit(ASSIGN)
    place.engine.settle()
    assert place.outcome("p0") == "failed"

    place.engine.retry()

    assert place.outcome("p0") == "done"


def test_a_rate_limit_is_waited_for_as_long_as_retry_after_says() -> None:
    place = Place(first(Response(429, (("Retry-After", "17"),))), retries=(RATE_LIMIT,))
    place.engine.submit(ASSIGN)

    place.engine.settle()

    assert place.outcome("p0") == "done"
    assert place.clock.now() == 17


@pytest.mark.parametrize("value", ["1.5", "Wed, 21 Oct 2026 07:28:00 GMT", "", "-3", "²"])
def test_a_retry_after_that_is_no_whole_number_is_not_heeded(value: str) -> None:
    place = Place(first(Response(429, (("Retry-After", value),))), retries=(RATE_LIMIT,))
    place.engine.submit(ASSIGN)

    place.engine.settle()

    assert place.clock.now() == 300


def test_each_further_rate_limit_doubles_the_wait() -> None:
    place = Place(first(*[Response(429)] * 3), retries=(RATE_LIMIT,))
    place.engine.submit(ASSIGN)

    place.engine.settle()

    assert place.clock.now() == 300 + 600 + 1200


def test_settling_gives_up_after_a_day_and_says_when_the_next_attempt_is() -> None:
    place = Place(lambda _: Response(429), retries=(RATE_LIMIT,))
    place.engine.submit(ASSIGN)

    place.engine.settle()

    assert place.outcome("p0") == "failed"
    assert place.clock.now() <= 86_400
    assert "the next attempt is in" in place.engine.results.notes[-1]


def test_without_settling_a_failure_that_is_tried_again_waits() -> None:
    place = Place(first(Response(429)), retries=(RATE_LIMIT,))
    place.engine.submit(ASSIGN)

    place.engine.unsettled()

    assert place.engine.results.outcome("p0") == Waiting("GET /Users was answered 429", 300)


def test_a_lost_answer_is_tried_again_in_the_next_cycle() -> None:
    place = Place(first(NoResponse("lost", "gone")), interval=2400.0, retries=(NEXT_CYCLE,))
    place.engine.submit(ASSIGN)

    place.engine.settle()

    assert place.outcome("p0") == "done"
    assert place.clock.now() == 4800


def test_settling_plays_at_most_three_further_cycles() -> None:
    place = Place(lambda _: Response(503), interval=2400.0, retries=(NEXT_CYCLE,))
    place.engine.submit(ASSIGN)

    place.engine.settle()

    assert place.outcome("p0") == "failed"
    assert len(place.sent) == 4


def test_a_long_ladder_is_climbed_only_by_waiting() -> None:
    place = Place(first(Response(400), Response(400)), interval=2400.0, retries=(LADDER,))
    place.engine.submit(ASSIGN)
    place.engine.settle()
    assert len(place.sent) == 1

    place.engine.wait(13 * 3600)

    assert place.outcome("p0") == "done"


def test_waiting_tells_of_the_cycles_that_had_nothing_to_do() -> None:
    place = Place(interval=2400.0)

    place.engine.wait(24 * 3600)

    assert place.sent == []
    assert place.engine.results.notes == ["36 cycles passed with nothing to do, and no probes are sent for them"]


def test_a_task_waits_for_approval_and_settling_approves_it() -> None:
    place = Place(settings={"approval": "Create user"})
    place.engine.submit(ASSIGN)
    assert (place.outcome("p0"), place.sent) == ("pending", [])

    place.engine.settle()

    assert place.outcome("p0") == "done"


def test_a_rejected_task_sends_nothing() -> None:
    place = Place(settings={"approval": "Create user"})
    place.engine.submit(ASSIGN)

    place.engine.reject(["p0"])
    place.engine.settle()

    assert (place.outcome("p0"), place.sent) == ("skipped", [])


def test_a_pause_that_is_not_waited_for_leaves_the_job_waiting() -> None:
    place = Place(first(NoResponse("held", "not played, raise --max-wait")))

    place.engine.submit(ASSIGN)

    assert place.outcome("p0") == "waiting"


def test_a_hard_deletion_is_due_after_its_time_and_not_for_those_who_were_restored() -> None:
    place = Place(interval=2400.0, purge_after=30 * 86_400.0)
    for uid in ("p0", "p1"):
        place.engine.submit([Change("deleted", uid)])
        someone = place.app.directory.person(uid)
        place.app.put_person(type(someone)(**{**vars_of(someone), "status": "deleted"}))
    place.engine.settle()
    someone = place.app.directory.person("p1")
    place.app.put_person(type(someone)(**{**vars_of(someone), "status": "active"}))
    place.engine.submit([Change("restored", "p1")])
    place.engine.settle()

    place.engine.wait(31 * 86_400)

    assert place.app.directory.person("p0").status == "purged"
    assert place.app.directory.person("p1").status == "active"


def vars_of(someone: object) -> dict[str, object]:
    return {name: getattr(someone, name) for name in type(someone).__dataclass_fields__}


def test_an_exception_in_a_job_is_not_swallowed_by_the_threads() -> None:
    place = Place(lambda _: 1 / 0, hands=4, people=4)  # type: ignore[arg-type,return-value]

    with pytest.raises(ZeroDivisionError):
        place.engine.submit([Change("assigned", f"p{n}") for n in range(4)])


def test_the_connection_test_tells_its_outcome() -> None:
    assert Place(yes).engine.connect().word == "done"


def test_a_failed_task_stays_until_it_is_retried_whatever_is_skipped_in_between() -> None:
    place = Place(first(Response(500)))
    place.engine.submit(ASSIGN)
    place.engine.submit([Change("group-updated", group="g")])
    assert place.outcome("p0") == "failed"

    retried = place.engine.retry()

    assert (retried, place.outcome("p0")) == (1, "done")


def test_retrying_nothing_says_so() -> None:
    assert Place().engine.retry() == 0
