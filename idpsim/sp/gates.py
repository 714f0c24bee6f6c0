"""What has to be passed before SCIM is open: the plan, single sign-on, the switch itself, and a token per IdP."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from urllib.parse import quote

from .problem import Refused
from .switches import Switches

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Gates:
    """The gates of one account, and the hashes of the tokens that it has issued."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._sso = switches.sso
        self._tokens: dict[str, bytes] = {}
        self._enabled = switches.scim and self._before_enabling() is None

    def closed(self) -> str | None:
        """Which gate keeps SCIM shut, as a sentence; None where it is open."""
        reason = self._before_enabling()
        if reason is None and not self._enabled:
            return "SCIM is not enabled: an administrator has to switch it on first."
        return reason

    def enable(self) -> None:
        """Switch SCIM on; `Refused` while the plan or single sign-on is in the way."""
        if reason := self._before_enabling():
            raise Refused(reason)
        self._enabled = True

    def configure(self, issuer: str) -> None:
        """Single sign-on is set up for this issuer; `Refused` for one that is not accepted."""
        self._accept(issuer)
        if self._sso == "none":
            self._sso = "configured"

    def prove(self, issuer: str) -> None:
        """A sign-in through this issuer has worked; `Refused` for one that is not accepted."""
        self._accept(issuer)
        self._sso = "trusted"

    @property
    def sso(self) -> str:
        """How far single sign-on is: `none`, `configured` or `trusted`."""
        return self._sso

    def issue(self, idp: str) -> str:
        """A new token for this IdP, in place of the old one; only its hash is kept."""
        endpoint(idp)
        if reason := self.closed():
            raise Refused(reason)
        token = f"scim-{secrets.token_urlsafe(32)}"
        self._tokens[idp] = _hash(token)
        return token

    def admits(self, idp: str, authorization: str | None) -> bool:
        """Whether an Authorization header holds the token of this IdP."""
        scheme, _, token = (authorization or "").partition(" ")
        kept = self._tokens.get(idp, b"")
        return scheme.lower() == "bearer" and hmac.compare_digest(_hash(token.strip()), kept)

    def _accept(self, issuer: str) -> None:
        if self._switches.issuers and issuer not in self._switches.issuers:
            raise Refused(f"Single sign-on does not accept the issuer {issuer!r}.")

    def _before_enabling(self) -> str | None:
        if self._switches.plan == "starter":
            return "SCIM is part of the Premium and Enterprise plans; this account is on Starter."
        if self._sso == "none":
            return "Single sign-on is not set up: SCIM can be enabled once it is fully active."
        if self._sso == "configured":
            return "Single sign-on is set up but not proven: somebody has to sign in before SCIM can be enabled."
        return None


def checked(idp: str) -> str:
    """The label of an IdP; ValueError for one that a path cannot hold."""
    if not _LABEL.fullmatch(idp):
        raise ValueError(f"an IdP's label is letters, digits, '.', '_' and '-', not {idp!r}.")
    return idp


def endpoint(idp: str) -> str:
    """The path of the SCIM endpoint of this IdP; ValueError for a label that a path cannot hold."""
    return f"/scim/{quote(checked(idp))}/v2"


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
