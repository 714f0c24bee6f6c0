"""Microsoft Entra ID's sign-in: the ids of its tenant and apps, and its SAML and OpenID Connect looks side by side."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

from idpsim.profiles.entra import oidc, saml, saml_errors
from idpsim.profiles.entra.mapping import object_id
from idpsim.profiles.entra.signon_settings import SIGN_ON_SETTINGS
from idpsim.provisioning.app import App
from idpsim.signon import SignOn

TENANT = "11111111-2222-4333-8444-555555555555"
TERMS = {
    "metadata": "App Federation Metadata Url",
    "entity_id": "Microsoft Entra Identifier",
    "sso": "Login URL",
    "slo": "Logout URL",
    "certificate": "Certificate (Base64)",
    "launch": "User access URL",
    "issuer": "Issuer",
    "discovery": "OpenID Connect metadata document",
    "client_id": "Application (client) ID",
    "client_secret": "Client secret",
}
GATE = (
    "Single sign-on of the enterprise application has no successful test, so its Provisioning has no Admin Credentials"
)


def ids(label: str) -> Mapping[str, str]:
    """The ids of an enterprise app: the tenant's, and the application id that is its OpenID Connect client too."""
    raw = hashlib.sha256(f"application {label}".encode()).digest()[:16]
    return {"tenant": TENANT, "app": str(uuid.UUID(bytes=raw, version=4)), "label": label}


def person_id(app: App, uid: str) -> str:
    """The object id of a person or group, as in SCIM's externalId where that is mapped from objectId."""
    return object_id(app, uid)


SIGN_ON = SignOn(
    "entra",
    "Microsoft Entra ID",
    ids,
    person_id,
    saml.LOOK,
    saml_errors.ERRORS,
    oidc.LOOK,
    SIGN_ON_SETTINGS,
    TERMS,
    GATE,
)
