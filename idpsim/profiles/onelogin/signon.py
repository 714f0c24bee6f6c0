"""OneLogin's sign-in: the ids of its connectors, and its SAML and OpenID Connect looks side by side."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

from idpsim.profiles.onelogin import oidc, saml, saml_errors
from idpsim.profiles.onelogin.signon_settings import SIGN_ON_SETTINGS
from idpsim.provisioning.app import App
from idpsim.signon import SignOn

SUBDOMAIN = "acme-sim"
TERMS = {
    "metadata": "SAML Metadata",
    "entity_id": "Issuer URL",
    "sso": "SAML 2.0 Endpoint (HTTP)",
    "slo": "SLO Endpoint (HTTP)",
    "certificate": "X.509 Certificate",
    "launch": "Launch URL",
    "issuer": "Issuer URL",
    "discovery": "Well-known Configuration",
    "client_id": "Client ID",
    "client_secret": "Client Secret",
}
GATE = "the connector's SSO tab is not proven, so API Connection on its Configuration tab stays Disabled"


def ids(label: str) -> Mapping[str, str]:
    """The ids of a connector: its number, the UUID that names its SAML side, and its OpenID Connect client."""
    raw = hashlib.sha256(f"connector {label}".encode()).digest()
    number = 700_000 + int.from_bytes(raw[:4], "big") % 200_000
    client = str(uuid.UUID(bytes=raw[16:32], version=4))
    named = {"id": str(uuid.UUID(bytes=raw[:16], version=4)), "client": f"{client}{number}"}
    return {"sub": SUBDOMAIN, "number": str(number), "label": label, **named}


def person_id(app: App, uid: str) -> str:
    """The number of a person or role."""
    return str(100_000_000 + int.from_bytes(app.digest(f"onelogin {uid}", 4), "big") % 100_000_000)


SIGN_ON = SignOn(
    "onelogin", "OneLogin", ids, person_id, saml.LOOK, saml_errors.ERRORS, oidc.LOOK, SIGN_ON_SETTINGS, TERMS, GATE
)
