"""XML signatures in the vendors' shapes, on lxml and cryptography; `verification` is how they are read."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from idpsim.saml.algorithms import (
    DIGESTS,
    DS,
    ENVELOPED,
    EXCLUSIVE,
    HASHES,
    METHODS,
    PADDING,
    Digest,
    SignatureMethod,
    canonical,
    digest,
)
from idpsim.saml.verification import public_key, verified, verify
from idpsim.saml.xml import Element, parsed, qualified
from idpsim.signon.markup import base64_lines, escaped

if TYPE_CHECKING:
    from idpsim.signon.saml import SamlLook, Signs
    from idpsim.sso.keys import Signing

__all__ = [
    "DS",
    "EXCLUSIVE",
    "METHODS",
    "Digest",
    "SignatureMethod",
    "Signer",
    "canonical",
    "digest",
    "public_key",
    "raw",
    "sign",
    "sign_with",
    "signed_value",
    "signer_of",
    "verified",
    "verify",
]


@dataclass(frozen=True)
class Signer:
    """Who signs, with which certificate (DER) in KeyInfo (None: no KeyInfo) and with which digests.

    `secret` is the key of `hmac-sha256`; None is the certificate of the signing key, DER.
    """

    signing: Signing
    certificate: bytes | None
    digest: Digest = "sha256"
    signature: SignatureMethod = "rsa-sha256"
    secret: bytes | None = None


def signer_of(signing: Signing, signs: Signs) -> Signer:
    """The signer that an app's settings ask for."""
    return Signer(signing, signing.der, signs.digest, signs.signature)


def sign(
    element: Element, signer: Signer, look: SamlLook, *, uri: str | None = None, inclusive: Sequence[str] | None = None
) -> Element:
    """Sign the element in place, with a Signature right after its Issuer (first where there is none), and give that.

    `uri` of the reference is the element's own ID unless it is given. `inclusive` is the PrefixList, the look's own
    unless it is given.
    """
    of = _prefixes(element, look) if inclusive is None else tuple(inclusive)
    digested = digest(canonical(element, of), signer.digest)
    made = sign_with(signer, look, f"#{element.get('ID')}" if uri is None else uri, digested, of)
    first = element[0] if len(element) else None
    element.insert(1 if first is not None and qualified(first) == "Issuer" else 0, made)
    return made


def sign_with(signer: Signer, look: SamlLook, uri: str, digested: str, inclusive: Sequence[str] = ()) -> Element:
    """A Signature element of its own, signed, over one reference with this digest (base64)."""
    made = parsed(_written(signer, look, uri, digested, inclusive).encode())
    signed_value(made, signer, look)
    return made


def signed_value(made: Element, signer: Signer, look: SamlLook) -> None:
    """Write the SignatureValue of a Signature anew, over its SignedInfo as it stands."""
    info, value = made[0], made[1]
    value.text = base64_lines(raw(signer, canonical(info)), look.writing.wrap)


def raw(signer: Signer, octets: bytes) -> bytes:
    """The signature over these octets, as the Redirect binding wants it too."""
    if signer.signature == "hmac-sha256":
        return hmac.digest(signer.secret or signer.signing.der, octets, "sha256")
    return signer.signing.key.sign(octets, PADDING, HASHES[signer.signature]())


def _prefixes(element: Element, look: SamlLook) -> tuple[str, ...]:
    """`xs`, where the look names it and the document declares it."""
    if not look.writing.inclusive:
        return ()
    return ("xs",) if b" xmlns:xs=" in etree.tostring(element, with_tail=False) else ()


def _written(signer: Signer, look: SamlLook, uri: str, digested: str, inclusive: Sequence[str]) -> str:
    prefix = look.writing.signature
    p, xmlns = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    exclusive = f'<{p}Transform Algorithm="{EXCLUSIVE}"'
    if inclusive:
        listed = escaped(" ".join(inclusive))
        exclusive += f'><ec:InclusiveNamespaces xmlns:ec="{EXCLUSIVE}" PrefixList="{listed}"/></{p}Transform>'
    else:
        exclusive += "/>"
    return (
        f'<{p}Signature {xmlns}="{DS}"><{p}SignedInfo><{p}CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
        f'<{p}SignatureMethod Algorithm="{METHODS[signer.signature]}"/><{p}Reference URI="{escaped(uri)}">'
        f'<{p}Transforms><{p}Transform Algorithm="{ENVELOPED}"/>{exclusive}</{p}Transforms>'
        f'<{p}DigestMethod Algorithm="{DIGESTS[signer.digest]}"/><{p}DigestValue>{digested}</{p}DigestValue>'
        f"</{p}Reference></{p}SignedInfo><{p}SignatureValue/>{_key_info(signer, look, p)}</{p}Signature>"
    )


def _key_info(signer: Signer, look: SamlLook, p: str) -> str:
    if signer.certificate is None:
        return ""
    held = base64_lines(signer.certificate, look.writing.wrap)
    return f"<{p}KeyInfo><{p}X509Data><{p}X509Certificate>{held}</{p}X509Certificate></{p}X509Data></{p}KeyInfo>"
