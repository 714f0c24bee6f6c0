"""All that the service provider needs of XML security: the one place that knows the modules that do it."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cryptography.x509 import load_der_x509_certificate
from lxml import etree

from idpsim.saml.crypto import redirect_verified
from idpsim.saml.lazy_schema import saml2
from idpsim.saml.received import Unacceptable, posted, redirected
from idpsim.saml.verification import verify
from idpsim.saml.xml import Element, Refused
from idpsim.saml.xml import parsed as _parsed

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = [
    "Element",
    "alone",
    "carried",
    "decrypted",
    "parsed",
    "saml2",
    "signed_by",
    "unpacked",
    "verified",
]

_DS = "{http://www.w3.org/2000/09/xmldsig#}"
_PARTS = frozenset(f"{_DS}{name}" for name in ("SignedInfo", "SignatureValue", "KeyInfo"))
_MOST = 8
# Not by canonicalization: libxml2 loses default namespaces where it canonicalizes a part of a document inclusively.
_BARE = etree.XMLParser(
    remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
)


def parsed(document: bytes) -> Element:
    """The root of a document without a document type; ValueError for any other, and for one that is too large."""
    try:
        return _parsed(document)
    except Refused as error:
        raise ValueError(f"{str(error).capitalize()}.") from error


def verified(element: Element, certificates: Sequence[bytes], *, sha1: bool) -> Element | None:
    """What one of the certificates (DER) has signed of this element, as its own document; None where none has."""
    try:
        return verify(element, certificates, sha1=sha1)
    except etree.LxmlError:  # some of what parses has no canonical form
        return None


def decrypted(element: Element, key: RSAPrivateKey) -> Element:
    """What an EncryptedAssertion holds, as the root of a document; ValueError where the key does not open it."""
    from idpsim.saml.encryption import decrypt

    try:
        return decrypt(element, key)
    except Refused as error:
        raise ValueError(str(error)) from error


def alone(element: Element) -> Element:
    """A copy as a document of its own, with all its namespaces, without comments and processing instructions."""
    return etree.fromstring(etree.tostring(element, with_tail=False), _BARE)


def signed_by(element: Element, signature: Element) -> Element:
    """A copy of an element that carries this signature and no other, as a document of its own."""
    copy, carried_one = alone(element), alone(signature)
    for own in copy.findall(f"{_DS}Signature"):
        copy.remove(own)
    for part in list(carried_one):
        if part.tag not in _PARTS:
            carried_one.remove(part)
    copy.insert(1, carried_one)
    return copy


def carried(root: Element) -> tuple[bytes, ...]:
    """The certificates (DER) in a document's KeyInfos, 8 at most."""
    found = (each.text or "" for each in root.iter(f"{_DS}X509Certificate"))
    return tuple(_readable(found))[:_MOST]


def unpacked(query: bytes, form: dict[str, str], certificates: Sequence[bytes]) -> tuple[str, Element, str]:
    """A signed logout message that came by Redirect or POST: its root's name, the root, and RelayState.

    ValueError for one that is not signed by one of the certificates (DER); a LogoutResponse need not be.
    """
    try:
        message = posted(form.items()) if form else redirected(query)
    except Unacceptable as error:
        raise ValueError(f"{error.detail.capitalize()}.") from error
    root = parsed(message.xml)
    if message.name != "LogoutResponse":
        if message.binding == "post":
            signed = verify(root, certificates)
        else:
            signed = root if _is_signed(message.signed, message.algorithm, message.signature, certificates) else None
        if signed is None:
            raise ValueError("The message is not signed by the identity provider.")
        root = signed
    return message.name, root, message.relay_state or ""


def _is_signed(signed: bytes, algorithm: str | None, value: bytes | None, certificates: Sequence[bytes]) -> bool:
    if not algorithm or not value or not algorithm.endswith(("#rsa-sha256", "#rsa-sha384", "#rsa-sha512")):
        return False
    return redirect_verified(signed, algorithm, value, certificates)


def _readable(encoded: Iterable[str]) -> Iterable[bytes]:
    for text in encoded:
        try:
            der = b64decode("".join(text.split()), validate=True)
            load_der_x509_certificate(der)
        except (binascii.Error, ValueError):
            continue
        yield der
