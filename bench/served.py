"""The applications of figure 5 as targets: called in process, and behind a server in a thread of the same process."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable

import uvicorn
import waitress
from application import app, asgi
from clients import PERSON, TYPE

from idpsim.transport import Transport
from idpsim.transport.asgi import AsgiTransport
from idpsim.transport.http import HttpTransport
from idpsim.transport.wsgi import WsgiTransport
from idpsim.wire import Request, Response, compact

BASE = "/scim/v2/Users"
DISABLE = compact({"Operations": [{"op": "replace", "value": {"active": False}}]})


def in_process() -> Callable[[int], None]:
    """The three requests of each person, called in process."""
    return _sending(WsgiTransport(app, base="http://localhost"), "localhost")


def behind_waitress() -> Callable[[int], None]:
    """The same over HTTP, on one connection."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=1)
    threading.Thread(target=server.run, daemon=True).start()
    return _sending(HttpTransport(connections=1), f"127.0.0.1:{server.effective_port}")


def asgi_in_process() -> Callable[[int], None]:
    """The same of the Starlette application, called in process."""
    return _sending(AsgiTransport(asgi, base="http://localhost"), "localhost")


def behind_uvicorn() -> Callable[[int], None]:
    """The same over HTTP, on one connection."""
    listening = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio asks for it before it sets TCP_NODELAY
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = uvicorn.Server(uvicorn.Config(asgi, log_level="error", loop="asyncio", http="h11"))
    threading.Thread(target=server.run, args=([listening],), daemon=True).start()
    return _sending(HttpTransport(connections=1), f"127.0.0.1:{listening.getsockname()[1]}")


def _sending(transport: Transport, host: str) -> Callable[[int], None]:
    common = (("Host", host), ("Authorization", "Bearer t"))
    url = f"http://{host}{BASE}"

    def written(method: str, path: str, body: bytes) -> Request:
        typed = (("Content-Type", TYPE), ("Content-Length", str(len(body))))
        return Request(method, url + path, (*common, *typed), body)

    look = Request("GET", url + "?filter=userName%20eq%20%22ada%22", common)
    create, change = written("POST", "", compact(PERSON)), written("PATCH", "/u1", DISABLE)

    def send(people: int) -> None:
        for _ in range(people):
            for request, status in ((look, 200), (create, 201), (change, 200)):
                answer = transport.send(request)
                assert isinstance(answer, Response), answer
                assert answer.status == status, answer

    return send
