"""Self-signed certificates with the subject, the serial number and the signature that a vendor gives them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

_NAMES = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
    "OU": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "CN": NameOID.COMMON_NAME,
    "emailAddress": NameOID.EMAIL_ADDRESS,
}
_WITH_SHA256 = bytes.fromhex("300d06092a864886f70d01010b0500")
_WITH_SHA1 = bytes.fromhex("300d06092a864886f70d0101050500")


def certificate(
    key: rsa.RSAPrivateKey,
    subject: Sequence[tuple[str, str]],
    years: int,
    *,
    serial: Literal["random", "milliseconds"] = "random",
    digest: Literal["sha1", "sha256"] = "sha256",
    extensions: bool = False,
    since: datetime | None = None,
) -> x509.Certificate:
    """A certificate for this key, valid from `since` (a minute ago); `subject` is pairs such as `("CN", "Ada")`."""
    name = x509.Name([x509.NameAttribute(_NAMES[short], value) for short, value in subject])
    start = since or datetime.now(UTC) - timedelta(minutes=1)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(int(time.time() * 1000) if serial == "milliseconds" else x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=round(365.25 * years)))
    )
    if extensions:
        builder = _extended(builder, key)
    made = builder.sign(key, hashes.SHA256())
    return _with_sha1(made, key) if digest == "sha1" else made


def _extended(builder: x509.CertificateBuilder, key: rsa.RSAPrivateKey) -> x509.CertificateBuilder:
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"),
        False,
    )
    return (
        builder.add_extension(x509.BasicConstraints(False, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(digital_signature=True, encipher_only=False, decipher_only=False, **usage), critical=True
        )
    )


def _with_sha1(made: x509.Certificate, key: rsa.RSAPrivateKey) -> x509.Certificate:
    """The same certificate under a SHA-1 signature, which cryptography verifies and does not make."""
    content = made.tbs_certificate_bytes.replace(_WITH_SHA256, _WITH_SHA1, 1)
    signature = key.sign(content, padding.PKCS1v15(), hashes.SHA1())
    return x509.load_der_x509_certificate(_der(0x30, content + _WITH_SHA1 + _der(0x03, b"\0" + signature)))


def _der(tag: int, content: bytes) -> bytes:
    """One DER element."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(octets)]) + octets + content
