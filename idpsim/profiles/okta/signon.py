"""Okta's sign-in: the ids of its apps, and its SAML and OpenID Connect looks side by side."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from idpsim.profiles.okta import oidc, saml, saml_errors
from idpsim.profiles.okta.mapping import okta_id
from idpsim.profiles.okta.signon_settings import SIGN_ON_SETTINGS
from idpsim.provisioning.app import App
from idpsim.signon import SignOn

ORG = "dev-000001"
TERMS = {
    "metadata": "Metadata URL",
    "entity_id": "Issuer",
    "sso": "Sign on URL",
    "slo": "Sign out URL",
    "certificate": "Signing Certificate",
    "launch": "App Embed Link",
    "issuer": "Issuer",
    "discovery": "OpenID configuration",
    "client_id": "Client ID",
    "client_secret": "Client secret",
}
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
GATE = (
    "the app's Sign On tab is not proven, so nobody fills in its Provisioning tab (Integration: base URL and API token)"
)


def ids(label: str) -> Mapping[str, str]:
    """The ids of an app: `exk…` names its SAML side, `0oa…` the app and OpenID Connect client, `aln…` its tile."""

    def made(prefix: str) -> str:
        raw = hashlib.sha256(f"{prefix} {label}".encode()).digest()
        return prefix + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in raw[:17])

    slug = "".join(each for each in label.lower() if each.isascii() and each.isalnum()) or "app"
    names = {"exk": made("exk"), "app": made("0oa"), "tile": made("aln"), "idp": made("00o")}
    return {"org": ORG, "name": f"{ORG.replace('-', '')}_{slug}_1", "label": label, **names}


def person_id(app: App, uid: str) -> str:
    """The `00u…` of a person, as in SCIM's externalId."""
    return okta_id(app, "00u", uid)


SIGN_ON = SignOn(
    "okta", "Okta", ids, person_id, saml.LOOK, saml_errors.ERRORS, oidc.LOOK, SIGN_ON_SETTINGS, TERMS, GATE
)
