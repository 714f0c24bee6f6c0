"""Signing out: the session ends, and the browser goes back only to where the app is registered."""

from __future__ import annotations

from flask import Response

from idpsim.signon.oidc import OidcLook
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.sso.oidc import refusing, returning
from idpsim.sso.oidc.clients import client_id
from idpsim.sso.oidc.reading import Asked
from idpsim.sso.oidc.refusing import Refused
from idpsim.sso.oidc.signing import verified


def leave(front: Front, vendor: str, look: OidcLook, asked: Asked) -> Response:
    """A redirect to a registered address, the page that says goodbye, or the vendor's error page."""
    apps = [app for app in front.apps() if app.vendor == vendor]
    try:
        named = _named(front, apps, look, asked)
        back = _back(named, apps, look, asked)
    except Refused as refused:
        return refusing.as_page(front, look, apps[0], refused, {**asked.values, "name": "id_token_hint"})
    session = front.session(vendor)
    if session is not None and back is None:
        return front.end(session)
    if session is not None:
        front.ended(session)
    if back is None:
        return front.refuse(apps[0], 200, "You have signed out.")
    state = asked.get("state")
    return returning.back(back, {} if state is None else {"state": state}, "query")


def _named(front: Front, apps: list[App], look: OidcLook, asked: Asked) -> App | None:
    """The app that the hint was issued to; a hint that nobody here has signed is none."""
    hint = asked.get("id_token_hint")
    if asked.too_large or asked.repeated:
        raise Refused("too_large" if asked.too_large else "repeated", name=asked.repeated)
    if hint is None:
        if look.logout_needs_hint:
            raise Refused("no_hint")
        return None
    claims = verified(hint, tuple(dict.fromkeys(key for app in apps for key in front.keys.oidc(app))))
    expired = claims is not None and look.logout_needs_hint and claims.get("exp", 0) <= front.now()
    found = next((app for app in apps if claims is not None and claims.get("aud") == client_id(app)), None)
    if found is None or expired:
        if look.logout_needs_hint:
            raise Refused("bad_hint")
        return None
    return found


def _back(named: App | None, apps: list[App], look: OidcLook, asked: Asked) -> str | None:
    """Where to go from here; without a hint any app of the tenant may have it registered."""
    wanted = asked.get("post_logout_redirect_uri")
    if wanted is None:
        return None
    known: set[str] = set()
    for app in apps if named is None else (named,):
        known |= set(app.registration.post_logout_redirect_uris)
        known |= set(app.registration.redirect_uris) if look.logout_to_redirect_uris else set()
    if wanted in known:
        return wanted
    if look.logout_to_redirect_uris:
        return None
    raise Refused("bad_logout_redirect")
