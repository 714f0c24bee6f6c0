"""What is wrong with a file as YAML, or at its top, is said at its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from idpsim.errors import ScenarioError

YAML = [
    ("an empty file", "", "s.yaml:1:1: the file is empty"),
    ("a list", "- a", "s.yaml:1:1: expected a mapping with `steps:`, found a list"),
    ("one word", "hello", "s.yaml:1:1: expected a mapping with `steps:`, found 'hello'"),
    ("a file without steps", "name: x", "s.yaml:1:1: steps is missing"),
    ("a file with an empty list of steps", "steps: []", "s.yaml:1:8: this list is empty"),
    ("steps as a mapping", "steps: {a: b}", "s.yaml:1:8: expected a list: a step, found a mapping"),
    ("an unknown top-level key", "stps:\n- connect:", "s.yaml:1:1: unknown key 'stps', did you mean 'steps'?"),
    (
        "a duplicate key",
        "name: a\nname: b\nsteps:\n- connect:",
        "s.yaml:2:1: 'name' stands here twice, first on line 1",
    ),
    ("an anchor", "name: &a x\nsteps: []", "s.yaml:1:7: an anchor (&name) cannot be used here"),
    ("an alias", "steps:\n- *a", "s.yaml:2:3: an alias (*name) cannot be used here"),
    ("a tag", "name: !!str 5\nsteps: []", "s.yaml:1:7: a tag (!name) cannot be used here"),
    ("a merge key", "<<: {name: x}\nsteps: []", "s.yaml:1:1: a merge key (<<) cannot be used here"),
    ("a tab", "steps:\n\t- connect:", "s.yaml:2:1: a tab cannot indent YAML"),
    ("a tab before a key", "name: a\n\tb: c", "s.yaml:2:1: a tab cannot indent YAML"),
    ("two documents", "steps:\n- connect:\n---\nsteps: []", "s.yaml:3:1: a second document starts here"),
    ("an unclosed quote", 'name: "x\nsteps: []', "s.yaml:1:7: a quote is opened and never closed"),
    (
        "an unclosed bracket",
        "steps:\n- assign: [ada\n- connect:",
        "s.yaml:3:10: a comma is missing here, or a bracket is not closed",
    ),
    ("a second colon", "name: a: b", "s.yaml:1:8: a second colon, or a wrong indentation"),
    ("an at sign without quotes", "name: @x", "s.yaml:1:7: a value cannot start with @"),
    (
        "a variable inside brackets without quotes",
        "target: {scim: ${X}}\nsteps: []",
        "s.yaml:1:17: inside { } and [ ] a variable needs quotes",
    ),
    ("a control character", "name: a\x07b", "s.yaml:1:8: the character U+0007 cannot stand in YAML"),
    ("a list as a key", "? [a]\n: b", "s.yaml:1:3: a key must be text"),
    ("no key before the colon", "{: b}", "s.yaml:1:2: a value was expected here"),
    (
        "sixty brackets",
        "steps: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
        "s.yaml:1:57: this is nested more than 50 deep",
    ),
    ("an escape that names no character", 'name: "\\ud800"', "s.yaml:1:10: this escape names no character"),
    ("an unknown escape", 'name: "\\q"', "s.yaml:1:8: in double quotes a backslash starts an escape, and this is none"),
    ("a key that is indented too far", "name: a\n  idp: b", "s.yaml:2:6: a second colon, or a wrong indentation"),
    ("a key without a colon", "name: a\nfoo\nsteps: []", "s.yaml:2:1: a key without a colon"),
]
TOP = [
    ("a variable that is not set", "name: ${NO}\nsteps:\n- connect:", "s.yaml:1:7: the variable NO is not set"),
    ("a variable that is not closed", "name: ${no\nsteps:\n- connect:", "s.yaml:1:7: this ${ starts no variable"),
    (
        "an unknown vendor",
        "idp: okto\nsteps:\n- connect:",
        "s.yaml:1:6: unknown vendor or profile 'okto', did you mean 'okta'?",
    ),
    (
        "an unknown vendor in a list",
        "idp: [okta, enta]\nsteps:\n- connect:",
        "s.yaml:1:13: unknown vendor or profile 'enta', did you mean 'entra'?",
    ),
    (
        "a URL that is not http",
        "target:\n  scim: ftp://x\nsteps:\n- connect:",
        "s.yaml:2:9: expected a URL with http:// or https://, found 'ftp://x'",
    ),
    (
        "an unknown way to send the token",
        "target: {auth: bearr}\nsteps:\n- connect:",
        "s.yaml:1:16: unknown value 'bearr', did you mean 'bearer'?",
    ),
    (
        "a misspelt vendor in a value by vendor",
        "target:\n  scim: {okta: 'http://a', enrta: 'http://b'}\nsteps:\n- connect:",
        "s.yaml:2:28: unknown vendor or profile 'enrta', did you mean 'entra'?",
    ),
    (
        "yes where true is meant",
        "target: {insecure: yes}\nsteps:\n- connect:",
        "s.yaml:1:20: expected true or false, found 'yes'",
    ),
    (
        "a header name with a space",
        "target: {headers: {'a b': x}}\nsteps:\n- connect:",
        "s.yaml:1:20: 'a b' cannot stand here as a header",
    ),
    (
        "a header value with a line break",
        'target: {headers: {a: "x\\r\\ny"}}\nsteps:\n- connect:',
        "s.yaml:1:23: a line break or another control character cannot stand here",
    ),
    (
        "a hook for an unknown act",
        "target: {hooks: {ceate: x}}\nsteps:\n- connect:",
        "s.yaml:1:18: unknown key 'ceate', did you mean 'create'?",
    ),
    ("sso without protocol", "sso: {login: 'http://x'}\nsteps:\n- connect:", "s.yaml:1:6: protocol is missing"),
    ("an empty sso", "sso:\nsteps:\n- connect:", "s.yaml:1:5: expected a mapping, found nothing"),
    (
        "a prover who is not in the directory",
        "sso: {protocol: saml, prove_with: bob}\nsteps:\n- connect:",
        "s.yaml:1:35: unknown person 'bob'",
    ),
    (
        "switches of an unknown vendor",
        "settings: {oka: {a: 1}}\nsteps:\n- connect:",
        "s.yaml:1:12: unknown vendor or profile 'oka', did you mean 'okta'?",
    ),
    (
        "an unknown switch",
        "settings: {onelogin: {on_remved: suspend}}\nsteps:\n- connect:",
        "s.yaml:1:23: unknown switch 'on_remved', did you mean 'on_removed'?",
    ),
    (
        "a switch with an unknown choice",
        "settings: {onelogin: {on_removed: suspnd}}\nsteps:\n- connect:",
        "s.yaml:1:35: unknown value 'suspnd', did you mean 'suspend'?",
    ),
    (
        "a number for a switch that is true or false",
        "settings: {okta: {create_users: 1}}\nsteps:\n- connect:",
        "s.yaml:1:33: expected true or false, found '1'",
    ),
    (
        "a text for a switch that is a number",
        "settings: {okta: {page_size: x}}\nsteps:\n- connect:",
        "s.yaml:1:30: expected a whole number, found 'x'",
    ),
    (
        "a switch of another vendor",
        "settings: {entra: {page_size: 5}}\nsteps:\n- connect:",
        "s.yaml:1:20: entra has no switch 'page_size'; okta has",
    ),
    ("a number for verify", "verify: 5\nsteps:\n- connect:", "s.yaml:1:9: expected true or false, found '5'"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in YAML], ids=[case[0] for case in YAML])
def test_what_is_wrong_with_the_yaml_is_said_at_its_place(load: Callable[..., object], text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(text)

    assert str(error.value).splitlines()[0] == message


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in TOP], ids=[case[0] for case in TOP])
def test_what_is_wrong_at_the_top_is_said_at_its_place(load: Callable[..., object], text: str, message: str) -> None:
    with pytest.raises(ScenarioError) as error:
        load(text)

    assert str(error.value).splitlines()[0] == message
