"""A service provider's metadata as a registration."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from idpsim.errors import UsageError
from idpsim.saml.lazy_schema import saml2
from idpsim.saml.received import Unacceptable, harmless
from idpsim.saml.verification import public_key
from idpsim.saml.xml import Refused
from idpsim.signon import Registration

LIMIT = 1024 * 1024  # bytes
_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
_NAMES = {"redirect": "HTTP-Redirect", "post": "HTTP-POST"}
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"


def registration(metadata: bytes, base: Registration = Registration()) -> Registration:  # noqa: B008
    """`base` with what this service provider's metadata says; UsageError says what is wrong with it.

    Read are the entityID, the consumer services for POST in their order with the default first, the logout service
    (Redirect before POST), and the certificates for signing and, with an RSA key, for encryption. Where it says
    nothing, `base` stays.
    """
    entity = _entity(metadata)
    descriptor = _descriptor(entity)
    places = tuple(dict.fromkeys(each.location for each in _consumers(descriptor)))
    logout = _logout(descriptor, "redirect") or _logout(descriptor, "post")
    encryption = tuple(each for each in _certificates(descriptor, "encryption") if holds_rsa(each))
    return replace(
        base,
        entity_id=entity.entity_id,
        acs=places,
        slo=logout or base.slo,
        slo_binding=("redirect" if _logout(descriptor, "redirect") else "post") if logout else base.slo_binding,
        signing_certificates=tuple(_certificates(descriptor, "signing")) or base.signing_certificates,
        encryption_certificate=encryption[0] if encryption else base.encryption_certificate,
        metadata=metadata,
    )


def holds_rsa(certificate: bytes) -> bool:
    """Whether a certificate (DER) holds the only kind of key that assertions are encrypted for."""
    try:
        public_key(certificate)
    except Refused:
        return False
    return True


def consumer(metadata: bytes, index: int) -> str | None:
    """The consumer service for POST with this index, None where the metadata has none."""
    found = (each.location for each in _consumers(_descriptor(_entity(metadata))) if str(each.index) == str(index))
    return next(found, None)


def logout_place(metadata: bytes, binding: str) -> str | None:
    """Where the service provider takes logout messages by `redirect` or `post`, None where it does not."""
    return _logout(_descriptor(_entity(metadata)), binding)


def _entity(metadata: bytes) -> Any:
    """pysaml2's EntityDescriptor; an EntitiesDescriptor stands for the one service provider in it."""
    if len(metadata) > LIMIT:
        raise UsageError(f"the service provider's metadata is longer than {LIMIT} bytes")
    try:
        harmless(metadata, elements=50_000)
    except Unacceptable as error:
        detail = error.detail.replace("the message", "it")
        raise UsageError(f"the service provider's metadata cannot be read: {detail}") from error
    md = saml2("md")
    entity = _read(md.entity_descriptor_from_string, metadata)
    if entity is None:
        entities = _read(md.entities_descriptor_from_string, metadata)
        if entities is None:
            raise UsageError("this is no SAML metadata: its root is neither EntityDescriptor nor EntitiesDescriptor")
        found = [each for each in entities.entity_descriptor if each.spsso_descriptor]
        if len(found) != 1:
            raise UsageError(f"the metadata describes {len(found)} service providers; give one EntityDescriptor")
        entity = found[0]
    if not entity.entity_id or len(entity.entity_id) > 1024:
        raise UsageError("the service provider's metadata has no entityID, or a very long one")
    return entity


def _read(parse: Any, metadata: bytes) -> Any:
    try:
        return parse(metadata)
    except Exception as error:  # whatever pysaml2 trips over in a stranger's file
        raise UsageError("the service provider's metadata cannot be read as SAML metadata") from error


def _descriptor(entity: Any) -> Any:
    found = [each for each in entity.spsso_descriptor if _PROTOCOL in (each.protocol_support_enumeration or "").split()]
    if not found:
        raise UsageError("the metadata has no SPSSODescriptor for SAML 2.0: it is not a service provider's")
    return found[0]


def _consumers(descriptor: Any) -> list[Any]:
    """The consumer services for POST: the default first, the others in their order."""
    services = [each for each in descriptor.assertion_consumer_service if each.binding == _BINDINGS + "HTTP-POST"]
    if not services:
        raise UsageError("the metadata has no AssertionConsumerService with the HTTP-POST binding")
    for each in services:
        _address(each.location, "AssertionConsumerService")
    return sorted(services, key=lambda each: each.is_default not in ("true", "1"))


def _logout(descriptor: Any, binding: str) -> str | None:
    """Where the service provider takes logout messages by this binding."""
    for each in descriptor.single_logout_service:
        if each.binding == _BINDINGS + _NAMES[binding]:
            return _address(each.response_location or each.location, "SingleLogoutService")
    return None


def _address(location: str | None, what: str) -> str:
    try:
        parts = urlsplit(location or "")
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UsageError(f"the {what} of the metadata has no http or https Location")
    return location or ""


def _certificates(descriptor: Any, use: str) -> Iterator[bytes]:
    """The certificates (DER) of this use, or of no stated one."""
    for each in descriptor.key_descriptor:
        if each.use not in (use, None) or each.key_info is None:
            continue
        for data in each.key_info.x509_data:
            for certificate in _listed(data.x509_certificate):
                yield _der(certificate.text or "")


def _listed(one_or_many: Any) -> list[Any]:
    if one_or_many is None:
        return []
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]


def _der(text: str) -> bytes:
    from cryptography.x509 import load_der_x509_certificate

    try:
        der = b64decode(re.sub(r"-----[A-Z ]+-----|\s", "", text), validate=True)
        load_der_x509_certificate(der).public_key()
    except (ValueError, binascii.Error) as error:
        raise UsageError("a certificate of the service provider's metadata cannot be read") from error
    return der
