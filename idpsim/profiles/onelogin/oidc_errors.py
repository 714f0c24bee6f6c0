"""How OneLogin words what is wrong with an OpenID Connect request: as node-oidc-provider does."""

from __future__ import annotations

from idpsim.signon.oidc import JSON, Bearer, Headers, Trace, Wrong

_REQUEST = "invalid_request"
_CLIENT = "invalid_client"
_GRANT = "invalid_grant"
_SCOPE = "invalid_scope"
_INVALID_GRANT = Wrong(_GRANT, "grant request is invalid")
_MISSING = Wrong(_REQUEST, "missing required parameter(s) {name}")

ERRORS = {
    "no_client": _MISSING,
    "unknown_client": Wrong(_CLIENT, "client is invalid"),
    "no_redirect": _MISSING,
    "bad_redirect": Wrong("redirect_uri_mismatch", "redirect_uri did not match any client's registered redirect_uris"),
    "repeated": Wrong(_REQUEST, "parameters must not be provided twice. ({name})"),
    "too_large": Wrong(_REQUEST, "request entity too large", 413),
    "no_response_type": _MISSING,
    "bad_response_type": Wrong("unsupported_response_type", "response_type not supported. ({response_type})"),
    "response_type_off": Wrong("restricted_response_type", "response_type not allowed for this client"),
    "bad_response_mode": Wrong("unsupported_response_mode", "response_mode not supported"),
    "no_state": _MISSING,
    "no_nonce": Wrong(_REQUEST, "missing required parameter(s) nonce"),
    "challenge_required": Wrong(_REQUEST, "PKCE must be provided for native clients"),
    "challenge_method": Wrong(_REQUEST, "not supported value of code_challenge_method"),
    "bad_challenge": Wrong(_REQUEST, "code_challenge must be a string with a minimum length of 43 characters"),
    "bad_scope": Wrong(_SCOPE, "invalid scope value(s) provided. ({scope})"),
    "no_openid": Wrong(_REQUEST, "openid scope must be requested when using the {response_type} response_type"),
    "offline_refused": Wrong(_SCOPE, "requested scope is not whitelisted"),
    "too_many_groups": Wrong(_REQUEST, "request is invalid"),
    "not_assigned": Wrong("access_denied", "user does not have access to this application"),
    "login_required": Wrong("login_required", "End-User authentication is required"),
    "bad_prompt": Wrong(_REQUEST, "invalid prompt value(s) provided. ({prompt})"),
    "bad_max_age": Wrong(_REQUEST, "invalid max_age parameter value"),
    "request_object": Wrong("request_not_supported", "request parameter provided but not supported"),
    "bad_content": Wrong(
        _REQUEST, "only application/x-www-form-urlencoded content-type bodies are supported on POST {path}"
    ),
    "no_grant_type": _MISSING,
    "bad_grant_type": Wrong("unsupported_grant_type", "unsupported grant_type requested ({grant_type})"),
    "grant_off": Wrong("restricted_grant_type", "requested grant type is restricted to this client"),
    "no_credentials": Wrong(_REQUEST, "no client authentication mechanism provided"),
    "both_credentials": Wrong(_REQUEST, "client authentication must only be provided using one mechanism"),
    "bad_secret": Wrong(_CLIENT, "client authentication failed", 401),
    "public_secret": Wrong(_CLIENT, "client authentication failed", 401),
    "wrong_method": Wrong(_CLIENT, "client authentication failed", 401),
    "no_code": _MISSING,
    "bad_code": _INVALID_GRANT,
    "reused_code": _INVALID_GRANT,
    "expired_code": _INVALID_GRANT,
    "redirect_mismatch": _INVALID_GRANT,
    "no_verifier": _INVALID_GRANT,
    "bad_verifier": _INVALID_GRANT,
    "wrong_verifier": _INVALID_GRANT,
    "unasked_verifier": _INVALID_GRANT,
    "no_refresh": _MISSING,
    "bad_refresh": _INVALID_GRANT,
    "expired_refresh": _INVALID_GRANT,
    "no_scope": Wrong(_SCOPE, "missing required parameter(s) scope"),
    "no_origin": _INVALID_GRANT,
    "no_token": _MISSING,
    "method": Wrong(_REQUEST, "unrecognized route or not allowed method", 404),
    "no_hint": _MISSING,
    "bad_hint": Wrong(_REQUEST, "could not validate id_token_hint"),
    "bad_logout_redirect": Wrong(_REQUEST, "post_logout_redirect_uri not registered"),
}


def body(wrong: Wrong, text: str, _trace: Trace) -> JSON:
    """The error everywhere: two fields."""
    return {"error": wrong.error, "error_description": text}


def params(wrong: Wrong, text: str, _trace: Trace) -> dict[str, str]:
    """What is sent back to the client, `state` aside."""
    return {"error": wrong.error, "error_description": text}


def stranger(_method: str, _path: str, _trace: Trace) -> tuple[int, JSON]:
    """A path that does not exist."""
    return 404, {"error": _REQUEST, "error_description": "unrecognized route or not allowed method"}


def bearer(kind: Bearer, endpoint: str, _trace: Trace) -> tuple[int, Headers, JSON | None]:
    """Userinfo's error: in the header and in the body."""
    status, error, text = {
        "missing": (400, _REQUEST, "no access token provided"),
        "invalid": (401, "invalid_token", "invalid token provided"),
        "scope": (403, "insufficient_scope", "access token missing requested scope"),
    }[kind]
    issuer = endpoint.removesuffix("/me")
    challenge = f'Bearer realm="{issuer}", error="{error}", error_description="{text}"'
    headers = (("WWW-Authenticate", challenge),) if status != 400 else ()
    return status, headers, {"error": error, "error_description": text}
