"""Each falsification changes what it says, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idpsim.sso.oidc.signing import verified
from idpsim.sso.tamper import oidc_answers, oidc_tokens, published_oidc
from idpsim.sso.tamper.catalogue_oidc import ENTRIES
from tests.sso.front import ADA, BASE, GRACE, signing
from tests.sso.oidc.flows import CLIENT, NOW, VENDORS, came_back, flow, part

pytestmark = pytest.mark.thorough

TOKENS = sorted(oidc_tokens.TAMPERS)
FORGED = {
    "alg_none",
    "alg_none_mixed_case",
    "id_token_stripped",
    "hs256_with_public_key",
    "id_token_wrong_key",
    "id_token_tampered",
    "unknown_kid",
    "key_unpublished",
    "embedded_jwk",
    "embedded_x5c",
    "jku_header",
    "x5u_header",
}
OTHERWISE_SIGNED = {"key_rotated"}
CLAIMS: dict[str, tuple[set[str], set[str]]] = {
    "wrong_iss": ({"iss"}, set()),
    "iss_trailing_slash": ({"iss"}, set()),
    "wrong_aud": ({"aud"}, set()),
    "aud_array": ({"aud"}, set()),
    "aud_array_extra": ({"aud", "azp"}, set()),
    "missing_azp": ({"aud"}, set()),
    "wrong_azp": ({"azp"}, set()),
    "oidc_expired": ({"exp", "iat", "nbf", "auth_time"}, set()),
    "iat_future": ({"iat"}, set()),
    "nbf_future": ({"nbf"}, set()),
    "missing_exp": (set(), {"exp"}),
    "missing_sub": (set(), {"sub"}),
    "wrong_nonce": ({"nonce"}, set()),
    "missing_nonce": (set(), {"nonce"}),
    "bad_at_hash": ({"at_hash"}, set()),
    "missing_at_hash": (set(), {"at_hash"}),
    "extra_claims": ({"favourite_colour", "nested"}, set()),
    "many_groups": ({"groups", "_claim_names", "_claim_sources"}, set()),
    "missing_kid": (set(), set()),
    "key_rotated": (set(), set()),
}
UNSTEADY = {"jti", "at_hash", "uti", "aio", "rt_hash"}


def token(vendor: str, tamper: str | None, **settings: Any) -> str:
    found = flow(vendor, ADA, tamper=tamper, victim=GRACE, **settings)
    made: str = found.tokens()["id_token"]
    return made


def claims_of(vendor: str, tamper: str | None, **settings: Any) -> dict[str, Any]:
    return part(token(vendor, tamper, **settings), 1)


def test_every_entry_is_done_by_whom_it_says() -> None:
    done = {
        "idp": set(oidc_tokens.TAMPERS) | set(oidc_answers.TAMPERS),
        "publisher": set(published_oidc.TAMPERS),
    }
    listed = {by: {each.name for each in ENTRIES if each.by == by} for by in done}

    assert done == listed
    assert {each.name for each in ENTRIES if each.by == "browser"} == {"code_reuse", "code_injected"}
    assert len({each.name for each in ENTRIES}) == len(ENTRIES)
    assert all(each.source.startswith("https://") and each.protocol == "oidc" for each in ENTRIES)


def test_every_falsified_token_is_held_to_its_word_here() -> None:
    assert set(TOKENS) == FORGED | set(CLAIMS)


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("tamper", sorted(FORGED))
def test_a_forged_token_names_the_victim_and_no_published_key_has_signed_it(vendor: str, tamper: str) -> None:
    forged = token(vendor, tamper)

    claims = part(forged, 1)
    assert claims.get("oid", claims["sub"]) == GRACE.id
    assert claims["name"] == "Grace Hopper"
    assert (claims["aud"], claims["nonce"]) == (CLIENT, "a-nonce")
    assert verified(forged, (signing("oidc"), signing("oidc next"))) is None


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("tamper", sorted(CLAIMS))
def test_a_falsified_claim_is_the_only_one_and_the_signature_is_right(vendor: str, tamper: str) -> None:
    honest, false = claims_of(vendor, None), token(vendor, tamper)
    changed, gone = CLAIMS[tamper]

    claims = part(false, 1)
    differing = {name for name in claims if name not in honest or claims[name] != honest[name]}
    assert differing - (UNSTEADY - changed) <= changed
    assert set(honest) - set(claims) == gone & set(honest)
    assert verified(false, (signing("oidc next" if tamper in OTHERWISE_SIGNED else "oidc"),)) == claims


@pytest.mark.parametrize(
    ("tamper", "name", "value"),
    [
        ("wrong_iss", "iss", "https://attacker.test"),
        ("iss_trailing_slash", "iss", f"{BASE}/oauth2/default/"),
        ("wrong_aud", "aud", "another-client"),
        ("aud_array", "aud", [CLIENT]),
        ("aud_array_extra", "aud", [CLIENT, "another-client"]),
        ("aud_array_extra", "azp", CLIENT),
        ("missing_azp", "azp", None),
        ("oidc_expired", "exp", int(NOW) - 86400),
        ("iat_future", "iat", int(NOW) + 86400),
        ("nbf_future", "nbf", int(NOW) + 1800),
        ("wrong_nonce", "nonce", "not-a-nonce"),
    ],
)
def test_a_falsified_claim_says_what_the_catalogue_says(tamper: str, name: str, value: object) -> None:
    assert claims_of("okta", tamper).get(name) == value


def test_a_token_without_an_algorithm_has_no_signature() -> None:
    tokens = {name: token("okta", name) for name in ("alg_none", "alg_none_mixed_case", "id_token_stripped")}

    assert [part(each, 0)["alg"] for each in tokens.values()] == ["none", "nOnE", "RS256"]
    assert all(each.endswith(".") for each in tokens.values())


def test_the_published_key_is_the_secret_of_the_mac() -> None:
    forged = token("okta", "hs256_with_public_key")
    public = signing("oidc").key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    said, _, signature = forged.rpartition(".")

    mac = hmac.new(public, said.encode(), hashlib.sha256).digest()
    assert part(forged, 0)["alg"] == "HS256"
    assert signature == base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "tamper", ["id_token_wrong_key", "unknown_kid", "key_unpublished", "embedded_jwk", "jku_header", "x5u_header"]
)
def test_a_stranger_has_signed(tamper: str) -> None:
    said, _, signature = token("okta", tamper).rpartition(".")
    raw = base64.urlsafe_b64decode(signature + "==")

    signing("stranger").key.public_key().verify(raw, said.encode(), PKCS1v15(), SHA256())


def test_the_key_in_the_header_is_the_one_that_has_signed() -> None:
    key = part(token("okta", "embedded_jwk"), 0)["jwk"]

    number = int.from_bytes(base64.urlsafe_b64decode(key["n"] + "=="), "big")

    assert number == signing("stranger").key.public_key().public_numbers().n


@pytest.mark.parametrize("header", ["jku", "x5u"])
def test_the_header_leads_to_our_own_host_and_to_the_key_that_has_signed(header: str) -> None:
    found = flow("okta", ADA, tamper=f"{header}_header", victim=GRACE)
    url = part(found.tokens()["id_token"], 0)[header]

    answer = found.client.get(url.removeprefix(BASE))

    assert url.startswith(BASE)
    if header == "jku":
        number = int.from_bytes(base64.urlsafe_b64decode(answer.json["keys"][0]["n"] + "=="), "big")
        assert number == signing("stranger").key.public_key().public_numbers().n
    else:
        assert answer.text == signing("stranger").pem


def test_a_missing_kid_leaves_the_header_without_one() -> None:
    assert part(token("entra", "missing_kid"), 0) == {"typ": "JWT", "alg": "RS256"}


def test_the_other_published_key_may_sign() -> None:
    found = flow("okta", ADA, tamper="key_rotated")
    kid = part(found.tokens()["id_token"], 0)["kid"]

    published = [each["kid"] for each in found.client.get(found.paths["keys"]).json["keys"]]

    assert published[1:] == [kid]


def test_a_nonce_that_was_not_sent_is_not_made_up() -> None:
    found = flow("okta", ADA, tamper="wrong_nonce")

    assert "nonce" not in part(found.tokens(nonce=None)["id_token"], 1)


def test_many_groups_come_as_the_vendor_says_them() -> None:
    pointer = claims_of("entra", "many_groups", group_membership_claims="All")
    plain = claims_of("onelogin", "many_groups")

    assert "_claim_names" in pointer
    assert len(plain["groups"]) == 300


@pytest.mark.parametrize("vendor", VENDORS)
def test_userinfo_is_the_victims_and_the_token_is_not(vendor: str) -> None:
    found = flow(vendor, ADA, tamper="wrong_sub_in_userinfo", victim=GRACE)
    answer = found.tokens()

    said = found.userinfo(answer["access_token"]).json

    assert said["name"] == "Grace Hopper"
    assert said["sub"] != part(answer["id_token"], 1)["sub"]


@pytest.mark.parametrize(
    ("tamper", "changed"),
    [
        ("token_type_odd_case", {"token_type": "bEARER"}),
        ("expires_in_text", {"expires_in": "3600"}),
        ("extra_answer", {"not_before_policy": 0, "session_data": {"nested": [1, 2]}}),
        ("missing_id_token", {}),
    ],
)
def test_an_answer_is_changed_in_this_alone(tamper: str, changed: dict[str, Any]) -> None:
    honest, false = flow("okta").tokens(), flow("okta", ADA, tamper=tamper).tokens()

    steady = {name for name in honest if not name.endswith("_token")}
    assert {name: false[name] for name in false if name in changed} == changed
    assert all(false[name] == honest[name] for name in steady - set(changed))
    assert set(honest) - set(false) == ({"id_token"} if tamper == "missing_id_token" else set())


def test_an_error_comes_with_status_200() -> None:
    assert flow("okta", ADA, tamper="error_in_answer").tokens()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("tamper", "changed", "gone"),
    [
        ("state_mismatch", {"state": "not-a-state"}, set()),
        ("state_missing", {}, {"state"}),
        ("iss_mix_up", {"iss": "https://attacker.test"}, set()),
        ("iss_parameter", {"iss": f"{BASE}/oauth2/default"}, set()),
        ("missing_code", {}, {"code"}),
        ("error_with_code", {"error": "server_error"}, set()),
        ("error_login_required", {"error": "login_required"}, {"code"}),
        ("error_invalid_scope", {"error": "invalid_scope"}, {"code"}),
        ("error_with_markup", {"error": "access_denied"}, {"code"}),
    ],
)
def test_a_redirect_is_changed_in_this_alone(tamper: str, changed: dict[str, str], gone: set[str]) -> None:
    params = came_back(flow("okta", ADA, tamper=tamper).authorize())

    assert {name: params[name] for name in changed} == changed
    assert {"code", "state"} - set(params) == gone


def test_a_wrong_code_was_never_issued() -> None:
    found = flow("okta", ADA, tamper="wrong_code")

    assert found.redeem(found.code()).json["error"] == "invalid_grant"


def published(name: str, what: str, vendor: str = "okta") -> Any:
    found = flow(vendor)
    found.front.faults[vendor] = name
    return found.client.get(found.paths[what])


def test_faults_of_the_keys() -> None:
    names = ("jwks_500", "jwks_html", "jwks_empty", "jwks_nothing", "jwks_old_removed")

    answers = {name: published(name, "keys") for name in names}

    assert (answers["jwks_500"].status_code, answers["jwks_500"].mimetype) == (500, "text/html")
    assert (answers["jwks_html"].status_code, answers["jwks_html"].mimetype) == (200, "text/html")
    assert answers["jwks_empty"].json == {"keys": []}
    assert answers["jwks_nothing"].data == b""
    assert len(answers["jwks_old_removed"].json["keys"]) == 1


def test_another_key_bears_the_same_name() -> None:
    keys = published("duplicate_kid", "keys").json["keys"]

    assert len(keys) == 3
    assert keys[0]["kid"] == keys[1]["kid"]
    assert keys[0]["n"] != keys[1]["n"]


def test_odd_keys_lie_among_the_right_ones() -> None:
    keys = published("jwks_odd_keys", "keys").json["keys"]

    assert [each["kty"] for each in keys] == ["FUTURE", "EC", "RSA", "RSA"]


def test_keys_without_names() -> None:
    assert not any("kid" in each for each in published("jwks_without_kids", "keys", "entra").json["keys"])


def test_faults_of_the_document() -> None:
    honest = flow("okta").client.get("/oauth2/default/.well-known/openid-configuration").json

    mismatch = published("discovery_issuer_mismatch", "discovery").json

    assert mismatch == {**honest, "issuer": "https://attacker.test"}
    assert published("discovery_500", "discovery").status_code == 500
    assert published("discovery_html", "discovery").mimetype == "text/html"
    assert json.loads(published("discovery_bom", "discovery").data.decode("utf-8-sig")) == honest


def test_a_fault_of_the_keys_leaves_the_document_alone() -> None:
    assert published("jwks_500", "discovery").status_code == 200


@pytest.mark.parametrize("name", ["jwks_slow", "discovery_slow"])
def test_a_slow_publication_waits(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("idpsim.sso.oidc.publishing.time.sleep", waited.append)

    answer = published(name, "keys" if name.startswith("jwks") else "discovery")

    assert (answer.status_code, waited) == (200, [published_oidc.SLOW])


@pytest.mark.parametrize("tamper", [*TOKENS, *oidc_answers.TAMPERS])
@pytest.mark.parametrize("vendor", VENDORS)
def test_no_falsification_breaks_the_provider(vendor: str, tamper: str) -> None:
    found = flow(vendor, ADA, tamper=tamper, victim=GRACE)
    params = came_back(found.authorize())

    answer = found.redeem(params.get("code", "none"))

    assert answer.status_code in (200, 400)
