"""Signing out, and where the browser may go then."""

from __future__ import annotations

import pytest

from tests.sso.oidc.flows import CALLBACK, NOW, VENDORS, Flow, flow

GOODBYE = "https://sp.test/goodbye"


def leave(found: Flow, **query: str) -> tuple[int, str | None]:
    answer = found.client.get(found.paths["logout"], query_string=query)
    return answer.status_code, answer.headers.get("Location")


@pytest.mark.parametrize("vendor", VENDORS)
def test_signing_out_ends_the_session_and_goes_back_with_the_state(vendor: str) -> None:
    found = flow(vendor)
    hint = found.tokens()["id_token"]

    left = leave(found, id_token_hint=hint, post_logout_redirect_uri=GOODBYE, state="x y")

    assert left == (302, f"{GOODBYE}?state=x+y")
    assert found.front.signed_in is None


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("uri", [GOODBYE + "/", "https://attacker.test/", "javascript:alert(1)", "//sp.test/goodbye"])
def test_nobody_is_sent_to_an_address_that_is_not_registered(vendor: str, uri: str) -> None:
    found = flow(vendor)
    hint = found.tokens()["id_token"]

    status, location = leave(found, id_token_hint=hint, post_logout_redirect_uri=uri)

    assert location is None
    assert status == (200 if vendor == "entra" else 400)


def test_a_hint_is_mandatory_where_the_vendor_says_so() -> None:
    statuses = {vendor: leave(flow(vendor))[0] for vendor in VENDORS}

    assert statuses == {"okta": 400, "entra": 200, "onelogin": 200}


@pytest.mark.parametrize("hint", ["junk", "a.b.c", "eyJhbGciOiJub25lIn0.e30."])
def test_a_hint_that_nobody_here_has_signed_ends_nothing(hint: str) -> None:
    found = flow("okta")

    left = leave(found, id_token_hint=hint, post_logout_redirect_uri=GOODBYE)

    assert left == (400, None)
    assert found.front.signed_in is not None


def test_an_expired_hint_is_refused() -> None:
    found = flow("okta")
    hint = found.tokens()["id_token"]
    found.front.at = NOW + 3600

    assert leave(found, id_token_hint=hint) == (400, None)


def test_a_redirect_uri_of_the_app_will_do_where_the_vendor_has_no_other_list() -> None:
    assert leave(flow("entra"), post_logout_redirect_uri=CALLBACK) == (302, CALLBACK)


def test_signing_out_may_be_posted() -> None:
    found = flow("okta")

    answer = found.client.post(found.paths["logout"], data={"id_token_hint": found.tokens()["id_token"]})

    assert answer.status_code == 200
    assert found.front.signed_in is None
