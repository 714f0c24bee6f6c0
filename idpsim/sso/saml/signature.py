"""XML signatures and encryption in the vendors' shapes, on lxml and cryptography: to be filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from idpsim.sso.keys import Signing

Digest: TypeAlias = Literal["sha1", "sha256", "sha512", "md5"]


@dataclass(frozen=True)
class Signer:
    """Who signs, with which certificate in KeyInfo (None: no KeyInfo) and with which digests."""

    signing: Signing
    certificate: bytes | None
    digest: Digest = "sha256"
    signature: Literal["rsa-sha1", "rsa-sha256", "rsa-sha512", "rsa-md5", "hmac-sha256"] = "rsa-sha256"
