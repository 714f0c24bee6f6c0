"""The token endpoint: codes, refresh tokens, clients, and what is refused."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sso.oidc.flows import CALLBACK, CHALLENGE, CLIENT, NOW, SECRET, VENDORS, VERIFIER, basic, flow, part

POSTED = {"client_id": CLIENT, "client_secret": SECRET}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_code_is_good_once_and_its_second_use_revokes_what_came_of_it(vendor: str) -> None:
    found = flow(vendor)
    code = found.code()
    token = found.redeem(code).json["access_token"]
    before = found.userinfo(token).status_code

    again = found.redeem(code)

    assert (before, again.status_code, again.json["error"]) == (200, 400, "invalid_grant")
    assert found.userinfo(token).status_code == 401


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_second_use_of_a_code_revokes_the_refresh_token_too(vendor: str) -> None:
    found = flow(vendor, refresh_token_timeout=60) if vendor == "onelogin" else flow(vendor)
    code = found.code()
    refresh = found.redeem(code).json["refresh_token"]
    found.redeem(code)

    answer = found.ask(grant_type="refresh_token", refresh_token=refresh)

    assert answer.json["error"] == "invalid_grant"


@pytest.mark.parametrize(("vendor", "seconds"), [("okta", 60), ("entra", 600), ("onelogin", 60)])
def test_a_code_expires(vendor: str, seconds: int) -> None:
    found = flow(vendor)
    code = found.code()
    found.front.at = NOW + seconds

    answer = found.redeem(code)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_code_belongs_to_its_address(vendor: str) -> None:
    found = flow(vendor)

    answer = found.ask(grant_type="authorization_code", code=found.code(), redirect_uri=CALLBACK + "/")

    assert answer.status_code == 400
    assert answer.json["error"] == ("invalid_client" if vendor == "entra" else "invalid_grant")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_code_is_not_burnt_by_another_client(vendor: str) -> None:
    from dataclasses import replace

    found = flow(vendor)
    other = replace(found.app, label="other", registration=replace(found.app.registration, client_id="other"))
    found.front._apps = (*found.front._apps, other)
    code = found.code()

    answers = [
        found.ask(basic("other"), grant_type="authorization_code", code=code, redirect_uri=CALLBACK),
        found.redeem(code),
    ]

    assert [each.status_code for each in answers] == [400, 200]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("verifier", [None, "w" * 43, CHALLENGE, "short", "v" * 44])
def test_a_challenge_wants_its_verifier(vendor: str, verifier: str | None) -> None:
    found = flow(vendor)
    code = found.code(code_challenge=CHALLENGE, code_challenge_method="S256")

    answer = found.redeem(code, **({} if verifier is None else {"code_verifier": verifier}))

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_right_verifier_is_taken(vendor: str) -> None:
    found = flow(vendor)
    code = found.code(code_challenge=CHALLENGE, code_challenge_method="S256")

    assert found.redeem(code, code_verifier=VERIFIER).status_code == 200


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_verifier_without_a_challenge_is_a_downgrade_and_refused(vendor: str) -> None:
    found = flow(vendor)

    answer = found.redeem(found.code(), code_verifier=VERIFIER)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("vendor", "status", "error"),
    [("okta", 401, "invalid_client"), ("entra", 401, "invalid_client"), ("onelogin", 401, "invalid_client")],
)
def test_a_wrong_secret_is_refused(vendor: str, status: int, error: str) -> None:
    found = flow(vendor)

    answer = found.ask(basic(secret="wrong"), grant_type="authorization_code", code=found.code(), redirect_uri=CALLBACK)

    assert (answer.status_code, answer.json["error"]) == (status, error)
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("vendor", "words"),
    [("okta", "No client credentials found."), ("entra", "AADSTS900144"), ("onelogin", "no client authentication")],
)
def test_no_client_at_all_is_told_in_the_vendors_words(vendor: str, words: str) -> None:
    answer = flow(vendor).ask({}, grant_type="authorization_code", code="x")

    assert words in answer.json["error_description"]


def test_a_client_without_a_secret_is_told_that_it_is_missing() -> None:
    answers = {v: flow(v).ask({}, grant_type="authorization_code", code="x", client_id=CLIENT) for v in VENDORS}

    assert answers["okta"].json["error_description"] == "No client credentials found."
    assert "AADSTS7000218" in answers["entra"].json["error_description"]
    assert answers["onelogin"].json["error"] == "invalid_request"


def test_both_ways_to_authenticate_at_once_are_refused_where_the_vendor_refuses_them() -> None:
    answers = {}
    for vendor in VENDORS:
        found = flow(vendor)
        form = {"grant_type": "authorization_code", "code": found.code(), "redirect_uri": CALLBACK, **POSTED}
        answers[vendor] = found.ask(**form)

    assert answers["onelogin"].json == {
        "error": "invalid_request",
        "error_description": "client authentication must only be provided using one mechanism",
    }
    assert answers["okta"].json["error_description"].startswith("Cannot supply multiple client credentials.")
    assert answers["entra"].status_code == 200


@pytest.mark.parametrize(("method", "statuses"), [("BASIC", [200, 401]), ("POST", [401, 200])])
def test_the_client_must_authenticate_in_its_one_way(method: str, statuses: list[int]) -> None:
    found = flow("onelogin", token_endpoint_authentication_method=method)
    form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}

    answers = [found.ask(code=found.code(), **form), found.ask({}, code=found.code(), **form, **POSTED)]

    assert [each.status_code for each in answers] == statuses


PUBLIC: list[tuple[str, dict[str, Any], dict[str, str]]] = [
    ("okta", {"application_type": "browser"}, {}),
    ("entra", {"reply_url_type": "Spa"}, {"Origin": "https://sp.test"}),
    ("onelogin", {"token_endpoint_authentication_method": "NONE (PKCE)"}, {}),
]


@pytest.mark.parametrize(("vendor", "settings", "headers"), PUBLIC)
def test_a_public_client_has_its_verifier_alone(vendor: str, settings: Any, headers: Any) -> None:
    found = flow(vendor, **settings)
    code = found.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    form = {"code": code, "redirect_uri": CALLBACK, "client_id": CLIENT, "code_verifier": VERIFIER}

    answer = found.ask(headers, grant_type="authorization_code", **form)

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("vendor", "settings", "headers"), PUBLIC)
def test_a_public_client_that_sends_a_secret_is_refused(vendor: str, settings: Any, headers: Any) -> None:
    found = flow(vendor, **settings)

    answer = found.ask(headers, grant_type="authorization_code", code="x", **POSTED)

    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_a_single_page_app_must_redeem_across_origins() -> None:
    found = flow("entra", reply_url_type="Spa")
    form = {"code": "x", "redirect_uri": CALLBACK, "client_id": CLIENT, "code_verifier": VERIFIER}

    answer = found.ask({}, grant_type="authorization_code", **form)

    assert answer.json["error_codes"] == [9002327]


def test_the_apps_own_origin_may_read_the_answer() -> None:
    answers = [flow("okta").ask({"Origin": origin}) for origin in ("https://sp.test", "https://attacker.test")]

    assert [each.headers.get("Access-Control-Allow-Origin") for each in answers] == ["https://sp.test", None]


def test_a_static_refresh_token_stays_the_same() -> None:
    found = flow("okta")
    refresh = found.tokens()["refresh_token"]

    answers = [found.ask(grant_type="refresh_token", refresh_token=refresh).json for _ in range(3)]

    assert {each["refresh_token"] for each in answers} == {refresh}
    assert all("nonce" not in part(each["id_token"], 1) for each in answers)


def test_a_rotated_refresh_token_is_good_within_its_leeway_and_then_revokes_all() -> None:
    found = flow("okta", refresh_token_rotation="ROTATE")
    old = found.tokens()["refresh_token"]
    new = found.ask(grant_type="refresh_token", refresh_token=old).json
    found.front.at = NOW + 30
    within = found.ask(grant_type="refresh_token", refresh_token=old)
    found.front.at = NOW + 31

    after = found.ask(grant_type="refresh_token", refresh_token=old)

    assert new["refresh_token"] != old
    assert (within.status_code, after.status_code) == (200, 400)
    assert found.ask(grant_type="refresh_token", refresh_token=new["refresh_token"]).json["error"] == "invalid_grant"
    assert found.userinfo(new["access_token"]).status_code == 401


def test_an_old_refresh_token_stays_good_beside_the_new_one() -> None:
    found = flow("entra")
    old = found.tokens()["refresh_token"]
    new = found.ask(grant_type="refresh_token", refresh_token=old).json["refresh_token"]

    answers = [found.ask(grant_type="refresh_token", refresh_token=each) for each in (old, new, old)]

    assert old != new
    assert [each.status_code for each in answers] == [200, 200, 200]


def test_a_refresh_token_dies_when_it_is_not_used() -> None:
    found = flow("okta")
    refresh = found.tokens()["refresh_token"]
    for day in (6, 12):
        found.front.at = NOW + day * 86400
        assert found.ask(grant_type="refresh_token", refresh_token=refresh).status_code == 200
    found.front.at = NOW + 20 * 86400

    answer = found.ask(grant_type="refresh_token", refresh_token=refresh)

    assert answer.json["error"] == "invalid_grant"


def test_a_single_page_apps_refresh_token_ends_after_a_day_however_often_it_is_used() -> None:
    found = flow("entra", reply_url_type="Spa")
    code = found.code(code_challenge=CHALLENGE, code_challenge_method="S256")
    across, form = {"Origin": "https://sp.test"}, {"client_id": CLIENT}
    redeemed = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER, **form}
    first = found.ask(across, grant_type="authorization_code", **redeemed).json["refresh_token"]
    found.front.at = NOW + 80_000
    second = found.ask(across, grant_type="refresh_token", refresh_token=first, **form).json["refresh_token"]
    found.front.at = NOW + 86_400

    answer = found.ask(across, grant_type="refresh_token", refresh_token=second, **form)

    assert answer.json["error_codes"] == [700082]


def test_refresh_tokens_come_with_the_setting_and_offline_access_is_an_error() -> None:
    without, with_timeout = flow("onelogin"), flow("onelogin", refresh_token_timeout=60)
    refused = flow("onelogin").authorize(scope="openid offline_access").headers["Location"]

    given = [("refresh_token" in each.tokens()) for each in (without, with_timeout)]

    assert given == [False, True]
    assert "error=invalid_scope" in refused


@pytest.mark.parametrize("vendor", ["okta", "entra"])
def test_without_offline_access_there_is_no_refresh_token(vendor: str) -> None:
    assert "refresh_token" not in flow(vendor).tokens(scope="openid profile")


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_refresh_gives_no_more_than_was_granted(vendor: str) -> None:
    found = flow(vendor, refresh_token_timeout=60) if vendor == "onelogin" else flow(vendor)
    refresh = found.tokens()["refresh_token"]

    answer = found.ask(grant_type="refresh_token", refresh_token=refresh, scope="openid phone")

    assert answer.json["error"] == "invalid_scope"


@pytest.mark.parametrize(
    ("vendor", "scope", "subject"), [("okta", "api", CLIENT), ("onelogin", "openid", CLIENT), ("entra", None, None)]
)
def test_a_client_speaks_for_itself(vendor: str, scope: str | None, subject: str | None) -> None:
    found = flow(vendor)

    answer = found.ask(grant_type="client_credentials", scope=scope or "api://a-client/.default")

    claims = part(answer.json["access_token"], 1)
    assert subject is None or claims["sub"] == subject
    assert not {"id_token", "refresh_token"} & set(answer.json)
    assert found.userinfo(answer.json["access_token"]).status_code == 401


@pytest.mark.parametrize(
    ("vendor", "scope", "words"),
    [
        ("okta", "", "does not have any configured default scopes"),
        ("okta", "openid", "One or more scopes are not configured"),
        ("entra", "openid", "AADSTS1002012"),
        ("onelogin", "everything", "invalid scope value"),
    ],
)
def test_a_client_asks_for_scopes_that_there_are(vendor: str, scope: str, words: str) -> None:
    answer = flow(vendor).ask(grant_type="client_credentials", scope=scope)

    assert answer.json["error"] == "invalid_scope"
    assert words in answer.json["error_description"]


JUNK: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"data": b""}, {}),
    ({"data": b"\xff\xfe\x00=%zz&&&"}, {"Content-Type": "application/x-www-form-urlencoded"}),
    ({"data": b"{}"}, {"Content-Type": "application/json"}),
    ({"data": b"grant_type=authorization_code&grant_type=refresh_token&code=x"}, {}),
    ({"data": b"a=b&" * 300}, {}),
    ({"data": b"grant_type=" + b"x" * 70_000}, {}),
    ({"data": {"grant_type": "password", "username": "ada", "password": "x"}}, {}),
    ({"data": {"grant_type": "authorization_code", "code": "\x00\u202e"}}, {}),
    ({"data": {"grant_type": "refresh_token", "refresh_token": "x"}}, {}),
    ({"data": {"grant_type": "refresh_token"}}, {}),
    ({"data": {"grant_type": "authorization_code"}}, {}),
    ({"data": {"grant_type": "authorization_code", "code": "x"}}, {"Authorization": "Basic ####"}),
    ({"data": {"grant_type": "authorization_code", "code": "x"}}, {"Authorization": "Basic /////w=="}),
    ({"data": {"grant_type": "authorization_code", "code": "x"}}, {"Authorization": "Basic"}),
    ({"data": {"grant_type": "authorization_code", "code": "x"}}, {"Authorization": "Bearer x"}),
    ({"data": {"grant_type": "authorization_code", "code": "x"}}, {"Authorization": "Basic Og=="}),
    ({"data": b"x", "content_type": "multipart/form-data; boundary="}, {}),
]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("sent", "headers"), JUNK)
def test_junk_is_answered_with_an_error_in_json(vendor: str, sent: dict[str, Any], headers: dict[str, str]) -> None:
    found = flow(vendor)
    kind = (
        {}
        if headers.get("Content-Type") or "content_type" in sent or isinstance(sent["data"], dict)
        else {"content_type": "application/x-www-form-urlencoded"}
    )

    answer = found.client.post(found.paths["token"], headers={**basic(), **headers}, **sent, **kind)

    assert 400 <= answer.status_code < 500
    assert answer.json["error"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_token_endpoint_is_not_for_reading(vendor: str) -> None:
    found = flow(vendor)

    answer = found.client.get(found.paths["token"], headers=basic())

    assert 400 <= answer.status_code < 500
    assert answer.json["error"] == "invalid_request"


def test_an_error_can_be_traced() -> None:
    answer = flow("entra").redeem("nonsense").json

    assert list(answer) == [
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    ]
    assert answer["trace_id"] in answer["error_description"]


@pytest.mark.parametrize("vendor", VENDORS)
def test_answers_are_not_to_be_kept(vendor: str) -> None:
    found = flow(vendor)

    answer = found.redeem(found.code())

    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize("vendor", ["okta", "onelogin"])
def test_a_token_can_be_asked_about_and_revoked(vendor: str) -> None:
    found = flow(vendor)
    token = found.tokens()["access_token"]

    before = found.client.post(found.paths["introspect"], data={"token": token}, headers=basic()).json
    revoked = found.client.post(found.paths["revoke"], data={"token": token}, headers=basic())
    after = found.client.post(found.paths["introspect"], data={"token": token}, headers=basic()).json

    assert (before["active"], before["client_id"], revoked.status_code) == (True, CLIENT, 200)
    assert after == {"active": False}
    assert found.userinfo(token).status_code == 401


@pytest.mark.parametrize("vendor", ["okta", "onelogin"])
def test_only_a_client_may_ask_about_tokens(vendor: str) -> None:
    found = flow(vendor)

    answer = found.client.post(found.paths["introspect"], data={"token": "x", "client_id": CLIENT})

    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\u00ff" * 10])
def test_a_bad_access_token_is_refused_in_the_vendors_shape(vendor: str, token: str) -> None:
    found = flow(vendor)

    answer = found.client.get(
        found.paths["userinfo"], headers={"Authorization": f"Bearer {token}".encode().decode("latin-1")}
    )

    assert answer.status_code in (400, 401)


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_access_token_expires(vendor: str) -> None:
    found = flow(vendor)
    token = found.tokens()["access_token"]
    found.front.at = NOW + 3600

    assert found.userinfo(token).status_code == 401


def test_an_access_token_for_the_vendors_own_api_verifies_for_nobody() -> None:
    from idpsim.sso.oidc.signing import verified
    from tests.sso.front import signing

    answer = flow("entra").tokens()

    assert verified(answer["access_token"], (signing("oidc"),)) is None
    assert verified(answer["id_token"], (signing("oidc"),)) is not None


def test_basic_credentials_may_be_percent_encoded() -> None:
    found = flow("okta")
    encoded = base64.b64encode(b"a%2Dclient:a%2Dclient-secret").decode()

    answer = found.ask(
        {"Authorization": f"Basic {encoded}"}, grant_type="authorization_code", code=found.code(), redirect_uri=CALLBACK
    )

    assert answer.status_code == 200


def test_a_public_client_may_do_without_a_challenge_where_the_vendor_lets_it() -> None:
    found = flow("entra", reply_url_type="InstalledClient")
    form = {"code": found.code(), "redirect_uri": CALLBACK, "client_id": CLIENT}

    answer = found.ask({}, grant_type="authorization_code", **form)

    assert answer.status_code == 200
