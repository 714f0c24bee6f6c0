"""The exact requests of OneLogin's life of a person, a role and a group, read in the diff of tests/golden/onelogin."""

import pytest

from idpsim.profiles.onelogin.scim import connect
from idpsim.provisioning.profile import Change


def calls_of(*played):
    return [call for each in played for call in each.calls]


def test_connection_check(world, golden, finish):
    _, played = finish(connect(world.app), world.sp)

    golden("onelogin/connect.http", world.text(played.calls))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("joiner", {}),
        ("joiner-vendor-rfc", {"template": "vendor-rfc"}),
        ("joiner-v2-core", {"connector": "v2-core"}),
        ("joiner-v1.1-enterprise", {"connector": "v1.1-enterprise"}),
        (
            "joiner-custom-headers",
            {"custom_headers": ("Content-Type: application/scim+json", "User-Agent: OneLogin SCIM")},
        ),
    ],
)
def test_joiner(company, golden, name, settings):
    world = company(**settings)

    played = world.assign("ada")

    golden(f"onelogin/{name}.http", world.text(played.calls))


def test_joiner_who_is_there_already(world, golden):
    world.sp.users["ada@corp.example"] = "5b1c0a77-aaaa-4bbb-8ccc-9dddeeee0001"

    played = world.assign("ada")

    golden("onelogin/joiner-matched.http", world.text(played.calls))


def test_mover(world, golden):
    world.app.pushed |= {"engineering": None, "maths": None}
    world.members("maths")
    world.assign("ada", "grace")

    title = world.update("ada", title="Countess")
    name = world.update("grace", userName="amazing.grace@corp.example")
    left, joined = world.leave("ada", "engineering"), world.join("ada", "maths")

    golden("onelogin/mover.http", world.text(calls_of(title, name, left, joined)))


@pytest.mark.parametrize("on_removed", ["delete", "suspend", "nothing"])
def test_leaver(company, golden, on_removed):
    world = company(on_removed=on_removed, on_suspended="suspend")
    world.assign("ada")

    gone = world.unassign("ada")
    back = world.assign("ada")

    golden(f"onelogin/leaver-{on_removed}.http", world.text(calls_of(gone, back)))


def test_suspension(company, golden):
    world = company(on_suspended="suspend")
    world.assign("ada")

    off = world.become("suspended", "ada", "suspended")
    on = world.become("unsuspended", "ada", "active")

    golden("onelogin/suspension.http", world.text(calls_of(off, on)))


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("group-push", {}),
        ("group-push-filter", {"group_remove_style": "filter"}),
        ("group-push-v1.1", {"connector": "v1.1-core"}),
    ],
)
def test_group_push(company, golden, name, settings):
    world = company(**settings)
    world.assign("ada", "grace")

    pushed = world.push("engineering")
    left = world.leave("grace", "engineering")
    unpushed = world.unpush("engineering")

    golden(f"onelogin/{name}.http", world.text(calls_of(pushed, left, unpushed)))


def test_group_rename(world, golden):
    world.app.pushed["engineering"] = None
    world.assign("ada", "grace")

    played = world.rename("engineering", "Engines")

    golden("onelogin/group-rename.http", world.text(played.calls))


def test_refresh(world, golden):
    world.sp.groups = [{"id": "g1", "displayName": "Engineering"}]

    played = world.play(Change("import"))

    golden("onelogin/refresh.http", world.text(played.calls))
