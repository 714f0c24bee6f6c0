"""Whose account a sign-in is, how long a session lives, and how a sign-in opens the way to SCIM."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from idpsim.sp import Endpoints, Refused, ServiceProvider, Switches, Trust

from . import oidc_provider
from .conftest import USER, Account
from .saml_provider import BASE, IDP, Person, Told, metadata, pair, signed

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
NAME = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name"


def user(ada: Person, name: str = "ada@x.test", **more: Any) -> str:
    """The id of a user that SCIM has made."""
    return Account(ada.sp).user(name, **more)


def attribute(name: str, value: str) -> str:
    written = f'<a:Attribute Name="{name}"><a:AttributeValue>{value}</a:AttributeValue></a:Attribute>'
    return f"<a:AttributeStatement>{written}</a:AttributeStatement>"


def users(ada: Person) -> list[str]:
    return [each["userName"] for each in Account(ada.sp).get("/Users")["Resources"]]


def test_a_sign_in_is_the_user_that_scim_made_whatever_the_case() -> None:
    ada = Person()
    id = user(ada, "Ada@X.test")

    ada.sign_in()

    assert ada.me()["id"] == id
    assert users(ada) == ["Ada@X.test"]


def test_an_unknown_person_gets_an_account_that_scim_finds() -> None:
    ada = Person()

    ada.sign_in(Told().with_attributes(User_email="ada@mail.test", User_FirstName="Ada", User_LastName="Lovelace"))

    [found] = Account(ada.sp).get('/Users?filter=userName%20eq%20"ada@x.test"')["Resources"]
    assert (found["name"], found["active"]) == ({"givenName": "Ada", "familyName": "Lovelace"}, True)
    assert ada.me()["id"] == found["id"]


def test_sso_jit_false_lets_nobody_in_who_is_not_there() -> None:
    ada = Person(sso_jit=False)

    answer = ada.sign_in()

    assert answer.status_code == 403
    assert "There is no account for you here" in answer.text


@pytest.mark.parametrize(
    "told",
    [
        Told(name_id="opaque", format=PERSISTENT, attributes=attribute(NAME, "ada@x.test")),
        Told(name_id="opaque", attributes=attribute("User.email", "ada@x.test")),
        Told(name_id="opaque", attributes=attribute("preferred_username", "ada@x.test")),
        Told(name_id="ADA@x.test"),
    ],
)
def test_sso_match_user_name_takes_the_value_that_names_a_user(told: Told) -> None:
    ada = Person()
    id = user(ada)

    ada.sign_in(told)

    assert ada.me()["id"] == id


def test_the_name_id_comes_before_attributes() -> None:
    ada = Person()
    user(ada, "eve@x.test")
    id = user(ada)

    ada.sign_in(Told(attributes=attribute("User.email", "eve@x.test")))

    assert ada.me()["id"] == id


def test_sso_match_email() -> None:
    ada = Person(sso_match="email")
    id = user(ada, "al", emails=[{"value": "Ada@x.test"}])

    ada.sign_in()

    assert ada.me()["id"] == id


def test_two_users_with_one_email_are_nobody() -> None:
    ada = Person(sso_match="email")
    user(ada, "al", emails=[{"value": "ada@x.test"}])
    user(ada, "bo", emails=[{"value": "ada@x.test"}])

    assert ada.sign_in().status_code == 403


def test_sso_match_external_id() -> None:
    ada = Person(sso_match="externalId")
    id = user(ada, "al", externalId="object-7")

    ada.sign_in(Told(attributes=attribute(OBJECT_ID, "object-7")))

    assert ada.me()["id"] == id


def test_a_claim_names_the_user_over_openid_connect() -> None:
    ada = oidc_provider.Person(sso_match="externalId")
    id = Account(ada.sp).user("al", externalId="s1")

    ada.sign_in()

    assert ada.me()["id"] == id


@pytest.mark.parametrize(("admits", "status"), [(False, 403), (True, 303)])
def test_sso_admits_inactive(admits: bool, status: int) -> None:
    ada = Person(sso_admits_inactive=admits)
    user(ada, active=False)

    answer = ada.sign_in()

    assert answer.status_code == status
    assert (ada.me() is not None) == admits


def deactivate(account: Account, id: str) -> None:
    account.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": False})


def delete(account: Account, id: str) -> None:
    account.call("DELETE", f"/Users/{id}")


@pytest.mark.parametrize("end", [deactivate, delete])
@pytest.mark.parametrize("more", [{}, {"deactivation": "hard"}, {"delete": "soft"}])
@pytest.mark.parametrize("keeps", [False, True])
def test_sso_keeps_sessions(end: Any, more: dict[str, str], keeps: bool) -> None:
    ada = Person(sso_keeps_sessions=keeps, **more)
    account = Account(ada.sp)
    id = account.user()
    ada.sign_in()

    end(account, id)

    assert ada.me() == ({**ada.me(), "userName": "ada@x.test"} if keeps else None)


def test_a_session_that_has_ended_does_not_come_back() -> None:
    ada = Person()
    account = Account(ada.sp)
    id = account.user()
    ada.sign_in()
    deactivate(account, id)
    ada.me()

    account.patch(f"/Users/{id}", {"op": "replace", "path": "active", "value": True})

    assert ada.me() is None


@pytest.mark.parametrize(("second", "names"), [(False, ["ada@x.test"]), (True, ["ada@x.test", "ada@x.test"])])
def test_sso_second_account(second: bool, names: list[str]) -> None:
    ada = Person(sso_second_account=second)
    id = user(ada)
    ada.sign_in()

    ada.sign_in(Told(id="_again"))

    assert users(ada) == names
    assert (ada.me()["id"] == id) != second


@pytest.mark.parametrize(("first", "name"), [(False, "bo@x.test"), (True, "ada@x.test")])
def test_sso_session_of_first_user(first: bool, name: str) -> None:
    ada = Person(sso_session_of_first_user=first)
    ada.sign_in()

    ada.sign_in(Told(name_id="bo@x.test", id="_bo"))

    assert ada.me()["userName"] == name


def test_a_session_lives_eight_hours() -> None:
    ada = Person()
    ada.sign_in()

    ada.now += 8 * 3600

    assert ada.me() is None


def test_a_session_ends_when_the_assertion_says() -> None:
    ada = Person()
    ada.sign_in(Told(statement='<a:AuthnStatement SessionNotOnOrAfter="2027-01-15T08:05:00Z"/>'))

    ada.now += 301

    assert ada.me() is None


def test_the_cookie_is_random_and_kept_from_scripts_and_other_sites() -> None:
    answer = Person().sign_in()

    [cookie] = [each for each in answer.headers.getlist("Set-Cookie") if each.startswith("idpsim_sp_session=")]
    assert len(cookie.partition(";")[0]) > 50
    assert cookie.endswith("; HttpOnly; Path=/; SameSite=Lax")


def test_a_new_sign_in_ends_the_session_before() -> None:
    ada = Person()
    old = ada.sign_in().headers["Set-Cookie"].partition("=")[2].partition(";")[0]

    ada.sign_in(Told(id="_again"))

    stranger = Client(ada.sp.wsgi)
    stranger.set_cookie("idpsim_sp_session", old, domain="sp.idpsim.test")
    assert stranger.get("/me", base_url=BASE).status_code == 401


def test_a_cookie_over_https_is_secure() -> None:
    sp = ServiceProvider(base_url="https://sp.idpsim.test/", fetch=oidc_provider.Provider())
    sp.configure_sso(Trust.oidc(oidc_provider.ISSUER, "client-1"))

    answer = Client(sp.wsgi).get("/sso/default/oidc/login", base_url="https://sp.idpsim.test")

    assert "; Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("accept", "type"), [("application/json", "application/json"), ("text/html", "text/html; charset=utf-8")]
)
def test_nobody_is_401(accept: str, type: str) -> None:
    answer = Person().get("/me", Accept=accept)

    assert (answer.status_code, answer.headers["Content-Type"]) == (401, type)


def test_the_start_page_links_to_each_trust() -> None:
    ada = Person()
    ada.sp.configure_sso(Trust.oidc("https://idp.test", "client-1"), "two")

    page = ada.get("/").text

    assert 'href="/sso/one/saml/login"' in page
    assert 'href="/sso/two/oidc/login"' in page


def test_the_pages_say_who_is_signed_in_and_hold_no_markup_of_theirs() -> None:
    ada = Person()
    user(ada, displayName="<b>Ada</b>")
    ada.sign_in()

    pages = ada.get("/").text + ada.get("/me", Accept="text/html").text

    assert pages.count('<dd id="userName">ada@x.test</dd>') == 2
    assert "<b>" not in pages
    assert "<script" not in pages


@pytest.mark.parametrize("path", ["/", "/me", "/nothing", "/sso/two/saml/login", "/sso/one/saml/acs", "/scimx"])
def test_every_page_is_guarded(path: str) -> None:
    answer = Person().get(path)

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize("path", ["/scim", "/scim/", "/scim/one", "/scim/one/v2/nothing"])
def test_what_is_under_scim_stays_scim(path: str) -> None:
    answer = Person().get(path)

    assert (answer.status_code, answer.mimetype) == (401, "application/scim+json")


@pytest.mark.parametrize("method", ["get", "post"])
def test_signing_out_without_a_session_leads_to_the_start(method: str) -> None:
    answer = getattr(Person().browser, method)("/logout", base_url=BASE)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_form_that_is_too_large_is_413() -> None:
    answer = Person(max_body=5_000).post("x" * 5_000)

    assert (answer.status_code, answer.mimetype) == (413, "text/html")


def test_the_gates_open_one_after_the_other() -> None:
    sp = ServiceProvider(Switches(sso="none", scim=False, plan="premium"), sign_in_now=lambda: oidc_provider.NOW)
    steps = [sp.sso]
    sp.configure_sso(Trust.saml(metadata()), "one")
    steps.append(sp.sso)
    with pytest.raises(Refused, match="not proven"):
        sp.enable_scim()
    ada = Person.__new__(Person)
    ada.sp, ada.browser = sp, Client(sp.wsgi)
    ada.sign_in()
    steps.append(sp.sso)

    sp.enable_scim()

    assert steps == ["none", "configured", "trusted"]
    assert Account(sp, "one").call("POST", "/Users", {"schemas": [USER], "userName": "bo"}).status == 201


def test_a_sign_in_that_is_refused_proves_nothing() -> None:
    ada = Person(sso="none")

    ada.sign_in(change=lambda xml: xml.replace("ada@", "eve@"))

    assert ada.sp.sso == "configured"


def test_issuers_says_whom_to_trust() -> None:
    with pytest.raises(Refused, match=r"does not accept the issuer 'https://idp\.test/saml'"):
        Person(issuers=("https://other.test",))


@pytest.mark.parametrize("label", ["", "a/b", ".."])
def test_a_label_that_a_path_cannot_hold_is_an_error(label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        ServiceProvider().configure_sso(Trust.saml(metadata()), label)


def test_what_to_paste_into_an_identity_provider() -> None:
    assert ServiceProvider(base_url="https://app.test").sign_in_endpoints("one") == Endpoints(
        entity_id="https://app.test/sso/one/saml/metadata",
        acs="https://app.test/sso/one/saml/acs",
        slo="https://app.test/sso/one/saml/slo",
        saml_login="https://app.test/sso/one/saml/login",
        redirect_uri="https://app.test/sso/one/oidc/callback",
        post_logout_redirect_uri="https://app.test/",
        oidc_login="https://app.test/sso/one/oidc/login",
        logout="https://app.test/logout",
        me="https://app.test/me",
    )


def test_a_new_trust_takes_the_place_of_the_old_one() -> None:
    ada = Person()
    other = metadata().replace(IDP.encode(), b"https://new.test")

    ada.sp.configure_sso(Trust.saml(other), "one")

    assert ada.sign_in().status_code == 403


def test_one_idps_response_is_nothing_at_anothers_acs() -> None:
    ada = Person()
    ada.sp.configure_sso(Trust.saml(metadata()), "two")

    answer = ada.browser.post("/sso/two/saml/acs", data={"SAMLResponse": response()}, base_url=BASE)

    assert answer.status_code == 403


def response() -> str:
    from .saml_provider import packed

    return packed(signed(Told().response(), "_assertion", pair()))


HEAVY = ("flask", "saml2", "authlib", "lxml", "cryptography", "requests", "joserfc")
QUIET = """
import sys
import idpsim.sp
sp = idpsim.sp.ServiceProvider()
assert not [name for name in {heavy} if name in sys.modules], "at import"
sp.wsgi
assert not [name for name in {heavy}[1:] if name in sys.modules], "when served"
"""


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    code = QUIET.format(heavy=HEAVY)

    ended = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)

    assert ended.stderr == ""


def test_no_program_is_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert Person().sign_in().status_code == 303
