import pytest

from idpsim.profiles.onelogin import facts
from idpsim.provisioning.flow import Done

ADA = "5b1c0a77-aaaa-4bbb-8ccc-000000000001"


def test_under_do_nothing_a_leaver_is_skipped_by_the_settings(world):
    world.assign("ada")

    played = world.unassign("ada")

    assert played.calls == []
    assert played.outcomes["ada"] == facts.KEEP_REMOVED
    assert played.outcomes["ada"].by == "settings"


def test_a_leaver_is_deleted_where_the_app_says_delete(company):
    world = company(on_removed="delete")
    world.assign("ada")

    played = world.unassign("ada")

    assert played.lines == [f"DELETE /Users/{ADA}"]
    assert played.bodies == []
    assert world.app.links.user("ada") is None
    assert world.app.links.gone("user", "ada").id == ADA


def test_a_leaver_is_suspended_with_a_put_that_ends_in_active_false(company):
    world = company(on_removed="suspend")
    world.assign("ada")

    played = world.unassign("ada")

    assert played.lines == [f"PUT /Users/{ADA}"]
    assert played.bodies[0].endswith(',"active":false}')
    assert played.bodies[0].startswith('{"schemas":["urn:scim:schemas:core:2.0",')
    assert world.app.links.user("ada").values["active"] is False


def test_a_deleted_person_leaves_as_an_unassigned_one_does(company):
    world = company(on_removed="delete")
    world.assign("ada")

    played = world.become("deleted", "ada", "deleted")

    assert played.lines == [f"DELETE /Users/{ADA}"]


def test_someone_who_was_never_provisioned_leaves_without_a_word(company):
    world = company(on_removed="delete")
    world.app.assigned_people["ada"] = None

    played = world.unassign("ada")

    assert (played.calls, played.outcomes["ada"].by) == ([], "state")


def test_a_404_to_a_delete_fails_and_the_link_is_forgotten(company, says):
    world = company(on_removed="delete")
    world.assign("ada")
    world.sp.says[f"DELETE /Users/{ADA}"] = says(404)

    played = world.unassign("ada")

    assert played.outcomes["ada"].word == "failed"
    assert world.app.links.user("ada") is None


@pytest.mark.parametrize(("kind", "status"), [("disabled", "disabled"), ("suspended", "suspended")])
def test_a_suspension_is_passed_on_where_the_app_says_suspend(company, kind, status):
    world = company(on_suspended="suspend")
    world.assign("ada")

    played = world.become(kind, "ada", status)

    assert played.lines == [f"PUT /Users/{ADA}"]
    assert played.bodies[0].endswith(',"active":false}')


def test_a_suspension_under_do_nothing_is_skipped_by_the_settings(world):
    world.assign("ada")

    played = world.become("suspended", "ada", "suspended")

    assert played.outcomes["ada"] == facts.KEEP_SUSPENDED


def test_nothing_is_sent_twice_to_a_suspended_user(company):
    world = company(on_suspended="suspend", on_removed="suspend")
    world.assign("ada")
    world.become("suspended", "ada", "suspended")

    again = [world.become("disabled", "ada", "disabled"), world.update("ada", title="X"), world.unassign("ada")]

    assert [(played.calls, played.outcomes["ada"].by) for played in again] == [([], "state")] * 3


@pytest.mark.parametrize(("kind", "status"), [("enabled", "disabled"), ("unsuspended", "suspended")])
def test_whoever_comes_back_is_looked_up_and_put_with_active_true(company, kind, status):
    world = company(on_suspended="suspend")
    world.assign("ada")
    world.become("suspended", "ada", status)

    played = world.become(kind, "ada", "active")

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}"]
    assert played.bodies[0].endswith(',"active":true}')
    assert world.app.links.user("ada").active


def test_a_reactivation_under_do_nothing_is_skipped_by_the_settings(world):
    world.assign("ada")
    world.become("suspended", "ada", "suspended")

    played = world.become("unsuspended", "ada", "active")

    assert played.outcomes["ada"] == facts.KEEP_SUSPENDED


def test_whoever_is_assigned_again_after_a_suspension_is_put_with_active_true(company):
    world = company(on_removed="suspend")
    world.assign("ada")
    world.unassign("ada")

    played = world.assign("ada")

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}"]
    assert played.bodies[0].endswith(',"active":true}')


def test_a_rehire_who_is_found_inactive_comes_back_with_active_true(world, says):
    world.sp.says["GET /Users"] = says(200, {"Resources": [{"id": "old", "active": False}]})

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "PUT /Users/old"]
    assert played.bodies[0].endswith(',"active":true}')
    assert world.app.links.user("ada").values["active"] is True


def test_without_injection_whoever_is_found_inactive_stays_so(company, says):
    world = company(inject_active="never")
    world.sp.says["GET /Users"] = says(200, {"Resources": [{"id": "old", "active": False}]})

    played = world.assign("ada")

    assert '"active"' not in played.bodies[0]


def test_whoever_keeps_access_by_a_role_is_not_removed(company):
    world = company(on_removed="delete")
    world.app.assigned_groups["engineering"] = None
    world.assign("ada")

    played = world.unassign("ada")

    assert (played.calls, played.outcomes["ada"].by) == ([], "state")


def test_with_lookup_miss_post_a_service_provider_that_hides_inactive_users_gets_a_create(company):
    world = company(on_removed="suspend", on_lookup_miss="post")
    world.assign("ada")
    world.unassign("ada")
    world.sp.users.clear()

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "POST /Users"]


def test_whoever_is_assigned_again_after_a_delete_is_created_anew(company):
    world = company(on_removed="delete")
    world.assign("ada")
    world.unassign("ada")

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "POST /Users"]


def test_a_templated_active_is_overwritten_in_its_place(company):
    world = company(on_removed="suspend", template="vendor-rfc-string-active")
    joined = world.assign("ada")

    played = world.unassign("ada")

    assert '"name":{"familyName":"Lovelace","givenName":"Ada"},"active":"true","emails"' in joined.bodies[0]
    assert '"name":{"familyName":"Lovelace","givenName":"Ada"},"active":false,"emails"' in played.bodies[0]


def test_without_injection_a_suspension_is_a_put_like_any_other(company):
    world = company(on_removed="suspend", inject_active="never")
    joined = world.assign("ada")

    played = world.unassign("ada")

    assert played.bodies == joined.bodies
    assert "active" not in world.app.links.user("ada").values


def test_a_leaver_keeps_the_memberships_that_were_sent(company):
    world = company(on_removed="suspend")
    world.app.pushed["engineering"] = None
    world.assign("ada")

    played = world.unassign("ada")

    assert played.lines == [f"PUT /Users/{ADA}"]
    assert world.app.links.group("engineering").members == {"ada"}


def test_whoever_comes_back_as_a_new_user_is_put_into_the_groups_again(company):
    world = company(on_removed="delete")
    world.app.pushed["engineering"] = None
    world.assign("ada")
    world.unassign("ada")

    played = world.assign("ada")

    assert [line.split("/")[1] for line in played.lines] == ["Users", "Users", "Groups"]
    assert played.outcomes["ada"] == Done()


def test_a_new_user_is_a_member_of_no_group_that_they_have_left_meanwhile(company):
    world = company(on_removed="delete")
    world.app.pushed["engineering"] = None
    world.assign("ada")
    world.unassign("ada")
    world.members("engineering", "grace")

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "POST /Users"]
    assert world.app.links.group("engineering").members == frozenset()
