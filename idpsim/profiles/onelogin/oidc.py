"""OneLogin's OpenID Connect look: `oidc/2`, which is node-oidc-provider underneath."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from idpsim.profiles.onelogin import oidc_errors
from idpsim.provisioning.settings import Setting
from idpsim.signon.oidc import JSON, ClientRules, Flow, Granted, Headers, OidcLook, Refreshing, Server, Settings
from idpsim.wire import Quirk

DOCS = "https://developers.onelogin.com/openid-connect"
CONFIG = f"{DOCS}/api/provider-config"
CODE_FLOW = f"{DOCS}/api/authorization-code-grant"
REFRESH = f"{DOCS}/api/refresh-session"
SCOPES = f"{DOCS}/scopes"
CONNECT = f"{DOCS}/connect-to-onelogin"
UPGRADE = f"{DOCS}/upgrade"
REAUTH = "onelogin:nist:level:1:re-auth"

SETTINGS = {
    "oidc_application_type": Setting(
        "Web",
        "Application Type; native and mobile apps must send a challenge",
        choices=("Web", "Native/Mobile"),
        source=CONNECT,
    ),
    "token_endpoint_authentication_method": Setting(
        "BASIC",
        "Token Endpoint: how the app authenticates there, and in no other way",
        choices=("BASIC", "POST", "NONE (PKCE)"),
        source=CONNECT,
    ),
    "refresh_token_timeout": Setting(0, "Refresh Token Timeout in minutes; 0: no refresh tokens", source=REFRESH),
    "access_token_timeout": Setting(60, "Access Token Timeout in minutes", source=UPGRADE),
    "oidc_app_parameters": Setting({}, "parameters of the app, for the scope params", source=SCOPES),
}

_METHODS = ["client_secret_basic", "client_secret_post", "none"]
_CLAIMS = [
    "sub",
    "email",
    "preferred_username",
    "name",
    "updated_at",
    "given_name",
    "family_name",
    "locale",
    "groups",
    "email_verified",
    "params",
    "phone_number",
    "acr",
    "sid",
    "auth_time",
    "iss",
]
_SCOPES = ("openid", "name", "profile", "groups", "email", "params", "phone")
_ALGORITHMS = ["HS256", "RS256", "PS256"]
_ROOT = "{base}/oidc/2"

SERVER = Server(
    "oidc/2",
    _ROOT,
    {
        "authorize": f"{_ROOT}/auth",
        "token": f"{_ROOT}/token",
        "userinfo": f"{_ROOT}/me",
        "keys": f"{_ROOT}/certs",
        "logout": f"{_ROOT}/logout",
        "introspect": f"{_ROOT}/token/introspection",
        "revoke": f"{_ROOT}/token/revocation",
    },
    (f"{_ROOT}/.well-known/openid-configuration",),
    (
        ("acr_values_supported", [REAUTH]),
        ("authorization_endpoint", f"{_ROOT}/auth"),
        ("claims_parameter_supported", True),
        ("claims_supported", _CLAIMS),
        ("code_challenge_methods_supported", ["S256"]),
        ("end_session_endpoint", f"{_ROOT}/logout"),
        (
            "grant_types_supported",
            ["authorization_code", "implicit", "refresh_token", "client_credentials", "password"],
        ),
        ("id_token_signing_alg_values_supported", _ALGORITHMS),
        ("issuer", _ROOT),
        ("jwks_uri", f"{_ROOT}/certs"),
        ("registration_endpoint", f"{_ROOT}/register"),
        ("request_parameter_supported", False),
        ("request_uri_parameter_supported", False),
        ("response_modes_supported", ["form_post", "fragment", "query"]),
        ("response_types_supported", ["code", "id_token token", "id_token"]),
        ("scopes_supported", list(_SCOPES)),
        ("subject_types_supported", ["public"]),
        ("token_endpoint_auth_methods_supported", _METHODS),
        ("token_endpoint", f"{_ROOT}/token"),
        ("userinfo_endpoint", f"{_ROOT}/me"),
        ("userinfo_signing_alg_values_supported", _ALGORITHMS),
        ("introspection_endpoint", f"{_ROOT}/token/introspection"),
        ("introspection_endpoint_auth_methods_supported", _METHODS),
        ("revocation_endpoint", f"{_ROOT}/token/revocation"),
        ("revocation_endpoint_auth_methods_supported", _METHODS),
        ("claim_types_supported", ["normal"]),
    ),
)

_AUTH = {"BASIC": "client_secret_basic", "POST": "client_secret_post", "NONE (PKCE)": "none"}


def rules(settings: Settings, public: bool) -> ClientRules:
    """The app authenticates in the one way that its settings name; a refresh token needs a timeout for it."""
    method = "none" if public else _AUTH[settings["token_endpoint_authentication_method"]]
    minutes = int(settings["refresh_token_timeout"])
    refreshing = Refreshing(True, rotates=True, life=60.0 * minutes) if minutes > 0 else None
    grants = ("authorization_code", "implicit", *(("refresh_token",) if refreshing else ()))
    return ClientRules(
        auth=(method,),
        pkce=method == "none" or settings["oidc_application_type"] != "Web",
        grants=grants if method == "none" else (*grants, "client_credentials"),
        response_types=("code", "id_token", "id_token token"),
        refresh=refreshing,
        access_seconds=60 * max(int(settings["access_token_timeout"]), 1),
        id_seconds=7200,
    )


def scopes(
    asked: tuple[str, ...], flow: Flow, _server: str, _ids: Mapping[str, str], _settings: Settings
) -> tuple[str, ...] | str:
    """The granted scopes as asked; offline_access is an error."""
    if "offline_access" in asked:
        return "offline_refused"
    if flow == "client":
        return asked if set(asked) <= set(_SCOPES) else "bad_scope"
    if "openid" not in asked:
        return "no_openid"
    return tuple(dict.fromkeys(asked)) if set(asked) <= set(_SCOPES) else "bad_scope"


def profile(granted: Granted) -> JSON:
    """What is known of a person; e-mail address, user name and name come with openid alone."""
    assert granted.identity is not None
    person = granted.identity.person
    said: dict[str, Any] = {
        "email": person.email,
        "preferred_username": person.userName,
        "name": person.displayName,
    }
    wanted = granted.scopes
    if "profile" in wanted:
        moment = datetime.fromtimestamp(granted.at, UTC).isoformat(timespec="milliseconds")
        said |= {"updated_at": moment.replace("+00:00", "Z"), "locale": person.locale}
    if "profile" in wanted or "name" in wanted or {"given_name", "family_name"} & granted.asked:
        said |= {"given_name": person.givenName, "family_name": person.familyName}
    if "phone" in wanted or "phone_number" in granted.asked:
        said["phone_number"] = person.phone
    if "groups" in wanted:
        said["groups"] = [each.name for each in granted.identity.groups]
    if "params" in wanted:
        said["params"] = dict(granted.settings["oidc_app_parameters"])
    return {name: value for name, value in said.items() if value is not None}


def id_claims(granted: Granted) -> JSON:
    """An id_token: who it is first, then what it was issued for."""
    assert granted.identity is not None
    claims: JSON = {"sub": granted.identity.id, **profile(granted)}
    if granted.acr is not None:
        claims["acr"] = granted.acr
    if granted.max_age or "auth_time" in granted.asked:
        claims["auth_time"] = int(granted.at)
    if granted.nonce is not None:
        claims["nonce"] = granted.nonce
    claims |= {name: granted.hashes[name] for name in ("at_hash", "rt_hash") if name in granted.hashes}
    claims |= {"sid": granted.session, "aud": granted.client_id, "exp": int(granted.now) + granted.seconds}
    return claims | {"iat": int(granted.now), "iss": granted.issuer}


def access_claims(granted: Granted) -> JSON:
    """A version 2 access token."""
    who = granted.client_id if granted.identity is None else granted.identity.id
    return {
        "jti": granted.token_id[:21],
        "sub": who,
        "iss": granted.issuer,
        "iat": int(granted.now),
        "exp": int(granted.now) + granted.seconds,
        "scope": " ".join(granted.scopes),
        "aud": granted.client_id,
    }


def userinfo(granted: Granted) -> JSON:
    """The same as in the id_token."""
    assert granted.identity is not None
    return {"sub": granted.identity.id, **profile(granted)}


def introspection(claims: JSON, granted: Granted) -> JSON:
    """An active access token."""
    answer: JSON = {"active": True, "sub": claims["sub"], "client_id": granted.client_id}
    answer |= {name: claims[name] for name in ("exp", "iat", "iss", "jti", "scope")}
    return answer | {"token_type": "Bearer"}


_SAFE: Headers = (("Content-Type", "application/json; charset=utf-8"), ("X-Content-Type-Options", "nosniff"))

LOOK = OidcLook(
    client="client",
    servers=(SERVER,),
    strangers=("/oidc/2/<path:rest>",),
    stranger=oidc_errors.stranger,
    rules=rules,
    scopes=scopes,
    id_header=("alg", "typ", "kid"),
    access_header=("alg", "typ", "kid"),
    id_claims=id_claims,
    access_claims=access_claims,
    userinfo=userinfo,
    answer=("access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"),
    errors=oidc_errors.ERRORS,
    error_body=oidc_errors.body,
    error_params=oidc_errors.params,
    bearer=oidc_errors.bearer,
    key=(("kty", "RSA"), ("kid", "{kid}"), ("use", "sig"), ("e", "{e}"), ("n", "{n}")),
    headers={
        "discovery": (("Cache-Control", "private"), *_SAFE),
        "keys": (("Cache-Control", "private"), *_SAFE),
        "token": (("Cache-Control", "no-cache, no-store"), ("Pragma", "no-cache"), *_SAFE),
    },
    introspection=introspection,
    page="json",
    headline="oops! something went wrong",
    acr_reauthenticates=(REAUTH,),
    claims_parameter=True,
    refresh_scope="",
    quirks=(
        Quirk("sub is a number in a string, the user's id at OneLogin.", SCOPES),
        Quirk("email, preferred_username and name come with the scope openid alone.", SCOPES),
        Quirk("updated_at is an ISO text, not a number.", SCOPES),
        Quirk("offline_access is an error; a refresh token comes where the app has a Refresh Token Timeout.", REFRESH),
        Quirk("The client must authenticate in its one configured way; twice is an error.", CODE_FLOW),
        Quirk("The scopes groups and params add claims of those names.", SCOPES),
        Quirk("acr_values of onelogin:nist:level:1:re-auth asks for the password again.", CONFIG),
        Quirk("The id_token is good for two hours, the access token for one.", SCOPES),
    ),
)
