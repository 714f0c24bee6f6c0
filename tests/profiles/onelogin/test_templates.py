import pytest

from idpsim.errors import UsageError
from idpsim.profiles.onelogin.stock import PRESETS, STOCK
from idpsim.profiles.onelogin.templates import (
    acknowledged,
    attributes_of,
    quirks_of,
    record_of,
    rendered,
    template_of,
    with_active,
)
from idpsim.wire import compact


def body_of(world, key="grace"):
    record = record_of(world.app, world.directory.person(key))
    settings = world.app.settings
    return rendered(template_of(settings), record, settings["skip_if_blank"])


def text_of(world, key="grace"):
    return compact(body_of(world, key)).decode()


def test_the_stock_v2_enterprise_template_has_the_urns_that_were_captured(world):
    world.put("grace", department="Navy", title="Rear Admiral")

    text = text_of(world)

    assert text == (
        '{"schemas":["urn:scim:schemas:core:2.0","urn:scim:schemas:extension:enterprise:2.0"],'
        '"userName":"grace@corp.example",'
        '"name":{"familyName":"Hopper","givenName":"Grace","formatted":"Grace Hopper"},'
        '"emails":[{"value":"grace@corp.example","type":"work","primary":true}],"title":"Rear Admiral",'
        '"urn:scim:schemas:extension:enterprise:2.0":{"department":"Navy",'
        '"manager":{"managerId":"' + record_of(world.app, world.directory.person("ada")).id + '",'
        '"displayName":"Ada Lovelace"}}}'
    )


def test_blank_parameters_go_out_as_empty_strings_and_nothing_is_trimmed(world):
    world.put("alan", familyName=" Turing")

    body = body_of(world, "alan")

    assert body["title"] == ""
    assert body["name"]["familyName"] == " Turing"
    assert body["urn:scim:schemas:extension:enterprise:2.0"] == {
        "department": "",
        "manager": {"managerId": "", "displayName": " "},
    }


def test_skip_if_blank_leaves_out_blank_parameters_but_not_blank_user_fields(company):
    text = '{"title":"{$parameters.title}","phone":"{$user.phone}","list":["{$parameters.title}"]}'

    body = body_of(company(skip_if_blank=True, template=text), "alan")

    assert body == {"phone": "", "list": [""]}


def test_the_v2_core_template_names_no_mail(company):
    text = text_of(company(connector="v2-core"))

    assert text == (
        '{"schemas":["urn:scim:schemas:core:2.0"],"userName":"grace@corp.example",'
        '"name":{"givenName":"Grace","familyName":"Hopper","formatted":"Grace Hopper"}}'
    )


def test_the_v1_core_template_is_as_documented(company):
    text = text_of(company(connector="v1.1-core"))

    assert text == (
        '{"schemas":["urn:scim:schemas:core:1.0"],"userName":"grace@corp.example",'
        '"name":{"givenName":"Grace","familyName":"Hopper","formatted":"Grace Hopper"}}'
    )


def test_the_v1_enterprise_template_holds_emails_as_an_object(company):
    text = text_of(company(connector="v1.1-enterprise"), "ada")

    assert text == (
        '{"schemas":["urn:scim:schemas:core:1.0","urn:scim:schemas:extension:enterprise:1.0"],'
        '"userName":"ada@corp.example","name":{"familyName":"Lovelace","givenName":"Ada","formatted":"Ada Lovelace"},'
        '"emails":{"value":"ada@corp.example","type":"work","primary":true},"title":"Analyst",'
        '"urn:scim:schemas:extension:enterprise:1.0":{"department":"",'
        '"manager":{"managerId":"","displayName":" "}}}'
    )


def test_vendor_rfc_is_what_service_providers_tell_people_to_paste(company):
    text = text_of(company(template="vendor-rfc"))

    assert text == (
        '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"grace@corp.example",'
        '"name":{"familyName":"Hopper","givenName":"Grace"},'
        '"emails":[{"value":"grace@corp.example","type":"work","primary":true}]}'
    )


def test_vendor_rfc_enterprise_holds_the_manager_under_value(company):
    text = text_of(company(template="vendor-rfc-enterprise", parameters={"external_manager_id": "userName"}))

    assert '"manager":{"value":"grace@corp.example","displayName":"Ada Lovelace"}' in text
    assert '"addresses":[{"locality":"","region":"","country":""}]' in text


def test_a_template_of_ones_own_keeps_its_order_and_its_literals(company):
    own = '{"z": 1, "id": null, "a": {"{$user.email}": true, "b": "{$user.firstname}-{$user.lastname}"}, "l": [0.5]}'

    text = text_of(company(template=own))

    assert text == '{"z":1,"id":null,"a":{"{$user.email}":true,"b":"Grace-Hopper"},"l":[0.5]}'


def test_a_value_with_quotes_stays_inside_its_string(company):
    world = company(template='{"name":"{$user.firstname}"}')
    world.put("ada", givenName='A"},{$user.email}')

    text = text_of(world, "ada")

    assert text == '{"name":"A\\"},{$user.email}"}'


def test_custom_fields_and_parameters_of_ones_own_are_found(company):
    own = '{"a":"{$user.custom_fields.cost center}","b":"{$parameters.badge}","c":"{$parameters.userType}{$user.x}"}'
    world = company(template=own)
    world.put("ada", custom={"cost center": "42", "badge": "B7"}, userType="Staff")

    text = text_of(world, "ada")

    assert text == '{"a":"42","b":"B7","c":"Staff"}'


def test_ids_are_decimal_and_active_is_a_string(company):
    world = company(template='{"id":"{$user.id}","active":"{$user.active}"}')

    body = body_of(world)

    assert body["id"].isdigit()
    assert len(body["id"]) == 9
    assert body["active"] == "true"


def test_the_username_parameter_can_hold_the_email(company):
    world = company(parameters={"scimusername": "email"}, template="vendor-rfc")
    world.put("ada", email="countess@corp.example")

    body = body_of(world, "ada")

    assert body["userName"] == "countess@corp.example"


def test_a_parameter_that_holds_no_attribute_is_a_usage_error(company):
    world = company(parameters={"title": "nonsense"})

    with pytest.raises(UsageError, match="nonsense, which is no attribute"):
        body_of(world)


@pytest.mark.parametrize("text", ["{", "[]", "vendor-rfd", '"x"', "[" * 100_000])
def test_what_is_no_template_is_a_usage_error(company, text):
    with pytest.raises(UsageError, match="SCIM JSON Template"):
        template_of(company(template=text).app.settings)


def test_active_is_added_last(world):
    text = compact(with_active(body_of(world), False)).decode()

    assert text.endswith('"displayName":"Ada Lovelace"}},"active":false}')


def test_active_takes_the_place_that_the_template_has_for_it(company):
    body = with_active(body_of(company(template="vendor-rfc-string-active")), False)

    assert list(body).index("active") == list(PRESETS["vendor-rfc-string-active"]).index("active")
    assert body["active"] is False


def test_a_templated_active_promises_a_boolean(company):
    values = acknowledged(body_of(company(template="vendor-rfc-string-active")))

    assert values["active"] is True
    assert "id" not in values


def test_extension_values_are_promised_under_the_urn_that_was_sent(world):
    values = acknowledged(body_of(world))

    assert values["urn:scim:schemas:extension:enterprise:2.0:manager.displayName"] == "Ada Lovelace"
    assert values['emails[type eq "work"].value'] == "grace@corp.example"


def test_what_a_template_renders_from_is_known_by_attribute():
    attributes = attributes_of(STOCK["v2-enterprise"], {})

    assert attributes == {"userName", "givenName", "familyName", "email", "title", "department", "manager"}


def test_custom_fields_count_as_custom():
    attributes = attributes_of({"a": ["{$user.custom_fields.x}"], "b": "{$parameters.badge}"}, {})

    assert attributes == {"custom"}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("v2-core", ["stock v2", "carries no `active`"]),
        ("v1.1-enterprise", ["as an object", "carries no `active`"]),
        ("vendor-rfc-string-active", ["renders to a string"]),
    ],
)
def test_what_is_unusual_about_a_template_is_said_with_its_source(name, words):
    template = {**STOCK, **PRESETS}[name]
    plain = {key: value for key, value in template.items() if key in ("schemas", "emails", "active")}

    quirks = quirks_of(plain)

    assert all(any(word in quirk.text for quirk in quirks) for word in words)
    assert len(quirks) == len(words)
    assert all(quirk.source.startswith("https://") for quirk in quirks)
