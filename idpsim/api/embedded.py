"""The world of a run against the embedded service provider: all of it in this process."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any

from idpsim.api.browsing import browsers
from idpsim.api.playing import Playing
from idpsim.api.sending import sending
from idpsim.clock import VirtualClock
from idpsim.errors import ScenarioError, UsageError
from idpsim.scenario.model import Script
from idpsim.scenario.world import World, connection
from idpsim.transcript import Transcript
from idpsim.transport.faults import FaultyTransport
from idpsim.transport.pacing import Pace, Paced

if TYPE_CHECKING:
    from idpsim.signing.opening import AtEmbedded

EMBEDDED = "http://sp.idpsim.test"


def switches(script: Script) -> Any:
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


def embedded(script: Script, how: Playing, transcript: Transcript, clock: VirtualClock, seed: int) -> World:
    """The embedded service provider in this process; it shares the virtual clock."""
    from idpsim.sp import Refused, ServiceProvider
    from idpsim.transport.wsgi import WsgiTransport

    back_channel: Any = _BackChannel()
    provider = ServiceProvider(
        switches(script),
        now=clock.now,
        moment=clock.moment,
        seed=seed,
        base_url=EMBEDDED,
        fetch=back_channel,
    )
    sign_in = back_channel.sign_in = _SignIn(script, how, transcript, clock, provider)
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
        own=sending(Paced(transport, pace)),
        transcript=transcript,
        clock=clock,
        sleep=sleep,
        hands=how.concurrency or 1,
        admin=_Admin(provider, sign_in),
        sign_in=sign_in,
        immediate=True,
        held=pace.held,
    )


class _Admin:
    """The embedded service provider's administrator, with refusals in the session's own terms."""

    def __init__(self, provider: Any, sign_in: _SignIn) -> None:
        self._provider = provider
        self._sign_in = sign_in

    def __getattr__(self, name: str) -> Any:
        from idpsim.scenario.world import Refused as NotDone
        from idpsim.sp import Refused

        method = self._sign_in.sso.configure if name == "configure_sso" else getattr(self._provider, name)

        def asked(*arguments: Any) -> Any:
            try:
                return method(*arguments)
            except Refused as refused:
                raise NotDone(str(refused)) from None

        return asked


class _SignIn:
    """Sign-in at the embedded service provider; what it is made of is imported when somebody signs in."""

    def __init__(
        self, script: Script, how: Playing, transcript: Transcript, clock: VirtualClock, provider: Any
    ) -> None:
        self._made = (script, how, transcript, clock, provider)

    @cached_property
    def sso(self) -> AtEmbedded:
        """The sign-in itself."""
        from idpsim.signing.opening import AtEmbedded, Opening

        script, how, transcript, clock, provider = self._made
        opening = Opening(script, how.keyring, browsers(script, how, transcript, clock), time.time)
        return AtEmbedded(opening, provider, EMBEDDED)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sso, name)


class _BackChannel:
    """How the service provider's own requests reach the identity provider: an adapter of `requests`, made when used."""

    sign_in: _SignIn

    def send(self, request: Any, **options: Any) -> Any:
        return self.sign_in.sso.adapter.send(request, **options)

    def close(self) -> None:
        """Nothing is held open."""
