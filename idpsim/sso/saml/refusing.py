"""A request that is not acted on, told as the vendor tells it."""

from __future__ import annotations

from flask import Response

from idpsim.profiles import all_sign_ons
from idpsim.saml.received import Unacceptable
from idpsim.signon.saml_errors import SamlErrors
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.sso.saml.facts import Status


def errors_of(vendor: str) -> SamlErrors:
    """The vendor's data on refusals."""
    return all_sign_ons()[vendor].saml_errors


def page(front: Front, app_or_vendor: App | str, error: Unacceptable) -> Response:
    """The vendor's error page for it; nothing goes to the service provider."""
    vendor = app_or_vendor if isinstance(app_or_vendor, str) else app_or_vendor.vendor
    errors = errors_of(vendor)
    told = errors.pages.get(error.kind, errors.otherwise)
    label = "" if isinstance(app_or_vendor, str) else app_or_vendor.label
    text = _filled(told.detail, error, label)
    return front.refuse(app_or_vendor, told.status, told.headline, text, told.code)


def posted(app: App, error: Unacceptable) -> Status | None:
    """The status of the Response that the vendor posts instead of a page, None where it shows a page."""
    told = errors_of(app.vendor).posted.get(error.kind)
    if told is None:
        return None
    return Status(told.code, told.second, _filled(told.message, error, app.label) if told.message else None)


def _filled(template: str, error: Unacceptable, label: str) -> str:
    detail = error.detail
    said = {"detail": detail, "Detail": detail[:1].upper() + detail[1:]}
    return template.format(**said, value=error.value[:500], issuer=error.issuer[:500], app=label)
