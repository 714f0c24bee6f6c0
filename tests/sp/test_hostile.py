"""Whatever comes in, the answer is a SCIM error of the 4xx kind, never a 500."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idpsim.sp import ServiceProvider

from .conftest import ENTERPRISE, PATCH_OP, USER, Account

pytestmark = pytest.mark.thorough

BODIES = [
    b"",
    b" ",
    b"{",
    b"nul",
    b"null",
    b"[]",
    b"[{}]",
    b"7",
    b'"x"',
    b"\xff\xfe\x00",
    b"{'a':1}",
    b'{"userName":NaN}',
    b'{"userName":Infinity}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"a":' * 60 + b"1" + b"}" * 60,
    b"\x00",
    b'{"userName":' + b"9" * 10_000 + b"}",
]
WRONG: list[Any] = [
    None,
    True,
    7,
    1.5,
    "",
    [],
    [[]],
    {},
    {"a": 1},
    [None],
    [7],
    ["x", "y"],
    {"value": {}},
    [{"value": []}],
]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_not_an_object_is_400(sp: Account, method: str, body: bytes) -> None:
    path = "/Users" if method == "POST" else f"/Users/{sp.user()}"

    answer = sp.send(method, path, body, {"Content-Type": "application/scim+json"})

    assert (answer.status, answer.json["status"]) == (400, "400")
    assert answer.json["scimType"] in ("invalidSyntax", "invalidValue")


def test_a_body_of_10_mb_is_413(sp: Account) -> None:
    assert sp.send("POST", "/Users", b'{"userName":"' + b"x" * 10_000_000 + b'"}').status == 413


@pytest.mark.parametrize("value", [value for value in WRONG if value != {"a": 1}], ids=repr)
@pytest.mark.parametrize(
    "name",
    [
        "userName",
        "externalId",
        "name",
        "emails",
        "active",
        "addresses",
        "groups",
        "schemas",
        "id",
        "meta",
        ENTERPRISE,
        "urn:x",
        "",
        "password",
        "$ref",
        "x.y",
    ],
)
def test_a_wrong_type_is_no_error_of_the_server(sp: Account, name: str, value: Any) -> None:
    for body in ({"userName": "a", name: value}, {name: value}):
        answer = sp.call("POST", "/Users", body)

        assert answer.status in (201, 400, 409)


@pytest.mark.parametrize("value", WRONG, ids=repr)
@pytest.mark.parametrize("name", ["displayName", "members", "externalId", "schemas"])
def test_a_wrong_type_in_a_group_is_no_error_of_the_server(sp: Account, name: str, value: Any) -> None:
    assert sp.call("POST", "/Groups", {"displayName": "a", name: value}).status in (201, 400)


@pytest.mark.parametrize("name", ["op", "path", "value"])
@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_a_wrong_type_in_an_operation_is_no_error_of_the_server(sp: Account, name: str, value: Any) -> None:
    user, group = f"/Users/{sp.user()}", f"/Groups/{sp.group()}"
    for path in (
        "active",
        "emails",
        "members",
        'members[value eq "x"]',
        'emails[type eq "work"].value',
        "name",
        "name.x",
    ):
        for op in ("add", "replace", "remove"):
            operation = {"op": op, "path": path, "value": "x", name: value}

            assert sp.patch(user, operation).status in (200, 400)
            assert sp.patch(group, operation).status in (204, 400)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Operations": None},
        {"Operations": {}},
        {"Operations": []},
        {"Operations": [7]},
        {"Operations": [[]]},
        {"Operations": [{}]},
        {"Operations": [{"op": "move"}]},
        {"Operations": [{"op": "remove"}]},
        {"Operations": [{"op": "add", "path": "title"}]},
        {"Operations": [{"op": "add", "value": "x"}]},
        {"Operations": [{"op": "add", "path": "a b", "value": 1}]},
        {"Operations": [{"op": "add", "path": "a[", "value": 1}]},
        {"Operations": [{"op": "add", "path": "a.b.c", "value": 1}]},
        {"Operations": [{"op": "add", "path": "[]", "value": 1}]},
        {"Operations": [{"op": "add", "path": "urn:", "value": 1}]},
        {"Operations": [{"op": "add", "path": "[" * 5000, "value": 1}]},
        {"Operations": [{"op": "remove", "path": "userName"}]},
        {"Operations": [{"op": "replace", "path": "userName", "value": None}]},
        {"Operations": [{"op": "replace", "path": "id", "value": "x"}]},
        {"Operations": [{"op": "remove", "path": "meta"}]},
        {"Operations": [{"op": "replace", "path": "groups", "value": []}]},
        {"Operations": [{"op": "add", "path": ENTERPRISE, "value": 1}]},
        {"Operations": [{"op": "add", "path": "title.x", "value": 1}]},
        {"Operations": [{"op": "add", "path": 'emails[type ne "x"].value', "value": "1"}]},
        {"Operations": [{"op": "add", "path": 'title[a eq "b"]', "value": 1}]},
        {"schemas": 7},
        {"Operations": [{"op": "add", "value": {"": 1}}]},
    ],
    ids=str,
)
def test_a_patch_that_makes_no_sense_is_400(sp: Account, body: dict[str, Any]) -> None:
    answer = sp.call("PATCH", f"/Users/{sp.user()}", {"schemas": [PATCH_OP], **body})

    assert answer.status == 400
    assert answer.json["scimType"]


@pytest.mark.parametrize(
    "query",
    [
        "count=x",
        "count=1.5",
        "count=" + "9" * 5000,
        "startIndex=%FF",
        "startIndex=²",
        "attributes=a%20b",
        "attributes=[",
        "excludedAttributes=.",
        "filter=%00",
        "filter=%ff%fe+eq+%22x%22",
        "filter=" + "(" * 9000,
    ],
)
def test_a_query_that_cannot_be_read_is_400(sp: Account, query: str) -> None:
    assert sp.send("GET", f"/Users?{query}".encode().decode("latin-1")).status == 400


@pytest.mark.parametrize("query", ["%", "a=%zz&b", "===", "&&&", "x" * 10_000, "attributes=,,", "sortBy=userName"])
def test_a_query_that_means_nothing_is_passed_over(sp: Account, query: str) -> None:
    assert sp.send("GET", f"/Users?{query}").status == 200


@pytest.mark.parametrize("id", ["%00", "%FF%FE", "..", "a/b", "%2e%2e%2f", "x" * 5000, "{{7*7}}", "<script>"])
def test_a_strange_id_is_404(sp: Account, id: str) -> None:
    answer = sp.send("GET", f"/Users/{id}")

    assert (answer.status, answer.headers["content-type"]) == (404, "application/scim+json")


@pytest.mark.parametrize("op", ["add", "remove"])
def test_a_list_too_long_to_compare_is_400(sp: Account, op: str) -> None:
    many = [{"value": str(number)} for number in range(50_000)]
    id = sp.user(roles=many)

    assert sp.patch(f"/Users/{id}", {"op": op, "path": "roles", "value": many}).status == 400


def test_a_group_may_have_a_great_many_members_in_one_request(sp: Account) -> None:
    ids = [sp.sp.create("user", {"userName": f"u{number}"})["id"] for number in range(5000)]
    group = sp.group()

    sp.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": id} for id in ids]})
    sp.patch(f"/Groups/{group}", *({"op": "remove", "path": f'members[value eq "{id}"]'} for id in ids[1:]))

    assert sp.members(group) == ids[:1]


def test_a_lone_surrogate_does_not_break_the_answer(sp: Account) -> None:
    answer = sp.send("POST", "/Users", b'{"userName":"a\\ud800","title":"\\udfff"}')

    assert answer.status == 201
    assert answer.json["userName"] == "a?"


def test_a_host_header_cannot_break_the_answer(sp: Account) -> None:
    sp.user()

    assert sp.send("GET", "/Users", headers={"Host": "a\tb<>"}).status in (200, 400)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=4) | st.sampled_from(["True", "work", "u-1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "value",
                    "type",
                    "primary",
                    "members",
                    "name",
                    "active",
                    "a.b",
                    ENTERPRISE,
                    USER,
                    "urn:x:1.0:y",
                    "id",
                    "op",
                    "path",
                    "emails",
                    "roles",
                    "Operations",
                    "manager",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
PATHS = st.sampled_from(
    [
        "active",
        "emails",
        'emails[type eq "work"]',
        'emails[type eq "work"].value',
        "name",
        "name.givenName",
        "members",
        'members[value eq "x"]',
        ENTERPRISE,
        f"{ENTERPRISE}:manager",
        f"{ENTERPRISE}:manager.value",
        "manager",
        "x",
        "x.y",
        'x[y eq "z"]',
        'x[y eq "z"].w',
        "urn:x:1.0:y:z",
        'urn:x:1.0:y:z[a eq "b"].c',
        "roles.value",
        "emails.primary",
    ]
)
OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "remove", "replace"]), "value": JSON}, optional={"path": PATHS}
    ),
    min_size=1,
    max_size=4,
)
SP = Account(ServiceProvider(seed=1))
OFTEN = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))


@OFTEN
@given(JSON, OPERATIONS)
def test_no_json_makes_the_server_fail(body: Any, operations: list[Any]) -> None:
    for kind, name in (("Users", "userName"), ("Groups", "displayName")):
        sent = {**body, name: "a"} if isinstance(body, dict) else body
        made = SP.call("POST", f"/{kind}", sent if sent is not None else {})
        assert made.status in (201, 400, 409)
        if made.status == 201:
            path = f"/{kind}/{made.json['id']}"
            assert SP.patch(path, *operations).status in (200, 204, 400)
            assert SP.call("PUT", path, SP.get(path)).status == 200
            assert json.loads(SP.call("GET", f"/{kind}?filter=emails.value+pr+or+x+co+%22a%22").body)
            assert SP.call("DELETE", path).status == 204
