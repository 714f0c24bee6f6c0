"""What is wrong with a step is said at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from idpsim.errors import ScenarioError

DIRECTORY = """\
directory:
  people:
    ada: {userName: ada@x.test}
    grace: {userName: grace@x.test}
  groups:
    eng: {displayName: Eng, members: [ada]}
    ops: {displayName: Ops}
"""
STEPS = [
    (
        "a step that is only a word",
        "steps:\n- connect",
        "s.yaml:2:3: expected a step, such as `assign: NAME`, found 'connect'",
    ),
    ("a step without an event", "steps:\n- name: x", "s.yaml:2:3: this step has no event"),
    ("unknown event", "steps:\n- conect:", "s.yaml:2:3: unknown event 'conect', did you mean 'connect'?"),
    (
        "a step with two events",
        DIRECTORY + "steps:\n- assign: ada\n  push: eng",
        "s.yaml:10:3: two events in one step, assign and push",
    ),
    ("an unknown argument", DIRECTORY + "steps:\n- assign: ada\n  vai: saml", "s.yaml:10:3: unknown key 'vai'"),
    (
        "an argument of another event",
        DIRECTORY + "steps:\n- assign: ada\n  via: saml",
        "s.yaml:10:3: unknown key 'via'",
    ),
    (
        "unknown person",
        DIRECTORY + "steps:\n- assign: adda",
        "s.yaml:9:11: unknown person or group 'adda', did you mean 'ada'?",
    ),
    (
        "a group where a person is needed",
        DIRECTORY + "steps:\n- disable: eng",
        "s.yaml:9:12: 'eng' is a group; a person is needed here",
    ),
    (
        "a person where a group is needed",
        DIRECTORY + "steps:\n- push: ada",
        "s.yaml:9:9: 'ada' is a person; a group is needed here",
    ),
    (
        "an event about nobody",
        DIRECTORY + "steps:\n- assign:",
        "s.yaml:9:10: expected people or groups: one, a list, or `all`, found nothing",
    ),
    (
        "an unknown tampering",
        DIRECTORY + "steps:\n- sign-in: ada\n  tamper: xws3",
        "s.yaml:10:11: unknown tampering 'xws3', did you mean 'xsw3'?",
    ),
    (
        "a tampering of the other protocol",
        DIRECTORY + "steps:\n- sign-in: ada\n  tamper: xsw3\n  via: oidc",
        "s.yaml:11:8: xsw3 falsifies saml, not oidc",
    ),
    (
        "a victim of nothing",
        DIRECTORY + "steps:\n- sign-in: ada\n  victim: grace",
        "s.yaml:10:11: a victim belongs to a tampered sign-in",
    ),
    (
        "an attacker as their own victim",
        DIRECTORY + "steps:\n- sign-in: [grace, ada]\n  tamper: xsw3\n  victim: ada",
        "s.yaml:11:11: ada cannot pose as themselves",
    ),
    ("an empty list of names", DIRECTORY + "steps:\n- assign: []", "s.yaml:9:11: this list is empty"),
    ("a name twice in a list", DIRECTORY + "steps:\n- assign: [ada, ada]", "s.yaml:9:17: 'ada' stands here twice"),
    ("all in a list", DIRECTORY + "steps:\n- assign: [all, ada]", "s.yaml:9:12: `all` stands alone, not in a list"),
    (
        "a mapping where names are needed",
        DIRECTORY + "steps:\n- assign: {ada: 1}",
        "s.yaml:9:11: expected people or groups: one, a list, or `all`, found a mapping",
    ),
    (
        "a value for an event that takes none",
        DIRECTORY + "steps:\n- connect: ada",
        "s.yaml:9:12: expected nothing, found 'ada'",
    ),
    (
        "an unknown protocol",
        DIRECTORY + "steps:\n- sign-in: ada\n  via: samll",
        "s.yaml:10:8: unknown value 'samll', did you mean 'saml'?",
    ),
    ("an update without set", DIRECTORY + "steps:\n- update: ada", "s.yaml:9:3: update needs set"),
    (
        "an update with an empty set",
        DIRECTORY + "steps:\n- update: ada\n  set: {}",
        "s.yaml:10:8: nothing is given here",
    ),
    (
        "a userName that is cleared",
        DIRECTORY + "steps:\n- update: ada\n  set: {userName: null}",
        "s.yaml:10:19: this cannot be cleared",
    ),
    (
        "an unknown attribute in set",
        DIRECTORY + "steps:\n- update: ada\n  set: {titel: x}",
        "s.yaml:10:9: unknown key 'titel', did you mean 'title'?",
    ),
    (
        "a person's attribute for a group",
        DIRECTORY + "steps:\n- update: eng\n  set: {title: x}",
        "s.yaml:10:9: unknown key 'title'",
    ),
    (
        "a group's name that is cleared",
        DIRECTORY + "steps:\n- update: eng\n  set: {displayName: null}",
        "s.yaml:10:22: this cannot be cleared",
    ),
    (
        "an update of people and groups at once",
        DIRECTORY + "steps:\n- update: [ada, eng]\n  set: {displayName: x}",
        "s.yaml:10:8: people and groups have different attributes; make it two steps",
    ),
    (
        "an unknown manager in set",
        DIRECTORY + "steps:\n- update: ada\n  set: {manager: x}",
        "s.yaml:10:18: unknown person 'x'",
    ),
    ("a join without a group", DIRECTORY + "steps:\n- join: {person: ada}", "s.yaml:9:9: group is missing"),
    (
        "a join of one name",
        DIRECTORY + "steps:\n- join: ada",
        "s.yaml:9:9: expected a mapping with person and group, found 'ada'",
    ),
    (
        "a wait without a unit",
        "steps:\n- wait: 40",
        "s.yaml:2:9: expected a time such as `250ms`, `2s`, `40m`, `1h30m`, `30d`, found '40'",
    ),
    ("a wait of more than 400 days", "steps:\n- wait: 401d", "s.yaml:2:9: '401d' is longer than 400 days"),
    ("an unknown act", "steps:\n- at-sp: crate", "s.yaml:2:10: unknown value 'crate', did you mean 'create'?"),
    ("an act without its user", DIRECTORY + "steps:\n- at-sp: create", "s.yaml:9:3: at-sp: create needs user or group"),
    (
        "a user where the act has none",
        DIRECTORY + "steps:\n- at-sp: enable-scim\n  user: ada",
        "s.yaml:10:3: at-sp: enable-scim is about no user",
    ),
    (
        "a user and a group in one act",
        DIRECTORY + "steps:\n- at-sp: delete\n  user: ada\n  group: eng",
        "s.yaml:11:3: user and group in one step",
    ),
    (
        "a change without values",
        DIRECTORY + "steps:\n- at-sp: change\n  user: ada",
        "s.yaml:9:3: at-sp: change needs set",
    ),
    (
        "a deletion with values",
        DIRECTORY + "steps:\n- at-sp: delete\n  user: ada\n  set: {a: b}",
        "s.yaml:11:3: at-sp: delete takes no set",
    ),
    (
        "six members on demand",
        DIRECTORY + "steps:\n- provision-on-demand: eng\n  members: [ada, ada, ada, ada, ada, ada]",
        "s.yaml:10:12: at most 5 can stand here, found 6",
    ),
    (
        "members of a person",
        DIRECTORY + "steps:\n- provision-on-demand: ada\n  members: [ada]",
        "s.yaml:10:12: members belong to a group, and this step names none",
    ),
    (
        "two groups on demand",
        DIRECTORY + "steps:\n- provision-on-demand: [eng, ops]",
        "s.yaml:9:3: on demand is people, or one group",
    ),
    (
        "a switch that the first of two vendors does not have",
        "idp: [okta, onelogin]\nsteps:\n- settings: {on_removed: suspend}",
        "s.yaml:3:14: okta has no switch 'on_removed'; onelogin has",
    ),
    (
        "an unknown vendor in only",
        DIRECTORY + "steps:\n- assign: ada\n  only: onelogn",
        "s.yaml:10:9: unknown vendor or profile 'onelogn', did you mean 'onelogin'?",
    ),
    (
        "no where false is meant",
        DIRECTORY + "steps:\n- assign: ada\n  settle: no",
        "s.yaml:10:11: expected true or false, found 'no'",
    ),
]
EXPECTATIONS = [
    (
        "an unknown word",
        DIRECTORY + "steps:\n- assign: ada\n  expect: refussed",
        "s.yaml:10:11: unknown value 'refussed', did you mean 'refused'?",
    ),
    (
        "an unknown kind of expectation",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {usr: absent}",
        "s.yaml:10:12: unknown key 'usr', did you mean 'user'?",
    ),
    (
        "a misspelt vendor",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {okta: {user: absent}, enrta: {user: absent}}",
        "s.yaml:10:34: unknown vendor or profile 'enrta', did you mean 'entra'?",
    ),
    ("an empty mapping", DIRECTORY + "steps:\n- assign: ada\n  expect: {}", "s.yaml:10:11: nothing is expected here"),
    (
        "no value at all",
        DIRECTORY + "steps:\n- assign: ada\n  expect:",
        "s.yaml:10:10: expected `signed-in` or `refused`, found nothing",
    ),
    (
        "a user without values",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {}}",
        "s.yaml:10:18: nothing is expected here",
    ),
    (
        "a user of whom only the name is given",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {of: grace}}",
        "s.yaml:10:18: nothing is expected here but `of`",
    ),
    (
        "an absent user with values",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {absent: true, active: true}}",
        "s.yaml:10:18: what is absent has no values",
    ),
    (
        "absent as false",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {absent: false}}",
        "s.yaml:10:27: expected true, found 'false'",
    ),
    (
        "absent misspelt",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: abset}",
        "s.yaml:10:18: unknown value 'abset', did you mean 'absent'?",
    ),
    (
        "a group as the user meant",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {of: eng, active: true}}",
        "s.yaml:10:23: 'eng' is a group; a person is needed here",
    ),
    (
        "a user in a step about nobody",
        DIRECTORY + "steps:\n- sync:\n  expect: {user: {active: true}}",
        "s.yaml:10:18: this step is about no person; say which with `of`",
    ),
    (
        "a group in a step about a person",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {group: absent}",
        "s.yaml:10:19: this step is about no group; say which with `of`",
    ),
    (
        "a broken regular expression",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {title: 're:('}}",
        "s.yaml:10:26: this is no regular expression: missing ), unterminated subpattern at position 0",
    ),
    (
        "a broken regular expression in a list",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {emails: [{value: 're:['}]}}",
        "s.yaml:10:36: this is no regular expression: unterminated character set at position 0",
    ),
    (
        "an unknown outcome",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {outcome: don}",
        "s.yaml:10:21: unknown value 'don', did you mean 'done'?",
    ),
    (
        "a method in lower case",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {sent: [patch /Users]}",
        "s.yaml:10:19: expected a request such as `PATCH /Users`, or `probe`, found 'patch /Users'",
    ),
    (
        "an empty list of requests",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {sent: []}",
        "s.yaml:10:18: this list is empty",
    ),
    (
        "a path without a slash",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {sent: [PATCH Users]}",
        "s.yaml:10:19: expected a request such as `PATCH /Users`, or `probe`, found 'PATCH Users'",
    ),
    (
        "exactly misspelt",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {sent: {exact: []}}",
        "s.yaml:10:19: unknown key 'exact', did you mean 'exactly'?",
    ),
    (
        "a pattern without a request",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {sent: [{body: {a: b}}]}",
        "s.yaml:10:19: request is missing",
    ),
    (
        "an unknown member",
        DIRECTORY + "steps:\n- push: eng\n  expect: {group: {members: [adda]}}",
        "s.yaml:10:30: unknown person or group 'adda', did you mean 'ada'?",
    ),
    (
        "a number beyond JSON",
        DIRECTORY + "steps:\n- assign: ada\n  expect: {user: {title: 1e999}}",
        "s.yaml:10:26: this number is too large for JSON",
    ),
    (
        "true in quotes",
        DIRECTORY + "steps:\n- sign-in: ada\n  expect: {refused: 'true'}",
        "s.yaml:10:21: expected true or false, found 'true'",
    ),
    (
        "a misspelt key in another vendor's branch",
        DIRECTORY + "idp: okta\nsteps:\n- assign: ada\n  expect: {onelogin: {outcom: done}}",
        "s.yaml:11:23: unknown key 'outcom', did you mean 'outcome'?",
    ),
]
FAULTS = [
    (
        "an unknown kind of fault",
        DIRECTORY + "steps:\n- assign: ada\n  fault: {on: PATCH /Users, do: lose}",
        "s.yaml:10:33: unknown value 'lose'",
    ),
    (
        "a request without a method",
        DIRECTORY + "steps:\n- assign: ada\n  fault: {on: /Users, do: reset}",
        "s.yaml:10:15: expected a request such as `PATCH /Users`, or `probe`, found '/Users'",
    ),
    (
        "an expression where a fault needs a request",
        DIRECTORY + "steps:\n- assign: ada\n  fault: {on: 're:.*', do: reset}",
        "s.yaml:10:15: expected a request such as `PATCH /Users`, or `probe`, found 're:.*'",
    ),
    ("a fault on nothing", DIRECTORY + "steps:\n- assign: ada\n  fault: {do: reset}", "s.yaml:10:10: on is missing"),
    (
        "a key that this fault does not take",
        DIRECTORY + "steps:\n- assign: ada\n  fault: {on: probe, do: reset, status: 500}",
        "s.yaml:10:33: reset takes no status",
    ),
    (
        "a fault that strikes never",
        DIRECTORY + "steps:\n- assign: ada\n  fault: {on: probe, do: reset, times: 0}",
        "s.yaml:10:40: expected a whole number from 1 to 1000000, or `always`, found '0'",
    ),
    (
        "a status below 100",
        DIRECTORY + "steps:\n- assign: ada\n  fault: {on: probe, do: status, status: 99}",
        "s.yaml:10:42: expected a whole number from 100 to 599, found '99'",
    ),
    (
        "a delay without a unit",
        DIRECTORY + "steps:\n- assign: ada\n  fault: {on: probe, do: delay, for: 2}",
        "s.yaml:10:38: expected a time such as `250ms`, `2s`, `40m`, `1h30m`, `30d`, found '2'",
    ),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in STEPS], ids=[case[0] for case in STEPS])
def test_what_is_wrong_with_a_step_is_said_at_its_place(load: Callable[..., object], text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(text)

    assert str(error.value).splitlines()[0] == message


@pytest.mark.parametrize(
    ("text", "message"), [case[1:] for case in EXPECTATIONS], ids=[case[0] for case in EXPECTATIONS]
)
def test_what_is_wrong_with_an_expectation_is_said_at_its_place(
    load: Callable[..., object], text: str, message: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        load(text)

    assert str(error.value).splitlines()[0] == message


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_what_is_wrong_with_a_fault_is_said_at_its_place(load: Callable[..., object], text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(text)

    assert str(error.value).splitlines()[0] == message


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("- push: enng", "in the directory: eng, ops"),
        ("- assign: ada\n  via: saml", "allowed here: name, expect, only, fault, settle, verify"),
        ("- sync:\n  expect: {user: absent}", "user: {of: NAME, …}"),
        (
            "- assign: ada\n  name: ${WHO}",
            "give it with --set WHO=value or in the environment, or a default: ${WHO:-default}",
        ),
    ],
)
def test_an_error_says_what_would_be_right(load: Callable[..., object], text: str, hint: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(DIRECTORY + "steps:\n" + text)

    assert error.value.hint == hint
