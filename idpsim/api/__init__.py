"""idpsim from Python: load a scenario, play it as a vendor, look at the result.

scenario = load("scenarios/leaver.yaml", target="https://sp.example/scim/v2", token="…")
for result in play(scenario):
    assert result.passed
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from idpsim.clock import VirtualClock, WaitingClock
from idpsim.errors import ScenarioError, UsageError
from idpsim.har import HarWriter
from idpsim.profiles import all_profiles, profile
from idpsim.provisioning.line import Send
from idpsim.redact import Redactor
from idpsim.scenario import run as running
from idpsim.scenario.known import Known
from idpsim.scenario.load import Scenario
from idpsim.scenario.load import load as load_file
from idpsim.scenario.model import Script, Target
from idpsim.scenario.names import fresh_suffix
from idpsim.scenario.results import RunResult
from idpsim.scenario.run import Run
from idpsim.scenario.world import World, connection
from idpsim.transcript import Transcript
from idpsim.transport import Transport
from idpsim.transport.faults import FaultyTransport, Sent
from idpsim.transport.pacing import Pace, Paced
from idpsim.wire import Request

EMBEDDED = "http://sp.idpsim.test"
HANDS = 8


@dataclass(frozen=True, slots=True)
class Playing:
    """How scenarios are played; each name is the command line's option.

    `targets` and `tokens` stand for the scenario's own, by vendor or profile, `""` for all. A target is the base URL
    of a SCIM service provider, or `wsgi:module:attribute` with an optional path behind it for one in this process.
    `timeout` and `max_wait` are seconds. `har` is a file that all exchanges are written to as they happen.
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
    transport: Transport | None = None


def known() -> Known:
    """What the scenario language knows of the profiles."""
    profiles = all_profiles()
    return Known(
        vendors={name: each.vendor for name, each in profiles.items()},
        settings={name: each.settings for name, each in profiles.items()},
    )


def load(path: str | Path, *, idp: Iterable[str] | None = None, variables: Mapping[str, str] | None = None) -> Scenario:
    """A scenario from a file, checked for each profile that plays it; ScenarioError at the place of what is wrong."""
    return load_file(path, known=known(), variables=variables or {}, idp=idp, check=check)


def check(script: Script) -> None:
    """Refuse a script that cannot be played as its profile."""
    running.check(script, profile(script.profile))
    _switches(script)


def play(scenario: Scenario, how: Playing | None = None) -> Iterator[RunResult]:
    """Play a scenario as each of its profiles, one run after the other."""
    for name in scenario.idp:
        with opened(scenario.script(name), how or Playing()) as run:
            for _ in run:
                pass
            yield run.result()


@contextmanager
def opened(script: Script, how: Playing, transcript: Transcript | None = None) -> Iterator[Run]:
    """A run that is ready to be iterated over, with its connections, closed at the end."""
    seed = secrets.randbelow(2**31) if how.seed is None else how.seed
    suffix = "" if how.keep_names else how.suffix or fresh_suffix(secrets.token_bytes(8))
    script = replace(script, target=target_of(script, how))
    with ExitStack() as stack:
        kept = transcript if transcript is not None else stack.enter_context(Transcript())
        world = _world(script, how, kept, seed, stack)
        options = running.Options(seed, suffix, how.keep, how.keep_names, how.fail_fast)
        yield Run(script, profile(script.profile), world, options)


@contextmanager
def reached(url: str, timeout: float = 60.0, insecure: bool = False) -> Iterator[tuple[str, Transport]]:
    """A service provider by its URL or `wsgi:` name: its base URL and a transport to it, closed at the end."""
    from idpsim.transport.http import proxies_from_environment

    how = Playing(timeout=timeout, concurrency=1, proxies=proxies_from_environment(), directory=os.getcwd())
    base, transport, other, _ = _transports(Target(scim=base_url(url), insecure=insecure), how)
    try:
        yield base, transport
    finally:
        transport.close()
        other.close()


def redactor(script: Script, how: Playing) -> Redactor:
    """What keeps this script's secrets out of every output."""
    token = target_of(script, how).token
    return Redactor([token] if token else [])


def har_writer(file: Any, redact: Redactor) -> HarWriter:
    """A writer to be given to `Transcript.follow`."""
    return HarWriter(file, redact)


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
    if url.startswith("wsgi:"):
        return url
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise UsageError("the target's URL holds a user and password: leave them out, and give them with --token")
    if "=" in parts.query:
        raise UsageError("the target's URL has a query with values: a SCIM base URL has none")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def _world(script: Script, how: Playing, transcript: Transcript, seed: int, stack: ExitStack) -> World:
    clock: VirtualClock = WaitingClock(time.sleep) if how.real_time else VirtualClock()
    if how.transport is None and script.target.scim is None:
        return _embedded(script, how, transcript, clock, seed)
    base, vendor, own, in_process = _transports(script.target, how)
    stack.callback(vendor.close)
    stack.callback(own.close)
    pace = Pace(time.sleep, time.time, how.max_wait)
    return World(
        connection=connection(script, base, script.target.token, {}),
        vendor=FaultyTransport(Paced(vendor, pace), base_url=base, sleep=time.sleep, timeout=how.timeout),
        own=_sending(Paced(own, pace)),
        transcript=transcript,
        clock=clock,
        sleep=time.sleep,
        hands=how.concurrency or (1 if in_process else HANDS),
        held=pace.held,
    )


def _transports(target: Target, how: Playing) -> tuple[str, Transport, Transport, bool]:
    """The base URL, the vendor's and our own transport, and whether the service provider is in this process."""
    named = target.scim or EMBEDDED
    if how.transport is not None:
        return named, how.transport, how.transport, False
    if named.startswith("wsgi:"):
        from idpsim.transport.wsgi import WsgiTransport, load_app

        name, slash, path = named.removeprefix("wsgi:").partition("/")
        base = f"http://localhost{slash}{path}".rstrip("/")
        app = WsgiTransport(load_app(name, how.directory), base=base)
        return base, app, app, True
    from idpsim.transport.http import HttpTransport

    hands = how.concurrency or HANDS
    common: dict[str, Any] = {"timeout": how.timeout, "insecure": target.insecure, "ca": target.ca}
    vendor = HttpTransport(connections=hands, proxies=how.proxies, **common)
    return named, vendor, HttpTransport(connections=1, proxies=how.proxies, **common), False


def _switches(script: Script) -> Any:
    from idpsim.sp import Switches

    embedded = script.target.embedded
    for name, value in embedded.items():
        try:
            Switches.from_mapping({name: value})
        except ValueError as error:
            place = script.target.embedded_places.get(name) or script.target.place
            if place is None:
                raise UsageError(str(error)) from None
            raise ScenarioError(str(error), place) from None
    return Switches.from_mapping(embedded)


def _embedded(script: Script, how: Playing, transcript: Transcript, clock: VirtualClock, seed: int) -> World:
    """The embedded service provider in this process; it shares the virtual clock."""
    from idpsim.sp import Refused, ServiceProvider
    from idpsim.transport.wsgi import WsgiTransport

    provider = ServiceProvider(_switches(script), now=clock.now, moment=clock.moment, seed=seed)
    token = None
    if not any(step.event == "at-sp" and step.arguments.get("do") == "issue-token" for step in script.steps):
        try:
            token = provider.issue_token(script.profile)
        except Refused:
            token = None
    base = EMBEDDED + provider.endpoint(script.profile)
    transport = WsgiTransport(provider.wsgi, base=EMBEDDED)

    def sleep(seconds: float) -> None:
        clock.advance(clock.now() + seconds)

    pace = Pace(sleep, clock.now, how.max_wait)
    return World(
        connection=connection(script, base, token, {}),
        vendor=FaultyTransport(Paced(transport, pace), base_url=base, sleep=sleep, timeout=how.timeout),
        own=_sending(Paced(transport, pace)),
        transcript=transcript,
        clock=clock,
        sleep=sleep,
        hands=how.concurrency or 1,
        admin=_Admin(provider),
        immediate=True,
        held=pace.held,
    )


def _sending(transport: Transport) -> Send:
    def send(request: Request, probe: bool) -> Sent:  # noqa: ARG001
        return Sent(transport.send(request))

    return send


class _Admin:
    """The embedded service provider's administrator, with refusals in the session's own terms."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        from idpsim.scenario.world import Refused as NotDone
        from idpsim.sp import Refused

        method = getattr(self._provider, name)

        def asked(*arguments: Any) -> Any:
            try:
                return method(*arguments)
            except Refused as refused:
                raise NotDone(str(refused)) from None

        return asked
