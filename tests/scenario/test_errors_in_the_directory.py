"""What is wrong with people and groups is said at its place."""

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
CASES = [
    (
        "a person without userName",
        "directory: {people: {ada: {givenName: Ada}}}\nsteps:\n- connect:",
        "s.yaml:1:27: userName is missing",
    ),
    (
        "a person with an empty userName",
        "directory: {people: {ada: {userName: ''}}}\nsteps:\n- connect:",
        "s.yaml:1:38: userName is empty",
    ),
    (
        "an unknown attribute",
        "directory: {people: {ada: {usrName: Ada}}}\nsteps:\n- connect:",
        "s.yaml:1:28: unknown key 'usrName', did you mean 'userName'?",
    ),
    (
        "a name with a space",
        "directory: {people: {'a b': {userName: Ada}}}\nsteps:\n- connect:",
        "s.yaml:1:22: 'a b' cannot stand here as a person",
    ),
    (
        "a person called all",
        "directory: {people: {all: {userName: Ada}}}\nsteps:\n- connect:",
        "s.yaml:1:22: 'all' is a word of the language and cannot be a name",
    ),
    (
        "an attribute without a value",
        "directory: {people: {ada: {userName: Ada, title: }}}\nsteps:\n- connect:",
        "s.yaml:1:50: expected text, found nothing",
    ),
    (
        "a list as an attribute",
        "directory: {people: {ada: {userName: Ada, title: [a]}}}\nsteps:\n- connect:",
        "s.yaml:1:50: expected text, found a list",
    ),
    (
        "unknown manager",
        "directory: {people: {ada: {userName: Ada, manager: bob}}}\nsteps:\n- connect:",
        "s.yaml:1:52: unknown person 'bob'",
    ),
    (
        "a group as manager",
        "directory: {people: {ada: {userName: Ada, manager: g}}, groups: {g: {displayName: G}}}\nsteps:\n- connect:",
        "s.yaml:1:52: 'g' is a group; a person is needed here",
    ),
    (
        "managers in a circle",
        "directory:\n  people:\n    a: {userName: a, manager: b}\n    b: {userName: b, manager: a}\nsteps:\n- connect:",
        "s.yaml:3:31: managers go round in a circle: a → b → a",
    ),
    (
        "a person who is their own manager",
        "directory:\n  people:\n    a: {userName: a, manager: a}\nsteps:\n- connect:",
        "s.yaml:3:31: managers go round in a circle: a → a",
    ),
    (
        "a userName twice, in another case",
        "directory:\n  people:\n    a: {userName: X@x}\n    b: {userName: x@X}\nsteps:\n- connect:",
        "s.yaml:4:19: a already has the userName 'x@X'",
    ),
    (
        "a displayName twice",
        "directory:\n  groups:\n    a: {displayName: X}\n    b: {displayName: X}\nsteps:\n- connect:",
        "s.yaml:4:22: a already has the displayName 'X'",
    ),
    (
        "one name for a person and a group",
        "directory:\n  people:\n    a: {userName: X@x}\n  groups:\n    a: {displayName: X}\nsteps:\n- connect:",
        "s.yaml:5:5: 'a' is already the name of a person",
    ),
    (
        "a group without displayName",
        "directory: {groups: {g: {}}}\nsteps:\n- connect:",
        "s.yaml:1:25: displayName is missing",
    ),
    (
        "unknown member",
        "directory: {groups: {g: {displayName: G, members: [a]}}}\nsteps:\n- connect:",
        "s.yaml:1:52: unknown person or group 'a'",
    ),
    (
        "a member twice",
        "directory: {people: {a: {userName: a}}, groups: {g: {displayName: G, members: [a, a]}}}\nsteps:\n- connect:",
        "s.yaml:1:83: 'a' stands here twice",
    ),
    (
        "groups in a circle",
        "directory:\n groups:\n  a: {displayName: A, members: [b]}\n  b: {displayName: B, members: [a]}\nsteps: []",
        "s.yaml:3:32: groups contain each other in a circle: a → b → a",
    ),
    (
        "more than a million people",
        "directory: {generate: {people: 1000001}}\nsteps:\n- connect:",
        "s.yaml:1:32: expected a whole number from 1 to 1000000, found '1000001'",
    ),
    (
        "a written person named like a generated one",
        "directory: {people: {p1: {userName: x}}, generate: {people: 1}}\nsteps:\n- connect:",
        "s.yaml:1:22: 'p1' is already the name of a generated entry",
    ),
    (
        "a generated person beyond the last",
        "directory: {generate: {people: 10}}\nsteps:\n- assign: p11",
        "s.yaml:3:11: unknown person or group 'p11', did you mean 'p1'?",
    ),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_wrong_in_the_directory_is_said_at_its_place(
    load: Callable[..., object], text: str, message: str
) -> None:
    with pytest.raises(ScenarioError) as error:
        load(text)

    assert str(error.value).splitlines()[0] == message
