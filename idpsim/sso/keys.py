"""The keys of the identity provider: in a folder, so that service providers need to be told once, or in memory."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.x509 import Certificate

    from idpsim.sso.app import App


@dataclass(frozen=True)
class Signing:
    """A private key with its certificate."""

    key: RSAPrivateKey
    certificate: Certificate

    @cached_property
    def der(self) -> bytes:
        """The certificate, DER."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self.certificate.public_bytes(Encoding.DER)

    @cached_property
    def thumbprint(self) -> str:
        """The SHA-1 of the certificate, base64url without padding: JOSE's `x5t`."""
        import hashlib
        from base64 import urlsafe_b64encode

        return urlsafe_b64encode(hashlib.sha1(self.der).digest()).rstrip(b"=").decode()


class Keys:
    """To be filled in.

    saml(app) -> tuple[Signing, ...]: the active one first, then the one that rollover has made ready;
    oidc(app) -> tuple[Signing, ...]: the one that signs first, then those that are only published;
    client_secret(app) -> str; secret: bytes.
    """

    def saml(self, app: App) -> tuple[Signing, ...]:
        raise NotImplementedError

    def oidc(self, app: App) -> tuple[Signing, ...]:
        raise NotImplementedError

    def client_secret(self, app: App) -> str:
        raise NotImplementedError
