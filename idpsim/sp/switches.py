"""Every behaviour of the embedded service provider that can be switched; the default of each is right."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from . import switch_values


def _switch(default: Any, doc: str, *choices: Any, least: int = 0) -> Any:
    if isinstance(default, bool):
        choices = (True, False)
    return field(default=default, metadata={"doc": doc, "choices": choices, "least": least})


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches; each field's metadata holds `doc` (one line), `choices` (empty: any) and `least` (for numbers)."""

    # The gates of a real product; by default all are passed.
    plan: str = _switch(
        "enterprise", "the account's plan: SCIM is part of premium and enterprise", "starter", "premium", "enterprise"
    )
    sso: str = _switch(
        "trusted", "single sign-on: not set up, set up, or proven by a sign-in", "none", "configured", "trusted"
    )
    scim: bool = _switch(True, "SCIM is switched on from the start where plan and single sign-on allow it")
    issuers: tuple[str, ...] = _switch((), "issuers whose sign-in proves single sign-on; none named: any")

    # Kinds of service provider that the RFC allows.
    deactivation: str = _switch("soft", "hard: a user who is set inactive is gone, 404 by id", "soft", "hard")
    delete: str = _switch("hard", "soft: DELETE answers 204 and leaves the user, inactive", "hard", "soft")
    patch: bool = _switch(True, "PATCH is supported")
    patch_refusal: int = _switch(501, "what PATCH is answered with where it is not supported", 501, 405)
    patch_answer: int = _switch(200, "a PATCH of a user is answered with the user (200) or nothing (204)", 200, 204)
    group_patch_answer: int = _switch(204, "the same for a group; 200 carries all its members each time", 200, 204)
    groups: bool = _switch(True, "groups are supported; otherwise /Groups answers 404")
    return_members: bool = _switch(True, "groups are returned with their members")
    unknown_members: str = _switch(
        "refuse", "a member whom the service provider does not know: 400, left out, or kept", "refuse", "ignore", "keep"
    )
    page_size: int = _switch(100, "resources on one page at most", least=1)
    max_body: int = _switch(8_388_608, "bytes that a request body may have; more is answered 413", least=1)
    rate_limit: int = _switch(0, "requests per IdP and window, then 429; 0: no limit")
    rate_window: int = _switch(1, "seconds of that window", least=1)
    retry_after: str = _switch(
        "seconds", "form of Retry-After: seconds, an HTTP date, or no header", "seconds", "date", "none"
    )
    strict: bool = _switch(False, "refuses what RFC 7643 and RFC 7644 do not allow, with 4xx")

    # Mistakes that service providers make.
    hide_inactive: bool = _switch(False, "inactive users are in no list and found by no filter")
    match_404: bool = _switch(False, "a filter that matches nothing is answered 404")
    ignore_string_booleans: bool = _switch(False, 'the strings "True" and "False" are ignored for booleans')
    ignore_pathless: bool = _switch(False, "PATCH operations without a path are ignored")
    ignore_reactivation: bool = _switch(False, "an inactive user stays inactive")
    wipe_on_filtered_remove: bool = _switch(False, 'remove of members[value eq "x"] empties the group')
    wipe_on_value_remove: bool = _switch(False, "remove of members with a list of values empties the group")
    replace_on_add: bool = _switch(False, "members that are added replace the ones there were")
    lose_updates: bool = _switch(False, "of membership changes that arrive together only the last one stays")
    put_drops: tuple[str, ...] = _switch((), "attributes that are lost with every PUT, by SCIM path")
    drop_attributes: tuple[str, ...] = _switch((), "attributes that are never kept, by SCIM path")
    accept_and_forget: bool = _switch(False, "writes are answered well and not stored; a POST gives an id that is 404")
    case_sensitive_filter: bool = _switch(False, "filters on userName mind upper and lower case")
    fold_external_id: bool = _switch(False, "filters on externalId ignore upper and lower case")
    string_numbers: bool = _switch(False, "totalResults, startIndex and itemsPerPage are strings")
    html_errors: bool = _switch(False, "errors are HTML pages")
    no_id: bool = _switch(False, "POST is answered without the id")

    # Signing in: which account it is, and what is let through.
    sso_match: str = _switch(
        "userName", "what of a user has to be what the sign-in says", "userName", "email", "externalId"
    )
    sso_jit: bool = _switch(True, "who signs in and has no account gets one")
    sso_unsolicited: bool = _switch(True, "a SAML Response that nobody asked for is accepted, as when an IdP starts")
    sso_sha1: bool = _switch(False, "SAML signatures and digests with SHA-1 are accepted")

    # Mistakes that service providers make with SAML.
    sso_ignores_signature: bool = _switch(False, "SAML signatures are not looked at")
    sso_trusts_any_key: bool = _switch(False, "SAML signatures are checked with the certificate that comes with them")
    sso_first_assertion: bool = _switch(
        False, "some SAML signature has to hold; the first assertion is read, signed or not"
    )
    sso_truncates_at_comment: bool = _switch(False, "values in SAML end where a comment begins")
    sso_ignores_status: bool = _switch(False, "the SAML status may be a failure")
    sso_ignores_issuer: bool = _switch(False, "SAML issuers are not compared")
    sso_ignores_time: bool = _switch(False, "SAML times are not compared with the clock")
    sso_ignores_audience: bool = _switch(False, "the SAML audience is not compared")
    sso_ignores_recipient: bool = _switch(
        False, "the SAML Recipient is not compared, and no bearer confirmation needed"
    )
    sso_ignores_destination: bool = _switch(False, "the SAML Destination is not compared")
    sso_ignores_in_response_to: bool = _switch(False, "InResponseTo is not compared with the requests that were made")
    sso_accepts_replay: bool = _switch(False, "a SAML assertion is accepted again")
    sso_follows_relay_state: bool = _switch(False, "after a sign-in the browser is sent wherever RelayState says")

    # Mistakes that service providers make with OpenID Connect.
    oidc_ignores_signature: bool = _switch(False, "signatures of id_tokens are not looked at")
    oidc_accepts_none: bool = _switch(False, "an id_token with the algorithm none is accepted")
    oidc_accepts_hs256: bool = _switch(False, "an id_token signed by HS256 with the provider's public key is accepted")
    oidc_trusts_header_key: bool = _switch(False, "an id_token is checked with the key in its own header (jwk, x5c)")
    oidc_ignores_issuer: bool = _switch(False, "iss is not compared, neither in the id_token nor in the redirect")
    oidc_ignores_audience: bool = _switch(False, "aud and azp are not compared")
    oidc_ignores_expiry: bool = _switch(False, "exp, iat and nbf are not compared with the clock")
    oidc_ignores_nonce: bool = _switch(False, "the nonce is not compared")
    oidc_ignores_state: bool = _switch(False, "the state is not compared")
    oidc_ignores_at_hash: bool = _switch(False, "at_hash is not compared")
    oidc_ignores_subject: bool = _switch(
        False, "userinfo may be about somebody else than the id_token, and is believed"
    )

    # Mistakes that service providers make with accounts and sessions.
    sso_admits_inactive: bool = _switch(False, "inactive users may sign in")
    sso_keeps_sessions: bool = _switch(False, "sessions of users who are deactivated or deleted live on")
    sso_second_account: bool = _switch(False, "a sign-in makes an account of its own beside the one that SCIM made")
    sso_session_of_first_user: bool = _switch(False, "whoever signs in gets the account of the first one who did")

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Switches:
        """Switches as a scenario writes them; ValueError with one sentence for an unknown name or value."""
        known = {switch.name: switch for switch in fields(cls)}
        given: dict[str, Any] = {}
        for key, value in mapping.items():
            name = str(key).replace("-", "_")
            if name not in known:
                raise ValueError(f"there is no switch {key!r}{_meant(name, tuple(known))}.")
            switch = known[name]
            given[name] = switch_values.typed(name, value, switch.default, switch.metadata)
        return cls(**given)


def _meant(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""
