"""Signing in for real: the identity provider on one socket, a service provider on another, a browser between them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from waitress.server import create_server  # type: ignore[import-untyped]

from idpsim.directory import Person, person
from idpsim.profiles import all_sign_ons
from idpsim.signon import Attempt, Identity, Membership, Registration
from idpsim.sso.app import App
from idpsim.sso.browser import Browser, Navigation, Page
from idpsim.sso.keys import Keys
from idpsim.sso.paste import pasted
from idpsim.sso.provider import IdentityProvider
from idpsim.sso.saml.registering import registration
from tests.service_providers.keys import SpKeys, sp_keys
from tests.service_providers.running import free_port
from tests.service_providers.sign_in import Connections, Oidc, Saml, Site, open_for_sign_in

VENDORS = ("entra", "okta", "onelogin")
UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"


def somebody(key: str = "ada", given: str = "Ada", family: str = "Lovelace") -> Person:
    return person(key, {"userName": f"{key}@example.com", "givenName": given, "familyName": family})


def identity(vendor: str, who: Person) -> Identity:
    """A person with an id as the vendor makes them."""
    number = sum(who.userName.encode())
    ids = {
        "okta": f"00u{number:017d}",
        "entra": f"00000000-0000-4000-8000-{number:012d}",
        "onelogin": str(100_000_000 + number),
    }
    return Identity(ids[vendor], who, (Membership(f"{ids[vendor]}-g", "Engineering"),))


@dataclass(frozen=True)
class Hosted:
    """idpsim's identity provider, listening at `base`; `folder` keeps what service providers are given."""

    base: str
    provider: IdentityProvider
    folder: Path
    sp: SpKeys

    def app(self, vendor: str, label: str) -> App:
        found = self.provider.app(vendor=vendor, label=label)
        return found or self.provider.register(vendor, label)

    def pasted(self, vendor: str, label: str, protocol: str, server: int = 0) -> Mapping[str, str]:
        """What an administrator copies out of the identity provider."""
        sections = [each for each in pasted(self.app(vendor, label), self.provider.keys) if each.protocol == protocol]
        return {row.key: row.value for row in sections[server].rows}

    def metadata(self, vendor: str, label: str) -> Path:
        """The file that the identity provider's metadata URL answers with now."""
        answer = requests.get(self.pasted(vendor, label, "saml")["metadata"], timeout=10)
        answer.raise_for_status()
        file = self.folder / f"{vendor}-{label}.xml"
        file.write_bytes(answer.content)
        return file

    def saml(self, vendor: str, label: str, **more: Any) -> Saml:
        """The connection that a service provider is to have with an app of this identity provider."""
        metadata = self.metadata(vendor, label)
        return Saml(metadata=metadata, key=self.sp.key, certificate=self.sp.certificate, idp=self.base, **more)

    def oidc(self, vendor: str, label: str, server: int = 0, **more: Any) -> Oidc:
        """As `saml`; `server` is which of the vendor's authorization servers."""
        found = self.pasted(vendor, label, "oidc", server)
        return Oidc(
            issuer=found["issuer"],
            client_id=found["client_id"],
            client_secret=found["client_secret"],
            idp=self.base,
            **more,
        )

    def enter(self, vendor: str, label: str, of: Registration, **settings: Any) -> App:
        """Enter a service provider, with settings in the vendor's words."""
        return self.provider.register(vendor, label, of, settings)

    def ticket(self, vendor: str, who: Identity) -> str:
        """What the login page takes in place of a name."""
        return self.provider.ticket(vendor, Attempt(who, "saml"))


@contextlib.contextmanager
def hosted(folder: Path) -> Iterator[Hosted]:
    """The identity provider with keys in memory, for as long as the block lasts."""
    port = free_port()
    base = f"http://localhost:{port}"
    people = {vendor: (identity(vendor, somebody()),) for vendor in VENDORS}
    provider = IdentityProvider(all_sign_ons().values(), Keys(), base=base, people=people)
    server = create_server(provider.wsgi, listen=f"localhost:{port}", threads=8, clear_untrusted_proxy_headers=True)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Hosted(base, provider, folder, sp_keys(folder))
    finally:
        server.close()
        thread.join(timeout=5)


@dataclass(frozen=True)
class Opened:
    """A service provider that runs; `label` is what it is called as an app of every vendor."""

    site: Site
    log: Path
    connections: Connections
    hosted: Hosted

    @property
    def label(self) -> str:
        return self.site.kind

    def enter(self, vendor: str, name: str, **settings: Any) -> None:
        """Enter one of its connections as the vendor's app, by the service provider's own metadata where it has any."""
        hosted, connection = self.hosted, self.connections[name]
        if connection.protocol == "oidc":
            entry = Registration(
                redirect_uris=(self.site.at(name, "callback"),),
                post_logout_redirect_uris=(self.site.at(name, "left"),),
                public=connection.client_auth == "none",
            )
        else:
            answer = requests.get(self.site.at(name, "metadata"), timeout=10)
            answer.raise_for_status()
            base = Registration(signing_certificates=(hosted.sp.der,), encryption_certificate=hosted.sp.der)
            entry = registration(answer.content, base)
        hosted.enter(vendor, self.label, entry, **settings)

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]


@contextlib.contextmanager
def opened(hosted: Hosted, site: Site, connections: Connections) -> Iterator[Opened]:
    """A service provider with these connections, for as long as the block lasts."""
    with open_for_sign_in(site, connections) as log:
        yield Opened(site, log, connections, hosted)


@dataclass
class Visitor:
    """The built-in browser in the hands of one person, who fills the login page in with their ticket.

    They go no further than the addresses that begin with `halts_before`; `carried` is what they would have posted.
    """

    browser: Browser
    ticket: str
    halts_before: str = "nowhere"
    seen: list[Page] = field(default_factory=list)
    carried: Mapping[str, str] = field(default_factory=dict)

    def go(self, url: str) -> Page:
        """The last page that comes of typing this address."""
        step = self.browser.typed(url)
        for _ in range(30):
            self.seen.append(self.browser.visit(step))
            onward = self.seen[-1].onward() or self._signing_in(self.seen[-1])
            if onward is None:
                return self.seen[-1]
            step = onward
            if step.url.startswith(self.halts_before):
                self.carried = step.fields
                return self.seen[-1]
        raise AssertionError(f"no end:\n{trail(self)}")

    def _signing_in(self, page: Page) -> Navigation | None:
        form = next((each for each in page.document.forms if each.id == "idpsim-login"), None)
        return None if form is None or page.status == 401 else page.submit(form, {"ticket": self.ticket})


@contextlib.contextmanager
def visitor(hosted: Hosted, vendor: str, who: Person | None = None) -> Iterator[Visitor]:
    """A new browser, in the hands of one person of one vendor's directory."""
    browser = Browser(timeout=20)
    try:
        yield Visitor(browser, hosted.ticket(vendor, identity(vendor, who or somebody())))
    finally:
        browser.close()


def trail(visit: Visitor) -> str:
    """What a browser has seen, a line each, and the last page."""
    lines = [f"{each.navigation.method} {each.url} -> {each.status}" for each in visit.seen]
    return "\n".join([*lines, visit.seen[-1].content[:3000]])
