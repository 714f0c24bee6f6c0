"""How a naive service provider reads a Response, and what its signatures really cover."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from lxml import etree

from idpsim.sso.keys import Signing
from idpsim.sso.tamper.documents import DS, EXCLUSIVE, SAML, Element


def document(fields: dict[str, str]) -> Element:
    """The posted Response; CDATA sections and comments stay."""
    return etree.fromstring(b64decode(fields["SAMLResponse"]), etree.XMLParser(strip_cdata=False, huge_tree=True))


def names(element: Element) -> list[str]:
    """Every NameID in it, comments left out."""
    return [str(each.xpath("string()")) for each in element.iter(f"{{{SAML}}}NameID")]


def text_of(element: Element) -> str:
    """The element as text."""
    return etree.tostring(element).decode()


def covered(root: Element, key: Signing) -> Iterator[Element]:
    """Each element, taken out of the document, that a signature of this key fits, wherever the two stand."""
    for signature in root.iter(f"{{{DS}}}Signature"):
        info = signature.find(f"{{{DS}}}SignedInfo")
        if info is not None and _is_signed(info, signature, key):
            yield from _fitting(root, info)


def _is_signed(info: Element, signature: Element, key: Signing) -> bool:
    try:
        octets = etree.tostring(info, method="c14n", exclusive=True, with_comments=False)
    except etree.C14NError:
        return False
    value = "".join(signature.findtext(f"{{{DS}}}SignatureValue", "").split())
    try:
        key.certificate.public_key().verify(b64decode(value), octets, PKCS1v15(), SHA256())  # type: ignore[union-attr,call-arg]
    except InvalidSignature:
        return False
    return True


def _fitting(root: Element, info: Element) -> Iterator[Element]:
    uri = info.find(f"{{{DS}}}Reference").get("URI", "")  # type: ignore[union-attr]
    inclusive = info.find(f".//{{{EXCLUSIVE}}}InclusiveNamespaces")
    prefixes = None if inclusive is None else inclusive.get("PrefixList", "").split()
    value = str(info.find(f".//{{{DS}}}DigestValue").xpath("string()"))  # type: ignore[union-attr]
    for each in root.iter():
        if not isinstance(each.tag, str) or uri != f"#{each.get('ID')}":
            continue
        for bare in _bare(each):
            octets = etree.tostring(
                bare, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes
            )
            if b64encode(hashlib.sha256(octets).digest()).decode() == value:
                yield bare


def _bare(element: Element) -> Iterator[Element]:
    """The element by itself as it is, and without a signature of its own."""
    yield etree.fromstring(etree.tostring(element, with_tail=False))
    without = etree.fromstring(etree.tostring(element, with_tail=False))
    held = without.find(f"{{{DS}}}Signature")
    if held is not None:
        without.remove(held)
        yield without
