"""What a vendor grants of an AuthnRequest, and where it sends its Response."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from idpsim.errors import UsageError
from idpsim.saml.received import Unacceptable
from idpsim.signon.saml import POST
from idpsim.signon.saml_errors import Kind, SamlErrors
from idpsim.sso.app import App
from idpsim.sso.saml.asked import AuthnRequest
from idpsim.sso.saml.refusing import errors_of
from idpsim.sso.saml.registering import consumer

_LONGEST = 2048


def place(app: App, asked: AuthnRequest) -> str:
    """The consumer service that the Response goes to: one that is registered; Unacceptable for any other."""
    registered = app.registration.acs
    if asked.protocol_binding not in (None, POST):
        raise _unacceptable(
            "unsupported-binding", "the ProtocolBinding is not HTTP-POST", asked.protocol_binding, asked
        )
    if asked.acs_url is not None:
        if asked.acs_url in registered or _matches(app, errors_of(app.vendor), asked.acs_url):
            return asked.acs_url
        detail = "the AssertionConsumerServiceURL is not registered for the app"
        raise _unacceptable("unregistered-acs", detail, asked.acs_url, asked)
    if asked.acs_index is not None:
        return _indexed(app, asked, asked.acs_index)
    if not registered:
        raise _unacceptable("unregistered-acs", "no consumer service is registered for the app", "", asked)
    return registered[0]


def granted(app: App, asked: AuthnRequest) -> None:
    """Unacceptable where the vendor does not grant what the request asks for, whoever signs in."""
    pages = errors_of(app.vendor).pages
    if asked.has_subject and "subject-present" in pages:
        raise _unacceptable("subject-present", "the request has a Subject", "Subject", asked)
    if asked.scoping and "scoping-present" in pages:
        held = asked.scoping[0]
        raise _unacceptable("scoping-present", f"the request's Scoping has {held}", f"Scoping/{held}", asked)
    formats = app.sign_on.saml.name_id_formats(app)
    if asked.name_id_format is not None and formats is not None and asked.name_id_format not in formats:
        detail = "the NameIDPolicy's Format is not one that the app allows"
        raise _unacceptable("name-id-format", detail, asked.name_id_format, asked)
    _context(asked, app.sign_on.saml.authn_contexts)


def _context(asked: AuthnRequest, met: tuple[str, ...] | None) -> None:
    if not asked.authn_contexts or met is None:
        return
    if asked.comparison != "exact":
        raise _unacceptable("comparison", "the Comparison is not exact", asked.comparison.capitalize(), asked)
    if not set(asked.authn_contexts) & set(met):
        classes = ", ".join(each.rpartition(":")[2] for each in asked.authn_contexts)
        raise _unacceptable("authn-context", "no class that is asked for can be met", classes, asked)


def _matches(app: App, errors: SamlErrors, url: str) -> bool:
    """Whether an address, of a browser's page at all, is one that the administrator's pattern allows, as a whole."""
    pattern = str(app.settings.get(errors.acs_by) or "") if errors.acs_by else ""
    try:
        addressable = len(url) <= _LONGEST and urlsplit(url).scheme in ("http", "https")
        return bool(pattern) and addressable and re.fullmatch(pattern, url) is not None
    except (ValueError, re.error):
        return False


def _indexed(app: App, asked: AuthnRequest, index: int) -> str:
    """The consumer service with an index of the service provider's metadata, or at that place where there is none."""
    registered, metadata = app.registration.acs, app.registration.metadata
    try:
        found = consumer(metadata, index) if metadata is not None else None
    except UsageError:
        found = None
    if metadata is None and index < len(registered):
        found = registered[index]
    if found is None or found not in registered:
        raise _unacceptable("unregistered-acs", "no consumer service is registered with this index", str(index), asked)
    return found


def _unacceptable(kind: Kind, detail: str, value: str | None, asked: AuthnRequest) -> Unacceptable:
    return Unacceptable(kind, detail, value or "", asked.issuer)
