"""Encrypted assertions: AES in CBC or GCM under a key that is wrapped with RSA, as XML Encryption 1.0 and 1.1 say."""

from __future__ import annotations

from base64 import b64decode
from secrets import token_bytes
from typing import TYPE_CHECKING, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA1
from lxml import etree

from idpsim.saml.algorithms import DS
from idpsim.saml.verification import public_key
from idpsim.saml.xml import Element, Refused, parsed
from idpsim.signon.markup import base64_lines
from idpsim.signon.saml import Block, Encrypts, Wrap

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from idpsim.signon.saml import SamlLook

XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC_11 = "http://www.w3.org/2009/xmlenc11#"
_Name = TypeVar("_Name", bound=str)
_SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
BLOCKS: dict[Block, str] = {
    "aes128-cbc": f"{XENC}aes128-cbc",
    "aes192-cbc": f"{XENC}aes192-cbc",
    "aes256-cbc": f"{XENC}aes256-cbc",
    "aes128-gcm": f"{XENC_11}aes128-gcm",
    "aes256-gcm": f"{XENC_11}aes256-gcm",
}
WRAPS: dict[Wrap, str] = {"rsa-oaep-mgf1p": f"{XENC}rsa-oaep-mgf1p", "rsa-1_5": f"{XENC}rsa-1_5"}


def encrypt(assertion: Element, certificate: bytes, how: Encrypts, look: SamlLook) -> Element:
    """Put an EncryptedAssertion in the place of an assertion, for this certificate (DER), and give it.

    The plaintext declares the namespaces that were in scope, so that `xsi:type="xs:string"` still means something.
    Raises Refused where the certificate holds no RSA key.
    """
    plain = etree.tostring(assertion, encoding="UTF-8", xml_declaration=False, with_tail=False)
    key = token_bytes(int(how.block[3:6]) // 8)
    wrapped = public_key(certificate).encrypt(key, _padding(how.wrap))
    prefix, wrap = look.writing.assertion, look.writing.wrap
    name, xmlns = (f"{prefix}:EncryptedAssertion", f"xmlns:{prefix}") if prefix else ("EncryptedAssertion", "xmlns")
    digest = f'<ds:DigestMethod Algorithm="{DS}sha1"/>' if how.wrap == "rsa-oaep-mgf1p" else ""
    made = parsed(
        (
            f'<{name} {xmlns}="{_SAML}"><xenc:EncryptedData xmlns:xenc="{XENC}" Type="{XENC}Element">'
            f'<xenc:EncryptionMethod Algorithm="{BLOCKS[how.block]}"/><ds:KeyInfo xmlns:ds="{DS}"><xenc:EncryptedKey>'
            f'<xenc:EncryptionMethod Algorithm="{WRAPS[how.wrap]}">{digest}</xenc:EncryptionMethod>'
            f"<xenc:CipherData><xenc:CipherValue>{base64_lines(wrapped, wrap)}</xenc:CipherValue></xenc:CipherData>"
            f"</xenc:EncryptedKey></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>"
            f"{base64_lines(_enciphered(plain, key, how.block), wrap)}</xenc:CipherValue></xenc:CipherData>"
            f"</xenc:EncryptedData></{name}>"
        ).encode()
    )
    parent = assertion.getparent()
    if parent is not None:
        parent.replace(assertion, made)
    return made


def decrypt(encrypted: Element, key: RSAPrivateKey) -> Element:
    """The assertion inside an EncryptedAssertion, as a document of its own; Refused where there is none to be had."""
    data = _one(encrypted, f"./{{{XENC}}}EncryptedData")
    wrapped = _one(data, f"./{{{DS}}}KeyInfo/{{{XENC}}}EncryptedKey", outside=encrypted)
    block = _known(data, BLOCKS)
    try:
        secret = key.decrypt(_cipher_value(wrapped), _padding(_known(wrapped, WRAPS)))
        plain = _deciphered(_cipher_value(data), secret, block)
    except (ValueError, InvalidTag) as error:
        raise Refused("the assertion cannot be decrypted") from error
    return parsed(plain)


def _padding(wrap: Wrap) -> AsymmetricPadding:
    return PKCS1v15() if wrap == "rsa-1_5" else OAEP(MGF1(SHA1()), SHA1(), None)


def _enciphered(plain: bytes, key: bytes, block: Block) -> bytes:
    if block.endswith("gcm"):
        nonce = token_bytes(12)
        return nonce + AESGCM(key).encrypt(nonce, plain, None)
    over = 16 - len(plain) % 16
    start = token_bytes(16)
    cipher = Cipher(AES(key), CBC(start)).encryptor()
    return start + cipher.update(plain + token_bytes(over - 1) + bytes([over])) + cipher.finalize()


def _deciphered(data: bytes, key: bytes, block: Block) -> bytes:
    if len(key) != int(block[3:6]) // 8:
        raise ValueError("the key is of another size")
    if block.endswith("gcm"):
        return AESGCM(key).decrypt(data[:12], data[12:], None)
    cipher = Cipher(AES(key), CBC(data[:16])).decryptor()
    padded = cipher.update(data[16:]) + cipher.finalize()
    if not padded or not 1 <= padded[-1] <= 16:
        raise ValueError("the padding is wrong")
    return padded[: -padded[-1]]


def _one(element: Element, path: str, *, outside: Element | None = None) -> Element:
    """The one element at this path; an EncryptedKey may stand beside the data too."""
    found = element.findall(path)
    if not found and outside is not None:
        found = outside.findall(f"./{{{XENC}}}EncryptedKey")
    if len(found) != 1:
        raise Refused("the encrypted assertion does not hold one key and one text")
    return found[0]


def _known(element: Element, known: dict[_Name, str]) -> _Name:
    method = element.find(f"./{{{XENC}}}EncryptionMethod")
    uri = method.get("Algorithm", "") if method is not None else ""
    for name, each in known.items():
        if each == uri:
            return name
    raise Refused(f"the algorithm {uri[:80]} is not allowed")


def _cipher_value(element: Element) -> bytes:
    value = element.findtext(f"./{{{XENC}}}CipherData/{{{XENC}}}CipherValue")
    return b64decode("".join((value or "").split()), validate=True)
