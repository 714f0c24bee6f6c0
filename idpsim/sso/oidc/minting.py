"""Tokens: what a grant gives, in the vendor's look, falsified where the session says so."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from idpsim.signon import Identity
from idpsim.signon.oidc import JSON, Claims, ClientRules, Flow, Granted, OidcLook
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.sso.oidc.refusing import Refused
from idpsim.sso.oidc.signing import b64, half_hash, header_of, kid_of, sign
from idpsim.sso.oidc.stores import Access, Grant, Issued, Refresh
from idpsim.sso.tamper.hooks import OidcTamper, Scene
from idpsim.sso.tamper.registry import oidc_tamper
from idpsim.wire import compact

NOTHING = OidcTamper()


@dataclass(frozen=True)
class Mint:
    """Makes tokens for one grant within one request."""

    front: Front
    issued: Issued
    grant: Grant
    rules: ClientRules
    flow: Flow

    @property
    def app(self) -> App:
        return self.grant.app

    @property
    def look(self) -> OidcLook:
        return self.app.sign_on.oidc

    def granted(self, seconds: int, with_access: bool = True, hashes: Mapping[str, str] | None = None) -> Granted:
        """What the look's functions make claims of."""
        grant = self.grant
        return Granted(
            server=grant.server.name,
            issuer=self.app.filled(grant.server.token_issuer or grant.server.issuer),
            client_id=grant.client_id,
            ids={**self.app.ids, "client_id": grant.client_id},
            settings=self.app.settings,
            identity=grant.identity,
            scopes=grant.scopes,
            flow=self.flow,
            at=grant.at,
            now=self.front.now(),
            seconds=seconds,
            token_id=secrets.token_urlsafe(32),
            nonce=grant.nonce,
            session=grant.session,
            with_access=with_access,
            public=grant.public,
            acr=grant.acr,
            max_age=grant.max_age,
            hashes=hashes or {},
            asked=grant.asked,
        )

    def check(self) -> None:
        """Refused where the vendor does not issue to this person at all."""
        granted = self.granted(self.rules.id_seconds)
        kind = self.look.refused(granted) if self.look.refused and granted.identity else None
        if kind:
            raise Refused(kind)

    def access(self) -> str:
        """An access token, remembered until it expires."""
        granted = self.granted(self.rules.access_seconds)
        claims, signing = self.look.access_claims(granted), self.front.keys.oidc(self.app)[0]
        header = header_of(self.look, self.look.access_header, signing)
        if granted.identity and self.look.opaque and self.look.opaque(granted):
            token = _opaque(header, sign({**header, "nonce": half_hash(granted.token_id)}, claims, signing))
        else:
            token = sign(header, claims, signing)
        self.issued.keep_access(token, Access(self.grant, claims), granted.now + granted.seconds, granted.now)
        return token

    def refresh(self, ends: float | None = None) -> str | None:
        """A new refresh token, where the app has them and the grant has asked; `ends` is what it takes over."""
        how, needed, now = self.rules.refresh, self.look.refresh_scope, self.front.now()
        if how is None or self.grant.identity is None or (needed and needed not in self.grant.scopes):
            return None
        token = self.look.refresh_prefix + secrets.token_urlsafe(48)
        if ends is None and how.life is not None:
            ends = now + how.life
        self.issued.keep_refresh(Refresh(token, self.grant, ends, None if how.idle is None else now + how.idle), now)
        return token

    def id_token(self, *, access: str | None = None, code: str | None = None, refresh: str | None = None) -> str:
        """An id_token with the hashes of what is issued beside it."""
        beside = {"at_hash": access, "c_hash": code, "rt_hash": refresh}
        hashes = {name: half_hash(value) for name, value in beside.items() if value is not None}
        granted = self.granted(self.rules.id_seconds, access is not None, hashes)
        signing, tamper = self.front.keys.oidc(self.app)[0], self.tamper()
        claims, header = self.look.id_claims(granted), header_of(self.look, self.look.id_header, signing)
        scene = self.scene(partial(_of, self.look.id_claims, granted))
        if scene is None:
            return sign(header, claims, signing)
        claims = tamper.claims(claims, scene) if tamper.claims else claims
        header = tamper.header(header, scene) if tamper.header else header
        return tamper.sign(header, claims, scene) if tamper.sign else sign(header, claims, signing)

    def userinfo(self) -> JSON:
        """What userinfo says."""
        granted = replace(self.granted(self.rules.access_seconds), asked=self.grant.asked_userinfo)
        said, tamper = self.look.userinfo(granted), self.tamper()
        scene = self.scene(partial(_of, self.look.userinfo, granted))
        return tamper.userinfo(said, scene) if scene and tamper.userinfo else said

    def tamper(self) -> OidcTamper:
        """What the session falsifies."""
        return (oidc_tamper(self.grant.tamper) if self.grant.tamper else None) or NOTHING

    def scene(self, claims: partial[JSON] | None = None) -> Scene | None:
        """What a falsification is done with, None where there is none."""
        identity = self.grant.identity
        if self.grant.tamper is None or identity is None:
            return None
        keys = self.front.keys.oidc(self.app)
        return Scene(
            app=self.app,
            identity=identity,
            victim=self.grant.victim or identity,
            signing=keys[0],
            other=self.front.keys.stranger(),
            now=self.front.now(),
            claims=claims,
            next=keys[1] if len(keys) > 1 else None,
            kid=partial(kid_of, self.look),
            issuer=self.app.filled(self.grant.server.token_issuer or self.grant.server.issuer),
        )


def _of(claims: Claims, granted: Granted, identity: Identity) -> JSON:
    return claims(replace(granted, identity=identity))


def _opaque(header: JSON, token: str) -> str:
    """A token of which only its maker can tell what was signed: the header shows another nonce than the signed one."""
    _, payload, signature = token.split(".")
    shown = {**header, "nonce": secrets.token_urlsafe(32)}
    return f"{b64(compact(shown))}.{payload}.{signature}"
