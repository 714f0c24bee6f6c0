"""What a vendor issues when somebody signs in, made in this process to be looked at: good for nothing else."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from idpsim.directory import Directory, Group, Person
from idpsim.profiles import all_sign_ons
from idpsim.provisioning.app import App as ProvisioningApp
from idpsim.signing.hosting import in_process
from idpsim.signing.keyring import Keyring
from idpsim.signing.standing import identity
from idpsim.signon import Attempt, Identity, Registration
from idpsim.signon.oidc import Server
from idpsim.sso.app import App
from idpsim.sso.paste import client_id, client_secret
from idpsim.sso.provider import IdentityProvider

SP = "https://sp.example.com"
_SCOPES = "openid profile email"


class Specimen:
    """One vendor's app, somebody who signs in to it, and what they are issued."""

    def __init__(
        self, vendor: str, settings: Mapping[str, Any], people: Mapping[str, Person], groups: Mapping[str, Group]
    ):
        self._provider: IdentityProvider = in_process(Keyring(folder=""))
        known = Registration(entity_id=SP, acs=(f"{SP}/saml/acs",), redirect_uris=(f"{SP}/oidc/callback",))
        self.app: App = self._provider.register(vendor, "idpsim", known, settings)
        directory = Directory(people, groups)
        someone = directory.person(next(iter(people)))
        self.identity: Identity = identity(all_sign_ons()[vendor], ProvisioningApp(directory, {}), someone)

    def response(self) -> str:
        """The SAML Response to an AuthnRequest, indented, with signatures and certificates shortened."""
        from lxml import etree

        from idpsim.sso.saml import issue
        from idpsim.sso.saml.asked import AuthnRequest

        now = time.time()
        asked = AuthnRequest("_the-request", SP, now)
        facts = issue.facts_of(
            self.app, self.identity, asked, acs=self.app.registration.acs[0], now=now, authenticated=now - 60
        )
        document = issue.issue(facts, self.app, self._provider.keys.saml(self.app)[0])
        root = etree.fromstring(document)
        for element in root.iter():
            if element.text and len(element.text) > 200:
                element.text = f"{element.text.strip()[:40]}…"
        etree.indent(root)
        return etree.tostring(root, encoding="unicode")

    def tokens(self) -> Iterator[tuple[str, Any]]:
        """The answer of the token endpoint, and header and claims of each JWT in it, by name."""
        for server in self.app.sign_on.oidc.servers[:1]:
            answer = self._answer(server)
            yield "token endpoint", {name: _shortened(value) for name, value in answer.items()}
            for name in ("id_token", "access_token"):
                if (parts := str(answer.get(name, "")).split("."))[2:]:
                    header, claims = (json.loads(urlsafe_b64decode(part + "==")) for part in parts[:2])
                    yield f"{name}, header", header
                    yield f"{name}, claims", claims

    def _answer(self, server: Server) -> Mapping[str, Any]:
        """Sign in as a service provider with PKCE and a secret would have it done."""
        from werkzeug.test import Client

        client, app = Client(self._provider.wsgi), self.app
        asked = {
            "client_id": client_id(app),
            "response_type": "code",
            "redirect_uri": app.registration.redirect_uris[0],
            "scope": _SCOPES,
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        }
        base = self._provider.base
        page = client.get(_path(app, server.endpoints["authorize"]) + "?" + urlencode(asked), base_url=base).text
        pending = page.partition('name="pending" value="')[2].partition('"')[0]
        ticket = self._provider.ticket(app.vendor, Attempt(self.identity, "oidc"))
        back = client.post("/login", data={"pending": pending, "ticket": ticket}, base_url=base)
        (code,) = parse_qs(urlsplit(back.headers["Location"]).query)["code"]
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": asked["redirect_uri"],
            "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        }
        credentials = (client_id(app), client_secret(app, self._provider.keys))
        method = app.sign_on.oidc.rules(app.settings, False).auth[0]
        if method == "client_secret_basic":
            answer = client.post(_path(app, server.endpoints["token"]), data=form, base_url=base, auth=credentials)
        else:
            form |= dict(zip(("client_id", "client_secret"), credentials, strict=True))
            answer = client.post(_path(app, server.endpoints["token"]), data=form, base_url=base)
        found: Mapping[str, Any] = answer.get_json()
        return found


def _path(app: App, template: str) -> str:
    return urlsplit(app.filled(template)).path


def _shortened(value: Any) -> Any:
    return f"{value[:24]}…" if isinstance(value, str) and len(value) > 60 else value
