"""Calls a WSGI application in process, as a server would that passes everything on as it came."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes

from idpsim.transport.called import MOST_BODY, asked, crash, home, latin, seen, target, too_large
from idpsim.transport.connection import Broken
from idpsim.transport.crashes import Errors
from idpsim.transport.dial import Origin
from idpsim.wire import Answer, Headers, NoResponse, Request, Response

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class WsgiTransport:
    """Sends requests for the origin of `base` to `app`; any thread may, so `wsgi.multithread` is true.

    An exception in the application becomes a 500 whose text/plain body names it; its traceback, and what was written
    to `wsgi.errors`, goes to `sys.stderr`, and is in `errors` (the last 64 KiB). The application runs on our own
    thread, to which its connections and transactions may be bound, so it is not cut off: an answer that took longer
    than `timeout` seconds is thrown away, and a `NoResponse`.
    """

    def __init__(self, app: App, *, base: str, timeout: float | None = None, max_body: int = MOST_BODY) -> None:
        self._origin = home(base)
        self._app = app
        self._timeout = timeout
        self._max_body = max_body
        self._errors = Errors()

    @property
    def errors(self) -> str:
        """What went wrong in the application."""
        return self._errors.text

    def send(self, request: Request) -> Answer:
        """What the application answers."""
        try:
            where = asked(request.url, self._origin)
            begun = time.monotonic()
            answer = self._call(request, _environ(request, where, self._errors))
            return self._late(time.monotonic() - begun) or answer
        except Broken as broken:
            return NoResponse(broken.kind, broken.reason)

    def close(self) -> None:
        """Nothing is held open."""

    def _call(self, request: Request, environ: dict[str, Any]) -> Response:
        call = _Call(self._max_body)
        try:
            return call.run(self._app, environ, request.method)
        except Broken:
            raise
        except (Exception, SystemExit) as error:
            self._errors.add(error, request=request)
            return crash(error)

    def _late(self, seconds: float) -> NoResponse | None:
        if self._timeout is None or seconds <= self._timeout:
            return None
        return NoResponse("timeout", f"no answer within {self._timeout:g} s (the application took {seconds:.1f} s)")


class _Call:
    """One call of an application, by the rules of PEP 3333."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._status: str | None = None
        self._headers: Headers = ()
        self._body = bytearray()

    def run(self, app: App, environ: dict[str, Any], method: str) -> Response:
        chunks = app(environ, self._start)
        try:
            for chunk in chunks:
                self._write(chunk)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        return self._response(method)

    def _start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], None]:
        if exc_info is not None and self._body:
            raise exc_info[1].with_traceback(exc_info[2])
        if exc_info is None and self._status is not None:
            raise AssertionError("start_response was called twice without exc_info")
        self._status = status
        self._headers = tuple((str(name), str(value)) for name, value in headers)
        return self._write

    def _write(self, chunk: bytes) -> None:
        if self._status is None:
            raise AssertionError("the application sent a body before it called start_response")
        self._body += chunk
        if len(self._body) > self._most:
            raise too_large(self._most)

    def _response(self, method: str) -> Response:
        if self._status is None:
            raise AssertionError("the application did not call start_response")
        code, _, reason = self._status.partition(" ")
        if not (len(code) == 3 and code.isascii() and code.isdigit()):
            raise AssertionError(f"the application's status is not `200 OK` or the like: {self._status!r}")
        return seen(method, int(code), reason, self._headers, bytes(self._body))


@lru_cache(256)
def _key(name: str) -> str:
    """The environment's name of a header."""
    return _BARE.get(name.lower()) or "HTTP_" + name.upper().replace("-", "_")


def _environ(request: Request, where: Origin, errors: Errors) -> dict[str, Any]:
    uri = target(request.url, where)
    path, _, query = uri.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path or not path.isascii() else path,
        "QUERY_STRING": query if query.isascii() else query.encode().decode("latin-1"),
        "RAW_URI": uri,
        "REQUEST_URI": uri,
        "SERVER_NAME": where.host,
        "SERVER_PORT": str(where.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": where.scheme,
        "wsgi.input": BytesIO(request.body or b""),
        "wsgi.errors": errors,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = _key(name)
        joint = "; " if key == "HTTP_COOKIE" else ","
        text = latin(value)
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    return environ
