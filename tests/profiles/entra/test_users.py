"""What Entra sends about a person who is in scope: match, create, update."""

from __future__ import annotations

from dataclasses import replace

import pytest

from idpsim.directory import Person
from idpsim.provisioning.profile import Change
from idpsim.scim import ENTERPRISE
from tests.profiles.entra.playing import ADA, DONE, NOBODY, World, found, ok, status

ASSIGNED = [Change("assigned", "ada")]
FULL = {
    "preferredLanguage": "sv-SE",
    "office": "HQ/3",
    "street": "Elvgatan 1",
    "city": "Umea",
    "region": "AC",
    "postalCode": "90325",
    "country": "SE",
    "phone": "+46 90 1000",
    "mobile": "+46 70 2000",
    "fax": None,
    "employeeNumber": "1007",
    "manager": None,
}


def updated(*names: str) -> list[Change]:
    return [Change("updated", "ada", attributes=names)]


def alone(flag: bool = False, **settings: object) -> World:
    return World(flag, **settings).assign("ada").set("ada", manager=None)


@pytest.mark.parametrize("flag", [False, True])
def test_a_create_has_the_default_mapping_in_the_order_of_the_data_contracts(flag: bool):
    world = World(flag).assign("ada").set("ada", **FULL)

    played = world.cycle(ASSIGNED, [NOBODY, ok(ADA, 201)])

    assert played.lines[1:] == [
        "GET /Users?filter=userName+eq+%22ada%40fabrikam.example%22",
        'POST /Users {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",'
        '"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"ada",'
        '"userName":"ada@fabrikam.example","active":true,'
        '"addresses":[{"primary":false,"type":"work","country":"SE","formatted":"HQ/3","locality":"Umea",'
        '"postalCode":"90325","region":"AC","streetAddress":"Elvgatan 1"}],"displayName":"Ada Lind",'
        '"emails":[{"primary":true,"type":"work","value":"ada@fabrikam.example"}],"meta":{"resourceType":"User"},'
        '"name":{"formatted":"Ada Lind","familyName":"Lind","givenName":"Ada"},'
        '"phoneNumbers":[{"primary":false,"type":"work","value":"+46 90 1000"},'
        '{"primary":false,"type":"mobile","value":"+46 70 2000"}],"preferredLanguage":"sv-SE","roles":[],'
        '"title":"Engineer","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":'
        '{"department":"R&D","employeeNumber":"1007"}}',
    ]


def test_a_create_promises_what_it_sent_by_path():
    world = alone()

    world.cycle(ASSIGNED, [NOBODY, ok(ADA, 201)])

    link = world.app.links.user("ada")
    assert link is not None
    assert (link.id, link.created) == ("u-17", True)
    assert dict(link.values) == {
        "userName": "ada@fabrikam.example",
        "active": True,
        "displayName": "Ada Lind",
        "title": "Engineer",
        'emails[type eq "work"].value': "ada@fabrikam.example",
        "name.givenName": "Ada",
        "name.familyName": "Lind",
        "name.formatted": "Ada Lind",
        "externalId": "ada",
        f"{ENTERPRISE}:department": "R&D",
    }


def test_both_schemas_are_named_even_where_there_is_no_enterprise_value():
    world = alone().set("ada", department=None)

    played = world.cycle(ASSIGNED, [NOBODY, ok(ADA, 201)])

    assert ENTERPRISE in played.writes[0]
    assert f'"{ENTERPRISE}":' not in played.writes[0]


@pytest.mark.parametrize(
    ("settings", "part"),
    [
        ({"active_post_type": "string"}, '"active":"True",'),
        ({"active_mapping": False}, '"userName":"ada@fabrikam.example","displayName"'),
        ({"typed_primary_false": False}, '"phoneNumbers":[{"type":"work","value":"1"}]'),
        ({"custom_extension": "urn:ietf:params:scim:schemas:extension:Own:2.0:User"}, ':Own:2.0:User":{"badge":"7"}}'),
    ],
)
def test_switches_shape_the_create(settings: dict[str, object], part: str):
    world = alone(**settings).set("ada", phone="1", custom={"badge": "7"})

    played = world.cycle(ASSIGNED, [NOBODY, ok(ADA, 201)])

    assert part in played.writes[0]
    assert "Own:2.0:User" not in played.writes[0].partition('"externalId"')[0]


def test_external_id_may_be_mapped_from_the_object_id():
    world = alone(external_id="objectId")

    played = world.cycle(ASSIGNED, [NOBODY, ok(ADA, 201)])

    assert f'"externalId":"{world.app.guid("object ada")}"' in played.writes[0]


def test_a_guests_name_is_their_own_address():
    world = alone().set("ada", userName="ada_contoso.example#EXT#@fabrikam.example")

    played = world.cycle(ASSIGNED, [NOBODY, ok(ADA, 201)])

    assert played.lines[1] == "GET /Users?filter=userName+eq+%22ada%40contoso.example%22"


def test_matching_attributes_are_tried_in_their_order_and_the_first_shapes_the_probe():
    world = alone(matching=("externalId", "userName"))

    played = world.cycle(ASSIGNED, [NOBODY, NOBODY, ok(ADA, 201)])

    assert played.lines[0].startswith("GET /Users?filter=externalId+eq+%22")
    assert played.lines[1:3] == [
        "GET /Users?filter=externalId+eq+%22ada%22",
        "GET /Users?filter=userName+eq+%22ada%40fabrikam.example%22",
    ]


def test_a_person_without_a_matching_value_is_not_imported():
    world = alone(matching=("externalId",)).set("ada", alias=None)

    played = world.cycle(ASSIGNED, [])

    assert played.outcome("ada").reason.startswith("ImportSkipped")
    assert len(played.calls) == 1


def test_who_is_found_by_filter_is_linked_read_and_brought_up_to_date():
    world = alone()

    played = world.cycle(ASSIGNED, [found(ADA), ok({**ADA, "active": False, "title": "Clerk"}), DONE])

    assert played.lines[2:] == [
        "GET /Users/u-17",
        'PATCH /Users/u-17 [{"op":"Replace","path":"active","value":"True"},'
        '{"op":"Replace","path":"title","value":"Engineer"}]',
    ]
    assert played.outcome("ada").note == "found by userName and linked"
    link = world.app.links.user("ada")
    assert link is not None
    assert not link.created


def test_more_than_one_hit_is_an_error():
    world = alone()

    played = world.cycle(ASSIGNED, [found(ADA, {**ADA, "id": "u-18"})])

    assert played.outcome("ada").code == "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"


def test_a_filter_that_is_answered_404_does_not_mean_absent():
    world = alone()

    played = world.cycle(ASSIGNED, [status(404)])

    assert played.outcome("ada").word == "failed"
    assert not played.writes


def test_create_switched_off_makes_nobody():
    world = alone(create=False)

    played = world.cycle(ASSIGNED, [NOBODY])

    assert (played.outcome("ada").word, played.outcome("ada").by) == ("skipped", "settings")


def test_update_switched_off_links_and_leaves_it_at_that():
    world = alone(update=False)

    played = world.cycle(ASSIGNED, [found(ADA), ok({**ADA, "title": "Clerk"})])

    assert played.outcome("ada").note == "found by userName and linked; Update is switched off"
    assert not played.writes


def test_a_conflict_is_a_failure_that_leaves_no_link():
    world = alone()

    played = world.cycle(ASSIGNED, [NOBODY, status(409)])

    assert played.outcome("ada").code == "Conflict"
    assert world.app.links.user("ada") is None


MIXED = {
    "title": "Lead",
    "displayName": "Ada L. Lind",
    "email": "ada.lind@fabrikam.example",
    "mobile": "+46 70 3000",
    "office": "HQ/4",
    "department": "Platform",
    "employeeNumber": "1008",
}
HELD = {**ADA, ENTERPRISE: {"department": "R&D", "employeeNumber": "1007"}}


def test_a_legacy_update_is_one_patch_with_a_path_for_each_attribute_in_the_order_of_the_mapping():
    world = alone().linked("ada", "u-17").set("ada", **MIXED)

    played = world.cycle(updated(*MIXED), [ok(HELD), DONE])

    assert played.lines[1:] == [
        "GET /Users/u-17",
        'PATCH /Users/u-17 [{"op":"Replace","path":"displayName","value":"Ada L. Lind"},'
        '{"op":"Replace","path":"title","value":"Lead"},'
        '{"op":"Replace","path":"emails[type eq \\"work\\"].value","value":"ada.lind@fabrikam.example"},'
        '{"op":"Add","path":"addresses[type eq \\"work\\"].formatted","value":"HQ/4"},'
        '{"op":"Add","path":"phoneNumbers[type eq \\"mobile\\"].value","value":"+46 70 3000"},'
        f'{{"op":"Replace","path":"{ENTERPRISE}:employeeNumber","value":"1008"}},'
        f'{{"op":"Replace","path":"{ENTERPRISE}:department","value":"Platform"}}]',
    ]


def test_with_the_flag_filtered_paths_come_first_and_single_values_in_one_replace():
    world = alone(flag=True).linked("ada", "u-17").set("ada", **MIXED)

    played = world.cycle(updated(*MIXED), [ok(HELD), DONE])

    assert played.writes == [
        'PATCH /Users/u-17 [{"op":"replace","path":"emails[type eq \\"work\\"].value",'
        '"value":"ada.lind@fabrikam.example"},'
        '{"op":"add","path":"addresses[type eq \\"work\\"].formatted","value":"HQ/4"},'
        '{"op":"add","path":"phoneNumbers[type eq \\"mobile\\"].value","value":"+46 70 3000"},'
        '{"op":"replace","value":{"displayName":"Ada L. Lind","title":"Lead",'
        f'"{ENTERPRISE}:employeeNumber":"1008","{ENTERPRISE}:department":"Platform"}}}}]'
    ]


@pytest.mark.parametrize(
    ("absent", "operation"),
    [
        (("title",), '{"op":"add","path":"title","value":"Engineer"}'),
        (("title", "externalId"), '{"op":"add","value":{"title":"Engineer","externalId":"ada"}}'),
    ],
)
def test_with_the_flag_one_add_has_its_path_and_several_have_none(absent: tuple[str, ...], operation: str):
    world = alone(flag=True).linked("ada", "u-17")

    played = world.cycle(updated("title"), [ok({k: v for k, v in ADA.items() if k not in absent}), DONE])

    assert played.writes == [f"PATCH /Users/u-17 [{operation}]"]


def test_with_the_flag_one_replace_has_no_path():
    world = alone(flag=True).linked("ada", "u-17").set("ada", userName="ada.lind@fabrikam.example")

    played = world.cycle(updated("userName"), [ok(ADA), DONE])

    assert played.writes == ['PATCH /Users/u-17 [{"op":"replace","value":{"userName":"ada.lind@fabrikam.example"}}]']


def test_an_update_promises_the_new_values_and_keeps_the_others():
    world = alone().linked("ada", "u-17", active=True, title="Engineer", displayName="Ada Lind")

    world.set("ada", title="Lead").cycle(updated("title"), [ok(ADA), DONE])

    link = world.app.links.user("ada")
    assert link is not None
    assert dict(link.values) == {"active": True, "title": "Lead", "displayName": "Ada Lind"}


def test_an_attribute_that_the_service_provider_does_not_return_is_sent_again():
    world = alone().linked("ada", "u-17").set("ada", title="Lead")

    played = world.cycle(updated("title"), [ok({k: v for k, v in ADA.items() if k != "externalId"}), DONE])

    assert '{"op":"Add","path":"externalId","value":"ada"}' in played.writes[0]


def test_a_phone_number_that_was_transformed_is_sent_again():
    world = alone().linked("ada", "u-17").set("ada", phone="+46 90 1000")

    played = world.cycle(
        updated("title"), [ok({**ADA, "phoneNumbers": [{"type": "work", "value": "+46901000"}]}), DONE]
    )

    assert played.writes == [
        'PATCH /Users/u-17 [{"op":"Replace","path":"phoneNumbers[type eq \\"work\\"].value","value":"+46 90 1000"}]'
    ]


def test_a_number_stands_for_its_digits():
    world = alone().linked("ada", "u-17").set("ada", employeeNumber="1007")

    played = world.cycle(updated("title"), [ok({**ADA, ENTERPRISE: {"department": "R&D", "employeeNumber": 1007}})])

    assert not played.writes


def test_where_both_sides_are_equal_the_export_is_redundant():
    world = alone().linked("ada", "u-17")

    played = world.cycle(updated("title"), [ok(ADA)])

    assert played.outcome("ada").reason.startswith("RedundantExport")
    assert played.outcome("ada").by == "state"


def test_a_cleared_attribute_is_not_sent_and_promised_as_before():
    world = alone().linked("ada", "u-17", title="Engineer").set("ada", title=None)

    played = world.cycle(updated("title"), [ok(ADA)])

    assert (played.outcome("ada").word, played.outcome("ada").by) == ("skipped", "vendor")
    link = world.app.links.user("ada")
    assert link is not None
    assert link.values["title"] == "Engineer"


def test_what_was_cleared_is_said_where_something_else_was_sent():
    world = alone().linked("ada", "u-17").set("ada", title=None, department="Platform")

    played = world.cycle(updated("title", "department"), [ok(ADA), DONE])

    assert played.outcome("ada").note == "title: Entra sends nothing for an attribute that was cleared"


@pytest.mark.parametrize(
    ("flag", "clear", "operation"),
    [
        (False, "remove", '{"op":"Remove","path":"title","value":"Engineer"}'),
        (True, "remove", '{"op":"remove","path":"title"}'),
        (False, "replace_empty", '{"op":"Replace","path":"title","value":""}'),
        (True, "replace_empty", '{"op":"replace","value":{"title":""}}'),
    ],
)
def test_a_switch_makes_entra_clear(flag: bool, clear: str, operation: str):
    world = alone(flag=flag, clear_attr=clear).linked("ada", "u-17", title="Engineer").set("ada", title=None)

    played = world.cycle(updated("title"), [ok(ADA), DONE])

    assert played.writes == [f"PATCH /Users/u-17 [{operation}]"]
    link = world.app.links.user("ada")
    assert link is not None
    assert link.values["title"] is None


def test_attributes_that_are_not_mapped_make_no_delta():
    world = alone().linked("ada", "u-17").set("ada", nickName="A")

    played = world.cycle(updated("nickName"), [])

    assert played.outcome("ada").reason == "nickName: not mapped by default"
    assert len(played.calls) == 1


def test_update_switched_off_sends_nothing_about_who_is_linked():
    world = alone(update=False).linked("ada", "u-17").set("ada", title="Lead")

    played = world.cycle(updated("title"), [])

    assert (played.outcome("ada").reason, played.outcome("ada").by) == ("Update is switched off", "settings")


def test_several_changes_of_a_person_are_one_patch_and_one_job():
    world = alone().linked("ada", "u-17").set("ada", title="Lead", department="Platform")
    changes = [*updated("title"), *updated("department")]

    played = world.cycle(changes, [ok(ADA), DONE])

    assert len(played.writes) == 1
    assert next(job for job in played.jobs if job.subject == "ada").changes == tuple(changes)


def test_who_is_gone_at_the_service_provider_is_matched_anew_and_created():
    world = alone().linked("ada", "u-17").push("finance").linked("finance", "g-5").holding("finance", "ada")

    played = world.cycle(updated("title"), [status(404), NOBODY, ok({**ADA, "id": "u-30"}, 201)])

    link, group = world.app.links.user("ada"), world.app.links.group("finance")
    assert [each.partition(" {")[0] for each in played.lines[1:]] == [
        "GET /Users/u-17",
        "GET /Users?filter=userName+eq+%22ada%40fabrikam.example%22",
        "POST /Users",
    ]
    assert link is not None
    assert link.id == "u-30"
    assert group is not None
    assert group.members == frozenset()


def test_a_switch_makes_a_missing_linked_user_an_invalid_anchor_until_a_restart():
    world = alone(on_get_404_linked="invalid_anchor").linked("ada", "u-17")

    failed = world.cycle(updated("title"), [status(404)]).outcome("ada")
    restarted = world.cycle([Change("restart")], [status(404), NOBODY, ok({**ADA, "id": "u-30"}, 201)])

    assert failed.code == "InvalidAnchor"
    assert restarted.outcome("ada").word == "done"


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (404, "InvalidAnchor"),
        (400, "WebExceptionProtocolError"),
        (422, "UnprocessableEntity"),
        (500, "InternalServerError"),
    ],
)
def test_a_refused_patch_fails_under_entras_own_code_and_promises_nothing(refusal: int, code: str):
    world = alone().linked("ada", "u-17").set("ada", title="Lead")

    played = world.cycle(updated("title"), [ok(ADA), status(refusal)])

    assert played.outcome("ada").code == code
    assert not played.promises


@pytest.mark.parametrize(
    "resource",
    [
        {**ADA, "active": "True"},
        {**ADA, "emails": [{"type": "work", "primary": "True", "value": "a"}]},
        {**ADA, "emails": "ada@fabrikam.example"},
        {**ADA, "name": "Ada"},
        {**ADA, "id": 17},
    ],
)
def test_wrong_types_in_an_answer_cannot_be_deserialized(resource: dict[str, object]):
    world = alone().linked("ada", "u-17")

    played = world.cycle(updated("title"), [ok(resource)])

    assert played.outcome("ada").code == "SystemForCrossDomainIdentityManagementServiceIncompatible"


def test_rehired_people_take_over_the_user_that_their_predecessor_left():
    world = alone().linked("ada", "u-17", active=False)
    world.app.put_person(world.directory.person("ada"))
    world.app.put_person(_new(world))

    played = world.cycle([Change("assigned", "ada#2")], [found(ADA), ok({**ADA, "active": False}), DONE])

    assert played.writes == ['PATCH /Users/u-17 [{"op":"Replace","path":"active","value":"True"}]']
    link = world.app.links.user("ada#2")
    assert link is not None
    assert link.id == "u-17"


def test_who_was_replaced_comes_before_who_replaces_them():
    world = alone().linked("ada", "u-17")
    world.app.put_person(_new(world))
    changes = [Change("assigned", "ada#2"), Change("deleted", "ada")]

    played = world.cycle(changes, [ok(ADA), DONE, found(ADA), ok({**ADA, "active": False}), DONE])

    assert [each.partition('"value":')[2] for each in played.writes] == ['"False"}]', '"True"}]']


def _new(world: World) -> Person:
    return replace(world.directory.person("ada"), uid="ada#2", status="active")
