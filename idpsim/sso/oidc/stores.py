"""What has been issued and may come back: bounded, expiring, for many threads."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import RLock
from typing import Generic, TypeVar

from idpsim.signon import Identity
from idpsim.signon.oidc import JSON, Refreshing, Server
from idpsim.sso.app import App

T = TypeVar("T")

MOST = 10_000
REMEMBERED = 3600.0
"""Seconds that a used code is remembered, so that its second use is known for what it is."""


@dataclass(frozen=True)
class Grant:
    """What one authorization has given: all tokens that come of it share this. `identity` None: the client itself."""

    id: str
    app: App
    server: Server
    client_id: str
    identity: Identity | None
    scopes: tuple[str, ...]
    at: float
    session: str = ""
    nonce: str | None = None
    acr: str | None = None
    max_age: bool = False
    public: bool = False
    asked: frozenset[str] = frozenset()
    asked_userinfo: frozenset[str] = frozenset()
    tamper: str | None = None
    victim: Identity | None = None


@dataclass(frozen=True)
class Code:
    """An authorization code's binding, in the shape that Authlib asks for."""

    grant: Grant
    redirect_uri: str
    until: float
    code_challenge: str | None = None
    code_challenge_method: str | None = None
    used: bool = False

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)


@dataclass(frozen=True)
class Refresh:
    """A refresh token: `ends` and `idle_ends` in seconds since the epoch, `used` when it was first used."""

    token: str
    grant: Grant
    ends: float | None
    idle_ends: float | None
    used: float | None = None

    def check_client(self, client: object) -> bool:
        return getattr(client, "client_id", None) == self.grant.client_id

    def get_scope(self) -> str:
        return " ".join(self.grant.scopes)


@dataclass(frozen=True)
class Access:
    """An access token with what it says."""

    grant: Grant
    claims: JSON = field(repr=False)


class Expiring(Generic[T]):
    """Values by key, each until its time; beyond `most` the oldest goes."""

    def __init__(self, most: int = MOST) -> None:
        self._held: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._most = most

    def put(self, key: str, value: T, until: float) -> None:
        self._held[key] = (until, value)
        self._held.move_to_end(key)
        while len(self._held) > self._most:
            self._held.popitem(last=False)

    def get(self, key: str, now: float) -> T | None:
        until, value = self._held.get(key, (0.0, None))
        if value is not None and until <= now:
            del self._held[key]
            return None
        return value

    def drop(self, key: str) -> None:
        self._held.pop(key, None)

    def drop_where(self, gone: Callable[[T], bool]) -> None:
        for key in [key for key, (_, value) in self._held.items() if gone(value)]:
            del self._held[key]

    def __len__(self) -> int:
        return len(self._held)


class Issued:
    """Codes, refresh tokens and access tokens that are out."""

    def __init__(self, most: int = MOST) -> None:
        self._codes: Expiring[Code] = Expiring(most)
        self._refresh: Expiring[Refresh] = Expiring(most)
        self._access: Expiring[Access] = Expiring(most)
        self._revoked: Expiring[bool] = Expiring(most)
        self._lock = RLock()

    def keep_code(self, code: str, bound: Code) -> None:
        with self._lock:
            self._codes.put(code, bound, bound.until + REMEMBERED)

    def take_code(self, code: str, client_id: str, now: float) -> Code | str:
        """What the code is bound to, once; else the kind of what is wrong. A second use revokes what came of it."""
        with self._lock:
            bound = self._codes.get(code, now)
            if bound is None or bound.grant.client_id != client_id:
                return "bad_code"
            if bound.used:
                self.revoke(bound.grant, now)
                return "reused_code"
            self._codes.put(code, replace(bound, used=True), bound.until + REMEMBERED)
            return bound if now < bound.until else "expired_code"

    def keep_access(self, token: str, access: Access, until: float, now: float) -> None:
        with self._lock:
            if not self._revoked.get(access.grant.id, now):
                self._access.put(token, access, until)

    def access(self, token: str, now: float) -> Access | None:
        with self._lock:
            return self._access.get(token, now)

    def keep_refresh(self, token: Refresh, now: float) -> None:
        ends = [each for each in (token.ends, token.idle_ends) if each is not None]
        with self._lock:
            if not self._revoked.get(token.grant.id, now):
                self._refresh.put(token.token, token, min(ends, default=now + 10 * 365 * 86400.0) + REMEMBERED)

    def refresh(self, token: str, now: float) -> Refresh | None:
        with self._lock:
            return self._refresh.get(token, now)

    def use_refresh(self, token: str, client_id: str, how: Refreshing, now: float) -> Refresh | str:
        """The refresh token, its use noted; else the kind of what is wrong with it."""
        with self._lock:
            found = self._refresh.get(token, now)
            if found is None or found.grant.client_id != client_id:
                return "bad_refresh"
            if any(each is not None and each <= now for each in (found.ends, found.idle_ends)):
                return "expired_refresh"
            if how.rotates and found.used is not None and now > found.used + how.leeway:
                self.revoke(found.grant, now)
                return "bad_refresh"
            idle = None if how.idle is None else now + how.idle
            self.keep_refresh(replace(found, used=found.used or now, idle_ends=idle), now)
            return found

    def drop_access(self, token: str) -> None:
        with self._lock:
            self._access.drop(token)

    def revoke(self, grant: Grant, now: float) -> None:
        """All tokens of a grant, those included that are just being made."""
        with self._lock:
            self._revoked.put(grant.id, True, now + 86400.0)
            self._access.drop_where(lambda each: each.grant.id == grant.id)
            self._refresh.drop_where(lambda each: each.grant.id == grant.id)
