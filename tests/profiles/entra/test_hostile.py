"""Whatever a service provider answers, each of Entra's flows ends in an outcome; and each can be stored and resumed."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable, Iterator, Sequence

import pytest

from idpsim.provisioning.flow import Call, Ended, Flow, Outcome
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change, Job
from idpsim.scim import ENTERPRISE
from idpsim.wire import Answer, NoResponse, Response
from tests.profiles.entra.playing import ADA, DONE, FINANCE, NOBODY, World, found, ok, status

pytestmark = pytest.mark.thorough


def deep(depth: int, left: bytes = b"[", right: bytes = b"]") -> bytes:
    return left * depth + right * depth


KINDS = ("unreachable", "timeout", "reset", "truncated", "too-large", "malformed", "lost", "held")
HOSTILE: list[Answer] = [
    *(NoResponse(kind, "gone") for kind in KINDS),  # type: ignore[arg-type]
    *(status(code) for code in (100, 301, 400, 401, 403, 404, 405, 409, 418, 422, 429, 500, 501, 503, 599)),
    *(Response(code, (), b"") for code in (200, 201, 202, 204, 299)),
    *(Response(200, (), body) for body in (b"<html>", b"\xff\xfe", b"null", b"7", b'"x"', b"[]", b"{}", b"NaN")),
    *(Response(200, (), deep(depth)) for depth in (10, 900, 100_000)),
    *(ok({"Resources": value}) for value in (None, 7, "x", {}, [7], [None], [[]], [{}], [{"id": None}], [{"id": ""}])),
    *(ok({"id": value}) for value in (None, 7, "", [], {}, True, "x" * 5000, "../..", "\ud800", "a b/ü")),
    *(
        ok({"id": "x", name: value})
        for name in ADA
        for value in (None, 7, "x", [], {}, [7], [[]], True, {"a": {"b": []}})
    ),
    *(
        ok({"id": "x", ENTERPRISE: {"manager": value}})
        for value in (None, 7, "", [], {}, {"value": 7}, [{"value": "y"}])
    ),
    *(ok({"id": "x", "emails": [{"type": value, "value": value}]}) for value in (7, [], {}, None)),
    Response(200, (), b'{"id":"x","emails":[{"type":"work","value":' + deep(800) + b"}]}"),
    Response(200, (), b'{"id":"x","name":' + deep(400, b'{"formatted":', b"}").replace(b":}", b":1}") + b"}"),
    Response(200, (), b'{"id":"x","title":' + deep(900) + b"}"),
    Response(200, (), json.dumps({"Resources": [ADA] * 3}).encode()),
]


def everything(flag: bool) -> Iterator[tuple[str, Job, list[Answer]]]:
    """A job of each flow with answers that lead it to its end."""
    for name, (world, changes, answers) in scripts(flag).items():
        used = iter(answers)
        for phase in world.profile.jobs(changes, world.app):
            for job in phase.jobs:
                told: list[Answer] = []
                before = pickle.dumps(job)
                _run(job.open(), _recording(used, told), world)
                yield f"{name}: {job.flow.__name__} {job.subject} {job.lane}", pickle.loads(before), told


def scripts(flag: bool) -> dict[str, tuple[World, Sequence[Change], list[Answer]]]:
    missing = World(flag).assign("ada").linked("ada", "u-17").set("ada", manager=None, title="Lead")
    again = World(flag).assign("ada", "grace").linked("ada", "u-17").linked("grace", "u-2").with_manager()
    boss = World(flag).assign("ada", "grace").linked("ada", "u-17").linked("grace", "u-2").with_manager()
    purged = World(flag).assign("ada").linked("ada", "u-17").set("ada", status="purged")
    group = (
        World(flag).push("finance").linked("ada", "u-17").linked("finance", "g-5").holding("finance", "ada").members()
    )
    ended = World(flag).linked("finance", "g-5")
    demand = World(flag).assign("ada", "grace").linked("grace", "u-2")
    pushed = World(flag).push("finance").linked("ada", "u-17")
    held = {**ADA, ENTERPRISE: {"department": "R&D", "manager": {"value": "u-2"}}}
    updated = Change("updated", "ada", attributes=("title", "manager"))
    return {
        "joiner": (
            World(flag).assign("grace").linked("grace", "u-2").push("finance"),
            [Change("assigned", "ada"), Change("group-assigned", group="finance")],
            [NOBODY, NOBODY, ok(ADA, 201), ok(ADA), DONE, NOBODY, ok(FINANCE, 201), ok(FINANCE), DONE],
        ),
        "matched": (
            World(flag, matching=("externalId", "userName")).assign("ada").set("ada", manager=None, title="Lead"),
            [Change("assigned", "ada")],
            [NOBODY, NOBODY, found(ADA), ok(ADA), DONE],
        ),
        "missing": (missing, [updated], [NOBODY, status(404), found(ADA), ok(ADA), DONE, ok(ADA)]),
        "again": (
            again.set("ada", title="Lead"),
            [Change("updated", "ada", attributes=("title",))],
            [NOBODY, ok(ADA), DONE, ok(ADA), DONE],
        ),
        "boss": (boss.set("ada", manager=None), [updated], [NOBODY, ok(held), ok(held), DONE]),
        "purged": (purged, [Change("purged", "ada")], [NOBODY, ok(ADA), DONE]),
        "left": (group, [Change("left", "ada", group="finance")], [NOBODY, ok(FINANCE), DONE]),
        "ended": (ended, [Change("unpushed", group="finance")], [NOBODY, ok(FINANCE), DONE]),
        "person on demand": (demand, [Change("on-demand", "ada")], [NOBODY, NOBODY, ok(ADA, 201), ok(ADA), DONE]),
        "group on demand": (
            pushed,
            [Change("on-demand", group="finance", detail={"members": ["ada"]})],
            [NOBODY, NOBODY, ok(FINANCE, 201), ok(FINANCE), DONE],
        ),
    }


def _recording(answers: Iterator[Answer], told: list[Answer]) -> Callable[[Call], Answer]:
    def answer(call: Call) -> Answer:  # noqa: ARG001
        told.append(next(answers))
        return told[-1]

    return answer


def _run(flow: Flow, answer: Callable[[Call], Answer], world: World | None = None) -> tuple[list[Call], Outcome]:
    calls: list[Call] = []
    try:
        effect = next(flow)
        while True:
            if isinstance(effect, Promise):
                if world is not None:
                    world.app.links.keep(effect)
                effect = next(flow)
                continue
            calls.append(effect)
            try:
                given = answer(effect)
            except StopIteration:
                raise AssertionError(f"no answer for {effect}") from None
            effect = flow.send(given)
    except StopIteration as stop:
        return calls, stop.value
    except Ended as ended:
        return calls, ended.outcome


def _scripted(answers: Sequence[Answer], then: Answer) -> Callable[[Call], Answer]:
    """The answers in order, then another one for ever."""
    rest = iter(answers)
    return lambda call: next(rest, then)  # noqa: ARG005


@pytest.mark.parametrize("flag", [False, True])
def test_every_flow_survives_every_hostile_answer_at_every_call(flag: bool):
    tried = 0
    world = World(flag)
    for name, job, told in everything(flag):
        for position in range(len(told)):
            for hostile in HOSTILE:
                for then in (hostile, DONE, ok(ADA)):
                    calls, outcome = _run(job.open(), _scripted([*told[:position], hostile], then))
                    tried += 1
                    assert outcome.word in ("done", "skipped", "failed", "quarantined"), (name, position, hostile)
                    assert len(calls) < 12
                    assert all(world.request(call).url.isprintable() for call in calls)

    assert tried > 20_000


@pytest.mark.parametrize("flag", [False, True])
def test_a_stored_job_that_hears_its_answers_again_asks_the_same(flag: bool):
    for name, job, told in everything(flag):
        whole, outcome = _run(job.open(), _scripted(told, DONE))
        again, repeated = _run(pickle.loads(pickle.dumps(job)).open(), _scripted(told, DONE))

        assert [*again, repeated] == [*whole, outcome], name


def test_every_flow_is_played():
    names = {job.flow.__name__ for _, job, _ in everything(False)}

    assert names >= {"begin", "provision", "remove", "set_manager", "prepare", "add", "drop", "person_now", "group_now"}
