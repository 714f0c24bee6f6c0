"""How Entra words what is wrong with an OpenID Connect request: AADSTS codes, with ids to trace it by."""

from __future__ import annotations

from datetime import UTC, datetime

from idpsim.signon.oidc import JSON, Bearer, Headers, Trace, Wrong

CODES = "https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes"
_REQUEST = "invalid_request"
_CLIENT = "invalid_client"
_GRANT = "invalid_grant"
_SCOPE = "invalid_scope"
_MISSING = "The request body must contain the following parameter: '{name}'."
_REPLY = (
    "The redirect URI '{redirect_uri}' specified in the request does not match the redirect URIs configured for the "
)

ERRORS = {
    "no_client": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "unknown_client": Wrong(
        "unauthorized_client",
        "Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant.",
        400,
        "700016",
    ),
    "no_redirect": Wrong(_REQUEST, "No reply address provided.", 400, "900971"),
    "bad_redirect": Wrong(
        _REQUEST,
        _REPLY + "application '{client_id}'. Make sure the redirect URI sent in the request matches one added to your "
        "application in the Azure portal.",
        400,
        "50011",
    ),
    "repeated": Wrong(_REQUEST, "The parameter '{name}' is duplicated.", 400, "9000411"),
    "too_large": Wrong(_REQUEST, "The request is too large.", 413, "90013"),
    "no_response_type": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "bad_response_type": Wrong(
        "unsupported_response_type",
        "The provided value for the input parameter 'response_type' is not valid. Expected value is '{allowed}'.",
        400,
        "70005",
    ),
    "response_type_off": Wrong(
        "unsupported_response", "response_type '{response_type}' is not enabled for the application.", 400, "700054"
    ),
    "bad_response_mode": Wrong(
        _REQUEST, "The provided value for the input parameter 'response_mode' is not allowed.", 400, "70007"
    ),
    "no_state": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "no_nonce": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "challenge_required": Wrong(
        _REQUEST,
        "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
        400,
        "9002325",
    ),
    "challenge_method": Wrong(_REQUEST, "Invalid Code_Challenge_method parameter.", 400, "50149"),
    "bad_challenge": Wrong(_REQUEST, "Invalid size of Code_Challenge parameter.", 400, "501491"),
    "bad_scope": Wrong(
        _SCOPE,
        "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid.",
        400,
        "70011",
    ),
    "no_openid": Wrong(
        _REQUEST, "The 'openid' scope is required when the response_type contains 'id_token'.", 400, "70011"
    ),
    "offline_refused": Wrong(_SCOPE, "The provided request must include a valid 'scope'.", 400, "70011"),
    "too_many_groups": Wrong(_REQUEST, "The request cannot be answered.", 400, "90013"),
    "not_assigned": Wrong(
        "access_denied",
        "The signed in user is not assigned to a role for the application.",
        403,
        "50105",
    ),
    "login_required": Wrong(
        "login_required",
        "Session information is not sufficient for single-sign-on.",
        400,
        "50058",
    ),
    "bad_prompt": Wrong(_REQUEST, "Unsupported 'prompt' value.", 400, "90023"),
    "bad_max_age": Wrong(_REQUEST, "The provided value for the input parameter 'max_age' is not valid.", 400, "90023"),
    "request_object": Wrong("request_not_supported", "The 'request' parameter is not supported.", 400, "90023"),
    "bad_content": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "no_grant_type": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "bad_grant_type": Wrong(
        "unsupported_grant_type", "The app requested an unsupported grant type '{grant_type}'.", 400, "70003"
    ),
    "grant_off": Wrong("unauthorized_client", "The app may not use the grant type '{grant_type}'.", 400, "70003"),
    "no_credentials": Wrong(
        _CLIENT,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        401,
        "7000218",
    ),
    "both_credentials": Wrong(_REQUEST, "Client credentials were presented twice.", 400, "90023"),
    "bad_secret": Wrong(
        _CLIENT,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not "
        "the client secret ID, for a secret added to app '{client_id}'.",
        401,
        "7000215",
    ),
    "public_secret": Wrong(
        _CLIENT,
        "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        401,
        "700025",
    ),
    "wrong_method": Wrong(
        _CLIENT,
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
        401,
        "7000218",
    ),
    "no_code": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "bad_code": Wrong(
        _GRANT,
        "The provided value for the input parameter 'code' or 'refresh_token' is not valid.",
        400,
        "9002313",
    ),
    "reused_code": Wrong(
        _GRANT,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh "
        "token.",
        400,
        "54005",
    ),
    "expired_code": Wrong(
        _GRANT,
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive "
        "authorization request for this user and resource.",
        400,
        "70008",
    ),
    "redirect_mismatch": Wrong(
        _CLIENT,
        "The reply address '{redirect_uri}' does not match the reply address '{expected}' provided when requesting "
        "Authorization code.",
        400,
        "500112",
    ),
    "no_verifier": Wrong(
        _GRANT,
        "The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.",
        400,
        "50148",
    ),
    "bad_verifier": Wrong(_GRANT, "Invalid size of Code_Verifier parameter.", 400, "501481"),
    "wrong_verifier": Wrong(
        _GRANT,
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        400,
        "501481",
    ),
    "unasked_verifier": Wrong(
        _GRANT,
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
        400,
        "501481",
    ),
    "no_refresh": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "bad_refresh": Wrong(_GRANT, "Error(s): The provided grant is invalid or malformed.", 400, "9002313"),
    "expired_refresh": Wrong(_GRANT, "The refresh token has expired due to inactivity.", 400, "700082"),
    "no_scope": Wrong(
        _SCOPE,
        "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with "
        "/.default suffixed to the resource identifier (application ID URI).",
        400,
        "1002012",
    ),
    "no_origin": Wrong(
        _REQUEST,
        "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
        400,
        "9002327",
    ),
    "no_token": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "method": Wrong(_REQUEST, "Endpoint only accepts POST, OPTIONS requests. Received a GET request.", 400, "900561"),
    "no_hint": Wrong(_REQUEST, _MISSING, 400, "900144"),
    "bad_hint": Wrong(_REQUEST, "The 'id_token_hint' is not valid.", 400, "90023"),
    "bad_logout_redirect": Wrong(_REQUEST, _REPLY + "application.", 400, "50011"),
}


def _told(wrong: Wrong, text: str, trace: Trace) -> str:
    moment = datetime.fromtimestamp(trace.at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return f"AADSTS{wrong.code}: {text} Trace ID: {trace.id} Correlation ID: {trace.correlation} Timestamp: {moment}"


def body(wrong: Wrong, text: str, trace: Trace) -> JSON:
    """The token endpoint's error: the OAuth fields, and those that a trace is found by."""
    return {
        "error": wrong.error,
        "error_description": _told(wrong, text, trace),
        "error_codes": [int(wrong.code)],
        "timestamp": datetime.fromtimestamp(trace.at, UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
        "trace_id": trace.id,
        "correlation_id": trace.correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={wrong.code}",
    }


def params(wrong: Wrong, text: str, trace: Trace) -> dict[str, str]:
    """What is sent back to the client, `state` aside."""
    uri = f"https://login.microsoftonline.com/error?code={wrong.code}"
    return {"error": wrong.error, "error_description": _told(wrong, text, trace), "error_uri": uri}


def stranger(_method: str, path: str, trace: Trace) -> tuple[int, JSON]:
    """A tenant that does not exist."""
    tenant = path.strip("/").partition("/")[0]
    text = (
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant."
    )
    return 400, body(Wrong("invalid_tenant", text, 400, "90002"), text, trace)


def bearer(kind: Bearer, _endpoint: str, trace: Trace) -> tuple[int, Headers, JSON | None]:
    """Microsoft Graph's error, since userinfo is Graph's."""
    text = {
        "missing": "Access token is empty.",
        "invalid": "IDX14100: JWT is not well formed, there are no dots (.).",
        "scope": "Insufficient privileges to complete the operation.",
    }[kind]
    inner = {
        "date": datetime.fromtimestamp(trace.at, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        "request-id": trace.id,
        "client-request-id": trace.correlation,
    }
    status, code = (403, "Authorization_RequestDenied") if kind == "scope" else (401, "InvalidAuthenticationToken")
    challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
    return status, (("WWW-Authenticate", challenge),), {"error": {"code": code, "message": text, "innerError": inner}}
