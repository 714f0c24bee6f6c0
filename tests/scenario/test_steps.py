"""A step is one event with its subjects and arguments, its expectations and its faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from idpsim.errors import Place
from idpsim.scenario.load import Scenario
from idpsim.scenario.model import Expected, FaultSpec, Pattern, Sent, Step, Verification

Load = Callable[..., Scenario]
DIRECTORY = """\
directory:
  people: {ada: {userName: ada}, grace: {userName: grace}}
  groups: {eng: {displayName: Eng}, ops: {displayName: Ops}}
steps:
"""


@pytest.fixture
def step(load: Load) -> Callable[..., Step]:
    """The one step of a text, as a profile plays it."""

    def read(text: str, profile: str = "okta", idp: str = "all") -> Step:
        return load(f"idp: {idp}\n" + DIRECTORY + text).script(profile).steps[0]

    return read


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- assign: ada", {"people": ("ada",)}),
        ("- assign: [grace, eng, ada]", {"people": ("grace", "ada"), "groups": ("eng",)}),
        ("- assign: all", {"everyone": True}),
        ("- push: all", {"groups": ("eng", "ops")}),
        ("- approve:", {"everyone": True}),
        ("- approve: all", {"everyone": True}),
        ("- retry: eng", {"groups": ("eng",)}),
        ("- connect: null", {}),
        ("- sign-in: ada\n  via: oidc\n  start: idp", {"via": "oidc", "start": "idp"}),
        ("- sign-in: ada\n  tamper: alg_none", {"via": "oidc", "tamper": "alg_none"}),
        ("- sign-in: ada\n  tamper: xsw3\n  via: saml\n  victim: grace", {"via": "saml", "victim": "grace"}),
        ("- at-sp: configure-sso", {"do": "configure-sso"}),
        ("- unpush: eng\n  delete: false", {"groups": ("eng",), "delete": False}),
        ("- delete: [ada, eng]", {"people": ("ada",), "groups": ("eng",)}),
        ("- join: {person: [ada, grace], group: eng}", {"people": ("ada", "grace"), "groups": ("eng",)}),
        ("- leave: {group: all, person: all}", {"everyone": True, "groups": ("eng", "ops")}),
        ("- update: ada\n  set: {title: null, city: ''}", {"people": ("ada",), "set": {"title": None, "city": ""}}),
        ("- set: {title: 'null', manager: null}\n  update: ada", {"set": {"title": "null", "manager": None}}),
        ("- update: ada\n  set: {custom: {a: 5, b: null}}", {"set": {"custom": {"a": "5", "b": None}}}),
        ("- update: eng\n  set: {displayName: 5}", {"groups": ("eng",), "set": {"displayName": "5"}}),
        ("- set-password: ada\n  password: 123", {"password": "123"}),
        ("- provision-on-demand: eng\n  members: [ada, grace]", {"groups": ("eng",), "members": ("ada", "grace")}),
        ("- wait: 1h30m", {"for": 5400.0}),
        ("- wait: 400d", {"for": 400 * 86400.0}),
        ("- rotate-token:\n  token: 5", {"token": "5"}),
        ("- at-sp: enable-scim", {"do": "enable-scim"}),
        ("- at-sp: create\n  user: ada\n  set: {active: true}", {"do": "create", "set": {"active": True}}),
        ("- at-sp: delete\n  group: eng", {"do": "delete", "groups": ("eng",)}),
    ],
)
def test_an_event_is_read_with_its_subjects_and_arguments(
    step: Callable[..., Step], text: str, expected: dict[str, Any]
) -> None:
    read = step(text)
    found = {**read.arguments, "people": read.people, "groups": read.groups, "everyone": read.everyone}

    assert {name: found[name] for name in expected} == expected
    assert ("everyone" in expected) == read.everyone


def test_a_place_is_that_of_the_event_even_where_the_name_stands_first(step: Callable[..., Step]) -> None:
    read = step("- name: First\n  assign: ada\n  settle: false\n  verify: {within: 9s}")

    assert read.place == Place("s.yaml", 7, 3)
    assert (read.name, read.settle, read.verify) == ("First", False, Verification(within=9.0))


def test_a_steps_verify_keeps_the_files_time(load: Load) -> None:
    text = "verify: {within: 7s}\nsteps:\n- connect:\n  verify: false\n- connect:\n  verify: true"
    first, second = load(text).script("okta").steps

    assert (first.verify, second.verify) == (Verification(False, 7.0), Verification(True, 7.0))


def test_only_names_the_profiles_that_play(step: Callable[..., Step]) -> None:
    assert step("- assign: ada\n  only: [okta, entra]").only == ("okta", "okta-aiw", "entra")
    assert step("- assign: ada\n  only: okta-aiw").only == ("okta-aiw",)


def test_a_step_changes_switches_of_who_plays_it(step: Callable[..., Step]) -> None:
    flat = step("- settings: {on_removed: nothing}\n  only: onelogin", "onelogin")
    by_vendor = "- settings: {onelogin: {on_removed: nothing}, okta: {page_size: 5}}"

    assert flat.arguments == {"settings": {"on_removed": "nothing"}}
    assert step(by_vendor).arguments == {"settings": {"page_size": 5}}
    assert step(by_vendor, "entra").arguments == {"settings": {}}


def seen(read: Step) -> list[tuple[str, str, Any, str | None]]:
    return [(one.kind, one.path, one.value, one.of) for one in read.expect]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signed-in", [("signed-in", "", True, None)]),
        ("{refused: false}", [("refused", "", False, None)]),
        ("{user: absent}", [("user", "absent", True, None)]),
        ("{user: {of: grace, absent: true}}", [("user", "absent", True, "grace")]),
        ("{user: {active: true, title: 'true'}}", [("user", "active", True, None), ("user", "title", "true", None)]),
        ("{user: {title: null, n: no}}", [("user", "title", None, None), ("user", "n", "no", None)]),
        ("{user: {name: {givenName: A}, x: {}}}", [("user", "name.givenName", "A", None), ("user", "x", {}, None)]),
        ("{user: {emails: [{value: a}]}}", [("user", "emails", [{"value": "a"}], None)]),
        ("{user: {'emails[type eq \"work\"].value': a}}", [("user", 'emails[type eq "work"].value', "a", None)]),
        ("{user: {'urn:x:2.0:User': {m: {value: c}}}}", [("user", "urn:x:2.0:User:m.value", "c", None)]),
        ("{user: {'urn:x:2.0:User:m': {value: c}}}", [("user", "urn:x:2.0:User:m.value", "c", None)]),
        ("{group: {of: eng, members: [ada, ops]}}", [("group", "members", ("ada", "ops"), "eng")]),
        ("{group: {of: eng, members: []}}", [("group", "members", (), "eng")]),
        ("{okta: refused, any: {outcome: done}}", [("refused", "", True, None)]),
        ("{okta-aiw: refused, any: {outcome: done}}", [("outcome", "", "done", None)]),
        ("{entra: refused}", []),
        ("{outcome: {okta: skipped, any: done}}", [("outcome", "", "skipped", None)]),
        ("{user: {okta: absent, any: {active: true}}}", [("user", "absent", True, None)]),
        ("{user: {active: {entra: true, okta: false}, title: {entra: x}}}", [("user", "active", False, None)]),
    ],
)  # fmt: skip
def test_expectations_are_flattened_to_one_value_each(
    step: Callable[..., Step], text: str, expected: list[tuple[str, str, Any, str | None]]
) -> None:
    assert seen(step(f"- assign: ada\n  expect: {text}")) == expected


def test_an_expected_value_knows_its_own_place(step: Callable[..., Step]) -> None:
    read = step(
        "- push: eng\n  expect:\n    group:\n      members:\n        - ada\n      displayName: Eng\n    outcome: done"
    )

    assert read.expect == (
        Expected("group", "members", ("ada",), Place("s.yaml", 10, 9)),
        Expected("group", "displayName", "Eng", Place("s.yaml", 11, 20)),
        Expected("outcome", "", "done", Place("s.yaml", 12, 14)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PATCH /Users", Sent((Pattern("PATCH /Users"),))),
        ("['* /Users', probe]", Sent((Pattern("* /Users"), Pattern("probe")))),
        ("{exactly: [{request: PUT /Users, body: {a: 're:x'}}]}", Sent((Pattern("PUT /Users", {"a": "re:x"}),), True)),
        ("{exactly: []}", Sent((), True)),
        ("{okta: [probe GET /Users], any: DELETE /Users}", Sent((Pattern("probe GET /Users"),))),
        ("'re:GET /Users\\?filter='", Sent((Pattern(r"re:GET /Users\?filter="),))),
    ],
)
def test_requests_are_read_as_patterns(step: Callable[..., Step], text: str, expected: Sent) -> None:
    (read,) = step(f"- assign: ada\n  expect: {{sent: {text}}}").expect

    assert Sent(tuple(Pattern(one.request, one.body) for one in read.value.patterns), read.value.exactly) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{on: PATCH /Users, do: lose-response}", {"times": 1, "after": 0}),
        ("{on: probe, do: reset, times: always, after: 2}", {"times": None, "after": 2}),
        ("{on: GET /Users, do: status, status: 500, body: {a: 1}}", {"status": 500, "body": '{"a": 1}'}),
        ("{on: GET /Users, do: status, body: oops}", {"status": 503, "body": "oops"}),
        ("{on: GET /Users, do: delay, for: 250ms}", {"seconds": 0.25}),
        ("{on: GET /Users, do: rate-limit, retry-after: 30}", {"status": 429, "retry_after": "30"}),
        ("[{on: GET /Users, do: duplicate}, {on: probe, do: truncate}]", {"on": "GET /Users", "do": "duplicate"}),
    ],
)
def test_a_fault_is_read_with_its_defaults(step: Callable[..., Step], text: str, expected: dict[str, Any]) -> None:
    fault = step(f"- assign: ada\n  fault: {text}").faults[0]

    assert isinstance(fault, FaultSpec)
    assert {name: getattr(fault, name) for name in expected} == expected
