"""Single sign-on of one account: the trusts, and what each step of a sign-in does with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import RLock
from typing import TYPE_CHECKING, Any

from .accounts import Accounts, shown
from .claimed import Claimed
from .gates import Gates, checked
from .problem import Denied, Refused
from .sessions import Kept, Origin, Session, Sessions
from .switches import Switches
from .trust import Endpoints, Trust

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

    from .oidc_client import OidcClient, Started
    from .saml_client import Ending, SamlClient
    from .saml_keys import Pair
    from .saml_messages import Sending

_WAIT = 900.0


class SignIn:
    """The trusts by IdP and protocol, the sessions, and the sign-ins on their way."""

    def __init__(
        self,
        switches: Switches,
        gates: Gates,
        accounts: Accounts,
        base_url: str,
        adapter: BaseAdapter | None,
        now: Callable[[], float],
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.switches = switches
        self._gates = gates
        self._accounts = accounts
        self._adapter = adapter
        self._now = now
        self._lock = RLock()
        self._saml: dict[str, SamlClient] = {}
        self._oidc: dict[str, OidcClient] = {}
        self._sessions = Sessions(now)
        self._started: Kept[tuple[str, str, Started]] = Kept(now)
        self._key: Pair | None = None

    def configure(self, idp: str, trust: Trust) -> None:
        """Trust this identity provider, in place of the trust of the same protocol before; `Refused` for a bad one."""
        label = checked(idp)
        if trust.protocol == "saml":
            self._configure_saml(label, trust)
        else:
            self._configure_oidc(label, trust)

    def endpoints(self, idp: str) -> Endpoints:
        """What to paste into this identity provider."""
        return Endpoints.of(self.base_url, checked(idp))

    def trusts(self) -> list[tuple[str, str]]:
        """Each trust as the label of its IdP and its protocol."""
        with self._lock:
            return sorted([(idp, "saml") for idp in self._saml] + [(idp, "oidc") for idp in self._oidc])

    def metadata(self, idp: str) -> bytes:
        """Our SAML metadata for this identity provider, which need not be trusted yet."""
        with self._lock:
            if idp in self._saml:
                return self._saml[idp].metadata()
        from .saml_messages import SamlMessages

        return SamlMessages(self.endpoints(idp), self._pair()).metadata()

    def start_saml(self, idp: str, *, by: str, force: bool) -> Sending:
        """An AuthnRequest to be sent through the browser."""
        return self._saml_client(idp).start(by=by, force=force)

    def finish_saml(self, idp: str, packed: str) -> str:
        """The value of the cookie of the new session; Denied where there is none."""
        client = self._saml_client(idp)
        said = client.finish(packed)
        ends = None if self.switches.sso_ignores_time else said.session_ends
        origin = Origin(idp, "saml", client.issuer, said.name_id, said.name_id_format, said.session_index, ends)
        return self._begin(Claimed.of_saml(said.name_id, said.name_id_format, said.attributes), origin)

    def start_oidc(self, idp: str, browser: str, **more: str) -> str:
        """Where the browser, known by its cookie, goes to sign in."""
        started = self._oidc_client(idp).start(**more)
        self._started.put(started.state, (idp, browser, started), self._now() + _WAIT)
        return started.url

    def finish_oidc(self, idp: str, browser: str, parameters: Mapping[str, str]) -> str:
        """The value of the cookie of the new session; Denied where there is none."""
        client = self._oidc_client(idp)
        started = self._started_by(idp, browser, parameters.get("state", ""))
        claims, token = client.finish(parameters, started)
        return self._begin(Claimed.of_claims(claims), Origin(idp, "oidc", client.trust.issuer, id_token=token))

    def who(self, cookie: str) -> dict[str, Any] | None:
        """Who is signed in, as `/me` shows them; the session of one who may no longer be ends here."""
        session = self._sessions.get(cookie)
        if session is None:
            return None
        entry = self._accounts.current(session.user)
        if entry is not None and (entry.active or self.switches.sso_admits_inactive):
            return shown(entry)
        if self.switches.sso_keeps_sessions:
            return dict(session.shown)
        self._sessions.end(cookie)
        return None

    def forget(self, cookie: str) -> None:
        """End a session here, and nowhere else."""
        self._sessions.end(cookie)

    def sign_out(self, cookie: str) -> str | None:
        """End the session, and where the browser goes to end it at the identity provider too; None: nowhere."""
        session = self._sessions.end(cookie)
        if session is None:
            return None
        with self._lock:
            saml, oidc = self._saml.get(session.origin.idp), self._oidc.get(session.origin.idp)
        if session.origin.protocol == "saml" and saml is not None:
            sending = saml.end(session.origin)
            return sending.url if sending else None
        return oidc.logout(session.origin.id_token) if oidc is not None else None

    def end_saml(self, idp: str, query: bytes, form: dict[str, str]) -> str | None:
        """Do what the identity provider's logout message says; where the browser takes the answer, None: nowhere."""
        client = self._saml_client(idp)
        ending = client.ending(query, form)
        if ending is None:
            return None
        self._sessions.end_all(lambda session: _is_meant(session.origin, idp, ending))
        sending = client.answer(ending)
        return sending.url if sending else None

    def _begin(self, who: Claimed, origin: Origin) -> str:
        entry = self._accounts.sign_in(who)
        try:
            self._gates.prove(origin.issuer)
        except Refused as refused:
            raise Denied(403, str(refused)) from refused
        return self._sessions.begin(Session(entry.id, shown(entry), origin))

    def _started_by(self, idp: str, browser: str, state: str) -> Started | None:
        """The sign-in that this browser has begun here; Denied where it has begun none with this state."""
        found = self._started.take(state)
        if found is not None and found[:2] == (idp, browser) and browser:
            return found[2]
        if not self.switches.oidc_ignores_state:
            raise Denied(403, "This sign-in was not begun in this browser, or is too long ago.")
        newest = (key for key, (label, _, _) in self._started.items() if label == idp)
        begun = found or self._started.take(next(newest, ""))
        return begun[2] if begun else None

    def _configure_saml(self, idp: str, trust: Trust) -> None:
        from .saml_client import SamlClient
        from .saml_idp import SamlIdp

        try:
            described = SamlIdp.read(trust.metadata)
        except ValueError as error:
            raise Refused(f"Single sign-on cannot be set up. {error}") from error
        if not described.is_valid(self._now()):
            raise Refused("Single sign-on cannot be set up. The metadata has expired.")
        self._gates.configure(described.entity_id)
        client = SamlClient(trust, described, self.endpoints(idp), self._pair(), self.switches, self._now)
        with self._lock:
            self._saml[idp] = client

    def _configure_oidc(self, idp: str, trust: Trust) -> None:
        from .oidc_client import OidcClient

        if not trust.issuer.startswith(("http://", "https://")) or not trust.client_id:
            raise Refused("Single sign-on cannot be set up. An issuer (a URL) and a client id are needed.")
        self._gates.configure(trust.issuer)
        client = OidcClient(trust, self.endpoints(idp), self.switches, self._now, self._adapter)
        with self._lock:
            self._oidc[idp] = client

    def _saml_client(self, idp: str) -> SamlClient:
        with self._lock:
            if idp in self._saml:
                return self._saml[idp]
        raise Denied(404, "SAML is not set up for this identity provider.")

    def _oidc_client(self, idp: str) -> OidcClient:
        with self._lock:
            if idp in self._oidc:
                return self._oidc[idp]
        raise Denied(404, "OpenID Connect is not set up for this identity provider.")

    def _pair(self) -> Pair:
        from .saml_keys import Pair

        with self._lock:
            self._key = self._key or Pair.new()
            return self._key


def _is_meant(origin: Origin, idp: str, ending: Ending) -> bool:
    """Whether a session is one that this LogoutRequest ends; a request may name the person, the index, or both."""
    if origin.idp != idp or origin.protocol != "saml":
        return False
    if ending.indexes and origin.index not in ending.indexes:
        return False
    return origin.name_id == ending.name_id
