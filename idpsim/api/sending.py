"""Our own requests, over a transport that no fault strikes."""

from __future__ import annotations

from idpsim.provisioning.line import Send
from idpsim.transport import Transport
from idpsim.transport.faults import Sent
from idpsim.wire import Request


def sending(transport: Transport) -> Send:
    """What sends them."""

    def send(request: Request, probe: bool) -> Sent:  # noqa: ARG001
        return Sent(transport.send(request))

    return send
