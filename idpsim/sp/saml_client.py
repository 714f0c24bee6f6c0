"""Signing in and out over SAML: one trust's requests, and what is made of the Responses to them."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass

from . import xml_security
from .problem import Denied
from .saml_checks import SKEW, Expected, check
from .saml_document import Document
from .saml_idp import SamlIdp
from .saml_keys import Pair
from .saml_messages import SamlMessages, Sending
from .saml_said import SAML, SAMLP, Said, said, seconds, status_of, until_comment, whole
from .sessions import Kept, Origin
from .switches import Switches
from .trust import Endpoints, Trust

_LONGEST = 4_194_304
_WAIT = 900.0
_SPACE = re.compile(rb"\s+")


@dataclass(frozen=True, slots=True)
class Ending:
    """A LogoutRequest that is to be answered: whose sessions end, and at which indexes (none: all)."""

    id: str
    name_id: str
    indexes: tuple[str, ...]
    relay_state: str


class SamlClient:
    """This service provider towards one identity provider; `now` gives seconds since the epoch."""

    def __init__(
        self,
        trust: Trust,
        idp: SamlIdp,
        endpoints: Endpoints,
        pair: Pair,
        switches: Switches,
        now: Callable[[], float],
    ) -> None:
        self.issuer = idp.entity_id
        self._idp = idp
        self._endpoints = endpoints
        self._pair = pair
        self._switches = switches
        self._now = now
        self._signs = trust.sign_requests or idp.wants_signed_requests
        self._messages = SamlMessages(endpoints, pair)
        self._asked: Kept[bool] = Kept(now)
        self._seen: Kept[bool] = Kept(now)

    def metadata(self) -> bytes:
        """The metadata of this service provider."""
        return self._messages.metadata()

    def start(self, *, by: str, force: bool) -> Sending:
        """A new AuthnRequest; Denied 400 for a binding that the identity provider has no address for."""
        if by not in self._idp.login:
            raise Denied(400, f"The identity provider takes no request over {by[:20]}.")
        sending = self._messages.ask(self._idp.login, "", sign=self._signs, by=by, force=force)
        self._asked.put(sending.id, True, self._now() + _WAIT)
        return sending

    def finish(self, packed: str) -> Said:
        """What the identity provider says in the field `SAMLResponse`; Denied where it is not accepted."""
        root = _root(packed)
        answers = root.get("InResponseTo")
        asked = bool(answers and self._asked.take(answers))
        status = status_of(root)
        if status != "Success" and not self._switches.sso_ignores_status:
            raise Denied(403, f"The identity provider has refused: {status or 'no status'}.")
        certificates = self._idp.certificates if self._idp.is_valid(self._now()) else ()
        try:
            assertion = Document(root, certificates, self._pair.key, self._switches).assertion()
            read = said(root, assertion, until_comment if self._switches.sso_truncates_at_comment else whole)
        except ValueError as error:
            raise Denied(403, str(error)) from error
        expected = Expected(self._idp.entity_id, self._endpoints.entity_id, self._endpoints.acs, asked, self._now())
        check(read, expected, self._switches)
        self._check_first_time(read)
        return read

    def end(self, origin: Origin) -> Sending | None:
        """A LogoutRequest for the session that came from there; None where the identity provider takes none."""
        address = self._idp.logout.get("Redirect")
        if not address:
            return None
        sending = self._messages.end(address, self._idp.entity_id, origin.name_id, origin.name_id_format, origin.index)
        self._asked.put(sending.id, True, self._now() + _WAIT)
        return sending

    def ending(self, query: bytes, form: dict[str, str]) -> Ending | None:
        """The LogoutRequest that came, None for a LogoutResponse; Denied for what is not from the identity provider."""
        try:
            name, root, relay_state = xml_security.unpacked(query, form, self._idp.certificates)
        except ValueError as error:
            raise Denied(400, str(error)) from error
        if name == "LogoutResponse":
            return None
        if name != "LogoutRequest":
            raise Denied(400, "This is no LogoutRequest.")
        return self._ending(root, relay_state)

    def answer(self, ending: Ending) -> Sending | None:
        """The LogoutResponse; None where the identity provider has no address for it."""
        address = self._idp.logout_answer.get("Redirect")
        return self._messages.ended(address, ending.id, ending.relay_state) if address else None

    def _ending(self, root: xml_security.Element, relay_state: str) -> Ending:
        try:
            expires = seconds(root.get("NotOnOrAfter"))
        except ValueError as error:
            raise Denied(400, str(error)) from error
        issuer, id = whole(root.find(f"{SAML}Issuer")), root.get("ID", "")
        if issuer != self._idp.entity_id or root.get("Destination", self._endpoints.slo) != self._endpoints.slo:
            raise Denied(403, "The LogoutRequest is for somebody else, or from somebody else.")
        if expires is not None and expires + SKEW <= self._now():
            raise Denied(403, "The LogoutRequest has expired.")
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9._-]{0,255}", id):
            raise Denied(400, "The ID of the LogoutRequest is none.")
        indexes = tuple(whole(each) for each in root.findall(f"{SAMLP}SessionIndex"))
        return Ending(id, whole(root.find(f"{SAML}NameID")), indexes, relay_state)

    def _check_first_time(self, read: Said) -> None:
        """Denied where the assertion has been here before; it is remembered for as long as it could be valid."""
        ends = [end for end in (read.not_on_or_after, *(each.not_on_or_after for each in read.confirmations)) if end]
        until = max([self._now() + 3600, *ends]) + 2 * SKEW
        if not self._seen.put(read.assertion_id, True, until) and not self._switches.sso_accepts_replay:
            raise Denied(403, "The assertion has been used before.")


def _root(packed: str) -> xml_security.Element:
    """The Response in a form's field; Denied where there is none."""
    if len(packed) > _LONGEST:
        raise Denied(413, "The message is too long.")
    try:
        root = xml_security.parsed(b64decode(_SPACE.sub(b"", packed.encode("ascii")), validate=True))
    except (binascii.Error, ValueError) as error:
        raise Denied(400, "The message cannot be read.") from error
    if root.tag != f"{SAMLP}Response":
        raise Denied(400, "The message is no Response.")
    return root
