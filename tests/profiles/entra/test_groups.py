"""What Entra sends about groups and their members."""

from __future__ import annotations

from dataclasses import replace

import pytest

from idpsim.directory import Group
from idpsim.provisioning.profile import Change, Job
from tests.profiles.entra.playing import ADA, DONE, FINANCE, GRACE, NOBODY, Played, World, found, ok, status

PUSHED = [Change("group-assigned", group="finance")]
READ = "GET /Groups/g-5?excludedAttributes=members"


def pushed(flag: bool = False, **settings: object) -> World:
    """Ada and Grace are provisioned and in Finance, which is assigned."""
    world = World(flag, **settings).push("finance").members("ada", "grace")
    return world.linked("ada", "u-17").linked("grace", "u-2")


def there(flag: bool = False, **settings: object) -> World:
    """And Finance is at the service provider, without members."""
    return pushed(flag, **settings).linked("finance", "g-5")


def finance(world: World, **other: object) -> object:
    return {**FINANCE, "externalId": world.app.guid("object finance"), **other}


def joined(who: str = "ada") -> Change:
    return Change("joined", who, group="finance")


def gone(who: str = "ada") -> Change:
    return Change("left", who, group="finance")


def test_a_group_is_looked_up_created_empty_read_and_filled_one_by_one():
    world = pushed()

    played = world.cycle(PUSHED, [NOBODY, ok(FINANCE, 201), ok(FINANCE), DONE, DONE])

    assert played.lines[1:] == [
        "GET /Groups?excludedAttributes=members&filter=displayName+eq+%22Finance%22",
        'POST /Groups {"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],'
        f'"externalId":"{world.app.guid("object finance")}","displayName":"Finance","members":[],'
        '"meta":{"resourceType":"Group"}}',
        READ,
        'PATCH /Groups/g-5 [{"op":"Add","path":"members","value":[{"value":"u-17"}]}]',
        'PATCH /Groups/g-5 [{"op":"Add","path":"members","value":[{"value":"u-2"}]}]',
    ]
    assert world.app.links.group("finance").members == {"ada", "grace"}  # type: ignore[union-attr]


def test_members_are_sent_side_by_side_each_in_a_job_of_its_own():
    world = pushed()
    found_phases = []
    for phase in world.profile.jobs(PUSHED, world.app):
        jobs = list(phase.jobs)
        found_phases.append((phase.parallel, [job.lane for job in jobs]))
        for job in jobs:
            _keep(world, job)

    assert found_phases[-1] == (True, ["ada", "grace"])


def _keep(world: World, job: Job) -> None:
    world.perform(job, iter([ok(FINANCE)] if job.lane else [NOBODY, ok(FINANCE, 201)]), Played())


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"members_on_create": "absent"}, '"displayName":"Finance","meta"'),
        (
            {"group_schema_extra": True},
            '"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group",'
            '"http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"]',
        ),
        ({"member_ref_null": "null"}, '[{"$ref":null,"value":"u-17"}]'),
    ],
)
def test_switches_shape_a_group(settings: dict[str, object], part: str):
    world = pushed(**settings)

    played = world.cycle(PUSHED, [NOBODY, ok(FINANCE, 201), ok(FINANCE), DONE, DONE])

    assert part in "\n".join(played.writes)


def test_a_group_that_is_there_is_linked_and_gets_its_external_id():
    world = pushed()

    played = world.cycle(PUSHED, [found(FINANCE), ok(FINANCE), DONE, ok(FINANCE), DONE, DONE])

    guid = world.app.guid("object finance")
    assert played.lines[2:5] == [
        READ,
        f'PATCH /Groups/g-5 [{{"op":"Add","path":"externalId","value":"{guid}"}}]',
        READ,
    ]


@pytest.mark.parametrize(
    ("flag", "operation"),
    [
        (False, '{"op":"Replace","path":"displayName","value":"Finance EU"}'),
        (True, '{"op":"replace","value":{"displayName":"Finance EU"}}'),
    ],
)
def test_a_rename_reads_the_group_and_patches_its_name(flag: bool, operation: str):
    world = there(flag)
    world.directory.put_group(replace(world.directory.group("finance"), displayName="Finance EU"))

    played = world.cycle([Change("group-updated", group="finance")], [ok(finance(world)), DONE])

    assert played.lines[1:] == [READ, f"PATCH /Groups/g-5 [{operation}]"]


@pytest.mark.parametrize("kind", ["unpushed", "group-unassigned", "group-deleted"])
def test_the_end_of_a_group_is_a_delete_without_removals(kind: str):
    world = there().holding("finance", "ada").unassign("finance")
    if kind == "group-deleted":
        world.directory.drop_group("finance")

    played = world.cycle([Change(kind, group="finance")], [ok(FINANCE), DONE])

    assert played.lines[1:] == [READ, "DELETE /Groups/g-5"]
    assert world.app.links.group("finance") is None


def test_entra_does_not_ask_whether_to_delete_the_group():
    world = there().unassign("finance")

    played = world.cycle([Change("unpushed", group="finance", delete=False)], [ok(FINANCE), DONE])

    assert played.outcome("finance").note == "Entra always deletes a group that is unassigned: it does not ask"


def test_delete_switched_off_keeps_the_group():
    world = there(delete=False).unassign("finance")

    played = world.cycle([Change("unpushed", group="finance")], [])

    assert played.outcome("finance").by == "settings"


def test_out_of_scope_deletions_of_groups_can_be_skipped_but_not_those_of_deleted_groups():
    world = there(skip_out_of_scope_deletions=True).unassign("finance")

    kept = world.cycle([Change("unpushed", group="finance")], [])
    world.directory.drop_group("finance")
    deleted = world.cycle([Change("group-deleted", group="finance")], [ok(FINANCE), DONE])

    assert kept.outcome("finance").by == "settings"
    assert deleted.writes == ["DELETE /Groups/g-5"]


def test_a_group_that_was_never_provisioned_is_left_alone():
    world = pushed().unassign("finance")

    played = world.cycle([Change("unpushed", group="finance")], [])

    assert played.outcome("finance").by == "state"


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (False, '[{"op":"Add","path":"members","value":[{"value":"u-17"}]}]'),
        (True, '[{"op":"add","path":"members","value":[{"value":"u-17"}]}]'),
    ],
)
def test_who_joins_is_added_after_one_reading_of_the_group(flag: bool, expected: str):
    world = there(flag)

    played = world.cycle([joined()], [ok(FINANCE), DONE])

    assert played.lines[1:] == [READ, f"PATCH /Groups/g-5 {expected}"]


@pytest.mark.parametrize(
    ("flag", "expected"),
    [
        (False, '[{"op":"Remove","path":"members","value":[{"value":"u-17"}]}]'),
        (True, '[{"op":"remove","path":"members[value eq \\"u-17\\"]"}]'),
    ],
)
def test_who_leaves_is_removed_after_one_reading_of_the_group(flag: bool, expected: str):
    world = there(flag).holding("finance", "ada", "grace").members("grace")

    played = world.cycle([gone()], [ok(FINANCE), DONE])

    assert played.lines[1:] == [READ, f"PATCH /Groups/g-5 {expected}"]
    assert world.app.links.group("finance").members == {"grace"}  # type: ignore[union-attr]


def test_several_news_of_one_group_share_one_reading():
    world = there().holding("finance", "ada").members("grace")

    played = world.cycle([gone(), joined("grace")], [ok(FINANCE), DONE, DONE])

    assert [line.partition(" [")[0] for line in played.lines[1:]] == [READ, "PATCH /Groups/g-5", "PATCH /Groups/g-5"]


def test_a_rename_and_a_member_are_two_readings():
    world = there()
    world.directory.put_group(replace(world.directory.group("finance"), displayName="Finance EU"))
    changes = [Change("group-updated", group="finance"), joined()]

    played = world.cycle(changes, [ok(finance(world)), DONE, ok(FINANCE), DONE])

    assert [line.partition(" [")[0] for line in played.lines[1:]] == [
        READ,
        "PATCH /Groups/g-5",
        READ,
        "PATCH /Groups/g-5",
    ]


@pytest.mark.parametrize(
    ("flag", "removal"),
    [
        (False, '[{"op":"Remove","path":"members","value":[{"value":"u-17"},{"value":"u-2"}]}]'),
        (
            True,
            '[{"op":"remove","path":"members[value eq \\"u-17\\"]"},'
            '{"op":"remove","path":"members[value eq \\"u-2\\"]"}]',
        ),
    ],
)
def test_a_switch_puts_several_members_into_one_patch(flag: bool, removal: str):
    world = there(flag, members_per_patch=20)

    came = world.cycle([joined(), joined("grace")], [ok(FINANCE), DONE])
    left = world.members().cycle([gone(), gone("grace")], [ok(FINANCE), DONE])

    assert came.writes[0].endswith('"value":[{"value":"u-17"},{"value":"u-2"}]}]')
    assert left.writes == [f"PATCH /Groups/g-5 {removal}"]


def test_a_conflict_about_a_member_is_sent_again_in_the_next_cycle():
    world = there()

    played = world.cycle([joined()], [ok(FINANCE), status(409)])

    assert played.outcome("finance", "ada").code == "EntryConflict"
    assert "EntryConflict" in world.profile.retries[0].on


def test_a_member_who_is_accepted_already_is_not_sent_again():
    world = there().holding("finance", "ada")

    played = world.cycle([joined()], [])

    assert played.outcome("finance", "ada").by == "state"


def test_a_member_who_is_not_in_scope_is_left_out_and_that_is_said():
    world = World(scoping_filter={"department": "R&D"}).push("finance").members("grace").linked("finance", "g-5")

    played = world.cycle([joined("grace")], [])

    assert "until a restart" in played.outcome("finance", "grace").reason
    assert played.outcome("finance", "grace").by == "vendor"


def test_who_joins_and_is_provisioned_in_the_same_cycle_becomes_a_member():
    world = World().push("finance").members("ada").set("ada", manager=None).linked("finance", "g-5")

    played = world.cycle([Change("assigned", "ada"), joined()], [NOBODY, ok(ADA, 201), ok(FINANCE), DONE])

    assert played.writes[-1].endswith('"value":[{"value":"u-17"}]}]')


def test_a_member_whose_own_creation_failed_is_tried_again_with_the_change_that_told_of_it():
    world = World().push("finance").members("ada").set("ada", manager=None)

    played = world.cycle([Change("assigned", "ada"), *PUSHED], [NOBODY, status(500), NOBODY, ok(FINANCE, 201)])

    assert played.outcome("finance", "ada").code == "UnresolvedReference"
    assert played.jobs[-1].changes == (joined(),)


def test_where_the_reading_fails_no_member_is_sent_and_the_changes_are_kept():
    world = there()

    played = world.cycle([joined()], [status(500)])

    assert played.outcome("finance", "members").code == "InternalServerError"
    assert played.jobs[-1].changes == (joined(),)
    assert not played.writes


def test_a_pushed_group_that_failed_among_its_members_sends_only_those_that_are_missing():
    world = there().holding("finance", "ada")

    played = world.cycle(PUSHED, [ok(finance(world)), ok(FINANCE), DONE])

    assert played.writes == ['PATCH /Groups/g-5 [{"op":"Add","path":"members","value":[{"value":"u-2"}]}]']


def test_a_group_that_is_gone_at_the_service_provider_is_made_anew_with_all_its_members():
    world = there().holding("finance", "grace")

    played = world.cycle([joined()], [status(404), NOBODY, ok({**FINANCE, "id": "g-6"}, 201), DONE, DONE])

    assert [line.partition(" {")[0] for line in played.lines[1:4]] == [
        READ,
        "GET /Groups?excludedAttributes=members&filter=displayName+eq+%22Finance%22",
        "POST /Groups",
    ]
    assert world.app.links.group("finance").members == {"ada", "grace"}  # type: ignore[union-attr]


def test_a_nested_group_is_a_member_if_it_is_provisioned_itself():
    world = World().push("finance", "audit")
    world.directory.put_group(Group("audit", "audit", "Audit"))
    world.members("audit").linked("finance", "g-5").linked("audit", "g-9")

    played = world.cycle([Change("joined", member="audit", group="finance")], [ok(FINANCE), DONE])

    assert played.writes == ['PATCH /Groups/g-5 [{"op":"Add","path":"members","value":[{"value":"g-9"}]}]']


def test_a_nested_group_that_is_not_provisioned_is_left_out_and_not_flattened():
    world = World().push("finance")
    world.directory.put_group(Group("audit", "audit", "Audit", ("ada",)))
    world.members("audit").linked("finance", "g-5").linked("ada", "u-17")

    played = world.cycle([Change("joined", member="audit", group="finance")], [])

    assert "not flattened" in played.outcome("finance", "audit").reason


def test_news_of_a_group_that_is_not_assigned_sends_nothing():
    world = World().assign("ada").linked("ada", "u-17")

    played = world.cycle([joined()], [])

    assert played.outcome("finance").by == "state"


def test_a_restart_sends_the_members_that_were_missed():
    world = there().holding("finance", "ada").set("ada", manager=None)

    played = world.cycle([Change("restart")], [ok(ADA), ok(GRACE), ok(finance(world)), ok(FINANCE), DONE])

    assert played.writes == ['PATCH /Groups/g-5 [{"op":"Add","path":"members","value":[{"value":"u-2"}]}]']


def test_update_switched_off_sends_no_members():
    world = there(update=False)

    played = world.cycle([joined()], [])

    assert played.outcome("finance", "ada").by == "settings"
    assert len(played.calls) == 1


def test_who_joins_a_large_group_is_one_patch():
    world = there().holding("finance", *(f"p{i}" for i in range(1000)))

    played = world.cycle([joined()], [ok(FINANCE), DONE])

    assert len(played.writes) == 1
