"""How Okta words what is wrong with an OpenID Connect request."""

from __future__ import annotations

from idpsim.signon.oidc import JSON, Bearer, Headers, Trace, Wrong

_REQUEST = "invalid_request"
_CLIENT = "invalid_client"
_GRANT = "invalid_grant"
_SCOPE = "invalid_scope"

ERRORS = {
    "no_client": Wrong(_CLIENT, "A client_id must be provided in the request."),
    "unknown_client": Wrong(_CLIENT, "Invalid value for 'client_id' parameter.", 401),
    "no_redirect": Wrong(_REQUEST, "The 'redirect_uri' parameter is required."),
    "bad_redirect": Wrong(
        _REQUEST, "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings."
    ),
    "repeated": Wrong(_REQUEST, "The '{name}' parameter must not be provided more than once."),
    "too_large": Wrong(_REQUEST, "The request is too large.", 413),
    "no_response_type": Wrong(_REQUEST, "The authentication request has an invalid 'response_type' parameter."),
    "bad_response_type": Wrong(
        "unsupported_response_type",
        "The response type is not supported by the authorization server. Configured response types: [{allowed}].",
    ),
    "response_type_off": Wrong(
        "unauthorized_client",
        "The client is not authorized to use the provided response type. Configured response types: [{allowed}].",
    ),
    "bad_response_mode": Wrong(
        "unsupported_response_mode", "The response mode is not supported by the authorization server."
    ),
    "no_state": Wrong(_REQUEST, "The authentication request has an invalid 'state' parameter."),
    "no_nonce": Wrong(_REQUEST, "The authentication request has an invalid 'nonce' parameter."),
    "challenge_required": Wrong(_REQUEST, "PKCE code challenge is required by the application."),
    "challenge_method": Wrong(_REQUEST, "The 'code_challenge_method' parameter must be 'S256'."),
    "bad_challenge": Wrong(_REQUEST, "PKCE code challenge is invalid."),
    "bad_scope": Wrong(_SCOPE, "One or more scopes are not configured for the authorization server resource."),
    "no_openid": Wrong(_SCOPE, "The authentication request must include the 'openid' scope."),
    "offline_refused": Wrong(_SCOPE, "The requested scope is invalid, unknown, or malformed."),
    "too_many_groups": Wrong(_REQUEST, "The user is a member of more than 100 groups that match the groups claim."),
    "not_assigned": Wrong("access_denied", "User is not assigned to the client application."),
    "login_required": Wrong("login_required", "The client specified not to prompt, but the user is not logged in."),
    "bad_prompt": Wrong(_REQUEST, "The authentication request has an invalid 'prompt' parameter."),
    "bad_max_age": Wrong(_REQUEST, "The authentication request has an invalid 'max_age' parameter."),
    "request_object": Wrong(_REQUEST, "The authentication request has an invalid 'request' parameter."),
    "bad_content": Wrong(_REQUEST, "Accept and/or Content-Type headers supplied in request are invalid."),
    "no_grant_type": Wrong(_REQUEST, "The token request must have a 'grant_type' parameter."),
    "bad_grant_type": Wrong(
        "unsupported_grant_type",
        "The authorization grant type is not supported by the authorization server. "
        "Configured grant types: [{allowed}].",
    ),
    "grant_off": Wrong(
        "unauthorized_client",
        "The client is not authorized to use the provided grant type. Configured grant types: [{allowed}].",
    ),
    "no_credentials": Wrong(_CLIENT, "No client credentials found.", 401),
    "both_credentials": Wrong(
        _REQUEST,
        "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, "
        "credentials in the post body, or a client_assertion in the post body.",
    ),
    "bad_secret": Wrong(_CLIENT, "The client secret supplied for a confidential client is invalid.", 401),
    "public_secret": Wrong(_CLIENT, "Client authentication must not be provided for a public client.", 401),
    "wrong_method": Wrong(_CLIENT, "No client credentials found.", 401),
    "no_code": Wrong(_REQUEST, "The token request must have a 'code' parameter."),
    "bad_code": Wrong(_GRANT, "The authorization code is invalid or has expired."),
    "reused_code": Wrong(_GRANT, "The authorization code is invalid or has expired."),
    "expired_code": Wrong(_GRANT, "The authorization code is invalid or has expired."),
    "redirect_mismatch": Wrong(
        _GRANT, "The 'redirect_uri' does not match the redirection URI used in the authorization request."
    ),
    "no_verifier": Wrong(_GRANT, "PKCE verification failed."),
    "bad_verifier": Wrong(_GRANT, "PKCE verification failed."),
    "wrong_verifier": Wrong(_GRANT, "PKCE verification failed."),
    "unasked_verifier": Wrong(_GRANT, "PKCE verification failed."),
    "no_refresh": Wrong(_REQUEST, "The token request must have a 'refresh_token' parameter."),
    "bad_refresh": Wrong(_GRANT, "The refresh token is invalid or expired."),
    "expired_refresh": Wrong(_GRANT, "The refresh token is invalid or expired."),
    "no_scope": Wrong(
        _SCOPE,
        "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
    ),
    "no_origin": Wrong(_REQUEST, "The request must have an Origin header."),
    "no_token": Wrong(_REQUEST, "The request must have a 'token' parameter."),
    "method": Wrong(_REQUEST, "The HTTP method is not supported by this endpoint.", 405),
    "no_hint": Wrong(_REQUEST, "The 'id_token_hint' parameter is required."),
    "bad_hint": Wrong(_REQUEST, "The 'id_token_hint' parameter is invalid or has expired."),
    "bad_logout_redirect": Wrong(
        _REQUEST, "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings."
    ),
}


def body(wrong: Wrong, text: str, _trace: Trace) -> JSON:
    """The token endpoint's error: two fields."""
    return {"error": wrong.error, "error_description": text}


def params(wrong: Wrong, text: str, _trace: Trace) -> dict[str, str]:
    """What is sent back to the client, `state` aside."""
    return {"error": wrong.error, "error_description": text}


def stranger(_method: str, path: str, trace: Trace) -> tuple[int, JSON]:
    """A server that does not exist: the shape of Okta's management API, not OAuth's."""
    name = path.removeprefix("/oauth2/").partition("/")[0]
    error_id = "oae" + trace.id.replace("-", "")[:17]
    summary = f"Not found: Resource not found: {name} (AuthorizationServer)"
    causes: list[JSON] = []
    return 404, {
        "errorCode": "E0000007",
        "errorSummary": summary,
        "errorLink": "E0000007",
        "errorId": error_id,
        "errorCauses": causes,
    }


def bearer(kind: Bearer, _endpoint: str, _trace: Trace) -> tuple[int, Headers, JSON | None]:
    """Userinfo's error: in the header only."""
    status, error, text = {
        "missing": (401, "invalid_request", "The request is missing an access token."),
        "invalid": (401, "invalid_token", "The access token is invalid."),
        "scope": (403, "insufficient_scope", "The access token must provide access to the scope: openid"),
    }[kind]
    return status, (("WWW-Authenticate", f'Bearer error="{error}", error_description="{text}"'),), None
