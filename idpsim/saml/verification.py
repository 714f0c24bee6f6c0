"""Which signatures are relied on: the strict reading of XML signatures."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_der_x509_certificate
from lxml import etree

from idpsim.saml.algorithms import (
    DIGESTS,
    DS,
    ENVELOPED,
    EXCLUSIVE,
    HASHES,
    METHODS,
    PADDING,
    SignatureMethod,
    canonical,
    canonical_as_parsed,
)
from idpsim.saml.xml import Element, Refused, parsed

_OLD = {"sha1", "rsa-sha1"}
_NEVER = {"md5", "rsa-md5", "hmac-sha256"}
_MOST_PREFIXES = 20
_MOST_ATTRIBUTES = 1000  # canonicalization takes the square of their number
_Name = TypeVar("_Name", bound=str)


def verify(document: bytes | Element, certificates: Sequence[bytes], *, sha1: bool = False) -> Element | None:
    """What `verified` gives, None where it refuses."""
    try:
        return verified(document, certificates, sha1=sha1)
    except Refused:
        return None


def verified(document: bytes | Element, certificates: Sequence[bytes], *, sha1: bool = False) -> Element:
    """What one of the certificates (DER) has signed: the root of the document, or the element in its document.

    The element is parsed from the very octets that the digest is over, without the Signature. Raises Refused, with
    the reason, for all but one enveloped signature, directly below the element, with one reference to its ID, which
    is the only one in the document, exclusive canonicalization, RSA and SHA-2 (`sha1`: or SHA-1), and no comment or
    processing instruction anywhere. KeyInfo is not looked at.
    """
    root, element = _again(document)
    _check_document(root)
    signature = _only(element, "Signature", "the element carries {} signatures")
    info, value = _parts(signature)
    method, reference = _check_info(info, sha1=sha1)
    octets = _referenced(element, signature, reference, sha1=sha1)
    _check_value(_canonical_of(info), value, method, certificates)
    return parsed(octets)


def _again(document: bytes | Element) -> tuple[Element, Element]:
    """The document's root and the element that is to be verified, as a parser sees them."""
    if isinstance(document, bytes):
        root = parsed(document)
        return root, root
    tree = document.getroottree()
    root = parsed(etree.tostring(tree.getroot(), with_tail=False))
    found = root.getroottree().find(tree.getelementpath(document))
    if found is None:
        raise Refused("the element is not in its document")
    return root, found


def _check_document(root: Element) -> None:
    seen: set[str] = set()
    for each in root.iter():
        if not isinstance(each.tag, str):
            raise Refused("the document holds a comment or a processing instruction")
        if len(each.attrib) > _MOST_ATTRIBUTES:
            raise Refused("an element has too many attributes")
        for name in ("ID", "Id", "id", "AssertionID", "{http://www.w3.org/XML/1998/namespace}id"):
            if (value := each.get(name)) is not None:
                if value in seen:
                    raise Refused("two elements have the same ID")
                seen.add(value)


def _only(element: Element, name: str, text: str) -> Element:
    found = element.findall(f"{{{DS}}}{name}")
    if len(found) != 1:
        raise Refused(text.format(len(found)))
    return found[0]


def _parts(signature: Element) -> tuple[Element, Element]:
    names = [each.tag for each in signature]
    if names not in (_named("SignedInfo", "SignatureValue"), _named("SignedInfo", "SignatureValue", "KeyInfo")):
        raise Refused("the Signature holds something else than SignedInfo, SignatureValue and KeyInfo")
    return signature[0], signature[1]


def _named(*names: str) -> list[str]:
    return [f"{{{DS}}}{name}" for name in names]


def _check_info(info: Element, *, sha1: bool) -> tuple[SignatureMethod, Element]:
    if [each.tag for each in info] != _named("CanonicalizationMethod", "SignatureMethod", "Reference"):
        raise Refused("SignedInfo does not hold one reference")
    if info[0].get("Algorithm") != EXCLUSIVE:
        raise Refused("SignedInfo is canonicalized otherwise than exclusively")
    return _allowed(info[1], METHODS, sha1=sha1), info[2]


def _allowed(element: Element, known: dict[_Name, str], *, sha1: bool) -> _Name:
    named = {uri: name for name, uri in known.items()}
    name = named.get(element.get("Algorithm", ""))
    if name is None or name in _NEVER or (name in _OLD and not sha1) or len(element):
        raise Refused(f"the algorithm {element.get('Algorithm', '')[:80]} is not allowed")
    return name


def _referenced(element: Element, signature: Element, reference: Element, *, sha1: bool) -> bytes:
    """The octets that the reference is over, once their digest is the one that it says."""
    own = element.get("ID")
    if not own or reference.get("URI") != f"#{own}":
        raise Refused("the reference is not to the element that carries the signature")
    if [each.tag for each in reference] != _named("Transforms", "DigestMethod", "DigestValue"):
        raise Refused("the reference holds something else than transforms and a digest")
    prefixes = _check_transforms(reference[0])
    name = _allowed(reference[1], DIGESTS, sha1=sha1)
    octets = _without(element, signature, prefixes)
    if not hmac.compare_digest(hashlib.new(name, octets).digest(), _decoded(reference[2])):
        raise Refused("the digest is another")
    return octets


def _check_transforms(transforms: Element) -> Sequence[str]:
    if [each.tag for each in transforms] != _named("Transform", "Transform"):
        raise Refused("there are other transforms than enveloped signature and exclusive canonicalization")
    if [each.get("Algorithm") for each in transforms] != [ENVELOPED, EXCLUSIVE] or len(transforms[0]):
        raise Refused("there are other transforms than enveloped signature and exclusive canonicalization")
    return _prefix_list(transforms[1])


def _prefix_list(method: Element) -> Sequence[str]:
    if not len(method):
        return ()
    if len(method) > 1 or method[0].tag != f"{{{EXCLUSIVE}}}InclusiveNamespaces":
        raise Refused("a canonicalization holds something else than InclusiveNamespaces")
    listed = method[0].get("PrefixList", "").split()
    if len(listed) > _MOST_PREFIXES:
        raise Refused("a PrefixList is too long")
    return listed


def _without(element: Element, signature: Element, inclusive: Sequence[str]) -> bytes:
    """The canonical octets of the element without its Signature; the text behind that stays."""
    place = element.index(signature)
    again = parsed(etree.tostring(element, with_tail=False))
    gone = again[place]
    behind, before = gone.tail or "", gone.getprevious()
    if before is None:
        again.text = (again.text or "") + behind
    else:
        before.tail = (before.tail or "") + behind
    again.remove(gone)
    return canonical_as_parsed(again, inclusive)


def _canonical_of(info: Element) -> bytes:
    return canonical(info, _prefix_list(info[0]))


def _check_value(octets: bytes, value: Element, method: SignatureMethod, certificates: Sequence[bytes]) -> None:
    signature = _decoded(value)
    for certificate in certificates:
        try:
            public_key(certificate).verify(signature, octets, PADDING, HASHES[method]())
        except InvalidSignature:
            continue
        return
    raise Refused("no registered certificate verifies the signature")


@lru_cache(maxsize=256)
def public_key(certificate: bytes) -> RSAPublicKey:
    """The RSA key of a certificate, DER; Refused where it has none."""
    try:
        key = load_der_x509_certificate(certificate).public_key()
    except ValueError as error:
        raise Refused("a registered certificate cannot be read") from error
    if not isinstance(key, RSAPublicKey):
        raise Refused("a registered certificate holds no RSA key")
    return key


def _decoded(element: Element) -> bytes:
    try:
        return b64decode("".join((element.text or "").split()), validate=True) if not len(element) else b""
    except ValueError:
        return b""
