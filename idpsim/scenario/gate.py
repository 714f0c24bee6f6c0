"""The gate: with single sign-on, nothing is provisioned before a sign-in has worked at the service provider."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from idpsim.directory import Person, person
from idpsim.profiles import all_sign_ons
from idpsim.provisioning.flow import Failed
from idpsim.scenario.model import Step

if TYPE_CHECKING:
    from idpsim.scenario.session import Session

SIGN_IN = "sign-in"
ADMINISTRATOR = "administrator"
NOT_PROVISIONING = frozenset({"wait", "settings", "at-sp", "sign-in", "sign-out", "rotate-certificate", "rotate-token"})
NEEDS_PROOF = frozenset({"enable-scim", "issue-token"})


class Gate:
    """Whether single sign-on is proven; where no step has done so, the first event that needs it does."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sso = session.script.sso
        self._open = self._sso is None
        self._cause = ""
        self.notes: list[str] = []

    def proven(self) -> None:
        """A sign-in has worked."""
        self._open = True

    def anew(self) -> None:
        """The service provider was set up anew: what has failed is worth another try."""
        self._cause = ""

    def closed(self, step: Step) -> Failed | None:
        """Why nothing is provisioned in this step, None where it may be; the proof is tried once."""
        if self._open or not _needs_proof(step):
            return None
        if not self._cause:
            self._cause = self._prove()
        if not self._cause:
            return None
        where = all_sign_ons()[self._session.profile.vendor].gate
        said = f"nothing is provisioned before a sign-in has worked: {self._cause}; {where}{self._hint()}"
        return Failed(said, code=SIGN_IN)

    def _hint(self) -> str:
        """What helps where nobody is let in who has no account."""
        own = self.prover.key == ADMINISTRATOR
        return "; sso.prove_with names somebody who has an account there" if own else ""

    def _prove(self) -> str:
        """Sign the prover in; why that did not work, empty where it did."""
        assert self._sso is not None
        via = self._sso.protocol
        cause = self._session.signing.prove(self.prover, via)
        if not cause:
            self._open = True
            self.notes.append(
                f"no sign-in had worked before: this step began with that of {self.prover.key} over {via}"
            )
        return cause

    @property
    def prover(self) -> Person:
        """Who proves that a sign-in works."""
        named = self._sso.prove_with if self._sso is not None else None
        return self._session.app.directory.person(named) if named else administrator(self._session)


def administrator(session: Session) -> Person:
    """The built-in administrator, whom no scenario provisions."""
    given = {"userName": "administrator@example.com", "givenName": "Site", "familyName": "Administrator"}
    return replace(session.names.person(person(ADMINISTRATOR, given)), uid=f"{ADMINISTRATOR}#0")


def _needs_proof(step: Step) -> bool:
    if step.event == "at-sp":
        return step.arguments["do"] in NEEDS_PROOF
    return step.event not in NOT_PROVISIONING or (step.event == "rotate-token" and not step.arguments.get("token"))
