"""The SAML endpoints of every vendor, at the addresses that its look gives them."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from idpsim.directory import Person
from idpsim.saml.received import PACKED, RELAY_STATE, Message, Unacceptable, posted, redirected
from idpsim.signon import Identity, SignOn
from idpsim.signon.saml import SamlLook, rule
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.sso.saml import inbound, sso
from idpsim.sso.saml.metadata import metadata
from idpsim.sso.saml.refusing import errors_of, page
from idpsim.sso.saml.slo import Logout
from idpsim.sso.tamper.hooks import PublishedTamper, Scene

View: TypeAlias = Callable[..., Response]
_LONGEST_DELAY = 30.0
_NOBODY = Identity("", Person("nobody", "nobody", "nobody"))


def blueprint(front: Front) -> Blueprint:
    """The endpoints of all vendors that have an app."""
    endpoints = Blueprint("saml", __name__)
    vendors = {each.vendor: each.sign_on for each in front.apps()}
    for vendor, sign_on in vendors.items():
        for number, (path, view, methods) in enumerate(_routes(front, sign_on)):
            endpoints.add_url_rule(path, f"{vendor}-{number}", view, methods=methods)
    return endpoints


def _routes(front: Front, sign_on: SignOn) -> Iterator[tuple[str, View, list[str]]]:
    """Path, view and methods; sign-on and logout may share a path, and the message tells them apart."""
    look, vendor = sign_on.saml, sign_on.vendor
    messages = Messages(front, vendor, look)
    for path in dict.fromkeys(_paths((*look.addresses.sso, *look.addresses.slo))):
        yield path, messages.answer, ["GET", "POST"]
    for each in look.addresses.metadata:
        yield rule(each), Metadata(front, vendor, _queried(each)).answer, ["GET"]
    for each in look.addresses.launch:
        yield rule(each), Launch(front, vendor, _queried(each)).answer, ["GET"]


def _paths(templates: tuple[str, ...]) -> Iterator[str]:
    return (rule(each) for each in templates if each.startswith("{base}"))


def _queried(template: str) -> dict[str, str]:
    """The ids that a template has in its query, by parameter: `…?appid={app}`."""
    return dict(re.findall(r"[?&](\w+)=\{(\w+)\}", template))


def apps_at(front: Front, vendor: str, ids: dict[str, str], queried: dict[str, str] | None = None) -> list[App]:
    """The vendor's apps that have these ids: one, or all of a tenant where the address names only that.

    `queried` are ids that the query may name as well.
    """
    said = {name: request.args[parameter] for parameter, name in (queried or {}).items() if parameter in request.args}
    wanted = {**ids, **said}.items()
    return [each for each in front.apps() if each.vendor == vendor and wanted <= each.ids.items()]


def app_of(front: Front, vendor: str, ids: dict[str, str], issuer: str) -> App:
    """The app at an address that a message from this issuer is for; Unacceptable where there is none."""
    found = apps_at(front, vendor, ids)
    if not found:
        raise Unacceptable("unknown-app", "there is no such app", "", issuer)
    named = [each for each in found if each.registration.entity_id == issuer]
    unnamed = [each for each in found if each.registration.entity_id is None]
    if named or len(found) == 1 or unnamed:
        return (named or unnamed or found)[0]
    raise Unacceptable("unknown-issuer", "no app has this Issuer as its service provider", issuer, issuer)


@dataclass(frozen=True)
class Messages:
    """The address of sign-on, of logout, or of both: by Redirect and by POST."""

    front: Front
    vendor: str
    look: SamlLook

    def answer(self, **ids: str) -> Response:
        """What the vendor does with the message; nothing that a stranger sends is worse than an error page."""
        told: App | str = self.vendor
        try:
            message = _received()
            told = app = app_of(self.front, self.vendor, ids, message.issuer)
            return self._answered(app, message)
        except Unacceptable as error:
            return page(self.front, told, error)

    def _answered(self, app: App, message: Message) -> Response:
        path = request.url_rule.rule if request.url_rule is not None else ""
        if message.name == "AuthnRequest" and path in _paths(self.look.addresses.sso):
            return self._sign_on(app, message)
        if message.name in ("LogoutRequest", "LogoutResponse") and path in _paths(self.look.addresses.slo):
            return Logout(self.front, app).answer(message, request.base_url)
        raise Unacceptable("malformed", "this message does not belong here", message.name[:80], message.issuer)

    def _sign_on(self, app: App, message: Message) -> Response:
        if message.binding not in self.look.request_bindings:
            raise Unacceptable("unsupported-binding", "this binding is not supported", message.binding, message.issuer)
        addresses = {request.base_url, *(app.filled(each) for each in self.look.addresses.sso)}
        asked = inbound.authn_request(app, message, self.front.now(), errors_of(self.vendor), addresses)
        return sso.sign_on(self.front, app, asked, request.args.get("login_hint", "")[:256])


def _received() -> Message:
    if request.method != "POST":
        return redirected(request.query_string)
    if (request.content_length or 0) > 2 * PACKED:
        raise Unacceptable("too-large", f"the form is longer than {2 * PACKED} bytes")
    try:
        return posted(request.form.items(multi=True))
    except HTTPException as error:
        kind: Any = "too-large" if error.code == 413 else "malformed"
        raise Unacceptable(kind, "the form cannot be read, or is too large") from error


@dataclass(frozen=True)
class Launch:
    """The app's tile: sign-in that begins at the identity provider."""

    front: Front
    vendor: str
    queried: dict[str, str]

    def answer(self, **ids: str) -> Response:
        found = apps_at(self.front, self.vendor, ids, self.queried)
        if not found:
            return page(self.front, self.vendor, Unacceptable("unknown-app", "there is no such app"))
        state = request.args.get("RelayState")
        if state is not None and len(state) > RELAY_STATE:
            return page(self.front, found[0], Unacceptable("too-large", "RelayState is too long"))
        return sso.launched(self.front, found[0], state)


@dataclass(frozen=True)
class Metadata:
    """The metadata of an app; where the address names only a tenant, of its first."""

    front: Front
    vendor: str
    queried: dict[str, str]

    def answer(self, **ids: str) -> Response:
        found = apps_at(self.front, self.vendor, ids, self.queried)
        if not found:
            return page(self.front, self.vendor, Unacceptable("unknown-app", "there is no such app"))
        app = found[0]
        document = metadata(app, self.front.keys.saml(app))
        fault = _fault(self.front, app)
        kind = app.sign_on.saml.metadata_type
        if fault is None:
            return Response(document, content_type=kind)
        time.sleep(min(fault.delay, _LONGEST_DELAY))
        changed = fault.document(document, _scene(self.front, app)) if fault.document else document
        return Response(changed, fault.status, content_type=fault.content_type or kind)


def _fault(front: Front, app: App) -> PublishedTamper | None:
    """What is falsified in the app's metadata."""
    name = front.fault(app)
    if name is None:
        return None
    from idpsim.sso.tamper.registry import published_tamper

    found: PublishedTamper | None = published_tamper(name)
    return found if found is not None and found.what == "metadata" else None


def _scene(front: Front, app: App) -> Scene:
    active, following = front.keys.saml(app)
    return Scene(app, _NOBODY, _NOBODY, active, front.keys.stranger(), front.now(), next=following)
