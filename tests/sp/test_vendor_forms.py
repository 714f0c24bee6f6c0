"""Everything that identity providers are known to send, however far from the RFC it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import ENTERPRISE, GROUP, PATCH_OP, USER, Account

ROLE = '{"id":"r-1","value":"Admin","displayName":"Admin"}'
START: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE],
    "userName": "ada@x.test",
    "externalId": "e-1",
    "name": {"givenName": "Ada", "familyName": "Byron"},
    "displayName": "Ada",
    "emails": [{"type": "work", "value": "ada@x.test", "primary": True}],
    "roles": [{"value": "Editor", "primary": True}],
    ENTERPRISE: {"department": "Engines", "manager": {"value": "m-1"}},
    "urn:acme:1.0:User": {"badge": "7"},
}
WORK = {"type": "work", "value": "ada@x.test", "primary": True}

# What is sent, and the attributes that must then be so; None: absent.
USER_PATCHES: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("title-case op with string", [{"op": "Replace", "path": "active", "value": "False"}], {"active": False}),
    ("lower-case word", [{"op": "REPLACE", "path": "active", "value": "false"}], {"active": False}),
    ("add of a string boolean", [{"op": "Add", "path": "active", "value": "True"}], {"active": True}),
    ("boolean in a list", [{"op": "replace", "path": "active", "value": [False]}], {"active": False}),
    ("path-less", [{"op": "replace", "value": {"active": False}}], {"active": False}),
    ("path-less with a null path", [{"op": "replace", "path": None, "value": {"active": False}}], {"active": False}),
    ("path-less with an empty path", [{"op": "replace", "path": "", "value": {"active": "False"}}], {"active": False}),
    ("path-less with id", [{"op": "replace", "value": {"id": "x", "displayName": "B"}}], {"displayName": "B"}),
    ("path-less password", [{"op": "replace", "value": {"password": "N3w-Secret!"}}], {"password": None}),
    ("password by path", [{"op": "replace", "path": "password", "value": "N3w"}], {"password": None}),
    (
        "path-less nested object",
        [{"op": "replace", "value": {"name": {"givenName": "Augusta"}}}],
        {"name": {"givenName": "Augusta", "familyName": "Byron"}},
    ),
    (
        "path-less with dotted and qualified keys",
        [
            {
                "op": "replace",
                "value": {
                    "displayName": "B",
                    "name.givenName": "Augusta",
                    f"{ENTERPRISE}:employeeNumber": "1008",
                    f"{ENTERPRISE}:manager.displayName": "Charles",
                    f"{USER}:title": "Lead",
                    "urn:acme:1.0:User:badge": "8",
                },
            }
        ],
        {
            "displayName": "B",
            "name": {"givenName": "Augusta", "familyName": "Byron"},
            "title": "Lead",
            ENTERPRISE: {
                "department": "Engines",
                "employeeNumber": "1008",
                "manager": {"value": "m-1", "displayName": "Charles"},
            },
            "urn:acme:1.0:User": {"badge": "8"},
        },
    ),
    (
        "path-less extension object",
        [{"op": "replace", "value": {ENTERPRISE: {"department": "R&D"}}}],
        {ENTERPRISE: {"department": "R&D", "manager": {"value": "m-1"}}},
    ),
    (
        "path-less object of an extension that nobody knows",
        [{"op": "add", "value": {"urn:vendor:app_1:1.0:user:custom": {"badge": "7"}}}],
        {"urn:vendor:app_1:1.0:user:custom": {"badge": "7"}},
    ),
    (
        "path-less with a value filter as key",
        [{"op": "replace", "value": {'emails[type eq "work"].value': "b@x"}}],
        {"emails": [{**WORK, "value": "b@x"}]},
    ),
    ("path-less add", [{"op": "add", "value": {"externalId": "e-2"}}], {"externalId": "e-2"}),
    ("path-less replace of the user name", [{"op": "replace", "value": {"userName": "b"}}], {"userName": "b"}),
    (
        "dotted path",
        [{"op": "Replace", "path": "name.givenName", "value": "B"}],
        {"name": {"givenName": "B", "familyName": "Byron"}},
    ),
    ("path in another case", [{"op": "Replace", "path": "DISPLAYNAME", "value": "B"}], {"displayName": "B"}),
    (
        "qualified path",
        [{"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Platform"}],
        {ENTERPRISE: {"department": "Platform", "manager": {"value": "m-1"}}},
    ),
    (
        "qualified path of a core attribute",
        [{"op": "add", "path": "urn:scim:schemas:core:2.0:title", "value": "Lead"}],
        {"title": "Lead"},
    ),
    (
        "custom extension attribute",
        [{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:Acme:2.0:User:badge", "value": "9"}],
        {"urn:ietf:params:scim:schemas:extension:Acme:2.0:User": {"badge": "9"}},
    ),
    (
        "value filter that matches",
        [{"op": "Replace", "path": 'emails[type eq "work"].value', "value": "b@x"}],
        {"emails": [{**WORK, "value": "b@x"}]},
    ),
    (
        "value filter that matches nothing makes the element",
        [{"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "+46 70"}],
        {"phoneNumbers": [{"type": "mobile", "value": "+46 70"}]},
    ),
    (
        "several attributes of an element that is not there",
        [
            {"op": "Replace", "path": 'addresses[type eq "work"].Formatted', "value": "HQ/4"},
            {"op": "Add", "path": 'addresses[type eq "work"].locality', "value": "Umea"},
        ],
        {"addresses": [{"type": "work", "formatted": "HQ/4", "locality": "Umea"}]},
    ),
    (
        "primary before value",
        [
            {"op": "Add", "path": 'emails[type eq "home"].primary', "value": "True"},
            {"op": "Add", "path": 'emails[type eq "home"].value', "value": "h@x"},
        ],
        {"emails": [{**WORK, "primary": False}, {"type": "home", "primary": True, "value": "h@x"}]},
    ),
    (
        "quoted boolean in a filter",
        [{"op": "Add", "path": 'roles[primary eq "True"].value', "value": "Admin"}],
        {"roles": [{"value": "Admin", "primary": True}]},
    ),
    (
        "quoted boolean that matches nothing",
        [
            {"op": "Remove", "path": "roles"},
            {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "Admin"},
        ],
        {"roles": [{"value": "Admin", "primary": True}]},
    ),
    (
        "roles as JSON in a string",
        [{"op": "Add", "path": "roles", "value": [{"value": ROLE}]}],
        {"roles": [{"value": "Editor", "primary": True}, {"value": ROLE}]},
    ),
    (
        "roles replaced",
        [{"op": "replace", "path": "roles", "value": [{"primary": False, "type": "T", "display": "U", "value": "U"}]}],
        {"roles": [{"primary": False, "type": "T", "display": "U", "value": "U"}]},
    ),
    ("the same value added twice", [{"op": "Add", "path": "emails", "value": [WORK]}], {"emails": [WORK]}),
    (
        "a value as an object",
        [{"op": "Add", "path": "emails", "value": {"type": "home", "value": "h@x"}}],
        {"emails": [WORK, {"type": "home", "value": "h@x"}]},
    ),
    (
        "manager as a bare string",
        [{"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "271"}],
        {ENTERPRISE: {"department": "Engines", "manager": {"value": "271"}}},
    ),
    (
        "manager as an object",
        [{"op": "add", "path": f"{ENTERPRISE}:manager", "value": {"value": "271"}}],
        {ENTERPRISE: {"department": "Engines", "manager": {"value": "271"}}},
    ),
    (
        "manager without its URN, in a list",
        [{"op": "Replace", "path": "manager", "value": [{"$ref": "http://x/Users/271", "value": "271"}]}],
        {ENTERPRISE: {"department": "Engines", "manager": {"$ref": "http://x/Users/271", "value": "271"}}},
    ),
    (
        "manager removed by filter",
        [{"op": "remove", "path": 'manager[value eq "m-1"]'}],
        {ENTERPRISE: {"department": "Engines"}},
    ),
    (
        "another manager removed by filter",
        [{"op": "remove", "path": 'manager[value eq "m-2"]'}],
        {ENTERPRISE: START[ENTERPRISE]},
    ),
    (
        "manager removed with its value",
        [{"op": "Remove", "path": f"{ENTERPRISE}:manager", "value": "m-1"}],
        {ENTERPRISE: {"department": "Engines"}},
    ),
    (
        "manager emptied",
        [{"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": ""}],
        {ENTERPRISE: {"department": "Engines"}},
    ),
    (
        "value of a filtered element removed with its value",
        [{"op": "Remove", "path": 'emails[type eq "work"].value', "value": "ada@x.test"}],
        {"emails": None},
    ),
    ("element removed by filter", [{"op": "remove", "path": 'emails[type eq "work"]'}], {"emails": None}),
    (
        "values removed that are named",
        [{"op": "Remove", "path": "roles", "value": [{"value": "Other"}]}],
        {"roles": START["roles"]},
    ),
    (
        "core attributes under their URN",
        [{"op": "replace", "value": {USER: {"displayName": "B", "id": "x", ENTERPRISE: {"department": "D"}}}}],
        {"displayName": "B", USER: None, ENTERPRISE: {"department": "D", "manager": {"value": "m-1"}}},
    ),
    (
        "core attributes under their URN as a path",
        [{"op": "replace", "path": USER, "value": {"displayName": "B", "id": "x"}}],
        {"displayName": "B", USER: None},
    ),
    ("null clears", [{"op": "replace", "path": "displayName", "value": None}], {"displayName": None}),
    ("null in a path-less value clears", [{"op": "replace", "value": {"displayName": None}}], {"displayName": None}),
    (
        "null sub-attribute clears",
        [{"op": "replace", "value": {"name": {"givenName": None}}}],
        {"name": {"familyName": "Byron"}},
    ),
    (
        "null at a value filter clears",
        [{"op": "replace", "path": 'emails[type eq "work"].value', "value": None}],
        {"emails": None},
    ),
    ("empty string is kept", [{"op": "replace", "path": "displayName", "value": ""}], {"displayName": ""}),
    ("remove of what is not there", [{"op": "remove", "path": "title"}], {"title": None}),
    ("an unknown attribute", [{"op": "add", "value": {"user_mobile": "1"}}], {"user_mobile": "1"}),
]


@pytest.mark.parametrize(("sent", "then"), [case[1:] for case in USER_PATCHES], ids=[case[0] for case in USER_PATCHES])
def test_a_user_patch_does_what_its_sender_means(sp: Account, sent: list[Any], then: dict[str, Any]) -> None:
    id = sp.call("POST", "/Users", START).json["id"]

    answer = sp.patch(f"/Users/{id}", *sent)

    assert answer.status == 200
    user = sp.get(f"/Users/{id}")
    assert {name: user.get(name) for name in then} == then
    assert user["id"] == id


A, B, C = "{a}", "{b}", "{c}"
# The group has the members a and b; what is sent, and who are members then.
GROUP_PATCHES: list[tuple[str, list[dict[str, Any]], str]] = [
    ("add one", [{"op": "add", "path": "members", "value": [{"value": C}]}], "abc"),
    ("add one, title case", [{"op": "Add", "path": "members", "value": [{"$ref": None, "value": C}]}], "abc"),
    ("add with display", [{"op": "add", "path": "members", "value": [{"value": C, "display": "c@x"}]}], "abc"),
    ("add as an object", [{"op": "add", "path": "members", "value": {"value": C}}], "abc"),
    ("add one who is there", [{"op": "Add", "path": "members", "value": [{"value": A}]}], "ab"),
    ("add without a path", [{"op": "add", "value": {"members": [{"value": C}]}}], "abc"),
    ("add at a filter", [{"op": "add", "path": f'members[value eq "{C}"]', "value": {"value": C}}], "abc"),
    ("remove by filter", [{"op": "remove", "path": f'members[value eq "{A}"]'}], "b"),
    ("remove by filter, qualified", [{"op": "remove", "path": f'{GROUP}:members[value eq "{A}"]'}], "b"),
    ("remove by a filter that matches nobody", [{"op": "remove", "path": f'members[value eq "{C}"]'}], "ab"),
    ("remove by value", [{"op": "Remove", "path": "members", "value": [{"value": A}]}], "b"),
    ("remove by a value that is not there", [{"op": "Remove", "path": "members", "value": [{"value": C}]}], "ab"),
    ("remove all", [{"op": "remove", "path": "members"}], ""),
    ("replace all", [{"op": "replace", "path": "members", "value": [{"value": B}, {"value": C}]}], "bc"),
    ("replace with nobody", [{"op": "replace", "path": "members", "value": []}], ""),
    ("replace without a path", [{"op": "replace", "value": {"members": [{"value": C}]}}], "c"),
    ("rename", [{"op": "replace", "value": {"id": "{group}", "displayName": "Engines"}}], "ab"),
    (
        "replace without a path, with id and name",
        [{"op": "replace", "value": {"members": [], "id": "{group}", "displayName": "Engines"}}],
        "",
    ),
    (
        "removes, then an add",
        [
            {"op": "remove", "path": f'members[value eq "{A}"]'},
            {"op": "add", "path": "members", "value": [{"value": C, "display": "c"}]},
        ],
        "bc",
    ),
]


@pytest.mark.parametrize(("sent", "then"), [case[1:] for case in GROUP_PATCHES], ids=[c[0] for c in GROUP_PATCHES])
def test_a_membership_patch_does_what_its_sender_means(sp: Account, sent: list[Any], then: str) -> None:
    ids = {name: sp.user(name) for name in "abc"}
    group = sp.group(members=(ids["a"], ids["b"]))
    text = json.dumps(sent)
    for name, id in {**ids, "group": group}.items():
        text = text.replace("{" + name + "}", id)

    answer = sp.patch(f"/Groups/{group}", *json.loads(text))

    assert answer.status == 204
    assert sorted(sp.members(group)) == sorted(ids[name] for name in then)


@pytest.mark.parametrize(
    ("member", "then"),
    [
        ({"value": "{c}"}, "abc"),
        ({"value": "{c}", "operation": "add"}, "abc"),
        ({"value": "{a}", "operation": "delete"}, "b"),
    ],
)
def test_a_scim_1_group_patch_is_understood(sp: Account, member: dict[str, str], then: str) -> None:
    ids = {name: sp.user(name) for name in "abc"}
    group = sp.group(members=(ids["a"], ids["b"]))
    body = {"schemas": ["urn:scim:schemas:core:1.0"], "members": [{**member, "value": member["value"].format(**ids)}]}

    answer = sp.call("PATCH", f"/Groups/{group}", body)

    assert answer.status == 204
    assert sorted(sp.members(group)) == sorted(ids[name] for name in then)


def test_a_scim_1_patch_can_rename_too(sp: Account) -> None:
    group = sp.group()

    sp.call("PATCH", f"/Groups/{group}", {"schemas": ["urn:scim:schemas:core:1.0"], "displayName": "B", "id": group})

    assert sp.get(f"/Groups/{group}")["displayName"] == "B"


OWN = "urn:scim:schemas:extension:enterprise:2.0"
# What is posted beside schemas and userName, and the attributes of the user then.
CREATES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("schemas of its own", {"schemas": ["urn:scim:schemas:core:2.0"]}, {"userName": "ada"}),
    ("schemas of SCIM 1.1", {"schemas": ["urn:scim:schemas:core:1.0"]}, {"userName": "ada"}),
    ("no schemas", {}, {"active": True}),
    (
        "an extension under a URN of its own",
        {"schemas": ["urn:scim:schemas:core:2.0", OWN], OWN: {"department": "R&D", "manager": {"managerId": "7"}}},
        {OWN: {"department": "R&D", "manager": {"managerId": "7"}}, ENTERPRISE: None},
    ),
    ("the same of SCIM 1.1", {OWN[:-3] + "1.0": {"department": "R&D"}}, {OWN[:-3] + "1.0": {"department": "R&D"}}),
    ("a bare manager", {ENTERPRISE: {"manager": "7"}}, {ENTERPRISE: {"manager": {"value": "7"}}}),
    ("core under its URN", {USER: {"title": "Lead"}}, {"title": "Lead", USER: None}),
    (
        "emails as an object",
        {"emails": {"value": "a@x", "type": "work", "primary": True}},
        {"emails": [{"value": "a@x", "type": "work", "primary": True}]},
    ),
    (
        "primary as a string",
        {"emails": [{"value": "a@x", "primary": "True"}]},
        {"emails": [{"value": "a@x", "primary": True}]},
    ),
    ("groups", {"groups": []}, {"groups": None}),
    ("groups with somebody in them", {"groups": [{"value": "g"}]}, {"groups": None}),
    ("empty lists", {"roles": [], "photos": []}, {"roles": None}),
    ("nulls", {"id": None, "externalId": None, "title": None, "name": None, ENTERPRISE: None}, {"externalId": None}),
    ("null inside", {"name": {"givenName": "A", "middleName": None}}, {"name": {"givenName": "A"}}),
    ("meta", {"meta": {"resourceType": "User"}}, {"userName": "ada"}),
    ("active as a string", {"active": "true"}, {"active": True}),
    ("active as a string, off", {"active": "False"}, {"active": False}),
    ("blank values", {"title": "", ENTERPRISE: {"department": ""}}, {"title": "", ENTERPRISE: {"department": ""}}),
    (
        "names in another case",
        {"DisplayName": "A", "NAME": {"GIVENNAME": "B"}},
        {"displayName": "A", "name": {"givenName": "B"}},
    ),
    ("a number for text", {ENTERPRISE: {"employeeNumber": 1007}}, {ENTERPRISE: {"employeeNumber": 1007}}),
    ("leading blank", {"name": {"familyName": " Doe"}}, {"name": {"familyName": " Doe"}}),
    (
        "roles and entitlements",
        {"roles": [{"value": "r", "display": "Editor"}], "entitlements": [{"value": "e", "type": "License"}]},
        {"roles": [{"value": "r", "display": "Editor"}], "entitlements": [{"value": "e", "type": "License"}]},
    ),
    (
        "an unknown extension",
        {"urn:vendor:app_1:1.0:user:custom": {"badge": 7}},
        {"urn:vendor:app_1:1.0:user:custom": {"badge": 7}},
    ),
    (
        "unknown attributes",
        {"user_mobile": "1", "flags": [True, None, {"a": []}]},
        {"user_mobile": "1", "flags": [True, None, {"a": []}]},
    ),
]


@pytest.mark.parametrize(("sent", "then"), [case[1:] for case in CREATES], ids=[case[0] for case in CREATES])
def test_a_create_keeps_what_its_sender_means(sp: Account, sent: dict[str, Any], then: dict[str, Any]) -> None:
    answer = sp.call("POST", "/Users", {"userName": "ada", **sent})

    assert answer.status == 201
    user = sp.get(f"/Users/{answer.json['id']}")
    assert {name: user.get(name) for name in then} == then


@pytest.mark.parametrize(
    "body",
    [
        {"schemas": [GROUP], "displayName": "Eng All", "members": []},
        {
            "schemas": [GROUP],
            "externalId": "6f0d",
            "displayName": "Eng",
            "members": [],
            "meta": {"resourceType": "Group"},
        },
        {
            "schemas": [GROUP, "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
            "displayName": "Finance",
        },
        {"schemas": ["urn:scim:schemas:core:1.0"], "displayName": "Contractors", "members": []},
    ],
)
def test_a_group_can_be_created_in_every_form(sp: Account, body: dict[str, Any]) -> None:
    assert sp.call("POST", "/Groups", body).status == 201


def test_a_put_of_a_group_names_all_its_members(sp: Account) -> None:
    a, b = sp.user("a"), sp.user("b")
    group = sp.group(members=(a,))

    sp.call(
        "PUT",
        f"/Groups/{group}",
        {"schemas": [GROUP], "id": group, "displayName": "E", "members": [{"value": b, "display": "b"}]},
    )

    assert sp.members(group) == [b]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/json"},
        {"Content-Type": "application/json; charset=utf-8"},
        {"Content-Type": "application/scim+json;charset=UTF-8", "Accept": "application/scim+json"},
        {"Content-Type": "application/scim+json; charset=utf-8", "Accept": "text/html", "User-Agent": ""},
        {"Content-Type": "application/x-www-form-urlencoded"},
    ],
)
def test_a_body_is_read_whatever_headers_are_with_it(sp: Account, headers: dict[str, str]) -> None:
    assert sp.send("POST", "/Users?", b'{"userName":"\xc3\xa4da"}', headers).json["userName"] == "äda"


@pytest.mark.parametrize("end", ["?", "?&", "/", "/?"])
def test_urls_may_end_in_a_dangling_mark(sp: Account, end: str) -> None:
    id = sp.user()

    answers = [
        sp.call("GET", f"/Users/{id}{end.lstrip('/')}"),
        sp.call("GET", f"/Users{end}"),
        sp.call("POST", f"/Groups{end}", {"displayName": "E"}),
    ]

    assert [answer.status for answer in answers] == [200, 200, 201]


def test_a_doubled_slash_is_not_redirected(sp: Account) -> None:
    assert sp.call("GET", "//Users").status == 404


def test_a_get_may_have_a_content_type(sp: Account) -> None:
    assert sp.send("GET", "/Users", headers={"Content-Type": "application/json"}).status == 200


def test_a_probe_for_nobody_is_an_empty_list(sp: Account) -> None:
    page = sp.get("/Users?filter=userName+eq+%225c1c1f0e-3a55-4b6a-9d2e-0a6d0b7f1d11%22&")

    assert (page["totalResults"], page["Resources"]) == (0, [])
    assert all(type(page[name]) is int for name in ("totalResults", "startIndex", "itemsPerPage"))


def test_operations_in_lower_case_are_understood(sp: Account) -> None:
    id = sp.user()
    body = {"schemas": [PATCH_OP], "operations": [{"Op": "replace", "Path": "active", "Value": False}]}

    assert sp.call("PATCH", f"/Users/{id}", body).json["active"] is False


def test_a_deleted_user_can_be_deleted_again_with_404(sp: Account) -> None:
    id = sp.user()
    sp.call("DELETE", f"/Users/{id}?")

    assert sp.call("DELETE", f"/Users/{id}?").status == 404
