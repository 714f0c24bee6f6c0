import pytest

from idpsim.profiles.onelogin import facts
from idpsim.profiles.onelogin.scim import PROFILES, connect
from idpsim.provisioning.flow import Done, Failed, Skipped
from idpsim.provisioning.profile import Change
from idpsim.wire import NoResponse

ADA = "5b1c0a77-aaaa-4bbb-8ccc-000000000001"
RFC = {"template": "vendor-rfc"}
BODY = (
    '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@corp.example",'
    '"name":{"familyName":"Lovelace","givenName":"Ada"},'
    '"emails":[{"value":"ada@corp.example","type":"work","primary":true}]'
)


def test_a_joiner_is_looked_up_and_created(company):
    world = company(**RFC)

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "POST /Users"]
    assert played.calls[0].params == (("filter", 'userName eq "ada@corp.example"'),)
    assert played.bodies == [BODY + "}"]
    assert played.outcomes == {"ada": Done()}


def test_what_a_create_was_acknowledged_for_is_promised(company):
    world = company(**RFC)

    world.assign("ada")

    link = world.app.links.user("ada")
    assert (link.id, link.created) == (ADA, True)
    assert dict(link.values) == {
        "userName": "ada@corp.example",
        "name.familyName": "Lovelace",
        "name.givenName": "Ada",
        'emails[type eq "work"].value': "ada@corp.example",
        'emails[type eq "work"].primary': True,
    }


def test_a_user_who_is_there_already_is_taken_over_with_a_put(company):
    world = company(**RFC)
    world.sp.users["ada@corp.example"] = "theirs/1"

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "PUT /Users/theirs%2F1"]
    assert played.bodies == [BODY + "}"]
    assert world.app.links.user("ada").created is False


def test_of_several_matches_the_first_is_taken(world, says):
    world.sp.says["GET /Users"] = says(200, {"Resources": [{"id": "one"}, {"id": "two"}]})

    played = world.assign("ada")

    assert played.lines[1] == "PUT /Users/one"


def test_a_lookup_that_is_answered_404_means_that_nobody_is_there(world, says):
    world.sp.says["GET /Users"] = says(404, {"detail": "none"})

    played = world.assign("ada")

    assert played.lines[1] == "POST /Users"


def test_people_are_worked_on_one_after_the_other(world):
    played = world.assign("ada", "alan")

    assert played.lines == ["GET /Users", "POST /Users", "GET /Users", "POST /Users"]


def test_tasks_are_planned_only_when_their_turn_comes(world):
    world.app.assigned_people |= {"ada": None, "alan": None}
    changes = [Change("assigned", "ada"), Change("assigned", "alan")]

    phases = list(zip(range(2), PROFILES[0].jobs(changes, world.app), strict=False))

    assert not isinstance(phases[1][1].jobs, list | tuple)
    assert phases[1][1].parallel is False


def test_an_update_is_a_lookup_and_a_put_of_everything(company):
    world = company(**RFC)
    world.assign("ada")

    played = world.update("ada", givenName="Augusta")

    assert played.lines == ["GET /Users", f"PUT /Users/{ADA}"]
    assert played.bodies == [BODY.replace('"Ada"', '"Augusta"') + "}"]
    assert world.app.links.user("ada").values["name.givenName"] == "Augusta"


def test_a_changed_username_is_looked_up_by_its_new_value_and_put_to_the_known_id(world):
    world.assign("ada")

    played = world.update("ada", userName="countess@corp.example")

    assert played.calls[0].params == (("filter", 'userName eq "countess@corp.example"'),)
    assert played.lines[1] == f"PUT /Users/{ADA}"


def test_with_on_lookup_miss_post_a_changed_username_makes_a_second_user(company):
    world = company(on_lookup_miss="post")
    world.assign("ada")

    played = world.update("ada", userName="countess@corp.example")

    assert played.lines == ["GET /Users", "POST /Users"]
    assert world.app.links.user("ada").id != ADA


def test_the_user_can_be_read_by_id_before_the_put(company):
    world = company(get_by_id_before_put=True)
    world.assign("ada")

    played = world.update("ada", title="Countess")

    assert played.lines == ["GET /Users", f"GET /Users/{ADA}", f"PUT /Users/{ADA}"]


def test_an_attribute_that_the_stock_template_does_not_name_is_skipped_by_the_vendor(world):
    world.assign("ada")

    played = world.update("ada", nickName="Augusta")

    assert played.calls == []
    assert played.outcomes["ada"] == Skipped("nickName: not in the SCIM JSON Template", facts.TEMPLATE, "vendor")


def test_an_attribute_that_a_pasted_template_leaves_out_is_skipped_by_the_settings(company):
    world = company(**RFC)
    world.assign("ada")

    played = world.update("ada", title="Countess")

    assert played.outcomes["ada"].by == "settings"


def test_a_custom_attribute_by_its_own_name_counts_as_custom(company):
    world = company(template='{"userName":"{$user.username}","name":{},"x":"{$user.custom_fields.team}"}')
    world.assign("ada")
    world.put("ada", custom={"team": "blue"})

    played = world.play(Change("updated", "ada", attributes=("team",)))

    assert played.bodies == ['{"userName":"ada@corp.example","name":{},"x":"blue"}']


def test_whoever_has_no_access_is_not_updated(world):
    played = world.update("ada", title="Countess")

    assert played.outcomes["ada"].by == "state"


def test_an_update_creates_whom_an_earlier_task_failed_to_create(world, says):
    world.sp.says["POST /Users"] = says(500)
    world.assign("ada")
    world.sp.says.clear()

    played = world.update("ada", nickName="Augusta")

    assert played.lines == ["GET /Users", "POST /Users"]


@pytest.mark.parametrize("body", [{}, {"name": {"givenName": "Ada"}}, {"name": None}, [], {"name": {"familyName": 1}}])
def test_an_answer_without_both_names_fails_the_task_though_the_user_is_stored(world, says, body):
    stored = {"id": "u1", **body} if isinstance(body, dict) else body
    world.sp.says["POST /Users"] = says(201, stored)

    played = world.assign("ada")

    assert isinstance(played.outcomes["ada"], Failed)
    assert (world.app.links.user("ada") is None) == isinstance(body, list)


def test_a_put_without_names_in_its_answer_keeps_its_promise_and_fails(world, says):
    world.assign("ada")
    world.sp.says[f"PUT /Users/{ADA}"] = says(204)

    played = world.update("ada", title="Countess")

    assert world.app.links.user("ada").values["title"] == "Countess"
    assert played.outcomes["ada"].reason == (
        f"PUT /Users/{ADA} was answered 204 without name.givenName and name.familyName: "
        "OneLogin marks the task as failed, though the user is stored"
    )
    assert played.outcomes["ada"].source == facts.ZABBIX


def test_after_a_404_to_a_put_the_next_lookup_decides(world, says):
    world.assign("ada")
    world.sp.says[f"PUT /Users/{ADA}"] = says(404, {"detail": "gone"})
    first = world.update("ada", title="Countess")
    world.sp.users.clear()

    second = world.update("ada", title="Analyst")

    assert first.outcomes["ada"].reason == f"PUT /Users/{ADA} was answered 404: gone"
    assert second.lines == ["GET /Users", "POST /Users"]


def test_a_conflict_fails_and_nothing_is_promised(world, says):
    world.sp.says["POST /Users"] = says(409, {"detail": "taken"})

    played = world.assign("ada")

    assert played.outcomes["ada"].reason == "POST /Users was answered 409: taken"
    assert played.promises == []


def test_a_lost_answer_to_a_create_promises_nothing(world):
    world.sp.says["POST /Users"] = NoResponse("lost", "cut")

    played = world.assign("ada")

    assert played.outcomes["ada"].reason == "POST /Users got no answer: cut"
    assert world.app.links.user("ada") is None


def test_active_can_be_sent_always(company):
    world = company(inject_active="always", **RFC)

    played = world.assign("ada")

    assert played.bodies == [BODY + ',"active":true}']


@pytest.mark.parametrize(
    ("settings", "kind", "approval"),
    [
        ({"approval_create": True}, "assigned", "Create user"),
        ({"approval_update": True}, "updated", "Update user"),
        ({"approval_update": True}, "sync", "Update user"),
        ({"approval_delete": True, "on_removed": "delete"}, "unassigned", "Delete user"),
        ({"approval_update": True, "on_removed": "suspend"}, "unassigned", "Update user"),
        ({"approval_update": True, "approval_delete": True}, "assigned", ""),
    ],
)
def test_a_task_waits_for_the_approval_of_its_kind(company, settings, kind, approval):
    world = company(**settings)
    world.assign("ada")
    if kind == "unassigned":
        del world.app.assigned_people["ada"]

    played = world.play(Change(kind, "ada", attributes=("title",)))

    assert [job.approval for job in played.jobs if job.subject == "ada"] == [approval]


def test_reapplying_mappings_syncs_everyone_with_access(world):
    world.assign("ada", "alan")

    played = world.play(Change("sync"))

    assert played.lines == ["GET /Users", "PUT /Users/" + ADA, "GET /Users", "PUT /Users/" + ADA[:-1] + "2"]
    assert played.outcomes["app"] == Done("mappings are reapplied")
    assert played.jobs[0].changes == (Change("sync", "ada"),)


def test_reapplying_mappings_where_nobody_has_access_says_so(world):
    played = world.play(Change("sync"))

    assert played.outcomes["app"].by == "state"


@pytest.mark.parametrize("kind", ["password", "restored", "purged"])
def test_what_onelogin_never_does_is_said_with_its_source(world, kind):
    played = world.play(Change(kind, "ada"))

    assert (played.outcomes["ada"].by, played.calls) == ("vendor", [])
    assert played.outcomes["ada"].source


def test_the_connection_check_passes_on_an_empty_list_and_on_404(world, says, finish):
    for status in (200, 404):
        outcome, played = finish(_connecting(world), lambda _, status=status: says(status, {"Resources": []}))

        assert outcome == Done("API Status: Enabled")
        assert [call.probe for call in played.calls] == [True]
        assert world.request(played.calls[0]).url.endswith("filter=userName+eq+%22onelogin-connection-check-0%22&")


@pytest.mark.parametrize(("status", "body"), [(200, {"Resources": [{"id": "1"}]}), (401, None), (500, {}), (200, [])])
def test_the_connection_check_fails_on_everything_else(world, says, finish, status, body):
    outcome, _ = finish(_connecting(world), lambda _: says(status, body))

    assert isinstance(outcome, Failed)


def _connecting(world):
    return connect(world.app)
