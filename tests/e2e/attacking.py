"""Playing the shipped sign-in scenarios where the run itself hosts the identity provider, at real service providers."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from idpsim.api import Playing, load, opened
from idpsim.scenario.model import OidcSide, SamlSide, Script, Shows, Verification
from idpsim.scenario.results import RunResult
from idpsim.serving import serving
from idpsim.signing.hosting import in_process
from idpsim.signing.keyring import Keyring
from idpsim.signon import Protocol, Registration
from tests.e2e.playing import ROOT
from tests.e2e.signing import Hosted
from tests.service_providers.keys import SpKeys
from tests.service_providers.sign_in import SCIM_PATHS, Oidc, Saml, Site, open_for_sign_in, planned

LABEL = "idpsim"


@dataclass(frozen=True)
class Attacker:
    """The identity provider that runs are to host: its address and keys, before there is any run.

    `sp` is the key pair of every service provider, `folder` keeps what they are given. `standing`: it runs already.
    """

    keyring: Keyring
    folder: Path
    sp: SpKeys
    standing: bool = False

    @contextlib.contextmanager
    def up(self) -> Iterator[Hosted]:
        """It answers before the run, as when an administrator sets a service provider up."""
        provider = in_process(self.keyring)
        with contextlib.nullcontext() if self.standing else serving(provider.wsgi, *self.keyring.address):
            yield Hosted(self.keyring.base, provider, self.folder, self.sp)

    @contextlib.contextmanager
    def target(self, kind: str, *wanted: tuple[str, str], **more: Any) -> Iterator[Target]:
        """A service provider with a connection for each vendor and protocol of `wanted`."""
        site = planned(kind)
        with contextlib.ExitStack() as stack:
            with self.up() as idp:
                connections = {f"{vendor}-{via}": _connection(idp, site, vendor, via, more) for vendor, via in wanted}
                log = stack.enter_context(open_for_sign_in(site, connections))
            yield Target(self, site, tuple(connections), log)


def _connection(idp: Hosted, site: Site, vendor: str, via: str, more: Mapping[str, Any]) -> Saml | Oidc:
    mine = {name: value[vendor] if isinstance(value, dict) else value for name, value in more.get(via, {}).items()}
    if via == "oidc":
        return idp.oidc(vendor, LABEL, **mine)
    name = f"{vendor}-saml"
    idp.enter(vendor, LABEL, Registration(site.entity_id(name), (site.at(name, "acs"),), site.at(name, "slo")))
    return idp.saml(vendor, LABEL, **mine)


@dataclass(frozen=True)
class Target:
    """A service provider that runs: `names` are its connections, each a vendor and a protocol."""

    idp: Attacker
    site: Site
    names: tuple[str, ...]
    log: Path

    def variables(self, vendor: str) -> dict[str, str]:
        """What the hardening scenario asks of its user."""
        saml, oidc = (f"{vendor}-{via}" if f"{vendor}-{via}" in self.names else "" for via in ("saml", "oidc"))
        at = self.site.at
        return {
            "SP_PROTOCOL": "saml" if saml else "oidc",
            "SP_SAML_LOGIN": at(saml, "login") if saml else "",
            "SP_SAML_METADATA": at(saml, "metadata") if saml else "",
            "SP_OIDC_LOGIN": at(oidc, "login") if oidc else "",
            "SP_REDIRECT_URI": at(oidc, "callback") if oidc else "",
            "SP_ME": at(saml or oidc, "me"),
        }

    def attacked(self, vendor: str, settings: Mapping[str, Any] | None = None) -> RunResult:
        """The hardening scenario, played at this service provider; with SCIM where there is any."""
        loaded = load(ROOT / "scenarios/sso-hardening.yaml", idp=[vendor], variables=self.variables(vendor))
        return self.run(loaded.script(vendor), settings)

    def run(self, script: Script, settings: Mapping[str, Any] | None = None) -> RunResult:
        """A script with more of the app's settings."""
        scim: dict[str, Any] = {}
        if self.site.kind in SCIM_PATHS:
            scim = {"targets": {"": self.site.scim}, "tokens": {"": self.site.token}}
        script = replace(script, settings={**script.settings, **(settings or {})})
        return run(script, Playing(**scim, keyring=self.idp.keyring))

    def signing_in(self, script: Script, vendor: str, via: Protocol) -> Script:
        """A script whose sign-ins are at this service provider."""
        at, name = partial(self.site.at, f"{vendor}-{via}"), f"{vendor}-{via}"
        assert name in self.names
        assert script.sso is not None
        saml = SamlSide(metadata=at("metadata")) if via == "saml" else SamlSide()
        oidc = OidcSide(redirect_uris=(at("callback"),)) if via == "oidc" else OidcSide()
        shows = Shows(url=at("me"), at=("id", "user"))
        sso = replace(script.sso, protocol=via, login=at("login"), saml=saml, oidc=oidc, shows=shows)
        return replace(script, sso=sso, verify=Verification(within=0.2))


def run(script: Script, how: Playing) -> RunResult:
    """A script, played to its end."""
    with opened(script, how) as playing:
        for _ in playing:
            pass
        return playing.result()


def reported(result: RunResult) -> set[str]:
    """The steps that are reported, by their names: of a falsified sign-in that of the falsification."""
    return {each.name or each.event for each in result.steps if each.failures}
