"""The authorization endpoint: who asks is checked first, then what is asked, then somebody signs in."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace

from authlib.oauth2.rfc7636.challenge import CODE_CHALLENGE_PATTERN
from flask import Response

from idpsim.signon.oidc import Server
from idpsim.sso.front import Front, Participant, Session
from idpsim.sso.oidc import refusing, returning
from idpsim.sso.oidc.clients import Client, find
from idpsim.sso.oidc.minting import Mint
from idpsim.sso.oidc.reading import Asked
from idpsim.sso.oidc.refusing import Refused
from idpsim.sso.oidc.stores import Code, Grant, Issued

WORDS = frozenset({"code", "token", "id_token"})
PROMPTS = frozenset({"none", "login", "consent", "select_account", "create"})


@dataclass(frozen=True)
class Authorizing:
    """One authorization request of a known client to an address that is registered for it."""

    front: Front
    issued: Issued
    client: Client
    server: Server
    asked: Asked
    redirect_uri: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(sorted(self.asked.words("response_type")))

    @property
    def mode(self) -> str:
        """The response mode that is asked for, or that is usual for the response type."""
        usual = "query" if self.words in ((), ("code",)) or not set(self.words) <= WORDS else "fragment"
        mode = self.asked.get("response_mode") or usual
        return mode if mode in self.client.look.response_modes and (mode, usual) != ("query", "fragment") else usual

    def answer(self) -> Response:
        """A redirect, a form that posts itself, or the login page."""
        try:
            grant = self._grant()
        except Refused as refused:
            return self._refuse(refused)
        prompts = self.asked.words("prompt")
        session = self.front.session(self.client.app.vendor)
        stale = session is not None and self._stale(session)
        if "none" in prompts:
            if session is None or stale:
                return self._refuse(Refused("login_required"))
            return self._resume(grant, session)
        again = bool({"login", "select_account"} & set(prompts)) or stale or grant.acr is not None
        hint = self.asked.get("login_hint") or ""
        return self.front.log_in(self.client.app, lambda found: self._resume(grant, found), hint=hint, force=again)

    def _stale(self, session: Session) -> bool:
        age = self.asked.get("max_age")
        return age is not None and self.front.now() - session.at > int(age)

    def _grant(self) -> Grant:
        """What is asked for, checked; whose it is comes later."""
        for kind in self._wrongs():
            raise Refused(kind, name=self.asked.repeated or _missing(kind), scope=self.asked.get("scope"))
        look, app, given = self.client.look, self.client.app, self.asked
        scopes = look.scopes(given.words("scope"), "authorize", self.server.name, self._ids(), app.settings)
        if isinstance(scopes, str):
            raise Refused(scopes, scope=given.get("scope"))
        if "openid" not in scopes and "id_token" in self.words:
            raise Refused("no_openid")
        acr = next((each for each in given.words("acr_values") if each in look.acr_reauthenticates), None)
        id_token, userinfo = self._claims()
        return Grant(
            id=secrets.token_urlsafe(16),
            app=app,
            server=self.server,
            client_id=self.client.client_id,
            identity=None,
            scopes=scopes,
            at=0.0,
            nonce=given.get("nonce"),
            acr=acr,
            max_age=given.get("max_age") is not None,
            public=self.client.public,
            asked=id_token,
            asked_userinfo=userinfo,
        )

    def _ids(self) -> dict[str, str]:
        return {**self.client.app.ids, "client_id": self.client.client_id}

    def _wrongs(self) -> Iterator[str]:
        """The kinds of what is wrong, the first one first."""
        look, rules, asked = self.client.look, self.client.rules, self.asked
        if asked.repeated:
            yield "repeated"
        if asked.get("request") or asked.get("request_uri"):
            yield "request_object"
        if look.state_required and not asked.get("state"):
            yield "no_state"
        if not self.words:
            yield "no_response_type"
        elif not set(self.words) <= WORDS:
            yield "bad_response_type"
        elif " ".join(self.words) not in rules.response_types:
            yield "response_type_off"
        if asked.get("response_mode") not in (None, self.mode):
            yield "bad_response_mode"
        if "id_token" in self.words and not asked.get("nonce"):
            yield "no_nonce"
        yield from self._challenge()
        prompts = set(asked.words("prompt"))
        if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
            yield "bad_prompt"
        age = asked.get("max_age")
        if age is not None and not (age.isascii() and age.isdigit() and len(age) < 12):
            yield "bad_max_age"

    def _challenge(self) -> Iterator[str]:
        if "code" not in self.words:
            return
        challenge, method = self.asked.get("code_challenge"), self.asked.get("code_challenge_method")
        if challenge is None:
            if self.client.rules.pkce:
                yield "challenge_required"
            elif method is not None:
                yield "bad_challenge"
            return
        if (method or "plain") not in self.client.look.challenge_methods:
            yield "challenge_method"
        if not CODE_CHALLENGE_PATTERN.fullmatch(challenge):
            yield "bad_challenge"

    def _claims(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names that the `claims` parameter asks for, for the id_token and for userinfo."""
        raw = self.asked.get("claims") if self.client.look.claims_parameter else None
        try:
            value = json.loads(raw) if raw else {}
        except (ValueError, RecursionError):
            return frozenset(), frozenset()
        value = value if isinstance(value, dict) else {}
        parts = [value.get(name) for name in ("id_token", "userinfo")]
        first, second = (frozenset(part) if isinstance(part, dict) else frozenset() for part in parts)
        return first, second

    def _resume(self, asked: Grant, session: Session) -> Response:
        """The answer to who has signed in."""
        grant = _given(asked, session)
        app = self.client.app
        mint = Mint(self.front, self.issued, grant, self.client.rules, "authorize")
        try:
            if not session.assigned:
                raise Refused("not_assigned")
            mint.check()
        except Refused as refused:
            return self._refuse(refused)
        if not any(each.app == app and each.protocol == "oidc" for each in session.participants):
            session.participants.append(Participant(app, "oidc"))
        params = self._params(mint)
        scene, tamper = mint.scene(), mint.tamper()
        if scene is not None and tamper.redirect is not None:
            params = tamper.redirect(params, scene)
        return returning.back(self.redirect_uri, params, self.mode)

    def _params(self, mint: Mint) -> dict[str, str]:
        """What goes back: whatever the response type names, and the state."""
        params: dict[str, str] = {}
        code = self._code(mint.grant) if "code" in self.words else None
        access = mint.access() if "token" in self.words else None
        if code is not None:
            params["code"] = code
        if access is not None:
            seconds = str(mint.rules.access_seconds)
            params |= {"access_token": access, "token_type": "Bearer", "expires_in": seconds}
            params["scope"] = " ".join(mint.grant.scopes)
        if "id_token" in self.words:
            params["id_token"] = mint.id_token(access=access, code=code)
        state = self.asked.get("state")
        if state is not None:
            params["state"] = state
        return params | ({"session_state": mint.grant.session} if self.client.look.session_state else {})

    def _code(self, grant: Grant) -> str:
        code = self.client.look.code_prefix + secrets.token_urlsafe(32)
        until = self.front.now() + self.client.rules.code_seconds
        challenge = self.asked.get("code_challenge")
        method = (self.asked.get("code_challenge_method") or "plain") if challenge else None
        self.issued.keep_code(code, Code(grant, self.redirect_uri, until, challenge, method))
        return code

    def _refuse(self, refused: Refused) -> Response:
        more = {**self.asked.values, "allowed": ", ".join(self.client.rules.response_types)}
        state = self.asked.get("state")
        params = refusing.as_params(self.front, self.client.look, refused, more, state)
        return returning.back(self.redirect_uri, params, self.mode)


def _given(asked: Grant, session: Session) -> Grant:
    return replace(
        asked,
        identity=session.identity,
        at=session.at,
        session=returning.session_name(session.id),
        tamper=session.tamper,
        victim=session.victim,
    )


def _missing(kind: str) -> str | None:
    return {"no_state": "state", "no_nonce": "nonce", "no_response_type": "response_type"}.get(kind)


def authorize(front: Front, issued: Issued, vendor: str, server: Server, asked: Asked) -> Response:
    """The answer to an authorization request; what cannot be trusted with an answer gets the vendor's error page."""
    client = find(front, vendor, asked.get("client_id"))
    where = client.app if client else next(app for app in front.apps() if app.vendor == vendor)
    look = where.sign_on.oidc
    redirect_uri = asked.get("redirect_uri")
    kind = (
        ("too_large", None)
        if asked.too_large
        else ("no_client", "client_id")
        if asked.get("client_id") is None
        else ("unknown_client", None)
        if client is None
        else ("repeated", asked.repeated)
        if asked.repeated in ("client_id", "redirect_uri")
        else ("no_redirect", "redirect_uri")
        if redirect_uri is None
        else ("bad_redirect", None)
        if not client.check_redirect_uri(redirect_uri)
        else None
    )
    if kind is not None or client is None or redirect_uri is None:
        name = kind or ("bad_redirect", None)
        more = {**where.ids, **asked.values}
        return refusing.as_page(front, look, where, Refused(name[0], name=name[1]), more)
    return Authorizing(front, issued, client, server, asked, redirect_uri).answer()
