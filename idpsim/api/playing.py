"""How scenarios are played, and which service provider that is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from idpsim.errors import UsageError
from idpsim.profiles import profile
from idpsim.scenario.model import Script, Target
from idpsim.signing.keyring import Keyring
from idpsim.transport import Transport
from idpsim.transport.in_process import PREFIXES

if TYPE_CHECKING:
    from idpsim.signing.hosting import Hosting


@dataclass(frozen=True, slots=True)
class Playing:
    """How scenarios are played; each name is the command line's option.

    `targets` and `tokens` stand for the scenario's own, by vendor or profile, `""` for all. A target is the base URL
    of a SCIM service provider, or `wsgi:module:attribute` or `asgi:module:attribute` with an optional path behind it
    for one in this process. `app` is an application object of either kind: targets at http://localhost are sent to it.
    `host` lends an identity provider that is up at the address of `keyring`. `timeout` and `max_wait` are seconds.
    `told` is what the runs so far have said of service providers as such, which the next need not repeat.
    """

    targets: Mapping[str, str] = field(default_factory=dict)
    tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    seed: int | None = None
    suffix: str | None = None
    concurrency: int | None = None
    timeout: float = 60.0
    max_wait: float = 5.0
    real_time: bool = False
    fail_fast: bool = False
    keep: bool = False
    keep_names: bool = False
    proxies: Mapping[str, str] = field(default_factory=dict)
    directory: str = "."
    keyring: Keyring = field(default_factory=Keyring)
    transport: Transport | None = None
    app: Any = None
    host: Hosting | None = None
    told: set[tuple[str, str]] = field(default_factory=set, repr=False, compare=False)


def _chosen(values: Mapping[str, str], script: Script) -> str | None:
    names = (script.profile, profile(script.profile).vendor, "")
    return next((values[name] for name in names if name in values), None)


def target_of(script: Script, how: Playing) -> Target:
    """The target of a script with what `how` puts in its place; no `scim` is the embedded service provider."""
    target, url, token = script.target, _chosen(how.targets, script), _chosen(how.tokens, script)
    if url is not None:
        target = replace(target, scim=url)
    if target.scim is not None:
        target = replace(target, scim=base_url(target.scim))
    return target if token is None else replace(target, token=token)


def base_url(url: str) -> str:
    """A SCIM base URL without the bare flags that an administrator types behind it (`?flag`).

    UsageError where it holds a password or a query with values: neither can be part of what a vendor sends.
    """
    if url.startswith(PREFIXES):
        return url
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise UsageError("the target's URL holds a user and password: leave them out, and give them with --token")
    if "=" in parts.query:
        raise UsageError("the target's URL has a query with values: a SCIM base URL has none")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
