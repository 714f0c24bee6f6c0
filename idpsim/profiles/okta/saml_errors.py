"""How Okta refuses a SAML request: an error page with nothing sent to the service provider."""

from __future__ import annotations

from idpsim.signon.saml_errors import ErrorPage, PostedStatus, SamlErrors

_STATUS = "urn:oasis:names:tc:SAML:2.0:status:"
_TEXT = "Your request resulted in an error. {Detail}."

ERRORS = SamlErrors(
    otherwise=ErrorPage(400, "400 Bad Request", _TEXT),
    pages={
        "unknown-app": ErrorPage(404, "404 Page Not Found", "The page you are looking for does not exist."),
        "not-assigned": ErrorPage(403, "403 Access Forbidden", "User is not assigned to this application."),
        "unsigned": ErrorPage(403, "403 Access Forbidden", _TEXT),
        "bad-signature": ErrorPage(403, "403 Access Forbidden", _TEXT),
        "too-large": ErrorPage(413, "413 Request Entity Too Large", _TEXT),
    },
    posted={
        "passive": PostedStatus(f"{_STATUS}Responder", f"{_STATUS}NoPassive"),
        "name-id-format": PostedStatus(f"{_STATUS}Requester", f"{_STATUS}InvalidNameIDPolicy"),
    },
    logout_by="allow_single_logout",
    logout_answer="post",
)
