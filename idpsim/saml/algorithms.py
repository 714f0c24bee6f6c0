"""The algorithms of XML signatures by name, and what they are over: canonical XML and its digest."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Literal, TypeAlias

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from lxml import etree

from idpsim.saml.xml import Element, Refused, parsed

Digest: TypeAlias = Literal["sha1", "sha256", "sha384", "sha512", "md5"]
SignatureMethod: TypeAlias = Literal["rsa-sha1", "rsa-sha256", "rsa-sha384", "rsa-sha512", "rsa-md5", "hmac-sha256"]

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
ENVELOPED = f"{DS}enveloped-signature"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
DIGESTS: dict[Digest, str] = {
    "sha1": f"{DS}sha1",
    "sha256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "sha384": f"{MORE}sha384",
    "sha512": "http://www.w3.org/2001/04/xmlenc#sha512",
    "md5": f"{MORE}md5",
}
METHODS: dict[SignatureMethod, str] = {
    "rsa-sha1": f"{DS}rsa-sha1",
    "rsa-sha256": f"{MORE}rsa-sha256",
    "rsa-sha384": f"{MORE}rsa-sha384",
    "rsa-sha512": f"{MORE}rsa-sha512",
    "rsa-md5": f"{MORE}rsa-md5",
    "hmac-sha256": f"{MORE}hmac-sha256",
}
HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "rsa-sha1": hashes.SHA1,
    "rsa-sha256": hashes.SHA256,
    "rsa-sha384": hashes.SHA384,
    "rsa-sha512": hashes.SHA512,
    "rsa-md5": hashes.MD5,
}
PADDING = PKCS1v15()


def canonical(element: Element, inclusive: Sequence[str] = ()) -> bytes:
    """Exclusive canonical XML of an element without comments.

    It is parsed anew: libxml2 heeds the PrefixList only for declarations that its parser has seen.
    """
    again = parsed(etree.tostring(element, with_tail=False))
    return canonical_as_parsed(again, inclusive)


def digest(octets: bytes, name: Digest) -> str:
    """Base64 of the digest."""
    return b64encode(hashlib.new(name, octets).digest()).decode()


def canonical_as_parsed(element: Element, inclusive: Sequence[str] = ()) -> bytes:
    """The same of an element that a parser has made; Refused where it has no canonical form."""
    prefixes = list(inclusive) or None
    try:
        return etree.tostring(
            element, method="c14n", exclusive=True, with_comments=False, inclusive_ns_prefixes=prefixes
        )
    except etree.LxmlError as error:
        raise Refused("the document has no canonical form") from error
