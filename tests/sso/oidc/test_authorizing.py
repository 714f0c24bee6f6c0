"""The authorization endpoint: what it refuses, where it refuses it, and what it asks again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sso.oidc.flows import CALLBACK, CHALLENGE, NOW, TENANT, VENDORS, came_back, flow, part

NEAR = [
    CALLBACK + "/",
    CALLBACK + "?x=1",
    CALLBACK + "#x",
    CALLBACK.upper(),
    "http://sp.test/oidc/callback",
    "https://sp.test:443/oidc/callback",
    "https://sp.test/oidc/callback/../evil",
    "https://sp.test/oidc/%63allback",
    "https://sp.test.attacker.test/oidc/callback",
    "https://sp.test@attacker.test/oidc/callback",
    "https://attacker.test/?https://sp.test/oidc/callback",
    "//sp.test/oidc/callback",
    "javascript:alert(1)",
    " " + CALLBACK,
    CALLBACK + "\r\nX: y",
    "\x00" + CALLBACK,
    "https://sp.test/oidc/callback\\@attacker.test",
]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("redirect_uri", NEAR)
def test_a_near_miss_of_the_redirect_uri_is_an_error_page_and_never_a_redirect(vendor: str, redirect_uri: str) -> None:
    answer = flow(vendor).authorize(redirect_uri=redirect_uri)

    assert answer.status_code == 400
    assert "Location" not in answer.headers
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("vendor", "words"),
    [
        ("okta", "must be a Login redirect URI in the client app settings"),
        ("entra", "AADSTS50011"),
        ("onelogin", "redirect_uri did not match any client's registered redirect_uris"),
    ],
)
def test_the_error_page_is_the_vendors(vendor: str, words: str) -> None:
    answer = flow(vendor).authorize(redirect_uri="https://attacker.test/")

    assert words in answer.text.replace("&#39;", "'")


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("missing", ["client_id", "redirect_uri"])
def test_without_a_client_or_an_address_there_is_no_redirect(vendor: str, missing: str) -> None:
    answer = flow(vendor).authorize(**{missing: None})

    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_unknown_client_is_told_so_and_not_sent_anywhere(vendor: str) -> None:
    answer = flow(vendor).authorize(client_id="<script>alert(1)</script>")

    assert (answer.status_code, answer.headers.get("Location")) == (400, None)
    assert "<script>alert" not in answer.text or answer.mimetype == "application/json"


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "password"}, "unsupported_response_type"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "S512"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
        ({"code_challenge_method": "S256"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "whatever"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "9" * 400}, "invalid_request"),
        ({"response_mode": "carrier_pigeon"}, None),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, None),
        ({"request_uri": "http://169.254.169.254/"}, None),
    ],
)
def test_what_is_wrong_is_sent_back_with_the_state(vendor: str, more: dict[str, Any], error: str | None) -> None:
    params = came_back(flow(vendor).authorize(**more))

    assert params["state"] == "a-state"
    assert "code" not in params
    assert error is None or params["error"] == error


@pytest.mark.parametrize("vendor", ["okta", "onelogin"])
def test_a_plain_challenge_is_refused(vendor: str) -> None:
    asked = [{"code_challenge_method": "plain"}, {}]

    errors = [came_back(flow(vendor).authorize(code_challenge="c" * 43, **more))["error"] for more in asked]

    assert errors == ["invalid_request", "invalid_request"]


def test_a_plain_challenge_is_taken_where_the_vendor_takes_it() -> None:
    found = flow("entra")

    answer = found.redeem(found.code(code_challenge="c" * 43), code_verifier="c" * 43)

    assert answer.status_code == 200


def test_state_is_required_where_the_vendor_requires_it() -> None:
    answers = {vendor: came_back(flow(vendor).authorize(state=None)) for vendor in VENDORS}

    assert [vendor for vendor, params in answers.items() if "error" in params] == ["okta"]


@pytest.mark.parametrize(
    ("vendor", "settings"),
    [
        ("okta", {"pkce_required": True}),
        ("okta", {"application_type": "browser"}),
        ("entra", {"reply_url_type": "Spa"}),
        ("onelogin", {"token_endpoint_authentication_method": "NONE (PKCE)"}),
    ],
)
def test_a_challenge_is_required_of_who_must_send_one(vendor: str, settings: dict[str, Any]) -> None:
    params = came_back(flow(vendor, **settings).authorize())

    assert params["error"] == "invalid_request"


@pytest.mark.parametrize("vendor", VENDORS)
def test_prompt_none_without_a_session_is_login_required(vendor: str) -> None:
    params = came_back(flow(vendor, None).authorize(prompt="none"))

    assert (params["error"], params["state"]) == ("login_required", "a-state")


@pytest.mark.parametrize("vendor", VENDORS)
def test_prompt_none_with_a_session_gives_a_code(vendor: str) -> None:
    assert "code" in came_back(flow(vendor).authorize(prompt="none"))


@pytest.mark.parametrize("vendor", VENDORS)
def test_prompt_none_with_too_old_a_session_is_login_required(vendor: str) -> None:
    params = came_back(flow(vendor).authorize(prompt="none", max_age="30"))

    assert params["error"] == "login_required"


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "more", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "30"}, {"max_age": "0"}]
)
def test_a_fresh_login_is_asked_for(vendor: str, more: dict[str, str]) -> None:
    assert "Sign in" in flow(vendor).authorize(**more).text


def test_a_session_that_is_young_enough_needs_no_login() -> None:
    claims = part(flow("onelogin").tokens(max_age="90")["id_token"], 1)

    assert claims["auth_time"] == int(NOW) - 60


def test_acr_values_ask_for_the_password_again() -> None:
    found = flow("onelogin")
    page = found.authorize(acr_values="onelogin:nist:level:1:re-auth")

    code = found.client.post("/_login").headers["Location"].split("code=")[1].split("&")[0]

    assert "Sign in" in page.text
    assert part(found.redeem(code).json["id_token"], 1)["acr"] == "onelogin:nist:level:1:re-auth"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_form_posts_itself_with_everything_escaped(vendor: str) -> None:
    answer = flow(vendor).authorize(response_mode="form_post", state='"><script>alert(1)</script>')

    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert f'action="{CALLBACK}"' in answer.text
    assert "<script>alert" not in answer.text


def test_a_fragment_is_used_when_asked_for() -> None:
    answer = flow("okta").authorize(response_mode="fragment")

    assert answer.headers["Location"].startswith(f"{CALLBACK}#code=")


IMPLICIT = {
    "okta": {"oidc_grant_types": ("authorization_code", "implicit")},
    "entra": {"oauth2_allow_id_token_implicit_flow": True, "oauth2_allow_implicit_flow": True},
    "onelogin": {},
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_id_token_comes_in_the_fragment_where_the_app_allows_it(vendor: str) -> None:
    answer = flow(vendor, **IMPLICIT[vendor]).authorize(response_type="id_token token")

    claims = part(came_back(answer)["id_token"], 1)
    assert "#" in answer.headers["Location"]
    assert claims["nonce"] == "a-nonce"
    assert "at_hash" in claims


@pytest.mark.parametrize("vendor", ["okta", "entra"])
def test_a_code_comes_with_an_id_token_that_has_its_hash(vendor: str) -> None:
    params = came_back(flow(vendor, **IMPLICIT[vendor]).authorize(response_type="id_token code"))

    assert "code" in params
    assert "c_hash" in part(params["id_token"], 1)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_id_token_from_here_needs_a_nonce(vendor: str) -> None:
    params = came_back(flow(vendor, **IMPLICIT[vendor]).authorize(response_type="id_token", nonce=None))

    assert params["error"] == "invalid_request"


@pytest.mark.parametrize("vendor", VENDORS)
def test_tokens_never_come_in_the_query(vendor: str) -> None:
    answer = flow(vendor, **IMPLICIT[vendor]).authorize(response_type="id_token", response_mode="query")

    assert "id_token=" not in answer.headers["Location"]


@pytest.mark.parametrize("vendor", ["okta", "entra"])
def test_the_implicit_flow_is_off_unless_the_app_has_it(vendor: str) -> None:
    params = came_back(flow(vendor).authorize(response_type="id_token"))

    assert params["error"] in ("unauthorized_client", "unsupported_response")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_parameter_that_comes_twice_is_refused(vendor: str) -> None:
    found = flow(vendor)
    query = f"client_id=a-client&redirect_uri={CALLBACK}&response_type=code&scope=openid&state=a&state=b"

    answer = found.client.get(f"{found.paths['authorize']}?{query}")

    assert came_back(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_redirect_uri_that_comes_twice_is_no_redirect(vendor: str) -> None:
    found = flow(vendor)
    query = f"client_id=a-client&redirect_uri={CALLBACK}&redirect_uri=https://attacker.test&response_type=code"

    answer = found.client.get(f"{found.paths['authorize']}?{query}")

    assert (answer.status_code, answer.headers.get("Location")) == (400, None)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(
    "query",
    ["%00%ff%fe", "a=%", "&&&&", "=" * 1000, "a=b&" * 5000, "client_id=" + "x" * 100_000, "client_id=%ed%a0%80"],
)
def test_junk_is_an_error_page(vendor: str, query: str) -> None:
    found = flow(vendor)

    answer = found.client.get(f"{found.paths['authorize']}?{query}")

    assert answer.status_code in (400, 413)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_state_of_any_letters_comes_back_as_it_was(vendor: str) -> None:
    state = "ü\r\nSet-Cookie: a=b&code=x#\u2028\U0001f600"

    answer = flow(vendor).authorize(state=state)

    assert came_back(answer)["state"] == state
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_authorization_request_may_be_posted(vendor: str) -> None:
    found = flow(vendor)
    form = {"client_id": "a-client", "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "state": "s"}

    answer = found.client.post(found.paths["authorize"], data=form)

    assert "code" in came_back(answer)


@pytest.mark.parametrize(
    ("vendor", "path", "error"),
    [
        ("okta", "/oauth2/nosuch/v1/authorize", "E0000007"),
        ("okta", "/oauth2/nosuch/.well-known/openid-configuration", "E0000007"),
        ("entra", "/nosuch/oauth2/v2.0/authorize", "AADSTS90002"),
        ("entra", "/nosuch/v2.0/.well-known/openid-configuration", "AADSTS90002"),
        ("onelogin", "/oidc/2/nosuch", "unrecognized route or not allowed method"),
    ],
)
def test_a_server_that_does_not_exist_is_answered_in_the_vendors_shape(vendor: str, path: str, error: str) -> None:
    answer = flow(vendor).client.get(path)

    assert answer.status_code in (400, 404)
    assert error in answer.text


def test_common_has_the_placeholder_in_its_issuer_and_the_tenant_in_its_tokens() -> None:
    found = flow("entra")

    document = found.client.get("/common/v2.0/.well-known/openid-configuration").json

    assert document["issuer"].endswith("/{tenantid}/v2.0")
    assert part(found.tokens()["id_token"], 1)["iss"].endswith(f"/{TENANT}/v2.0")
