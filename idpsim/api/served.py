"""The identity provider on a socket, for as long as a `with` block lasts."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

from idpsim.api.given import seconds, text
from idpsim.api.opening import Opening
from idpsim.api.options import profile_named
from idpsim.errors import UsageError
from idpsim.profiles import profile
from idpsim.signing.keyring import Keyring

if TYPE_CHECKING:
    from idpsim.signing.hosting import Host
    from idpsim.sso.app import App
    from idpsim.sso.lending import Lending
    from idpsim.sso.provider import IdentityProvider

APP = "idpsim"
TRIES = 5
PAUSE = 0.2


class Served:
    """An identity provider that is up at `url`, with what service providers are told of it.

    `idp` is the name of a profile or vendor, `app` what the service provider's entry is called there.
    """

    def __init__(self, provider: IdentityProvider, lending: Lending, keyring: Keyring) -> None:
        self._provider = provider
        self._lending = lending
        self._keyring = keyring
        self._up = True

    def __repr__(self) -> str:
        return f"<Served {self.url}>"

    @property
    def keyring(self) -> Keyring:
        """Its address and keys, for a run that signs people in here; UsageError where it is up no more."""
        if not self._up:
            raise UsageError("this identity provider is closed: it is up within its with block only")
        return self._keyring

    @property
    def url(self) -> str:
        """Where it is reached, without a slash at the end."""
        return self._provider.base

    def metadata_url(self, idp: str, app: str = APP) -> str:
        """Where its SAML metadata is."""
        return self._value("saml", "metadata", idp, app)

    def metadata(self, idp: str, app: str = APP) -> bytes:
        """Its SAML metadata."""
        from idpsim.sso.saml.metadata import metadata

        entry = self._app(idp, app)
        return metadata(entry, self._provider.keys.saml(entry))

    def entity_id(self, idp: str, app: str = APP) -> str:
        """Its SAML entity ID, which is the issuer of its assertions."""
        return self._value("saml", "entity_id", idp, app)

    def sso_url(self, idp: str, app: str = APP) -> str:
        """Where SAML requests go."""
        return self._value("saml", "sso", idp, app)

    def certificate(self, idp: str, app: str = APP) -> str:
        """The certificate that its SAML responses are signed with, PEM."""
        return self._value("saml", "certificate", idp, app)

    def issuer(self, idp: str, app: str = APP) -> str:
        """Its issuer of OpenID Connect."""
        return self._value("oidc", "issuer", idp, app)

    def discovery_url(self, idp: str, app: str = APP) -> str:
        """Where its OpenID Connect configuration is."""
        return self._value("oidc", "discovery", idp, app)

    def client_id(self, idp: str, app: str = APP) -> str:
        """The service provider's client id, unless `sso.oidc.client_id` gives another."""
        return self._value("oidc", "client_id", idp, app)

    def client_secret(self, idp: str, app: str = APP) -> str:
        """The service provider's client secret, unless `sso.oidc.client_secret` gives another."""
        return self._value("oidc", "client_secret", idp, app)

    @contextmanager
    def lent(self) -> Iterator[Host]:
        """Itself for one run, whose apps are gone again at the end."""
        from idpsim.signing.hosting import Lent

        lent = Lent(self._provider, self._lending)
        try:
            yield lent
        finally:
            lent.give_back()

    def close(self) -> None:
        """Be used by no further run."""
        self._up = False

    def _app(self, idp: str, label: str) -> App:
        from idpsim.sso.keys import valid_label

        vendor = profile(profile_named(idp)).vendor
        found = self._provider.app(vendor=vendor, label=valid_label(label))
        return found if found is not None else self._provider.register(vendor, label)

    def _value(self, protocol: str, key: str, idp: str, label: str) -> str:
        from idpsim.sso.paste import pasted

        sections = pasted(self._app(idp, label), self._provider.keys)
        return next(section.value(key) for section in sections if section.protocol == protocol)


def serve(
    idp_url: str | None = None, *, certs: str | None = None, host: str | None = None, patience: float = 0.0
) -> AbstractContextManager[Served]:
    """Serve the identity provider at `idp_url`, by default on a free port of localhost.

    `certs` is a folder that `idpsim certs` has made; without one the keys are in memory and gone at the end. `host` is
    the address to listen on, that of the URL by default. UsageError where nothing can listen there, for `patience`
    seconds.
    """
    for name, value in (("idp_url", idp_url), ("certs", certs), ("host", host)):
        if value is not None:
            text(name, value)
    seconds("patience", patience, zero=True)
    if idp_url is not None:
        _ = Keyring(idp_url.rstrip("/")).address
    return Opening("idpsim.serve", "served", lambda: _serving(idp_url, certs, host, patience))


@contextmanager
def _serving(idp_url: str | None, certs: str | None, host: str | None, patience: float) -> Iterator[Served]:
    with ExitStack() as stack:
        if idp_url is None:
            served = _anywhere(certs, host, stack)
        else:
            served = _patiently(Keyring(idp_url.rstrip("/"), certs or "", patience), host, stack)
        stack.callback(served.close)
        yield served


def _anywhere(certs: str | None, host: str | None, stack: ExitStack) -> Served:
    """On a port that is free on every address of localhost."""
    last: UsageError | None = None
    for _ in range(TRIES):
        try:
            return _served(Keyring(f"http://localhost:{_free_port()}", certs or ""), host, stack)
        except UsageError as taken:
            last = taken
    assert last is not None
    raise last


def _patiently(keyring: Keyring, host: str | None, stack: ExitStack) -> Served:
    """At an address that somebody else may have for now."""
    end = time.monotonic() + keyring.patience
    while True:
        try:
            return _served(keyring, host, stack)
        except UsageError:
            if time.monotonic() >= end:
                raise
            time.sleep(PAUSE)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _served(keyring: Keyring, host: str | None, stack: ExitStack) -> Served:
    from idpsim.profiles import all_sign_ons
    from idpsim.serving import CannotListen, serving
    from idpsim.signing.standing import people
    from idpsim.sso.lending import Lending
    from idpsim.sso.provider import IdentityProvider

    provider = IdentityProvider(all_sign_ons().values(), keyring.keys, base=keyring.base, people=people())
    provider.of_run = True
    named, port = keyring.address
    try:
        stack.enter_context(serving(provider.wsgi, host or named, port))
    except CannotListen as taken:
        raise UsageError(f"the identity provider {taken}; give another address as idp_url") from None
    return Served(provider, Lending(provider), keyring)
