"""Sends requests over HTTP/1.1, byte for byte as they are, and over a few connections that are kept open."""

from __future__ import annotations

from collections.abc import Mapping
from queue import SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING

from idpsim.transport import answer
from idpsim.transport.connection import Broken, Connection, Unsent
from idpsim.transport.dial import Origin, Proxy, dial, origin, proxies_from_environment, proxy_for, tls
from idpsim.wire import Answer, NoResponse, Request

if TYPE_CHECKING:
    import ssl

__all__ = ["HttpTransport", "proxies_from_environment"]

MIB = 1024 * 1024


class HttpTransport:
    """HTTP/1.1 over a pool of at most `connections` open connections for each origin.

    `timeout` (seconds) is for the whole exchange, from connecting to the last byte of the answer; looking up a name is
    the system's and has its own. `max_body` is in bytes, after unpacking. `ca` is a file or directory of certificates
    trusted beside the system's; `proxies` is what `proxies_from_environment` returns. No redirect is followed, and
    nothing is sent twice: a connection found closed before a byte has left is replaced, later ones are `reset`.
    """

    def __init__(
        self,
        *,
        timeout: float = 60,
        insecure: bool = False,
        ca: str | None = None,
        max_body: int = 16 * MIB,
        connections: int = 8,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self._timeout = timeout
        self._insecure = insecure
        self._ca = ca
        self._max_body = max_body
        self._connections = connections
        self._proxies = proxies or {}
        self._context = tls(ca, insecure) if ca is not None else None
        self._pools: dict[str, _Pool] = {}
        self._closed = False

    def send(self, request: Request) -> Answer:
        """The answer to `request`; waits for a free connection first, without counting that as its time."""
        try:
            pool, rest = self._pool(request.url)
            data = _bytes(request, pool, rest)
        except Broken as broken:
            return NoResponse(broken.kind, broken.reason)
        pool.permits.get()
        try:
            return self._exchange(pool, request.method, data)
        finally:
            pool.permits.put(None)

    def close(self) -> None:
        """Close the idle connections now and the others after their answer."""
        self._closed = True
        for pool in list(self._pools.values()):
            pool.drain()

    def _exchange(self, pool: _Pool, method: str, data: bytes) -> Answer:
        now = monotonic()
        connection = pool.idle_connection(now)
        try:
            connection = self._sent(pool, connection, data, now + self._timeout)
            response, keep = answer.read(connection, method, self._max_body)
        except Broken as broken:
            if connection is not None:
                connection.close()
            return NoResponse(broken.kind, broken.reason)
        except BaseException:
            if connection is not None:
                connection.close()
            raise
        if keep and not self._closed:
            pool.idle.append(connection)
            if self._closed:
                pool.drain()
        else:
            connection.close()
        return response

    def _sent(self, pool: _Pool, idle: Connection | None, data: bytes, deadline: float) -> Connection:
        """The connection on which `data` left; an idle one that turns out to be gone is replaced."""
        if idle is not None:
            try:
                idle.send(data, deadline)
                return idle
            except Unsent:
                idle.close()
        connection = dial(pool.origin, pool.proxy, self._tls(pool.origin), self._timeout, deadline)
        try:
            connection.send(data, deadline)
            return connection
        except Unsent as unsent:
            connection.close()
            raise Broken("reset", f"the connection was closed before the request was sent ({unsent})") from None
        except BaseException:
            connection.close()
            raise

    def _tls(self, where: Origin) -> ssl.SSLContext | None:
        if where.scheme != "https":
            return None
        if self._context is None:
            self._context = tls(self._ca, self._insecure)
        return self._context

    def _pool(self, url: str) -> tuple[_Pool, str]:
        """The pool for a URL, and the URL's path and query as they stand."""
        end = _end_of_origin(url)
        pool = self._pools.get(url[:end])
        if pool is None:
            where = origin(url)
            pool = self._pools.setdefault(url[:end], _Pool(where, proxy_for(where, self._proxies), self._connections))
        return pool, url[end:]


class _Pool:
    """The connections to one origin; `permits` bounds how many are open, `idle` is used last in, first out."""

    __slots__ = ("extra", "idle", "origin", "permits", "prefix", "proxy")

    def __init__(self, where: Origin, proxy: Proxy | None, connections: int) -> None:
        through = proxy if proxy is not None and where.scheme == "http" else None
        self.origin = where
        self.proxy = proxy
        self.prefix = f"http://{where.authority}" if through else ""
        self.extra = f"Proxy-Authorization: {through.authorization}\r\n" if through and through.authorization else ""
        self.idle: list[Connection] = []
        self.permits: SimpleQueue[None] = SimpleQueue()
        for _ in range(connections):
            self.permits.put(None)

    def idle_connection(self, now: float) -> Connection | None:
        """An open connection that can be used again; those that cannot are closed."""
        while self.idle:
            try:
                connection = self.idle.pop()
            except IndexError:
                return None
            if connection.reusable(now):
                return connection
            connection.close()
        return None

    def drain(self) -> None:
        """Close every idle connection."""
        while self.idle:
            try:
                self.idle.pop().close()
            except IndexError:
                return


def _end_of_origin(url: str) -> int:
    """Where the path begins, or the query of a URL without a path."""
    start = url.find("://") + 3
    ends = [end for mark in "/?#" if (end := url.find(mark, start)) >= 0]
    return min(ends, default=len(url))


def _bytes(request: Request, pool: _Pool, rest: str) -> bytes:
    """The request as it goes over the wire; a line break or NUL inside one of its parts is not sent."""
    if "#" in rest:
        rest = rest[: rest.index("#")]
    if not rest.startswith("/"):
        rest = "/" + rest
    fields = "".join([f"{name}: {value}\r\n" for name, value in request.headers])
    text = f"{request.method} {pool.prefix}{rest} HTTP/1.1\r\n{fields}{pool.extra}\r\n"
    lines = len(request.headers) + (3 if pool.extra else 2)
    if text.count("\n") != lines or text.count("\r") != lines or "\0" in text:
        raise Broken("malformed", "not sent: a line break or NUL is inside the URL or a header of the request")
    head = text.encode("ascii") if text.isascii() else _encoded(text)
    return head + request.body if request.body else head


def _encoded(head: str) -> bytes:
    """The request line in UTF-8, each field in Latin-1 where that can hold it and else in UTF-8."""
    first, *fields = head.split("\r\n")
    return b"\r\n".join([first.encode("utf-8", "replace"), *(_field(field) for field in fields)])


def _field(field: str) -> bytes:
    try:
        return field.encode("latin-1")
    except UnicodeEncodeError:
        return field.encode("utf-8", "replace")
