"""Single sign-on: from a request that has been read, or the app's tile, to a Response at the service provider."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Response

from idpsim.saml.received import Unacceptable
from idpsim.signon import Identity
from idpsim.sso.app import App
from idpsim.sso.front import Front, Participant, Session
from idpsim.sso.saml import issue
from idpsim.sso.saml.asked import AuthnRequest
from idpsim.sso.saml.facts import Facts
from idpsim.sso.saml.granting import granted, place
from idpsim.sso.saml.posting import auto_post, fields
from idpsim.sso.saml.refusing import page, posted
from idpsim.sso.tamper.hooks import SamlTamper, Scene

if TYPE_CHECKING:
    from lxml.etree import _Element

_REMEMBERED = 50


def sign_on(front: Front, app: App, asked: AuthnRequest, hint: str = "") -> Response:
    """The answer to an AuthnRequest: the login page, a Response by POST, or the vendor's refusal."""
    acs = ""
    try:
        acs = place(app, asked)
        granted(app, asked)
        force = asked.force_authn and app.sign_on.saml.force_authn(app)
        if asked.is_passive and (force or front.session(app.vendor) is None):
            raise Unacceptable("passive", "nobody is signed in, and nobody may be asked", "", asked.issuer)
    except Unacceptable as error:
        return _refused(front, app, asked, acs, error)
    return front.log_in(app, lambda session: answer(front, app, asked, acs, session), hint=hint, force=force)


def launched(front: Front, app: App, relay_state: str | None) -> Response:
    """What the app's tile does: an unsolicited Response to the default consumer service, after the login page."""
    if not app.registration.acs:
        return page(front, app, Unacceptable("unregistered-acs", "no consumer service is registered for the app"))
    acs = app.registration.acs[0]
    state = app.registration.relay_state if relay_state is None else relay_state
    return front.log_in(app, lambda session: answer(front, app, None, acs, session, state))


def answer(
    front: Front, app: App, asked: AuthnRequest | None, acs: str, session: Session, relay_state: str | None = None
) -> Response:
    """The page that posts a Response about whoever is signed in; what the session falsifies is falsified in it."""
    if not session.assigned:
        name = session.identity.person.userName
        return page(front, app, Unacceptable("not-assigned", f"{name} is not assigned to the app", name))
    now = front.now()

    def of(who: Identity) -> Facts:
        return issue.facts_of(app, who, asked, acs=acs, now=now, authenticated=session.at)

    facts = of(session.identity)
    _remember(session, app, facts)
    state = asked.relay_state if asked is not None else relay_state
    signing = front.keys.saml(app)[0]
    tamper = _tamper(session)
    if tamper is None:
        return auto_post(acs, fields("SAMLResponse", issue.issue(facts, app, signing), state))
    scene = _scene(front, app, session, now, of)
    document = issue.issue(facts, app, signing, tamper, scene)
    values = fields("SAMLResponse", document, state)
    return auto_post(acs, values if tamper.fields is None else tamper.fields(values, scene))


def _refused(front: Front, app: App, asked: AuthnRequest, acs: str, error: Unacceptable) -> Response:
    """The Response that says so, where the vendor posts one and `acs` is a registered place; else the vendor's page."""
    status = posted(app, error)
    if status is None or not acs:
        return page(front, app, error)
    facts = issue.failed(app, asked, acs, front.now(), status)
    document = issue.issue(facts, app, front.keys.saml(app)[0])
    return auto_post(acs, fields("SAMLResponse", document, asked.relay_state))


def _remember(session: Session, app: App, facts: Facts) -> None:
    """Note the service provider as one that single logout has to reach."""
    name = facts.name_id.value if facts.name_id is not None else ""
    session.participants.append(Participant(app, "saml", facts.session_index or "", name))
    del session.participants[:-_REMEMBERED]


def _tamper(session: Session) -> SamlTamper | None:
    if session.tamper is None:
        return None
    from idpsim.sso.tamper.registry import saml_tamper

    found: SamlTamper | None = saml_tamper(session.tamper)
    return found


def _scene(front: Front, app: App, session: Session, now: float, of: Callable[[Identity], Facts]) -> Scene:
    from idpsim.sso.saml import response

    def forged(who: Identity) -> _Element:
        return response.build(of(who), app)

    active, following = front.keys.saml(app)
    return Scene(
        app=app,
        identity=session.identity,
        victim=session.victim or session.identity,
        signing=active,
        next=following,
        other=front.keys.stranger(),
        now=now,
        forged=forged,
    )
