"""Signing in over OpenID Connect: the authorization code flow with PKCE, state and nonce, on Authlib's client."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import id_token
from .back_channel import BackChannel, absolute
from .problem import Denied
from .switches import Switches
from .trust import Endpoints, Trust

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in on its way: what was sent along, and the provider's discovery document."""

    url: str
    state: str
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    provider: Mapping[str, Any] = field(repr=False)


class OidcClient:
    """The client of one trust; `now` gives seconds since the epoch."""

    def __init__(
        self,
        trust: Trust,
        endpoints: Endpoints,
        switches: Switches,
        now: Callable[[], float],
        adapter: BaseAdapter | None,
    ) -> None:
        self.trust = trust
        self._endpoints = endpoints
        self._switches = switches
        self._now = now
        self._adapter = adapter
        self._keys: dict[str, Mapping[str, Any]] = {}

    def start(self, **more: str) -> Started:
        """A new sign-in; Denied 502 where the provider cannot be asked. `more` goes along, as `login_hint` does."""
        with self._channel() as channel:
            provider = channel.discover(self.trust)
            nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
            authorize = absolute(provider.get("authorization_endpoint"), "authorization endpoint")
            url, state = channel.create_authorization_url(
                authorize, state=secrets.token_urlsafe(24), nonce=nonce, code_verifier=verifier, **more
            )
        return Started(url, state, nonce, verifier, provider)

    def finish(self, parameters: Mapping[str, str], started: Started | None) -> tuple[dict[str, Any], str]:
        """The claims of id_token and userinfo, and the id_token itself; Denied where the sign-in is not accepted.

        `started` None: it is not known what was asked (which only `oidc_ignores_state` lets come this far).
        """
        with self._channel() as channel:
            provider = started.provider if started else channel.discover(self.trust)
            self._check_redirect(parameters, provider)
            verifier = started.verifier if started else None
            answer = channel.exchange(provider.get("token_endpoint"), parameters["code"], verifier)
            claims = id_token.opened(answer.get("id_token"), self._jwk_set(channel, provider), self._switches)
            id_token.check(
                claims,
                issuer=self.trust.issuer,
                client_id=self.trust.client_id,
                nonce=started.nonce if started else claims.get("nonce"),
                access_token=answer["access_token"],
                now=self._now(),
                switches=self._switches,
            )
            return self._with_userinfo(channel, provider, claims), answer["id_token"]

    def logout(self, token: str) -> str | None:
        """Where the provider ends its own session, to come back from there; None where it says nowhere."""
        try:
            with self._channel() as channel:
                provider = channel.discover(self.trust)
            end = absolute(provider.get("end_session_endpoint"), "logout address")
        except Denied:
            return None
        from authlib.common.urls import add_params_to_uri

        back = self._endpoints.post_logout_redirect_uri
        given = [("id_token_hint", token), ("post_logout_redirect_uri", back), ("client_id", self.trust.client_id)]
        return str(add_params_to_uri(end, [*given, ("state", secrets.token_urlsafe(12))]))

    def _channel(self) -> BackChannel:
        return BackChannel(self.trust, self._endpoints.redirect_uri, self._adapter)

    def _check_redirect(self, parameters: Mapping[str, str], provider: Mapping[str, Any]) -> None:
        """RFC 9207, and the errors of RFC 6749 section 4.1.2.1."""
        issuer = parameters.get("iss")
        needed = provider.get("authorization_response_iss_parameter_supported") is True
        if (needed or issuer is not None) and issuer != self.trust.issuer and not self._switches.oidc_ignores_issuer:
            raise Denied(403, "The answer comes from another issuer.")
        if "error" in parameters:
            told = parameters.get("error_description") or ""
            raise Denied(403, f"The identity provider has refused: {parameters['error'][:80]} {told[:300]}".strip())
        if not parameters.get("code"):
            raise Denied(400, "The identity provider has sent no code.")

    def _jwk_set(self, channel: BackChannel, provider: Mapping[str, Any]) -> id_token.Fetch:
        def fetch(again: bool) -> Mapping[str, Any]:
            url = absolute(provider.get("jwks_uri"), "address of keys")
            if again or url not in self._keys:
                self._keys = {url: channel.json(url, "keys", withhold_token=True)}
            return self._keys[url]

        return fetch

    def _with_userinfo(
        self, channel: BackChannel, provider: Mapping[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        """The claims with userinfo's beside them, which has to be about the same subject (Core 5.3.2)."""
        if "userinfo_endpoint" not in provider:
            return claims
        info = channel.json(provider["userinfo_endpoint"], "userinfo")
        if self._switches.oidc_ignores_subject:
            return {**claims, **info}
        if info.get("sub") != claims["sub"]:
            raise Denied(403, "Userinfo is about somebody else.")
        return {**info, **claims}
