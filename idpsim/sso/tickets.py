"""Tickets: who a run signs in, sealed with the key folder's secret, so that any process with the same keys takes it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry

from idpsim.directory import Person
from idpsim.signon import Identity, Membership

SECONDS = 300
_REGISTRY = JWSRegistry(algorithms=["HS256"])
# A registration with the metadata of a service provider goes in one, too.
_REGISTRY.max_payload_length = 4 * 1024 * 1024


def seal(claims: Mapping[str, Any], secret: bytes, now: float) -> str:
    """A compact JWT of these claims, good for five minutes."""
    timed = {**claims, "exp": int(now) + SECONDS, "jti": secrets.token_hex(8)}
    return jwt.encode({"alg": "HS256"}, timed, OctKey.import_key(secret))


def unseal(ticket: str, secret: bytes, now: float) -> Mapping[str, Any] | None:
    """The claims of a ticket of ours, None for anything else."""
    try:
        claims = jwt.decode(ticket, OctKey.import_key(secret), registry=_REGISTRY).claims
    except (JoseError, ValueError, TypeError):
        return None
    expires = claims.get("exp")
    return claims if isinstance(expires, int) and expires >= now else None


def written(identity: Identity | None) -> dict[str, Any] | None:
    """An identity as JSON."""
    return None if identity is None else asdict(identity)


def read(value: Any) -> Identity | None:
    """An identity from the JSON of `written`, None where it is none."""
    if not isinstance(value, Mapping):
        return None
    try:
        groups = tuple(Membership(str(each["id"]), str(each["name"])) for each in value["groups"])
        return Identity(str(value["id"]), Person(**value["person"]), groups)
    except (KeyError, TypeError):
        return None
