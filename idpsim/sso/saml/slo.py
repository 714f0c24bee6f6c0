"""Single logout: the session ends, the other participants are told in turn through the browser, the asker at last."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from flask import Response, redirect

from idpsim.errors import UsageError
from idpsim.saml.received import Message, Unacceptable
from idpsim.signon.saml import STATUS
from idpsim.sso.app import App
from idpsim.sso.front import Front, Participant, Session
from idpsim.sso.saml import inbound, logout
from idpsim.sso.saml.asked import LogoutRequest
from idpsim.sso.saml.facts import Status
from idpsim.sso.saml.posting import auto_post, fields
from idpsim.sso.saml.refusing import errors_of
from idpsim.sso.saml.registering import logout_place

_MOST = 1000


@dataclass(slots=True)
class Chain:
    """A logout under way: who asked for it, whom it has yet to reach, and whether one of them has failed.

    Where it began at the identity provider, nobody has `asked`.
    """

    app: App
    asked: LogoutRequest | None
    left: list[Participant] = field(default_factory=list)
    partial: bool = False


@dataclass(frozen=True)
class Logout:
    """The logout address of one app."""

    front: Front
    app: App

    def answer(self, message: Message, url: str) -> Response:
        """What comes of a LogoutRequest, or of the answer to ours; Unacceptable where neither is acted on."""
        if message.binding not in self.app.sign_on.saml.logout_bindings:
            raise Unacceptable("unsupported-binding", "this binding is not supported", message.binding, message.issuer)
        if message.name == "LogoutResponse":
            return self._answered(message)
        return self._asked(message, url)

    def _asked(self, message: Message, url: str) -> Response:
        errors, look = errors_of(self.app.vendor), self.app.sign_on.saml
        if errors.logout_by is not None and not self.app.settings.get(errors.logout_by):
            raise Unacceptable("no-slo", "single logout is switched off for the app", "", message.issuer)
        addresses = {url, *(self.app.filled(each) for each in look.addresses.slo)}
        asked = inbound.logout_request(self.app, message, self.front.now(), errors, addresses)
        session = self.front.session(self.app.vendor)
        if self.app.registration.slo is None:
            if session is not None:
                return self.front.end(session)
            raise Unacceptable("no-slo", "no logout address is registered for the app", "", message.issuer)
        if session is None:
            return self._conclude(Chain(self.app, asked))
        if "no-session" not in errors.overlooked and not _takes_part(session, self.app, asked):
            unknown = Status(f"{STATUS}Requester", f"{STATUS}UnknownPrincipal")
            return self._respond(self.app, asked, unknown)
        self.front.ended(session)
        left = _others(session, self.app.label) if errors.fan_out else []
        return self._go_on(Chain(self.app, asked, left))

    def tell(self, others: list[Participant]) -> Response:
        """Tell these participants of a logout that began at the identity provider."""
        return self._go_on(Chain(self.app, None, others))

    def _answered(self, message: Message) -> Response:
        """Go on with the logout that a participant has answered; its answer counts once."""
        answer = inbound.logout_response(self.app, message, errors_of(self.app.vendor))
        chain = self._chains().pop(answer.in_response_to, None)
        if chain is None:
            raise Unacceptable("malformed", "no LogoutRequest of ours waits for this answer", "", message.issuer)
        chain.partial |= not answer.success
        return self._go_on(chain)

    def _go_on(self, chain: Chain) -> Response:
        """Tell the next participant, or answer the one who asked."""
        if not chain.left:
            return self._conclude(chain)
        participant = chain.left.pop(0)
        app = _reached(participant.app)
        request = logout.request(app, participant.name_id, participant.index, self.front.now())
        chains = self._chains()
        chains[request.id] = chain
        while len(chains) > _MOST:
            chains.pop(next(iter(chains)), None)
        return self._send(app, "SAMLRequest", request, None)

    def _conclude(self, chain: Chain) -> Response:
        if chain.asked is None:
            return self.front.refuse(chain.app, 200, "You have signed out.")
        second = f"{STATUS}PartialLogout" if chain.partial else None
        return self._respond(chain.app, chain.asked, Status(second=second))

    def _respond(self, app: App, asked: LogoutRequest, status: Status) -> Response:
        reached = _reached(app)
        made = logout.response(reached, asked, self.front.now(), status)
        return self._send(reached, "SAMLResponse", made, asked.relay_state)

    def _send(self, app: App, name: str, message: Any, relay_state: str | None) -> Response:
        """To the logout address that is registered for the app."""
        signing = self.front.keys.saml(app)[0]
        place = app.registration.slo or ""
        if app.registration.slo_binding == "post":
            return auto_post(place, fields(name, logout.document(message, app, signing), relay_state))
        query = logout.redirect_query(message, app, signing, relay_state)
        answer = redirect(f"{place}{'&' if '?' in place else '?'}{query}", 302)
        answer.headers["Cache-Control"] = "no-store"
        return cast(Response, answer)

    def _chains(self) -> MutableMapping[str, Chain]:
        held = cast(MutableMapping[str, Any], self.front.facts())
        chains: MutableMapping[str, Chain] = held.setdefault("saml-logouts", {})
        return chains


def _reached(app: App) -> App:
    """The app with the logout address for the vendor's binding; the metadata may have another one for that."""
    of = app.registration
    binding = errors_of(app.vendor).logout_answer or of.slo_binding
    try:
        found = logout_place(of.metadata, binding) if of.metadata is not None and binding != of.slo_binding else None
    except UsageError:
        found = None
    return replace(app, registration=replace(of, slo=found or of.slo, slo_binding=binding))


def _takes_part(session: Session, app: App, asked: LogoutRequest) -> bool:
    """Whether the session has signed the named person in to this service provider."""
    for each in session.participants:
        same = each.protocol == "saml" and each.app.label == app.label and each.name_id == asked.name_id
        if same and (not asked.session_indexes or each.index in asked.session_indexes):
            return True
    return False


def leave(front: Front, session: Session) -> Response:
    """Sign out at the identity provider: the session ends, and who took part is told where the vendor does so."""
    others = _others(session) if errors_of(session.vendor).fan_out else []
    if not others:
        return front.end(session)
    front.ended(session)
    return Logout(front, others[0].app).tell(others)


def _others(session: Session, label: str | None = None) -> list[Participant]:
    """The last sign-in of every service provider that can be told, but for the app of this label."""
    found = {each.app.label: each for each in session.participants if each.protocol == "saml"}
    return [each for other, each in found.items() if other != label and each.app.registration.slo is not None]
