"""Entra's federation metadata: the roles of WS-Federation before that of SAML, as captured in service providers' tests.

Source: https://learn.microsoft.com/en-us/entra/identity-platform/federation-metadata
"""

from __future__ import annotations

from collections.abc import Iterable

from idpsim.signon.markup import base64_lines, escaped
from idpsim.signon.saml import POST, REDIRECT, RegisteredApp

_FED = "http://docs.oasis-open.org/wsfed/federation/200706"
_AUTH = "http://docs.oasis-open.org/wsfed/authorization/200706"
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_IDENTITY = "http://schemas.microsoft.com/identity/claims/"
_WS_2008 = "http://schemas.microsoft.com/ws/2008/06/identity/claims/"
OFFERED = (
    (f"{_CLAIMS}name", "Name", "The mutable display name of the user."),
    (
        f"{_CLAIMS}nameidentifier",
        "Subject",
        "An immutable, globally unique, non-reusable identifier of the user that is unique to the application for "
        "which a token is issued.",
    ),
    (f"{_CLAIMS}givenname", "Given Name", "First name of the user."),
    (f"{_CLAIMS}surname", "Surname", "Last name of the user."),
    (f"{_IDENTITY}displayname", "Display Name", "Display name of the user."),
    (f"{_IDENTITY}nickname", "Nick Name", "Nick name of the user."),
    (
        f"{_WS_2008}authenticationinstant",
        "Authentication Instant",
        "The time (UTC) when the user is authenticated to Windows Azure Active Directory.",
    ),
    (
        f"{_WS_2008}authenticationmethod",
        "Authentication Method",
        "The method that Windows Azure Active Directory uses to authenticate users.",
    ),
    (
        f"{_IDENTITY}objectidentifier",
        "ObjectIdentifier",
        "Primary identifier for the user in the directory. Immutable, globally unique, non-reusable.",
    ),
    (f"{_IDENTITY}tenantid", "TenantId", "Identifier for the user's tenant."),
    (f"{_IDENTITY}identityprovider", "IdentityProvider", "Identity provider for the user."),
    (f"{_CLAIMS}emailaddress", "Email", "Email address of the user."),
    (f"{_WS_2008}groups", "Groups", "Groups of the user."),
    (
        "http://schemas.microsoft.com/claims/groups.link",
        "GroupsOverageClaim",
        "Issued when number of user's group claims exceeds return limit.",
    ),
    (f"{_WS_2008}role", "Role Claim", "Roles that the user or Service Principal is attached to"),
    (
        f"{_WS_2008}wids",
        "RoleTemplate Id Claim",
        "Role template id of the Built-in Directory Roles that the user is a member of",
    ),
)


def metadata(app: RegisteredApp, root_id: str, certificates: tuple[bytes, ...]) -> str:
    """The document in one line, unsigned."""
    entity_id, saml, wsfed = (
        escaped(app.filled(each))
        for each in ("https://sts.windows.net/{tenant}/", "{base}/{tenant}/saml2", "{base}/{tenant}/wsfed")
    )
    keys = "".join(_key(each) for each in certificates)
    issuing = f"<fed:ClaimTypesOffered>{''.join(_claims())}</fed:ClaimTypesOffered>" + "".join(
        _endpoint(name, wsfed) for name in ("SecurityTokenServiceEndpoint", "PassiveRequestorEndpoint")
    )
    accepting = _endpoint("TargetScopes", entity_id) + "".join(
        _endpoint(name, wsfed) for name in ("ApplicationServiceEndpoint", "PassiveRequestorEndpoint")
    )
    return "".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<EntityDescriptor ID="{root_id}" entityID="{entity_id}" xmlns="urn:oasis:names:tc:SAML:2.0:metadata">',
            _role("SecurityTokenServiceType", keys + issuing),
            _role("ApplicationServiceType", keys + accepting),
            '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">',
            keys,
            f'<SingleLogoutService Binding="{REDIRECT}" Location="{saml}"/>',
            *(f'<SingleSignOnService Binding="{each}" Location="{saml}"/>' for each in (REDIRECT, POST)),
            "</IDPSSODescriptor></EntityDescriptor>",
        ]
    )


def _key(certificate: bytes) -> str:
    return (
        '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>'
        f"<X509Certificate>{base64_lines(certificate)}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    )


def _claims() -> Iterable[str]:
    for uri, name, description in OFFERED:
        yield (
            f'<auth:ClaimType Uri="{uri}" xmlns:auth="{_AUTH}"><auth:DisplayName>{name}</auth:DisplayName>'
            f"<auth:Description>{description}</auth:Description></auth:ClaimType>"
        )


def _endpoint(name: str, address: str) -> str:
    return (
        f'<fed:{name}><wsa:EndpointReference xmlns:wsa="http://www.w3.org/2005/08/addressing">'
        f"<wsa:Address>{address}</wsa:Address></wsa:EndpointReference></fed:{name}>"
    )


def _role(kind: str, content: str) -> str:
    return (
        f'<RoleDescriptor xsi:type="fed:{kind}" protocolSupportEnumeration="{_FED}" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:fed="{_FED}">{content}</RoleDescriptor>'
    )
