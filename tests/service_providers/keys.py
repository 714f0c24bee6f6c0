"""The key of a service provider, with its certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@dataclass(frozen=True)
class SpKeys:
    """A service provider's key and certificate, PEM files."""

    key: Path
    certificate: Path
    der: bytes = field(repr=False)


def sp_keys(folder: Path) -> SpKeys:
    """A key with a self-signed certificate, made anew."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "service provider")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
    certificate = signed.sign(key, hashes.SHA256())
    pem, bare = serialization.Encoding.PEM, serialization.NoEncryption()
    found = SpKeys(folder / "sp.key", folder / "sp.crt", certificate.public_bytes(serialization.Encoding.DER))
    found.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, bare))
    found.certificate.write_bytes(certificate.public_bytes(pem))
    return found
