"""Service providers as ASGI applications: the WSGI ones of the tests, in a coat."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from idpsim.transport.wsgi import WsgiTransport
from idpsim.wire import Request


class Coat:
    """An ASGI application that asks a WSGI one, beside the event loop; `events` are those of its lifespan."""

    def __init__(self, app: Callable[..., Any], base: str = "http://localhost") -> None:
        self.events: list[str] = []
        self._base = base
        self._inner = WsgiTransport(app, base=base)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for event in ("startup", "shutdown"):
                self.events.append((await receive())["type"])
                await send({"type": f"lifespan.{event}.complete"})
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        query = scope["query_string"].decode()
        url = f"{self._base}{scope['raw_path'].decode()}" + (f"?{query}" if query else "")
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        body = b"".join(each.get("body", b"") for each in messages)
        answer: Any = await asyncio.to_thread(self._inner.send, Request(scope["method"], url, fields, body))
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
