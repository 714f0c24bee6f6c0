"""One connection: bytes out, bytes in, and a deadline for both together."""

from __future__ import annotations

import select
import socket
from time import monotonic

from idpsim.wire import NoResponseKind

_PIECE = 65536
_LARGE_PIECE = 262144


class Broken(Exception):
    """The exchange got no usable answer; becomes the `NoResponse` of the same kind and reason."""

    def __init__(self, kind: NoResponseKind, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


class Unsent(Exception):
    """The connection was gone before the first byte of the request left."""


class Connection:
    """A connected socket that is read through a buffer; every wait ends at the deadline of the exchange."""

    __slots__ = (
        "_buffer",
        "_cut",
        "_deadline",
        "_limit",
        "_position",
        "_readable",
        "_slack",
        "_timeout",
        "sock",
        "stale",
    )

    def __init__(self, sock: socket.socket, timeout: float) -> None:
        sock.settimeout(timeout)
        self.sock = sock
        self.stale = float("inf")
        self._timeout = timeout
        self._limit = timeout
        self._slack = min(0.05, timeout / 20)
        self._deadline = 0.0
        self._buffer = b""
        self._position = 0
        self._cut = False
        self._readable = _watch(sock)

    def reusable(self, now: float) -> bool:
        """Whether the other side has neither closed nor said anything since the last answer."""
        return now < self.stale and not self._readable(0)

    @property
    def clean(self) -> bool:
        """Whether the last answer took every byte that came and the last request left whole."""
        return self._position == len(self._buffer) and not self._cut

    def send(self, data: bytes, deadline: float) -> None:
        """Send `data` whole and start a new answer; `Unsent` where not one byte of it left."""
        self._deadline = deadline
        self._buffer, self._position = b"", 0
        self._wait()
        try:
            sent = self.sock.send(data)
        except TimeoutError:
            raise self._late("the request could not be sent") from None
        except OSError as error:
            raise Unsent(str(error)) from None
        if sent < len(data):
            self._send_rest(memoryview(data)[sent:])

    def _send_rest(self, rest: memoryview) -> None:
        """The service provider may answer and close before it has read everything: the answer is read all the same."""
        try:
            while rest:
                self._wait()
                rest = rest[self.sock.send(rest[:_LARGE_PIECE]) :]
        except TimeoutError:
            raise self._late("the request could not be sent whole") from None
        except OSError:
            self._cut = True

    def head(self, most: int) -> bytes:
        """The bytes up to the next empty line, without it; at most `most` of them."""
        if self._position:
            self._buffer, self._position = self._buffer[self._position :], 0
        searched = 0
        while (found := _end_of_head(self._buffer, searched)) is None and len(self._buffer) <= most:
            searched = max(0, len(self._buffer) - 3)
            piece = self.receive(_PIECE)
            if not piece:
                raise _cut_off(len(self._buffer))
            self._buffer += piece
        if found is None or found[0] > most:
            raise Broken("too-large", f"the header of the answer is longer than {most:,} bytes")
        self._position = found[1]
        return self._buffer[: found[0]]

    def line(self, most: int) -> bytes:
        """The bytes up to the next line end, without it; at most `most` of them."""
        while (end := self._buffer.find(b"\n", self._position)) < 0:
            if len(self._buffer) - self._position > most:
                raise Broken("malformed", "a chunk of the body begins with an endless line")
            self._more("in the middle of a chunked body")
        line = self._buffer[self._position : end]
        self._position = end + 1
        return line.removesuffix(b"\r")

    def exactly(self, size: int) -> bytes:
        """The next `size` bytes."""
        start = self._position
        body = self._buffer[start : start + size]
        self._position = start + len(body)
        return body if len(body) == size else self._long(bytearray(body), size)

    def _long(self, body: bytearray, size: int) -> bytes:
        while (missing := size - len(body)) > 0:
            piece = self.receive(min(missing, _LARGE_PIECE))
            if not piece:
                raise Broken(
                    "truncated", f"the connection was closed after {len(body):,} of {size:,} bytes of the body"
                )
            body += piece
        return bytes(body)

    def rest(self, most: int) -> bytes:
        """Everything until the other side closes; more than `most` bytes are `too-large`."""
        body = bytearray(self._buffer[self._position :])
        self._position = len(self._buffer)
        while len(body) <= most and (piece := self.receive(_PIECE)):
            body += piece
        if len(body) > most:
            raise Broken("too-large", f"the body has no stated length and is longer than {most:,} bytes")
        return bytes(body)

    def receive(self, size: int) -> bytes:
        """What came next, at most `size` bytes; nothing where the other side has closed."""
        self._wait()
        try:
            return self.sock.recv(size)
        except TimeoutError:
            raise self._late("the answer was not complete" if self._buffer else "no answer") from None
        except OSError as error:
            where = "in the middle of the answer" if self._buffer else "before an answer came"
            raise Broken("reset", f"the connection was reset {where} ({error.strerror or error})") from None

    def close(self) -> None:
        """Close the socket; a second time does nothing."""
        self.sock.close()

    def _more(self, where: str) -> None:
        piece = self.receive(_PIECE)
        if not piece:
            raise Broken("truncated", f"the connection was closed {where}")
        self._buffer = self._buffer[self._position :] + piece
        self._position = 0

    def _wait(self) -> None:
        """Keep the socket's own time limit near what is left; setting it each time would cost a system call."""
        left = self._deadline - monotonic()
        if left <= 0:
            raise self._late("the answer was not complete" if self._buffer else "no answer")
        if not 0 <= self._limit - left <= self._slack:
            self.sock.settimeout(left)
            self._limit = left

    def _late(self, what: str) -> Broken:
        return Broken("timeout", f"{what} within {self._timeout:g} s")


def _watch(sock: socket.socket):  # type: ignore[no-untyped-def]
    """A function that says at once whether `sock` has something to read, an end or an error included."""
    if not hasattr(select, "poll"):
        return lambda _: select.select([sock], [], [], 0)[0]
    poll = select.poll()
    poll.register(sock, select.POLLIN | select.POLLPRI)
    return poll.poll


def _end_of_head(buffer: bytes, start: int) -> tuple[int, int] | None:
    """Where the head ends and where the body begins; bare line feeds count as line ends."""
    strict = buffer.find(b"\r\n\r\n", start)
    bare = buffer.find(b"\n\n", start, strict if strict >= 0 else len(buffer))
    if bare >= 0:
        return bare, bare + 2
    return (strict, strict + 4) if strict >= 0 else None


def _cut_off(received: int) -> Broken:
    if not received:
        return Broken("reset", "the connection was closed without an answer")
    return Broken("truncated", f"the connection was closed after {received:,} bytes, in the middle of the header")
