"""AuthnRequests and LogoutRequests, as values or refused."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from idpsim.saml.received import Message, Unacceptable
from idpsim.signon.saml_errors import SamlErrors
from idpsim.sso.app import App
from idpsim.sso.saml import inbound
from idpsim.sso.saml.asked import AuthnRequest
from idpsim.sso.saml.refusing import errors_of
from tests.sso.front import REGISTRATION, app, signing
from tests.sso.saml.asking import authn, by_post, by_redirect, enveloped, logout, moment

SIGNED_SP = replace(REGISTRATION, signing_certificates=(signing("sp old").der, signing("sp").der))
ERRORS = errors_of("okta")
CONTEXT = (
    '<samlp:RequestedAuthnContext Comparison="minimum"><saml:AuthnContextClassRef>'
    "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>"
)
POLICY = '<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" AllowCreate="true"/>'
SUBJECT = "<saml:Subject><saml:NameID>ada</saml:NameID></saml:Subject>"


def read(
    message: Message, of: App | None = None, errors: SamlErrors = ERRORS, at: tuple[str, ...] = ()
) -> AuthnRequest:
    return inbound.authn_request(of or app("okta"), message, time.time(), errors, at)


def refused(message: Message, of: App | None = None, errors: SamlErrors = ERRORS, at: tuple[str, ...] = ()) -> str:
    with pytest.raises(Unacceptable) as raised:
        read(message, of, errors, at)
    return raised.value.kind


def signed_app(vendor: str = "okta", **settings: object) -> App:
    return app(vendor, SIGNED_SP, **settings)


def test_a_request_is_read_in_full() -> None:
    xml = authn(
        SUBJECT + POLICY + "<saml:Conditions/>" + CONTEXT + '<samlp:Scoping ProxyCount="1"/>',
        issued="2026-01-02T03:04:05.6789012Z",
        ForceAuthn="true",
        IsPassive="1",
        AssertionConsumerServiceURL="https://sp.test/saml/acs",
        ProtocolBinding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
        Destination="http://localhost:8765/x",
    )

    asked = read(by_redirect(xml, "state"))

    assert asked == AuthnRequest(
        id="_r1",
        issuer="https://sp.test/saml",
        issued=1767323045.678901,
        acs_url="https://sp.test/saml/acs",
        protocol_binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
        destination="http://localhost:8765/x",
        force_authn=True,
        is_passive=True,
        name_id_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        allow_create=True,
        authn_contexts=("urn:oasis:names:tc:SAML:2.0:ac:classes:Password",),
        comparison="minimum",
        has_subject=True,
        has_conditions=True,
        scoping=("ProxyCount",),
        relay_state="state",
    )


def test_a_signed_redirect_is_verified_by_any_registered_certificate() -> None:
    asked = read(by_redirect(authn(), "state", signing("sp")), signed_app())

    assert asked.signed


def test_a_redirect_signed_by_a_stranger_is_refused() -> None:
    assert refused(by_redirect(authn(), "state", signing("stranger")), signed_app()) == "bad-signature"


def test_a_redirect_whose_relay_state_was_exchanged_is_refused() -> None:
    message = by_redirect(authn(), "state", signing("sp"))

    forged = replace(message, signed=message.signed.replace(b"=state", b"=evil"))

    assert refused(forged, signed_app()) == "bad-signature"


@pytest.mark.parametrize("algorithm", [None, "", "urn:none", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"])
def test_a_redirect_with_another_algorithm_is_refused(algorithm: str | None) -> None:
    message = replace(by_redirect(authn(), None, signing("sp")), algorithm=algorithm)

    assert refused(message, signed_app()) == "bad-signature"


def test_a_signed_post_is_verified() -> None:
    asked = read(by_post(enveloped(authn(), signing("sp"))), signed_app())

    assert asked.signed


@pytest.mark.parametrize(
    "xml",
    [
        enveloped(authn(), signing("stranger")),
        enveloped(authn(), signing("sp")).replace("</samlp:AuthnRequest>", f"{POLICY}</samlp:AuthnRequest>"),
        enveloped(authn(), signing("sp")).replace('URI="#_r1"', 'URI=""'),
        enveloped(authn(), signing("sp")).replace('URI="#_r1"', 'URI="#_other"'),
        enveloped(authn(), signing("sp")).replace('ID="_r1"', 'ID="_r2"'),
        enveloped(authn(), signing("sp")).replace("<ds:SignatureValue>", "<ds:SignatureValue>AAAA"),
        enveloped(authn(), signing("sp")).replace("</ds:KeyInfo>", "</ds:KeyInfo><ds:Object>evil</ds:Object>"),
    ],
    ids=["stranger", "changed", "empty-uri", "other-uri", "other-id", "value", "object"],
)
def test_a_forged_post_is_refused(xml: str) -> None:
    assert refused(by_post(xml), signed_app()) == "bad-signature"


def test_a_signed_request_around_which_another_was_wrapped_is_refused() -> None:
    signed = enveloped(authn(), signing("sp"))
    signature = signed[signed.index("<ds:Signature ") : signed.index("</ds:Signature>") + len("</ds:Signature>")]
    evil = authn(f"{signature}<samlp:Extensions>{signed}</samlp:Extensions>", request_id="_evil")

    kind = refused(by_post(evil), signed_app())

    assert kind == "bad-signature"


def test_an_embedded_signature_does_not_make_a_redirect_a_signed_one() -> None:
    demanding = signed_app(request_must_be_signed=True)

    assert refused(by_redirect(enveloped(authn(), signing("sp"))), demanding) == "unsigned"


def test_an_unsigned_request_is_refused_where_the_app_demands_a_signature() -> None:
    demanding = signed_app(request_must_be_signed=True)

    assert refused(by_redirect(authn()), demanding) == "unsigned"
    assert refused(by_post(authn()), demanding) == "unsigned"


def test_a_signature_proves_nothing_where_no_certificate_is_registered() -> None:
    asked = read(by_post(enveloped(authn(), signing("stranger"))))

    assert not asked.signed


def test_another_issuer_is_refused() -> None:
    assert refused(by_redirect(authn(issuer="https://evil.test"))) == "unknown-issuer"


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (logout(), "malformed"),
        (authn().replace('Version="2.0"', 'Version="1.1"'), "wrong-version"),
        (authn().replace('Version="2.0"', ""), "malformed"),
        (authn().replace('ID="_r1"', ""), "malformed"),
        (authn(request_id=""), "malformed"),
        (authn(request_id="a b"), "bad-id"),
        (authn(request_id="x" * 300), "bad-id"),
        (authn(issued="yesterday"), "malformed"),
        (authn(issued="9999-99-99T99:99:99Z"), "malformed"),
        (authn(AssertionConsumerServiceIndex="-1"), "malformed"),
        (authn(AssertionConsumerServiceIndex="9" * 5000), "malformed"),
        (authn(ForceAuthn="perhaps"), "malformed"),
    ],
    ids=lambda value: str(value)[-60:],
)
def test_what_is_no_request_is_refused(xml: str, expected: str) -> None:
    assert refused(by_post(xml)) == expected


def test_a_request_for_another_place_is_refused_unless_the_vendor_overlooks_it() -> None:
    message = by_redirect(authn(Destination="https://other.test/sso"))

    kind = refused(message, at=("http://localhost:8765/sso",))

    assert kind == "wrong-destination"
    assert read(message, app("entra"), errors_of("entra"), ("http://localhost:8765/sso",)).destination


def test_an_old_request_is_refused_where_the_vendor_lets_requests_expire() -> None:
    message = by_redirect(authn(issued=moment(time.time() - 2 * 86_400)))

    assert refused(message, app("entra"), errors_of("entra")) == "expired"
    assert read(message).id == "_r1"


def test_an_id_that_begins_with_a_digit_is_refused_where_the_vendor_says_so() -> None:
    message = by_redirect(authn(request_id="1a"))

    assert refused(message, app("entra"), errors_of("entra")) == "bad-id"
    assert read(message).id == "1a"


def test_a_logout_request_is_read_in_full() -> None:
    inside = "<samlp:SessionIndex>_s1</samlp:SessionIndex><samlp:SessionIndex>_s2</samlp:SessionIndex>"

    asked = inbound.logout_request(app("entra"), by_redirect(logout(inside)), time.time(), errors_of("entra"))

    assert (asked.id, asked.name_id, asked.session_indexes) == ("_l1", "ada@example.com", ("_s1", "_s2"))


def test_an_unsigned_logout_request_is_refused_where_it_must_be_signed() -> None:
    with pytest.raises(Unacceptable, match="unsigned"):
        inbound.logout_request(signed_app(), by_redirect(logout()), time.time(), ERRORS)


def test_a_signed_logout_request_is_verified() -> None:
    message = by_redirect(logout(), None, signing("sp"))

    asked = inbound.logout_request(signed_app(), message, time.time(), ERRORS)

    assert asked.signed


PROGRAM = """
import sys, time
from dataclasses import replace
from idpsim.saml import lazy_schema
from idpsim.sso.saml import inbound
assert not lazy_schema.built(), "the validator was built at import"
assert "xmlschema" not in sys.modules, "xmlschema was imported at import"
from tests.sso.saml.test_inbound import signed_app, read, enveloped, by_post, by_redirect, authn, signing
assert read(by_redirect(authn(), "state", signing("sp")), signed_app()).signed
assert not lazy_schema.built(), "a Redirect needs no validator"
assert read(by_post(enveloped(authn(), signing("sp"))), signed_app()).signed
assert lazy_schema.built()
assert "xmlsec" not in sys.modules
print("fine")
"""


def test_the_whole_path_runs_with_no_program_on_the_path_and_builds_the_validator_late() -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PATH": "", "PYTHONPATH": str(root)}

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.returncode) == ("fine\n", 0), done.stderr
