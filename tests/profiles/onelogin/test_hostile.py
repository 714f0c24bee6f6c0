import json
import pickle

import pytest

from idpsim.profiles.onelogin.scim import PROFILES, connect
from idpsim.provisioning.flow import Call, Ended, Failed, Waiting
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change
from idpsim.wire import NoResponse, Response

pytestmark = pytest.mark.thorough

KINDS = ("unreachable", "timeout", "reset", "truncated", "too-large", "malformed", "lost", "held")
DEEP = b"[" * 500 + b"]" * 500
BODIES = (
    b"",
    b"<html>hello</html>",
    b"\xff\xfe\x00",
    b"null",
    b"17",
    b"[]",
    b'"text"',
    b"[" * 100_000,
    b'{"Resources":{}}',
    b'{"Resources":[1]}',
    b'{"Resources":[{}]}',
    b'{"Resources":[{"id":5}]}',
    b'{"Resources":[{"id":"' + b"x" * 2000 + b'"}]}',
    b'{"Resources":[{"id":"../../x?y#z"}],"totalResults":true}',
    b'{"Resources":null,"totalResults":"many"}',
    b'{"Resources":[{"id":"a","displayName":' + DEEP + b'}],"totalResults":1e400}',
    b'{"id":null,"name":[]}',
    b'{"id":"","name":{"givenName":"A","familyName":"B"}}',
    b'{"id":"\\ud800","name":' + DEEP + b"}",
    b'{"id":"u","name":{"givenName":{},"familyName":[]},"detail":{"a":1}}',
)
STATUSES = (100, 200, 201, 202, 204, 302, 400, 401, 404, 405, 409, 412, 429, 500, 503, 999)
HOSTILE = [
    *(NoResponse(kind, "cut") for kind in KINDS),
    *(Response(status, (("Retry-After", "soon"),), body) for status in STATUSES for body in BODIES),
]


def jobs_of_every_flow(company):
    """One job of every flow, each with all the calls that it can make."""
    world = company(get_by_id_before_put=True, on_removed="delete", on_suspended="suspend")
    yield world, connect(world.app)
    world.app.pushed |= {"engineering": None, "maths": None}
    world.app.assigned_people["ada"] = None
    yield world, first(world, Change("assigned", "ada"))
    yield world, first(world, Change("import"))
    world.assign("ada")
    world.members("maths")
    world.put("ada", title="Countess")
    yield world, first(world, Change("updated", "ada", attributes=("title",)))
    world.put("ada", status="suspended")
    yield world, first(world, Change("suspended", "ada"))
    del world.app.assigned_people["ada"]
    yield world, first(world, Change("unassigned", "ada"))


def first(world, change):
    return next(
        job for phase in PROFILES[0].jobs([change], world.app) for job in phase.jobs if job.flow.__name__ != "nothing"
    )


def test_a_hostile_answer_to_any_call_of_any_flow_ends_in_an_outcome(company, finish):
    walked = 0
    for world, job in jobs_of_every_flow(company):
        calls = len(finish(job, world.sp)[1].calls)
        for place in range(calls):
            for hostile in HOSTILE:
                outcome, played = finish(job, answering(world, place, hostile))
                walked += 1

                assert hasattr(outcome, "word"), (job.flow, place, hostile)
                assert all(world.request(call).url for call in played.calls)
                assert json.dumps(getattr(outcome, "reason", ""))
                if isinstance(hostile, NoResponse):
                    assert isinstance(outcome, Waiting if hostile.kind == "held" else Failed)
    assert walked > 13 * len(HOSTILE)


def answering(world, place, hostile):
    asked = []

    def answer(call):
        asked.append(call)
        return hostile if len(asked) == place + 1 else world.sp(call)

    return answer


def test_every_job_can_be_stored_and_its_flow_resumed_on_the_stored_answers(company):
    for world, job in jobs_of_every_flow(company):
        stored = pickle.loads(pickle.dumps(job))
        effects, answers = walked(job, world.sp)

        for told in range(len(answers)):
            resumed, _ = walked(stored, None, pickle.loads(pickle.dumps(answers[:told])))

            assert resumed == effects[: len(resumed)]
            assert sum(isinstance(each, Call) for each in resumed) == told + 1


def walked(job, sp, told=()):
    """What a flow yields, and the answers that it was given: by `sp`, or as `told` and then no more."""
    flow, effects, answers = job.open(), [], []
    try:
        effect = next(flow)
        while True:
            effects.append(effect)
            if isinstance(effect, Promise):
                effect = next(flow)
            elif sp is None and len(answers) == len(told):
                break
            else:
                answers.append(told[len(answers)] if sp is None else sp(effect))
                effect = flow.send(answers[-1])
    except (StopIteration, Ended):
        pass
    return effects, answers
