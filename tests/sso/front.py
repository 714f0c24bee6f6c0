"""An identity provider in memory: the `Front` that the SAML and OpenID Connect endpoints are tested with."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from flask import Blueprint, Flask, Response, request
from flask.testing import FlaskClient
from markupsafe import escape

from idpsim.directory import person
from idpsim.provisioning.settings import defaults
from idpsim.signon import Identity, Membership, Registration, SignOn
from idpsim.sso.app import App
from idpsim.sso.front import Resume, Session
from idpsim.sso.keys import Keys, Signing

BASE = "http://localhost:8765"
VENDORS = ("okta", "entra", "onelogin")
SP = "https://sp.test/saml"
ACS = "https://sp.test/saml/acs"
REGISTRATION = Registration(
    entity_id=SP,
    acs=(ACS, "https://sp.test/saml/acs2"),
    slo="https://sp.test/saml/slo",
    client_id="a-client",
    client_secret="a-client-secret",
    redirect_uris=("https://sp.test/oidc/callback",),
    post_logout_redirect_uris=("https://sp.test/goodbye",),
)
ADA = Identity(
    "1001",
    person(
        "ada", {"userName": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace", "department": "Engines"}
    ),
    (Membership("2001", "Engineering"), Membership("2002", "Analysts")),
)
GRACE = Identity(
    "1002", person("grace", {"userName": "grace@example.com", "givenName": "Grace", "familyName": "Hopper"})
)


@cache
def signing(name: str) -> Signing:
    """A key with a self-signed certificate, made once per test session."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    return Signing(key, certificate)


def sign_on(vendor: str) -> SignOn:
    """The vendor's sign-in, found as the identity provider finds it."""
    found: SignOn = import_module(f"idpsim.profiles.{vendor}.signon").SIGN_ON
    return found


def app(vendor: str, registration: Registration = REGISTRATION, label: str = "idpsim", **settings: Any) -> App:
    """An app with the vendor's default settings but these."""
    of_vendor = sign_on(vendor)
    return App(of_vendor, label, BASE, registration, {**defaults(of_vendor.settings), **settings})


class MemoryKeys(Keys):
    """Two keys for each protocol, the same for all apps."""

    def __init__(self) -> None:
        super().__init__()
        self.secret = b"s" * 32

    def saml(self, _app: App) -> tuple[Signing, Signing]:
        return (signing("saml"), signing("saml next"))

    def oidc(self, _app: App) -> tuple[Signing, Signing]:
        return (signing("oidc"), signing("oidc next"))

    def stranger(self) -> Signing:
        return signing("stranger")

    def client_secret(self, app: App) -> str:
        return app.registration.client_secret or f"secret-of-{app.label}"


class MemoryFront:
    """`Front` for one browser: `signed_in` is its session, `hints` the names that login pages came filled in with.

    The login page signs in `who` when it is posted to, at `/_login`, and goes on with what waited for it.
    """

    def __init__(self, *apps: App, at: float | None = None) -> None:
        self.base = BASE
        self.keys: Keys = MemoryKeys()
        self.at = at
        self.who = ADA
        self.signed_in: Session | None = None
        self.hints: list[str] = []
        self.waiting: list[tuple[App, Resume]] = []
        self.faults: dict[str, str] = {}
        self._apps = apps or tuple(app(vendor) for vendor in VENDORS)
        self._facts: dict[str, Any] = {}

    def now(self) -> float:
        return datetime.datetime.now(datetime.UTC).timestamp() if self.at is None else self.at

    def apps(self) -> Iterable[App]:
        return self._apps

    def app(self, **ids: str) -> App | None:
        wanted = ids.items()
        return next((each for each in self._apps if wanted <= {**each.ids, "vendor": each.vendor}.items()), None)

    def session(self, vendor: str) -> Session | None:
        return self.signed_in if self.signed_in and self.signed_in.vendor == vendor else None

    def sign_in(
        self, vendor: str, who: Identity = ADA, tamper: str | None = None, victim: Identity | None = None
    ) -> Session:
        """The browser's new session, with nobody asked for anything."""
        self.signed_in = Session("session-1", vendor, who, self.now() - 60, tamper, victim)
        return self.signed_in

    def log_in(self, app: App, resume: Resume, *, hint: str = "", force: bool = False) -> Response:
        session = self.session(app.vendor)
        if session and not force:
            return resume(session)
        self.hints.append(hint)
        self.waiting.append((app, resume))
        return Response(f'<form action="/_login" method="post">Sign in {escape(hint)}</form>', mimetype="text/html")

    def end(self, session: Session) -> Response:
        self.ended(session)
        return Response("You have signed out.", mimetype="text/html")

    def ended(self, session: Session) -> None:
        if self.signed_in is session:
            self.signed_in = None

    def refuse(
        self, _app_or_vendor: App | str, status: int, headline: str, detail: str = "", code: str = ""
    ) -> Response:
        page = f"<h1>{escape(headline)}</h1><p>{escape(code)}</p><p>{escape(detail)}</p>"
        return Response(page, status, mimetype="text/html")

    def fault(self, app: App) -> str | None:
        return self.faults.get(app.vendor)

    def facts(self) -> dict[str, Any]:
        return self._facts

    def client(self, *blueprints: Blueprint) -> FlaskClient:
        """A test client of a Flask app with these endpoints and the login page."""
        web = Flask("idpsim-test")
        web.testing = True
        for each in blueprints:
            web.register_blueprint(each)
        web.add_url_rule("/_login", "login", self._login, methods=["POST"])
        return web.test_client()

    def _login(self) -> Response:
        assert request.method == "POST"
        app, resume = self.waiting.pop()
        return resume(self.sign_in(app.vendor, self.who))


def front(*apps: App, at: float | None = None) -> MemoryFront:
    """A fresh identity provider with these apps, or one of each vendor."""
    return MemoryFront(*apps, at=at)
