"""The apps as OAuth clients, in the shape that Authlib asks for."""

from __future__ import annotations

import hmac
from functools import cached_property

from authlib.oauth2.rfc6749 import ClientMixin

from idpsim.signon.oidc import ClientRules, OidcLook
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.sso.oidc.refusing import Refused


def client_id(app: App) -> str:
    """The id that the administrator has entered, or the vendor's own for the app."""
    return app.registration.client_id or app.ids[app.sign_on.oidc.client]


class Client(ClientMixin):  # type: ignore[misc]
    """One app as a client; a wrong secret is refused on the spot."""

    def __init__(self, front: Front, app: App) -> None:
        self.front = front
        self.app = app
        self.client_id = client_id(app)

    @property
    def look(self) -> OidcLook:
        return self.app.sign_on.oidc

    @cached_property
    def rules(self) -> ClientRules:
        return self.look.rules(self.app.settings, self.app.registration.public)

    @property
    def public(self) -> bool:
        return self.rules.auth == ("none",)

    def get_client_id(self) -> str:
        return self.client_id

    def check_client_secret(self, client_secret: str) -> bool:
        secret = self.app.registration.client_secret or self.front.keys.client_secret(self.app)
        if hmac.compare_digest(secret.encode(), client_secret.encode("utf-8", "replace")):
            return True
        raise Refused("bad_secret", client_id=self.client_id)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method in self.rules.auth

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.rules.grants

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.app.registration.redirect_uris

    def check_response_type(self, response_type: str) -> bool:
        return response_type in self.rules.response_types


def find(front: Front, vendor: str, wanted: str | None) -> Client | None:
    """The client of a vendor with this id."""
    mine = (app for app in front.apps() if app.vendor == vendor)
    return next((Client(front, app) for app in mine if wanted and client_id(app) == wanted), None)
