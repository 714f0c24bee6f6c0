"""A service provider on python3-saml, strict, that says whom it lets in."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from tests.sso.front import ACS, ADA, SP, app, signing
from tests.sso.tamper.issuing import REQUEST, facts


@dataclass(frozen=True)
class Verdict:
    """`names` is whom it lets in, as NameID and attributes say; empty where it refuses, and `reason` says why."""

    names: tuple[str, ...]
    reason: str = ""

    @property
    def accepted(self) -> bool:
        return bool(self.names)

    def is_about(self, name: str) -> bool:
        """Whether it lets in exactly this name, or somebody with it in an attribute."""
        return name in self.names


def judged(vendor: str, fields: dict[str, str]) -> Verdict:
    """What python3-saml makes of the posted fields, as the answer to REQUEST."""
    from onelogin.saml2.auth import OneLogin_Saml2_Auth

    asked: dict[str, Any] = {
        "https": "on",
        "http_host": "sp.test",
        "script_name": "/saml/acs",
        "get_data": {},
        "post_data": fields,
    }
    auth = OneLogin_Saml2_Auth(asked, _settings(vendor))
    try:
        auth.process_response(REQUEST)
    except Exception as error:
        return Verdict((), f"{type(error).__name__}: {error}")
    if not auth.is_authenticated():
        return Verdict((), str(auth.get_last_error_reason()))
    values = [str(value) for each in auth.get_attributes().values() for value in each]
    return Verdict((str(auth.get_nameid()), *values))


def _settings(vendor: str) -> dict[str, Any]:
    issuer = facts(app(vendor), ADA, 0.0).issuer
    return {
        "strict": True,
        "sp": {"entityId": SP, "assertionConsumerService": {"url": ACS}},
        "idp": {
            "entityId": issuer,
            "singleSignOnService": {"url": "https://idp.test/sso"},
            "x509cert": b64encode(signing("idp").der).decode(),
        },
        "security": {"wantAttributeStatement": False},
    }
