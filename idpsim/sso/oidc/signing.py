"""Compact tokens and key sets."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from idpsim.signon.oidc import JSON, OidcLook
from idpsim.sso.keys import Signing
from idpsim.wire import compact

_REGISTRY = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def half_hash(text: str) -> str:
    """at_hash and its like: the left half of the SHA-256."""
    return b64(hashlib.sha256(text.encode()).digest()[:16])


@lru_cache(maxsize=64)
def key_of(signing: Signing) -> RSAKey:
    """The key as joserfc holds it."""
    return RSAKey(signing.key, signing.key)


def kid_of(look: OidcLook, signing: Signing) -> str:
    """How the vendor names a key: by its certificate's SHA-1, or by an opaque text of 43 letters."""
    return signing.thumbprint if look.kid == "x5t" else _digest(signing)


@lru_cache(maxsize=64)
def _digest(signing: Signing) -> str:
    return b64(hashlib.sha256(signing.der).digest())


def sign(header: Mapping[str, Any], claims: JSON, signing: Signing) -> str:
    """A token signed with RS256, its header in the order given and with nothing added."""
    return jws.serialize_compact(dict(header), compact(claims), key_of(signing), registry=_REGISTRY)


def verified(token: str, signings: tuple[Signing, ...]) -> JSON | None:
    """The claims of a token that one of these keys has signed, None for any other text."""
    for signing in signings:
        try:
            claims = json.loads(jws.deserialize_compact(token, key_of(signing), registry=_REGISTRY).payload)
        except (JoseError, ValueError, TypeError, RecursionError):
            continue
        return claims if isinstance(claims, dict) else None
    return None


def header_of(look: OidcLook, names: tuple[str, ...], signing: Signing) -> JSON:
    """A token's header with these names in their order."""
    values = {"typ": "JWT", "alg": "RS256", "kid": kid_of(look, signing), "x5t": signing.thumbprint}
    return {name: values[name] for name in names}


def jwk_of(look: OidcLook, signing: Signing, issuer: str) -> JSON:
    """A public key as the vendor publishes it."""
    numbers = signing.key.public_key().public_numbers()
    raw = {name: value.to_bytes((value.bit_length() + 7) // 8, "big") for name, value in _parts(numbers)}
    values = {
        "kid": kid_of(look, signing),
        "x5t": signing.thumbprint,
        "x5c": b64encode(signing.der).decode(),
        "issuer": issuer,
        **{name: b64(value) for name, value in raw.items()},
    }
    return {name: _filled(value, values) for name, value in look.key}


def _parts(numbers: Any) -> tuple[tuple[str, int], ...]:
    return ("n", numbers.n), ("e", numbers.e)


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_filled(each, values) for each in value]
    return value.format_map(values) if isinstance(value, str) else value
