"""An identity provider's SAML metadata as values."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import xml_security
from .saml_said import seconds

if TYPE_CHECKING:
    from lxml.etree import _Element

_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-"


@dataclass(frozen=True, slots=True)
class SamlIdp:
    """What the metadata says: certificates are DER; addresses are by binding (`Redirect`, `POST`).

    `logout_answer` is where LogoutResponses go. `until` is validUntil in seconds since the epoch, None for ever.
    """

    entity_id: str
    certificates: tuple[bytes, ...]
    login: dict[str, str]
    logout: dict[str, str]
    logout_answer: dict[str, str]
    wants_signed_requests: bool = False
    until: float | None = None

    @classmethod
    def read(cls, metadata: bytes) -> SamlIdp:
        """The first identity provider of a metadata document; ValueError with one sentence where there is none."""
        root = xml_security.parsed(metadata.removeprefix(b"\xef\xbb\xbf"))
        for entity in root.iter(f"{_MD}EntityDescriptor"):
            for role in entity.iterchildren(f"{_MD}IDPSSODescriptor"):
                if _PROTOCOL in role.get("protocolSupportEnumeration", "").split():
                    return cls._of(entity, role)
        raise ValueError("The metadata describes no SAML 2.0 identity provider.")

    @classmethod
    def _of(cls, entity: _Element, role: _Element) -> SamlIdp:
        login = _addresses(role, "SingleSignOnService", "Location")
        certificates = tuple(dict.fromkeys(_certificates(role)))
        entity_id = entity.get("entityID", "")
        if not (entity_id and login and certificates):
            raise ValueError("The metadata lacks an entityID, a signing certificate or an address to sign in at.")
        logout = _addresses(role, "SingleLogoutService", "Location")
        ends = [end for each in (entity, role) if (end := seconds(each.get("validUntil"))) is not None]
        return cls(
            entity_id=entity_id,
            certificates=certificates,
            login=login,
            logout=logout,
            logout_answer={**logout, **_addresses(role, "SingleLogoutService", "ResponseLocation")},
            wants_signed_requests=role.get("WantAuthnRequestsSigned") in ("true", "1"),
            until=min(ends, default=None),
        )

    def is_valid(self, now: float) -> bool:
        return self.until is None or now < self.until


def _addresses(role: _Element, service: str, attribute: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in role.iterchildren(f"{_MD}{service}"):
        binding, location = each.get("Binding", ""), each.get(attribute, "")
        if binding.startswith(_BINDINGS) and location.startswith(("http://", "https://")):
            found.setdefault(binding.removeprefix(_BINDINGS), location)
    return found


def _certificates(role: _Element) -> Iterator[bytes]:
    for descriptor in role.iterchildren(f"{_MD}KeyDescriptor"):
        if descriptor.get("use", "signing") == "signing":
            for each in descriptor.iter(f"{_DS}X509Certificate"):
                try:
                    yield b64decode("".join((each.text or "").split()), validate=True)
                except (binascii.Error, ValueError) as error:
                    raise ValueError("A certificate in the metadata is not base64.") from error
