"""Signing people in and out: attempts as steps ask for them, and what is remembered of them for the whole run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from idpsim.directory import Person
from idpsim.provisioning.flow import Done, Failed, Outcome, Skipped
from idpsim.scenario.accounts import Accounts, Sight
from idpsim.scenario.gate import SIGN_IN, administrator
from idpsim.scenario.model import Step
from idpsim.scenario.world import SignIn
from idpsim.signon import Attempt, Protocol, SignInResult, Start

if TYPE_CHECKING:
    from idpsim.scenario.session import Session

EVENTS = frozenset({"sign-in", "sign-out", "rotate-certificate"})
NO_SIGN_IN = "this target cannot be signed in to: nothing says how"
NAMES: dict[Protocol, str] = {"saml": "SAML", "oidc": "OpenID Connect"}


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt with what came of it: who is seen to be signed in, and its range of exchanges."""

    attempt: Attempt
    result: SignInResult
    sight: Sight
    exchanges: tuple[int, int]

    @property
    def person(self) -> Person:
        return self.attempt.identity.person

    @property
    def accepted(self) -> bool:
        return self.result.word == "signed-in"

    @property
    def right(self) -> bool:
        """Whether they are signed in, and nothing says that it is as another."""
        return self.accepted and self.sight.key in (None, self.person.key) and not self.sight.stranger


class Signing:
    """The sign-ins of one session.

    `live` holds the uids of those who are signed in by key, `met` everybody whom the service provider has let in and
    `shown` what it then showed of them, `worked` the protocols over which an untampered sign-in has worked.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        shows = session.script.sso.shows if session.script.sso else None
        pointed = shows is None or bool(shows.at or shows.cookie)
        self.accounts = Accounts(session.app, session.reader, pointed)
        self.live: dict[str, str] = {}
        self.met: dict[str, Person] = {}
        self.shown: dict[str, tuple[str, ...]] = {}
        self.worked: set[Protocol] = set()
        self._idles: dict[Protocol, str] = {}
        self._red: set[Protocol] = set()
        self.tried: dict[str, Tried] = {}
        self._play: dict[str, Callable[[Step, SignIn], dict[str, Outcome]]] = {
            "sign-in": self._sign_in,
            "sign-out": self._sign_out,
            "rotate-certificate": self._rotate,
        }

    def play(self, step: Step) -> dict[str, Outcome]:
        """The outcome of each of the step's people."""
        self.tried = {}
        sign_in = self._session.world.sign_in
        if sign_in is not None:
            return self._play[step.event](step, sign_in)
        if step.event == "rotate-certificate":
            return {"app": Skipped("SCIM knows no certificate of the identity provider; sign-in does", by="state")}
        never = Skipped(NO_SIGN_IN) if step.arguments.get("tamper") else Failed(NO_SIGN_IN, code=SIGN_IN)
        return dict.fromkeys(self._session.keys(step), never)

    def prove(self, person: Person, via: Protocol) -> str:
        """Sign a person in who may have no account through SCIM; why that did not work, empty where it did."""
        sign_in, missing = self._session.world.sign_in, self._missing(via, "sp")
        if sign_in is None or missing:
            return missing or NO_SIGN_IN
        identity = sign_in.identity(self._session.app, person)
        tried = self._try(Attempt(identity, via), sign_in)
        return "" if tried.right else f"{self._session.profile.title}: {said(tried)}"

    def _sign_in(self, step: Step, sign_in: SignIn) -> dict[str, Outcome]:
        return {key: self._one(key, step, sign_in) for key in self._session.keys(step)}

    def _one(self, key: str, step: Step, sign_in: SignIn) -> Outcome:
        session, sso = self._session, self._session.script.sso
        via: Protocol = step.arguments.get("via") or (sso.protocol if sso else "saml")
        start: Start = step.arguments.get("start") or "sp"
        missing = self._missing(via, start)
        if missing:
            return Skipped(missing)
        identity = sign_in.identity(session.app, session.app.directory.person(key))
        tamper = step.arguments.get("tamper")
        assigned = sso is None or not sso.enforce_assignment or session.app.assigned(key)
        if not tamper:
            plain = self._try(Attempt(identity, via, start, assigned=assigned), sign_in)
            if not plain.right:
                self._red.add(via)
            return plain_outcome(plain)
        victim = self._victim(step, key)
        if victim.key == key:
            return Failed(f"{key} cannot pose as themselves: name a victim", code=SIGN_IN)
        if idle := self._idle(Attempt(identity, via), sign_in):
            told, self._red = via in self._red, self._red | {via}
            return Skipped(idle) if told else Failed(idle, code=SIGN_IN)
        posing = sign_in.identity(session.app, victim)
        self.accounts.meet(posing)
        tried = self._try(Attempt(identity, via, start, tamper, posing), sign_in)
        return Failed(said(tried), code=SIGN_IN) if tampered_wrong(tried) else Done(said(tried))

    def _idle(self, plain: Attempt, sign_in: SignIn) -> str:
        """Why a refusal would prove nothing, empty where a plain sign-in has worked: it is tried where none was."""
        via = plain.via
        if via in self.worked or self._missing(via, "sp"):
            return ""
        if via not in self._idles:
            tried = self._try(plain, sign_in)
            self._idles[via] = "" if tried.right else said(tried)
            del self.tried[plain.identity.person.key]
        if not self._idles[via]:
            return ""
        return f"a sign-in with nothing falsified does not work, so a refusal would prove nothing: {self._idles[via]}"

    def _try(self, attempt: Attempt, sign_in: SignIn) -> Tried:
        person, transcript = attempt.identity.person, self._session.world.transcript
        self.accounts.meet(attempt.identity)
        first = len(transcript)
        result = sign_in.sign_in(attempt)
        wanted = (person, attempt.victim.person) if attempt.victim else (person,)
        sight = self.accounts.who(result, *wanted) if result.word == "signed-in" else Sight()
        tried = Tried(attempt, result, sight, (first, len(transcript)))
        self.tried[person.key] = tried
        self._remember(tried)
        return tried

    def _remember(self, tried: Tried) -> None:
        if not tried.accepted:
            return
        person, victim = tried.person, tried.attempt.victim
        self.met[person.key] = person
        self.shown[person.key] = () if victim else tried.result.shown
        if victim is not None:
            self.met.setdefault(victim.person.key, victim.person)
            self.shown.setdefault(victim.person.key, ())
        elif tried.right:
            self.live[person.key] = person.uid
            self.worked.add(tried.attempt.via)
            self._session.gate.proven()

    def _victim(self, step: Step, key: str) -> Person:
        """Whom they pose as: the step's victim, the file's, whoever proves, and never themselves where that is open."""
        sso, directory = self._session.script.sso, self._session.app.directory
        named = step.arguments.get("victim") or (sso.victim if sso else None)
        if named:
            return directory.person(named)
        prover = self._session.gate.prover
        return prover if prover.key != key else administrator(self._session)

    def _missing(self, via: Protocol, start: Start) -> str:
        """Why a sign-in over this protocol cannot be tried, empty where it can; the embedded one knows its own."""
        script = self._session.script
        sso = script.sso
        if sso is None or (script.target.scim is None and not sso.elsewhere):
            return ""
        if start == "idp":
            begins = via == "saml" or sso.oidc.initiate_login_uri
            return "" if begins else "the identity provider knows no place to start at: sso.oidc.initiate_login_uri"
        return "" if sso.login_of(via) else f"no login for {via} is configured: sso.{via}.login"

    def _sign_out(self, step: Step, sign_in: SignIn) -> dict[str, Outcome]:
        return {key: self._out(key, sign_in) for key in self._session.keys(step)}

    def _out(self, key: str, sign_in: SignIn) -> Outcome:
        if key not in self.live:
            return Skipped("nobody of this name is signed in", by="state")
        result = sign_in.sign_out(key)
        if result.word == "refused":
            del self.live[key]
            return Done()
        if result.word == "failed":
            return Failed(f"it cannot be told whether signing out worked: {result.reason}", code=SIGN_IN)
        seen = self.accounts.who(result, self.met[key]).key == key
        if result.told or seen:
            return Failed("still signed in after signing out", code=SIGN_IN)
        del self.live[key]
        return Done("whether the session has ended cannot be told: the service provider does not show who is signed in")

    def _rotate(self, step: Step, sign_in: SignIn) -> dict[str, Outcome]:  # noqa: ARG002
        return {"app": Done(sign_in.rotate_certificate())}


def plain_outcome(tried: Tried) -> Outcome:
    """Done where the right person is signed in."""
    return Done() if tried.right else Failed(said(tried), code=SIGN_IN)


def tampered_wrong(tried: Tried) -> bool:
    """Whether the service provider did not do what it has to do about a falsified sign-in, or that cannot be told."""
    result, sight = tried.result, tried.sight
    assert tried.attempt.victim is not None
    if result.word == "failed" or (result.word == "refused" and result.by_idp):
        return result.must != "either"
    match result.must:
        case "either":
            return False
        case "accept":
            return not tried.accepted or as_victim(tried)
        case "not-victim":
            return as_victim(tried) or (sight.stranger and not result.stranger)
    return tried.accepted


def as_victim(tried: Tried) -> bool:
    """Whether the attacker was let in as the victim."""
    victim = tried.attempt.victim
    return victim is not None and tried.accepted and tried.sight.key == victim.person.key


def said(tried: Tried) -> str:
    """What came of an attempt, in a clause."""
    result, sight, key = tried.result, tried.sight, tried.person.key
    reason = f": {result.reason}" if result.reason else ""
    if result.word == "failed":
        return f"whether {key} is signed in cannot be told{reason}"
    if result.word == "refused":
        by = "the identity provider itself" if result.by_idp else "the service provider"
        return f"the sign-in of {key} over {NAMES[tried.attempt.via]} was refused by {by}{reason}"
    if tried.attempt.victim is not None:
        return f"accepted as {_accepted_as(tried)}"
    if not tried.right:
        return f"signed in as {sight.key or 'a stranger'}, expected {key}: the service provider shows {sight.text}"
    return f"signed in as {key}"


def _accepted_as(tried: Tried) -> str:
    sight = tried.sight
    if as_victim(tried):
        return f"{sight.key}, the victim"
    if sight.key == tried.person.key:
        return f"{sight.key}, who has authenticated"
    if sight.key is not None:
        return f"{sight.key}, who is neither the one who has authenticated nor the victim"
    return f"{sight.text!r}, who is nobody of this run" if sight.text else "somebody: who it is cannot be told"
