"""All that a SAML Response says, as values: what is falsified before signing is changed here."""

from __future__ import annotations

from dataclasses import dataclass

from idpsim.signon.saml import Attribute as Attribute
from idpsim.signon.saml import NameId as NameId

SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


@dataclass(frozen=True, slots=True)
class Status:
    """The outcome: a top-level code, a second-level code below it, and a text for people."""

    code: str = SUCCESS
    second: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One SubjectConfirmation; times are seconds since the epoch, None leaves the attribute out."""

    method: str = BEARER
    recipient: str | None = None
    in_response_to: str | None = None
    not_before: float | None = None
    not_on_or_after: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A Response with its assertion, or an error Response where `status` is not Success (no assertion then).

    `issuer` is the Response's, `assertion_issuer` the assertion's. Times are seconds since the epoch. None leaves an
    attribute or element out; `audiences` empty leaves out the AudienceRestriction, `confirmations` empty the
    SubjectConfirmation, `name_id` None the NameID, `authn_instant` None the AuthnStatement.
    """

    response_id: str
    assertion_id: str
    issued: float
    issuer: str
    assertion_issuer: str
    destination: str | None
    in_response_to: str | None
    name_id: NameId | None
    confirmations: tuple[Confirmation, ...]
    not_before: float | None
    not_on_or_after: float | None
    audiences: tuple[str, ...]
    authn_instant: float | None
    session_index: str | None
    session_not_on_or_after: float | None
    authn_context: str
    attributes: tuple[Attribute, ...] = ()
    status: Status = Status()
    version: str = "2.0"
