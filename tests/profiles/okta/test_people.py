import pytest

from idpsim.provisioning.flow import Done, Failed, Skipped
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change
from idpsim.wire import Response
from tests.profiles.okta.playing import AIW, BASE, OKTA, World, answer, at_sp, listing

BOTH = pytest.mark.parametrize("profile", [OKTA, AIW], ids=lambda profile: profile.name)
ADA = (
    '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.test",'
    '"name":{"givenName":"Ada","familyName":"Byron"},'
    '"emails":[{"primary":true,"value":"ada@example.test","type":"work"}],"displayName":"Ada Byron",'
    '"externalId":"00ucLCsgaNKQyl4IiCCs","groups":[],"password":"4dbmUwJC","active":true,"title":"Analyst"}'
)
ACTIVE = '[{"op":"replace","value":{"active":true}}]'
LINKED = Promise("user", "ada", "u-481", {"active": True})
INACTIVE = '[{"op":"replace","value":{"active":false}}]'


def state(word):
    return Skipped(word, by="state")


@BOTH
def test_a_joiner_is_looked_up_and_created(profile):
    world = World(profile)

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "POST /Users"]
    assert world.request(played.calls[0]).url == (
        f"{BASE}/Users?filter=userName%20eq%20%22ada%40example.test%22&startIndex=1&count=100"
    )
    assert played.bodies == [ADA]


def test_what_a_create_was_acknowledged_for_is_promised_but_for_password_and_groups():
    world = World()

    world.assign("ada")

    assert (world.link("ada").id, world.link("ada").created) == ("u-1", True)
    assert dict(world.link("ada").values) == {
        "userName": "ada@example.test",
        "name.givenName": "Ada",
        "name.familyName": "Byron",
        'emails[type eq "work"].value': "ada@example.test",
        'emails[type eq "work"].primary': True,
        "displayName": "Ada Byron",
        "externalId": "00ucLCsgaNKQyl4IiCCs",
        "active": True,
        "title": "Analyst",
    }


def test_what_has_no_value_is_left_out_of_a_create():
    world = World()
    world.put("ada", givenName=None, familyName=None, email=None, title=None)

    played = world.assign("ada")

    assert list(played.calls[1].body) == [
        *("schemas", "userName", "displayName", "externalId", "groups", "password", "active")
    ]


@pytest.mark.parametrize("nobody", [listing(), answer(404, {"status": "404"}), Response(404)])
def test_nobody_is_found_by_an_empty_list_or_404(nobody):
    world = World()
    world.sp.says["GET /Users"] = nobody

    assert world.assign("ada").lines == ["GET /Users", "POST /Users"]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (Response(404, (), b"<html>no such page"), "not JSON"),
        (answer(200, {"totalResults": "0", "Resources": []}), "totalResults '0': Okta needs a JSON integer"),
        (answer(200, {"totalResults": 0, "startIndex": "1"}), "startIndex '1': Okta needs a JSON integer"),
        (answer(200, {"totalResults": 0, "itemsPerPage": 1.5}), "itemsPerPage 1.5: Okta needs a JSON integer"),
        (listing({"id": "a"}, {"id": "b"}), "found 2 resources"),
        (listing({"userName": "ada@example.test"}), "without a usable id"),
    ],
)
def test_a_lookup_that_okta_cannot_read_stops_it(told, said):
    world = World()
    world.sp.says["GET /Users"] = told

    played = world.assign("ada")

    assert played.lines == ["GET /Users"]
    assert said in played.outcomes["ada"].reason


def test_a_list_in_lower_case_keys_is_read():
    world = World()
    held = at_sp(world)
    world.sp.says["GET /Users"] = answer(200, {"totalresults": 1, "resources": [held]})

    assert world.assign("ada").lines == [*("GET /Users", "PATCH /Users/u-481", "GET /Users/u-481", "PUT /Users/u-481")]


@pytest.mark.parametrize("told", [Response(201), Response(204)])
def test_a_create_without_a_user_in_the_answer_fails(told):
    world = World()
    world.sp.says["POST /Users"] = told

    assert world.assign("ada").outcomes["ada"].reason == "Create new user returned empty user."


def test_a_conflict_is_a_failure_that_is_not_retried():
    world = World()
    world.sp.says["POST /Users"] = answer(409, {"detail": "taken"})

    assert world.assign("ada").outcomes["ada"].reason == "POST /Users was answered 409: taken"
    assert [retry.on for retry in OKTA.retries] == [("429",)]


def test_a_match_that_is_not_linked_is_activated_and_brought_up_to_date():
    world = World()
    at_sp(world)

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "PATCH /Users/u-481", "GET /Users/u-481", "PUT /Users/u-481"]
    assert played.operations == [ACTIVE]
    assert world.link("ada").created is False


def test_a_linked_active_user_is_not_activated_again():
    world = World()
    world.assign("ada")

    assert world.assign("ada").lines == ["GET /Users", "GET /Users/u-1", "PUT /Users/u-1"]


def test_a_match_of_the_wizard_is_put_whole_and_active():
    world = World(AIW)
    at_sp(world, active=False)

    played = world.assign("ada")

    assert played.lines == ["GET /Users", "GET /Users/u-481", "PUT /Users/u-481"]
    assert played.bodies == [
        '{"id":"u-481","externalId":"00ucLCsgaNKQyl4IiCCs","meta":{"resourceType":"User",'
        '"created":"2026-01-02T03:04:05Z"},"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],'
        '"userName":"ada@example.test","displayName":"Ada Byron","active":true,'
        '"emails":[{"primary":true,"value":"ada@example.test","type":"work"}],'
        '"name":{"givenName":"Ada","familyName":"Byron","formatted":"A. Byron"},"x-plan":{"seat":4},'
        '"title":"Analyst","groups":[]}'
    ]


@BOTH
def test_someone_back_again_is_the_same_user(profile):
    world = World(profile)
    world.assign("ada")
    world.unassign("ada")

    played = world.assign("ada")

    put = ["GET /Users/u-1", "PUT /Users/u-1"]
    assert played.lines == ["GET /Users", *(["PATCH /Users/u-1"] if profile is OKTA else []), *put]
    assert (world.link("ada").id, world.link("ada").active) == ("u-1", True)


@BOTH
def test_a_rehired_person_takes_the_old_user_over_with_another_external_id(profile):
    world = World(profile)
    world.assign("ada")
    before = world.link("ada").values["externalId"]
    world.become("deleted", "ada", "deleted")
    world.put("ada", uid="ada#2", status="active")

    world.assign("ada")

    assert world.link("ada#2").id == "u-1"
    assert world.link("ada#2").values["externalId"] == world.sp.held["/Users/u-1"]["externalId"] != before
    assert world.link("ada#2").active


@BOTH
def test_a_profile_push_reads_and_puts_with_only_the_changed_attribute_laid_over(profile):
    world = World(profile)
    at_sp(world)
    world.app.links.keep(LINKED)
    world.app.assigned_people["ada"] = None

    played = world.update("ada", title="Countess")

    assert played.lines == ["GET /Users/u-481", "PUT /Users/u-481"]
    assert played.calls[1].body == world.sp.held["/Users/u-481"]
    assert (played.calls[1].body["title"], played.calls[1].body["displayName"]) == ("Countess", "A. Byron")
    assert played.calls[1].body["externalId"] == "sp-own-value"
    assert "groups" not in played.calls[1].body


def test_an_echo_is_promised_but_not_what_the_service_provider_computes():
    world = World()
    boss = {"value": "m-9", "displayName": "C. Babbage", "$ref": "../Users/m-9"}
    urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    at_sp(world, groups=[{"value": "g", "display": "G"}], password="x", nickName="Countess", **{urn: {"manager": boss}})

    world.assign("ada")

    promised = world.link("ada").values
    assert promised["nickName"] == "Countess"
    assert promised[f"{urn}:manager.value"] == "m-9"
    assert not {"name.formatted", f"{urn}:manager.displayName", f"{urn}:manager.$ref", "password"} & set(promised)
    assert not [path for path in promised if path.startswith(("groups", "meta", "id"))]


def test_an_echoed_stale_active_is_what_counts_afterwards():
    world = World()
    world.assign("ada")
    world.sp.held["/Users/u-1"]["active"] = False

    world.update("ada", title="Countess")

    assert world.link("ada").active is False


def test_attributes_that_are_not_mapped_are_never_sent():
    world = World()
    world.assign("ada")

    played = world.update("ada", fax="+1", office="B2")

    assert (played.calls, played.outcomes["ada"].reason) == ([], "fax, office: not mapped by default")
    assert played.outcomes["ada"].by == "vendor"


def test_a_leaver_is_switched_off_by_a_patch_without_a_path_and_without_reading_first():
    world = World()
    world.assign("ada")

    played = world.unassign("ada")

    assert (played.lines, played.operations) == (["PATCH /Users/u-1"], [INACTIVE])
    assert world.link("ada").active is False


def test_a_leaver_of_the_wizard_is_put_as_it_was_but_for_active():
    world = World(AIW)
    world.assign("ada")
    held = at_sp(world)
    del held["active"]
    world.app.links.keep(LINKED)

    played = world.unassign("ada")

    assert played.lines == ["GET /Users/u-481", "PUT /Users/u-481"]
    assert list(played.calls[1].body.items()) == [*held.items(), ("active", False)]


@BOTH
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH"])
def test_a_leaver_who_is_gone_at_the_service_provider_fails(profile, method):
    world = World(profile)
    world.assign("ada")
    world.sp.says[f"{method} /Users/u-1"] = answer(404, {"status": "404"})

    played = world.unassign("ada")

    asked = f"{method} /Users/u-1" in played.lines
    assert isinstance(played.outcomes["ada"], Failed if asked else Done)


def test_one_deactivation_is_enough():
    world = World()
    world.assign("ada")
    world.become("disabled", "ada", "disabled")

    deleted = world.become("deleted", "ada", "deleted")

    assert (deleted.calls, deleted.outcomes["ada"]) == ([], state("the user is deactivated already"))


def test_who_is_still_assigned_by_a_group_is_not_deactivated():
    world = World()
    world.app.assigned_groups["eng"] = None
    world.assign("ada")

    assert world.unassign("ada").outcomes["ada"] == state("the user is still assigned, by a group or again")


def test_an_enabled_user_waits_for_the_next_assignment():
    world = World()
    world.assign("ada")
    world.become("disabled", "ada", "disabled")

    outcome = world.become("enabled", "ada", "active").outcomes["ada"]

    assert outcome.reason == "Okta sends nothing until a reactivated user is assigned again"


def test_an_enabled_user_whose_group_is_assigned_is_taken_up_again():
    world = World()
    world.app.assigned_groups["eng"] = None
    world.assign("ada")
    world.become("disabled", "ada", "disabled")

    assert "PATCH /Users/u-1" in world.become("enabled", "ada", "active").lines


@pytest.mark.parametrize("kind", ["suspended", "updated", "unassigned", "password", "disabled"])
def test_nothing_is_sent_for_someone_who_was_never_provisioned(kind):
    world = World(sync_password=True)

    played = world.play(Change(kind, "ada", attributes=("title",)))

    assert (played.calls, played.words) == ([], {"ada": "skipped"})


def test_a_deactivated_user_cannot_be_assigned_and_is_not_updated():
    world = World()
    world.app.assigned_groups["eng"] = None
    world.assign("ada")
    world.become("disabled", "ada", "disabled")

    assert world.assign("ada").calls == []
    assert world.update("ada", title="Countess").calls == []


def test_suspension_is_what_okta_never_tells():
    assert {"suspend", "unsuspend"} <= set(OKTA.never)


@BOTH
def test_force_sync_pushes_the_whole_profile_of_linked_users_and_creates_nobody(profile):
    world = World(profile)
    world.assign("ada")
    world.app.assigned_people["alan"] = None
    world.sp.held["/Users/u-1"] |= {"title": "drifted", "externalId": "drifted"}

    played = world.play(Change("sync"))

    assert played.lines == ["GET /Users/u-1", "PUT /Users/u-1"]
    assert (played.calls[1].body["title"], played.calls[1].body["externalId"]) == ("Analyst", "drifted")
    assert "groups" not in played.calls[1].body
    assert played.words == {"ada": "done", "alan": "skipped"}


def test_a_failed_force_sync_is_retried_for_its_own_user_only():
    world = World()
    world.assign("ada", "alan")

    job = next(job for job in world.jobs(Change("sync")) if job.subject == "alan")

    assert world.play(*job.changes).lines == ["GET /Users/u-2", "PUT /Users/u-2"]


def test_jobs_are_planned_when_their_turn_comes():
    world = World()
    world.app.assigned_people |= {"ada": None, "alan": None}

    phase = next(world.profile.jobs([Change("assigned", "ada"), Change("assigned", "alan")], world.app))

    assert next(iter(phase.jobs)).subject == "ada"
    assert not isinstance(phase.jobs, list | tuple)
