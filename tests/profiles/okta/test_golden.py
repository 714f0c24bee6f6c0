"""The exact requests of Okta's two clients, read in the diff of tests/golden/okta and tests/golden/okta-aiw."""

import pytest

from tests.profiles.okta.playing import AIW, OKTA, World, at_sp


def connect(world):
    return [world.connect()]


def joiner(world):
    world.put("grace", department="Engines", employeeNumber="E-17", phone="+1 555 0100", mobile="+1 555 0199")
    world.put("grace", secondEmail="grace@home.test", locale="en-US", city="Paris", custom={"badge": "7/é"})
    return [world.assign("ada", "grace")]


def match(world):
    at_sp(world)
    return [world.assign("ada")]


def mover(world):
    world.assign("ada", "grace")
    return [
        world.update("ada", title="Countess", department="Engines"),
        world.update("grace", userName="g.hopper@example.test", email="g.hopper@example.test", manager=None),
    ]


def leaver(world):
    at_sp(world)
    world.assign("ada", "grace")
    return [world.unassign("ada"), world.become("disabled", "grace", "disabled")]


def back_again(world):
    world.assign("ada")
    world.unassign("ada")
    return [world.assign("ada")]


def group_push(world):
    world.assign("ada", "grace", "alan")
    return [world.push("eng"), world.leave("grace", "eng"), world.join("alan", "eng"), world.push("eng")]


def rename(world):
    world.assign("ada", "grace")
    world.push("eng")
    return [world.rename("eng", 'Eng "All" & é')]


def unpush(world):
    world.push("eng", "staff")
    return [world.unpush("eng", True), world.unpush("staff", False)]


SCRIPTS = {
    "connect": connect,
    "joiner": joiner,
    "match": match,
    "mover": mover,
    "leaver": leaver,
    "back-again": back_again,
    "group-push": group_push,
    "rename": rename,
    "unpush": unpush,
}


@pytest.mark.parametrize("profile", [OKTA, AIW], ids=lambda profile: profile.name)
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_is_sent_byte_by_byte(profile, name, golden):
    world = World(profile, import_groups=name == "connect")

    played = SCRIPTS[name](world)

    golden(f"{profile.name}/{name}.http", world.text(*played))


def test_the_app_integration_wizard_never_sends_a_patch():
    worlds = [World(AIW, sync_password=True) for _ in SCRIPTS]
    played = [each for script, world in zip(SCRIPTS.values(), worlds, strict=True) for each in script(world)]

    assert {call.method for each in played for call in each.calls} == {"GET", "POST", "PUT", "DELETE"}
