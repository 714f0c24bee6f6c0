"""Single logout, as service providers start and answer it."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree
from werkzeug.test import TestResponse

from idpsim.saml.received import inflated
from idpsim.signon import Registration
from idpsim.sso.app import App
from idpsim.sso.saml.registering import registration
from idpsim.sso.saml.web import blueprint
from tests.sso.front import REGISTRATION, SP, VENDORS, MemoryFront, app, front, signing
from tests.sso.saml.asking import SAMLP, address, authn, auto_post, codes, enveloped, form, logout, moment, query, text
from tests.sso.saml.test_registering import FULL

SIGNED_SP = replace(REGISTRATION, signing_certificates=(signing("sp").der,))
ON = {"okta": {"allow_single_logout": True}, "entra": {}, "onelogin": {"saml_single_logout": True}}


class Meeting:
    """Apps of a vendor with a browser in front of them that has signed in to each."""

    def __init__(self, vendor: str, *registrations: Registration, **settings: Any) -> None:
        of = {**ON[vendor], **settings}
        self.apps: list[App] = [
            app(vendor, each, f"app{number}", **of) for number, each in enumerate(registrations or (SIGNED_SP,))
        ]
        self.app = self.apps[0]
        self.front: MemoryFront = front(*self.apps)
        self.front.sign_in(vendor)
        self.client = self.front.client(blueprint(self.front))
        for each in self.apps:
            issuer = each.registration.entity_id or ""
            self.client.get(f"{address(each)}?{query(authn(issuer=issuer))}")

    def leave(self, xml: str, relay_state: str | None = None, name: str = "SAMLRequest", of: App | None = None) -> Any:
        raw = query(xml, relay_state, signing("sp"), name)
        return self.client.get(f"{address(of or self.app, 'slo')}?{raw}")


def arrived(answer: TestResponse) -> tuple[str, Any, str | None]:
    """Where a Redirect or a POST goes, the message that it carries, and its RelayState."""
    if "Location" not in answer.headers:
        action, fields = auto_post(answer)
        return action, etree.fromstring(b64decode(fields["SAMLResponse"])), fields.get("RelayState")
    parts = urlsplit(answer.headers["Location"])
    given = parse_qs(parts.query, keep_blank_values=True)
    (packed,) = given.get("SAMLResponse") or given["SAMLRequest"]
    state = given.get("RelayState", [None])[0]
    return f"{parts.scheme}://{parts.netloc}{parts.path}", etree.fromstring(inflated(b64decode(packed))), state


def answered(request_id: str, issuer: str, status: str = "Success") -> str:
    """A service provider's LogoutResponse."""
    return (
        f'<samlp:LogoutResponse xmlns:samlp="{SAMLP}" ID="_a1" Version="2.0" IssueInstant="{moment()}" '
        f'InResponseTo="{request_id}"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">{issuer}'
        '</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:'
        f'{status}"/></samlp:Status></samlp:LogoutResponse>'
    )


def other(name: str) -> Registration:
    return replace(
        SIGNED_SP, entity_id=f"https://{name}.test", acs=(f"https://{name}.test/acs",), slo=f"https://{name}.test/slo"
    )


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_logout_request_ends_the_session_and_is_answered(vendor: str) -> None:
    meeting = Meeting(vendor)

    place, root, state = arrived(meeting.leave(logout(), "state"))

    assert meeting.front.signed_in is None
    assert (place, state, root.get("InResponseTo")) == ("https://sp.test/saml/slo", "state", "_l1")
    assert codes(root) == ["Success"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_logout_request_of_nobody_is_answered_too(vendor: str) -> None:
    meeting = Meeting(vendor)
    meeting.front.signed_in = None

    _, root, _ = arrived(meeting.leave(logout()))

    assert codes(root) == ["Success"]


@pytest.mark.parametrize(
    ("vendor", "taken", "posted"),
    [
        ("okta", "redirect", True),
        ("okta", "post", True),
        ("entra", "redirect", False),
        ("entra", "post", False),
        ("onelogin", "redirect", False),
        ("onelogin", "post", True),
    ],
)
def test_the_binding_of_the_answer_is_the_vendors(vendor: str, taken: Any, posted: bool) -> None:
    answer = Meeting(vendor, replace(SIGNED_SP, slo_binding=taken)).leave(logout(), "state")

    assert ("Location" not in answer.headers) is posted
    assert arrived(answer)[0] == "https://sp.test/saml/slo"


def test_a_posted_answer_goes_to_the_address_that_the_metadata_has_for_posts() -> None:
    known = replace(registration(FULL.encode()), entity_id=SP)

    place, root, _ = arrived(Meeting("okta", known).leave(logout()))

    assert (place, root.get("Destination")) == ("https://sp.test/slo-post", "https://sp.test/slo-post")


def test_metadata_that_cannot_be_read_leaves_the_registered_address() -> None:
    meeting = Meeting("okta", replace(SIGNED_SP, metadata=b"no XML"))

    assert arrived(meeting.leave(logout()))[0] == "https://sp.test/saml/slo"


def test_a_posted_logout_request_is_verified() -> None:
    meeting = Meeting("okta")

    forged = meeting.client.post(address(meeting.app, "slo"), data=form(enveloped(logout(), signing("stranger"))))
    answer = meeting.client.post(address(meeting.app, "slo"), data=form(enveloped(logout(), signing("sp"))))

    assert forged.status_code == 403
    assert codes(arrived(answer)[1]) == ["Success"]
    assert meeting.front.signed_in is None


def test_an_unsigned_logout_request_is_refused_where_it_must_be_signed() -> None:
    meeting = Meeting("okta")

    answer = meeting.client.get(f"{address(meeting.app, 'slo')}?{query(logout())}")

    assert answer.status_code == 403
    assert meeting.front.signed_in is not None


@pytest.mark.parametrize("vendor", ["okta", "onelogin"])
def test_a_logout_request_for_somebody_else_ends_nothing(vendor: str) -> None:
    meeting = Meeting(vendor)

    _, root, _ = arrived(meeting.leave(logout(name_id="grace@example.com")))

    assert codes(root) == ["Requester", "UnknownPrincipal"]
    assert meeting.front.signed_in is not None


def test_entra_does_not_look_at_the_name() -> None:
    meeting = Meeting("entra")

    _, root, _ = arrived(meeting.leave(logout(name_id="somebody")))

    assert codes(root) == ["Success"]
    assert meeting.front.signed_in is None


def test_entra_answers_under_its_other_name_and_takes_no_posts() -> None:
    meeting = Meeting("entra")

    posted = meeting.client.post(address(meeting.app, "slo"), data=form(logout()))
    _, root, _ = arrived(meeting.leave(logout()))

    assert posted.status_code == 400
    assert text(root, "a:Issuer") == "https://sts.windows.net/11111111-2222-4333-8444-555555555555/"


def test_where_single_logout_is_switched_off_there_is_only_an_error_page() -> None:
    meeting = Meeting("okta", allow_single_logout=False)

    answer = meeting.leave(logout())

    assert answer.status_code == 400
    assert meeting.front.signed_in is not None


def test_without_a_logout_address_nothing_is_sent_anywhere() -> None:
    meeting = Meeting("entra", replace(SIGNED_SP, slo=None))

    answer = meeting.leave(logout())

    assert "Location" not in answer.headers
    assert meeting.front.signed_in is None


def test_entra_tells_the_others_in_turn_and_the_asker_at_last() -> None:
    meeting = Meeting("entra", other("one"), other("two"), other("three"))

    place, request, _ = arrived(meeting.leave(logout(issuer="https://one.test"), "state"))
    assert (place, etree.QName(request).localname) == ("https://two.test/slo", "LogoutRequest")
    assert text(request, "a:NameID") == "ada@example.com"
    place, request, _ = arrived(
        meeting.leave(answered(request.get("ID"), "https://two.test", "Responder"), name="SAMLResponse")
    )
    assert place == "https://three.test/slo"
    last = answered(request.get("ID"), "https://three.test")
    place, response, state = arrived(meeting.leave(last, name="SAMLResponse"))

    assert (place, state, response.get("InResponseTo")) == ("https://one.test/slo", "state", "_l1")
    assert "PartialLogout" in codes(response)
    assert meeting.leave(last, name="SAMLResponse").status_code == 400


def test_an_answer_that_nobody_waits_for_is_refused() -> None:
    meeting = Meeting("entra")

    answer = meeting.leave(answered("_x", "https://sp.test/saml"), name="SAMLResponse")

    assert answer.status_code == 400
    assert meeting.front.signed_in is not None


def test_logouts_under_way_are_not_kept_without_end() -> None:
    meeting = Meeting("entra", other("one"), other("two"))
    chains = meeting.front.facts().setdefault("saml-logouts", {})
    chains.update({f"_{n}": object() for n in range(1500)})

    meeting.leave(logout(issuer="https://one.test"))

    assert len(meeting.front.facts()["saml-logouts"]) == 1000
