"""A vendor's OpenID Connect look: data, and small functions of what was granted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from idpsim.signon import Identity
from idpsim.wire import Quirk

JSON: TypeAlias = dict[str, Any]
Headers: TypeAlias = tuple[tuple[str, str], ...]
Settings: TypeAlias = Mapping[str, Any]
Flow: TypeAlias = Literal["authorize", "token", "refresh", "client"]
Bearer: TypeAlias = Literal["missing", "invalid", "scope"]

AUTHORIZE = [
    "no_client",
    "unknown_client",
    "no_redirect",
    "bad_redirect",
    "repeated",
    "too_large",
    "no_response_type",
    "bad_response_type",
    "response_type_off",
    "bad_response_mode",
    "no_state",
    "no_nonce",
    "challenge_required",
    "challenge_method",
    "bad_challenge",
    "bad_scope",
    "no_openid",
    "offline_refused",
    "too_many_groups",
    "not_assigned",
    "login_required",
    "bad_prompt",
    "bad_max_age",
    "request_object",
]
TOKEN = [
    "bad_content",
    "too_large",
    "repeated",
    "no_grant_type",
    "bad_grant_type",
    "grant_off",
    "no_client",
    "no_credentials",
    "both_credentials",
    "unknown_client",
    "bad_secret",
    "public_secret",
    "wrong_method",
    "no_code",
    "bad_code",
    "reused_code",
    "expired_code",
    "redirect_mismatch",
    "no_verifier",
    "bad_verifier",
    "wrong_verifier",
    "unasked_verifier",
    "no_refresh",
    "bad_refresh",
    "expired_refresh",
    "bad_scope",
    "no_scope",
    "too_many_groups",
    "no_origin",
    "no_token",
    "method",
]
LOGOUT = ["no_hint", "bad_hint", "bad_logout_redirect"]
KINDS = frozenset([*AUTHORIZE, *TOKEN, *LOGOUT])
"""All that can be wrong with a request; each vendor words every one of them."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """How a vendor words one thing that is wrong: `text` is filled with values of the request; `code` is its own."""

    error: str
    text: str
    status: int = 400
    code: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What an error answer is found again by: two random UUIDs, and the time in seconds since the epoch."""

    id: str
    correlation: str
    at: float


@dataclass(frozen=True, slots=True)
class Server:
    """One authorization server; all URLs are templates of the app's ids that begin with `{base}`.

    `issuer` is what discovery says and `token_issuer` what tokens say, where they differ. `endpoints` are by name:
    authorize, token, userinfo, keys, logout, and introspect and revoke where there are. `document` is the discovery
    document in its order, its texts templates too.
    """

    name: str
    issuer: str
    endpoints: Mapping[str, str]
    discovery: tuple[str, ...]
    document: tuple[tuple[str, Any], ...]
    token_issuer: str = ""


@dataclass(frozen=True, slots=True)
class Refreshing:
    """What becomes of a refresh token that is used; times in seconds, None: without end.

    `fresh`: the answer carries a new one. `rotates`: the old one is good for `leeway` more, and its use after that
    revokes all that came of it; without, the old one stays good. `carried`: a new one ends when the old one would.
    """

    fresh: bool
    rotates: bool = False
    leeway: float = 0
    life: float | None = None
    idle: float | None = None
    carried: bool = False


@dataclass(frozen=True, slots=True)
class ClientRules:
    """What an app may do: `auth` are methods at the token endpoint, `response_types` have their words sorted.

    `pkce`: a challenge must be sent. `origin`: whether a token request must carry an Origin header. Times in seconds.
    """

    auth: tuple[str, ...]
    pkce: bool
    grants: tuple[str, ...]
    response_types: tuple[str, ...]
    refresh: Refreshing | None = None
    origin: bool = False
    code_seconds: int = 60
    access_seconds: int = 3600
    id_seconds: int = 3600


@dataclass(frozen=True, slots=True)
class Granted:
    """What claims are made of: `identity` is None where a client speaks for itself.

    `at` is when the person has authenticated, `now` when this is issued, `seconds` how long it is good for. `token_id`
    is random. `hashes` are at_hash, c_hash and rt_hash of what is issued with it. `asked` are the names that the
    `claims` parameter asks for.
    """

    server: str
    issuer: str
    client_id: str
    ids: Mapping[str, str]
    settings: Settings
    identity: Identity | None
    scopes: tuple[str, ...]
    flow: Flow
    at: float
    now: float
    seconds: int
    token_id: str
    nonce: str | None = None
    session: str = ""
    with_access: bool = True
    public: bool = False
    acr: str | None = None
    max_age: bool = False
    hashes: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()


Claims: TypeAlias = Callable[[Granted], JSON]
Scopes: TypeAlias = Callable[[tuple[str, ...], Flow, str, Mapping[str, str], Settings], "tuple[str, ...] | str"]


@dataclass(frozen=True)
class OidcLook:
    """How a vendor's OpenID Connect looks and behaves.

    `client` names the app's id that is its client id. `strangers` are routes of servers that do not exist, answered
    by `stranger` of method, path and trace. `rules` are those of an app's settings, public or not. `scopes` gives the
    granted ones of those asked for, in the vendor's order, or the kind of what is wrong (server and ids are given).
    Headers and the answer have their names in order. `key` is a JWK in its order, texts with `{kid}` and the like;
    `kid` is how it is named. `bearer` is the answer to a bad access token: of kind, endpoint and trace.
    `opaque` tells of an access token that nobody but the vendor can verify, `refused` the kind of what keeps a token
    from being issued. The vendors' Strict-Transport-Security is left out: a browser would hold it against every port
    of localhost.
    """

    client: str
    servers: tuple[Server, ...]
    strangers: tuple[str, ...]
    stranger: Callable[[str, str, Trace], tuple[int, JSON]]
    rules: Callable[[Settings, bool], ClientRules]
    scopes: Scopes
    id_header: tuple[str, ...]
    access_header: tuple[str, ...]
    id_claims: Claims
    access_claims: Claims
    userinfo: Claims
    answer: tuple[str, ...]
    errors: Mapping[str, Wrong]
    error_body: Callable[[Wrong, str, Trace], JSON]
    error_params: Callable[[Wrong, str, Trace], dict[str, str]]
    bearer: Callable[[Bearer, str, Trace], tuple[int, Headers, JSON | None]]
    key: tuple[tuple[str, Any], ...]
    headers: Mapping[str, Headers]
    introspection: Callable[[JSON, Granted], JSON] | None = None
    kid: Literal["x5t", "sha256"] = "sha256"
    keys_sorted: bool = False
    page: Literal["html", "json"] = "html"
    headline: str = ""
    challenge_methods: tuple[str, ...] = ("S256",)
    response_modes: tuple[str, ...] = ("query", "fragment", "form_post")
    state_required: bool = False
    both_credentials: bool = False
    missing_client: str = "no_credentials"
    refresh_scope: str = "offline_access"
    session_state: bool = False
    acr_reauthenticates: tuple[str, ...] = ()
    claims_parameter: bool = False
    logout_needs_hint: bool = False
    logout_to_redirect_uris: bool = False
    opaque: Callable[[Granted], bool] | None = None
    refused: Callable[[Granted], str | None] | None = None
    code_prefix: str = ""
    refresh_prefix: str = ""
    quirks: tuple[Quirk, ...] = ()
