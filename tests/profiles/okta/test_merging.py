"""How a profile push lays what has changed over what the service provider holds."""

import pytest

from idpsim.directory import person
from idpsim.profiles.okta.mapping import Profile
from idpsim.profiles.okta.merging import merged
from idpsim.scim import ENTERPRISE, USER

NAMESPACE = "urn:acme:custom"
HOME = {"value": "home@x.test", "type": "home", "primary": False, "display": "home"}
WORK = {"value": "old@x.test", "primary": True}


def lay(held, changed, clear="empty", custom=None, customs=(), **given):
    boss = {"manager_id": "m-9", "manager_name": "C. Babbage"} if given.pop("boss", False) else {}
    someone = person("ada", {"userName": "ada@x.test", **given}, custom)
    profile = Profile("ada", "00u1", someone, namespace=NAMESPACE, settings={"clear": clear}, **boss)
    return merged(held, profile, changed, customs)


def test_what_has_not_changed_stays_as_it_came():
    held = {"meta": {"version": "1"}, "title": "Analyst", "displayName": "theirs", "x": [1], "name": None, "emails": 7}

    assert lay(held, ["title"], title="Countess").body == {**held, "title": "Countess"}


def test_the_element_with_the_same_primary_is_changed_and_its_other_parts_stay():
    body = lay({"emails": [HOME, {**WORK, "display": "w"}, "odd"]}, ["email"]).body

    assert body["emails"] == [HOME, {"value": "ada@x.test", "primary": True, "display": "w", "type": "work"}, "odd"]


def test_an_element_that_is_not_there_is_appended():
    body = lay({"emails": [WORK]}, ["secondEmail"], secondEmail="ada@home.test").body

    assert body["emails"] == [WORK, {"primary": False, "value": "ada@home.test"}]


def test_the_second_email_prefers_an_element_that_says_it_is_not_primary():
    body = lay({"emails": [{"value": "plain"}, HOME]}, ["secondEmail"], secondEmail="ada@home.test").body

    assert [each["value"] for each in body["emails"]] == ["plain", "ada@home.test"]


def test_a_primary_that_is_text_is_no_primary():
    assert len(lay({"emails": [{"value": "a", "primary": "false"}]}, ["email"]).body["emails"]) == 2


@pytest.mark.parametrize(
    ("clear", "title", "cleared"), [("empty", "", ("title",)), ("null", None, ("title",)), ("omit", "gone", ())]
)
def test_a_cleared_attribute_is_sent_as_the_setting_says_and_promised_to_be_without_value(clear, title, cleared):
    result = lay({"title": "Analyst"}, ["title"], clear)

    assert (result.body.get("title", "gone"), result.cleared) == (title, cleared)


def test_what_is_not_held_need_not_be_cleared():
    assert lay({}, ["title", "givenName", "phone", "street", "department", "manager"]).body == {}


def test_a_match_clears_nothing():
    assert lay({"title": "Analyst"}, None).body["title"] == "Analyst"


def test_a_cleared_second_email_is_taken_out():
    result = lay({"emails": [WORK, HOME]}, ["secondEmail"])

    assert (result.body["emails"], result.cleared) == ([WORK], ('emails[type eq "home"].value',))


def test_the_last_phone_number_leaves_an_empty_list():
    result = lay({"phoneNumbers": [{"value": "1", "type": "work", "primary": True}]}, ["phone"])

    assert (result.body, result.cleared) == ({"phoneNumbers": []}, ('phoneNumbers[type eq "work"].value',))


def test_an_element_that_another_one_looks_like_promises_nothing():
    twin = {"value": "2", "type": "work", "primary": False}

    result = lay({"phoneNumbers": [{"value": "1", "type": "work", "primary": True}, twin]}, ["phone"])

    assert (result.body["phoneNumbers"], result.cleared) == ([twin], ())


def test_one_part_of_an_address_is_cleared_and_the_others_stay():
    held = {"addresses": [{"type": "work", "primary": True, "streetAddress": "1 Rue", "locality": "Lyon", "x": 1}]}

    result = lay(held, ["street"], city="Paris")

    assert result.body["addresses"] == [
        {"type": "work", "primary": True, "streetAddress": "", "locality": "Lyon", "x": 1}
    ]
    assert result.cleared == ('addresses[type eq "work"].streetAddress',)


def test_a_new_department_brings_the_enterprise_block_and_its_schema():
    body = lay({"schemas": [USER]}, ["department"], department="Engines").body

    assert body == {"schemas": [USER, ENTERPRISE], ENTERPRISE: {"department": "Engines"}}


def test_the_block_is_found_in_any_case_and_its_other_parts_stay():
    held = {"schemas": [USER, ENTERPRISE.lower()], ENTERPRISE.lower(): {"costCenter": "7"}}

    body = lay(held, ["department"], department="Engines").body

    assert body == {**held, ENTERPRISE.lower(): {"costCenter": "7", "department": "Engines"}}


def test_a_new_manager_is_laid_over_the_old_one():
    held = {"schemas": [ENTERPRISE], ENTERPRISE: {"manager": {"value": "m-1", "$ref": "../m-1"}}}

    body = lay(held, ["manager"], boss=True).body

    assert body[ENTERPRISE]["manager"] == {"value": "m-9", "$ref": "../m-1", "displayName": "C. Babbage"}


@pytest.mark.parametrize("others", [{}, {"department": "Engines"}])
def test_a_manager_who_is_gone_is_taken_out_even_as_the_last_of_the_block(others):
    result = lay({ENTERPRISE: {"manager": {"value": "m-1"}, **others}}, ["manager"])

    assert result.body.get(ENTERPRISE, {}) == others
    assert result.cleared == (f"{ENTERPRISE}:manager.value",)


def test_a_custom_attribute_that_was_sent_and_is_gone_is_cleared():
    held = {"schemas": [USER, NAMESPACE], NAMESPACE: {"badge": "7", "shoe": "40", "theirs": "1"}}

    result = lay(held, ["custom"], custom={"shoe": "41"}, customs=("badge", "shoe"))

    assert result.body[NAMESPACE] == {"badge": "", "shoe": "41", "theirs": "1"}
    assert result.cleared == (f"{NAMESPACE}:badge",)


def test_what_came_is_not_changed_itself():
    held = {"emails": [dict(WORK)], "name": {"givenName": "A"}, "schemas": [USER], ENTERPRISE: {"department": "x"}}
    before = repr(held)

    lay(held, None, givenName="Ada", department="y")

    assert repr(held) == before
