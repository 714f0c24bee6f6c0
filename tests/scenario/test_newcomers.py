"""People and groups who come later fit into the directory that is there already."""

from __future__ import annotations

import pytest

from idpsim.directory import Group, person
from idpsim.errors import ScenarioError, UsageError
from idpsim.scenario.known import Known
from idpsim.scenario.load import bare
from idpsim.scenario.newcomers import newcomers
from idpsim.scenario.nodes import Entries, compose
from idpsim.scenario.reading import Reading

ADA = person("ada", {"userName": "ada@example.com"})
ENGINEERING = Group("engineering", "engineering", "Engineering", ("ada",))


def block(text: str) -> Entries:
    node = compose(text, "s.yaml")
    assert isinstance(node, Entries)
    return node


@pytest.fixture
def reading(known: Known) -> Reading:
    return Reading(known, "okta", {}, {"ada": ADA}, {"engineering": ENGINEERING})


def test_they_may_name_those_who_are_there(reading: Reading) -> None:
    text = """\
people:
  grace: {userName: grace@example.com, manager: ada, custom: {badge: 007}}
groups:
  all-hands: {displayName: All hands, members: [ada, engineering]}
"""

    people, groups = newcomers(block(text), reading)

    assert (people["grace"].manager, people["grace"].custom, people["grace"].alias) == (
        "ada",
        {"badge": "007"},
        "grace",
    )
    assert groups["all-hands"].members == ("ada", "engineering")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("people: {ada: {userName: x}}", "1:10: 'ada' is already the name of a person"),
        ("people: {engineering: {userName: x}}", "1:10: 'engineering' is already the name of a group"),
        ("groups: {ada: {displayName: x}}", "1:10: 'ada' is already the name of a person"),
        ("people: {bob: {userName: ''}}", "1:26: userName is empty"),
        ("people: {bob: {userName: ADA@example.com}}", "1:26: ada already has the userName 'ADA@example.com'"),
        ("people: {bob: {userName: bob, manager: adda}}", "1:40: unknown person 'adda', did you mean 'ada'?"),
        ("groups: {two: {displayName: Engineering}}", "1:29: engineering already has the displayName 'Engineering'"),
        (
            "groups: {two: {displayName: Two, members: adda}}",
            "1:43: unknown person or group 'adda', did you mean 'ada'?",
        ),
        ("groups: {two: {displayName: Two, members: [ada, ada]}}", "1:49: 'ada' stands here twice"),
        ("people: {all: {userName: x}}", "1:10: 'all' is a word of the language and cannot be a name"),
    ],
)
def test_what_does_not_fit_is_told_at_its_place(text: str, error: str, reading: Reading) -> None:
    with pytest.raises(ScenarioError) as refused:
        newcomers(block(text), reading)

    assert str(refused.value).startswith(f"s.yaml:{error}")


def test_the_blocks_beside_the_steps_are_a_script(known: Known) -> None:
    text = """\
target: {scim: "http://localhost:1/scim"}
sso: {protocol: oidc, login: "http://localhost:1/login"}
settings: {okta: {page_size: 7}}
directory: {people: {ada: {userName: ada@example.com}}}
verify: false
"""

    script = bare(block(text), "okta", "by hand", known=known)

    assert (script.name, script.file, script.steps, script.verify.on) == ("by hand", "s.yaml", (), False)
    assert (script.target.scim, script.settings["page_size"]) == ("http://localhost:1/scim", 7)
    assert script.sso is not None
    assert list(script.people) == ["ada"]


def test_a_script_without_steps_is_checked_as_any_other(known: Known) -> None:
    with pytest.raises(ScenarioError, match="unknown key 'protocl'"):
        bare(block("sso: {protocl: saml}"), "okta", "by hand", known=known)


def test_a_script_without_steps_is_of_a_known_profile(known: Known) -> None:
    with pytest.raises(UsageError, match="unknown profile 'nobody'"):
        bare(block("verify: false"), "nobody", "by hand", known=known)
