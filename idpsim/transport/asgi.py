"""Calls an ASGI application in process, as a server would that passes everything on as it came."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import lru_cache
from http.client import responses
from threading import Lock
from typing import Any
from urllib.parse import unquote_to_bytes

from idpsim.transport.called import MOST_BODY, asked, crash, home, latin, seen, target, too_large
from idpsim.transport.connection import Broken
from idpsim.transport.crashes import Errors
from idpsim.transport.dial import Origin
from idpsim.transport.lifespan import App, Message, State
from idpsim.transport.lives import leave, shared
from idpsim.transport.loop import Loop, blocked
from idpsim.wire import Answer, Headers, NoResponse, Request


class AsgiTransport:
    """Sends requests for the origin of `base` to `app` (ASGI 3); any thread may, and each gets its answer by itself.

    The application runs on an event loop in a thread of its own, from its startup before the first request to its
    shutdown when the transport is closed; transports to the same object share both, until the last of them is closed.
    As with a server, context variables that the caller has set do not reach it. One that does not start, or does not
    answer within `timeout` seconds, is a `NoResponse`. An exception in it becomes a 500 whose text/plain body names it,
    unless it has answered already; its traceback goes to `sys.stderr`, and is in `errors` (the last 64 KiB).
    """

    def __init__(self, app: App, *, base: str, timeout: float = 60.0, max_body: int = MOST_BODY) -> None:
        self._origin = home(base)
        self._app = app
        self._timeout = timeout
        self._max_body = max_body
        self._lock = Lock()
        self._loop: Loop | None = None
        self._closed = False

    @property
    def errors(self) -> str:
        """What went wrong in the application, whoever called it."""
        return "" if self._loop is None else self._loop.errors.text

    def send(self, request: Request) -> Answer:
        """What the application answers."""
        try:
            where = asked(request.url, self._origin)
            loop = self._living()
            loop.begin()
            return self._answer(loop, _Call(request, where, self._max_body, loop.errors))
        except Broken as broken:
            return NoResponse(broken.kind, broken.reason)

    def close(self) -> None:
        """Shut the application down, and its event loop, if no other transport has it."""
        with self._lock:
            first, self._closed = not self._closed, True
        if first and self._loop is not None:
            leave(self._app, self._loop)

    def _living(self) -> Loop:
        """The loop on which the application lives; it is held from the first request on."""
        with self._lock:
            if self._closed:
                raise Broken("unreachable", "the application under test has been shut down")
            if self._loop is None:
                self._loop = shared(self._app, self._timeout)
            return self._loop

    def _answer(self, loop: Loop, call: _Call) -> Answer:
        cancel = loop.call(lambda state: call.run(self._app, state), call.lost)
        try:
            return call.answer.result(self._timeout)
        except TimeoutError:
            return NoResponse("timeout", f"no answer within {self._timeout:g} s{blocked()}")
        finally:
            if not call.answer.done():
                cancel()


class _Call:
    """One call of an application, by ASGI's protocol for HTTP."""

    def __init__(self, request: Request, where: Origin, most: int, errors: Errors) -> None:
        self.answer: Future[Answer] = Future()
        self._request = request
        self._where = where
        self._most = most
        self._errors = errors
        self._body, self._short = _body(request)
        self._read = False
        self._over = asyncio.Event()
        self._complete = False
        self._status = 0
        self._headers: Headers = ()
        self._sent = bytearray()

    async def run(self, app: App, state: State) -> None:
        """Call `app` to its end, which may be after the answer."""
        try:
            await app(_scope(self._request, self._where, state), self._receive, self._send)
            if not self._complete:
                raise AssertionError("the application returned before its response was complete")
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if self._complete or not self.answer.done():
                self._errors.add(error, request=self._request)
            if not self._complete:
                self._give(crash(error))
        finally:
            self._over.set()

    def lost(self) -> None:
        """There is no answer any more, where none was given."""
        self._give(NoResponse("reset", "the application was shut down before it answered"))

    def _give(self, answer: Answer) -> None:
        if not self.answer.done():
            self.answer.set_result(answer)

    async def _receive(self) -> Message:
        if not self._read:
            self._read = True
            return {"type": "http.request", "body": self._body, "more_body": self._short}
        if not self._short:
            await self._over.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if self.answer.done():
            raise OSError("the client has gone away")
        kind = message["type"]
        if kind == "http.response.start" and not self._status:
            self._status, self._headers = _head(message)
        elif kind == "http.response.body" and self._status and not self._complete:
            await self._write(message)
        elif kind != "http.response.trailers":
            raise AssertionError(f"the application sent {kind} where it must not")

    async def _write(self, message: Message) -> None:
        self._sent += message.get("body", b"")
        if len(self._sent) > self._most:
            broken = too_large(self._most)
            self._give(NoResponse(broken.kind, broken.reason))
            self._over.set()
            raise OSError("the client has gone away")
        if message.get("more_body", False):
            await asyncio.sleep(0)  # so that an endless answer does not keep the loop from all else
            return
        self._complete = True
        self._over.set()
        asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        """Give the answer, once what the application did at once after it has been done."""
        try:
            reason = responses.get(self._status, "")
            self._give(seen(self._request.method, self._status, reason, self._headers, bytes(self._sent)))
        except Broken as broken:
            self._give(NoResponse(broken.kind, broken.reason))


def _head(message: Message) -> tuple[int, Headers]:
    status, headers = message["status"], tuple(message.get("headers") or ())
    if not isinstance(status, int) or not 100 <= status <= 999:
        raise AssertionError(f"the application's status is not a number such as 200: {status!r}")
    if not all(isinstance(text, bytes) for pair in headers for text in pair):
        raise AssertionError("the application's headers are not pairs of bytes")
    return int(status), tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


def _body(request: Request) -> tuple[bytes, bool]:
    """The body as a server reads it that believes the headers, and whether more of it should have come."""
    body, fields = request.body or b"", {name.lower(): value.strip() for name, value in request.headers}
    if "transfer-encoding" in fields:
        return body, False
    stated = fields.get("content-length", "0")
    length = int(stated) if stated.isascii() and stated.isdigit() else len(body)
    return body[:length], len(body) < length


@lru_cache(256)
def _name(name: str) -> bytes:
    return name.lower().encode("latin-1", "replace")


def _scope(request: Request, where: Origin, state: State) -> dict[str, Any]:
    path, _, query = target(request.url, where).partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method.upper(),
        "scheme": where.scheme,
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(_name(name), latin(value).encode("latin-1")) for name, value in request.headers],
        "client": ("127.0.0.1", 0),
        "server": (where.host, where.port),
        "state": state,
        "extensions": {},
    }
