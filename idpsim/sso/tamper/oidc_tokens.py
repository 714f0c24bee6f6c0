"""Falsified id_tokens: what they say, what their header says, and who has signed them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idpsim.signon import Membership
from idpsim.sso.keys import Signing
from idpsim.sso.tamper.hooks import JSON, OidcTamper, Scene

STRANGER_KEYS = "/idpsim/stranger/keys"
STRANGER_CERTIFICATE = "/idpsim/stranger/certificate"
MANY = 300
HOUR = 3600
UNKNOWN = "a-key-that-nobody-publishes"

Claims = Callable[[JSON, Scene], JSON]


def b64(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(value: JSON) -> str:
    return b64(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace"))


def signed_by(signing: Signing, header: JSON, claims: JSON) -> str:
    """A token signed with RS256 whatever its header says."""
    said = f"{_part(header)}.{_part(claims)}"
    return f"{said}.{b64(signing.key.sign(said.encode(), padding.PKCS1v15(), SHA256()))}"


def public_jwk(signing: Signing) -> JSON:
    """The public key as a JWK without a name."""
    numbers = signing.key.public_key().public_numbers()
    n, e = (b64(value.to_bytes((value.bit_length() + 7) // 8, "big")) for value in (numbers.n, numbers.e))
    return {"kty": "RSA", "n": n, "e": e}


def _victim(claims: JSON, scene: Scene) -> JSON:
    """What would have been issued to the victim."""
    return scene.claims(scene.victim) if scene.claims else claims


def _victims(
    sign: Callable[[JSON, JSON, Scene], str], header: Callable[[JSON, Scene], JSON] | None = None
) -> OidcTamper:
    """The victim's id_token, and their userinfo with it: it is the signature alone that is to be seen through."""
    return OidcTamper(claims=_victim, userinfo=_victim, sign=sign, header=header)


def _with(**more: object) -> Claims:
    return lambda claims, _scene: {**claims, **more}


def _without(*names: str) -> Claims:
    return lambda claims, _scene: {name: value for name, value in claims.items() if name not in names}


def _later(name: str, seconds: int) -> Claims:
    return lambda claims, scene: {**claims, name: int(scene.now) + seconds}


def _changed(name: str, change: Callable[[str], object]) -> Claims:
    """A claim changed where there is one; what is not there is not made up."""
    return lambda claims, _scene: {**claims, name: change(claims[name])} if name in claims else claims


def _expired(claims: JSON, scene: Scene) -> JSON:
    moment = int(scene.now) - 24 * HOUR
    early: JSON = {name: moment - HOUR for name in ("iat", "nbf", "auth_time") if name in claims}
    return {**claims, **early, "exp": moment}


def _slash(issuer: str) -> str:
    return issuer.removesuffix("/") if issuer.endswith("/") else f"{issuer}/"


def _many_groups(claims: JSON, scene: Scene) -> JSON:
    """As the vendor says it where it says groups at all, else a plain claim."""
    groups = tuple(Membership(f"group-{n}", f"Group {n}") for n in range(MANY))
    if scene.claims is None:
        return claims
    few = scene.claims(replace(scene.identity, groups=()))
    many = scene.claims(replace(scene.identity, groups=groups))
    changed = {name: value for name, value in many.items() if few.get(name) != value}
    changed = {name: value for name, value in changed.items() if "group" in json.dumps({name: value}).lower()}
    return {**claims, **(changed or {"groups": [each.name for each in groups]})}


def _none(header: JSON, claims: JSON, _scene: Scene) -> str:
    return f"{_part({**header, 'alg': 'none'})}.{_part(claims)}."


def _none_mixed(header: JSON, claims: JSON, _scene: Scene) -> str:
    return f"{_part({**header, 'alg': 'nOnE'})}.{_part(claims)}."


def _stripped(header: JSON, claims: JSON, _scene: Scene) -> str:
    return f"{_part(header)}.{_part(claims)}."


def _hmac(header: JSON, claims: JSON, scene: Scene) -> str:
    """The published key, PEM, as the secret of a MAC."""
    public = scene.signing.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    said = f"{_part({**header, 'alg': 'HS256'})}.{_part(claims)}"
    return f"{said}.{b64(hmac.new(public, said.encode(), hashlib.sha256).digest())}"


def _by_other(header: JSON, claims: JSON, scene: Scene) -> str:
    return signed_by(scene.other, header, claims)


def _by_unpublished(header: JSON, claims: JSON, scene: Scene) -> str:
    kid = scene.kid(scene.other) if scene.kid else UNKNOWN
    return signed_by(scene.other, {**header, "kid": kid}, claims)


def _by_next(header: JSON, claims: JSON, scene: Scene) -> str:
    signing = scene.next or scene.signing
    return signed_by(signing, {**header, "kid": scene.kid(signing)} if scene.kid else header, claims)


def _by_right(header: JSON, claims: JSON, scene: Scene) -> str:
    return signed_by(scene.signing, header, claims)


def _swapped(header: JSON, claims: JSON, scene: Scene) -> str:
    """Signed for who has signed in, then said of the victim."""
    head, _, signature = signed_by(scene.signing, header, claims).split(".")
    return f"{head}.{_part(_victim(claims, scene))}.{signature}"


def _jwk(header: JSON, scene: Scene) -> JSON:
    return {**header, "jwk": public_jwk(scene.other)}


def _jku(header: JSON, scene: Scene) -> JSON:
    return {**header, "kid": UNKNOWN, "jku": scene.app.base + STRANGER_KEYS}


def _x5u(header: JSON, scene: Scene) -> JSON:
    return {**header, "kid": UNKNOWN, "x5u": scene.app.base + STRANGER_CERTIFICATE}


def _x5c(header: JSON, scene: Scene) -> JSON:
    return {**header, "x5c": [base64.b64encode(scene.other.der).decode()]}


def _unknown_kid(header: JSON, _scene: Scene) -> JSON:
    return {**header, "kid": UNKNOWN}


def _no_kid(header: JSON, _scene: Scene) -> JSON:
    return {name: value for name, value in header.items() if name not in ("kid", "x5t")}


TAMPERS: Mapping[str, OidcTamper] = MappingProxyType(
    {
        "alg_none": _victims(_none),
        "alg_none_mixed_case": _victims(_none_mixed),
        "id_token_stripped": _victims(_stripped),
        "hs256_with_public_key": _victims(_hmac),
        "id_token_wrong_key": _victims(_by_other),
        "id_token_tampered": OidcTamper(sign=_swapped, userinfo=_victim),
        "unknown_kid": _victims(_by_other, _unknown_kid),
        "missing_kid": OidcTamper(header=_no_kid, sign=_by_right),
        "key_unpublished": _victims(_by_unpublished),
        "key_rotated": OidcTamper(sign=_by_next),
        "embedded_jwk": _victims(_by_other, _jwk),
        "embedded_x5c": _victims(_by_other, _x5c),
        "jku_header": _victims(_by_other, _jku),
        "x5u_header": _victims(_by_other, _x5u),
        "wrong_iss": OidcTamper(claims=_with(iss="https://attacker.test")),
        "iss_trailing_slash": OidcTamper(claims=_changed("iss", _slash)),
        "wrong_aud": OidcTamper(claims=_with(aud="another-client")),
        "aud_array": OidcTamper(claims=_changed("aud", lambda aud: [aud])),
        "aud_array_extra": OidcTamper(
            claims=lambda claims, _scene: {**claims, "aud": [claims["aud"], "another-client"], "azp": claims["aud"]}
        ),
        "missing_azp": OidcTamper(claims=_changed("aud", lambda aud: [aud, "another-client"])),
        "wrong_azp": OidcTamper(claims=_with(azp="another-client")),
        "oidc_expired": OidcTamper(claims=_expired),
        "iat_future": OidcTamper(claims=_later("iat", 24 * HOUR)),
        "nbf_future": OidcTamper(claims=_later("nbf", HOUR // 2)),
        "missing_exp": OidcTamper(claims=_without("exp")),
        "missing_sub": OidcTamper(claims=_without("sub")),
        "wrong_nonce": OidcTamper(claims=_changed("nonce", lambda nonce: f"not-{nonce}")),
        "missing_nonce": OidcTamper(claims=_without("nonce")),
        "bad_at_hash": OidcTamper(claims=_with(at_hash=b64(hashlib.sha256(b"another token").digest()[:16]))),
        "missing_at_hash": OidcTamper(claims=_without("at_hash")),
        "extra_claims": OidcTamper(claims=_with(favourite_colour="green", nested={"deep": [1, {"er": None}]})),
        "many_groups": OidcTamper(claims=_many_groups),
    }
)
