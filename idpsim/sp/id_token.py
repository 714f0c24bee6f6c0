"""The id_token: whose signature it carries (joserfc), and OpenID Connect Core 3.1.3.7's checks of its claims."""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from .problem import Denied
from .switches import Switches

Claims: TypeAlias = Mapping[str, Any]
Fetch: TypeAlias = Callable[[bool], Mapping[str, Any]]
SKEW = 60
_LONGEST = 262_144


class _Registry(jws.JWSRegistry):
    """RS256 and nothing else, with room for a certificate in the header and a long list of groups in the claims."""

    max_header_length = 65_536
    max_payload_length = _LONGEST


_REGISTRY = _Registry(algorithms=["RS256"], strict_check_header=False)


def opened(token: Any, keys: Fetch, switches: Switches) -> dict[str, Any]:
    """The claims of an id_token that is signed by RS256; Denied 403 for any other.

    `keys(False)` is the JWK set as it is known, `keys(True)` as it is now; it is asked for again once, for a key id
    that is not known.
    """
    if not isinstance(token, str) or len(token) > _LONGEST:
        raise Denied(403, "The identity provider has given no id_token.")
    header, claims = _part(token, 0), _part(token, 1)
    if not switches.oidc_ignores_signature and not _is_signed(token, header, keys, switches):
        raise Denied(403, "The id_token is not signed by the identity provider.")
    return claims


def check(
    claims: Claims,
    *,
    issuer: str,
    client_id: str,
    nonce: str | None,
    access_token: str,
    now: float,
    switches: Switches,
) -> None:
    """Denied 403 with the first thing that is wrong with the claims; `nonce` None: none was sent."""
    wrong = {
        "issuer": (switches.oidc_ignores_issuer, claims.get("iss") == issuer),
        "audience": (switches.oidc_ignores_audience, _is_for(claims, client_id)),
        "time": (switches.oidc_ignores_expiry, _is_current(claims, now)),
        "nonce": (switches.oidc_ignores_nonce, claims.get("nonce") == nonce),
        "hash of the access token": (switches.oidc_ignores_at_hash, _fits(claims, access_token)),
        "subject": (False, isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255),
    }
    for what, (ignored, right) in wrong.items():
        if not (ignored or right):
            raise Denied(403, f"The {what} in the id_token is wrong.")


def _is_signed(token: str, header: Claims, keys: Fetch, switches: Switches) -> bool:
    algorithm = header.get("alg")
    if algorithm == "RS256" and "crit" not in header:
        if switches.oidc_trusts_header_key and _holds(token, _own_keys(header)):
            return True
        chosen = _chosen(keys(False), header.get("kid")) or _chosen(keys(True), header.get("kid"))
        return _holds(token, chosen)
    if isinstance(algorithm, str) and algorithm.lower() == "none":
        return switches.oidc_accepts_none
    if algorithm == "HS256" and switches.oidc_accepts_hs256:
        return any(
            _is_mac(token, secret) for key in _chosen(keys(False), header.get("kid")) for secret in _as_secrets(key)
        )
    return False


def _chosen(jwk_set: Mapping[str, Any], kid: Any) -> list[RSAKey]:
    """The RSA signing keys with this key id; without one the only key there is."""
    listed = jwk_set.get("keys")
    usable = [
        each
        for each in (listed if isinstance(listed, list) else [])[:100]
        if isinstance(each, dict) and each.get("kty") == "RSA" and each.get("use", "sig") == "sig"
    ]
    named = usable if kid is None else [each for each in usable if each.get("kid") == kid]
    if kid is None and len(usable) > 1:
        return []
    return [key for each in named if (key := _imported(each))]


def _own_keys(header: Claims) -> list[RSAKey]:
    """The keys that a token brings along: of `jwk`, or of the first certificate of `x5c`."""
    key = _imported(header["jwk"]) if isinstance(header.get("jwk"), dict) else None
    chain = header.get("x5c")
    if key is None and isinstance(chain, list) and chain and isinstance(chain[0], str):
        key = _imported(f"-----BEGIN CERTIFICATE-----\n{chain[0]}\n-----END CERTIFICATE-----\n")
    return [key] if key else []


def _imported(key: Any) -> RSAKey | None:
    try:
        public = {name: value for name, value in key.items() if name in ("kty", "n", "e")} if type(key) is dict else key
        return RSAKey.import_key(public)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
        return None


def _holds(token: str, keys: Sequence[RSAKey]) -> bool:
    for key in keys:
        try:
            jws.deserialize_compact(token, key, registry=_REGISTRY)
        except (JoseError, ValueError, TypeError):
            continue
        return True
    return False


def _as_secrets(key: RSAKey) -> Iterator[bytes]:
    """A public key in the forms in which it is mistaken for a shared secret."""
    pem = key.as_pem(private=False)
    yield from (pem, pem.strip(), key.as_der(private=False))


def _is_mac(token: str, secret: bytes) -> bool:
    signed, _, signature = token.rpartition(".")
    mac = hmac.new(secret, signed.encode("utf-8", "replace"), "sha256").digest()
    return hmac.compare_digest(urlsafe_b64encode(mac).rstrip(b"="), signature.encode("utf-8", "replace"))


def _part(token: str, place: int) -> dict[str, Any]:
    try:
        text = token.split(".")[place]
        document = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, IndexError, RecursionError) as error:
        raise Denied(403, "The id_token is none.") from error
    if not isinstance(document, dict) or token.count(".") != 2:
        raise Denied(403, "The id_token is none.")
    return document


def _is_for(claims: Claims, client_id: str) -> bool:
    """This client is the audience, and nobody beside it (3.1.3.7 point 3)."""
    audience = claims.get("aud")
    return audience in (client_id, [client_id]) and claims.get("azp", client_id) == client_id


def _is_current(claims: Claims, now: float) -> bool:
    times = [claims.get("exp"), claims.get("iat"), claims.get("nbf", 0)]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in times):
        return False
    expires, issued, begins = times
    return bool(expires > now - SKEW and issued < now + SKEW and begins < now + SKEW)


def _fits(claims: Claims, access_token: str) -> bool:
    if "at_hash" not in claims:
        return True
    digest = hashlib.sha256(access_token.encode("utf-8", "replace")).digest()
    return bool(claims["at_hash"] == urlsafe_b64encode(digest[:16]).rstrip(b"=").decode())
