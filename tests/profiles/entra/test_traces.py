"""The worked traces: exactly what Entra sends for a joiner, a mover, a leaver, a purge and a return."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from idpsim.provisioning.profile import Change
from idpsim.scim import ENTERPRISE
from tests.golden_files import Golden, http
from tests.profiles.entra.playing import ADA, DONE, FINANCE, NOBODY, Played, World, found, ok, status

WITH_MANAGER = {**ADA, ENTERPRISE: {"department": "R&D", "manager": {"value": "u-2"}}}


def joined(flag: bool) -> World:
    """Ada and Finance are provisioned; Grace, her manager, was before."""
    world = World(flag).assign("grace").linked("grace", "u-2").push("finance")
    joiner(world)
    return world


def joiner(world: World) -> Played:
    changes = [Change("assigned", "ada"), Change("group-assigned", group="finance")]
    return world.cycle(changes, [NOBODY, ok(ADA, 201), ok(ADA), DONE, NOBODY, ok(FINANCE, 201), ok(FINANCE), DONE])


def trace_a(flag: bool) -> Played:
    return joiner(World(flag).assign("grace").linked("grace", "u-2").push("finance"))


def trace_b(flag: bool) -> Played:
    world = joined(flag).set("ada", title="Lead")
    return world.cycle([Change("updated", "ada", attributes=("title",))], [ok(WITH_MANAGER), DONE])


def trace_c(flag: bool) -> Played:
    world = joined(flag).members()
    changes = [Change("unassigned", "ada"), Change("left", "ada", group="finance")]
    return world.cycle(changes, [ok(WITH_MANAGER), DONE, ok(FINANCE), DONE])


def trace_d(flag: bool) -> Played:
    world = joined(flag).set("ada", status="purged")
    return world.cycle([Change("purged", "ada")], [ok({**WITH_MANAGER, "active": False}), DONE])


def trace_e(flag: bool) -> Played:
    world = joined(flag).assign("ada").set("ada", title="Lead")
    return world.cycle([Change("assigned", "ada")], [ok({**WITH_MANAGER, "active": False}), DONE])


def mover(flag: bool) -> Played:
    world = joined(flag).set("ada", department="Platform", title="Lead", mobile="+46 70 3000", manager=None)
    world.set("ada", email="ada.lind@fabrikam.example")
    changes = [Change("updated", "ada", attributes=("department", "title", "mobile", "email", "manager"))]
    return world.cycle(changes, [ok(WITH_MANAGER), DONE, ok(WITH_MANAGER), DONE])


def group_end(flag: bool) -> Played:
    world = joined(flag).unassign("finance")
    return world.cycle([Change("unpushed", group="finance")], [ok(FINANCE), DONE])


def group_rename(flag: bool) -> Played:
    world = joined(flag)
    world.directory.put_group(replace(world.directory.group("finance"), displayName="Finance EU"))
    held = {**FINANCE, "externalId": world.app.guid("object finance")}
    return world.cycle([Change("group-updated", group="finance")], [ok(held), DONE])


def rehire(flag: bool) -> Played:
    world = joined(flag).set("ada", status="deleted")
    world.app.put_person(replace(world.directory.person("ada"), uid="ada#2", status="active"))
    changes = [Change("deleted", "ada"), Change("assigned", "ada#2")]
    inactive = {**WITH_MANAGER, "active": False}
    answers = [ok(WITH_MANAGER), DONE, found(inactive), ok(inactive), DONE, ok(WITH_MANAGER)]
    return world.cycle(changes, answers)


def on_demand(flag: bool) -> Played:
    world = joined(flag).set("ada", title="Lead")
    return world.cycle([Change("on-demand", "ada")], [ok(WITH_MANAGER), DONE])


def refused(flag: bool) -> Played:
    world = World(flag).assign("ada").set("ada", manager=None)
    return world.cycle([Change("assigned", "ada")], [NOBODY, status(409)])


TRACES: dict[str, Callable[[bool], Played]] = {
    "a-joiner": trace_a,
    "b-job-title": trace_b,
    "c-leaver": trace_c,
    "d-purge": trace_d,
    "e-return": trace_e,
    "mover": mover,
    "group-end": group_end,
    "group-rename": group_rename,
    "rehire": rehire,
    "on-demand": on_demand,
    "conflict": refused,
}


@pytest.mark.parametrize("profile", ["entra", "entra-flag"])
@pytest.mark.parametrize("name", TRACES)
def test_a_trace_is_sent_byte_by_byte(profile: str, name: str, golden: Golden):
    played = TRACES[name](profile == "entra-flag")

    golden(f"{profile}/{name}.http", http(played.requests))
