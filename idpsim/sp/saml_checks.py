"""What has to be true of an assertion (SAML core 2.5, profiles 4.1.4.3), each point with the switch that skips it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .problem import Denied
from .saml_said import Confirmation, Said
from .switches import Switches

SKEW = 60
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


@dataclass(frozen=True, slots=True)
class Expected:
    """What this service provider is and knows; `asked` is whether it has made the request that is answered."""

    idp: str
    entity_id: str
    acs: str
    asked: bool
    now: float


def check(said: Said, expected: Expected, switches: Switches) -> None:
    """Denied 403 with the first thing that is wrong."""
    for skipped, right, sentence in _points(said, expected, switches):
        if not (skipped or right):
            raise Denied(403, sentence)


def _points(said: Said, expected: Expected, switches: Switches) -> Iterator[tuple[bool, bool, str]]:
    yield False, said.version == "2.0 2.0", "The Response is not of SAML 2.0."
    yield (
        switches.sso_ignores_issuer,
        said.issuer in (None, expected.idp) and said.assertion_issuer == expected.idp,
        "The Issuer is another identity provider.",
    )
    yield switches.sso_ignores_destination, said.destination == expected.acs, "The Destination is another address."
    yield (
        switches.sso_ignores_in_response_to,
        expected.asked if said.in_response_to is not None else switches.sso_unsolicited,
        "Nobody has asked for this Response.",
    )
    yield False, bool(said.assertion_id and said.name_id), "The assertion has no ID or no NameID."
    yield (
        switches.sso_ignores_recipient,
        any(each.method == _BEARER and each.recipient == expected.acs for each in said.confirmations),
        "The assertion is not confirmed for this address.",
    )
    yield (
        False,
        any(_is_confirmed(each, said, expected, switches) for each in said.confirmations)
        or (switches.sso_ignores_recipient and not said.confirmations),
        "The confirmation of the subject has expired or belongs to another request.",
    )
    yield switches.sso_ignores_time, _is_current(said, expected.now), "The assertion is not valid at this time."
    yield (
        switches.sso_ignores_audience,
        bool(said.audiences) and all(expected.entity_id in each for each in said.audiences),
        "The assertion is for another audience.",
    )
    yield False, said.is_authenticated, "The assertion does not say that anybody has authenticated."


def _is_confirmed(each: Confirmation, said: Said, expected: Expected, switches: Switches) -> bool:
    """A bearer's confirmation: for this address, in time, and for the request that the Response answers."""
    here = (each.method == _BEARER and each.recipient == expected.acs) or switches.sso_ignores_recipient
    answers = each.in_response_to == said.in_response_to or switches.sso_ignores_in_response_to
    in_time = switches.sso_ignores_time or (
        each.not_on_or_after is not None and _holds(each.not_before, each.not_on_or_after, expected.now)
    )
    return here and answers and in_time


def _is_current(said: Said, now: float) -> bool:
    return (
        said.issued is not None
        and _holds(said.issued, None, now)
        and _holds(said.not_before, said.not_on_or_after, now)
        and _holds(None, said.session_ends, now)
    )


def _holds(begin: float | None, end: float | None, now: float) -> bool:
    return (begin is None or begin < now + SKEW) and (end is None or now < end + SKEW)
