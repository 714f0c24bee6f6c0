"""Falsified values of a SAML Response and its status codes: changed before signing, so every signature is right."""

from __future__ import annotations

from idpsim.signon import Must
from idpsim.sso.tamper.catalogue import Entry

_OASIS = "https://docs.oasis-open.org/security/saml/v2.0/saml-{}-2.0-os.pdf"
CORE, PROFILES, BINDINGS, METADATA = (_OASIS.format(part) for part in ("core", "profiles", "bindings", "metadata"))
OWASP = "https://cheatsheetseries.owasp.org/cheatsheets/SAML_Security_Cheat_Sheet.html"


def _value(name: str, must: Must, does: str, why: str, source: str) -> Entry:
    return Entry(name, "saml", "values", does, must, why, source)


def _status(name: str, what: str) -> Entry:
    why = "Nobody has authenticated: a session all the same is one that nobody has vouched for (core 3.2.2.2)."
    return Entry(f"status_{name}", "saml", "status", f"{what}, and no assertion.", "refuse", why, CORE)


ENTRIES: tuple[Entry, ...] = (
    _value(
        "expired",
        "refuse",
        "Conditions and SubjectConfirmationData have ended a day ago.",
        "An assertion that leaked (a log, a backup, a proxy) opens the account for ever (core 2.5.1.2).",
        CORE,
    ),
    _value(
        "expired_confirmation",
        "refuse",
        "SubjectConfirmationData has ended a day ago, Conditions still hold.",
        "The short window in which an assertion may be delivered is not kept, only the long one (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "not_yet_valid",
        "refuse",
        "Conditions begin tomorrow.",
        "Assertions made in advance work before their time, and clocks are not compared at all (core 2.5.1.2).",
        CORE,
    ),
    _value(
        "edge_skew_inside",
        "either",
        "Conditions and SubjectConfirmationData have ended 30 seconds ago.",
        "A tolerance for clocks is usual, none is right as well; it shows which of the two there is.",
        CORE,
    ),
    _value(
        "edge_skew_outside",
        "refuse",
        "Conditions and SubjectConfirmationData have ended 15 minutes ago.",
        "A tolerance far beyond the usual 5 minutes doubles the life of every stolen assertion (core 2.5.1.2).",
        CORE,
    ),
    _value(
        "wrong_audience",
        "refuse",
        "The Audience is another service provider.",
        "A service provider that somebody signs in to can pass the assertion on, and be them here (core 2.5.1.4).",
        CORE,
    ),
    _value(
        "no_audience",
        "refuse",
        "There is no AudienceRestriction.",
        "An assertion meant for anyone, or for another service provider, opens this one (profiles 4.1.4.2).",
        PROFILES,
    ),
    _value(
        "two_audiences",
        "accept",
        "The AudienceRestriction names another service provider, then this one.",
        "One of several audiences is enough: who looks at the first only locks people out (core 2.5.1.4).",
        CORE,
    ),
    _value(
        "wrong_recipient",
        "refuse",
        "The Recipient is another address.",
        "A service provider can pass an assertion on that was delivered to it (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "wrong_destination",
        "refuse",
        "The Destination of the Response is another address.",
        "A Response sent elsewhere can be delivered here (core 3.2.2: it must be discarded).",
        CORE,
    ),
    _value(
        "wrong_acs",
        "refuse",
        "Recipient and Destination are both another assertion consumer service, and it is delivered here.",
        "A Response for one application of a host opens the next one (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "longer_recipient",
        "refuse",
        "Recipient and Destination begin with the right address and go on after it.",
        "Addresses compared by how they begin let a Response for `/acs/tenant-b` in at `/acs` (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "wrong_inresponseto_response",
        "refuse",
        "InResponseTo of the Response is a request that was never sent.",
        "An attacker's own Response can be slipped into somebody's browser: login CSRF (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "wrong_inresponseto_confirmation",
        "refuse",
        "InResponseTo of SubjectConfirmationData is a request that was never sent.",
        "Only the unsigned wrapper is compared, so a stolen assertion fits any request (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "wrong_inresponseto_both",
        "refuse",
        "InResponseTo is, in both places, a request that was never sent.",
        "A stolen Response works in the attacker's browser, which has sent no such request (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "unsolicited",
        "either",
        "There is no InResponseTo, as if nobody had asked.",
        "Sign-in that the identity provider starts is allowed, and open to login CSRF; one may do without (4.1.5).",
        PROFILES,
    ),
    _value(
        "wrong_issuer_response",
        "refuse",
        "The Issuer of the Response is another identity provider.",
        "Where several are trusted, one speaks for the people of the other (profiles 4.1.4.2).",
        PROFILES,
    ),
    _value(
        "wrong_issuer_assertion",
        "refuse",
        "The Issuer of the assertion is another identity provider.",
        "Where several are trusted, one speaks for the people of the other (profiles 4.1.4.2).",
        PROFILES,
    ),
    _value(
        "wrong_issuer_both",
        "refuse",
        "Both Issuers are another identity provider.",
        "Whoever's key is known may sign in the name of any identity provider (profiles 4.1.4.2).",
        PROFILES,
    ),
    _value(
        "no_subject_confirmation",
        "refuse",
        "There is no SubjectConfirmation.",
        "Nothing says how, where and until when the assertion may be used (profiles 4.1.4.2).",
        PROFILES,
    ),
    _value(
        "non_bearer",
        "refuse",
        "The only SubjectConfirmation asks for a proof of key possession that is not given.",
        "An assertion that is worth nothing without its key is taken from whoever has found it (profiles 4.1.4.2).",
        PROFILES,
    ),
    _value(
        "no_authn_statement",
        "refuse",
        "There is no AuthnStatement.",
        "An assertion about somebody's attributes is taken for their having signed in (profiles 4.1.4.2).",
        PROFILES,
    ),
    _value(
        "weak_authn_context",
        "either",
        "AuthnContextClassRef is the weakest, `unspecified`.",
        "Where a class was asked for, a weaker one has no second factor; where none was, it is fine (core 3.3.2.2).",
        CORE,
    ),
    _value(
        "session_not_on_or_after_past",
        "either",
        "SessionNotOnOrAfter was an hour ago.",
        "A session that is over lives on; the standard says SHOULD only (profiles 4.1.4.3).",
        PROFILES,
    ),
    _value(
        "nameid_missing",
        "not-victim",
        "The Subject has no NameID.",
        "Attributes may say who it is; a session of nobody, or of the first account, must not come of it (core 2.4.1).",
        CORE,
    ),
    _value(
        "nameid_empty",
        "not-victim",
        "The NameID is empty.",
        "Looked up as an empty name, it may find an account that has none (core 2.2.3).",
        CORE,
    ),
    _value(
        "nameid_other_format",
        "either",
        "The NameID is the same, and its Format `persistent`, or `emailAddress` where it was that.",
        "A name of one kind is read as one of another; which kinds are taken is the service provider's to say.",
        CORE,
    ),
    _value(
        "nameid_changed_case",
        "either",
        "The NameID is in capitals.",
        "It is the same person, a second account, or nobody; SCIM's userName is compared without case.",
        "https://datatracker.ietf.org/doc/html/rfc7643#section-4.1.1",
    ),
    _value(
        "version_1_1",
        "refuse",
        "Response and assertion say Version 1.1.",
        "Rules of a version that is not understood are applied to it all the same (core 4.1.3.2).",
        CORE,
    ),
    _status("requester", "Requester"),
    _status("responder", "Responder"),
    _status("version_mismatch", "VersionMismatch"),
    _status("authn_failed", "Responder with AuthnFailed"),
    _status("no_passive", "Responder with NoPassive"),
    _status("no_authn_context", "Responder with NoAuthnContext"),
    _status("invalid_nameid_policy", "Requester with InvalidNameIDPolicy"),
    _status("request_denied", "Responder with RequestDenied"),
    _status("request_unsupported", "Requester with RequestUnsupported"),
    _status("unknown_principal", "Responder with UnknownPrincipal"),
    _status("partial_logout", "Responder with PartialLogout"),
)
