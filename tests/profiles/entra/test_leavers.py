"""Entra's deprovisioning matrix: what happens to whom when they leave, by event and by switch."""

from __future__ import annotations

from dataclasses import replace

import pytest

from idpsim.provisioning.profile import Change
from tests.profiles.entra.playing import ADA, DONE, GRACE, NOBODY, World, ok, status

OFF = 'PATCH /Users/u-17 [{"op":"Replace","path":"active","value":"False"}]'
OFF_FLAG = 'PATCH /Users/u-17 [{"op":"replace","path":"active","value":false}]'
ON = 'PATCH /Users/u-17 [{"op":"Replace","path":"active","value":"True"}]'
ON_FLAG = 'PATCH /Users/u-17 [{"op":"replace","path":"active","value":true}]'
GONE = "DELETE /Users/u-17"
EVENTS = ("unassigned", "filtered", "deleted", "disabled")


def left(event: str, flag: bool = False, **settings: object) -> tuple[World, list[Change]]:
    """Ada is provisioned, and then this happens to her."""
    if event == "filtered":
        settings = {"scoping_filter": {"department": "R&D"}, **settings}
    world = World(flag, **settings).assign("ada").linked("ada", "u-17").set("ada", manager=None)
    match event:
        case "unassigned":
            world.unassign("ada")
        case "filtered":
            world.set("ada", department="Sales")
            return world, [Change("updated", "ada", attributes=("department",))]
        case "deleted" | "disabled":
            world.set("ada", status=event)
        case "purged":
            world.set("ada", status="purged")
            return world, [Change("purged", "ada", detail={"assigned": True})]
    return world, [Change(event, "ada")]


HELD = {**ADA, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "R&D"}}


@pytest.mark.parametrize("event", ["unassigned", "deleted", "disabled"])
@pytest.mark.parametrize(("flag", "expected"), [(False, OFF), (True, OFF_FLAG)])
def test_who_leaves_is_read_and_disabled(event: str, flag: bool, expected: str):
    world, changes = left(event, flag)

    played = world.cycle(changes, [ok(HELD), DONE])

    assert played.lines[1:] == ["GET /Users/u-17", expected]
    link = world.app.links.user("ada")
    assert link is not None
    assert link.values["active"] is False


def test_who_falls_out_of_the_scoping_filter_is_disabled_in_the_patch_that_says_why():
    world, changes = left("filtered")

    played = world.cycle(changes, [ok(HELD), DONE])

    assert played.writes[0].startswith(OFF[:-1])
    assert played.writes[0].endswith(':department","value":"Sales"}]')


@pytest.mark.parametrize("event", ["unassigned", "filtered", "deleted"])
def test_without_a_mapping_of_active_who_leaves_is_read_and_deleted(event: str):
    world, changes = left(event, active_mapping=False)

    played = world.cycle(changes, [ok(HELD), DONE])

    assert played.lines[1:] == ["GET /Users/u-17", GONE]
    assert world.app.links.user("ada") is None
    assert world.app.links.gone("user", "ada") is not None


def test_without_a_mapping_of_active_a_disabled_account_changes_nothing():
    world, changes = left("disabled", active_mapping=False)

    played = world.cycle(changes, [])

    assert (len(played.calls), played.outcome("ada").by) == (1, "settings")


def test_without_a_mapping_of_active_updates_of_a_disabled_account_are_sent():
    world, _ = left("disabled", active_mapping=False)
    world.set("ada", title="Lead")

    played = world.cycle([Change("updated", "ada", attributes=("title",))], [ok(HELD), DONE])

    assert played.writes == ['PATCH /Users/u-17 [{"op":"Replace","path":"title","value":"Lead"}]']


@pytest.mark.parametrize("event", EVENTS)
def test_update_switched_off_keeps_everybody_as_they_are(event: str):
    world, changes = left(event, update=False)

    played = world.cycle(changes, [])

    assert (len(played.calls), played.outcome("ada").by) == (1, "settings")


@pytest.mark.parametrize("event", ["unassigned", "filtered", "deleted"])
def test_delete_switched_off_suppresses_the_delete(event: str):
    world, changes = left(event, active_mapping=False, delete=False)

    played = world.cycle(changes, [])

    assert played.outcome("ada").reason == "Delete is switched off"
    assert len(played.calls) == 1


@pytest.mark.parametrize("event", ["unassigned", "filtered"])
@pytest.mark.parametrize("active_mapping", [True, False])
def test_out_of_scope_deletions_can_be_skipped(event: str, active_mapping: bool):
    world, changes = left(event, skip_out_of_scope_deletions=True, active_mapping=active_mapping)

    played = world.cycle(changes, [])

    assert played.outcome("ada").reason == "SkipOutOfScopeDeletions is on"
    assert played.outcome("ada").by == "settings"


@pytest.mark.parametrize("event", ["deleted", "disabled"])
def test_skipping_out_of_scope_deletions_does_not_concern_deleted_and_disabled_accounts(event: str):
    world, changes = left(event, skip_out_of_scope_deletions=True)

    played = world.cycle(changes, [ok(HELD), DONE])

    assert played.writes == [OFF]


@pytest.mark.parametrize("settings", [{}, {"active_mapping": False}, {"update": False}])
def test_a_hard_deletion_is_a_delete(settings: dict[str, object]):
    world, changes = left("purged", **settings)

    played = world.cycle(changes, [ok(HELD), DONE])

    assert played.lines[1:] == ["GET /Users/u-17", GONE]


def test_a_hard_deletion_is_suppressed_where_delete_is_switched_off():
    world, changes = left("purged", delete=False)

    played = world.cycle(changes, [])

    assert (played.outcome("ada").reason, played.outcome("ada").by) == ("Delete is switched off", "settings")


def test_a_hard_deletion_after_an_unassignment_sends_nothing():
    world, _ = left("purged")

    played = world.cycle([Change("purged", "ada", detail={"assigned": False})], [])

    assert played.outcome("ada").by == "vendor"
    assert len(played.calls) == 1


def test_a_purge_before_any_cycle_has_told_of_the_deletion_is_one_delete():
    world, changes = left("purged")

    played = world.cycle([Change("deleted", "ada"), *changes], [ok(HELD), DONE])

    assert played.writes == [GONE]


def test_the_purge_of_a_predecessor_spares_the_user_that_was_taken_over():
    world, changes = left("purged")
    world.app.put_person(replace(world.directory.person("ada"), uid="ada#2", status="active"))
    world.linked("ada#2", "u-17")

    played = world.cycle(changes, [])

    assert played.outcome("ada").by == "state"
    assert not played.writes


@pytest.mark.parametrize("answers", [[ok(HELD), status(404)], [status(404)]])
def test_what_is_gone_already_counts_as_deleted(answers: list[object]):
    world, changes = left("purged")

    played = world.cycle(changes, answers)  # type: ignore[arg-type]

    assert played.outcome("ada").word == "done"
    assert world.app.links.user("ada") is None


@pytest.mark.parametrize("event", ["unassigned", "deleted"])
def test_who_was_never_provisioned_is_left_alone(event: str):
    world, changes = left(event)
    world.app.links.keep(world.app.links.user("ada").gone())  # type: ignore[union-attr]

    played = world.cycle(changes, [])

    assert played.outcome("ada").by == "state"
    assert len(played.calls) == 1


def test_a_disabled_account_is_never_created():
    world = World().assign("ada").set("ada", status="disabled")

    played = world.cycle([Change("assigned", "ada")], [])

    assert played.outcome("ada").by == "vendor"
    assert len(played.calls) == 1


def test_who_is_unassigned_already_is_not_disabled_again_by_a_deletion():
    world, _ = left("unassigned")
    world.linked("ada", "u-17", active=False)
    world.app.links.keep(world.app.links.user("ada").promising(active=False))  # type: ignore[union-attr]

    played = world.cycle([Change("deleted", "ada")], [])

    assert played.outcome("ada").by == "state"
    assert len(played.calls) == 1


def test_a_disabled_account_that_is_still_assigned_gets_its_updates():
    world, changes = left("disabled")
    world.set("ada", title="Lead")

    played = world.cycle([*changes, Change("updated", "ada", attributes=("title",))], [ok(HELD), DONE])

    assert played.writes == [OFF[:-1] + ',{"op":"Replace","path":"title","value":"Lead"}]']


@pytest.mark.parametrize("kind", ["assigned", "enabled", "restored"])
@pytest.mark.parametrize(("flag", "expected"), [(False, ON), (True, ON_FLAG)])
def test_who_comes_back_is_switched_on_by_the_kept_link(kind: str, flag: bool, expected: str):
    world = World(flag).assign("ada").set("ada", manager=None).linked("ada", "u-17", active=False)

    played = world.cycle([Change(kind, "ada")], [ok({**HELD, "active": False}), DONE])

    assert played.lines[1:] == ["GET /Users/u-17", expected]


def test_who_comes_back_is_brought_up_to_date_in_the_same_patch():
    world = World().assign("ada").set("ada", manager=None, title="Lead").linked("ada", "u-17", active=False)

    played = world.cycle([Change("assigned", "ada")], [ok({**HELD, "active": False}), DONE])

    assert played.writes == [ON[:-1] + ',{"op":"Replace","path":"title","value":"Lead"}]']


def test_active_is_added_where_the_service_provider_leaves_it_out():
    world = World().assign("ada").set("ada", manager=None).linked("ada", "u-17", active=False)

    played = world.cycle([Change("assigned", "ada")], [ok({k: v for k, v in HELD.items() if k != "active"}), DONE])

    assert played.writes == ['PATCH /Users/u-17 [{"op":"Add","path":"active","value":"True"}]']


def test_who_comes_back_after_a_delete_is_looked_up_and_created():
    world, changes = left("unassigned", active_mapping=False)
    world.cycle(changes, [ok(HELD), DONE])

    played = world.assign("ada").cycle([Change("assigned", "ada")], [NOBODY, ok(HELD, 201)])

    assert [each.partition(" {")[0] for each in played.lines[1:]] == [
        "GET /Users?filter=userName+eq+%22ada%40fabrikam.example%22",
        "POST /Users",
    ]


def test_who_is_still_assigned_by_a_group_stays():
    world = World().push("finance").linked("ada", "u-17")

    played = world.cycle([Change("unassigned", "ada")], [])

    assert "still assigned" in played.outcome("ada").reason
    assert len(played.calls) == 1


def test_memberships_are_not_restored_with_an_account_that_is_enabled():
    world = (
        World().push("finance").set("ada", manager=None).linked("ada", "u-17", active=False).linked("finance", "g-5")
    )

    played = world.cycle([Change("enabled", "ada")], [ok({**HELD, "active": False}), DONE])

    assert not [call for call in played.calls if call.path.startswith("/Groups")]


def test_who_is_created_late_is_told_that_the_membership_waits_for_a_restart():
    world = World().push("finance").set("ada", manager=None).linked("finance", "g-5")

    played = world.cycle([Change("enabled", "ada")], [NOBODY, ok(HELD, 201)])

    assert played.outcome("ada").note.startswith("Entra does not send the membership in Finance until a restart")


def test_a_filter_on_scope_keeps_strangers_out():
    world = World(scoping_filter={"department": "Sales"}).assign("ada")

    played = world.cycle([Change("assigned", "ada")], [])

    assert "outside the scoping filter" in played.outcome("ada").reason


def test_who_comes_into_the_filter_is_created():
    world = World(scoping_filter={"department": "Sales"}).assign("ada").set("ada", department="Sales", manager=None)

    played = world.cycle([Change("updated", "ada", attributes=("department",))], [NOBODY, ok(HELD, 201)])

    assert played.outcome("ada").word == "done"


def test_with_scope_all_the_first_cycle_provisions_everybody():
    world = World(scope="all").set("ada", manager=None)

    played = world.cycle(
        [], [NOBODY, ok(HELD, 201), NOBODY, ok(GRACE, 201), NOBODY, ok({"id": "g-5"}, 201), ok({"id": "g-5"}), DONE]
    )

    assert [call.path for call in played.calls if call.method == "POST"] == ["/Users", "/Users", "/Groups"]
