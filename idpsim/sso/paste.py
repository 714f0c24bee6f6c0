"""What an administrator enters at the service provider, in the words of each vendor's screens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from idpsim.signon import Protocol
from idpsim.sso.app import App
from idpsim.sso.keys import Keys


@dataclass(frozen=True, slots=True)
class Row:
    """One value under the vendor's name for it and under ours; a `long` one has several lines."""

    key: str
    name: str
    value: str = field(repr=False)
    link: bool = False
    long: bool = False
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """The values of one protocol, or of one authorization server of OpenID Connect."""

    protocol: Protocol
    title: str
    rows: tuple[Row, ...]

    def value(self, key: str) -> str:
        """The value of a key, empty where the vendor has none."""
        return next((row.value for row in self.rows if row.key == key), "")


def pasted(app: App, keys: Keys | None) -> tuple[Section, ...]:
    """All that there is to enter, SAML first; without keys, what does not depend on them."""
    return (_saml(app, keys), *_oidc(app, keys))


def client_id(app: App) -> str:
    """The client id of an app: the one that is registered, or the vendor's own."""
    return app.registration.client_id or app.ids[app.sign_on.oidc.client]


def client_secret(app: App, keys: Keys) -> str:
    """The client secret of an app: the one that is registered, or the one that its keys make."""
    return app.registration.client_secret or keys.client_secret(app)


def _saml(app: App, keys: Keys | None) -> Section:
    addresses, terms = app.sign_on.saml.addresses, app.sign_on.terms
    rows = [
        Row("metadata", terms["metadata"], app.filled(addresses.metadata[0]), link=True),
        Row("entity_id", terms["entity_id"], app.filled(addresses.entity_id)),
        Row("sso", terms["sso"], app.filled(addresses.sso[0])),
        *(Row("slo", terms["slo"], app.filled(url)) for url in addresses.slo[:1]),
        *(Row("launch", terms["launch"], app.filled(url), link=True) for url in addresses.launch[:1]),
    ]
    if keys is not None:
        rows.append(Row("certificate", terms["certificate"], keys.saml(app)[0].pem, long=True))
    return Section("saml", "SAML", tuple(rows))


def _oidc(app: App, keys: Keys | None) -> Iterator[Section]:
    terms = app.sign_on.terms
    for server in app.sign_on.oidc.servers:
        rows: tuple[Row, ...] = (
            Row("issuer", terms["issuer"], app.filled(server.issuer)),
            *(Row("discovery", terms["discovery"], app.filled(url), link=True) for url in server.discovery[:1]),
            Row("client_id", terms["client_id"], client_id(app)),
        )
        if keys is not None:
            rows = (*rows, Row("client_secret", terms["client_secret"], client_secret(app, keys), secret=True))
        yield Section("oidc", f"OpenID Connect, {server.name}", rows)
