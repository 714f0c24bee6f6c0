"""Whatever a service provider answers, each flow ends in an outcome; and each can be stored and resumed."""

import json
import pickle

import pytest

from idpsim.provisioning.flow import Call, Ended, Failed, Waiting
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change
from idpsim.scim import ENTERPRISE
from idpsim.wire import NoResponse, Response
from tests.profiles.okta.playing import AIW, OKTA, Played, World, at_sp, run

pytestmark = pytest.mark.thorough

BOTH = pytest.mark.parametrize("profile", [OKTA, AIW], ids=lambda profile: profile.name)
KINDS = ("unreachable", "timeout", "reset", "truncated", "too-large", "malformed", "lost", "held")
DEEP = b"[" * 500 + b"]" * 500
ODD = (b"null", b"7", b'"x"', b"[]", b"{}", b"[7]", b"[[]]", b"[{}]", b"true", DEEP)
NAMES = ("schemas", "name", "emails", "phoneNumbers", "addresses", "active", "members", "meta", "id", ENTERPRISE)
BODIES = (
    *(b"", b"<html>hello</html>", b"\xff\xfe\x00", b"null", b"17", b"[]", b'"text"', b"{}", b"[" * 100_000),
    *(b'{"Resources":' + value + b"}" for value in ODD),
    *(b'{"totalResults":' + value + b"}" for value in ODD),
    b'{"Resources":[{"id":"../../x?y#z"}],"totalResults":1e400}',
    b'{"Resources":[{"id":"\\ud800"}],"totalResults":1}',
    b'{"Resources":[{"id":"' + b"x" * 2000 + b'"}]}',
    b'{"emails":[{"primary":[],"type":{}}],"addresses":[{"primary":true,"type":7,"locality":{}}]}',
    b'{"' + ENTERPRISE.encode() + b'":{"manager":' + DEEP + b',"department":{}},"\\ud800":"\\ud800"}',
    b'{"phoneNumbers":[{"primary":true,"type":"\\"] or ("}],"urn:x":{"":[null]},"":{"a.b":1}}',
    b'{"schemas":[[],{}],"detail":{"a":1}}',
)
RESOURCES = tuple(b'{"id":"x","' + name.encode() + b'":' + value + b"}" for name in NAMES for value in ODD)
STATUSES = (100, 200, 201, 202, 204, 302, 400, 401, 404, 405, 409, 412, 429, 500, 503, 999)
HOSTILE = [
    *(NoResponse(kind, "cut") for kind in KINDS),
    *(Response(status, (("Retry-After", "soon"),), body) for status in STATUSES for body in BODIES),
    *(Response(200, (), body) for body in RESOURCES),
]


def jobs_of_every_flow(profile):
    """One job of every flow, each with all the calls that it can make."""
    new = World(profile, import_groups=True)
    yield new, profile.connect(new.app)
    yield new, first(new, Change("import"))
    new.app.assigned_people["ada"] = None
    yield new, first(new, Change("assigned", "ada"))
    yield new, first(new, Change("pushed", group="eng"))
    there = World(profile, second_put_on_match=True)
    at_sp(there)
    there.app.assigned_people["ada"] = None
    yield there, first(there, Change("assigned", "ada"))
    there.sp.held["/Groups/g"] = {"id": "g", "displayName": "Staff", "members": [{"value": "theirs"}]}
    there.app.links.keep(Promise("user", "ada", "u-481", {"active": True, "title": "Analyst"}))
    yield there, first(there, Change("pushed", group="staff"))
    old = World(profile, sync_password=True)
    old.assign("ada", "grace")
    old.push("eng")
    names = ("title", "phone", "email", "secondEmail", "city", "street", "manager", "department", "custom", "givenName")
    old.put("ada", title=None, phone="+1", secondEmail="s@x.test", city="Paris", department="E", custom={"a": "b"})
    old.put("grace", manager=None, email=None, givenName=None, title=None)
    for each in ("ada", "grace"):
        yield old, first(old, Change("updated", each, attributes=names))
    yield old, first(old, Change("password", "ada", detail={"password": "N3w"}))
    yield old, first(old, Change("group-updated", group="eng"))
    old.members("eng", "ada")
    yield old, first(old, Change("left", "grace", "eng"))
    yield old, first(old, Change("unpushed", group="eng"))
    del old.app.assigned_people["ada"]
    yield old, first(old, Change("unassigned", "ada"))


def first(world, change):
    return next(job for job in world.jobs(change) if job.flow.__name__ != "nothing")


def answering(world, place, hostile):
    asked = []

    def told(call):
        asked.append(call)
        return hostile if len(asked) == place + 1 else world.sp(call)

    return told


@BOTH
def test_a_hostile_answer_to_any_call_of_any_flow_ends_in_an_outcome(profile):
    walked = 0
    for world, job in jobs_of_every_flow(profile):
        held = pickle.dumps(world.sp.held)
        effects, _ = walk(job, world.sp)
        for place in range(sum(isinstance(each, Call) for each in effects)):
            for hostile in HOSTILE:
                world.sp.held = pickle.loads(held)
                played = Played()
                outcome = run(job, answering(world, place, hostile), lambda _: None, played)
                walked += 1

                assert hasattr(outcome, "word"), (job.flow, place, hostile)
                assert all(world.request(call).url.isascii() for call in played.calls)
                assert json.dumps(getattr(outcome, "reason", ""))
                assert all(json.dumps(dict(promise.values)) for promise in played.promises)
                if isinstance(hostile, NoResponse):
                    assert isinstance(outcome, Waiting if hostile.kind == "held" else Failed)
        world.sp.held = pickle.loads(held)
    assert walked > 25 * len(HOSTILE)


@BOTH
def test_every_job_can_be_stored_and_its_flow_resumed_on_the_stored_answers(profile):
    for world, job in jobs_of_every_flow(profile):
        stored, held = pickle.loads(pickle.dumps(job)), pickle.dumps(world.sp.held)
        effects, answers = walk(job, world.sp)
        world.sp.held = pickle.loads(held)

        for told in range(len(answers)):
            resumed, _ = walk(stored, None, pickle.loads(pickle.dumps(answers[:told])))

            assert resumed == effects[: len(resumed)]
            assert sum(isinstance(each, Call) for each in resumed) == told + 1


@BOTH
def test_every_flow_is_played(profile):
    names = {job.flow.__name__ for _, job in jobs_of_every_flow(profile)}

    assert names == {
        *("test_connection", "import_all", "assign", "update", "set_password", "deactivate"),
        *("push", "rename", "change_members", "unlink"),
    }


def walk(job, sp, told=()):
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
