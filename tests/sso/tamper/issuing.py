"""What the identity provider issues to ada, right or falsified, without a server; grace is the victim."""

from __future__ import annotations

import time
from base64 import b64encode

from idpsim.signon import Identity
from idpsim.sso.app import App
from idpsim.sso.saml import issue, response
from idpsim.sso.saml.asked import AuthnRequest
from idpsim.sso.saml.facts import Facts
from idpsim.sso.tamper.hooks import SamlTamper, Scene
from idpsim.sso.tamper.registry import saml_tamper
from tests.sso.front import ACS, ADA, GRACE, SP, app, signing

REQUEST = "_request-1"


def facts(of: App, who: Identity, now: float) -> Facts:
    """What is issued to somebody who has just authenticated, in answer to REQUEST."""
    asked = AuthnRequest(REQUEST, SP, now, acs_url=ACS)
    return issue.facts_of(of, who, asked, acs=ACS, now=now, authenticated=now)


def scene(of: App, now: float | None = None) -> Scene:
    """Ada at the keys called `idp`, posing as grace; `next` and `stranger` are the other keys."""
    moment = time.time() if now is None else now
    return Scene(
        app=of,
        identity=ADA,
        victim=GRACE,
        signing=signing("idp"),
        other=signing("stranger"),
        now=moment,
        forged=lambda who: response.build(facts(of, who, moment), of),
        next=signing("next"),
    )


def issued(vendor: str, name: str | None, **settings: object) -> dict[str, str]:
    """The fields of the form, right where `name` is None."""
    of = app(vendor, **settings)
    on = scene(of)
    tamper = SamlTamper() if name is None else saml_tamper(name)
    assert tamper is not None
    document = issue.issue(facts(of, ADA, on.now), of, signing("idp"), tamper, on)
    fields = {"SAMLResponse": b64encode(document).decode(), "RelayState": "here"}
    return fields if tamper.fields is None else tamper.fields(fields, on)
