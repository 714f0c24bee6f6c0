"""Signing in, over HTTP: the routes beside SCIM's, for browsers."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, request
from werkzeug.exceptions import HTTPException

from . import gates, pages
from .problem import Denied
from .sign_in import SignIn

SESSION = "idpsim_sp_session"
_START = "idpsim_sp_start"


def blueprint(sign_in: SignIn) -> Blueprint:
    """The routes, and the pages that their errors are."""
    web = Blueprint("sso", __name__)
    answers = _Answers(sign_in)
    for rule, methods, answer in (
        ("/", ["GET"], answers.home),
        ("/me", ["GET"], answers.me),
        ("/logout", ["GET", "POST"], answers.logout),
        ("/sso/<idp>/saml/metadata", ["GET"], answers.metadata),
        ("/sso/<idp>/saml/login", ["GET"], answers.saml_login),
        ("/sso/<idp>/saml/acs", ["POST"], answers.acs),
        ("/sso/<idp>/saml/slo", ["GET", "POST"], answers.slo),
        ("/sso/<idp>/oidc/login", ["GET"], answers.oidc_login),
        ("/sso/<idp>/oidc/callback", ["GET"], answers.callback),
    ):
        web.add_url_rule(rule, answer.__name__, answer, methods=methods)
    web.register_error_handler(Denied, answers.denied)
    web.after_request(_guarded)
    return web


def error_page(error: HTTPException) -> Response:
    """What Flask refuses outside SCIM: unknown paths, wrong methods, bodies that are too large."""
    allowed = [header for header in error.get_headers() if header[0] == "Allow"]
    response = make_response(pages.denied(error.description or error.name), error.code or 500, allowed)
    return _guarded(response)


class _Answers:
    """The answers; each method is one route's."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in

    def home(self) -> Response:
        user = self._user()
        return make_response(pages.signed_in(user) if user else pages.nobody(self._sign_in.trusts()))

    def me(self) -> Response:
        user = self._user()
        json = request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
        if user is None:
            nobody = {"error": "Nobody is signed in."}
            answer = jsonify(nobody) if json else make_response(pages.nobody(self._sign_in.trusts(), "Not signed in"))
            answer.status_code = 401
            return answer
        return jsonify(user) if json else make_response(pages.signed_in(user))

    def logout(self) -> Response:
        there = self._sign_in.sign_out(request.cookies.get(SESSION, ""))
        response = redirect(there or "/", 303)
        response.delete_cookie(SESSION)
        return _flask(response)

    def metadata(self, idp: str) -> Response:
        try:
            document = self._sign_in.metadata(gates.checked(idp))
        except ValueError as error:
            raise Denied(404, "There is no identity provider of this name.") from error
        return make_response(document, 200, {"Content-Type": "application/samlmetadata+xml"})

    def saml_login(self, idp: str) -> Response:
        by = {"redirect": "Redirect", "post": "POST"}.get(request.args.get("binding", "redirect"), "")
        sending = self._sign_in.start_saml(idp, by=by, force="force" in request.args)
        if sending.fields is not None:
            return make_response(pages.posting(sending.url, sending.fields))
        return _flask(redirect(sending.url, 303))

    def acs(self, idp: str) -> Response:
        cookie = self._sign_in.finish_saml(idp, request.form.get("SAMLResponse", ""))
        return self._signed_in(cookie, request.form.get("RelayState", ""))

    def slo(self, idp: str) -> Response:
        there = self._sign_in.end_saml(idp, request.query_string, request.form.to_dict())
        return _flask(redirect(there or "/", 303))

    def oidc_login(self, idp: str) -> Response:
        browser = request.cookies.get(_START) or secrets.token_urlsafe(24)
        hint = request.args.get("login_hint", "")[:320]
        there = self._sign_in.start_oidc(idp, browser, **({"login_hint": hint} if hint else {}))
        response = _flask(redirect(there, 303))
        self._remember(response, _START, browser)
        return response

    def callback(self, idp: str) -> Response:
        parameters = {name: value[:16_384] for name, value in request.args.items()}
        return self._signed_in(self._sign_in.finish_oidc(idp, request.cookies.get(_START, ""), parameters))

    def denied(self, denied: Denied) -> Response:
        return make_response(pages.denied(denied.reason), denied.status)

    def _user(self) -> dict[str, Any] | None:
        return self._sign_in.who(request.cookies.get(SESSION, ""))

    def _signed_in(self, cookie: str, relay_state: str = "") -> Response:
        """To the start page; never where a stranger says, but by `sso_follows_relay_state`."""
        follows = self._sign_in.switches.sso_follows_relay_state and relay_state and relay_state.isprintable()
        response = _flask(redirect(relay_state if follows else "/", 303))
        self._sign_in.forget(request.cookies.get(SESSION, ""))
        self._remember(response, SESSION, cookie)
        return response

    def _remember(self, response: Response, name: str, value: str) -> None:
        secure = self._sign_in.base_url.startswith("https:")
        response.set_cookie(name, value, httponly=True, samesite="Lax", secure=secure)


def _guarded(response: Response) -> Response:
    response.headers.update(pages.HEADERS)
    return response


def _flask(response: Any) -> Response:
    """A redirect of werkzeug's as Flask's own type."""
    assert isinstance(response, Response)
    return response
