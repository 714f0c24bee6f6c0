"""The catalogue of what can be falsified in a sign-in, as data: what changes, what it is good for, what is right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from idpsim.signon import Must, Protocol


@dataclass(frozen=True)
class Entry:
    """One falsification by name.

    `does` says in one sentence what is falsified, `why` what an attacker gains (or what goes wrong), `source` where
    that is written (a public address). `must` is what a right service provider does: `refuse` (to accept anybody is
    wrong), `not-victim` (it may refuse, or accept whom the signature really covers, never the victim), `accept`, or
    `either` where the standards leave it open. `by` is who falsifies: the identity provider in what it issues, the
    browser on the way, or the publisher of metadata, discovery and keys. `stranger`: whom the signature covers is
    nobody of the directory, so that to accept somebody unknown is right as well. `needs` is a parameter of the
    request without which there is nothing to falsify: then anything is right.
    """

    name: str
    protocol: Protocol
    group: str
    does: str
    must: Must
    why: str
    source: str
    by: Literal["idp", "browser", "publisher"] = "idp"
    stranger: bool = False
    needs: str = ""


@cache
def entries() -> Mapping[str, Entry]:
    """All entries by name, SAML's first, in the order in which a scenario plays them."""
    from idpsim.sso.tamper import catalogue_flow, catalogue_oidc, catalogue_signatures, catalogue_values

    parts = (catalogue_values, catalogue_signatures, catalogue_flow, catalogue_oidc)
    return {entry.name: entry for part in parts for entry in part.ENTRIES}
