"""The embedded service provider with one mistake each: the hardening scenario reports what it lets through, no more."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from idpsim.api import Playing, load
from idpsim.scenario.results import RunResult
from idpsim.signing.keyring import Keyring
from idpsim.sp import Switches
from idpsim.sso.tamper.catalogue import entries
from tests.e2e.attacking import reported, run
from tests.e2e.playing import ROOT
from tests.e2e.signing import VENDORS

# No switch is about them; some take seconds, or megabytes.
ASIDE = {each.name for each in entries().values() if each.group in ("status", "metadata", "published")}
STATUS = {each.name for each in entries().values() if each.group == "status"}
ASIDE |= {"slow", "cut", "huge_attribute", "huge_group_list", "deflated_post_bomb", "billion_laughs"}
KEYRING = Keyring(folder="nowhere")
HONEST = "nothing falsified"
FORGED_SAML = (
    "unsigned stripped_assertion wrong_key wrong_key_right_cert self_made_cert_in_keyinfo md5 "
    "hmac_sha256_with_public_cert tampered duplicate_id digest_in_status_detail digest_in_comment two_signedinfo "
    "xslt_transform xsw1 xsw7 xsw8 parser_differential_namespace void_canonicalization pi_in_nameid"
)
FORGED_OIDC = (
    "alg_none alg_none_mixed_case id_token_stripped hs256_with_public_key id_token_wrong_key id_token_tampered "
    "unknown_kid key_unpublished embedded_jwk embedded_x5c jku_header x5u_header"
)
LETS_IN = {
    "sso_ignores_signature": FORGED_SAML,
    "sso_trusts_any_key": "wrong_key self_made_cert_in_keyinfo",
    "sso_first_assertion": "duplicate_id xsw1 xsw3 xsw7 xsw8",
    "sso_truncates_at_comment": "comment_in_nameid",
    "sso_ignores_issuer": "wrong_issuer_response wrong_issuer_assertion wrong_issuer_both",
    "sso_ignores_time": "expired expired_confirmation not_yet_valid edge_skew_outside",
    "sso_ignores_audience": "wrong_audience no_audience",
    # The Destination, which is compared still, keeps the others out.
    "sso_ignores_recipient": "wrong_recipient no_subject_confirmation non_bearer",
    "sso_ignores_destination": "wrong_destination",
    "sso_ignores_in_response_to": (
        "wrong_inresponseto_response wrong_inresponseto_confirmation wrong_inresponseto_both"
    ),
    "sso_follows_relay_state": "relay_state_open_redirect relay_state_javascript",
    "oidc_ignores_signature": FORGED_OIDC,
    "oidc_accepts_none": "alg_none alg_none_mixed_case",
    "oidc_accepts_hs256": "hs256_with_public_key",
    "oidc_trusts_header_key": "embedded_jwk embedded_x5c",
    "oidc_ignores_issuer": "wrong_iss iss_trailing_slash",
    "oidc_ignores_audience": "wrong_aud aud_array_extra missing_azp",
    "oidc_ignores_expiry": "oidc_expired missing_exp nbf_future",
    "oidc_ignores_nonce": "wrong_nonce missing_nonce",
    "oidc_ignores_state": "state_mismatch state_missing code_injected",
    "oidc_ignores_subject": "wrong_sub_in_userinfo",
}
# What lets nobody in who had to stay out.
HARMLESS = {
    "sso_ignores_status": True,  # a failure has no assertion: there is nobody to let in
    "sso_accepts_replay": True,  # the request is answered already; see the sign-in below, which nobody has asked for
    "sso_sha1": True,  # the service provider's to allow
    "oidc_ignores_at_hash": True,  # optional in the code flow
    "sso_admits_inactive": True,  # nobody leaves; sso-leaver.yaml is about that
    "sso_keeps_sessions": True,
}
CHOICES = {"sso_unsolicited": False, "sso_match": "email"}
ACCOUNTS = ("sso_second_account", "sso_session_of_first_user")
REPLAYS = {"replay", "same_assertion_new_response"}
UNASKED = """
sso: {protocol: saml, victim: grace}
directory:
  people: {ada: {userName: ada@example.com}, grace: {userName: grace@example.com}}
steps:
  - {sign-in: ada, start: idp, expect: signed-in}
  - {sign-in: ada, start: idp, tamper: replay}
  - {sign-in: ada, start: idp, tamper: same_assertion_new_response}
"""
# Where only the assertion is signed, its Response may be wrapped around anything.
ASSERTION_SIGNED = {"sso_ignores_signature": {"xsw2"}, "sso_first_assertion": {"xsw2"}}


def attacked(vendor: str, protocol: str | None, embedded: dict[str, Any]) -> RunResult:
    """The hardening scenario, what stands aside left out; over one protocol, or both."""
    script = load(ROOT / "scenarios/sso-hardening.yaml", idp=[vendor]).script(vendor)
    aside = ASIDE - STATUS if "sso_ignores_status" in embedded else ASIDE
    steps = [each for each in script.steps if each.arguments.get("tamper") not in aside]
    chosen = [each for each in steps if each.event != "sign-in" or protocol in (None, each.arguments["via"])]
    return run(
        replace(script, steps=tuple(chosen), target=replace(script.target, embedded=embedded)), Playing(keyring=KEYRING)
    )


def let_in(vendor: str, switch: str) -> set[str]:
    """What a switch lets through where this vendor signs in."""
    more = ASSERTION_SIGNED.get(switch, set()) if vendor != "okta" else set()
    found = {*LETS_IN[switch].split(), *more}
    # Userinfo of this vendor names people by nothing but sub, and the account is found by what the id_token says.
    return set() if (vendor, switch) == ("entra", "oidc_ignores_subject") else found


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("switch", LETS_IN)
def test_a_mistake_is_reported_by_what_it_lets_in_and_by_nothing_else(switch: str, vendor: str) -> None:
    result = attacked(vendor, "oidc" if switch.startswith("oidc") else "saml", {switch: True})

    assert reported(result) == let_in(vendor, switch)


def test_every_switch_of_sign_in_has_its_row() -> None:
    named = {each.name for each in fields(Switches) if each.name.startswith(("sso_", "oidc_"))}

    assert named == {*LETS_IN, *HARMLESS, *CHOICES, *ACCOUNTS, "sso_jit"}


def test_a_sound_service_provider_is_blamed_for_nothing() -> None:
    script = load(ROOT / "scenarios/sso-hardening.yaml", idp=["entra"]).script("entra")

    result = run(script, Playing(keyring=KEYRING))

    assert reported(result) == set()


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("embedded", [{}, CHOICES, HARMLESS])
def test_what_is_right_or_makes_no_difference_is_not_reported(embedded: dict[str, Any], vendor: str) -> None:
    result = attacked(vendor, None, embedded)

    assert reported(result) == set()


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("switch", ACCOUNTS)
def test_a_mistake_with_accounts_shows_where_nothing_is_falsified(switch: str, vendor: str) -> None:
    result = attacked(vendor, "oidc", {switch: True})

    assert reported(result) == {each.name for each in result.steps if each.name and HONEST in each.name}


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("embedded", "wanted"), [({}, set()), ({"sso_accepts_replay": True}, REPLAYS)])
def test_a_replay_shows_where_nobody_has_asked(
    tmp_path: Path, embedded: dict[str, Any], wanted: set[str], vendor: str
) -> None:
    file = tmp_path / "replayed.yaml"
    file.write_text(UNASKED)
    script = load(file, idp=[vendor]).script(vendor)

    result = run(replace(script, target=replace(script.target, embedded=embedded)), Playing(keyring=KEYRING))

    assert reported(result) == wanted
