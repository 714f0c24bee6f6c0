"""The browsers of a run, whose exchanges stand in its transcript beside the vendor's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from idpsim.api.playing import Playing
from idpsim.clock import VirtualClock
from idpsim.scenario.model import Script
from idpsim.transcript import Transcript
from idpsim.wire import Answer, Request

if TYPE_CHECKING:
    from idpsim.sso.browser import Browser
    from idpsim.transport import Transport


def browsers(
    script: Script, how: Playing, transcript: Transcript, clock: VirtualClock
) -> Callable[[Mapping[str, Transport]], Browser]:
    """A fresh browser, for applications in this process by origin and for the network."""
    from idpsim.sso.browser import Browser

    def record(request: Request, answer: Answer, started: float, seconds: float) -> None:
        ticket = transcript.open("browser", request, clock.now())
        ticket.started = started
        transcript.close(ticket, answer, seconds)

    target = script.target
    common: dict[str, Any] = {"timeout": how.timeout, "ca": target.ca, "insecure": target.insecure}
    return lambda apps: Browser(record=record, apps=apps, proxies=how.proxies, **common)
