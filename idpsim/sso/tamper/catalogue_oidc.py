"""Falsified OpenID Connect: tokens, answers, redirects, and what is published."""

from __future__ import annotations

from typing import Literal

from idpsim.signon import Must
from idpsim.sso.tamper.catalogue import Entry
from idpsim.sso.tamper.catalogue_oidc_tokens import CORE, ROTATION, SIGNATURES, TOKENS, rfc

TOKEN_ANSWER = f"{CORE}TokenResponse"
USERINFO = f"{CORE}UserInfoResponse"
ERRORS = f"{CORE}AuthError"
STATE = f"{CORE}ImplicitAuthResponse"
DISCOVERY = "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation"
DOCUMENT = "https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationResponse"


def _answer(name: str, must: Must, does: str, why: str, source: str) -> Entry:
    return Entry(name, "oidc", "answer", does, must, why, source)


def _redirect(
    name: str, must: Must, does: str, why: str, source: str, by: Literal["idp", "browser"] = "idp", needs: str = ""
) -> Entry:
    return Entry(name, "oidc", "redirect", does, must, why, source, by, needs=needs)


def _published(name: str, must: Must, does: str, why: str, source: str) -> Entry:
    return Entry(name, "oidc", "published", does, must, why, source, "publisher")


_CACHED = "Who has the right keys already may sign in; nobody may crash, hang or fall back to no check."

_ANSWERS = (
    _answer(
        "wrong_sub_in_userinfo",
        "not-victim",
        "Userinfo is the victim's, the id_token is not.",
        "sub of both must be the same, else userinfo must not be used.",
        USERINFO,
    ),
    _answer(
        "token_type_odd_case",
        "accept",
        "token_type is bEARER.",
        "Its case means nothing.",
        rfc(6749, "5.1"),
    ),
    _answer(
        "expires_in_text",
        "either",
        "expires_in is a text with a number in it.",
        "It has to be a number; providers have sent texts.",
        rfc(6749, "5.1"),
    ),
    _answer(
        "extra_answer",
        "accept",
        "The answer has parameters that nobody knows.",
        "Unknown parameters must be ignored.",
        rfc(6749, "5.1"),
    ),
    _answer(
        "missing_id_token",
        "refuse",
        "The answer has no id_token.",
        "An access token alone does not say for whom and for which client it was issued.",
        TOKEN_ANSWER,
    ),
    _answer(
        "error_in_answer",
        "refuse",
        "The token endpoint answers with an error, and status 200.",
        "There are no tokens: a session all the same is nobody's.",
        rfc(6749, "5.2"),
    ),
)

_REDIRECTS = (
    _redirect(
        "state_mismatch",
        "refuse",
        "state is another one than was sent; nothing is changed where none was sent.",
        "An attacker's answer is taken in the victim's browser (cross-site request forgery).",
        STATE,
        needs="state",
    ),
    _redirect(
        "state_missing",
        "refuse",
        "state was sent and does not come back.",
        "An attacker's answer is taken in the victim's browser (cross-site request forgery).",
        rfc(6749, "4.1.2"),
        needs="state",
    ),
    _redirect(
        "iss_mix_up",
        "either",
        "The redirect has an iss parameter that names another provider.",
        "Who supports RFC 9207 must refuse it: the code may be meant for somebody else's token endpoint.",
        rfc(9207, "2.4"),
    ),
    _redirect(
        "iss_parameter",
        "accept",
        "The redirect has an iss parameter that names the provider.",
        "Who does not know it must ignore it.",
        rfc(9207, "2.4"),
    ),
    _redirect(
        "missing_code", "refuse", "The redirect brings no code.", "Nobody has authenticated.", rfc(6749, "4.1.2")
    ),
    _redirect(
        "wrong_code",
        "refuse",
        "The redirect brings a code that was never issued.",
        "The provider refuses it: a session all the same is nobody's.",
        rfc(6749, "5.2"),
    ),
    _redirect(
        "error_login_required",
        "refuse",
        "The vendor's error in place of a code: nobody is signed in.",
        "Nobody has authenticated.",
        ERRORS,
    ),
    _redirect(
        "error_invalid_scope",
        "refuse",
        "The vendor's error in place of a code: a scope is not allowed.",
        "Nobody has authenticated.",
        ERRORS,
    ),
    _redirect(
        "error_with_markup",
        "refuse",
        "The error's description is a script.",
        "What an error says comes from a stranger: shown as it is, it runs in the person's browser.",
        rfc(6749, "4.1.2.1"),
    ),
    _redirect(
        "error_with_code",
        "either",
        "The redirect brings an error and a good code.",
        "An error means that nothing was granted; the code's sign-in is right all the same.",
        rfc(6749, "4.1.2.1"),
    ),
    _redirect(
        "code_reuse",
        "refuse",
        "The redirect is delivered, and then once more by another browser.",
        "A code from a log or a history signs its finder in.",
        rfc(6749, "10.5"),
        "browser",
    ),
    _redirect(
        "code_injected",
        "refuse",
        "The redirect is delivered by a browser that has not begun the sign-in.",
        "An attacker signs the victim in to the attacker's account (cross-site request forgery).",
        rfc(6749, "10.12"),
        "browser",
    ),
)

_PUBLISHED = (
    _published("jwks_500", "either", "The keys are answered with 500.", _CACHED, ROTATION),
    _published("jwks_html", "either", "The keys are a page.", _CACHED, ROTATION),
    _published("jwks_slow", "either", "The keys take 2 seconds.", _CACHED, ROTATION),
    _published("jwks_empty", "either", "The key set is empty.", _CACHED, ROTATION),
    _published("jwks_nothing", "either", "The key set is no JSON but nothing at all.", _CACHED, ROTATION),
    _published("jwks_old_removed", "either", "The key that signs is not published any more.", _CACHED, ROTATION),
    _published(
        "duplicate_kid",
        "either",
        "A stranger's key of the same kid comes before the one that signs.",
        "Names should differ; who tries only the first locks everybody out.",
        rfc(7517, "4.5"),
    ),
    _published(
        "jwks_odd_keys",
        "accept",
        "There are keys of kinds that nobody knows among the keys.",
        "Keys that are not understood should be ignored.",
        rfc(7517, "5"),
    ),
    _published(
        "jwks_without_kids",
        "either",
        "The published keys have no kid, the token has one.",
        "A kid must be there where there are several keys.",
        SIGNATURES,
    ),
    _published(
        "discovery_issuer_mismatch",
        "either",
        "The discovery document names another issuer.",
        "Who reads it must refuse it; who has read it before has no need to read it again.",
        DISCOVERY,
    ),
    _published("discovery_500", "either", "Discovery is answered with 500.", _CACHED, DOCUMENT),
    _published("discovery_html", "either", "The discovery document is a page.", _CACHED, DOCUMENT),
    _published("discovery_slow", "either", "The discovery document takes 2 seconds.", _CACHED, DOCUMENT),
    _published("discovery_bom", "either", "A byte order mark comes before the document.", _CACHED, rfc(8259, "8.1")),
)

ENTRIES: tuple[Entry, ...] = (*TOKENS, *_ANSWERS, *_REDIRECTS, *_PUBLISHED)
