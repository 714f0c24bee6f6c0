"""The identity provider holds every vendor's apps, and finds people and apps by what they are called."""

from __future__ import annotations

import pytest

from idpsim.directory import person
from idpsim.signon import Identity, Registration
from idpsim.sso.provider import app_of
from tests.sso.front import ADA, REGISTRATION, VENDORS, sign_on
from tests.sso.hosting import browser, found, get, provider


def test_each_vendor_has_an_app_from_the_start() -> None:
    apps = provider().apps()

    assert {each.vendor for each in apps} == set(VENDORS)
    assert {each.label for each in apps} == {"idpsim"}


def test_a_setting_that_is_not_the_sign_on_s_is_left_out() -> None:
    known = dict(sign_on("okta").settings)
    name = next(iter(known))

    app = app_of(sign_on("okta"), settings={name: "given", "user_filter": "x"})

    assert app.settings[name] == "given"
    assert set(app.settings) == set(known)


def test_an_app_is_found_by_any_of_its_ids() -> None:
    idp = provider()
    app = found(idp, "okta")

    assert idp.app(exk=app.ids["exk"]) is app
    assert idp.app(vendor="entra", exk=app.ids["exk"]) is None
    assert idp.app(vendor="nobody") is None


def test_entering_again_takes_the_place_of_what_was() -> None:
    idp = provider()

    idp.register("okta", "idpsim", Registration(entity_id="https://new.test"))

    assert [each.registration.entity_id for each in idp.apps() if each.vendor == "okta"] == ["https://new.test"]


def test_moving_keeps_what_is_registered() -> None:
    idp = provider()

    idp.move("http://localhost:1")

    assert {each.base for each in idp.apps()} == {"http://localhost:1"}
    assert {each.registration for each in idp.apps()} == {REGISTRATION}
    assert get(browser(idp), "/.idpsim").json["base"] == "http://localhost:1"  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "key"),
    [("ada@example.com", "ada"), (" ADA@EXAMPLE.COM\n", "ada"), ("ada@mail.test", "ada"), ("", None), ("  ", None)],
)
def test_people_are_found_by_user_name_or_e_mail_in_any_case(name: str, key: str | None) -> None:
    who = Identity("1", person("ada", {"userName": "ada@example.com", "email": "Ada@mail.test"}))
    idp = provider([who])

    identity = idp.person("okta", name)

    assert (identity.person.key if identity else None) == key


def test_somebody_without_an_e_mail_address_is_not_found_by_nothing() -> None:
    idp = provider([Identity("1", person("ada", {"userName": "ada", "email": ""}))])

    assert idp.person("okta", "") is None


def test_a_vendor_without_people_knows_nobody() -> None:
    assert provider([]).person("okta", ADA.person.userName) is None


def test_a_base_with_a_slash_at_its_end_is_one_without() -> None:
    assert provider(base="http://localhost:8765/").base == "http://localhost:8765"
