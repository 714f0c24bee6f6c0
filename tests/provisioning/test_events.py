"""What events do to the directory and the app, and what the profile hears of it."""

from __future__ import annotations

from dataclasses import replace

from idpsim.directory import Directory, Group, person
from idpsim.provisioning.app import App
from idpsim.provisioning.events import Event, happen
from idpsim.provisioning.profile import Profile

from .vendor import PROFILE


def app() -> App:
    people = {key: person(key, {"userName": f"{key}@x.test", "givenName": key}) for key in ("ada", "grace", "alan")}
    return App(Directory(people, {"eng": Group("eng", "eng", "Engineering", ("ada", "grace"))}), {})


def told(event: Event, app: App, profile: Profile = PROFILE) -> list[str]:
    return [f"{c.kind} {'/'.join(x for x in (c.group, c.person) if x)}" for c in happen(event, app, profile)]


def test_assigning_a_group_assigns_its_members() -> None:
    assert told(Event("assign", groups=("eng",)), app()) == ["assigned ada", "assigned grace", "group-assigned eng"]


def test_who_is_assigned_twice_stays_assigned_when_one_assignment_ends() -> None:
    place = app()
    happen(Event("assign", people=("ada",), groups=("eng",)), place, PROFILE)

    changes = told(Event("unassign", groups=("eng",)), place)

    assert changes == ["unassigned grace", "group-unassigned eng"]
    assert place.assigned("ada")


def test_joining_an_assigned_group_assigns() -> None:
    place = app()
    happen(Event("assign", groups=("eng",)), place, PROFILE)

    changes = told(Event("join", people=("alan",), groups=("eng",)), place)

    assert changes == ["assigned alan", "joined eng/alan"]


def test_leaving_an_assigned_group_unassigns() -> None:
    place = app()
    happen(Event("assign", groups=("eng",)), place, PROFILE)

    changes = told(Event("leave", people=("ada",), groups=("eng",)), place)

    assert changes == ["unassigned ada", "left eng/ada"]


def test_pushing_is_assigning_where_the_vendor_knows_one_thing_only() -> None:
    place, profile = app(), replace(PROFILE, push_assigns=True)

    changes = told(Event("push", groups=("eng",)), place, profile)

    assert changes == ["assigned ada", "assigned grace", "group-assigned eng"]
    assert "eng" in place.pushed


def test_clearing_an_attribute_leaves_the_others() -> None:
    place = app()

    changes = happen(Event("update", ("ada",), arguments={"set": {"givenName": None}}), place, PROFILE)

    assert place.directory.person("ada").givenName is None
    assert place.directory.person("ada").userName == "ada@x.test"
    assert changes[0].attributes == ("givenName",)


def test_disabling_ends_direct_assignments_where_the_vendor_does_so() -> None:
    place = app()
    happen(Event("assign", people=("ada",)), place, PROFILE)

    happen(Event("disable", people=("ada",)), place, replace(PROFILE, disable_unassigns=True))

    assert not place.assigned("ada")


def test_a_rehired_person_is_a_new_object_under_the_same_name() -> None:
    place = app()
    happen(Event("assign", people=("ada",)), place, PROFILE)
    happen(Event("delete", people=("ada",)), place, PROFILE)

    happen(Event("rehire", people=("ada",)), place, PROFILE)

    assert place.directory.person("ada").uid == "ada#2"
    assert place.directory.groups_of("ada") == ()
    assert not place.assigned("ada")
    former = place.person("ada")
    assert former is not None
    assert former.status == "deleted"


def test_a_purge_tells_whether_the_person_was_assigned() -> None:
    place = app()
    happen(Event("assign", people=("ada",)), place, PROFILE)

    changes = happen(Event("purge", people=("ada", "grace")), place, PROFILE)

    assert [each.detail for each in changes] == [{"assigned": True}, {"assigned": False}]


def test_a_deleted_group_unassigns_those_whom_it_assigned() -> None:
    place = app()
    happen(Event("assign", groups=("eng",)), place, PROFILE)

    changes = told(Event("delete", groups=("eng",)), place)

    assert changes == ["unassigned ada", "unassigned grace", "group-deleted eng"]
    assert not place.directory.has_group("eng")
