"""pysaml2's checks of signatures on our own verifier, with no program called and no file written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.x509 import load_der_x509_certificate

from idpsim.saml import verification
from idpsim.saml.lazy_schema import saml2

sigver: Any = saml2("sigver")


@dataclass(frozen=True, slots=True)
class Held:
    """Stands for the temporary file that pysaml2 puts a certificate into: `name` is its place in our list."""

    name: str


class Certificates:
    """Stands for pysaml2's metadata store: the same registered certificates, whoever asks."""

    def __init__(self, count: int) -> None:
        self._held = tuple(("", Held(str(place))) for place in range(count))

    def certs(self, _entity_id: str, _descriptor: str, _use: str) -> Iterator[tuple[str, Held]]:
        return iter(self._held)


class Verifier(sigver.CryptoBackend):  # type: ignore[misc]
    """Verifies enveloped signatures against registered certificates (DER), never against one in the document.

    SHA-1 is accepted: service providers still sign their requests with it, and vendors take it.
    """

    def __init__(self, certificates: Sequence[bytes]) -> None:
        self._certificates = certificates

    @property
    def version(self) -> str:
        return "1.3.0"

    def validate_signature(
        self, enctext: str | bytes, cert_file: str, cert_type: str, node_name: str, node_id: str
    ) -> bool:
        """True, or SignatureError; `cert_file` is the name of a `Held`."""
        del cert_type, node_name, node_id
        xml = enctext.encode() if isinstance(enctext, str) else enctext
        if verification.verify(xml, (self._certificates[int(cert_file)],), sha1=True) is None:
            raise sigver.SignatureError("the signature does not verify")
        return True


def security(certificates: Sequence[bytes]) -> Any:
    """pysaml2's security context for one service provider with these signing certificates (DER)."""
    return sigver.SecurityContext(
        Verifier(certificates), metadata=Certificates(len(certificates)), only_use_keys_in_metadata=True
    )


def redirect_verified(signed: bytes, algorithm: str, value: bytes, certificates: Sequence[bytes]) -> bool:
    """Whether one of the certificates (DER) verifies the signature of a Redirect over `signed`, as it came.

    pysaml2's own check encodes the parameters anew, and fails where the service provider encodes otherwise.
    """
    signer = sigver.SIGNER_ALGS.get(algorithm)
    return signer is not None and any(signer.verify(signed, value, _public_key(each)) for each in certificates)


def _public_key(certificate: bytes) -> Any:
    return load_der_x509_certificate(certificate).public_key()
