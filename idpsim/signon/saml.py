"""A vendor's SAML look, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CertificateLook:
    """The self-signed certificate that a vendor makes for an app or an account.

    `subject` is pairs of attribute (`C`, `ST`, `L`, `O`, `OU`, `CN`, `emailAddress`) and value, where `{name}` is one
    of the app's ids. `serial` is random or the epoch in milliseconds; `digest` signs the certificate itself.
    `extensions` adds CA:FALSE, keyUsage, and the two key identifiers. `shared`: one for all apps of the account.
    """

    subject: tuple[tuple[str, str], ...]
    years: int
    serial: Literal["random", "milliseconds"] = "random"
    digest: Literal["sha1", "sha256"] = "sha256"
    extensions: bool = False
    shared: bool = False


@dataclass(frozen=True)
class SamlLook:
    """To be filled in."""

    certificate: CertificateLook
