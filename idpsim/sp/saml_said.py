"""What a Response and its assertion say, as values; nothing is judged here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from lxml.etree import _Element

SAML = "{urn:oasis:names:tc:SAML:2.0:assertion}"
SAMLP = "{urn:oasis:names:tc:SAML:2.0:protocol}"
Text: TypeAlias = "Callable[[_Element | None], str]"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One SubjectConfirmation; times are seconds since the epoch, None where they are not said."""

    method: str
    recipient: str | None
    in_response_to: str | None
    not_before: float | None
    not_on_or_after: float | None


@dataclass(frozen=True, slots=True)
class Said:
    """A Response with its assertion; `audiences` holds one tuple for each AudienceRestriction."""

    version: str
    destination: str | None
    in_response_to: str | None
    issuer: str | None
    status: str
    assertion_id: str
    assertion_issuer: str
    issued: float | None
    name_id: str
    name_id_format: str
    confirmations: tuple[Confirmation, ...]
    not_before: float | None
    not_on_or_after: float | None
    audiences: tuple[tuple[str, ...], ...]
    is_authenticated: bool
    session_index: str
    session_ends: float | None
    attributes: dict[str, tuple[str, ...]]


def seconds(text: str | None) -> float | None:
    """An xs:dateTime in seconds since the epoch, None for None; ValueError for anything else."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.strip()[:64])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise ValueError("A time in the message is none.") from error


def whole(element: _Element | None) -> str:
    """The text of an element, comments left out; empty where it has elements inside."""
    if element is None or any(isinstance(child.tag, str) for child in element):
        return ""
    return ((element.text or "") + "".join(child.tail or "" for child in element)).strip()


def until_comment(element: _Element | None) -> str:
    """The text of an element up to its first comment."""
    return "" if element is None else (element.text or "").strip()


def status_of(response: _Element) -> str:
    """The status codes, outer first, by the last part of their URNs: `Responder NoPassive`."""
    status = response.find(f"{SAMLP}Status")
    codes = [] if status is None else [code.get("Value", "") for code in status.iter(f"{SAMLP}StatusCode")]
    return " ".join(code.rpartition(":")[2] for code in codes)[:200]


def said(response: _Element, assertion: _Element, text: Text) -> Said:
    """What this Response says with this assertion; ValueError where a time is none."""
    subject, conditions = assertion.find(f"{SAML}Subject"), assertion.find(f"{SAML}Conditions")
    name_id = None if subject is None else subject.find(f"{SAML}NameID")
    statement = assertion.find(f"{SAML}AuthnStatement")
    issuer = response.find(f"{SAML}Issuer")
    return Said(
        version=f"{response.get('Version')} {assertion.get('Version')}",
        destination=response.get("Destination"),
        in_response_to=response.get("InResponseTo"),
        issuer=None if issuer is None else text(issuer),
        status=status_of(response),
        assertion_id=assertion.get("ID", ""),
        assertion_issuer=text(assertion.find(f"{SAML}Issuer")),
        issued=seconds(assertion.get("IssueInstant")),
        name_id=text(name_id),
        name_id_format="" if name_id is None else name_id.get("Format", ""),
        confirmations=() if subject is None else tuple(_confirmations(subject)),
        not_before=None if conditions is None else seconds(conditions.get("NotBefore")),
        not_on_or_after=None if conditions is None else seconds(conditions.get("NotOnOrAfter")),
        audiences=() if conditions is None else tuple(_audiences(conditions, text)),
        is_authenticated=statement is not None,
        session_index="" if statement is None else statement.get("SessionIndex", ""),
        session_ends=None if statement is None else seconds(statement.get("SessionNotOnOrAfter")),
        attributes=_attributes(assertion, text),
    )


def _confirmations(subject: _Element) -> list[Confirmation]:
    found = []
    for each in subject.findall(f"{SAML}SubjectConfirmation"):
        data = each.find(f"{SAML}SubjectConfirmationData")
        get: Callable[[str], str | None] = (lambda _name: None) if data is None else data.get
        found.append(
            Confirmation(
                method=each.get("Method", ""),
                recipient=get("Recipient"),
                in_response_to=get("InResponseTo"),
                not_before=seconds(get("NotBefore")),
                not_on_or_after=seconds(get("NotOnOrAfter")),
            )
        )
    return found


def _audiences(conditions: _Element, text: Text) -> list[tuple[str, ...]]:
    restrictions = conditions.findall(f"{SAML}AudienceRestriction")
    return [tuple(text(each) for each in one.findall(f"{SAML}Audience")) for one in restrictions]


def _attributes(assertion: _Element, text: Text) -> dict[str, tuple[str, ...]]:
    """The values by name; of several attributes with one name the first counts."""
    found: dict[str, tuple[str, ...]] = {}
    for each in assertion.iterfind(f"{SAML}AttributeStatement/{SAML}Attribute"):
        values = tuple(text(value) for value in each.findall(f"{SAML}AttributeValue"))
        found.setdefault(each.get("Name", ""), values)
    return found
