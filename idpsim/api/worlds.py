"""The world of a run: the lines to the service provider that the script names, and how people sign in to it."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

from idpsim.api.browsing import browsers
from idpsim.api.embedded import EMBEDDED, embedded
from idpsim.api.playing import Playing
from idpsim.api.sending import sending
from idpsim.clock import VirtualClock, WaitingClock
from idpsim.scenario.model import Script, Target
from idpsim.scenario.world import SignIn, World, connection
from idpsim.transcript import Transcript
from idpsim.transport import Transport
from idpsim.transport.faults import FaultyTransport
from idpsim.transport.in_process import PREFIXES, Kind, in_process, named_app
from idpsim.transport.pacing import Pace, Paced

HANDS = 8
LOCAL = "http://localhost"


def world(script: Script, how: Playing, transcript: Transcript, seed: int, stack: ExitStack) -> World:
    clock: VirtualClock = WaitingClock(time.sleep) if how.real_time else VirtualClock()
    scim = how.transport is not None or script.target.scim is not None
    if not scim and (script.sso is None or not script.sso.elsewhere):
        return embedded(script, how, transcript, clock, seed)
    base, vendor, own, app = transports(script.target, how)
    stack.callback(vendor.close)
    stack.callback(own.close)
    pace = Pace(time.sleep, time.time, how.max_wait)
    sign_in = _at_target(script, how, transcript, clock, app, stack) if script.sso is not None else None
    return World(
        connection=connection(script, base, script.target.token, {}),
        vendor=FaultyTransport(Paced(vendor, pace), base_url=base, sleep=time.sleep, timeout=how.timeout),
        own=sending(Paced(own, pace)),
        transcript=transcript,
        clock=clock,
        sleep=time.sleep,
        hands=how.concurrency or (1 if app is not None else HANDS),
        sign_in=sign_in,
        held=pace.held,
        scim=scim,
        told=how.told,
    )


def _at_target(
    script: Script,
    how: Playing,
    transcript: Transcript,
    clock: VirtualClock,
    app: Transport | None,
    stack: ExitStack,
) -> SignIn:
    """Sign-in at the target, with the identity provider up on its address until the run ends."""
    from idpsim.signing.opening import Opening, at_target

    apps = {} if app is None else {LOCAL: app}
    opening = Opening(script, how.keyring, browsers(script, how, transcript, clock), time.time, how.host)
    return at_target(opening, apps, stack)


def transports(target: Target, how: Playing) -> tuple[str, Transport, Transport, Transport | None]:
    """The base URL, the vendor's and our own transport, and the one to the application if it is in this process."""
    named = target.scim or EMBEDDED
    if how.transport is not None:
        return named, how.transport, how.transport, None
    if named.startswith(PREFIXES) or (how.app is not None and _is_local(named)):
        base, app = _in_process(named, how)
        return base, app, app, app
    from idpsim.transport.http import HttpTransport

    hands = how.concurrency or HANDS
    common: dict[str, Any] = {"timeout": how.timeout, "insecure": target.insecure, "ca": target.ca}
    vendor = HttpTransport(connections=hands, proxies=how.proxies, **common)
    return named, vendor, HttpTransport(connections=1, proxies=how.proxies, **common), None


def _in_process(named: str, how: Playing) -> tuple[str, Transport]:
    """The base URL of an application in this process, given by its name or as an object, and a transport to it."""
    if not named.startswith(PREFIXES):
        return named, in_process(how.app, base=named, timeout=how.timeout)
    name, slash, path = named.partition("/")
    base = f"{LOCAL}{slash}{path}".rstrip("/")
    kind: Kind = "asgi" if name.startswith("asgi:") else "wsgi"
    return base, in_process(named_app(name, how.directory), base=base, timeout=how.timeout, kind=kind)


def _is_local(url: str) -> bool:
    return url == LOCAL or url.startswith(f"{LOCAL}/")
