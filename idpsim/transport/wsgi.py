"""Calls a WSGI application in process, as a server would that passes everything on as it came."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from functools import lru_cache
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote_to_bytes

from idpsim.errors import UsageError
from idpsim.transport.connection import Broken
from idpsim.transport.dial import Origin, origin
from idpsim.wire import Answer, Headers, NoResponse, Request, Response

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_BARE = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_MOST_ERRORS = 65536


class WsgiTransport:
    """Sends requests for the origin of `base` to `app`; any thread may, so `wsgi.multithread` is true.

    An exception in the application becomes a 500 whose text/plain body names it; its traceback, and what was written
    to `wsgi.errors`, is in `errors` (the last 64 KiB). There is no timeout: the application runs on our own thread.
    """

    def __init__(self, app: App, *, base: str, max_body: int = 16 * 1024 * 1024) -> None:
        try:
            self._origin = origin(base)
        except Broken as broken:
            raise UsageError(broken.reason) from None
        self._app = app
        self._max_body = max_body
        self._start = f"{self._origin.text}/"
        self.errors = ""

    def send(self, request: Request) -> Answer:
        """What the application answers."""
        try:
            if request.url.startswith(self._start):
                return self._call(request, _environ(request, self._origin))
            where = origin(request.url)
            if (where.scheme, where.host, where.port) != (self._origin.scheme, self._origin.host, self._origin.port):
                raise Broken("unreachable", f"{where.text} is not the application under test ({self._origin.text})")
            return self._call(request, _environ(request, where))
        except Broken as broken:
            return NoResponse(broken.kind, broken.reason)

    def close(self) -> None:
        """Nothing is held open."""

    def _call(self, request: Request, environ: dict[str, Any]) -> Response:
        errors = environ["wsgi.errors"]
        call = _Call(self._max_body)
        try:
            return call.run(self._app, environ, request.method)
        except Broken:
            raise
        except (Exception, SystemExit) as error:
            traceback.print_exception(error, file=errors)
            return _crash(error)
        finally:
            if text := errors.getvalue():
                self.errors = (self.errors + text)[-_MOST_ERRORS:]


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
            raise Broken("too-large", f"the body is longer than {self._most:,} bytes")

    def _response(self, method: str) -> Response:
        if self._status is None:
            raise AssertionError("the application did not call start_response")
        code, _, reason = self._status.partition(" ")
        if not (len(code) == 3 and code.isascii() and code.isdigit()):
            raise AssertionError(f"the application's status is not `200 OK` or the like: {self._status!r}")
        if method == "HEAD" or code in ("204", "304"):
            return Response(int(code), self._headers, b"", reason)
        stated = next((value for name, value in self._headers if name.lower() == "content-length"), None)
        return Response(int(code), self._headers, self._cut(stated), reason)

    def _cut(self, stated: str | None) -> bytes:
        """The body as a client sees it that believes Content-Length."""
        body = bytes(self._body)
        if stated is None:
            return body
        if not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
            raise Broken("malformed", f"Content-Length is not a number: {stated[:60]!r}")
        if len(body) < int(stated):
            raise Broken("truncated", f"the application sent {len(body):,} of the {int(stated):,} bytes that it stated")
        return body[: int(stated)]


@lru_cache(256)
def _key(name: str) -> str:
    """The environment's name of a header."""
    return _BARE.get(name.lower()) or "HTTP_" + name.upper().replace("-", "_")


def _environ(request: Request, where: Origin) -> dict[str, Any]:
    target = request.url[len(where.text) :].partition("#")[0]
    target = target if target.startswith("/") else "/" + target
    path, _, query = target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path or not path.isascii() else path,
        "QUERY_STRING": query if query.isascii() else query.encode().decode("latin-1"),
        "RAW_URI": target,
        "REQUEST_URI": target,
        "SERVER_NAME": where.host,
        "SERVER_PORT": str(where.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": where.scheme,
        "wsgi.input": BytesIO(request.body or b""),
        "wsgi.errors": StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = _key(name)
        joint = "; " if key == "HTTP_COOKIE" else ","
        wide = not value.isascii() and max(value) > "\xff"
        text = value.encode("utf-8", "replace").decode("latin-1") if wide else value
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    return environ


def _crash(error: BaseException) -> Response:
    text = "".join(traceback.format_exception_only(error)).rstrip()
    body = f"Internal Server Error\n{text}\n".encode("utf-8", "replace")
    headers = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))))
    return Response(500, headers, body, "Internal Server Error")


def load_app(name: str, directory: str) -> App:
    """The application that `module:attribute` names or `module:function()` returns; `directory` is searched first."""
    from importlib import import_module

    module_name, _, attribute = name.partition(":")
    if not module_name or not attribute:
        raise UsageError(f"{name}: an application is named `module:attribute`, such as `myapp.wsgi:application`")
    if directory not in sys.path:
        sys.path.insert(0, directory)
    try:
        app: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        where = f" in {directory}" if f"{module_name}.".startswith(f"{error.name}.") else ""
        raise UsageError(f"{name}: {module_name} cannot be imported: no module {error.name}{where}") from error
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"{name}: {module_name} cannot be imported: {why}") from error
    for part in attribute.removesuffix("()").split("."):
        if not hasattr(app, part):
            raise UsageError(f"{name}: {module_name} has no `{attribute}`")
        app = getattr(app, part)
    if attribute.endswith("()") and callable(app):
        app = app()
    if not callable(app):
        raise UsageError(f"{name}: `{attribute}` is not a WSGI application: it cannot be called")
    result: App = app
    return result
