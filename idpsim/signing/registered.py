"""What a scenario's `sso` block says of the service provider, as the identity provider registers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from idpsim.errors import TargetError, UsageError
from idpsim.scenario.model import OidcSide, SamlSide
from idpsim.signon import Registration

LARGEST = 2 * 1024 * 1024
_SECONDS = 20
Fetch = Callable[[str], bytes]


def registration(saml: SamlSide, oidc: OidcSide, fetch: Fetch | None = None) -> Registration:
    """The registration; what is written stands for what the metadata says.

    UsageError for a file that cannot be read or holds something else, TargetError where a URL does not answer.
    """
    base = Registration(
        client_id=oidc.client_id,
        client_secret=oidc.client_secret,
        redirect_uris=oidc.redirect_uris,
        post_logout_redirect_uris=oidc.post_logout_redirect_uris,
        initiate_login_uri=oidc.initiate_login_uri,
        public=oidc.public,
    )
    if saml.metadata:
        from idpsim.sso.saml.registering import registration as described

        document = read(saml.metadata, fetch or fetched)
        try:
            base = described(document, base)
        except UsageError as error:
            raise UsageError(f"{saml.metadata}: {error}") from None
    given: dict[str, Any] = {
        "entity_id": saml.entity_id,
        "acs": saml.acs,
        "slo": saml.slo,
        "relay_state": saml.relay_state,
        "signing_certificates": (certificate(saml.signing_certificate),) if saml.signing_certificate else (),
        "encryption_certificate": _to_encrypt_for(saml.encryption_certificate) if saml.encryption_certificate else None,
    }
    return replace(base, **{name: value for name, value in given.items() if value})


def read(place: str, fetch: Fetch) -> bytes:
    """What is at a URL or in a file."""
    if urlsplit(place).scheme in ("http", "https"):
        return fetch(place)
    try:
        with Path(place).expanduser().open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{place} cannot be read: {error.strerror}") from None


def fetched(url: str) -> bytes:
    """The document at a URL; TargetError where there is none."""
    import requests

    try:
        with requests.get(url, timeout=_SECONDS, stream=True) as answer:
            if answer.status_code != 200:
                raise TargetError(f"the service provider's metadata at {url} is answered {answer.status_code}")
            return answer.raw.read(LARGEST + 1, decode_content=True)
    except (requests.RequestException, OSError) as error:
        why = "it does not answer" if isinstance(error, requests.ConnectionError | requests.Timeout) else str(error)
        raise TargetError(f"the service provider's metadata at {url} cannot be read: {why}") from None


def _to_encrypt_for(file: str) -> bytes:
    from idpsim.sso.saml.registering import holds_rsa

    found = certificate(file)
    if not holds_rsa(found):
        raise UsageError(f"{file} holds no RSA key, and assertions are encrypted for no other")
    return found


def certificate(file: str) -> bytes:
    """The DER of a certificate in a file, PEM or DER."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificate

    data = read(file, fetched)
    try:
        found = load_pem_x509_certificate(data) if b"-----BEGIN" in data else load_der_x509_certificate(data)
    except ValueError:
        raise UsageError(f"{file} holds no certificate, PEM or DER") from None
    return found.public_bytes(Encoding.DER)
