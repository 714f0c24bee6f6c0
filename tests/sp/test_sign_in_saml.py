"""Signing in over SAML: what is accepted, what is refused, and what each switch lets through."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

from idpsim.sp import Refused, ServiceProvider, Trust

from .saml_provider import (
    ACS,
    BASE,
    ENTITY,
    IDP,
    SAML,
    SAMLP,
    SLO,
    Person,
    Told,
    encrypted,
    inflated,
    metadata,
    moment,
    packed,
    pair,
    redirected,
    signed,
    value_of,
)

pytestmark = pytest.mark.thorough

Document = Callable[[], str]
EVIL = Told(name_id="eve@x.test", id="_evil")


def told(**changed: Any) -> Document:
    def made() -> str:
        given = replace(Told(), **changed)
        return signed(given.response(), given.id)

    return made


def evil_first() -> str:
    """The attacker's assertion before the signed one (XSW3)."""
    return signed(Told().response(EVIL.assertion() + Told().assertion()), "_assertion")


def evil_around() -> str:
    """The attacker's assertion around the signed one (XSW4)."""
    return signed(
        Told().response(EVIL.assertion().replace("</a:Assertion>", f"{Told().assertion()}</a:Assertion>")),
        "_assertion",
    )


def evil_in_extensions() -> str:
    """The attacker's assertion in an Extensions before the signed one (XSW7)."""
    extensions = f'<p:Extensions xmlns:p="{SAMLP}">{EVIL.assertion()}</p:Extensions>'
    return signed(Told().response(extensions + Told().assertion()), "_assertion")


def evil_with_signature() -> str:
    """The attacker's assertion carries the signature, in which the signed one lies as an Object (XSW8)."""
    root = etree.fromstring(signed(Told().response(), "_assertion").encode())
    good = root.find(f"{{{SAML}}}Assertion")
    signature = good[1]
    evil = etree.fromstring(EVIL.assertion())
    root.replace(good, evil)
    good.remove(signature)
    evil.insert(1, signature)
    etree.SubElement(signature, f"{{{signature.nsmap['ds']}}}Object").append(good)
    return etree.tostring(root).decode()


def evil_response() -> str:
    """The signed Response inside the signature of the attacker's (XSW1)."""
    good = etree.fromstring(signed(Told().response(), "_response").encode())
    signature = good[1]
    good.remove(signature)
    evil = etree.fromstring(EVIL.response().replace("_response", "_other").encode())
    evil.insert(1, signature)
    signature.append(good)
    return etree.tostring(evil).decode()


def with_comment() -> str:
    xml = signed(Told(name_id="eve@x.test.evil.test").response(), "_assertion")
    return xml.replace("eve@x.test.", "eve@x.test<!-- -->.")


def self_signed() -> str:
    return signed(EVIL.response(), "_evil", pair("attacker"))


def edited() -> str:
    return signed(Told().response(), "_assertion").replace("ada@x.test", "eve@x.test")


WRONG: list[tuple[str, Document, str, str]] = [
    ("unsigned", Told().response, "sso_ignores_signature", "ada@x.test"),
    ("edited", edited, "sso_ignores_signature", "eve@x.test"),
    ("another key", self_signed, "sso_ignores_signature", "eve@x.test"),
    ("a key of its own", self_signed, "sso_trusts_any_key", "eve@x.test"),
    ("XSW1", evil_response, "sso_first_assertion", "eve@x.test"),
    ("XSW3", evil_first, "sso_first_assertion", "eve@x.test"),
    ("XSW4", evil_around, "sso_first_assertion", "eve@x.test"),
    ("XSW7", evil_in_extensions, "sso_first_assertion", "eve@x.test"),
    ("XSW8", evil_with_signature, "sso_first_assertion", "eve@x.test"),
    ("a comment", with_comment, "sso_truncates_at_comment", "eve@x.test"),
    ("SHA-1", lambda: signed(Told().response(), "_assertion", algorithm="sha1"), "sso_sha1", "ada@x.test"),
    ("no success", told(status="Responder"), "sso_ignores_status", "ada@x.test"),
    ("the issuer of the Response", told(issuer="https://other.test"), "sso_ignores_issuer", "ada@x.test"),
    ("the issuer of the assertion", told(assertion_issuer="https://other.test"), "sso_ignores_issuer", "ada@x.test"),
    ("expired", told(ends=-61), "sso_ignores_time", "ada@x.test"),
    ("to come", told(begins=61), "sso_ignores_time", "ada@x.test"),
    ("no longer confirmed", told(confirmed_until=-61), "sso_ignores_time", "ada@x.test"),
    (
        "a session that has ended",
        told(statement=f'<a:AuthnStatement SessionNotOnOrAfter="{moment(-61)}"/>'),
        "sso_ignores_time",
        "ada@x.test",
    ),
    ("another audience", told(audience=Told().audience.replace(ENTITY, IDP)), "sso_ignores_audience", "ada@x.test"),
    ("no audience", told(audience=""), "sso_ignores_audience", "ada@x.test"),
    (
        "two restrictions",
        told(audience=Told().audience + Told().audience.replace(ENTITY, IDP)),
        "sso_ignores_audience",
        "ada@x.test",
    ),
    ("another recipient", told(recipient="https://other.test"), "sso_ignores_recipient", "ada@x.test"),
    ("no confirmation", told(confirmation=False), "sso_ignores_recipient", "ada@x.test"),
    ("no bearer", told(method="urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"), "sso_ignores_recipient", "ada@x.test"),
    ("another destination", told(destination="https://other.test"), "sso_ignores_destination", "ada@x.test"),
    ("an answer to nothing", told(in_response_to="_x"), "sso_ignores_in_response_to", "ada@x.test"),
    (
        "a confirmation for another request",
        told(confirmed_in_response_to="_x"),
        "sso_ignores_in_response_to",
        "ada@x.test",
    ),
]
NAMES = [case[0] for case in WRONG]


@pytest.mark.parametrize(("document", "switch"), [case[1:3] for case in WRONG], ids=NAMES)
def test_what_is_wrong_is_refused(document: Document, switch: str) -> None:
    ada = Person()

    answer = ada.post(document())

    assert (answer.status_code, ada.me()) == (403, None), switch
    assert "You are not signed in" in answer.text
    assert ada.sp.find("user", "active", "true") == []


@pytest.mark.parametrize(("document", "switch", "name"), [case[1:] for case in WRONG], ids=NAMES)
def test_each_switch_lets_it_through(document: Document, switch: str, name: str) -> None:
    ada = Person(**{switch: True})

    answer = ada.post(document())

    assert answer.status_code == 303, answer.text
    assert ada.me()["userName"] == name


def unprefixed(xml: str) -> str:
    """The assertion's namespace as the default one."""
    return xml.replace("<a:", "<").replace("</a:", "</").replace("xmlns:a=", "xmlns=")


NOTHING_WRONG: list[tuple[str, Document]] = [
    ("the assertion signed", told()),
    ("the Response signed", lambda: signed(Told().response(), "_response")),
    ("both signed", lambda: signed(signed(Told().response(), "_assertion"), "_response")),
    ("default namespaces", lambda: signed(unprefixed(Told().response()), "_assertion")),
    ("at the edge of time", told(begins=59, ends=-59, confirmed_until=-59)),
    ("two audiences", told(audience=Told().audience.replace(f"{ENTITY}<", f"{IDP}</a:Audience><a:Audience>{ENTITY}<"))),
]


@pytest.mark.parametrize("document", [case[1] for case in NOTHING_WRONG], ids=[case[0] for case in NOTHING_WRONG])
@pytest.mark.parametrize("mistake", [None, "sso_first_assertion", "sso_trusts_any_key", "sso_truncates_at_comment"])
def test_what_is_right_is_accepted(document: Document, mistake: str | None) -> None:
    ada = Person(**({mistake: True} if mistake else {}))

    answer = ada.post(document())

    assert (answer.status_code, answer.headers.get("Location")) == (303, "/")
    assert ada.me()["userName"] == "ada@x.test"


def for_us(ada: Person) -> bytes:
    """The certificate in our metadata, DER."""
    return b64decode(etree.fromstring(ada.sp.saml_metadata("one")).findtext(".//{*}X509Certificate") or "")


@pytest.mark.parametrize("mistakes", [(), ("sso_first_assertion",)])
@pytest.mark.parametrize("around", [False, True])
def test_an_encrypted_assertion_is_opened(around: bool, mistakes: tuple[str, ...]) -> None:
    ada = Person(**dict.fromkeys(mistakes, True))
    document = encrypted(signed(Told().response(), "_assertion"), for_us(ada))

    answer = ada.post(signed(document, "_response") if around else document)

    assert (answer.status_code, ada.me()["userName"]) == (303, "ada@x.test")


def test_an_encrypted_assertion_is_signed_too() -> None:
    ada = Person()

    assert ada.post(encrypted(Told().response(), for_us(ada))).status_code == 403


def test_an_assertion_for_another_key_is_refused() -> None:
    assert Person().post(encrypted(signed(Told().response(), "_assertion"), pair("x").der)).status_code == 403


def test_a_sign_in_that_was_asked_for() -> None:
    ada = Person(sso_unsolicited=False)

    answer = ada.sign_in(Told(in_response_to=ada.ask()))

    assert answer.status_code == 303


def test_sso_unsolicited_false_refuses_what_nobody_asked_for() -> None:
    assert Person(sso_unsolicited=False).sign_in().status_code == 403


def test_a_request_is_answered_once() -> None:
    ada = Person()
    id = ada.ask()
    ada.sign_in(Told(in_response_to=id))

    assert ada.sign_in(Told(in_response_to=id, id="_second")).status_code == 403


def test_a_request_waits_a_quarter_of_an_hour() -> None:
    ada = Person()
    id = ada.ask()
    ada.now += 901

    late = Told(in_response_to=id, begins=0, ends=1000, confirmed_until=1000)

    assert ada.sign_in(late).status_code == 403


@pytest.mark.parametrize(("accepts", "status"), [(False, 403), (True, 303)])
def test_sso_accepts_replay(accepts: bool, status: int) -> None:
    ada = Person(sso_accepts_replay=accepts)
    ada.sign_in()

    assert ada.sign_in().status_code == status


@pytest.mark.parametrize(
    ("follows", "relay_state", "there"),
    [
        (False, "https://evil.test", "/"),
        (True, "https://evil.test", "https://evil.test"),
        (True, "x\r\ny", "/"),
        (True, "", "/"),
    ],
)
def test_sso_follows_relay_state(follows: bool, relay_state: str, there: str) -> None:
    ada = Person(sso_follows_relay_state=follows)

    answer = ada.post(signed(Told().response(), "_assertion"), RelayState=relay_state)

    assert answer.headers["Location"] == there


def test_the_authn_request() -> None:
    there = Person().get("/sso/one/saml/login").headers["Location"]

    request = inflated(there)
    assert there.startswith("https://idp.test/sso?SAMLRequest=")
    assert "Signature" not in there
    assert request.get("AssertionConsumerServiceURL") == ACS
    assert request.get("Destination") == "https://idp.test/sso"
    assert request.findtext(f"{{{SAML}}}Issuer") == ENTITY


def test_the_authn_request_by_post() -> None:
    page = Person().get("/sso/one/saml/login?binding=post&force").text

    request = etree.fromstring(b64decode(value_of(page, "SAMLRequest")))
    assert 'action="https://idp.test/sso"' in page
    assert (request.tag, request.get("ForceAuthn")) == (f"{{{SAMLP}}}AuthnRequest", "true")


def test_a_binding_that_there_is_not_is_refused() -> None:
    assert Person().get("/sso/one/saml/login?binding=soap").status_code == 400


@pytest.mark.parametrize(
    "trust", [Trust.saml(metadata(wants_signed="true")), Trust.saml(metadata(), sign_requests=True)]
)
def test_the_authn_request_is_signed_where_that_is_wanted(trust: Trust) -> None:
    there = Person(trust).get("/sso/one/saml/login").headers["Location"]

    assert parse_qs(urlsplit(there).query)["SigAlg"] == ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"]


def test_our_metadata() -> None:
    ada = Person()

    answer = ada.get("/sso/one/saml/metadata")

    root = etree.fromstring(answer.data)
    assert answer.headers["Content-Type"] == "application/samlmetadata+xml"
    assert answer.data == ada.sp.saml_metadata("one")
    assert root.get("entityID") == ENTITY == ada.sp.sign_in_endpoints("one").entity_id
    assert [each.get("Location") for each in root.iter("{*}AssertionConsumerService")] == [ACS]
    assert [each.get("use") for each in root.iter("{*}KeyDescriptor")] == ["signing", "encryption"]


def test_our_metadata_is_there_before_the_trust() -> None:
    sp = ServiceProvider()

    assert sp.sign_in_endpoints("one").entity_id.encode() in sp.saml_metadata("one")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (b"", "well-formed"),
        (b"<a/>", "describes no"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        (metadata(attributes=' validUntil="2020-01-01T00:00:00Z"'), "expired"),
        (metadata(attributes=' validUntil="soon"'), "time"),
        (metadata().replace(b"HTTP-", b"SOAP-"), "lacks"),
        (metadata().replace(b"<ds:X509Certificate>", b"<ds:X509Certificate>%"), "base64"),
    ],
)
def test_metadata_that_will_not_do_is_refused(given: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        ServiceProvider().configure_sso(Trust.saml(given))


def test_metadata_may_begin_with_a_byte_order_mark() -> None:
    assert Person(Trust.saml(b"\xef\xbb\xbf" + metadata())).sign_in().status_code == 303


def test_metadata_that_has_expired_since_trusts_nobody() -> None:
    ada = Person(Trust.saml(metadata(attributes=f' validUntil="{moment(10)}"')))
    ada.now += 11

    assert ada.sign_in().status_code == 403


HOSTILE = [
    b"",
    b"x",
    b"<a/>",
    b"\xff\xfe",
    b"<" * 100_000,
    b"<a>" * 5_000,
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    f'<p:Response xmlns:p="{SAMLP}"/>'.encode(),
    f'<p:Response xmlns:p="{SAMLP}" InResponseTo="" ID=""><?x y?><!-- z --></p:Response>'.encode(),
    Told(ends=0).response().replace("Z", "+99:99").encode(),
    signed(Told().response().replace('NotOnOrAfter="', 'NotOnOrAfter="never '), "_assertion").encode(),
    signed(Told(name_id="<a:b/>").response(), "_assertion").encode(),
    signed(Told(name_id="").response(), "_assertion").encode(),
    signed(Told(statement="").response(), "_assertion").encode(),
    signed(Told().response().replace('Version="2.0"', 'Version="1.1"'), "_assertion").encode(),
    Told().response('<a:EncryptedAssertion xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion"/>').encode(),
    Told().response("").encode(),
    signed(Told().response(), "_assertion").replace("urn:any", "any").encode(),
    signed(Told().response(), "_response").replace("urn:any", "any").encode(),
]


@pytest.mark.parametrize("mistakes", [(), ("sso_ignores_signature",), ("sso_first_assertion", "sso_trusts_any_key")])
@pytest.mark.parametrize("document", HOSTILE)
def test_nothing_that_is_posted_is_an_error_of_ours(document: bytes, mistakes: tuple[str, ...]) -> None:
    ada = Person(**dict.fromkeys(mistakes, True))

    assert ada.post(document).status_code in (303, 400, 403)


@pytest.mark.parametrize("field", ["", "%", "ä", "A", " PGEvPg== "])
def test_a_field_that_is_no_base64_is_refused(field: str) -> None:
    answer = Person().browser.post("/sso/one/saml/acs", data={"SAMLResponse": field}, base_url=BASE)

    assert answer.status_code == 400


def test_base64_may_be_wrapped() -> None:
    ada = Person()
    lines = "\r\n".join(packed(signed(Told().response(), "_assertion"))[at : at + 76] for at in range(0, 20_000, 76))

    answer = ada.browser.post("/sso/one/saml/acs", data={"SAMLResponse": lines}, base_url=BASE)

    assert answer.status_code == 303


def test_an_acs_of_nobody_is_404() -> None:
    answer = Person().browser.post("/sso/two/saml/acs", data={"SAMLResponse": "x"}, base_url=BASE)

    assert answer.status_code == 404


def logout_request(name_id: str = "ada@x.test", index: str = "_index", **attributes: str) -> str:
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<p:LogoutRequest xmlns:p="{SAMLP}" xmlns:a="{SAML}" ID="_logout" Version="2.0" Destination="{SLO}" '
        f'IssueInstant="{moment(0)}"{more}><a:Issuer>{IDP}</a:Issuer><a:NameID>{name_id}</a:NameID>'
        f"<p:SessionIndex>{index}</p:SessionIndex></p:LogoutRequest>"
    )


def test_signing_out_asks_the_identity_provider_to_do_so_too() -> None:
    ada = Person()
    ada.sign_in()

    there = ada.get("/logout").headers["Location"]

    request = inflated(there)
    assert ada.me() is None
    assert (request.tag, request.findtext(f"{{{SAML}}}NameID")) == (f"{{{SAMLP}}}LogoutRequest", "ada@x.test")
    assert request.findtext(f"{{{SAMLP}}}SessionIndex") == "_index"
    assert "Signature=" in there


def test_the_identity_provider_signs_somebody_out_by_redirect() -> None:
    ada = Person()
    ada.sign_in()

    answer = ada.get(f"/sso/one/saml/slo?{redirected(logout_request(), pair(), 'back')}")

    response = inflated(answer.headers["Location"], "SAMLResponse")
    assert ada.me() is None
    assert response.get("InResponseTo") == "_logout"
    assert "RelayState=back" in answer.headers["Location"]


def test_the_identity_provider_signs_somebody_out_by_post() -> None:
    ada = Person()
    ada.sign_in()
    request = signed(logout_request(), "_logout")

    ada.browser.post("/sso/one/saml/slo", data={"SAMLRequest": packed(request)}, base_url=BASE)

    assert ada.me() is None


@pytest.mark.parametrize(
    "query",
    [
        redirected(logout_request(), None),
        redirected(logout_request(), pair("attacker")),
        redirected(logout_request(NotOnOrAfter=moment(-61)), pair()),
        redirected(logout_request(NotOnOrAfter="x"), pair()),
        redirected(logout_request().replace(IDP, "https://other.test"), pair()),
        redirected(logout_request().replace(SLO, "https://other.test"), pair()),
        redirected(logout_request().replace("LogoutRequest", "AuthnRequest"), pair()),
        redirected(logout_request().replace("_logout", "a b"), pair()),
        redirected(logout_request(), pair()).replace("rsa-sha256", "rsa-sha1"),
        redirected(logout_request(), pair()) + "&SigAlg=x",
        "SAMLRequest=x",
        "",
    ],
)
def test_a_logout_request_that_is_wrong_ends_nothing(query: str) -> None:
    ada = Person()
    ada.sign_in()

    answer = ada.get(f"/sso/one/saml/slo?{query}")

    assert answer.status_code in (400, 403)
    assert ada.me() is not None


@pytest.mark.parametrize("request_", [logout_request("eve@x.test"), logout_request(index="_other")])
def test_a_logout_request_for_somebody_else_ends_nothing(request_: str) -> None:
    ada = Person()
    ada.sign_in()

    ada.get(f"/sso/one/saml/slo?{redirected(request_, pair())}")

    assert ada.me() is not None


def test_a_logout_response_leads_back_to_the_start() -> None:
    response = logout_request().replace("LogoutRequest", "LogoutResponse")

    answer = Person().get(f"/sso/one/saml/slo?{redirected(response, pair(), kind='SAMLResponse')}")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
