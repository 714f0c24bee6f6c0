"""The identity provider that stands by itself: its people and its apps from a scenario, or from a few options."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from idpsim.directory import Directory, Group, Person, person
from idpsim.errors import UsageError
from idpsim.profiles import all_sign_ons, profile
from idpsim.provisioning.app import App
from idpsim.scenario.model import OidcSide, SamlSide, Script
from idpsim.signing.keyring import Keyring
from idpsim.signing.registered import registration
from idpsim.signon import Identity, Membership, SignOn
from idpsim.sso.app import DEFAULT_APP
from idpsim.sso.keys import valid_label
from idpsim.sso.provider import IdentityProvider

_SAMPLE = {
    "ada": {"userName": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace", "title": "Analyst"},
    "grace": {"userName": "grace@example.com", "givenName": "Grace", "familyName": "Hopper", "title": "Admiral"},
    "alan": {"userName": "alan@example.com", "givenName": "Alan", "familyName": "Turing", "title": "Reader"},
}
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s#]+")
_GROUPS = {"engineering": Group("engineering", "engineering", "Engineering", ("ada", "alan"))}


def identity(sign_on: SignOn, app: App, someone: Person) -> Identity:
    """A person as this vendor asserts them, with its own ids of them and of their groups."""
    directory = app.directory
    groups = (directory.group(key) for key in directory.groups_of(someone.key))
    memberships = tuple(Membership(sign_on.person_id(app, each.uid), each.displayName) for each in groups)
    return Identity(sign_on.person_id(app, someone.uid), someone, memberships)


def standing(script: Script | None, keyring: Keyring, options: Mapping[str, Any]) -> tuple[IdentityProvider, str, int]:
    """The identity provider, and the host and port that it is to listen on."""
    label = valid_label(options["label"] or (script.sso.app if script and script.sso else DEFAULT_APP))
    provider = IdentityProvider(
        all_sign_ons().values(), keyring.keys, base=keyring.base, people=people(script), label=label
    )
    saml, oidc = _sides(script, options)
    known = registration(saml, oidc)
    for vendor in provider.sign_ons:
        settings = script.settings if script is not None and profile(script.profile).vendor == vendor else {}
        provider.register(vendor, label, known, settings)
    host, port = keyring.address
    return provider, options["host"] or host, port if options["port"] is None else options["port"]


def _sides(script: Script | None, options: Mapping[str, Any]) -> tuple[SamlSide, OidcSide]:
    """What the options say of the service provider, or else the scenario."""
    given = [options[name] for name in ("sp_metadata", "acs", "entity_id", "redirect_uri")]
    if script is not None and script.sso is not None:
        if any(given):
            raise UsageError("the scenario says what the service provider is: leave the options for it out")
        return script.sso.saml, script.sso.oidc
    metadata, acs, entity_id, redirect_uris = given
    if acs and not entity_id:
        raise UsageError("--acs needs --entity-id: a request is known by it")
    for name, urls in (("--acs", acs), ("--redirect-uri", redirect_uris)):
        for url in urls:
            _check(name, url)
    return SamlSide(metadata=metadata, acs=acs, entity_id=entity_id), OidcSide(redirect_uris=redirect_uris)


def _check(name: str, url: str) -> None:
    """UsageError for what no browser could be sent to; an app on a phone has a scheme of its own."""
    try:
        parts = urlsplit(url)
        whole = parts.hostname if parts.scheme in ("http", "https") else parts.scheme
    except ValueError:
        whole = None
    if not whole or not _URL.fullmatch(url):
        raise UsageError(f"{name} is an absolute URL, such as http://localhost:8000/callback, not {url!r}")


def people(script: Script | None = None) -> Mapping[str, Sequence[Identity]]:
    """The people whom each vendor's login page offers: those of a scenario, or a few."""
    if script is None or not script.people:
        directory = Directory({key: person(key, values) for key, values in _SAMPLE.items()}, _GROUPS)
    else:
        directory = Directory(script.people, script.groups)
    app = App(directory, {})
    everyone = [directory.person(key) for key in directory.people()]
    return {
        vendor: tuple(identity(sign_on, app, each) for each in everyone) for vendor, sign_on in all_sign_ons().items()
    }
