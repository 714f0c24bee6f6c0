"""How OneLogin refuses a SAML request: an error page with nothing sent to the service provider."""

from __future__ import annotations

from idpsim.signon.saml_errors import ErrorPage, PostedStatus, SamlErrors

_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_HEADLINE = "We’re sorry, but something went wrong."

ERRORS = SamlErrors(
    otherwise=ErrorPage(400, _HEADLINE, "Invalid SAML request: {detail}."),
    pages={
        "unknown-app": ErrorPage(404, _HEADLINE, "The app that you are looking for does not exist."),
        "unregistered-acs": ErrorPage(
            400, _HEADLINE, "The ACS URL {value} does not match the ACS URL Validator of the connector."
        ),
        "not-assigned": ErrorPage(403, _HEADLINE, "You do not have access to this application."),
        "unsigned": ErrorPage(403, _HEADLINE, "Invalid SAML request: {detail}."),
        "bad-signature": ErrorPage(403, _HEADLINE, "Invalid SAML request: {detail}."),
        "too-large": ErrorPage(413, _HEADLINE, "Invalid SAML request: {detail}."),
    },
    posted={
        "passive": PostedStatus(f"{_STATUS}Responder", f"{_STATUS}NoPassive"),
        "name-id-format": PostedStatus(f"{_STATUS}Requester", f"{_STATUS}InvalidNameIDPolicy"),
    },
    acs_by="acs_url_validator",
    logout_by="saml_single_logout",
)
