"""The identity provider as a Flask app: its login page and error pages, and the endpoints of both protocols."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from idpsim import __version__
from idpsim.signon import Identity
from idpsim.sso import tickets
from idpsim.sso.app import App
from idpsim.sso.control import Control
from idpsim.sso.front import Resume, Session
from idpsim.sso.keys import Keys
from idpsim.sso.oidc.web import blueprint as oidc_blueprint
from idpsim.sso.paste import pasted
from idpsim.sso.provider import IdentityProvider
from idpsim.sso.saml.slo import leave
from idpsim.sso.saml.web import blueprint as saml_blueprint
from idpsim.sso.sessions import Pending

LARGEST = 1024 * 1024
_LOCAL = ("localhost", "127.0.0.1", "::1")


def build(provider: IdentityProvider) -> Flask:
    """The app."""
    app = Flask("idpsim.sso", root_path=str(_here()), static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST, MAX_FORM_MEMORY_SIZE=LARGEST, MAX_FORM_PARTS=100)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    front = WebFront(provider)
    app.before_request(front.admit)
    app.after_request(_guarded)
    app.register_error_handler(HTTPException, _http_error)
    app.add_url_rule("/", "home", front.home)
    app.add_url_rule("/login", "login", front.login, methods=["POST"])
    app.add_url_rule("/.idpsim/style.css", "style", _style)
    app.add_url_rule("/favicon.ico", "icon", lambda: Response(status=204))
    app.add_url_rule("/.idpsim", "about", front.about)
    app.add_url_rule("/.idpsim/logout/<vendor>", "leave", front.leave, methods=["GET", "POST"])
    app.add_url_rule("/.idpsim/control", "control", Control(provider).answer, methods=["POST"])
    app.register_blueprint(saml_blueprint(front))
    app.register_blueprint(oidc_blueprint(front))
    return app


@dataclass(frozen=True)
class WebFront:
    """The provider as its endpoints see it, in the request of the moment."""

    provider: IdentityProvider

    @property
    def base(self) -> str:
        return self.provider.base

    @property
    def keys(self) -> Keys:
        return self.provider.keys

    def now(self) -> float:
        return self.provider.now()

    def apps(self) -> Iterable[App]:
        return self.provider.apps()

    def app(self, **ids: str) -> App | None:
        return self.provider.app(**ids)

    def fault(self, app: App) -> str | None:
        return self.provider.fault(app)

    def facts(self) -> Mapping[str, Any]:
        return self.provider.state

    def session(self, vendor: str) -> Session | None:
        return self.provider.sessions.find(request.cookies.get(_cookie(vendor), ""), vendor)

    def log_in(self, app: App, resume: Resume, *, hint: str = "", force: bool = False) -> Response:
        session = self.session(app.vendor)
        if session is not None and not force:
            return resume(session)
        pending = self.provider.sessions.pending.put(Pending(app, resume, hint))
        return self._login_page(app, pending, hint)

    def end(self, session: Session) -> Response:
        self.ended(session)
        title = self.provider.sign_ons[session.vendor].title
        page = make_response(render_template("message.html", title=title, headline="You have signed out.", detail=""))
        return self._forgotten(page, session.vendor)

    def ended(self, session: Session) -> None:
        self.provider.sessions.held.take(session.id)

    def refuse(
        self, app_or_vendor: App | str, status: int, headline: str, detail: str = "", code: str = ""
    ) -> Response:
        vendor = app_or_vendor if isinstance(app_or_vendor, str) else app_or_vendor.vendor
        sign_on = self.provider.sign_ons.get(vendor)
        stamp = datetime.fromtimestamp(self.now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return make_response(
            render_template(
                "message.html",
                title=sign_on.title if sign_on else "idpsim",
                headline=headline,
                detail=detail,
                code=code,
                stamp=stamp,
            ),
            status,
        )

    def admit(self) -> Response | None:
        """Refuse a Host that is not ours, before anything is looked at (DNS rebinding)."""
        g.nonce = secrets.token_urlsafe(12)
        host = _name_of(request.host)
        if host in (*_LOCAL, urlsplit(self.base).hostname) or _is_address(host):
            return None
        return Response("This host name is not the identity provider's.\n", 421, mimetype="text/plain")

    def home(self) -> Response:
        """All tenants, with what to paste into a service provider."""
        apps = [(app, pasted(app, self.keys)) for app in self.apps()]
        return make_response(render_template("home.html", apps=apps, version=__version__, kept=self.keys.kept))

    def about(self) -> Mapping[str, Any]:
        """What another idpsim asks before it signs in here."""
        return {"idpsim": __version__, "base": self.base, "kept": self.keys.kept, "run": self.provider.of_run}

    def leave(self, vendor: str) -> Response:
        """Somebody signs out at a vendor's tenant itself, not at a service provider."""
        if vendor not in self.provider.sign_ons:
            return self.refuse("", 404, "There is no such tenant.")
        session = self.session(vendor)
        return self.refuse(vendor, 200, "You have signed out.") if session is None else leave(self, session)

    def login(self) -> Response:
        """Somebody has said who they are."""
        name = request.form.get("pending", "")
        pending = self.provider.sessions.pending.get(name)
        if pending is None:
            return self.refuse("", 400, "This sign-in has ended.", "Start again at the service provider.")
        if self._is_from_elsewhere():
            return self.refuse(pending.app, 403, "Another site has sent this form.", "Sign in on this page yourself.")
        session = self._by_ticket(pending.app) if request.form.get("ticket") else self._by_name(pending.app)
        if session is None:
            return self._login_page(pending.app, name, request.form.get("name", ""), wrong=_why_not(request.form))
        self.provider.sessions.pending.take(name)
        self.provider.sessions.held.put(session, session.id)
        answer = make_response(pending.resume(session))
        self._remembered(answer, session)
        return answer

    def _is_from_elsewhere(self) -> bool:
        """Whether a browser says that another site's page posts, to sign its visitor in as somebody else."""
        site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
        if site is not None:
            return site not in ("same-origin", "none")
        return origin is not None and origin.rpartition("//")[2] not in (request.host, urlsplit(self.base).netloc)

    def _by_ticket(self, app: App) -> Session | None:
        claims = tickets.unseal(request.form["ticket"], self.keys.secret, self.now()) or {}
        identity = tickets.read(claims.get("identity"))
        if claims.get("kind") != "sign-in" or claims.get("vendor") != app.vendor or identity is None:
            return None
        session = self._session(app, identity)
        session.tamper, session.victim = claims.get("tamper"), tickets.read(claims.get("victim"))
        session.assigned = claims.get("assigned") is not False
        return session

    def _by_name(self, app: App) -> Session | None:
        name = request.form.get("person") or (request.form.get("name", "") if request.form.get("password") else "")
        identity = self.provider.person(app.vendor, name)
        return None if identity is None else self._session(app, identity)

    def _session(self, app: App, identity: Identity) -> Session:
        return Session(secrets.token_urlsafe(24), app.vendor, identity, self.now())

    def _login_page(self, app: App, pending: str, hint: str, *, wrong: str = "") -> Response:
        people = self.provider.people.get(app.vendor, ())
        shown = {"app": app, "pending": pending, "people": people, "hint": hint, "wrong": wrong, "nonce": g.nonce}
        return make_response(render_template("login.html", title=app.sign_on.title, **shown), 401 if wrong else 200)

    def _remembered(self, answer: Response, session: Session) -> None:
        answer.set_cookie(_cookie(session.vendor), session.id, **self._kept())

    def _forgotten(self, answer: Response, vendor: str) -> Response:
        answer.delete_cookie(_cookie(vendor), **self._kept())
        return answer

    def _kept(self) -> dict[str, Any]:
        """How a cookie is kept: a request posted by another site carries it, where browsers allow that."""
        secure = self.base.startswith("https:") or urlsplit(self.base).hostname in _LOCAL
        return {"httponly": True, "secure": secure, "samesite": "None" if secure else "Lax"}


def _here() -> Any:
    from pathlib import Path

    return Path(__file__).parent


def _cookie(vendor: str) -> str:
    """Cookies do not know ports: the name must not be one that a service provider on the same host uses."""
    return f"idpsim_{vendor}_session"


def _why_not(form: Mapping[str, str]) -> str:
    """What keeps somebody from being signed in, for their eyes."""
    if form.get("ticket"):
        return "Unable to sign in: this ticket has ended, or comes from a run with other keys."
    if form.get("name") and not form.get("password"):
        return "Unable to sign in: the password is missing. Any will do."
    return "Unable to sign in: nobody here has this name."


def _name_of(host: str) -> str:
    """The name in a Host header, empty where it has none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    """Whether a host is an IP address: a name that rebinds is none."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _guarded(answer: Response) -> Response:
    """The headers that keep a page from being framed, scripted or remembered."""
    policy = f"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'nonce-{g.get('nonce', '')}'"
    answer.headers.setdefault("Content-Security-Policy", f"{policy}; frame-ancestors 'none'; base-uri 'none'")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    # Not "no-referrer": with it browsers say "Origin: null" of a form that they post to the service provider.
    answer.headers.setdefault("Referrer-Policy", "strict-origin")
    if answer.mimetype == "text/html":
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _http_error(error: HTTPException) -> Response:
    page = render_template("message.html", title="idpsim", headline=error.name, detail=error.description or "")
    answer = make_response(page, error.code or 500)
    if error.code == 405 and (allowed := getattr(error, "valid_methods", None)):
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def _style() -> Response:
    return Response((_here() / "templates" / "style.css").read_text(), mimetype="text/css")
