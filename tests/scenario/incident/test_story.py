"""From requests to what had happened in the directory."""

from __future__ import annotations

from typing import Any

import pytest

from idpsim.scenario.incident.anonymous import anonymous
from idpsim.scenario.incident.story import Story
from idpsim.scenario.incident.writing import text

ADA = {"userName": "ada@corp.example", "name": {"givenName": "Ada", "familyName": "Byron"}, "active": True}
NOBODY = {"totalResults": 0, "Resources": []}
LOOKUP = "/Users?filter=userName%20eq%20%22ada%40corp.example%22"
GUID = "91025447-9fc8-4cdc-9f94-a9cde1b6443{}"


def found(*documents: Any) -> dict[str, Any]:
    return {"totalResults": len(documents), "Resources": list(documents)}


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}


def set_to(path: str, value: Any) -> dict[str, Any]:
    return patch({"op": "Replace", "path": path, "value": value})


def happened(told: Story) -> list[tuple[str, ...]]:
    return [(each.event, *each.people, *each.groups) for each in told.happenings]


def test_a_lookup_in_vain_and_a_create_are_an_assignment(asked: Any, told: Any) -> None:
    story = told(asked("GET", LOOKUP, None, 200, NOBODY), asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}))

    assert happened(story) == [("assign", "ada")]
    assert story.people == {"ada": {"userName": "ada@corp.example", "givenName": "Ada", "familyName": "Byron"}}


def test_an_account_that_is_found_was_there_before(asked: Any, told: Any) -> None:
    there = {"id": "1", **ADA, "title": "Old", "active": False}

    story = told(asked("GET", LOOKUP, None, 200, found(there)), asked("PATCH", "/Users/1", set_to("title", "New")))

    assert happened(story) == [("at-sp", "ada"), ("assign", "ada")]
    assert story.happenings[0].arguments == {
        "do": "create",
        "set": {"givenName": "Ada", "familyName": "Byron", "title": "Old", "active": False},
    }
    assert story.people["ada"]["title"] == "New"


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (set_to("title", "Countess"), {"title": "Countess"}),
        (set_to("urn:ietf:params:scim:schemas:core:2.0:User:title", "Countess"), {"title": "Countess"}),
        (patch({"op": "replace", "value": {"name.familyName": "King"}}), {"familyName": "King"}),
        (patch({"op": "replace", "value": {"name": {"familyName": "King"}}}), {"familyName": "King"}),
        (set_to('emails[type eq "work"].value', "a@b.example"), {"email": "a@b.example"}),
        (
            set_to("urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "Mills"),
            {"department": "Mills"},
        ),
        (patch({"op": "Remove", "path": "name.familyName"}), {"familyName": None}),
        (set_to("title", [{"value": "Countess"}]), {"title": "Countess"}),
    ],
)
def test_what_a_patch_changes_is_an_update_of_the_directory(asked: Any, told: Any, body: Any, changes: Any) -> None:
    story = told(asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}), asked("PATCH", "/Users/1", body))

    assert happened(story) == [("assign", "ada"), ("update", "ada")]
    assert story.happenings[1].arguments == {"set": changes}


@pytest.mark.parametrize("value", [False, "False", "false"])
def test_the_end_and_the_return_of_access_are_told(asked: Any, told: Any, value: Any) -> None:
    story = told(
        asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}),
        asked("PATCH", "/Users/1", set_to("active", value)),
        asked("PATCH", "/Users/1", patch({"op": "replace", "value": {"active": True}})),
    )

    assert happened(story) == [("assign", "ada"), ("unassign", "ada"), ("assign", "ada")]


def test_a_delete_after_the_end_of_access_is_the_end_of_a_deletion(asked: Any, told: Any) -> None:
    story = told(
        asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}),
        asked("PATCH", "/Users/1", set_to("active", False)),
        asked("DELETE", "/Users/1", None, 204),
    )

    assert happened(story) == [("assign", "ada"), ("delete", "ada"), ("purge", "ada")]


def test_the_same_person_under_another_name_stays_one_person(asked: Any, told: Any) -> None:
    story = told(
        asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}),
        asked("PATCH", "/Users/1", set_to("userName", "king@corp.example")),
        asked("GET", "/Users?filter=userName%20eq%20%22king%40corp.example%22", None, 200, found({"id": "1"})),
        asked("PUT", "/Users/1", {**ADA, "userName": "king@corp.example", "title": "Countess"}),
    )

    assert list(story.people) == ["ada"]
    assert [each.arguments for each in story.happenings[1:]] == [
        {"set": {"userName": "king@corp.example"}},
        {"set": {"title": "Countess"}},
    ]


def test_two_connections_that_interleave_are_kept_apart(asked: Any, told: Any) -> None:
    bob = {"userName": "bob@corp.example", "active": True}

    story = told(
        asked("GET", LOOKUP, None, 200, NOBODY),
        asked("GET", LOOKUP.replace("ada", "bob"), None, 200, NOBODY),
        asked("POST", "/Users", bob, 201, {"id": "2", **bob}),
        asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}),
    )

    assert happened(story) == [("assign", "bob", "ada")]
    assert not story.unexplained


def test_without_answers_an_id_is_that_of_the_only_one_without(asked: Any, told: Any) -> None:
    story = told(asked("POST", "/Users", ADA, None), asked("PATCH", "/Users/1", set_to("active", False), None))

    assert happened(story) == [("assign", "ada"), ("unassign", "ada")]


def test_whom_nobody_has_seen_come_was_there_before(asked: Any, told: Any) -> None:
    story = told(asked("PATCH", "/Users/a%2Fb", set_to("active", False), 204))

    assert happened(story) == [("assign", "unknown1"), ("unassign", "unknown1")]
    assert [each.prepared for each in story.happenings] == [True, False]


def test_a_group_its_members_and_its_end_are_told(asked: Any, told: Any) -> None:
    group = {"id": "g", "displayName": "Mill Hands"}

    story = told(
        asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}),
        asked("POST", "/Groups", {"displayName": "Mill Hands", "members": [{"value": "1"}]}, 201, group),
        asked("PATCH", "/Groups/g", patch({"op": "remove", "path": 'members[value eq "1"]'}), 204),
        asked("PATCH", "/Groups/g", set_to("displayName", "Millers"), 204),
        asked("DELETE", "/Groups/g", None, 204),
    )

    assert happened(story) == [
        ("assign", "ada"),
        ("push", "mill-hands"),
        ("leave", "ada", "mill-hands"),
        ("update", "mill-hands"),
        ("unpush", "mill-hands"),
    ]
    assert story.groups["mill-hands"].members == ("ada",)


def test_what_happens_in_one_cycle_is_played_in_one(asked: Any, told: Any) -> None:
    probes = [f"/Users?filter=userName+eq+%22{GUID.format(n)}%22" for n in range(3)]

    story = told(
        asked("GET", probes[0], None, 200, NOBODY),
        asked("GET", probes[1], None, 200, NOBODY),
        asked("POST", "/Users", ADA, 201, {"id": "1", **ADA}),
        asked("POST", "/Groups", {"displayName": "Mill", "members": []}, 201, {"id": "g", "displayName": "Mill"}),
        asked("GET", probes[2], None, 200, NOBODY),
    )

    assert happened(story) == [("connect",), ("assign", "ada"), ("push", "mill"), ("sync",)]
    assert [each.settle for each in story.happenings] == [True, False, True, True]


@pytest.mark.parametrize(("status", "fault"), [(0, "lose-response"), (503, "status"), (429, "rate-limit")])
def test_what_was_lost_on_the_way_is_a_fault_of_its_step(asked: Any, told: Any, status: int, fault: str) -> None:
    story = told(asked("POST", "/Users", ADA, status), asked("POST", "/Users", ADA, 201, {"id": "1"}))

    assert happened(story) == [("assign", "ada")]
    assert f"do: {fault}" in text(story, name="x", idp="all")


def test_what_was_tried_again_by_hand_is_a_step_of_its_own(asked: Any, told: Any) -> None:
    story = told(asked("POST", "/Users", ADA, 0), asked("POST", "/Users", ADA, 201, {"id": "1"}), retries="by hand")

    assert happened(story) == [("assign", "ada"), ("retry", "ada")]


def test_what_the_service_provider_refused_is_left_to_it_and_said(asked: Any, told: Any) -> None:
    written = text(told(asked("POST", "/Users", ADA, 409)), name="x", idp="all")

    assert "fault:" not in written
    assert "#   entry 1: POST /Users was answered 409" in written


@pytest.mark.parametrize(
    "body", ["not JSON", [1, 2], {"Operations": "x"}, {"Operations": [1, {"op": 3}]}, {"userName": 7}, None]
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "BREW"])
@pytest.mark.parametrize("path", ["/Users", "/Users/1", "/Groups/1", "/Bulk", "/Users/%00%2F/x", "/Users?filter=%22"])
def test_no_request_is_too_odd(asked: Any, told: Any, method: str, path: str, body: Any) -> None:
    story = told(asked(method, path, body), asked(method, path, body, None))

    accounted = [request for each in story.happenings for request in each.requests]
    assert {each.number for each in (*accounted, *(one.request for one in story.unexplained))} <= {1, 2}


def test_a_request_that_no_vendor_sends_is_listed(asked: Any, told: Any) -> None:
    story = told(asked("POST", "/Bulk", {}), asked("POST", "/Users", ADA))

    assert [each.request.number for each in story.unexplained] == [1]


def test_every_text_survives_the_yaml(asked: Any, told: Any, read_again: Any) -> None:
    odd = [
        "on",
        "007",
        "null",
        "a: b",
        "@x",
        "- y",
        "#z",
        "Zoë",
        "l1\nl2",
        '"q"',
        "'",
        "{a}",
        "x\x85\u2028x",
        "🦊",
        "*a",
        "~",
    ]
    people = [{"userName": f"p{n}@corp.example", "title": each} for n, each in enumerate(odd)]

    again = read_again(text(told(*(asked("POST", "/Users", each) for each in people)), name="a: b #c", idp="all"))

    assert [each.title for each in again.people.values()] == odd


def test_keys_are_legal_and_each_once(asked: Any, told: Any) -> None:
    names = [
        "all@a.example",
        "ALL@b.example",
        "Zoë Müller",
        "@",
        f"{GUID.format(1)}@c.example",
        "x@a.example",
        "x@b.example",
    ]

    story = told(*(asked("POST", "/Users", {"userName": each}) for each in names))

    assert list(story.people) == ["all-2", "all-3", "zo-m-ller", "person", "person-2", "x", "x-2"]


def test_anonymised_nothing_is_left_of_the_people(asked: Any, told: Any) -> None:
    ada = {**ADA, "title": "Countess", "phoneNumbers": [{"type": "work", "value": "+44 1"}], "nickName": "Addie"}
    story = told(
        asked("POST", "/Users", ada, 201, {"id": "1", **ada}),
        asked("PATCH", "/Users/1", set_to("userName", "king@corp.example")),
        asked("POST", "/Groups", {"displayName": "Mill", "members": [{"value": "1"}]}, 201, {"id": "g"}),
        asked("PATCH", "/Groups/g", set_to("displayName", "Old Mill")),
    )

    written = text(anonymous(story), name="x", idp="all")

    assert not [
        each for each in ("ada", "Ada,", "Byron", "corp", "Countess", "+44", "Addie", "Mill", "king") if each in written
    ]
    assert "userName: person1@example.com" in written
    assert "userName: person1.2@example.com" in written


@pytest.mark.parametrize("manager", ["grace@corp.example", "2"])
def test_a_manager_who_only_is_named_is_in_the_directory(asked: Any, told: Any, read_again: Any, manager: str) -> None:
    ada = {**ADA, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": manager}}}
    grace = {"id": "2", "userName": "grace@corp.example"}

    story = told(asked("GET", "/Users/2", None, 200, grace), asked("POST", "/Users", ada, 201, {"id": "1"}))

    assert story.people["ada"]["manager"] == "grace"
    assert read_again(text(story, name="x", idp="all")).people["grace"].userName == "grace@corp.example"
