import pytest

from idpsim.profiles.onelogin import facts
from idpsim.provisioning.flow import Done
from idpsim.provisioning.profile import Change
from idpsim.wire import compact

ADA = "5b1c0a77-aaaa-4bbb-8ccc-000000000001"
GROUP = "0d3f6c1e-aaaa-4bbb-8ccc-000000000002"
ADD = (
    '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],'
    '"Operations":[{"op":"add","path":"members","value":[{"value":"%s"}]}]}'
)


def test_a_joiner_with_a_mapped_role_makes_the_group_and_joins_it(world):
    world.app.pushed["engineering"] = None

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "POST /Users", "POST /Groups", f"PATCH /Groups/{GROUP}"]
    assert played.bodies[1:] == [
        '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Engineering","members":[]}',
        ADD % ADA,
    ]
    assert len(played.bodies[2]) == 165


def test_a_group_link_holds_what_was_acknowledged(world):
    world.app.pushed["engineering"] = None

    world.assign("ada", "grace")

    link = world.app.links.group("engineering")
    assert (link.id, link.created, link.members) == (GROUP, True, {"ada", "grace"})
    assert dict(link.values) == {"displayName": "Engineering"}


def test_each_membership_is_a_patch_of_its_own(world):
    world.app.pushed |= {"engineering": None, "maths": None}

    played = world.assign("ada", "grace")

    assert [line.partition("/Groups")[0] for line in played.lines if "Groups" in line] == [
        *("POST ", "PATCH ", "POST ", "PATCH "),
        "PATCH ",
    ]


def test_a_membership_that_was_sent_is_not_sent_again(world):
    world.app.pushed["engineering"] = None
    world.assign("ada")

    played = world.update("ada", title="Countess")

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}"]


def test_memberships_are_sent_with_every_sync_where_the_setting_says_so(company):
    world = company(resend_memberships=True)
    world.app.pushed["engineering"] = None
    world.assign("ada")

    played = world.update("ada", title="Countess")

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}", f"PATCH /Groups/{GROUP}"]


def test_pushing_syncs_the_provisioned_people_of_the_role(world):
    world.assign("ada", "alan")

    played = world.push("engineering")

    assert [line.partition("-")[0] for line in played.lines] == [
        *("GET /Users", "PUT /Users/5b1c0a77", "POST /Groups", "PATCH /Groups/0d3f6c1e"),
    ]
    assert played.outcomes == {"ada": Done(), "engineering": Done()}


def test_pushing_two_roles_syncs_each_person_once(world):
    world.assign("ada", "grace")

    played = world.push("engineering", "maths")

    assert [line for line in played.lines if "/Users/" in line] == [f"PUT /Users/{ADA}", f"PUT /Users/{ADA[:-1]}2"]
    assert played.outcomes["maths"] == Done()


def test_a_task_for_two_roles_tells_of_both_when_it_runs_again(world):
    world.assign("ada")
    played = world.push("engineering", "maths")

    again = world.play(*played.jobs[0].changes)

    assert again.outcomes == {"ada": Done(), "engineering": Done(), "maths": Done()}


def test_a_pushed_role_without_provisioned_people_makes_no_group(world):
    played = world.push("engineering")

    assert played.calls == []
    assert played.outcomes == {"engineering": facts.NEEDS_A_PERSON}


def test_a_group_appears_as_soon_as_a_person_with_the_role_is_provisioned(world):
    world.push("engineering")

    played = world.assign("grace")

    assert played.lines[2] == "POST /Groups"


def test_a_task_for_a_role_carries_what_it_takes_to_run_it_again(world):
    world.assign("ada")

    played = world.push("engineering")

    assert played.jobs[0].changes == (Change("sync", "ada", "engineering"),)
    assert world.play(*played.jobs[0].changes).outcomes == {"ada": Done(), "engineering": Done()}


def test_joining_a_mapped_role_syncs_the_person(world):
    world.assign("alan")
    world.push("engineering")

    played = world.join("alan", "engineering")

    assert [line.partition("-")[0] for line in played.lines] == [
        *("GET /Users", "PUT /Users/5b1c0a77", "POST /Groups", "PATCH /Groups/0d3f6c1e"),
    ]
    assert played.outcomes == {"alan": Done(), "engineering": Done()}


def test_leaving_a_mapped_role_removes_the_member_by_value(world):
    world.app.pushed["engineering"] = None
    world.assign("ada")

    played = world.leave("ada", "engineering")

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}", f"PATCH /Groups/{GROUP}"]
    assert played.bodies[1] == (ADD % ADA).replace('"add"', '"remove"')
    assert len(played.bodies[1]) == 168
    assert world.app.links.group("engineering").members == frozenset()


def test_a_removal_can_name_the_member_in_a_filter(company):
    world = company(group_remove_style="filter")
    world.app.pushed["engineering"] = None
    world.assign("ada")

    played = world.leave("ada", "engineering")

    assert played.bodies[1] == (
        '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],'
        f'"Operations":[{{"op":"remove","path":"members[value eq \\"{ADA}\\"]"}}]}}'
    )
    assert len(compact(played.calls[-1].body)) == 160


@pytest.mark.parametrize("connector", ["v1.1-core", "v1.1-enterprise"])
def test_a_v1_connector_writes_groups_in_the_old_syntax(company, connector):
    world = company(connector=connector)
    world.app.pushed["engineering"] = None

    joined = world.assign("ada")
    left = world.leave("ada", "engineering")

    assert joined.bodies[1:] == [
        '{"schemas":["urn:scim:schemas:core:1.0"],"displayName":"Engineering","members":[]}',
        f'{{"schemas":["urn:scim:schemas:core:1.0"],"members":[{{"value":"{ADA}","operation":"add"}}]}}',
    ]
    assert left.lines[-1] == f"PATCH /Groups/{GROUP}"
    assert left.bodies[-1] == (
        f'{{"schemas":["urn:scim:schemas:core:1.0"],"members":[{{"value":"{ADA}","operation":"delete"}}]}}'
    )


def test_a_failed_membership_leaves_the_user_and_the_other_groups_are_sent(world, says):
    world.app.pushed |= {"engineering": None, "maths": None}
    world.sp.says[f"PATCH /Groups/{GROUP}"] = says(405, {"detail": 'Method "PATCH" not allowed.'})

    played = world.assign("ada")

    assert played.outcomes["ada"].reason == f'PATCH /Groups/{GROUP} was answered 405: Method "PATCH" not allowed.'
    assert played.outcomes["ada"].source == facts.CAPTURE
    assert world.app.links.user("ada").id == ADA
    assert world.app.links.group("engineering").members == frozenset()
    assert world.app.links.group("maths").members == {"ada"}


def test_what_failed_is_sent_with_the_next_sync(world, says):
    world.app.pushed["engineering"] = None
    world.sp.says[f"PATCH /Groups/{GROUP}"] = says(500)
    world.assign("ada")
    world.sp.says.clear()

    played = world.play(Change("assigned", "ada"))

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}", f"PATCH /Groups/{GROUP}"]


def test_a_name_that_is_taken_fails_and_says_that_only_a_refresh_would_know_it(world, says):
    world.app.pushed["engineering"] = None
    world.sp.says["POST /Groups"] = says(409)

    played = world.assign("ada")

    assert played.outcomes["ada"].reason == f"POST /Groups was answered 409; {facts.ONLY_KNOWN_GROUPS}"


def test_unpushing_removes_the_members_one_by_one_and_never_the_group(world):
    world.app.pushed["engineering"] = None
    world.assign("ada", "grace")

    played = world.unpush("engineering")

    assert [line for line in played.lines if "Groups" in line] == [f"PATCH /Groups/{GROUP}"] * 2
    assert world.app.links.group("engineering").members == frozenset()
    assert played.outcomes["engineering"].word == "done"


def test_a_group_is_not_deleted_even_where_that_is_asked_for(world):
    world.app.pushed["engineering"] = None
    world.assign("ada")

    played = world.unpush("engineering", delete=True)

    assert played.outcomes["engineering"] == facts.GROUP_STAYS
    assert not any(line.startswith("DELETE") for line in played.lines)


def test_a_task_that_waited_for_approval_still_tells_that_the_group_stays(world):
    world.app.pushed["engineering"] = None
    world.assign("ada")
    unpushed = world.unpush("engineering", delete=True)

    later = world.play(*unpushed.jobs[0].changes)

    assert later.outcomes["engineering"] == facts.GROUP_STAYS


def test_a_role_that_is_mapped_again_uses_the_group_that_stayed(world):
    world.app.pushed["engineering"] = None
    world.assign("ada")
    world.unpush("engineering")

    played = world.push("engineering")

    assert played.lines[2:] == [f"PATCH /Groups/{GROUP}"]


def test_a_renamed_role_is_another_group_and_the_old_one_is_left(world):
    world.app.pushed["engineering"] = None
    world.assign("ada", "grace")

    played = world.rename("engineering", "Engines")

    new = world.app.links.group("engineering").id
    assert [line for line in played.lines if "Users" not in line] == [
        *("POST /Groups", f"PATCH /Groups/{new}", f"PATCH /Groups/{GROUP}"),
        *(f"PATCH /Groups/{new}", f"PATCH /Groups/{GROUP}"),
    ]
    assert '"displayName":"Engines"' in played.bodies[1]
    assert played.outcomes["engineering"] == Done()


def test_after_a_renaming_both_groups_have_a_link(world):
    world.app.pushed["engineering"] = None
    world.assign("ada", "grace")

    world.rename("engineering", "Engines")

    new, old = world.app.links.group("engineering"), world.app.links.group("engineering#1")
    assert (new.values["displayName"], new.members) == ("Engines", {"ada", "grace"})
    assert (old.id, old.values["displayName"], old.members, old.created) == (GROUP, "Engineering", frozenset(), True)


def test_a_role_that_gets_its_old_name_back_gets_its_old_group_back(world):
    world.app.pushed["engineering"] = None
    world.assign("ada")
    world.rename("engineering", "Engines")

    played = world.rename("engineering", "Engineering")

    assert not any(line.startswith("POST") for line in played.lines)
    assert world.app.links.group("engineering").id == GROUP
    assert world.app.links.group("engineering").members == {"ada"}
    assert {link.uid for link in world.app.links.all("group")} == {"engineering", "engineering#2"}


def test_renaming_a_role_that_is_not_mapped_sends_nothing(world):
    world.assign("ada")

    played = world.rename("engineering", "Engines")

    assert (played.calls, played.outcomes["engineering"].by) == ([], "state")


def test_nothing_is_sent_when_a_role_is_deleted_not_even_later(world):
    world.app.pushed["engineering"] = None
    world.assign("ada")
    world.directory.drop_group("engineering")

    played = world.play(Change("group-deleted", group="engineering"), Change("left", "ada", "engineering"))
    later = world.play(Change("sync"))

    assert played.calls == []
    assert played.outcomes["engineering"] == facts.ROLE_DELETED
    assert later.lines == ["GET /Users", f"PUT /Users/{ADA}"]


def test_without_group_provisioning_no_groups_are_sent_silently(company):
    world = company(group_mode="off")
    world.assign("ada")

    pushed, joined = world.push("engineering"), world.join("alan", "engineering")
    world.app.pushed["engineering"] = None
    alan = world.assign("alan")
    moved = world.leave("alan", "engineering")

    assert pushed.outcomes == {"engineering": facts.GROUPS_OFF}
    assert joined.outcomes["engineering"].word == "skipped"
    assert moved.outcomes == {"engineering": facts.GROUPS_OFF}
    assert alan.lines == ["GET /Users", "POST /Users"]


def test_refresh_links_groups_by_the_roles_names(world):
    world.sp.groups = [{"id": "g1", "displayName": "Engineering"}, {"id": "g2", "displayName": "Other"}, {"id": 3}]

    played = world.play(Change("import"))

    assert played.lines == ["GET /Groups"]
    assert played.outcomes == {"app": Done("3 groups read, 1 bear a role's name")}
    assert world.app.links.group("engineering").id == "g1"
    assert world.app.links.group("engineering").created is False


def test_an_imported_group_is_joined_and_not_made(world):
    world.sp.groups = [{"id": "g1", "displayName": "Engineering"}]
    world.app.pushed["engineering"] = None
    world.play(Change("import"))

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "POST /Users", "PATCH /Groups/g1"]


def test_refresh_forgets_a_group_that_is_gone(world):
    world.sp.groups = [{"id": "g1", "displayName": "Engineering"}]
    world.play(Change("import"))
    world.sp.groups = []

    world.play(Change("import"))

    assert world.app.links.group("engineering") is None


def test_refresh_forgets_nothing_when_the_answer_is_only_a_page(world, says):
    world.sp.groups = [{"id": "g1", "displayName": "Engineering"}]
    world.play(Change("import"))
    world.sp.says["GET /Groups"] = says(200, {"totalResults": 300, "Resources": []})

    played = world.play(Change("import"))

    assert world.app.links.group("engineering").id == "g1"
    assert played.outcomes["app"].note == "0 groups read of 300: the rest stays unknown, 0 bear a role's name"


def test_where_the_service_provider_owns_the_groups_an_unknown_one_is_not_made(company):
    world = company(group_mode="import")
    world.assign("ada")

    played = world.push("engineering")

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}"]
    assert played.outcomes["engineering"] == facts.NOT_IMPORTED
    assert played.outcomes["ada"] == Done(f"Engineering: {facts.NOT_IMPORTED.reason}")


def test_where_the_service_provider_owns_the_groups_an_imported_one_is_joined(company):
    world = company(group_mode="import")
    world.sp.groups = [{"id": "g1", "displayName": "Engineering"}]
    world.assign("ada")
    world.play(Change("import"))

    played = world.push("engineering")

    assert played.lines[2:] == ["PATCH /Groups/g1"]
    assert played.outcomes["engineering"] == Done()


def test_entitlements_that_may_not_be_created_are_left_out(company):
    world = company(create_missing_groups=False)
    world.assign("ada")

    played = world.push("engineering")

    assert played.outcomes["engineering"] == facts.NOT_CREATED


def test_joining_a_role_that_is_not_mapped_is_skipped(world):
    world.assign("alan")

    played = world.join("alan", "engineering")

    assert (played.calls, played.outcomes["engineering"].by) == ([], "state")
    assert "alan" not in played.outcomes


def test_joining_without_access_to_the_app_is_skipped(world):
    world.app.pushed["engineering"] = None

    played = world.join("alan", "engineering")

    assert (played.calls, played.outcomes["engineering"].by) == ([], "state")


def test_joining_a_role_that_gives_access_is_one_task(world):
    world.app.pushed["engineering"] = None
    world.app.assigned_groups["engineering"] = None
    world.members("engineering", "alan")

    played = world.play(Change("joined", "alan", "engineering"), Change("assigned", "alan"))

    assert [line.partition("-")[0] for line in played.lines] == [
        *("GET /Users", "POST /Users", "POST /Groups", "PATCH /Groups/0d3f6c1e"),
    ]
    assert played.jobs[0].changes == (Change("joined", "alan", "engineering"), Change("assigned", "alan"))
    assert played.outcomes == {"alan": Done(), "engineering": Done()}


def test_leaving_the_role_that_gave_access_is_a_removal_without_a_patch(company):
    world = company(on_removed="suspend")
    world.app.pushed["engineering"] = None
    world.app.assigned_groups["engineering"] = None
    world.members("engineering", "ada")
    world.play(Change("assigned", "ada"))
    world.members("engineering")

    played = world.play(Change("left", "ada", "engineering"), Change("unassigned", "ada"))

    assert played.lines == [f"PUT /Users/{ADA}"]
    assert played.outcomes["engineering"] == facts.MEMBERSHIP_STAYS


def test_a_role_inside_a_role_is_not_sent(world):
    world.app.pushed["engineering"] = None

    played = world.play(Change("joined", group="engineering", member="maths"))

    assert played.outcomes == {"engineering": facts.NO_NESTING}


def test_assigning_a_role_tells_that_its_people_are_sent(world):
    world.app.assigned_groups["engineering"] = None

    played = world.play(
        Change("group-assigned", group="engineering"), *(Change("assigned", k) for k in ("ada", "grace"))
    )

    assert played.outcomes["engineering"].by == "state"
    assert played.outcomes["grace"] == Done()


def test_every_change_is_told_of(world):
    kinds = [
        "assigned",
        "unassigned",
        "updated",
        "disabled",
        "enabled",
        "suspended",
        "unsuspended",
        "deleted",
        "restored",
    ]
    changes = [Change(kind, "ada") for kind in (*kinds, "purged", "password")]
    changes += [Change(kind, group="maths") for kind in ("pushed", "unpushed", "group-updated", "group-deleted")]
    changes += [Change(kind, group="maths") for kind in ("group-assigned", "group-unassigned")]
    changes += [Change(kind, "ada", "maths") for kind in ("joined", "left")] + [Change("sync"), Change("import")]

    silent = [change for change in changes if change.subject not in world.play(change).outcomes]

    assert silent == []
