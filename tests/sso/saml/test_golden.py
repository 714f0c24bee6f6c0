"""Every kind of outgoing document, byte for byte, with fixed keys, ids and time."""

from __future__ import annotations

import pytest

from idpsim.signon.saml import STATUS, NameId
from idpsim.sso.saml import issue, logout
from idpsim.sso.saml.facts import Status
from idpsim.sso.saml.metadata import metadata
from tests.golden_files import Golden
from tests.sso.front import ACS
from tests.sso.saml.papers import ASKED, ASKED_OUT, NOW, STATED, VENDORS, app, fresh, response, signing

SETTINGS = {"okta": {**STATED, "allow_single_logout": True}, "entra": {"saml_group_claims": "all"}, "onelogin": {}}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_response_that_was_asked_for(golden: Golden, vendor: str) -> None:
    raw = response(app(vendor, **SETTINGS[vendor]))

    golden(f"{vendor}/response.xml", raw.decode())


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_response_that_nobody_asked_for(golden: Golden, vendor: str) -> None:
    raw = response(app(vendor, **SETTINGS[vendor]), asked=None)

    golden(f"{vendor}/response-idp-initiated.xml", raw.decode())


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_response_that_signs_nobody_in(golden: Golden, vendor: str) -> None:
    of = app(vendor)
    status = Status(f"{STATUS}Responder", f"{STATUS}NoPassive", "Nobody is signed in")

    raw = issue.issue(issue.failed(of, ASKED, ACS, NOW, status, fresh=fresh()), of, signing())

    golden(f"{vendor}/response-error.xml", raw.decode())


@pytest.mark.parametrize("vendor", VENDORS)
def test_metadata(golden: Golden, vendor: str) -> None:
    raw = metadata(app(vendor, **SETTINGS[vendor]), (signing(), signing("next")))

    golden(f"{vendor}/metadata.xml", raw.decode())


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_answer_to_a_logout(golden: Golden, vendor: str) -> None:
    of = app(vendor)

    raw = logout.document(logout.response(of, ASKED_OUT, NOW, fresh=fresh()), of, signing())

    golden(f"{vendor}/logout-response.xml", raw.decode())


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_logout_that_we_ask_for(golden: Golden, vendor: str) -> None:
    of = app(vendor)
    name = NameId("ada@example.com", None)

    raw = logout.document(logout.request(of, name, "_a-session", NOW, fresh=fresh()), of, signing())

    golden(f"{vendor}/logout-request.xml", raw.decode())
