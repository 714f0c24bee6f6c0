"""How Microsoft Entra ID refuses a SAML request: a page with an AADSTS code."""

from __future__ import annotations

from idpsim.signon.saml_errors import ErrorPage, PostedStatus, SamlErrors

CODES = "https://learn.microsoft.com/entra/identity-platform/reference-error-codes"
PROTOCOL = "https://learn.microsoft.com/entra/identity-platform/single-sign-on-saml-protocol"
_HEADLINE = "Sorry, but we’re having trouble signing you in."
_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"


def _page(code: int, detail: str, source: str = CODES) -> ErrorPage:
    return ErrorPage(400, _HEADLINE, f"AADSTS{code}: {detail}", f"AADSTS{code}", source)


_NOT_SUPPORTED = "The SAML authentication request property '{value}' is not supported and must not be set."
_NOT_VALID = _page(75005, "The request is not a valid Saml2 protocol message. {Detail}.")

ERRORS = SamlErrors(
    otherwise=_NOT_VALID,
    pages={
        "missing": _page(
            750054,
            "SAMLRequest or SAMLResponse must be present as query string parameters in HTTP request for SAML Redirect "
            "binding.",
        ),
        "unsupported-binding": _page(
            75003, "SAML protocol response cannot be sent via bindings other than HTTP POST. Requested binding: {value}"
        ),
        "unknown-app": _page(700016, "Application with identifier '{issuer}' was not found in the directory."),
        "unknown-issuer": _page(
            700016,
            "Application with identifier '{issuer}' was not found in the directory. This can happen if the application "
            "has not been installed by the administrator of the tenant or consented to by any user in the tenant. You "
            "may have sent your authentication request to the wrong tenant.",
        ),
        "unsigned": _page(
            76021, "The request sent by client is not signed while the application requires signed requests."
        ),
        "bad-signature": _page(
            76021, "The request sent by client is not signed while the application requires signed requests. {Detail}."
        ),
        "not-assigned": _page(
            50105,
            "Your administrator has configured the application '{app}' to block users unless they are specifically "
            "granted ('assigned') access to the application. The signed in user '{value}' is blocked because they are "
            "not a direct member of a group with access, nor had access directly assigned by an administrator.",
        ),
        "expired": _page(76026, "IssueTime in an SAML2 Authentication Request is expired."),
        "bad-id": _page(
            7500529,
            "The value '{value}' is not a valid SAML ID. Microsoft Entra ID uses this attribute to populate the "
            "InResponseTo attribute of the returned response. ID must not begin with a number.",
        ),
        "wrong-destination": _page(
            75008, "The request from the app was denied since the SAML request had an unexpected destination."
        ),
        "unregistered-acs": _page(
            50011,
            "The reply URL '{value}' specified in the request does not match the reply URLs configured for the "
            "application '{issuer}'. Make sure the reply URL sent in the request matches one added to your application "
            "in the Azure portal.",
        ),
        "subject-present": _page(900236, _NOT_SUPPORTED),
        "scoping-present": _page(900236, _NOT_SUPPORTED),
        "name-id-format": _page(
            750161,
            "Allowed SAML authentication request's NameIDPolicy formats are: "
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress, "
            "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified, "
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent, "
            "urn:oasis:names:tc:SAML:2.0:nameid-format:transient.",
            PROTOCOL,
        ),
        "comparison": _page(
            900235,
            "SAML authentication request's RequestedAuthenticationContext Comparison value must be 'exact'. Received "
            "value: '{value}'.",
            PROTOCOL,
        ),
        "authn-context": _page(
            75011,
            "Authentication method 'Password' by which the user authenticated with the service doesn't match requested "
            "authentication method '{value}'.",
        ),
    },
    posted={"passive": PostedStatus(f"{_STATUS}Responder", f"{_STATUS}NoPassive")},
    overlooked=frozenset({"wrong-destination", "no-session"}),
    lifetime=86_400,  # that it expires is documented, after how long is not
    ids=r"[^\s<>&\"'0-9][^\s<>&\"']{0,255}",
    fan_out=True,
    logout_answer="redirect",
)
