"""What Entra sends about managers."""

from __future__ import annotations

import pytest

from idpsim.provisioning.flow import Failed
from idpsim.provisioning.profile import Change
from idpsim.scim import ENTERPRISE
from tests.profiles.entra.playing import ADA, DONE, GRACE, MANAGER, NOBODY, World, found, ok, status

HELD = {**ADA, ENTERPRISE: {"department": "R&D", "manager": {"value": "u-2"}}}
CHANGED = [Change("updated", "ada", attributes=("manager",))]


def both(flag: bool = False, **settings: object) -> World:
    return World(flag, **settings).assign("ada", "grace").linked("ada", "u-17").linked("grace", "u-2")


def operation(op: str, value: str) -> str:
    return f'PATCH /Users/u-17 [{{"op":"{op}","path":"{MANAGER}","value":"{value}"}}]'


@pytest.mark.parametrize(("flag", "op"), [(False, "Add"), (True, "add")])
def test_a_manager_is_set_by_a_bare_id_after_the_user_was_read(flag: bool, op: str):
    world = both(flag)

    played = world.cycle(CHANGED, [ok(ADA), ok(ADA), DONE])

    assert played.lines[1:] == ["GET /Users/u-17", "GET /Users/u-17", operation(op, "u-2")]
    assert world.app.links.user("ada").values[f"{MANAGER}.value"] == "u-2"  # type: ignore[union-attr]


@pytest.mark.parametrize(("flag", "op"), [(False, "Replace"), (True, "replace")])
def test_another_manager_replaces_the_one_that_was_read(flag: bool, op: str):
    world = both(flag)
    other = {**ADA, ENTERPRISE: {"department": "R&D", "manager": {"value": "u-9"}}}

    played = world.cycle(CHANGED, [ok(other), ok(other), DONE])

    assert played.writes == [operation(op, "u-2")]


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (False, operation("Remove", "u-2")),
        (True, 'PATCH /Users/u-17 [{"op":"remove","path":"manager[value eq \\"u-2\\"]"}]'),
    ],
)
def test_a_manager_who_was_taken_away_is_removed(flag: bool, expected: str):
    world = both(flag).with_manager().set("ada", manager=None)

    played = world.cycle(CHANGED, [ok(HELD), ok(HELD), DONE])

    assert played.writes == [expected]
    assert world.app.links.user("ada").values[f"{MANAGER}.value"] is None  # type: ignore[union-attr]


def test_a_manager_that_is_the_same_on_both_sides_is_not_sent():
    world = both()

    played = world.cycle(CHANGED, [ok(HELD), ok(HELD)])

    assert played.outcome("ada", "manager").by == "state"
    assert not played.writes


def test_an_update_of_something_else_reads_the_user_once():
    world = both().with_manager().set("ada", title="Lead")

    played = world.cycle([Change("updated", "ada", attributes=("title",))], [ok(HELD), DONE])

    assert played.lines[1:] == [
        "GET /Users/u-17",
        'PATCH /Users/u-17 [{"op":"Replace","path":"title","value":"Lead"}]',
    ]


def test_a_manager_that_is_not_returned_is_sent_again_each_time():
    world = both().with_manager().set("ada", title="Lead")

    played = world.cycle([Change("updated", "ada", attributes=("title",))], [ok(ADA), DONE, ok(ADA), DONE])

    assert played.writes[1:] == [operation("Add", "u-2")]


def test_managers_come_after_all_users():
    world = World().assign("ada", "grace")
    changes = [Change("assigned", "ada"), Change("assigned", "grace")]

    played = world.cycle(changes, [NOBODY, ok(ADA, 201), NOBODY, ok(GRACE, 201), ok(ADA), DONE])

    assert [line.partition(" [")[0].partition(" {")[0] for line in played.lines[1:]] == [
        "GET /Users?filter=userName+eq+%22ada%40fabrikam.example%22",
        "POST /Users",
        "GET /Users?filter=userName+eq+%22grace%40fabrikam.example%22",
        "POST /Users",
        "GET /Users/u-17",
        "PATCH /Users/u-17",
    ]


def test_a_manager_who_is_not_in_scope_is_not_sent_and_that_is_said():
    world = World().assign("ada")

    played = world.cycle([Change("assigned", "ada")], [NOBODY, ok(ADA, 201)])

    assert "until a restart" in played.outcome("ada", "manager").reason
    assert played.outcome("ada", "manager").by == "vendor"


def test_a_manager_who_comes_into_scope_is_not_sent_for_those_who_were_there_before():
    world = World().assign("ada", "grace").linked("ada", "u-17")

    played = world.cycle([Change("assigned", "grace")], [NOBODY, ok(GRACE, 201)])

    assert not [line for line in played.lines if "u-17" in line]


def test_a_restart_sends_the_managers_that_were_missed():
    world = both().with_manager()
    world.app.links.keep(world.app.links.user("ada").promised({f"{MANAGER}.value": None}))  # type: ignore[union-attr]

    played = world.cycle([Change("restart")], [ok(ADA), ok(GRACE), ok(ADA), DONE])

    assert played.writes == [operation("Add", "u-2")]


def test_a_manager_whose_own_creation_failed_is_tried_again():
    world = World().assign("ada", "grace")
    changes = [Change("assigned", "ada"), Change("assigned", "grace")]

    played = world.cycle(changes, [NOBODY, ok(ADA, 201), NOBODY, status(500)])

    failed = played.outcome("ada", "manager")
    assert isinstance(failed, Failed)
    assert failed.code == "UnresolvedReference"


def test_who_was_matched_keeps_the_manager_that_was_read():
    world = World().assign("ada", "grace").linked("grace", "u-2")

    played = world.cycle([Change("assigned", "ada")], [found(HELD), ok(HELD), ok(HELD)])

    assert not played.writes


def test_update_switched_off_sends_no_manager():
    world = both(update=False)

    played = world.cycle(CHANGED, [])

    assert played.outcome("ada", "manager").by == "settings"
