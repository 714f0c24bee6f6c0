"""The service providers that people sign in to, set up in each vendor's words, and who they say is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from idpsim.signon import Registration
from tests.e2e.signing import VENDORS, Hosted, Opened, Visitor, opened, trail
from tests.service_providers.running import why_not
from tests.service_providers.sign_in import planned

ADA = "ada@example.com"
SAML_VERIFIERS = ("python3-saml", "node-saml", "mod-auth-mellon")
Settings = dict[str, dict[str, Any]]
Wanted = tuple[str, dict[str, Any]]  # the vendor, and more of the connection; `server` is which authorization server

# The same choices in each vendor's words.
SIGNED: dict[str, Settings] = {
    "okta": {
        "assertion": {"response_signed": False, "assertion_signed": True},
        "response": {"response_signed": True, "assertion_signed": False},
        "both": {"response_signed": True, "assertion_signed": True},
    },
    "entra": {each: {"signing_option": f"sign_{each}"} for each in ("assertion", "response", "both")},
    "onelogin": {each: {"saml_signature_element": each.title()} for each in ("assertion", "response", "both")},
}
ENCRYPTED: Settings = {
    "okta": {"assertion_encrypted": True},
    "entra": {"token_encryption": True},
    "onelogin": {"saml_encrypt_assertion": True},
}
DEMANDS_SIGNED: Settings = {
    "okta": {"request_must_be_signed": True},
    "entra": {"require_verification_certificates": True},
    "onelogin": {"saml_validate_signed_requests": True},
}
ALWAYS: Settings = {
    "okta": {
        "subject_name_id_format": "emailAddress",
        "allow_single_logout": True,
        "attribute_statements": {"email": "user.email", "firstName": "user.firstName", "lastName": "user.lastName"},
    },
    "entra": {},
    "onelogin": {"saml_sign_slo_request": True, "saml_sign_slo_response": True},
}
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
EMAIL_ATTRIBUTE = {"okta": "email", "entra": f"{CLAIMS}name", "onelogin": "User.email"}
SCOPE = {
    "okta": "openid profile email offline_access",
    "entra": "openid profile email offline_access",
    "onelogin": "openid profile groups email",
}
OIDC_SERVERS = {"entra": ("entra", 0), "okta": ("okta", 0), "okta-default": ("okta", 1), "onelogin": ("onelogin", 0)}
ONELOGIN_AUTH = {"post": "POST", "basic": "BASIC", "none": "NONE (PKCE)"}


@dataclass(frozen=True)
class Case:
    """One way to be set up: what the service provider demands, and the vendor's settings by vendor."""

    sp: dict[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=dict)


CASES = {
    "plain": Case(),
    "assertion": Case({"signed": "assertion"}, {each: SIGNED[each]["assertion"] for each in VENDORS}),
    "response": Case({"signed": "response"}, {each: SIGNED[each]["response"] for each in VENDORS}),
    "both": Case({"signed": "both"}, {each: SIGNED[each]["both"] for each in VENDORS}),
    "encrypted": Case({"encrypted": True}, ENCRYPTED),
    "encrypted-both": Case(
        {"encrypted": True, "signed": "both"}, {each: {**ENCRYPTED[each], **SIGNED[each]["both"]} for each in VENDORS}
    ),
    "signed-request": Case({"signs_requests": True}, DEMANDS_SIGNED),
    "post": Case({"binding": "post"}),
    "signed-post": Case({"binding": "post", "signs_requests": True}, DEMANDS_SIGNED),
    "idp-initiated": Case({"idp_initiated": True}),
}


@dataclass
class Running:
    """The service providers, each started when it is first asked for and stopped at the end of the session."""

    idp: Hosted
    stack: ExitStack
    found: dict[str, Opened] = field(default_factory=dict)

    def saml(self, kind: str) -> Opened:
        """A SAML service provider with a connection for each case of each vendor: `okta-plain`."""
        wanted: dict[str, Wanted] = {
            f"{vendor}-{case}": (vendor, CASES[case].sp) for vendor in VENDORS for case in CASES
        }
        return self._opened(kind, kind, wanted)

    def oidc(self, kind: str, only: str | None = None) -> Opened:
        """An OpenID Connect service provider with a connection for each authorization server, or `only` one.

        `okta` authenticates its client by post, `okta-basic` and `okta-none` in other ways.
        """
        wanted: dict[str, Wanted] = {}
        for name, (vendor, server) in OIDC_SERVERS.items():
            if only in (None, name):
                wanted[name] = (vendor, {"server": server})
            if only is None:
                wanted |= {
                    f"{name}-{auth}": (vendor, {"server": server, "client_auth": auth}) for auth in ("basic", "none")
                }
        return self._opened(f"{kind} {only}", kind, wanted)

    def django(self, vendor: str, protocol: str) -> Opened:
        """Django with one connection, which is called by its protocol."""
        wanted: Wanted = (vendor, {"idp_initiated": True} if protocol == "saml" else {"server": 0})
        return self._opened(f"django {vendor} {protocol}", "django-sso", {protocol: wanted})

    def product(self, kind: str) -> Opened:
        """Better Auth with a SAML and an OpenID Connect connection for each vendor: `okta-saml`, `okta-oidc`."""
        saml: dict[str, Wanted] = {
            f"{each}-saml": (each, {"email_attribute": EMAIL_ATTRIBUTE[each]}) for each in VENDORS
        }
        return self._opened(kind, kind, {**saml, **{f"{each}-oidc": (each, {"server": 0}) for each in VENDORS}})

    def _opened(self, key: str, kind: str, wanted: Mapping[str, Wanted]) -> Opened:
        if reason := why_not(kind):
            pytest.skip(reason)
        if key not in self.found:
            site, idp = planned(kind), self.idp
            connections: dict[str, Any] = {}
            for name, (vendor, more) in wanted.items():
                if "server" in more:
                    connections[name] = idp.oidc(vendor, kind, **more, scope=SCOPE[vendor])
                else:
                    acs, slo = (site.at(name, "acs"),), site.at(name, "slo")
                    idp.enter(vendor, kind, Registration(site.entity_id(name), acs, slo), **ALWAYS[vendor])
                    connections[name] = idp.saml(vendor, kind, **more)
            self.found[key] = self.stack.enter_context(opened(idp, site, connections))
        return self.found[key]


def oidc_settings(vendor: str, auth: str = "post") -> dict[str, Any]:
    """What an OpenID Connect app needs to be set to."""
    if vendor != "onelogin":
        return {}
    return {"token_endpoint_authentication_method": ONELOGIN_AUTH[auth], "refresh_token_timeout": 60}


def who(sp: Opened, browser: Visitor, name: str) -> dict[str, Any]:
    """Who is signed in, as the service provider says; the whole trail where it says nobody."""
    before = trail(browser)
    answer = browser.go(sp.site.at(name, "me"))
    assert answer.status == 200, f"{before}\n\nits log:\n{sp.said()}"
    return dict(answer.json)
