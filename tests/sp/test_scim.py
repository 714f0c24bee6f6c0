"""The resources of RFC 7644, as a client without quirks sees them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from idpsim.clock import VirtualClock
from idpsim.sp import Refused, ServiceProvider

from .conftest import ENTERPRISE, GROUP, PATCH_OP, USER, Account, send

SENT: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "userName": "ada@x.test",
    "name": {"givenName": "Ada", "familyName": "Byron"},
    "emails": [{"value": "ada@x.test", "type": "work", "primary": True}],
    "title": "Analyst",
    "shoeSize": {"eu": 38},
    ENTERPRISE: {"department": "Engines"},
    "urn:acme:1.0:User": {"badge": "7"},
}


def test_a_new_user_is_answered_whole(sp: Account) -> None:
    answer = sp.call("POST", "/Users", SENT)

    assert answer.status == 201
    assert answer.headers["content-type"] == "application/scim+json"
    assert answer.headers["location"] == f"https://sp.test/scim/default/v2/Users/{answer.json['id']}"
    assert answer.json["meta"]["location"] == answer.headers["location"]
    assert answer.json["active"] is True
    assert {key: answer.json[key] for key in SENT if key != "schemas"} == {k: SENT[k] for k in SENT if k != "schemas"}


def test_schemas_name_the_extensions_that_a_user_has(sp: Account) -> None:
    id = sp.call("POST", "/Users", SENT).json["id"]

    assert sp.get(f"/Users/{id}")["schemas"] == [USER, ENTERPRISE, "urn:acme:1.0:User"]


def test_a_password_is_taken_and_never_shown(sp: Account) -> None:
    answer = sp.call("POST", "/Users", {**SENT, "password": "7kq2Zm1x"})

    assert answer.status == 201
    assert b"7kq2Zm1x" not in answer.body
    assert b"7kq2Zm1x" not in sp.call("GET", "/Users?attributes=password").body


@pytest.mark.parametrize(
    ("path", "body"), [("/Users", {"userName": "ADA@x.test"}), ("/Groups", {"displayName": "ENGINES"})]
)
def test_a_name_that_is_taken_in_any_case_is_409(sp: Account, path: str, body: dict[str, Any]) -> None:
    sp.user()
    sp.group()

    answer = sp.call("POST", path, body)

    assert (answer.status, answer.json["scimType"]) == (409, "uniqueness")


def test_renaming_to_a_name_that_is_taken_is_409(sp: Account) -> None:
    sp.user("grace@x.test")
    id = sp.user()

    answer = sp.patch(f"/Users/{id}", {"op": "replace", "path": "userName", "value": "Grace@x.test"})

    assert answer.status == 409


def test_a_name_that_is_free_again_can_be_taken(sp: Account) -> None:
    sp.call("DELETE", f"/Users/{sp.user()}")

    assert sp.call("POST", "/Users", {"userName": "ada@x.test"}).status == 201


@pytest.mark.parametrize("path", ["/Users", "/Groups"])
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_an_unknown_id_is_404(sp: Account, method: str, path: str) -> None:
    body = {"userName": "x", "displayName": "x", "Operations": [{"op": "remove", "path": "title"}]}

    answer = sp.call(method, f"{path}/no-such", body if method[0] == "P" else None)

    assert (answer.status, answer.json["status"]) == (404, "404")


def test_put_replaces_what_it_does_not_name(sp: Account) -> None:
    id = sp.call("POST", "/Users", SENT).json["id"]

    answer = sp.call("PUT", f"/Users/{id}", {"schemas": [USER], "userName": "ada@x.test"})

    assert answer.status == 200
    assert "title" not in answer.json


def test_put_without_active_leaves_a_leaver_inactive(sp: Account) -> None:
    id = sp.user(active=False)

    sp.call("PUT", f"/Users/{id}", {"schemas": [USER], "userName": "ada@x.test"})

    assert sp.get(f"/Users/{id}")["active"] is False


def test_put_that_echoes_what_it_got_changes_nothing(sp: Account) -> None:
    id = sp.call("POST", "/Users", SENT).json["id"]
    sp.group(members=(id,))
    got = sp.get(f"/Users/{id}")

    answer = sp.call("PUT", f"/Users/{id}", {**got, "id": "other", "meta": {"version": "x"}, "groups": []})

    assert answer.json == got


def test_delete_answers_204_and_the_user_is_gone(sp: Account) -> None:
    id = sp.user()

    answer = sp.call("DELETE", f"/Users/{id}")

    assert (answer.status, answer.body) == (204, b"")
    assert sp.call("GET", f"/Users/{id}").status == 404
    assert sp.found('userName eq "ada@x.test"') == []


def test_an_inactive_user_stays_visible(sp: Account) -> None:
    id = sp.user()

    sp.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": False})

    assert sp.get(f"/Users/{id}")["active"] is False
    assert sp.found('userName eq "ada@x.test"') == ["ada@x.test"]


def test_groups_of_a_user_are_computed(sp: Account) -> None:
    id = sp.user(displayName="Ada")
    group = sp.group(members=(id,))

    found = sp.get(f"/Users/{id}")["groups"]

    assert [(one["value"], one["display"]) for one in found] == [(group, "Engines")]


def test_members_are_shown_with_reference_type_and_display(sp: Account) -> None:
    id = sp.user(displayName="Ada")
    inner = sp.group("Inner")
    group = sp.group(members=(id, inner))

    found = sp.get(f"/Groups/{group}")["members"]

    assert [(one["type"], one["display"]) for one in found] == [("User", "Ada"), ("Group", "Inner")]
    assert found[0]["$ref"].endswith(f"/Users/{id}")


def test_a_deleted_user_is_a_member_no_longer(sp: Account) -> None:
    id = sp.user()
    group = sp.group(members=(id,))

    sp.call("DELETE", f"/Users/{id}")

    assert sp.members(group) == []


def test_a_deleted_group_is_in_no_users_groups(sp: Account) -> None:
    id = sp.user()
    group = sp.group(members=(id,))

    sp.call("DELETE", f"/Groups/{group}")

    assert "groups" not in sp.get(f"/Users/{id}")


def test_pages_cover_all_users_once_in_a_stable_order(sp: Account) -> None:
    for number in range(250):
        sp.user(f"u{number}")

    pages = [sp.get(f"/Users?startIndex={start}&count=100") for start in (1, 101, 201)]

    assert [page["itemsPerPage"] for page in pages] == [100, 100, 50]
    assert [one["userName"] for page in pages for one in page["Resources"]] == [f"u{n}" for n in range(250)]


@pytest.mark.parametrize(
    ("query", "start", "items"),
    [
        ("", 1, 3),
        ("startIndex=0", 1, 3),
        ("startIndex=-5&count=2", 1, 2),
        ("count=0", 1, 0),
        ("count=-1", 1, 0),
        ("startIndex=3&count=2", 3, 1),
        ("startIndex=9", 9, 0),
        ("STARTINDEX=2", 2, 2),
        ("count=", 1, 3),
    ],
)
def test_the_page_that_is_asked_for(sp: Account, query: str, start: int, items: int) -> None:
    for name in ("a", "b", "c"):
        sp.user(name)

    page = sp.get(f"/Users?{query}")

    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, start, items)
    assert len(page["Resources"]) == items


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("attributes=userName", {"schemas", "id", "userName"}),
        ("attributes=USERNAME, name.givenName", {"schemas", "id", "userName", "name"}),
        (f"attributes={ENTERPRISE}:department", {"schemas", "id", ENTERPRISE}),
        (f"attributes={USER}:title", {"schemas", "id", "title"}),
        ("attributes=id", {"schemas", "id"}),
        (
            f"excludedAttributes=meta,emails,name.givenName,shoeSize,{ENTERPRISE},urn:acme:1.0:User:badge",
            {"schemas", "id", "userName", "name", "title", "active"},
        ),
    ],
)
def test_attributes_can_be_chosen(sp: Account, query: str, keys: set[str]) -> None:
    id = sp.call("POST", "/Users", SENT).json["id"]

    assert set(sp.get(f"/Users/{id}?{query.replace(' ', '%20')}")) == keys


def test_a_sub_attribute_can_be_chosen(sp: Account) -> None:
    id = sp.call("POST", "/Users", SENT).json["id"]

    assert sp.get(f"/Users/{id}?attributes=name.givenName,emails.value") == {
        "schemas": [USER, ENTERPRISE, "urn:acme:1.0:User"],
        "id": id,
        "name": {"givenName": "Ada"},
        "emails": [{"value": "ada@x.test"}],
    }


def test_a_group_that_is_put_back_as_it_was_keeps_its_version(sp: Account) -> None:
    group = sp.group(members=(sp.user("a"), sp.user("b")))
    got = sp.get(f"/Groups/{group}")

    answer = sp.call("PUT", f"/Groups/{group}", got)

    assert answer.json == got


def test_the_display_of_a_member_follows_the_user(sp: Account) -> None:
    id = sp.user("ada")
    group = sp.group()
    sp.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": id, "display": "old"}]})

    sp.patch(f"/Users/{id}", {"op": "replace", "path": "userName", "value": "countess"})

    assert sp.get(f"/Groups/{group}")["members"][0]["display"] == "countess"


def test_members_can_be_left_out(sp: Account) -> None:
    sp.group(members=(sp.user(),))

    page = sp.get("/Groups?excludedAttributes=members&filter=displayName+eq+%22Engines%22")

    assert "members" not in page["Resources"][0]


def test_meta_follows_the_virtual_clock() -> None:
    clock = VirtualClock(datetime(2026, 1, 5, tzinfo=UTC))
    account = Account(ServiceProvider(moment=clock.moment))
    id = account.user()

    clock.advance(3600)
    account.patch(f"/Users/{id}", {"op": "add", "path": "title", "value": "Lead"})

    meta = account.get(f"/Users/{id}")["meta"]
    assert (meta["created"], meta["lastModified"]) == ("2026-01-05T00:00:00.000Z", "2026-01-05T01:00:00.000Z")


def test_a_change_makes_a_new_version_and_no_change_does_not(sp: Account) -> None:
    id = sp.user()
    first = sp.patch(f"/Users/{id}", {"op": "add", "path": "title", "value": "Lead"}).headers["etag"]

    second = sp.patch(f"/Users/{id}", {"op": "add", "path": "title", "value": "Lead"}).headers["etag"]

    assert (first, second) == ('W/"2"', 'W/"2"')


@pytest.mark.parametrize(("version", "status"), [('W/"1"', 200), ("*", 200), ('W/"9"', 412), ('W/"9", W/"1"', 200)])
def test_if_match_guards_a_change(sp: Account, version: str, status: int) -> None:
    id = sp.user()

    answer = sp.send("PUT", f"/Users/{id}", b'{"userName":"b"}', {"If-Match": version})

    assert answer.status == status


def test_a_known_version_is_not_sent_again(sp: Account) -> None:
    answer = sp.send("GET", f"/Users/{sp.user()}", headers={"If-None-Match": 'W/"1"'})

    assert (answer.status, answer.body) == (304, b"")


def test_ids_are_the_same_with_the_same_seed() -> None:
    ids = [ServiceProvider(seed=3).create("user", {"userName": "a"})["id"] for _ in range(2)]

    assert ids[0] == ids[1]


def test_the_configuration_tells_the_truth(account: Callable[..., Account]) -> None:
    config = account(patch=False, page_size=7).get("/ServiceProviderConfig")

    assert config["patch"] == {"supported": False}
    assert config["filter"] == {"supported": True, "maxResults": 7}


@pytest.mark.parametrize(
    ("groups", "types", "schemas"),
    [(True, ["User", "Group"], [USER, GROUP, ENTERPRISE]), (False, ["User"], [USER, ENTERPRISE])],
)
def test_discovery_lists_what_is_there(
    account: Callable[..., Account], groups: bool, types: list[str], schemas: list[str]
) -> None:
    sp = account(groups=groups)

    assert [one["id"] for one in sp.get("/ResourceTypes")["Resources"]] == types
    assert [one["id"] for one in sp.get("/Schemas")["Resources"]] == schemas


@pytest.mark.parametrize("path", ["/ResourceTypes/User", f"/Schemas/{USER}", f"/Schemas/{ENTERPRISE.lower()}"])
def test_one_of_the_discovery_resources_can_be_read(sp: Account, path: str) -> None:
    assert sp.call("GET", path).status == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/ResourceTypes/Pet", 404),
        ("GET", "/Schemas/urn:x", 404),
        ("GET", "/Pets", 404),
        ("POST", "/Bulk", 501),
        ("GET", "/Me", 501),
        ("POST", "/.search", 501),
        ("DELETE", "/Users", 405),
        ("POST", "/Schemas", 405),
    ],
)
def test_what_is_not_there_is_a_scim_error(sp: Account, method: str, path: str, status: int) -> None:
    answer = sp.call(method, path)

    assert answer.status == status
    assert answer.json["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert answer.json["status"] == str(status)


def test_an_administrator_creates_changes_finds_and_deletes(sp: Account) -> None:
    id = sp.sp.create("user", {"userName": "grace@x.test", "title": "Rear Admiral"})["id"]
    sp.sp.change(
        "user", id, {"active": False, "name.givenName": "Grace", 'emails[type eq "work"].value': "g@x", "title": None}
    )

    found = sp.sp.find("user", "userName", "GRACE@x.test")

    assert [(one["active"], one["name"], one["emails"], one.get("title")) for one in found] == [
        (False, {"givenName": "Grace"}, [{"type": "work", "value": "g@x"}], None)
    ]
    sp.sp.delete("user", id)
    assert sp.sp.find("user", "userName", "grace@x.test") == []


@pytest.mark.parametrize(
    "act",
    [
        lambda sp: sp.create("user", {"userName": "ADA@x.test"}),
        lambda sp: sp.create("group", {}),
        lambda sp: sp.change("user", "no-such", {"title": "x"}),
        lambda sp: sp.change("user", "no-such", {}),
        lambda sp: sp.delete("group", "no-such"),
        lambda sp: sp.find("user", "a b", "x"),
    ],
)
def test_what_an_administrator_cannot_do_is_refused_with_a_reason(sp: Account, act: Callable[[Any], Any]) -> None:
    sp.user()

    with pytest.raises(Refused, match=r"\w"):
        act(sp.sp)


def test_what_an_administrator_gets_is_a_copy(sp: Account) -> None:
    made = sp.sp.create("user", {"userName": "a", "name": {"givenName": "A"}})

    made["name"]["givenName"] = "B"

    assert sp.get(f"/Users/{made['id']}")["name"] == {"givenName": "A"}


def test_concurrent_single_member_changes_all_stay(sp: Account) -> None:
    ids = [sp.user(f"u{number}") for number in range(40)]
    group = sp.group(members=tuple(ids[:20]))
    moves = [("remove", id) for id in ids[:20]] + [("add", id) for id in ids[20:]]

    together(
        lambda move: sp.patch(f"/Groups/{group}", {"op": move[0], "path": "members", "value": [{"value": move[1]}]}),
        moves,
    )

    assert sorted(sp.members(group)) == sorted(ids[20:])


def test_of_concurrent_creates_with_one_name_one_wins(sp: Account) -> None:
    answers = together(lambda _: sp.call("POST", "/Users", {"userName": "ada"}).status, range(12))

    assert sorted(answers) == [201] + [409] * 11


def test_location_is_the_host_that_the_client_used(sp: Account) -> None:
    id = sp.user()
    headers = {"Authorization": f"Bearer {sp.token}", "Host": "scim.acme.test:8443"}

    answer = send(sp.sp, "GET", f"/scim/default/v2/Users/{id}", None, headers)

    assert answer.json["meta"]["location"] == f"https://scim.acme.test:8443/scim/default/v2/Users/{id}"


def together(act: Callable[[Any], Any], inputs: Any) -> list[Any]:
    """The act on all inputs, in a thread each."""
    results: list[Any] = []
    threads = [threading.Thread(target=lambda one=one: results.append(act(one))) for one in inputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_a_patch_is_done_whole_or_not_at_all(sp: Account) -> None:
    id = sp.user()
    group = sp.group()
    body = [{"op": "add", "path": "members", "value": [{"value": id}]}, {"op": "replace", "path": "id", "value": "x"}]

    answer = sp.call("PATCH", f"/Groups/{group}", {"schemas": [PATCH_OP], "Operations": body})

    assert (answer.status, answer.json["scimType"]) == (400, "mutability")
    assert sp.members(group) == []
