"""Okta's OpenID Connect look: the org authorization server and the custom one that is called `default`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from idpsim.profiles.okta import oidc_errors
from idpsim.profiles.okta.oidc_servers import DEFAULT, EVERYTHING, ORG, STANDARD
from idpsim.provisioning.settings import Setting
from idpsim.signon.oidc import JSON, ClientRules, Flow, Granted, Headers, OidcLook, Refreshing, Settings
from idpsim.wire import Quirk

REFERENCE = "https://developer.okta.com/docs/reference/api/oidc/"
REFRESH = "https://developer.okta.com/docs/guides/refresh-tokens/main/"
APPS = "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/"
SERVERS = "https://developer.okta.com/docs/concepts/auth-servers/"
WEEK = 7 * 86400.0
MOST_GROUPS = 100

SETTINGS = {
    "application_type": Setting(
        "web", "what kind of OpenID Connect app it is", choices=("web", "browser", "native"), source=APPS
    ),
    "oidc_grant_types": Setting(
        ("authorization_code", "refresh_token", "client_credentials"),
        "grant types of the app; implicit allows the response types id_token and token as well",
        source=APPS,
    ),
    "pkce_required": Setting(
        False, "Require PKCE as additional verification; browser and native always do", source=APPS
    ),
    "refresh_token_rotation": Setting(
        "by-type",
        "rotation_type of refresh tokens: ROTATE or STATIC; by-type rotates those of browser apps",
        choices=("by-type", "ROTATE", "STATIC"),
        source=REFRESH,
    ),
    "refresh_token_leeway": Setting(
        30, "seconds (0 to 60) in which a rotated refresh token is still good", source=REFRESH
    ),
    "groups_claim_name": Setting("groups", "name of the groups claim", source=REFERENCE),
    "groups_claim_filter_type": Setting(
        "REGEX",
        "how the groups claim's filter compares",
        choices=("STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"),
        source=REFERENCE,
    ),
    "groups_claim_filter_value": Setting("", "what the filter compares with; empty: no groups claim", source=REFERENCE),
    "authorization_server_audience": Setting(
        "api://default", "audience of the custom authorization server", source=SERVERS
    ),
    "authorization_server_scopes": Setting(("api",), "scopes added to the custom authorization server", source=SERVERS),
    "authorization_code_lifetime": Setting(
        60, "seconds that a code is good for; 300 is seen in newer orgs", source=REFERENCE
    ),
}


def rules(settings: Settings, public: bool) -> ClientRules:
    """A web app has a secret; browser and native apps have none and must send a challenge."""
    kind = settings["application_type"]
    bare = public or kind != "web"
    grants = tuple(settings["oidc_grant_types"])
    rotation = settings["refresh_token_rotation"]
    rotates = rotation == "ROTATE" or (rotation == "by-type" and kind == "browser")
    leeway = min(max(int(settings["refresh_token_leeway"]), 0), 60)
    types = ("code",) if "authorization_code" in grants else ()
    implicit = ("id_token", "token", "id_token token", *(("code id_token", "code token", EVERYTHING) if types else ()))
    return ClientRules(
        auth=("none",) if bare else ("client_secret_basic", "client_secret_post"),
        pkce=bare or bool(settings["pkce_required"]),
        grants=tuple(each for each in grants if not (bare and each == "client_credentials")),
        response_types=(*types, *(implicit if "implicit" in grants else ())),
        refresh=Refreshing(rotates, rotates, leeway, idle=WEEK) if "refresh_token" in grants else None,
        code_seconds=int(settings["authorization_code_lifetime"]),
    )


def scopes(
    asked: tuple[str, ...], flow: Flow, server: str, _ids: Mapping[str, str], settings: Settings
) -> tuple[str, ...] | str:
    """The granted scopes in Okta's own order; one that is not configured refuses them all."""
    own = tuple(settings["authorization_server_scopes"]) if server != "org" else ()
    if flow == "client":
        return "no_scope" if not asked else asked if set(asked) <= set(own) else "bad_scope"
    if server == "org" and "openid" not in asked:
        return "no_openid"
    known = (*(STANDARD if server == "org" else STANDARD[:-1]), *own)
    return tuple(each for each in dict.fromkeys(known) if each in asked) if set(asked) <= set(known) else "bad_scope"


def groups(granted: Granted) -> list[str] | None:
    """The groups that the filter lets through; None without a claim."""
    value = granted.settings["groups_claim_filter_value"]
    if not value or granted.identity is None or (granted.server == "org" and "groups" not in granted.scopes):
        return None
    filters: dict[str, Callable[[str], bool]] = {
        "STARTS_WITH": lambda name: name.startswith(value),
        "EQUALS": lambda name: name == value,
        "CONTAINS": lambda name: value in name,
        "REGEX": lambda name: _matches(value, name),
    }
    compare = filters[granted.settings["groups_claim_filter_type"]]
    return [each.name for each in granted.identity.groups if compare(each.name)]


def refused(granted: Granted) -> str | None:
    """A groups claim with more than 100 groups fails the whole request."""
    return "too_many_groups" if len(groups(granted) or ()) > MOST_GROUPS else None


def _matches(pattern: str, name: str) -> bool:
    try:
        return re.fullmatch(pattern, name) is not None
    except re.error:
        return False


def profile(granted: Granted) -> JSON:
    """What the scopes profile, email, address and phone say of a person."""
    assert granted.identity is not None
    person = granted.identity.person
    of: dict[str, JSON] = {
        "profile": {
            "name": person.displayName,
            "nickname": person.nickName,
            "locale": (person.locale or "en-US").replace("-", "_"),
            "preferred_username": person.userName,
            "given_name": person.givenName,
            "middle_name": person.middleName,
            "family_name": person.familyName,
            "zoneinfo": person.timezone or "America/Los_Angeles",
            "updated_at": int(granted.at),
        },
        "email": {"email": person.email, "email_verified": True},
        "phone": {"phone_number": person.phone},
        "address": {"address": _address(person)},
    }
    said = {name: value for scope, claims in of.items() if scope in granted.scopes for name, value in claims.items()}
    return {name: value for name, value in said.items() if value is not None}


def _address(person: Any) -> JSON | None:
    parts = {
        "street_address": person.street,
        "locality": person.city,
        "region": person.region,
        "postal_code": person.postalCode,
        "country": person.country,
    }
    return {name: value for name, value in parts.items() if value} or None


def id_claims(granted: Granted) -> JSON:
    """An id_token; beside an access token it is thin: the rest of the profile is at userinfo."""
    assert granted.identity is not None
    said = profile(granted)
    thin = {"name", "email"} if granted.with_access else set(said) - {"preferred_username"}
    claims: JSON = {"sub": granted.identity.id, **{name: said[name] for name in said if name in thin}}
    claims |= {"ver": 1, "iss": granted.issuer, "aud": granted.client_id, "iat": int(granted.now)}
    claims |= {"exp": int(granted.now) + granted.seconds, "jti": f"ID.{granted.token_id}", "amr": ["pwd"]}
    claims["idp"] = granted.ids["idp"]
    if granted.nonce is not None:
        claims["nonce"] = granted.nonce
    if "preferred_username" in said:
        claims["preferred_username"] = said["preferred_username"]
    claims["auth_time"] = int(granted.at)
    claims |= {name: granted.hashes[name] for name in ("at_hash", "c_hash") if name in granted.hashes}
    found = groups(granted)
    return claims if found is None else claims | {granted.settings["groups_claim_name"]: found}


def access_claims(granted: Granted) -> JSON:
    """An access token; the org server's is meant for Okta alone."""
    audience = granted.ids["base"] if granted.server == "org" else granted.settings["authorization_server_audience"]
    claims: JSON = {"ver": 1, "jti": f"AT.{granted.token_id}", "iss": granted.issuer, "aud": audience}
    claims |= {"iat": int(granted.now), "exp": int(granted.now) + granted.seconds, "cid": granted.client_id}
    if granted.identity is None:
        return claims | {"scp": list(granted.scopes), "sub": granted.client_id}
    claims |= {"uid": granted.identity.id, "scp": list(granted.scopes), "auth_time": int(granted.at)}
    return claims | {"sub": granted.identity.person.userName}


def userinfo(granted: Granted) -> JSON:
    """All that the scopes allow, and the groups."""
    assert granted.identity is not None
    found = groups(granted)
    more = {} if found is None else {granted.settings["groups_claim_name"]: found}
    return {"sub": granted.identity.id, **profile(granted), **more}


def introspection(claims: JSON, granted: Granted) -> JSON:
    """An active access token."""
    person = {} if granted.identity is None else {"username": granted.identity.person.userName}
    answer = {"active": True, "scope": " ".join(granted.scopes), **person}
    answer |= {name: claims[name] for name in ("exp", "iat", "sub", "aud", "iss", "jti")}
    answer |= {"token_type": "Bearer", "client_id": granted.client_id}
    return answer | ({"uid": claims["uid"]} if "uid" in claims else {})


_SAFE: Headers = (("X-Content-Type-Options", "nosniff"),)
_NEVER: Headers = (("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache"), ("Expires", "0"), *_SAFE)

LOOK = OidcLook(
    client="app",
    servers=(ORG, DEFAULT),
    strangers=("/oauth2/<server>/v1/<path:rest>", "/oauth2/<server>/.well-known/<path:rest>"),
    stranger=oidc_errors.stranger,
    rules=rules,
    scopes=scopes,
    id_header=("kid", "alg"),
    access_header=("kid", "alg"),
    id_claims=id_claims,
    access_claims=access_claims,
    userinfo=userinfo,
    answer=("token_type", "expires_in", "access_token", "scope", "refresh_token", "id_token"),
    errors=oidc_errors.ERRORS,
    error_body=oidc_errors.body,
    error_params=oidc_errors.params,
    bearer=oidc_errors.bearer,
    key=(("kty", "RSA"), ("alg", "RS256"), ("kid", "{kid}"), ("use", "sig"), ("e", "{e}"), ("n", "{n}")),
    headers={
        "discovery": (("Cache-Control", "max-age=86400, must-revalidate"), *_SAFE),
        "keys": (("Cache-Control", "max-age=3885115, must-revalidate"), *_SAFE),
        "token": _NEVER,
    },
    introspection=introspection,
    refused=refused,
    headline="400 Bad Request",
    state_required=True,
    logout_needs_hint=True,
    quirks=(
        Quirk("state is required on every authorization request.", REFERENCE),
        Quirk("The id_token's header holds kid and alg, and no typ.", REFERENCE),
        Quirk("Beside an access token the id_token is thin: most of the profile comes from userinfo only.", REFERENCE),
        Quirk("The org server's access token is for Okta alone: do not parse it.", SERVERS),
        Quirk("scp is an array, and sub of an access token the login, not the id that the id_token has.", REFERENCE),
        Quirk("A groups claim of more than 100 groups fails the request.", REFERENCE),
        Quirk("Refresh tokens of web and native apps stay the same; those of browser apps rotate.", REFRESH),
        Quirk("An unknown authorization server is answered in the API's error shape, with errorCode.", REFERENCE),
        Quirk("Logout needs id_token_hint.", REFERENCE),
        Quirk("Any of two or three published keys may sign; their order means nothing.", REFERENCE),
    ),
)
"""Okta has no `okta_post_message` here: that response mode needs a script in the client's page."""
