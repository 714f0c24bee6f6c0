"""Entra's cycle, its probe, on-demand runs and retries."""

from __future__ import annotations

import re

import pytest

from idpsim.profiles.entra.scim import RETRIES
from idpsim.provisioning.flow import Quarantined
from idpsim.provisioning.profile import Change
from idpsim.wire import NoResponse, Response
from tests.profiles.entra.playing import (
    ADA,
    DONE,
    FINANCE,
    FLAG,
    GRACE,
    LEGACY,
    NOBODY,
    Played,
    World,
    found,
    ok,
    play,
    status,
)

GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def probed(world: World, *answers: object) -> Played:
    """The connection test."""
    played = Played()
    played.outcomes["app", ""] = play(world.profile.connect(world.app).open(), list(answers), played, world)
    return played


def test_the_connection_test_looks_up_a_random_guid():
    played = probed(World(), NOBODY)

    assert re.fullmatch(f"GET /Users\\?filter=userName\\+eq\\+%22{GUID}%22", played.lines[0])
    assert played.outcome("app").word == "done"
    assert all(call.probe for call in played.calls)


def test_a_switch_makes_the_probe_look_up_a_group_too():
    played = probed(World(probe_group=True), NOBODY, NOBODY)

    assert re.fullmatch(
        f"GET /Groups\\?excludedAttributes=members&filter=displayName\\+eq\\+%22{GUID}%22", played.lines[1]
    )


def test_each_probe_draws_another_guid():
    world = World()

    assert probed(world, NOBODY).lines != probed(world, NOBODY).lines


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (status(404), "SystemForCrossDomainIdentityManagementServiceIncompatible"),
        (status(503), "WebExceptionProtocolError"),
        (status(401), "Unauthorized"),
        (status(403), "InsufficientRights"),
        (Response(200, (), b"<html>"), "SystemForCrossDomainIdentityManagementServiceIncompatible"),
        (NoResponse("timeout", "60 s"), "Timeout"),
    ],
)
def test_the_connection_test_fails_under_entras_own_code(answer: object, code: str):
    assert probed(World(), answer).outcome("app").code == code


def test_a_probe_that_finds_somebody_says_so():
    assert "is the filter ignored?" in probed(World(), found(ADA)).outcome("app").note


def gate(world: World, answer: object) -> object:
    phase = next(iter(world.profile.jobs([Change("assigned", "ada")], world.app)))
    (job,) = phase.jobs
    assert phase.gate
    return play(job.open(), [answer], Played(), world)


@pytest.mark.parametrize("answer", [status(404), status(401), status(400), Response(200, (), b"<html>")])
def test_a_cycle_whose_probe_is_refused_is_quarantined(answer: object):
    outcome = gate(World(), answer)

    assert isinstance(outcome, Quarantined)
    assert outcome.reason.startswith("EncounteredQuarantineException")


@pytest.mark.parametrize("answer", [status(429), status(503), NoResponse("timeout", "60 s"), NoResponse("reset", "")])
def test_a_cycle_whose_probe_fails_for_now_waits_for_the_next_one(answer: object):
    assert gate(World(), answer).word == "failed"  # type: ignore[attr-defined]


def test_a_cycle_without_changes_is_its_probe():
    played = World().assign("ada").linked("ada", "u-17").cycle([], [])

    assert len(played.calls) == 1
    assert played.calls[0].probe


def test_sync_is_a_cycle_too():
    assert len(World().cycle([Change("sync")], []).calls) == 1


def test_a_restart_reads_everybody_in_scope_and_writes_what_differs():
    world = World().assign("ada", "grace").linked("ada", "u-17").linked("grace", "u-2").with_manager()
    held = {
        **ADA,
        "title": "Clerk",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "R&D",
            "manager": {"value": "u-2"},
        },
    }

    played = world.cycle([Change("restart")], [ok(held), DONE, ok(GRACE)])

    assert played.lines[1:] == [
        "GET /Users/u-17",
        'PATCH /Users/u-17 [{"op":"Replace","path":"title","value":"Engineer"}]',
        "GET /Users/u-2",
    ]


def test_a_change_before_a_restart_is_part_of_it():
    world = World().assign("grace").linked("grace", "u-2").set("grace", title="Lead")

    played = world.cycle([Change("updated", "grace", attributes=("title",)), Change("restart")], [ok(GRACE), DONE])

    assert len(played.writes) == 1


@pytest.mark.parametrize("kind", ["suspended", "unsuspended", "password"])
def test_what_entra_never_does_is_skipped_by_the_vendor(kind: str):
    played = World().assign("ada").linked("ada", "u-17").cycle([Change(kind, "ada")], [])

    assert played.outcome("ada").by == "vendor"


def test_a_person_whom_the_directory_does_not_know_is_skipped():
    assert World().cycle([Change("updated", "nobody")], []).outcome("nobody").by == "state"


def test_users_are_planned_one_at_a_time():
    world = World().assign("ada", "grace")
    phases = world.profile.jobs([Change("assigned", "ada"), Change("assigned", "grace")], world.app)
    next(phases)

    users = iter(next(phases).jobs)
    first = next(users)
    world.set("grace", userName="late@fabrikam.example")
    second = next(users)

    assert first.subject == "ada"
    assert second.args[1].values["userName"] == "late@fabrikam.example"


def on_demand(world: World, answers: list[object], **about: object) -> Played:
    return world.cycle([Change("on-demand", **about)], answers)  # type: ignore[arg-type]


@pytest.mark.parametrize("flag", [False, True])
def test_on_demand_a_person_is_probed_for_looked_up_and_created(flag: bool):
    world = World(flag).assign("ada").set("ada", manager=None)

    played = on_demand(world, [NOBODY, ok(ADA, 201)], person="ada")

    assert [line.partition(" {")[0].partition("%22")[0] for line in played.lines] == [
        "GET /Users?filter=userName+eq+",
        "GET /Users?filter=userName+eq+",
        "POST /Users",
    ]
    assert len(played.phases) == 1


@pytest.mark.parametrize("flag", [False, True])
def test_on_demand_a_linked_person_gets_a_legacy_patch_even_with_the_flag(flag: bool):
    world = World(flag).assign("ada").set("ada", manager=None, title="Lead").linked("ada", "u-17")

    played = on_demand(world, [ok(ADA), DONE], person="ada")

    assert played.writes == ['PATCH /Users/u-17 [{"op":"Replace","path":"title","value":"Lead"}]']


def test_on_demand_a_manager_who_is_provisioned_is_sent_too():
    world = World(True).assign("ada", "grace").linked("ada", "u-17").linked("grace", "u-2")

    played = on_demand(world, [ok(ADA), ok(ADA), DONE], person="ada")

    assert '"op":"Add"' in played.writes[0]
    assert played.outcome("ada").word == "done"


def test_on_demand_an_unassigned_person_is_disabled():
    world = World().linked("ada", "u-17").set("ada", manager=None)

    played = on_demand(world, [ok(ADA), DONE], person="ada")

    assert played.writes == ['PATCH /Users/u-17 [{"op":"Replace","path":"active","value":"False"}]']


@pytest.mark.parametrize("state", ["disabled", "deleted"])
def test_on_demand_takes_no_disabled_or_deleted_person(state: str):
    world = World().assign("ada").linked("ada", "u-17").set("ada", status=state)

    assert on_demand(world, [], person="ada").outcome("ada").by == "vendor"


def test_on_demand_a_stranger_out_of_scope_is_skipped():
    assert on_demand(World(), [], person="ada").outcome("ada").reason.startswith("NotEffectivelyEntitled")


@pytest.mark.parametrize("flag", [False, True])
def test_on_demand_a_group_comes_with_the_members_that_were_chosen(flag: bool):
    world = World(flag).push("finance").members("ada", "grace").linked("ada", "u-17").linked("grace", "u-2")

    played = on_demand(
        world, [NOBODY, ok(FINANCE, 201), ok(FINANCE), DONE], group="finance", detail={"members": ["ada"]}
    )

    assert played.writes[-1] == 'PATCH /Groups/g-5 [{"op":"Add","path":"members","value":[{"value":"u-17"}]}]'
    assert world.app.links.group("finance").members == {"ada"}  # type: ignore[union-attr]


def test_on_demand_takes_five_members_at_most():
    world = World().push("finance")

    played = on_demand(world, [], group="finance", detail={"members": list("abcdef")})

    assert played.outcome("finance").by == "vendor"


def test_on_demand_a_failure_is_not_tried_again():
    world = World().assign("ada")

    played = on_demand(world, [status(500)], person="ada")

    assert played.outcome("ada").word == "failed"
    assert played.jobs[0].changes == ()


def test_the_escrow_tries_after_6_12_and_24_hours_then_daily_to_day_28():
    ladder = RETRIES[1]
    waits = [*ladder.waits, *[ladder.waits[-1]] * (ladder.attempts - len(ladder.waits))]
    moments = [sum(waits[: i + 1]) / 3600 for i in range(len(waits))]

    assert moments[:4] == [6, 12, 24, 48]
    assert moments[-1] == 28 * 24


def test_what_may_be_over_soon_is_tried_in_the_next_cycle():
    assert RETRIES[0].waits == (0.0,)
    assert {"429", "5xx", "none"} <= set(RETRIES[0].on)


def test_the_two_profiles_differ_in_name_and_shape_only():
    assert (LEGACY.name, FLAG.name) == ("entra", "entra-flag")
    assert LEGACY.vendor == FLAG.vendor == "entra"
    assert (LEGACY.interval, LEGACY.purge_after, LEGACY.push_assigns) == (2400, 30 * 86400, True)
    assert set(LEGACY.never) == {"suspend", "unsuspend", "set-password", "import", "approve", "reject"}
