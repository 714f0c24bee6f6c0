"""Each switch of the app, the connection test, the import, and the bytes of a request."""

import pytest

from idpsim.profiles.okta import facts
from idpsim.provisioning.flow import delete, get
from idpsim.provisioning.profile import Change, Connection
from tests.profiles.okta.playing import AIW, BASE, OKTA, World, answer, at_sp, listing

BOTH = pytest.mark.parametrize("profile", [OKTA, AIW], ids=lambda profile: profile.name)
PROBE = "?startIndex=1&count=2"


def off(outcome):
    return (outcome.word, outcome.by)


@BOTH
def test_without_create_users_nobody_is_created(profile):
    played = World(profile, create_users=False).assign("ada")

    assert (played.lines, off(played.outcomes["ada"])) == (["GET /Users"], ("skipped", "settings"))


@BOTH
def test_without_update_users_a_change_is_not_sent(profile):
    world = World(profile, update_users=False)
    world.assign("ada")

    assert off(world.update("ada", title="Countess").outcomes["ada"]) == ("skipped", "settings")


def test_without_update_users_a_match_is_only_activated():
    world = World(update_users=False)
    at_sp(world)

    assert world.assign("ada").lines == ["GET /Users", "PATCH /Users/u-481"]


@BOTH
def test_without_deactivate_users_a_leaver_stays_and_is_no_longer_updated(profile):
    world = World(profile, deactivate_users=False)
    world.assign("ada")

    assert off(world.unassign("ada").outcomes["ada"]) == ("skipped", "settings")
    assert world.update("ada", title="Countess").calls == []


def test_a_synchronised_password_is_patched():
    world = World(sync_password=True)
    world.assign("ada")

    played = world.play(Change("password", "ada", detail={"password": "N3w-Secret!"}))

    assert played.operations == ['[{"op":"replace","value":{"password":"N3w-Secret!"}}]']
    assert played.promises == []


def test_a_synchronised_password_of_the_wizard_is_put():
    world = World(AIW, sync_password=True)
    world.assign("ada")

    played = world.play(Change("password", "ada", detail={"password": "N3w-Secret!"}))

    assert played.lines == ["GET /Users/u-1", "PUT /Users/u-1"]
    assert (played.calls[1].body["password"], played.promises) == ("N3w-Secret!", [])


@BOTH
def test_without_sync_password_none_is_sent(profile):
    world = World(profile)
    world.assign("ada")

    assert off(world.play(Change("password", "ada")).outcomes["ada"]) == ("skipped", "settings")


@BOTH
def test_members_may_follow_later(profile):
    world = World(profile, push_members_at_once=False)
    world.assign("ada")

    assert world.push("eng").lines == ["GET /Groups", "POST /Groups"]
    assert '"value":"u-1"' in world.push("eng").bodies[-1]


@BOTH
def test_the_lookup_asks_for_the_unique_identifier_with_the_user_name(profile):
    played = World(profile, unique_identifier="email").assign("ada")

    assert played.calls[0].params[0] == ("filter", 'email eq "ada@example.test"')


def test_a_space_may_be_a_plus():
    world = World(query_space="+")
    world.put("ada", userName="a+b c@example.test")

    url = world.request(world.assign("ada").calls[0]).url

    assert url == f"{BASE}/Users?filter=userName+eq+%22a%2Bb+c%40example.test%22&startIndex=1&count=100"


@pytest.mark.parametrize(
    ("style", "operation"),
    [
        ("path", '{"op":"replace","path":"members","value":[]}'),
        ("pathless", '{"op":"replace","value":{"members":[]}}'),
        ("pathless-with-id", '{"op":"replace","value":{"members":[],"id":"g-1","displayName":"Eng All"}}'),
    ],
)
def test_a_full_push_has_three_styles(style, operation):
    assert World(full_push=style).push("eng").operations[-1] == f"[{operation}]"


def test_the_name_may_be_sent_only_when_it_changes():
    world = World(name_patch="renamed")
    world.assign("ada", "grace")
    world.push("eng")

    assert world.leave("grace", "eng").lines == ["PATCH /Groups/g-3"]


@BOTH
def test_a_second_put_may_follow_a_match(profile):
    world = World(profile, second_put_on_match=True)
    at_sp(world)

    assert world.assign("ada").lines[-4:] == ["GET /Users/u-481", "PUT /Users/u-481"] * 2


@BOTH
@pytest.mark.parametrize(("clear", "title"), [("empty", ""), ("null", None), ("omit", "left out")])
def test_clearing_is_a_switch_and_no_value_is_promised(profile, clear, title):
    world = World(profile, clear=clear)
    world.assign("ada")

    played = world.update("ada", title=None)

    assert played.calls[1].body.get("title", "left out") == title
    assert ("title" in world.link("ada").values) is (clear != "omit")
    assert world.link("ada").values.get("title") is None


def test_a_manager_is_told_by_the_number_that_the_directory_has():
    world = World(manager_id="employeeNumber")
    world.put("ada", employeeNumber="E-1")

    body = world.assign("grace").calls[1].body

    assert list(body.values())[-1] == {"manager": {"value": "E-1", "displayName": "Ada Byron"}}


def test_custom_attributes_go_under_their_namespace():
    world = World(custom_namespace="urn:acme:1")
    world.put("ada", custom={"badge": "7"})

    body = world.assign("ada").calls[1].body

    assert (body["schemas"][1], body["urn:acme:1"]) == ("urn:acme:1", {"badge": "7"})


def test_custom_attributes_without_a_namespace_are_never_sent():
    world = World(custom_namespace="")
    world.put("ada", custom={"badge": "7"})

    assert "badge" not in str(world.assign("ada").calls[1].body)
    assert world.update("ada", custom={"badge": "8"}).outcomes["ada"].by == "vendor"


@BOTH
def test_every_switch_of_a_profile_is_one_of_okta_and_the_wizard_has_none_for_patch(profile):
    assert set(facts.SETTINGS) - set(profile.settings) == (set() if profile is OKTA else {"full_push", "name_patch"})


@BOTH
@pytest.mark.parametrize("groups", [False, True])
def test_connecting_lists_two_users_at_each_saving_and_groups_where_they_are_imported(profile, groups):
    world = World(profile, import_groups=groups)

    played = world.connect()

    middle = [f"{BASE}/Groups?startIndex=1&count=100"] if groups else []
    users = f"{BASE}/Users{PROBE}"
    assert [world.request(call).url for call in played.calls] == [users, users, *middle, users]
    assert all(call.probe for call in played.calls)


@pytest.mark.parametrize("name", ["totalResults", "startIndex", "itemsPerPage", "totalresults"])
@pytest.mark.parametrize("value", ["1", True, 1.0, []])
def test_a_connection_test_fails_on_numbers_that_are_no_integers(name, value):
    world = World()
    world.sp.says["GET /Users"] = answer(200, {"Resources": [], name: value})

    assert world.connect().words == {"app": "failed"}


@BOTH
def test_an_import_reads_pages_of_a_hundred_until_the_total(profile):
    world = World(profile, import_groups=True)
    page = [{"id": str(n), "active": n > 1} for n in range(100)]
    world.sp.says["GET /Users"] = answer(200, {"totalResults": 200, "Resources": page})

    played = world.play(Change("import"))

    urls = [world.request(call).url.removeprefix(BASE) for call in played.calls]
    pages = [f"/Users?startIndex={start}&count=100" for start in (1, 101)]
    assert urls == [*pages, "/Groups?startIndex=1&count=100"]
    assert played.outcomes["app"].note == "196 users scanned, 0 groups scanned"


def test_an_import_without_groups_reads_users_only():
    world = World()
    world.sp.says["GET /Users"] = listing()

    assert world.play(Change("import")).lines == ["GET /Users"]


def test_headers_come_in_the_order_that_okta_prints():
    world = World()

    headers = dict(world.request(world.assign("ada").calls[1]).headers)

    assert list(headers) == [
        *("Accept", "Accept-Charset", "Content-Type", "User-Agent", "Authorization", "Content-Length", "Host"),
        *("Connection", "Accept-Encoding"),
    ]
    assert headers["Content-Type"] == "application/scim+json; charset=utf-8"


def test_a_get_has_no_content_type_and_the_delete_of_a_group_has():
    world = World()

    read, gone = (dict(world.request(call).headers) for call in (get("/Users/a"), delete("/Groups/a")))

    assert "Content-Type" not in read
    assert (gone["Content-Type"], "Content-Length" in gone) == ("application/scim+json; charset=utf-8", False)


def test_headers_of_ones_own_come_last_and_no_token_no_authorization():
    request = OKTA.request(get("/Users"), Connection(BASE + "/", None, (("X-Tenant", "7"),)))

    assert (request.url, request.headers[-1]) == (f"{BASE}/Users", ("X-Tenant", "7"))
    assert "Authorization" not in dict(request.headers)


@BOTH
def test_a_rate_limit_is_waited_for_ten_times_doubling(profile):
    (retry,) = profile.retries

    assert (retry.on, retry.waits, retry.attempts) == (("429",), (300.0,), 10)
    assert (retry.retry_after, retry.doubling) == (True, True)
