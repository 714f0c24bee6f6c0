"""What each vendor's tokens and answers look like."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from idpsim.signon import Membership
from tests.golden_files import Golden
from tests.sso.front import ADA, BASE, GRACE, app
from tests.sso.oidc.flows import NOW, SCOPES, VENDORS, Flow, flow, part

RANDOM = {"jti", "at_hash", "c_hash", "rt_hash", "uti", "aio", "kid", "x5t", "x5c", "n", "nonce"}


def steady(value: Any) -> Any:
    """The same value with what is random in it made steady."""
    if isinstance(value, dict):
        return {name: "..." if name in RANDOM else steady(each) for name, each in value.items()}
    return [steady(each) for each in value] if isinstance(value, list) else value


def text(value: Any) -> str:
    return json.dumps(steady(value), indent=2) + "\n"


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_discovery_document_is_as_captured(vendor: str, golden: Golden) -> None:
    found = flow(vendor)

    answer = found.client.get(found.paths["discovery"])

    headers = [f"{name}: {answer.headers[name]}" for name in ("Content-Type", "Cache-Control")]
    golden(f"{vendor}/oidc-discovery.txt", "\n".join([*headers, "", text(answer.json)]))


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_keys_are_as_published(vendor: str, golden: Golden) -> None:
    found = flow(vendor)

    answer = found.client.get(found.paths["keys"])

    assert len(answer.json["keys"]) == 2
    golden(f"{vendor}/oidc-key.json", text(answer.json["keys"][0]))


@pytest.mark.parametrize("vendor", VENDORS)
def test_tokens_and_userinfo_are_as_captured(vendor: str, golden: Golden) -> None:
    found = flow(vendor, refresh_token_timeout=60) if vendor == "onelogin" else flow(vendor)

    answer = found.tokens()

    golden(f"{vendor}/oidc-tokens.json", _whole(found, answer))


def _whole(found: Flow, answer: dict[str, Any]) -> str:
    shown = {name: "..." if "_token" in name else value for name, value in answer.items()}
    tokens = {
        name: {"header": part(answer[name], 0), "claims": part(answer[name], 1)}
        for name in ("id_token", "access_token")
    }
    return text({"answer": shown, **tokens, "userinfo": found.userinfo(answer["access_token"]).json})


def test_a_pairwise_subject_is_the_same_in_an_app_and_another_in_another_app() -> None:
    mine, again, other = flow("entra"), flow("entra"), flow("entra")
    other.front._apps = (replace(other.app, registration=replace(other.app.registration, client_id="another")),)

    subjects = [part(each.tokens()["id_token"], 1)["sub"] for each in (mine, again)]
    elsewhere = _sub_of(other)

    assert subjects[0] == subjects[1] != elsewhere


def _sub_of(found: Flow) -> str:
    back = found.authorize(client_id="another", response_type="code")
    code = back.headers["Location"].split("code=")[1].split("&")[0]
    answer = found.client.post(
        found.paths["token"],
        data={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "https://sp.test/oidc/callback",
            "client_id": "another",
            "client_secret": "a-client-secret",
        },
    )
    sub: str = part(answer.json["id_token"], 1)["sub"]
    return sub


def test_people_have_different_subjects() -> None:
    subjects = {part(flow("entra", who).tokens()["id_token"], 1)["sub"] for who in (ADA, GRACE)}

    assert len(subjects) == 2


@pytest.mark.parametrize(("vendor", "seconds"), [("okta", 3600), ("entra", 3600), ("onelogin", 7200)])
def test_an_id_token_lives_as_long_as_the_vendor_says(vendor: str, seconds: int) -> None:
    claims = part(flow(vendor).tokens()["id_token"], 1)

    assert (claims["iat"], claims["exp"]) == (int(NOW), int(NOW) + seconds)


@pytest.mark.parametrize(
    ("filter_type", "value", "names"),
    [
        ("STARTS_WITH", "Eng", ["Engineering"]),
        ("EQUALS", "Analysts", ["Analysts"]),
        ("CONTAINS", "n", ["Engineering", "Analysts"]),
        ("REGEX", "A.*", ["Analysts"]),
        ("REGEX", "(", []),
    ],
)
def test_the_groups_claim_holds_what_its_filter_lets_through(filter_type: str, value: str, names: list[str]) -> None:
    found = flow("okta", groups_claim_filter_type=filter_type, groups_claim_filter_value=value)

    claims = part(found.tokens()["id_token"], 1)

    assert claims["groups"] == names


def test_more_than_a_hundred_groups_fail_the_request() -> None:
    many = replace(ADA, groups=tuple(Membership(str(n), f"Group {n}") for n in range(101)))

    back = flow("okta", many, groups_claim_filter_value=".*").authorize()

    assert "error=invalid_request" in back.headers["Location"]


@pytest.mark.parametrize(("count", "claim"), [(200, "groups"), (201, "_claim_names")])
def test_more_than_two_hundred_groups_become_a_pointer(count: int, claim: str) -> None:
    many = replace(ADA, groups=tuple(Membership(str(n), f"Group {n}") for n in range(count)))

    claims = part(flow("entra", many, group_membership_claims="SecurityGroup").tokens()["id_token"], 1)

    assert {"groups", "_claim_names"} & set(claims) == {claim}


def test_optional_claims_are_added() -> None:
    found = flow("entra", optional_claims_id_token=("upn", "given_name", "auth_time"))

    claims = part(found.tokens(scope="openid profile")["id_token"], 1)

    assert (claims["upn"], claims["given_name"], claims["auth_time"]) == ("ada@example.com", "Ada", int(NOW) - 60)
    assert "email" not in claims


@pytest.mark.parametrize(("version", "issuer"), [("1", "https://sts.windows.net/"), ("2", BASE)])
def test_a_token_for_the_apps_own_api_has_the_version_that_it_asks_for(version: str, issuer: str) -> None:
    found = flow("entra", requested_access_token_version=version)

    claims = part(found.tokens(scope="openid api://a-client/access_as_user")["access_token"], 1)

    assert claims["ver"] == f"{version}.0"
    assert claims["iss"].startswith(issuer)


def test_a_token_for_the_apps_own_api_is_no_good_at_userinfo() -> None:
    found = flow("entra")

    answer = found.userinfo(found.tokens(scope="openid api://a-client/access_as_user")["access_token"])

    assert answer.status_code == 401


def test_parameters_of_the_app_come_with_their_scope() -> None:
    found = flow("onelogin", oidc_app_parameters={"plan": "premium"})

    claims = part(found.tokens(scope="openid params groups")["id_token"], 1)

    assert claims["params"] == {"plan": "premium"}
    assert claims["groups"] == ["Engineering", "Analysts"]


def test_the_claims_parameter_adds_claims() -> None:
    asked = json.dumps({"id_token": {"auth_time": None, "given_name": {"essential": True}}})

    claims = part(flow("onelogin").tokens(scope="openid", claims=asked)["id_token"], 1)

    assert (claims["auth_time"], claims["given_name"]) == (int(NOW) - 60, "Ada")


@pytest.mark.parametrize("claims", ["{", "[" * 5000, "7", '{"id_token": 3}'])
def test_a_claims_parameter_that_is_none_is_passed_over(claims: str) -> None:
    back = flow("onelogin").authorize(claims=claims)

    assert "code=" in back.headers["Location"]


def test_looks_word_everything_that_can_be_wrong() -> None:
    from idpsim.signon.oidc import KINDS

    missing = {v: KINDS - set(app(v).sign_on.oidc.errors) for v in VENDORS}

    assert not any(missing.values()), missing


@pytest.mark.parametrize("vendor", VENDORS)
def test_quirks_and_settings_say_where_that_is_written(vendor: str) -> None:
    sign_on = app(vendor).sign_on

    sources = [each.source for each in (*sign_on.oidc.quirks, *sign_on.settings.values())]

    assert all(each.startswith("https://") for each in sources)
    assert SCOPES[vendor]
