import pytest

from idpsim.provisioning.flow import Failed, Skipped
from idpsim.provisioning.profile import Change
from tests.profiles.okta.playing import AIW, OKTA, World, answer

BOTH = pytest.mark.parametrize("profile", [OKTA, AIW], ids=lambda profile: profile.name)
NAME = '[{"op":"replace","value":{"id":"g-3","displayName":"Eng All"}}]'
ADA = '{"value":"u-1","display":"ada@example.test"}'
GRACE = '{"value":"u-2","display":"grace@example.test"}'


def company(profile=OKTA, **settings):
    world = World(profile, **settings)
    world.assign("ada", "grace")
    return world


def pushed(profile=OKTA, **settings):
    world = company(profile, **settings)
    world.push("eng")
    return world


def test_a_push_creates_the_group_empty_names_it_and_replaces_its_members():
    world = company()

    played = world.push("eng")

    patches = ["PATCH /Groups/g-3", "PATCH /Groups/g-3"]
    assert played.lines == ["GET /Groups", "POST /Groups", "GET /Groups/g-3", *patches]
    assert played.bodies[0] == (
        '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Eng All","members":[]}'
    )
    assert played.operations == [NAME, f'[{{"op":"replace","path":"members","value":[{ADA},{GRACE}]}}]']
    assert (world.link("eng").members, world.link("eng").created) == ({"ada", "grace"}, True)


def test_a_push_of_the_wizard_puts_the_whole_group():
    world = company(AIW)

    played = world.push("eng")

    assert played.lines == ["GET /Groups", "POST /Groups", "GET /Groups/g-3", "PUT /Groups/g-3"]
    assert played.bodies[1] == (
        '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"g-3","displayName":"Eng All",'
        f'"members":[{ADA},{GRACE}]}}'
    )


@pytest.mark.parametrize(("profile", "last"), [(OKTA, '"path":"members","value":[]}]}'), (AIW, '"members":[]}')])
def test_an_empty_group_is_pushed_with_an_empty_list(profile, last):
    assert World(profile).push("eng").bodies[-1].endswith(last)


def test_a_group_that_is_there_is_linked_and_the_members_it_has_stay():
    world = company()
    world.sp.held["/Groups/g-9"] = {"id": "g-9", "displayName": "Eng All", "members": [{"value": "theirs"}]}

    played = world.push("eng")

    assert played.lines == ["GET /Groups", "GET /Groups/g-9", "PATCH /Groups/g-9", "PATCH /Groups/g-9"]
    assert played.operations[1] == f'[{{"op":"add","path":"members","value":[{ADA},{GRACE}]}}]'
    assert (world.link("eng").members, world.link("eng").created) == ({"ada", "grace"}, False)


def test_a_group_that_is_there_keeps_its_members_under_the_wizard_too():
    world = company(AIW)
    held = [{"value": "theirs", "type": "User"}, {"value": "u-1", "display": "Ada"}]
    world.sp.held["/Groups/g-9"] = {"id": "g-9", "displayName": "Eng All", "members": held}

    played = world.push("eng")

    assert played.bodies[0].endswith(f'"members":[{{"value":"theirs","type":"User"}},{ADA},{GRACE}]}}')


@BOTH
def test_push_now_overwrites_the_whole_membership(profile):
    world = pushed(profile)

    played = world.push("eng")

    assert played.lines == (["PATCH /Groups/g-3"] if profile is OKTA else ["GET /Groups/g-3", "PUT /Groups/g-3"])
    assert f"[{ADA},{GRACE}]" in played.bodies[0]


def test_a_membership_change_removes_adds_and_then_names():
    world = pushed()
    world.assign("alan")
    world.members("eng", "ada", "alan")

    played = world.play(Change("left", "grace", "eng"), Change("joined", "alan", "eng"))

    assert played.lines == ["PATCH /Groups/g-3", "GET /Groups/g-3", "PATCH /Groups/g-3"]
    assert played.operations == [
        '[{"op":"remove","path":"members[value eq \\"u-2\\"]"},'
        '{"op":"add","path":"members","value":[{"value":"u-4","display":"alan@example.test"}]}]',
        NAME,
    ]
    assert world.link("eng").members == {"ada", "alan"}


def test_a_membership_change_of_the_wizard_puts_the_whole_list():
    world = pushed(AIW)

    played = world.leave("grace", "eng")

    assert played.lines == ["GET /Groups/g-3", "PUT /Groups/g-3"]
    assert played.bodies[0].endswith(f'"displayName":"Eng All","members":[{ADA}]}}')
    assert world.link("eng").members == {"ada"}


@BOTH
def test_a_retried_join_of_someone_who_has_left_again_adds_nobody(profile):
    world = pushed(profile)
    world.assign("alan")

    played = world.play(Change("joined", "alan", "eng"), Change("left", "alan", "eng"))

    assert (played.calls, played.words) == ([], {"eng": "skipped"})


@BOTH
@pytest.mark.parametrize("deactivates", [True, False])
@pytest.mark.parametrize("how", ["unassigned", "disabled"])
def test_who_is_not_assigned_or_not_active_is_left_out_of_a_push(profile, how, deactivates):
    world = company(profile, deactivate_users=deactivates)
    if how == "unassigned":
        world.unassign("grace")
    else:
        world.become("disabled", "grace", "disabled")

    played = world.push("eng")

    assert f"[{ADA}]" in played.bodies[-1]
    assert world.link("eng").members == {"ada"}


@BOTH
def test_who_joins_without_a_user_at_the_service_provider_is_left_out(profile):
    world = pushed(profile)

    assert world.join("alan", "eng").outcomes["eng"].reason == (
        "Okta leaves out members that are not assigned and provisioned"
    )


def test_a_suspended_member_stays_since_okta_tells_nothing_of_it():
    world = company()
    world.put("grace", status="suspended")

    assert GRACE in world.push("eng").bodies[-1]


def test_a_rename_is_a_patch_without_a_path_and_with_the_id_in_it():
    played = pushed().rename("eng", "Eng All 2")

    assert played.lines == ["PATCH /Groups/g-3"]
    assert played.operations == ['[{"op":"replace","value":{"id":"g-3","displayName":"Eng All 2"}}]']


def test_a_rename_of_the_wizard_puts_the_whole_group():
    played = pushed(AIW).rename("eng", "Eng All 2")

    assert played.lines == ["GET /Groups/g-3", "PUT /Groups/g-3"]
    assert played.bodies[0].endswith(f'"id":"g-3","displayName":"Eng All 2","members":[{ADA},{GRACE}]}}')


@BOTH
def test_without_renaming_the_pushed_name_stays_in_later_requests(profile):
    world = pushed(profile, rename_groups=False)
    renamed = world.rename("eng", "Eng All 2")

    moved = world.leave("grace", "eng")

    assert (renamed.calls, renamed.outcomes["eng"].by) == ([], "settings")
    assert '"displayName":"Eng All"' in moved.bodies[-1]


@BOTH
@pytest.mark.parametrize("status", [204, 404])
def test_unpushing_deletes_the_group_and_one_that_is_gone_is_no_error(profile, status):
    world = pushed(profile)
    world.sp.says["DELETE /Groups/g-3"] = answer(status)

    played = world.unpush("eng")

    assert (played.lines, played.words) == (["DELETE /Groups/g-3"], {"eng": "done"})
    assert world.app.links.gone("group", "eng").id == "g-3"


def test_unpushing_may_leave_the_group():
    world = pushed()

    played = world.unpush("eng", delete=False)

    assert (played.calls, world.app.links.group("eng")) == ([], None)


@BOTH
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_a_group_that_vanished_fails_each_push(profile, method):
    world = pushed(profile)
    world.sp.says[f"{method} /Groups/g-3"] = answer(404, {"status": "404"})

    played = world.leave("grace", "eng")

    assert isinstance(played.outcomes["eng"], Failed) is (f"{method} /Groups/g-3" in played.lines)


def test_members_are_promised_even_if_the_name_behind_them_fails():
    world = pushed()
    world.sp.says["GET /Groups/g-3"] = answer(500)

    played = world.leave("grace", "eng")

    assert isinstance(played.outcomes["eng"], Failed)
    assert world.link("eng").members == {"ada"}


@pytest.mark.parametrize("kind", ["group-updated", "unpushed", "group-deleted", "joined", "group-assigned"])
def test_nothing_is_sent_for_a_group_that_is_not_pushed(kind):
    played = company().play(Change(kind, "ada" if kind == "joined" else None, "eng"))

    assert (played.calls, played.outcomes["eng"].by) == ([], "state")


def test_what_a_deleted_group_leads_to_is_not_known():
    world = pushed()
    world.directory.drop_group("eng")

    outcome = world.play(Change("group-deleted", group="eng")).outcomes["eng"]

    assert isinstance(outcome, Skipped)
    assert outcome.by == "vendor"


def test_force_sync_pushes_the_groups_again_each_for_itself():
    world = pushed()

    job = next(job for job in world.jobs(Change("sync")) if job.subject == "eng")

    assert world.play(*job.changes).lines == ["PATCH /Groups/g-3"]
