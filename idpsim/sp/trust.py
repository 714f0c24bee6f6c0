"""What an administrator enters to set up single sign-on, and what the identity provider's has to enter in return."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Protocol: TypeAlias = Literal["saml", "oidc"]
DISCOVERY = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Trust:
    """One identity provider over one protocol.

    `sign_requests` signs AuthnRequests even where the metadata does not ask for it; `auth_method` is how the client
    shows its secret to the token endpoint; `client_secret` None makes it a public client.
    """

    protocol: Protocol
    metadata: bytes = field(default=b"", repr=False)
    sign_requests: bool = False
    issuer: str = ""
    client_id: str = ""
    client_secret: str | None = field(default=None, repr=False)
    auth_method: str = "client_secret_basic"

    @classmethod
    def saml(cls, metadata: bytes, *, sign_requests: bool = False) -> Trust:
        """Trust in an identity provider by its SAML metadata."""
        return cls("saml", metadata=metadata, sign_requests=sign_requests)

    @classmethod
    def oidc(
        cls, issuer: str, client_id: str, client_secret: str | None = None, *, auth_method: str = "client_secret_basic"
    ) -> Trust:
        """Trust in an OpenID Connect provider; `issuer` may be its discovery URL as well."""
        return cls(
            "oidc",
            issuer=issuer.removesuffix(DISCOVERY),
            client_id=client_id,
            client_secret=client_secret,
            auth_method=auth_method,
        )


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What to paste into an identity provider, all absolute URLs; `entity_id` is the URL of the SAML metadata."""

    entity_id: str
    acs: str
    slo: str
    saml_login: str
    redirect_uri: str
    post_logout_redirect_uri: str
    oidc_login: str
    logout: str
    me: str

    @classmethod
    def of(cls, base_url: str, idp: str) -> Endpoints:
        """The addresses for one identity provider's label; `base_url` has no slash at its end."""
        saml, oidc = f"{base_url}/sso/{idp}/saml", f"{base_url}/sso/{idp}/oidc"
        return cls(
            entity_id=f"{saml}/metadata",
            acs=f"{saml}/acs",
            slo=f"{saml}/slo",
            saml_login=f"{saml}/login",
            redirect_uri=f"{oidc}/callback",
            post_logout_redirect_uri=f"{base_url}/",
            oidc_login=f"{oidc}/login",
            logout=f"{base_url}/logout",
            me=f"{base_url}/me",
        )
