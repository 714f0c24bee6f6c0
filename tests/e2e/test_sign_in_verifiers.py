"""SAML verifiers that idpsim did not write accept what its identity provider issues, with every vendor's look."""

from __future__ import annotations

from itertools import product

import pytest

from tests.e2e.signing import VENDORS, trail, visitor
from tests.e2e.verifying import (
    ADA,
    ALWAYS,
    CASES,
    SAML_VERIFIERS,
    Running,
    who,
)

# mod_auth_mellon sends its request by POST only where there is no Redirect.
SP_INITIATED = [
    (kind, case)
    for kind in SAML_VERIFIERS
    for case in CASES
    if case != "idp-initiated" and not (kind == "mod-auth-mellon" and "post" in case)
]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("kind", "case"), SP_INITIATED)
def test_a_saml_verifier_signs_the_person_in(running: Running, kind: str, case: str, vendor: str) -> None:
    sp, name = running.saml(kind), f"{vendor}-{case}"
    sp.enter(vendor, name, **{**ALWAYS[vendor], **CASES[case].settings.get(vendor, {})})

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.site.at(name, "login"))
        me = who(sp, browser, name)

    assert me["user"] == ADA


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("kind", SAML_VERIFIERS)
def test_a_sign_in_may_start_at_the_identity_provider(running: Running, kind: str, vendor: str) -> None:
    sp, name = running.saml(kind), f"{vendor}-idp-initiated"
    sp.enter(vendor, name, **ALWAYS[vendor])

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.hosted.pasted(vendor, sp.label, "saml")["launch"])
        me = who(sp, browser, name)

    assert me["user"] == ADA


@pytest.mark.parametrize("kind", SAML_VERIFIERS)
def test_a_logout_response_with_another_issuer_is_refused(running: Running, kind: str) -> None:
    vendor = "entra"
    sp, name = running.saml(kind), f"{vendor}-signed-request"
    sp.enter(vendor, name, **ALWAYS[vendor], logout_issuer="login.microsoftonline.com")

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.site.at(name, "login"))
        who(sp, browser, name)
        left = browser.go(sp.site.at(name, "logout"))
        browser.ticket = "no longer"
        again = browser.go(sp.site.at(name, "login"))

    assert left.status >= 400
    assert "idpsim-login" in again.content, "the identity provider's own session has not ended"


@pytest.mark.parametrize(("kind", "vendor"), [*product(SAML_VERIFIERS, VENDORS)])
def test_single_logout_ends_both_sessions(running: Running, kind: str, vendor: str) -> None:
    sp, name = running.saml(kind), f"{vendor}-signed-request"
    sp.enter(vendor, name, **ALWAYS[vendor])

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.site.at(name, "login"))
        who(sp, browser, name)
        left = browser.go(sp.site.at(name, "logout"))
        log = f"{trail(browser)}\n{sp.said()}"
        me = browser.go(sp.site.at(name, "me"))
        browser.ticket = "no longer"
        again = browser.go(sp.site.at(name, "login"))

    assert (left.status, me.status) == (200, 401), log
    assert "left" in left.content, log
    assert "idpsim-login" in again.content, log


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("kind", ["python3-saml", "node-saml"])
def test_after_rollover_the_new_metadata_is_needed(running: Running, kind: str, vendor: str) -> None:
    sp, name = running.saml(kind), f"{vendor}-plain"
    sp.enter(vendor, name, **ALWAYS[vendor])
    file = sp.connections[name].metadata  # type: ignore[union-attr]
    both = file.read_bytes().count(b"X509Certificate>") >= 4 and vendor == "entra"
    try:
        sp.hosted.provider.roll(vendor, sp.label, "saml")
        with visitor(sp.hosted, vendor) as browser:
            browser.go(sp.site.at(name, "login"))
            before = browser.go(sp.site.at(name, "me")).status
        sp.hosted.metadata(vendor, sp.label)
        with visitor(sp.hosted, vendor) as browser:
            browser.go(sp.site.at(name, "login"))
            after = who(sp, browser, name)
    finally:
        sp.hosted.provider.roll(vendor, sp.label, "saml")
        sp.hosted.metadata(vendor, sp.label)

    assert before == (200 if both else 401)
    assert after["user"] == ADA


@pytest.mark.parametrize("vendor", VENDORS)
def test_python3_saml_hears_that_nobody_is_signed_in_where_it_asks_passively(running: Running, vendor: str) -> None:
    sp, name = running.saml("python3-saml"), f"{vendor}-plain"
    sp.enter(vendor, name, **ALWAYS[vendor])

    with visitor(sp.hosted, vendor) as browser:
        answer = browser.go(sp.site.at(name, "login") + "?passive=1")

    assert answer.status == 403
    assert "NoPassive" in answer.json["refused"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_python3_saml_gets_a_new_login_where_it_forces_one(running: Running, vendor: str) -> None:
    sp, name = running.saml("python3-saml"), f"{vendor}-plain"
    sp.enter(vendor, name, **ALWAYS[vendor])

    with visitor(sp.hosted, vendor) as browser:
        browser.go(sp.site.at(name, "login"))
        browser.ticket = "wrong"
        at_once = browser.go(sp.site.at(name, "login"))
        forced = browser.go(sp.site.at(name, "login") + "?force=1")

    assert at_once.json["user"] == ADA
    assert "idpsim-login" in forced.content
