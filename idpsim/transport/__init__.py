"""How a request is sent: over HTTP, in process (WSGI, ASGI), or from a recording; with faults and pauses between."""

from __future__ import annotations

from typing import Protocol

from idpsim.wire import Answer, Request


class Transport(Protocol):
    """Sends requests, from any thread; whatever the service provider does becomes an `Answer`, never an exception."""

    def send(self, request: Request) -> Answer:
        """The answer to `request`, which goes out as it stands."""
        ...

    def close(self) -> None:
        """Give back what is held open."""
        ...
