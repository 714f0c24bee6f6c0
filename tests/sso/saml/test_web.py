"""The SAML endpoints, as a browser and a service provider meet them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import pytest
from flask import g
from werkzeug.test import TestResponse

from idpsim.signon import Registration
from idpsim.sso.saml.signature import verified
from idpsim.sso.saml.web import blueprint
from tests.sso.front import ACS, ADA, REGISTRATION, VENDORS, MemoryFront, app, front, signing
from tests.sso.saml.asking import (
    address,
    ask,
    authn,
    auto_post,
    codes,
    deflated,
    document,
    enveloped,
    form,
    query,
    text,
)

SIGNED_SP = replace(REGISTRATION, signing_certificates=(signing("sp").der,))
DEMANDS = {
    "okta": "request_must_be_signed",
    "entra": "require_verification_certificates",
    "onelogin": "saml_validate_signed_requests",
}
EVIL = "https://evil.test/acs"


class Meeting:
    """A vendor's app with a browser in front of it."""

    def __init__(self, vendor: str, registration: Registration = REGISTRATION, **settings: Any) -> None:
        self.app = app(vendor, registration, **settings)
        self.front: MemoryFront = front(self.app)
        self.client = self.front.client(blueprint(self.front))

    def ask(self, xml: str, relay_state: str | None = None, **more: Any) -> TestResponse:
        return ask(self.client, self.app, xml, relay_state, **more)

    def signed_in(self) -> Meeting:
        self.front.sign_in(self.app.vendor)
        return self


@pytest.fixture(params=VENDORS)
def meeting(request: pytest.FixtureRequest) -> Meeting:
    return Meeting(request.param)


def assert_refused(answer: TestResponse, status: int = 400) -> None:
    """An error page that leads nowhere."""
    assert answer.status_code == status
    assert "Location" not in answer.headers
    assert "<form" not in answer.text
    assert 'name="SAML' not in answer.text


def test_a_request_leads_to_the_login_page_and_then_to_the_consumer_service(meeting: Meeting) -> None:
    page = meeting.ask(authn(), "some state")

    answer = meeting.client.post("/_login")

    action, fields = auto_post(answer)
    root = document(answer)
    assert page.status_code == 200
    assert meeting.front.hints == [""]
    assert (action, fields["RelayState"]) == (ACS, "some state")
    assert (root.get("InResponseTo"), root.get("Destination"), codes(root)) == ("_r1", ACS, ["Success"])
    assert text(root, "//a:NameID") == "ada@example.com"


def test_the_response_is_signed_with_the_apps_key(meeting: Meeting) -> None:
    root = document(meeting.signed_in().ask(authn()))

    element = (
        root if meeting.app.sign_on.saml.signs(meeting.app).response else root.xpath("//*[local-name()='Assertion']")[0]
    )

    assert verified(element, [signing("saml").der], sha1=True) is not None


def test_a_post_is_answered_as_a_redirect_is(meeting: Meeting) -> None:
    answer = meeting.signed_in().client.post(address(meeting.app), data=form(authn(), "state"))

    assert auto_post(answer)[1]["RelayState"] == "state"
    assert codes(document(answer)) == ["Success"]


def test_without_a_relay_state_there_is_none_in_the_form(meeting: Meeting) -> None:
    answer = meeting.signed_in().ask(authn())

    assert list(auto_post(answer)[1]) == ["SAMLResponse"]


@pytest.mark.parametrize(
    "state",
    [
        "",
        '"><script>alert(1)</script>',
        "javascript:alert(1)",
        "https://evil.test/",
        "x" * 5000,
        "ü\r\nSet-Cookie: a=b",
    ],
    ids=["empty", "script", "javascript", "elsewhere", "long", "header"],
)
def test_a_relay_state_is_passed_on_and_does_no_harm(meeting: Meeting, state: str) -> None:
    answer = meeting.signed_in().ask(authn(), state)

    action, fields = auto_post(answer)
    assert (action, fields["RelayState"]) == (ACS, state)
    assert answer.text.count("<script") == 1
    assert not {"Set-Cookie", "Location"} & {name for name, _ in answer.headers}


def test_the_page_works_without_scripts_and_is_not_kept(meeting: Meeting) -> None:
    answer = meeting.signed_in().ask(authn())

    assert "<noscript>" in answer.text
    assert '<button type="submit">' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_pages_script_has_the_nonce_of_the_content_security_policy(meeting: Meeting) -> None:
    def noted() -> None:
        g.nonce = "n0nce"

    meeting.client.application.before_request(noted)

    answer = meeting.signed_in().ask(authn())

    assert '<script nonce="n0nce">' in answer.text


def test_a_registered_consumer_service_is_used(meeting: Meeting) -> None:
    answer = meeting.signed_in().ask(authn(AssertionConsumerServiceURL="https://sp.test/saml/acs2"))

    assert auto_post(answer)[0] == "https://sp.test/saml/acs2"
    assert document(answer).get("Destination") == "https://sp.test/saml/acs2"


@pytest.mark.parametrize(
    "url",
    [
        EVIL,
        ACS + "/",
        ACS + "?x=1",
        ACS.upper(),
        ACS.replace("https", "http"),
        "https://sp.test@evil.test/saml/acs",
        "javascript:alert(1)",
        "//evil.test",
        "",
        "https://[",
    ],
)
@pytest.mark.parametrize("passive", ["false", "true"])
def test_an_unregistered_consumer_service_gets_nothing(meeting: Meeting, url: str, passive: str) -> None:
    answer = meeting.signed_in().ask(authn(AssertionConsumerServiceURL=url, IsPassive=passive), "state")

    assert_refused(answer)


def test_an_app_with_no_consumer_service_posts_nothing(meeting: Meeting) -> None:
    bare = Meeting(meeting.app.vendor, Registration())

    answer = bare.signed_in().ask(authn())

    assert_refused(answer)
    assert_refused(bare.client.get(address(bare.app, "launch")))


def test_another_binding_for_the_answer_is_refused(meeting: Meeting) -> None:
    artifact = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"

    assert_refused(meeting.signed_in().ask(authn(ProtocolBinding=artifact)))


def test_force_authn_shows_the_login_page_to_one_who_is_signed_in(meeting: Meeting) -> None:
    answer = meeting.signed_in().ask(authn(ForceAuthn="true"))

    assert "/_login" in answer.text


def test_a_passive_request_of_nobody_is_answered_at_the_consumer_service(meeting: Meeting) -> None:
    answer = meeting.ask(authn(IsPassive="true"), "state")

    assert auto_post(answer)[0] == ACS
    assert auto_post(answer)[1]["RelayState"] == "state"
    assert codes(document(answer)) == ["Responder", "NoPassive"]
    assert document(answer).xpath("count(//*[local-name()='Assertion'])") == 0


def test_a_passive_request_of_somebody_is_granted(meeting: Meeting) -> None:
    assert codes(document(meeting.signed_in().ask(authn(IsPassive="true")))) == ["Success"]


def test_a_login_hint_fills_in_the_login_page(meeting: Meeting) -> None:
    meeting.client.get(f"{address(meeting.app)}?{query(authn())}&login_hint=grace@example.com")

    assert meeting.front.hints == ["grace@example.com"]


def test_unsigned_and_forged_requests_are_refused_where_signatures_are_demanded(meeting: Meeting) -> None:
    strict = Meeting(meeting.app.vendor, SIGNED_SP, **{DEMANDS[meeting.app.vendor]: True}).signed_in()
    refused = 400 if meeting.app.vendor == "entra" else 403

    assert_refused(strict.ask(authn()), refused)
    assert_refused(strict.ask(authn(), signing=signing("stranger")), refused)
    assert_refused(strict.client.post(address(strict.app), data=form(authn())), refused)
    assert_refused(strict.client.post(address(strict.app), data=form(enveloped(authn(), signing("stranger")))), refused)
    assert codes(document(strict.ask(authn(), signing=signing("sp")))) == ["Success"]
    assert codes(document(strict.client.post(address(strict.app), data=form(enveloped(authn(), signing("sp")))))) == [
        "Success"
    ]


@pytest.mark.parametrize("issuer", ["https://evil.test", "https://sp.test/saml/"])
def test_another_issuer_is_refused(meeting: Meeting, issuer: str) -> None:
    assert_refused(meeting.signed_in().ask(authn(issuer=issuer)))


HOSTILE = [
    "",
    "no XML",
    '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + authn("&x;"),
    '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + authn("&b;"),
    authn("<a>" * 1000 + "</a>" * 1000),
    "<a xmlns='urn:oasis:names:tc:SAML:2.0:protocol'/>",
]


@pytest.mark.parametrize("xml", HOSTILE, ids=["empty", "text", "xxe", "bomb", "deep", "other"])
def test_hostile_xml_is_refused(meeting: Meeting, xml: str) -> None:
    redirected = meeting.signed_in().ask(xml)
    posted = meeting.client.post(address(meeting.app), data=form(xml))

    for each in (redirected, posted):
        assert_refused(each, each.status_code)
        assert each.status_code in (400, 413)
        assert "root:" not in each.text


@pytest.mark.parametrize(
    "raw", ["", "SAMLRequest=", "SAMLRequest=%ff", "SAMLRequest=a&SAMLRequest=b", "SAMLResponse=PGEvPg=="]
)
def test_hostile_queries_are_refused(meeting: Meeting, raw: str) -> None:
    assert_refused(meeting.signed_in().client.get(f"{address(meeting.app)}?{raw}"))


def test_ten_megabytes_are_refused_at_once(meeting: Meeting) -> None:
    began = time.monotonic()

    posted = meeting.client.post(address(meeting.app), data={"SAMLRequest": "A" * 10_000_000})
    queried = meeting.client.get(f"{address(meeting.app)}?SAMLRequest={'A' * 10_000_000}")

    for each in (posted, queried):
        assert_refused(each, each.status_code)
        assert each.status_code in (400, 413)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_body_of_another_kind_is_refused(meeting: Meeting, content_type: str) -> None:
    answer = meeting.client.post(address(meeting.app), data=b"\xff{}" * 100, content_type=content_type)

    assert_refused(answer)


def test_an_app_that_does_not_exist_is_refused(meeting: Meeting) -> None:
    path = address(meeting.app)
    for name in ("exk", "id", "tenant"):
        path = path.replace(meeting.app.ids.get(name, "-"), "nobody")

    assert_refused(meeting.client.get(f"{path}?{query(authn())}"), 400 if meeting.app.vendor == "entra" else 404)


def test_the_tile_posts_what_nobody_has_asked_for(meeting: Meeting) -> None:
    answer = meeting.signed_in().client.get(address(meeting.app, "launch"))

    root = document(answer)
    assert auto_post(answer)[0] == ACS
    assert (root.get("InResponseTo"), text(root, "//@InResponseTo")) == (None, None)
    assert list(auto_post(answer)[1]) == ["SAMLResponse"]


def test_the_tile_carries_the_relay_state_of_the_app_or_of_the_link(meeting: Meeting) -> None:
    of_app = Meeting(meeting.app.vendor, replace(REGISTRATION, relay_state="/home")).signed_in()
    path = address(of_app.app, "launch")

    assert auto_post(of_app.client.get(path))[1]["RelayState"] == "/home"
    assert auto_post(of_app.client.get(f"{path}{'&' if '?' in path else '?'}RelayState=/x"))[1]["RelayState"] == "/x"


def test_a_session_remembers_whom_it_has_signed_in_to(meeting: Meeting) -> None:
    session = meeting.front.sign_in(meeting.app.vendor)

    root = document(meeting.ask(authn()))

    (participant,) = session.participants
    assert participant.app is meeting.app
    assert participant.name_id == ADA.person.userName
    assert participant.index == text(root, "//@SessionIndex")


def test_force_authn_is_obeyed_only_where_the_app_honours_it() -> None:
    lax = Meeting("okta", honor_force_authn=False).signed_in()

    assert codes(document(lax.ask(authn(ForceAuthn="true")))) == ["Success"]


NAME_ID = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:{}"/>'
CONTEXT = (
    '<samlp:RequestedAuthnContext Comparison="{}"><saml:AuthnContextClassRef>'
    "urn:oasis:names:tc:SAML:2.0:ac:classes:{}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>"
)


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        (NAME_ID.format("unspecified"), "AADSTS750161"),
        (CONTEXT.format("minimum", "Password"), "AADSTS900235"),
        (CONTEXT.format("exact", "X509"), "AADSTS75011"),
        ("<saml:Subject><saml:NameID>ada</saml:NameID></saml:Subject>", "AADSTS900236"),
        ('<samlp:Scoping ProxyCount="0"/>', "AADSTS900236"),
    ],
)
def test_what_entra_does_not_support_is_told_by_its_code(inside: str, code: str) -> None:
    answer = Meeting("entra").signed_in().ask(authn(inside))

    assert_refused(answer)
    assert code in answer.text


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (authn(issuer="https://evil.test"), "AADSTS700016"),
        (authn(AssertionConsumerServiceURL=EVIL), "AADSTS50011"),
        (authn(request_id="1x"), "AADSTS7500529"),
        (authn(issued="2020-01-01T00:00:00Z"), "AADSTS76026"),
    ],
)
def test_entras_pages_have_its_codes(xml: str, code: str) -> None:
    assert code in Meeting("entra").ask(xml).text


def test_entra_says_that_there_is_no_request_in_the_query() -> None:
    meeting = Meeting("entra")

    assert "AADSTS750054" in meeting.client.get(address(meeting.app)).text


def test_entra_finds_the_app_of_a_tenant_by_the_issuer() -> None:
    one = app("entra", replace(REGISTRATION, entity_id="https://one.test", acs=("https://one.test/acs",)), "one")
    two = app("entra", replace(REGISTRATION, entity_id="https://two.test", acs=("https://two.test/acs",)), "two")
    both = front(one, two)
    both.sign_in("entra")
    client = both.client(blueprint(both))

    answer = ask(client, two, authn(issuer="https://two.test"))

    assert auto_post(answer)[0] == "https://two.test/acs"
    assert_refused(ask(client, two, authn(issuer="https://three.test")))


def test_okta_answers_another_name_id_format_at_the_consumer_service() -> None:
    answer = Meeting("okta").signed_in().ask(authn(NAME_ID.format("persistent")))

    assert codes(document(answer)) == ["Requester", "InvalidNameIDPolicy"]


def test_onelogins_validator_admits_what_it_matches_as_a_whole() -> None:
    meeting = Meeting("onelogin", acs_url_validator=r"https://sp\.test/.*").signed_in()

    assert auto_post(meeting.ask(authn(AssertionConsumerServiceURL="https://sp.test/any")))[0] == "https://sp.test/any"
    assert_refused(meeting.ask(authn(AssertionConsumerServiceURL="https://evil.test/?https://sp.test/")))


def test_a_validator_that_is_no_pattern_admits_nothing() -> None:
    meeting = Meeting("onelogin", acs_url_validator="(").signed_in()

    assert_refused(meeting.ask(authn(AssertionConsumerServiceURL="https://sp.test/any")))


@pytest.mark.parametrize("index", [0, 1, 7])
def test_a_consumer_service_is_found_by_its_place(index: int) -> None:
    meeting = Meeting("okta").signed_in()

    answer = meeting.ask(authn(AssertionConsumerServiceIndex=str(index)))

    if index < 2:
        assert auto_post(answer)[0] == REGISTRATION.acs[index]
    else:
        assert_refused(answer)


def test_metadata_is_served_with_its_type(meeting: Meeting) -> None:
    answer = meeting.client.get(address(meeting.app, "metadata"))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == meeting.app.sign_on.saml.metadata_type
    assert b"EntityDescriptor" in answer.data


def test_metadata_of_a_tenant_or_of_one_of_its_apps() -> None:
    meeting = Meeting("entra")
    path, _, _ = address(meeting.app, "metadata").partition("?")

    assert meeting.client.get(path).status_code == 200
    assert_refused(meeting.client.get(f"{path}?appid=nobody"))


def test_a_deflate_bomb_is_refused(meeting: Meeting) -> None:
    answer = meeting.client.get(address(meeting.app), query_string={"SAMLRequest": deflated(b" " * 50_000_000)})

    assert_refused(answer, 400 if meeting.app.vendor == "entra" else 413)
