"""Writes `scenarios/sso-hardening.yaml` from the catalogue: `python -m tests.sso.tamper.hardening`."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from idpsim.sso.tamper.catalogue import Entry, entries

PLACE = Path(__file__).parents[3] / "scenarios" / "sso-hardening.yaml"
_PROTOCOLS = {"saml": "SAML", "oidc": "OpenID Connect"}
_HEAD = """\
# yaml-language-server: $schema=idpsim.schema.json
name: Single sign-on under attack
description: >-
  Ada signs in honestly, then with every falsification of the catalogue, posing as Grace where that is the point, and
  honestly again; a service provider is judged by whom it lets in. Without any SP_ variable that is the embedded one.
sso:
  protocol: ${SP_PROTOCOL:-saml}
  victim: grace
  saml:
    login: ${SP_SAML_LOGIN:-}
    metadata: ${SP_SAML_METADATA:-}
  oidc:
    login: ${SP_OIDC_LOGIN:-}
    redirect_uris: ${SP_REDIRECT_URI:-}
  shows: {url: "${SP_ME:-}"} # an address that tells who is signed in
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}
    grace: {userName: grace@example.com, givenName: Grace, familyName: Hopper}
steps:
  - connect:
  - assign: [ada, grace]
"""


def hardening() -> str:
    """The scenario: each entry of the catalogue once, in its order, by protocol and group."""
    return _HEAD + "".join(_part(protocol, title) for protocol, title in _PROTOCOLS.items())


def _part(protocol: str, title: str) -> str:
    mine = [entry for entry in entries().values() if entry.protocol == protocol]
    lines = [f"  # {title}", _honest(protocol, f"Over {title}, nothing falsified")]
    for group, those in groupby(mine, lambda entry: entry.group):
        lines += [f"  # {title}: {group.replace('_', ' ')}", *map(_step, those)]
    last = _honest(protocol, f"Over {title}, nothing falsified, after all that")
    return "\n".join([*lines, last, ""])


def _honest(protocol: str, name: str) -> str:
    return f'  - {{sign-in: ada, via: {protocol}, name: "{name}", expect: signed-in}}'


def _step(entry: Entry) -> str:
    return f"  - {{sign-in: ada, via: {entry.protocol}, tamper: {entry.name}}}"


if __name__ == "__main__":
    PLACE.write_text(hardening())
