"""Entra's endpoints, of a tenant and of `common`, each with its discovery document."""

from __future__ import annotations

from typing import Any

from idpsim.signon.oidc import Server

_METHODS = ["client_secret_post", "private_key_jwt", "client_secret_basic"]
_CLAIMS = [
    "sub",
    "iss",
    "cloud_instance_name",
    "cloud_instance_host_name",
    "cloud_graph_host_name",
    "msgraph_host",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "acr",
    "nonce",
    "preferred_username",
    "name",
    "tid",
    "ver",
    "at_hash",
    "c_hash",
    "email",
]
OWN = ("openid", "profile", "email", "offline_access")


def server(name: str, tenant: str, issuer: str) -> Server:
    """The endpoints of a tenant or of a word in its place, and their document as captured in 2021."""
    root = f"{{base}}/{tenant}/oauth2/v2.0"
    endpoints = {each: f"{root}/{each}" for each in ("authorize", "token", "logout")}
    endpoints |= {"keys": f"{{base}}/{tenant}/discovery/v2.0/keys", "userinfo": "{base}/oidc/userinfo"}
    document: tuple[tuple[str, Any], ...] = (
        ("token_endpoint", f"{root}/token"),
        ("token_endpoint_auth_methods_supported", _METHODS),
        ("jwks_uri", endpoints["keys"]),
        ("response_modes_supported", ["query", "fragment", "form_post"]),
        ("subject_types_supported", ["pairwise"]),
        ("id_token_signing_alg_values_supported", ["RS256"]),
        ("response_types_supported", ["code", "id_token", "code id_token", "id_token token"]),
        ("scopes_supported", list(OWN)),
        ("issuer", issuer),
        ("request_uri_parameter_supported", False),
        ("userinfo_endpoint", endpoints["userinfo"]),
        ("authorization_endpoint", f"{root}/authorize"),
        ("device_authorization_endpoint", f"{root}/devicecode"),
        ("http_logout_supported", True),
        ("frontchannel_logout_supported", True),
        ("end_session_endpoint", f"{root}/logout"),
        ("claims_supported", _CLAIMS),
        ("kerberos_endpoint", f"{{base}}/{tenant}/kerberos"),
        ("tenant_region_scope", "WW" if name == "tenant" else None),
        ("cloud_instance_name", "microsoftonline.com"),
        ("cloud_graph_host_name", "graph.windows.net"),
        ("msgraph_host", "graph.microsoft.com"),
        ("rbac_url", "https://pas.windows.net"),
    )
    discovery = (f"{{base}}/{tenant}/v2.0/.well-known/openid-configuration",)
    return Server(name, issuer, endpoints, discovery, document, "{base}/{tenant}/v2.0")


TENANT = server("tenant", "{tenant}", "{base}/{tenant}/v2.0")
COMMON = server("common", "common", "{base}/{{tenantid}}/v2.0")
ORGANIZATIONS = server("organizations", "organizations", "{base}/{{tenantid}}/v2.0")
