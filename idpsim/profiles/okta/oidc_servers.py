"""Okta's authorization servers, each with its discovery document."""

from __future__ import annotations

from idpsim.signon.oidc import Server

_METHODS = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]
_ALGORITHMS = ["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
STANDARD = ("openid", "profile", "email", "address", "phone", "offline_access", "device_sso", "groups")
_CLAIMS = [
    "iss",
    "ver",
    "sub",
    "aud",
    "iat",
    "exp",
    "jti",
    "auth_time",
    "amr",
    "idp",
    "nonce",
    "name",
    "nickname",
    "preferred_username",
    "given_name",
    "middle_name",
    "family_name",
    "email",
    "email_verified",
    "profile",
    "zoneinfo",
    "locale",
    "address",
    "phone_number",
    "picture",
    "website",
    "gender",
    "birthdate",
    "updated_at",
    "at_hash",
    "c_hash",
]
_RESPONSE_TYPES = ["code", "id_token", "code id_token", "code token", "id_token token", "code id_token token"]
_GRANTS = [
    "authorization_code",
    "implicit",
    "refresh_token",
    "password",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:openid:params:grant-type:ciba",
    "urn:okta:params:oauth:grant-type:otp",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "urn:okta:params:oauth:grant-type:oob",
    "http://auth0.com/oauth/grant-type/mfa-oob",
]


def server(name: str, issuer: str, root: str, scopes: tuple[str, ...], discovery: tuple[str, ...]) -> Server:
    """An authorization server with its endpoints under `root`, and its document as one of 2026 has it."""
    names = ("authorize", "token", "userinfo", "keys", "logout", "introspect", "revoke")
    document = (
        ("issuer", issuer),
        ("authorization_endpoint", f"{root}/v1/authorize"),
        ("token_endpoint", f"{root}/v1/token"),
        ("userinfo_endpoint", f"{root}/v1/userinfo"),
        ("registration_endpoint", "{base}/oauth2/v1/clients"),
        ("jwks_uri", f"{root}/v1/keys"),
        (
            "response_types_supported",
            _RESPONSE_TYPES,
        ),
        ("response_modes_supported", ["query", "fragment", "form_post", "okta_post_message"]),
        ("grant_types_supported", _GRANTS),
        ("subject_types_supported", ["public"]),
        ("id_token_signing_alg_values_supported", ["RS256"]),
        ("id_token_encryption_alg_values_supported", ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"]),
        ("id_token_encryption_enc_values_supported", ["A256GCM"]),
        ("scopes_supported", list(scopes)),
        ("token_endpoint_auth_methods_supported", _METHODS),
        ("claims_supported", _CLAIMS),
        ("code_challenge_methods_supported", ["S256"]),
        ("introspection_endpoint", f"{root}/v1/introspect"),
        ("introspection_endpoint_auth_methods_supported", _METHODS),
        ("revocation_endpoint", f"{root}/v1/revoke"),
        ("revocation_endpoint_auth_methods_supported", _METHODS),
        ("end_session_endpoint", f"{root}/v1/logout"),
        ("request_parameter_supported", True),
        ("request_object_signing_alg_values_supported", _ALGORITHMS),
        ("device_authorization_endpoint", f"{root}/v1/device/authorize"),
        ("pushed_authorization_request_endpoint", f"{root}/v1/par"),
        ("backchannel_token_delivery_modes_supported", ["poll"]),
        ("backchannel_authentication_request_signing_alg_values_supported", _ALGORITHMS),
        ("dpop_signing_alg_values_supported", ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]),
    )
    return Server(name, issuer, {each: f"{root}/v1/{each}" for each in names}, discovery, document)


EVERYTHING = "code id_token token"
ORG = server("org", "{base}", "{base}/oauth2", STANDARD, ("{base}/.well-known/openid-configuration",))
DEFAULT = server(
    "default",
    "{base}/oauth2/default",
    "{base}/oauth2/default",
    (*STANDARD[:-1], "interclient_access"),
    (
        "{base}/oauth2/default/.well-known/openid-configuration",
        "{base}/oauth2/default/.well-known/oauth-authorization-server",
    ),
)
