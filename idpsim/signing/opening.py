"""Opens the sign-in of a run: at the embedded service provider in process, or at the one that the scenario names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from idpsim.directory import Person
from idpsim.errors import ScenarioError, UsageError
from idpsim.profiles import all_sign_ons, profile
from idpsim.provisioning.app import App as ProvisioningApp
from idpsim.scenario.model import Script, SingleSignOn
from idpsim.signing.hosting import Host, Hosting, hosted, in_process
from idpsim.signing.keyring import Keyring
from idpsim.signing.registered import registration
from idpsim.signing.run import RunSignIn
from idpsim.signon import Attempt, Identity, Protocol, Registration, SignInResult
from idpsim.sso.app import DEFAULT_APP, App
from idpsim.sso.browser import Browser
from idpsim.sso.paste import client_id, client_secret
from idpsim.sso.plan import Plan
from idpsim.sso.provider import app_of, sign_in_ticket
from idpsim.sso.shown import Shows
from idpsim.sso.signing_in import SigningIn
from idpsim.transport import Transport
from idpsim.transport.wsgi import WsgiTransport

if TYPE_CHECKING:
    from idpsim.sp import ServiceProvider

Browsers = Callable[[Mapping[str, Transport]], Browser]


@dataclass(frozen=True)
class Opening:
    """What both ways need: the script, where the identity provider is, and a browser for apps in process by origin.

    `host` lends an identity provider that is up already.
    """

    script: Script
    keyring: Keyring
    browser: Browsers
    now: Callable[[], float]
    host: Hosting | None = None

    @property
    def sso(self) -> SingleSignOn | None:
        return self.script.sso

    def app(self, known: Registration) -> App:
        """The app at the identity provider, as it is when the run begins."""
        sign_on = all_sign_ons()[profile(self.script.profile).vendor]
        label = self.sso.app if self.sso is not None else DEFAULT_APP
        return app_of(sign_on, label, self.keyring.base, known, self.script.settings)

    def run(self, app: App, host: Host, plan: Plan, apps: Mapping[str, Transport]) -> RunSignIn:
        """The sign-in of the run."""

        def ticket(attempt: Attempt) -> str:
            return sign_in_ticket(self.keyring.keys, app.vendor, attempt, self.now())

        runner = SigningIn(plan, ticket, lambda: self.browser(apps))
        return RunSignIn(app.sign_on, app.label, host, app.registration, runner)


def at_target(opening: Opening, apps: Mapping[str, Transport], stack: ExitStack) -> RunSignIn:
    """Sign-in at the service provider that the scenario describes; the identity provider is up until `stack` closes."""
    sso = opening.sso
    assert sso is not None
    host = stack.enter_context(opening.host() if opening.host is not None else hosted(opening.keyring))
    try:
        app = opening.app(registration(sso.saml, sso.oidc))
    except UsageError as error:
        raise ScenarioError(str(error), sso.place) from None
    made = opening.run(app, host, _plan(sso, app), apps)
    stack.callback(made.close)
    return made


class AtEmbedded:
    """Sign-in at the embedded service provider, all in process; nothing of it is made before it is needed.

    `configure` enters the identity provider at the service provider, which a service provider that has single
    sign-on from the start has behind it.
    """

    def __init__(self, opening: Opening, provider: ServiceProvider, base: str) -> None:
        self._opening = opening
        self._provider = provider
        self._base = base
        self._configured = False

    def configure(self) -> None:
        """Do what the service provider's administrator does; `Refused` of the service provider passes."""
        from idpsim.sp import Trust

        app, label = self._app, self._label
        keys = self._opening.keyring.keys
        from idpsim.sso.saml.metadata import metadata

        self._provider.configure_sso(Trust.saml(metadata(app, keys.saml(app))), label)
        look = app.sign_on.oidc
        method = look.rules(app.settings, False).auth[0]
        issuer = app.filled(look.servers[0].issuer)
        trust = Trust.oidc(issuer, client_id(app), client_secret(app, keys), auth_method=method)
        self._provider.configure_sso(trust, label)
        self._configured = True

    def sign_in(self, attempt: Attempt) -> SignInResult:
        return self._ready.sign_in(attempt)

    def sign_out(self, key: str) -> SignInResult:
        return self._ready.sign_out(key)

    def look(self, key: str) -> SignInResult | None:
        return self._ready.look(key)

    def identity(self, app: ProvisioningApp, person: Person) -> Identity:
        return self._ready.identity(app, person)

    def rotate_certificate(self) -> str:
        return self._ready.rotate_certificate()

    @property
    def _label(self) -> str:
        return self._opening.script.profile

    @property
    def _ready(self) -> RunSignIn:
        if not self._configured and self._provider.sso != "none":
            self.configure()
        return self._run

    @cached_property
    def _app(self) -> App:
        from idpsim.sso.saml.registering import registration as described

        ends = self._provider.sign_in_endpoints(self._label)
        known = Registration(
            redirect_uris=(ends.redirect_uri,),
            post_logout_redirect_uris=(ends.post_logout_redirect_uri,),
            initiate_login_uri=ends.oidc_login,
        )
        return self._opening.app(described(self._provider.saml_metadata(self._label), known))

    @cached_property
    def _idp(self) -> Any:
        return in_process(self._opening.keyring)

    @cached_property
    def _over(self) -> Transport:
        return WsgiTransport(self._idp.wsgi, base=self._opening.keyring.base)

    @cached_property
    def _run(self) -> RunSignIn:
        ends = self._provider.sign_in_endpoints(self._label)
        shows = Shows(url=ends.me, at=("id", "userName", "email"))
        login: dict[Protocol, str] = {"saml": ends.saml_login, "oidc": ends.oidc_login}
        plan = Plan(
            self._opening.keyring.base, login, _links(self._app), logout=ends.logout, idp_logout=None, shows=shows
        )
        apps = {self._base: WsgiTransport(self._provider.wsgi, base=self._base), self._opening.keyring.base: self._over}
        return self._opening.run(self._app, self._idp, plan, apps)

    @cached_property
    def adapter(self) -> Any:
        """How the service provider reaches the identity provider: in this process."""
        from idpsim.sso.browser.adapters import TransportAdapter

        return TransportAdapter(self._over)


def _plan(sso: SingleSignOn, app: App) -> Plan:
    protocols: tuple[Protocol, ...] = ("saml", "oidc")
    login = {via: url for via in protocols if (url := sso.login_of(via))}
    leave = f"{app.base}/.idpsim/logout/{app.vendor}"
    return Plan(app.base, login, _links(app), logout=sso.logout, idp_logout=leave, shows=_shows(sso))


def _links(app: App) -> Mapping[Protocol, str]:
    """Where the identity provider starts a sign-in, by protocol."""
    links: dict[Protocol, str] = {"saml": app.filled(app.sign_on.saml.addresses.launch[0])}
    if app.registration.initiate_login_uri:
        issuer = app.filled(app.sign_on.oidc.servers[0].issuer)
        mark = "&" if "?" in app.registration.initiate_login_uri else "?"
        links["oidc"] = f"{app.registration.initiate_login_uri}{mark}{urlencode({'iss': issuer})}"
    return links


def _shows(sso: SingleSignOn) -> Shows | None:
    """The scenario's `sso.shows`, as the browser looks for it."""
    if sso.shows is None:
        return None
    given = Shows(url=sso.shows.url, at=sso.shows.at, cookie=sso.shows.cookie, bearer=sso.shows.bearer)
    return replace(given, claim=sso.shows.claim) if sso.shows.claim else given
