"""The hardening scenario at real service providers: what they wrongly accept is reported, and nothing beside that.

The sets were found by reading the libraries and by trying them; each name has its reason.
"""

from __future__ import annotations

from typing import Any

import pytest

from idpsim.scenario.results import RunResult
from idpsim.signing.keyring import Keyring
from tests.e2e.attacking import Attacker, reported
from tests.e2e.signing import VENDORS
from tests.e2e.verifying import ALWAYS, EMAIL_ATTRIBUTE, ONELOGIN_AUTH, SCOPE
from tests.service_providers.keys import sp_keys
from tests.service_providers.running import free_port, why_not

NO_LOGIN = "no login for {} is configured: sso.{}.login"
OFFLINE = " offline_access"
Reasons = dict[str, str]

PYTHON3_SAML: Reasons = {
    "no_audience": "an audience is compared where there is one",
    "longer_recipient": "Destination and Recipient are compared by how they begin",
    "md5": "xmlsec verifies MD5",
    "xslt_transform": "xmlsec runs any transform, so that the signature covers nothing: the victim is signed in",
    "replay": "left to the app, which is given the ID of the last message",
    "same_assertion_new_response": "as replay",
}
NODE_SAML: Reasons = {
    "wrong_recipient": "Recipient is not looked at",
    "wrong_destination": "Destination is not looked at",
    "wrong_acs": "as the two",
    "longer_recipient": "as the two",
    "wrong_issuer_response": "idpIssuer is compared in messages of logout only",
    "wrong_issuer_assertion": "idpIssuer is compared in messages of logout only",
    "wrong_issuer_both": "idpIssuer is compared in messages of logout only",
    "no_subject_confirmation": "what is not there is not checked",
    "non_bearer": "Method is not looked at",
    "no_authn_statement": "what is not there is not checked",
    "version_1_1": "Version is not looked at",
}
NODE_SAML_STOCK: Reasons = {
    **NODE_SAML,
    "expired_confirmation": "SubjectConfirmationData counts only where InResponseTo is checked",
    "wrong_inresponseto_response": "validateInResponseTo is `never` by default",
    "wrong_inresponseto_confirmation": "validateInResponseTo is `never` by default",
    "wrong_inresponseto_both": "validateInResponseTo is `never` by default",
    "replay": "only an answered request would be known, and none is",
    "same_assertion_new_response": "as replay",
}
MELLON: Reasons = {
    "no_audience": "an audience is compared where there is one",
    "wrong_inresponseto_response": "InResponseTo is not compared with a request",
    "wrong_inresponseto_confirmation": "InResponseTo is not compared with a request",
    "wrong_inresponseto_both": "InResponseTo is not compared with a request",
    "no_subject_confirmation": "what is not there is not checked",
    "no_authn_statement": "what is not there is not checked",
    "version_1_1": "Version is not looked at",
    "whitespace_base64": "blanks and tabs in base64 are refused",
}
# It is the only vendor whose attribute is shown, as MELLON_email.
MELLON_OKTA: Reasons = {**MELLON, "cdata_in_nameid": "of an attribute's value only the text before CDATA is taken"}
DJANGOSAML2: Reasons = {
    "no_audience": "pysaml2 compares an audience where there is one",
    "wrong_recipient": "pysaml2 compares Recipient where it has conv_info, which djangosaml2 does not give it",
    "md5": "xmlsec1 verifies MD5",
}
# With Okta the Response is signed, and whose key that has to be goes by its Issuer.
DJANGOSAML2_ENTRA: Reasons = {**DJANGOSAML2, "wrong_issuer_response": "only the Issuer of the assertion counts"}
BETTER_AUTH_SAML: Reasons = {
    "expired_confirmation": "only Conditions are compared with the clock",
    "wrong_inresponseto_confirmation": "only InResponseTo of the Response is compared",
    "wrong_issuer_response": "only the Issuer of the assertion counts",
    "no_authn_statement": "what is not there is not checked",
    "version_1_1": "Version is not looked at",
}
BETTER_AUTH_OIDC: Reasons = {
    "aud_array_extra": "further audiences are not looked at",
    "missing_exp": "exp counts where it is there",
}
OPENID_CLIENT: Reasons = {"aud_array_extra": "further audiences are trusted where azp is this client"}
MOD_AUTH_OPENIDC: Reasons = {
    "iss_trailing_slash": "a slash at the end makes no difference, by design",
    "aud_array_extra": "further audiences are not looked at",
    "missing_azp": "further audiences are not looked at, and azp counts where it is there",
    "nbf_future": "nbf is not looked at",
}
# The id_tokens of the others have an at_hash, which none cannot have made.
MOD_AUTH_OPENIDC_ENTRA: Reasons = {**MOD_AUTH_OPENIDC, "alg_none": "none is taken in the code flow, by design"}
MOZILLA: Reasons = {
    "wrong_iss": "iss is not looked at",
    "iss_trailing_slash": "iss is not looked at",
    "wrong_aud": "aud is not looked at",
    "aud_array_extra": "aud is not looked at",
    "missing_azp": "aud is not looked at",
    "missing_exp": "exp counts where it is there",
    "missing_sub": "people are found by other claims",
}
# Entra's userinfo names people by sub only.
MOZILLA_OKTA: Reasons = {**MOZILLA, "wrong_sub_in_userinfo": "userinfo is believed whoever it is about"}

CASES: list[tuple[str, str, tuple[str, ...], dict[str, Any], Reasons]] = [
    *(("python3-saml", vendor, ("saml",), {}, PYTHON3_SAML) for vendor in VENDORS),
    ("node-saml", "onelogin", ("saml",), {}, NODE_SAML),
    ("node-saml", "okta", ("saml",), {"stock": True}, NODE_SAML_STOCK),
    ("mod-auth-mellon", "okta", ("saml",), {}, MELLON_OKTA),
    ("django-sso", "entra", ("saml",), {}, DJANGOSAML2_ENTRA),
    ("better-auth-sso", "okta", ("saml", "oidc"), {}, {**BETTER_AUTH_SAML, **BETTER_AUTH_OIDC}),
    *(("openid-client", vendor, ("oidc",), {}, OPENID_CLIENT) for vendor in VENDORS),
    *(("mod-auth-openidc", vendor, ("oidc",), {}, MOD_AUTH_OPENIDC) for vendor in ("okta", "onelogin")),
    ("mod-auth-openidc", "entra", ("oidc",), {}, MOD_AUTH_OPENIDC_ENTRA),
    ("django-sso", "okta", ("oidc",), {}, MOZILLA_OKTA),
    ("django-sso", "entra", ("oidc",), {}, MOZILLA),
]


@pytest.fixture(scope="module")
def attacker(tmp_path_factory: pytest.TempPathFactory) -> Attacker:
    folder = tmp_path_factory.mktemp("attacker")
    keyring = Keyring(base=f"http://localhost:{free_port()}", folder=str(folder / "no-keys"))
    return Attacker(keyring, folder, sp_keys(folder))


def named(case: tuple[str, str, tuple[str, ...], dict[str, Any], Reasons]) -> str:
    kind, vendor, vias, more, _ = case
    return "-".join((kind, vendor, *vias, *more))


@pytest.mark.parametrize(("kind", "vendor", "vias", "more", "reasons"), CASES, ids=map(named, CASES))
def test_what_a_service_provider_wrongly_does_is_reported_and_nothing_else(
    attacker: Attacker, kind: str, vendor: str, vias: tuple[str, ...], more: dict[str, Any], reasons: Reasons
) -> None:
    result = attacked(attacker, kind, vendor, vias, more)

    assert reported(result) == set(reasons)
    assert skipped(result) == {NO_LOGIN.format(via, via) for via in ("saml", "oidc") if via not in vias}


def attacked(attacker: Attacker, kind: str, vendor: str, vias: tuple[str, ...], more: dict[str, Any]) -> RunResult:
    needs = (kind, "xmlsec1") if kind == "django-sso" and "saml" in vias else (kind,)
    for each in needs:
        if reason := why_not(each):
            pytest.skip(reason)
    saml = {**more, "email_attribute": EMAIL_ATTRIBUTE[vendor]} if kind == "better-auth-sso" else more
    oidc = {"scope": SCOPE[vendor].removesuffix(OFFLINE)}
    settings = {**ALWAYS[vendor]}
    if vendor == "onelogin":
        settings["token_endpoint_authentication_method"] = ONELOGIN_AUTH["post"]
    with attacker.target(kind, *((vendor, via) for via in vias), saml=saml, oidc=oidc) as target:
        return target.attacked(vendor, settings)


def skipped(result: RunResult) -> set[str]:
    """Why sign-ins were not tried."""
    steps = (each for each in result.steps if each.event == "sign-in" and each.outcome == "skipped")
    return {reason for each in steps for reason in each.reasons.values()}
