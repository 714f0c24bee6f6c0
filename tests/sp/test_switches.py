"""What each switch does, and how switches are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from idpsim.sp import ServiceProvider, Switches

from .conftest import ENTERPRISE, GROUP, PATCH_OP, USER, Account, send
from .test_scim import together

Make = Callable[..., Account]
OFF = {"op": "replace", "path": "active", "value": False}
ON = {"op": "replace", "path": "active", "value": True}


def test_every_switch_says_in_one_line_what_it_does() -> None:
    for switch in fields(Switches):
        assert switch.metadata["doc"]
        assert "\n" not in switch.metadata["doc"]
        assert not switch.metadata["choices"] or switch.default in switch.metadata["choices"]


def test_every_switch_has_a_test() -> None:
    text = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))

    assert [switch.name for switch in fields(Switches) if switch.name not in text] == []


def test_switches_are_read_as_a_scenario_writes_them() -> None:
    written = {
        "patch-answer": "204",
        "deactivation": "hard",
        "strict": "true",
        "put_drops": ["title"],
        "page_size": "7",
    }

    assert Switches.from_mapping({**written, "drop-attributes": "title, locale"}) == Switches(
        patch_answer=204,
        deactivation="hard",
        strict=True,
        put_drops=("title",),
        page_size=7,
        drop_attributes=("title", "locale"),
    )


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"deactivaton": "hard"}, "no switch 'deactivaton' (did you mean 'deactivation'?)."),
        ({"xyzzy": 1}, "no switch 'xyzzy'."),
        ({"deactivation": "hrad"}, "one of soft, hard, not 'hrad' (did you mean 'hard'?)."),
        ({"patch_answer": 201}, "one of 200, 204, not 201"),
        ({"patch": "maybe"}, "true or false, not 'maybe'"),
        ({"patch": 1}, "true or false, not 1"),
        ({"page_size": 0}, "a whole number of at least 1, not 0"),
        ({"rate_limit": True}, "a whole number of at least 0, not True"),
        ({"rate_limit": "ten"}, "a whole number of at least 0, not 'ten'"),
        ({"put_drops": 7}, "a list of names, not 7"),
        ({"plan": None}, "one of starter, premium, enterprise, not None"),
    ],
)
def test_a_wrong_switch_is_one_clear_sentence(mapping: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="switch") as raised:
        Switches.from_mapping(mapping)

    assert message in str(raised.value)


def test_deactivation_hard_makes_the_user_vanish(account: Make) -> None:
    sp = account(deactivation="hard")
    id = sp.user()

    answer = sp.patch(f"/Users/{id}", OFF)

    assert (answer.status, answer.json["active"]) == (200, False)
    assert sp.call("GET", f"/Users/{id}").status == 404
    assert sp.found('userName eq "ada@x.test"') == []


def test_delete_soft_leaves_the_user_inactive(account: Make) -> None:
    sp = account(delete="soft")
    id = sp.user()

    answer = sp.call("DELETE", f"/Users/{id}")

    assert answer.status == 204
    assert sp.get(f"/Users/{id}")["active"] is False


@pytest.mark.parametrize("status", [501, 405])
def test_patch_can_be_unsupported(account: Make, status: int) -> None:
    sp = account(patch=False, patch_refusal=status)
    id = sp.user()

    assert sp.patch(f"/Users/{id}", OFF).status == status


@pytest.mark.parametrize("status", [200, 204])
def test_patch_answer_of_a_user(account: Make, status: int) -> None:
    sp = account(patch_answer=status)
    id = sp.user()

    answer = sp.patch(f"/Users/{id}", OFF)

    assert (answer.status, bool(answer.body)) == (status, status == 200)


@pytest.mark.parametrize("status", [200, 204])
def test_group_patch_answer(account: Make, status: int) -> None:
    sp = account(group_patch_answer=status)
    id = sp.group()

    answer = sp.patch(f"/Groups/{id}", {"op": "replace", "path": "displayName", "value": "B"})

    assert (answer.status, bool(answer.body)) == (status, status == 200)


def test_without_groups_their_path_is_404(account: Make) -> None:
    assert account(groups=False).call("GET", "/Groups").status == 404


def test_return_members_false_keeps_them_back(account: Make) -> None:
    sp = account(return_members=False)
    id = sp.user()
    group = sp.group(members=(id,))

    assert "members" not in sp.get(f"/Groups/{group}")
    assert "members" not in sp.get("/Groups")["Resources"][0]
    assert [one["value"] for one in sp.get(f"/Users/{id}")["groups"]] == [group]


@pytest.mark.parametrize(
    ("unknown_members", "status", "members"), [("refuse", 400, []), ("ignore", 204, []), ("keep", 204, ["x"])]
)
def test_unknown_members(account: Make, unknown_members: str, status: int, members: list[str]) -> None:
    sp = account(unknown_members=unknown_members)
    group = sp.group()

    answer = sp.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": "x"}]})

    assert answer.status == status
    assert sp.members(group) == members


def test_page_size_is_the_most_that_a_page_holds(account: Make) -> None:
    sp = account(page_size=2)
    for name in ("a", "b", "c"):
        sp.user(name)

    page = sp.get("/Users?count=50")

    assert (page["totalResults"], page["itemsPerPage"], len(page["Resources"])) == (3, 2, 2)


def test_max_body_answers_413(account: Make) -> None:
    answer = account(max_body=50).send("POST", "/Users", b'{"userName":"a","title":"' + b"x" * 50 + b'"}')

    assert (answer.status, answer.json["status"]) == (413, "413")


def limited(**switches: Any) -> tuple[Account, list[float]]:
    now = [1_000_000.0]
    return Account(ServiceProvider(Switches(rate_limit=2, rate_window=10, **switches), now=lambda: now[0])), now


def test_rate_limit_answers_429_and_opens_again_after_rate_window() -> None:
    sp, now = limited()
    before = [sp.call("GET", "/Users").status for _ in range(3)]

    now[0] += 10
    after = sp.call("GET", "/Users").status

    assert (before, after) == ([200, 200, 429], 200)


def test_the_rate_limit_of_one_idp_is_not_anothers() -> None:
    sp, _ = limited()
    for _ in range(3):
        sp.call("GET", "/Users")

    assert Account(sp.sp, "other").call("GET", "/Users").status == 200


@pytest.mark.parametrize(
    ("form", "header"), [("seconds", "7"), ("date", "Mon, 12 Jan 1970 13:46:50 GMT"), ("none", None)]
)
def test_retry_after_has_the_form_that_is_set(form: str, header: str | None) -> None:
    sp, now = limited(retry_after=form)
    for _ in range(2):
        sp.call("GET", "/Users")
    now[0] += 3.5

    answer = sp.call("GET", "/Users")

    assert (answer.status, answer.headers.get("retry-after")) == (429, header)


def test_hide_inactive_takes_users_out_of_lists_and_filters(account: Make) -> None:
    sp = account(hide_inactive=True)
    id = sp.user(active=False)

    assert sp.get("/Users")["totalResults"] == 0
    assert sp.found('userName eq "ada@x.test"') == []
    assert sp.get(f"/Users/{id}")["active"] is False


def test_match_404_answers_a_filter_without_a_match(account: Make) -> None:
    sp = account(match_404=True)

    answer = sp.call("GET", "/Users?filter=userName+eq+%22x%22")

    assert (answer.status, answer.json["status"]) == (404, "404")
    assert sp.call("GET", "/Users").status == 200


@pytest.mark.parametrize(
    "operation",
    [{"op": "Replace", "path": "active", "value": "False"}, {"op": "replace", "value": {"active": "False"}}],
)
def test_ignore_string_booleans(account: Make, operation: dict[str, Any]) -> None:
    sp = account(ignore_string_booleans=True)
    id = sp.user()

    answer = sp.patch(f"/Users/{id}", operation)

    assert (answer.status, answer.json["active"]) == (200, True)
    assert sp.patch(f"/Users/{id}", OFF).json["active"] is False


def test_ignore_string_booleans_in_a_put(account: Make) -> None:
    sp = account(ignore_string_booleans=True)
    id = sp.user()

    assert sp.call("PUT", f"/Users/{id}", {"userName": "a", "active": "False"}).json["active"] is True


def test_ignore_pathless(account: Make) -> None:
    sp = account(ignore_pathless=True)
    id = sp.user()

    answer = sp.patch(f"/Users/{id}", {"op": "replace", "value": {"active": False}})

    assert (answer.status, answer.json["active"]) == (200, True)


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_ignore_reactivation(account: Make, method: str) -> None:
    sp = account(ignore_reactivation=True)
    id = sp.user(active=False)
    body = {"Operations": [ON]} if method == "PATCH" else {"userName": "ada@x.test", "active": True}

    answer = sp.call(method, f"/Users/{id}", body)

    assert (answer.status, answer.json["active"]) == (200, False)


@pytest.mark.parametrize(
    ("switch", "operation"),
    [
        ("wipe_on_filtered_remove", {"op": "remove", "path": 'members[value eq "{a}"]'}),
        ("wipe_on_value_remove", {"op": "Remove", "path": "members", "value": [{"value": "{a}"}]}),
        ("strict", {"op": "remove", "path": "members", "value": [{"value": "{a}"}]}),
    ],
)
def test_removing_one_member_empties_the_group(account: Make, switch: str, operation: dict[str, Any]) -> None:
    sp = account(**{switch: True})
    a, b = sp.user("a"), sp.user("b")
    group = sp.group(members=(a, b))
    if "value" in operation:
        operation = {**operation, "value": [{"value": a}]}

    answer = sp.patch(f"/Groups/{group}", {**operation, "path": operation["path"].replace("{a}", a)})

    assert answer.status == 204
    assert sp.members(group) == []


def test_replace_on_add(account: Make) -> None:
    sp = account(replace_on_add=True)
    a, b = sp.user("a"), sp.user("b")
    group = sp.group(members=(a,))

    sp.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": b}]})

    assert sp.members(group) == [b]


def test_lose_updates_loses_members_that_are_added_together(account: Make) -> None:
    sp = account(lose_updates=True)
    ids = [sp.user(f"u{number}") for number in range(12)]
    group = sp.group()

    together(lambda id: sp.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": id}]}), ids)

    assert 0 < len(sp.members(group)) < 12


def test_lose_updates_loses_nothing_one_after_the_other(account: Make) -> None:
    sp = account(lose_updates=True)
    ids = [sp.user(f"u{number}") for number in range(3)]
    group = sp.group()

    for id in ids:
        sp.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": id}]})

    assert sorted(sp.members(group)) == sorted(ids)


def test_put_drops(account: Make) -> None:
    sp = account(put_drops=["title", "name.givenName", f"{ENTERPRISE}:department", "userName", "nothing"])
    id = sp.user(title="Lead")
    name = {"givenName": "A", "familyName": "B"}

    user = sp.call(
        "PUT", f"/Users/{id}", {"userName": "a", "title": "Lead", "name": name, ENTERPRISE: {"department": "D"}}
    ).json

    assert (user.get("title"), user["name"], user.get(ENTERPRISE)) == (None, {"familyName": "B"}, None)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_drop_attributes(account: Make, method: str) -> None:
    sp = account(drop_attributes=["title"])
    id = sp.user()
    sent = {"userName": "b", "title": "Lead"}
    body = {"Operations": [{"op": "replace", "value": sent}]} if method == "PATCH" else sent

    answer = sp.call(method, "/Users" if method == "POST" else f"/Users/{id}", body)

    assert answer.json["userName"] == "b"
    assert "title" not in answer.json


def test_drop_attributes_can_drop_members(account: Make) -> None:
    sp = account(drop_attributes=["members"])
    group = sp.group(members=(sp.user(),))

    assert sp.members(group) == []


def test_accept_and_forget_stores_nothing(account: Make) -> None:
    sp = account(accept_and_forget=True)
    kept = sp.sp.create("user", {"userName": "kept"})["id"]

    made = sp.call("POST", "/Users", {"userName": "new"})
    changed = sp.patch(f"/Users/{kept}", OFF)
    put = sp.call("PUT", f"/Users/{kept}", {"userName": "other"})
    deleted = sp.call("DELETE", f"/Users/{kept}")

    assert [made.status, changed.status, put.status, deleted.status] == [201, 200, 200, 204]
    assert sp.call("GET", f"/Users/{made.json['id']}").status == 404
    assert (changed.json["active"], put.json["userName"]) == (False, "other")
    assert [(one["userName"], one["active"]) for one in sp.get("/Users")["Resources"]] == [("kept", True)]


def test_case_sensitive_filter(account: Make) -> None:
    sp = account(case_sensitive_filter=True)
    sp.user("Ada")

    assert (sp.found('userName eq "ada"'), sp.found('userName eq "Ada"')) == ([], ["Ada"])


def test_fold_external_id(account: Make) -> None:
    sp = account(fold_external_id=True)
    sp.user("a", externalId="E1")

    assert sp.found('externalId eq "e1"') == ["a"]


def test_string_numbers(account: Make) -> None:
    page = account(string_numbers=True).get("/Users")

    assert [page[name] for name in ("totalResults", "startIndex", "itemsPerPage")] == ["0", "1", "0"]


@pytest.mark.parametrize(("path", "status"), [("/Users/<b>", 404), ("/nothing", 404), ("/Users?count=x", 400)])
def test_html_errors(account: Make, path: str, status: int) -> None:
    answer = account(html_errors=True).call("GET", path)

    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert answer.body.startswith(b"<!doctype html>")
    assert b"<b>" not in answer.body


def test_html_errors_of_the_token(account: Make) -> None:
    sp = account(html_errors=True).sp

    answer = send(sp, "GET", sp.endpoint() + "/Users", None, {})

    assert (answer.status, answer.body[:15]) == (401, b"<!doctype html>")


@pytest.mark.parametrize(("path", "body"), [("/Users", {"userName": "a"}), ("/Groups", {"displayName": "a"})])
def test_no_id(account: Make, path: str, body: dict[str, Any]) -> None:
    sp = account(no_id=True)

    answer = sp.call("POST", path, body)

    assert (answer.status, "id" in answer.json) == (201, False)
    assert "id" in sp.get(path)["Resources"][0]


OWN = "urn:scim:schemas:extension:enterprise:2.0"
REFUSED: list[tuple[str, str, Any]] = [
    ("a string for a boolean", "PATCH", [{"op": "replace", "path": "active", "value": "False"}]),
    ("a string for a boolean inside", "PATCH", [{"op": "replace", "value": {"active": "True"}}]),
    ("a boolean in a list", "PATCH", [{"op": "replace", "path": "active", "value": [True]}]),
    ("an op in title case", "PATCH", [{"op": "Replace", "path": "active", "value": False}]),
    ("a bare manager", "PATCH", [{"op": "add", "path": f"{ENTERPRISE}:manager", "value": "7"}]),
    ("a dotted key", "PATCH", [{"op": "replace", "value": {"name.givenName": "A"}}]),
    ("an id in the value", "PATCH", [{"op": "replace", "value": {"id": "x"}}]),
    ("an unknown schema in a path", "PATCH", [{"op": "add", "path": "urn:acme:1.0:User:badge", "value": "7"}]),
    ("a filter without a match", "PATCH", [{"op": "add", "path": 'emails[type eq "work"].value', "value": "a@x"}]),
    (
        "a filter without a match, replaced",
        "PATCH",
        [{"op": "replace", "path": 'ims[type eq "x"].value', "value": "a"}],
    ),
    ("an object for values", "PATCH", [{"op": "add", "path": "emails", "value": {"value": "a@x"}}]),
    ("emails as an object", "POST", {"schemas": [USER], "userName": "b", "emails": {"value": "b@x"}}),
    ("a string for a boolean in a post", "POST", {"schemas": [USER], "userName": "b", "active": "true"}),
    ("no schemas", "POST", {"userName": "b"}),
    ("schemas of its own", "POST", {"schemas": ["urn:scim:schemas:core:2.0"], "userName": "b"}),
    ("an unknown schema", "POST", {"schemas": [USER, "urn:acme:1.0:User"], "userName": "b"}),
    ("an unknown extension", "POST", {"schemas": [USER], "userName": "b", "urn:acme:1.0:User": {"badge": "7"}}),
    ("a number for text", "POST", {"schemas": [USER], "userName": "b", "title": 7}),
    (
        "two primary values",
        "POST",
        {
            "schemas": [USER],
            "userName": "b",
            "emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}],
        },
    ),
]


@pytest.mark.parametrize(("method", "sent"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_strict_refuses_what_only_the_tolerant_take(account: Make, method: str, sent: Any) -> None:
    sp = account(strict=True)
    id = sp.user()
    body = {"schemas": [PATCH_OP], "Operations": sent} if method == "PATCH" else sent

    answer = sp.call(method, f"/Users/{id}" if method == "PATCH" else "/Users", body)

    assert answer.status == 400
    assert answer.json["scimType"]


@pytest.mark.parametrize(
    "operation",
    [
        OFF,
        {"op": "add", "path": "emails", "value": [{"type": "work", "value": "a@x"}]},
        {"op": "replace", "value": {"name": {"givenName": "A"}, ENTERPRISE: {"department": "D"}}},
        {"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": "7"}},
        {"op": "remove", "path": "title"},
    ],
)
def test_strict_takes_what_the_rfc_says(account: Make, operation: dict[str, Any]) -> None:
    sp = account(strict=True)

    assert sp.patch(f"/Users/{sp.user()}", operation).status == 200


@pytest.mark.parametrize("schemas", [None, [], [USER], ["urn:ietf:params:scim:api:messages:2.0:patchop"]])
def test_strict_wants_the_schema_of_a_patch(account: Make, schemas: Any) -> None:
    sp = account(strict=True)

    assert sp.call("PATCH", f"/Users/{sp.user()}", {"schemas": schemas, "Operations": [OFF]}).status == 400


@pytest.mark.parametrize(
    ("content_type", "status"),
    [("application/scim+json", 201), ("application/json; charset=utf-8", 201), ("text/plain", 415), ("", 415)],
)
def test_strict_wants_a_content_type(account: Make, content_type: str, status: int) -> None:
    body = b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"E"}'

    answer = account(strict=True).send("POST", "/Groups", body, {"Content-Type": content_type})

    assert answer.status == status


def test_strict_refuses_a_scim_1_patch(account: Make) -> None:
    sp = account(strict=True)

    answer = sp.call("PATCH", f"/Groups/{sp.group()}", {"schemas": ["urn:scim:schemas:core:1.0"], "members": []})

    assert answer.status == 400


def test_strict_takes_a_group(account: Make) -> None:
    sp = account(strict=True)

    assert sp.call("POST", "/Groups", {"schemas": [GROUP], "displayName": "E"}).status == 201
