"""Whatever bytes come, reading an answer ends in an answer or in a named reason."""

from __future__ import annotations

import gzip
from time import monotonic
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from idpsim.transport.answer import read
from idpsim.transport.connection import Broken, Connection
from idpsim.wire import Response


class CannedSocket:
    """Gives `data` in pieces of `size`, then its end."""

    def __init__(self, data: bytes, size: int) -> None:
        self._data = data
        self._size = size

    def settimeout(self, _: float) -> None: ...

    def fileno(self) -> int:
        return 0

    def send(self, data: bytes) -> int:
        return len(data)

    def recv(self, size: int) -> bytes:
        piece, self._data = self._data[: min(size, self._size)], self._data[min(size, self._size) :]
        return piece


def outcome(data: bytes, size: int, method: str = "GET", most: int = 1000) -> Response | Broken:
    canned: Any = CannedSocket(data, size)
    connection = Connection(canned, 5)
    connection.send(b"x", monotonic() + 5)
    try:
        return read(connection, method, most)[0]
    except Broken as broken:
        return broken


PARTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 404 \r\n",
        b"HTTP/1.1 100 \r\n\r\n",
        b"HTTP/1.1 204 No\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: 99999\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n",
        b"Content-Encoding: deflate\r\n",
        b"Connection: close\r\n",
        b"Keep-Alive: timeout=5, max=1\r\n",
        b" folded\r\n",
        b"\r\n",
        b"\n",
        b"5\r\nhello\r\n",
        b"0\r\n",
        b"hello",
        gzip.compress(b"hello", mtime=0),
    ]
)


@given(st.lists(PARTS | st.binary(max_size=20), max_size=12), st.integers(1, 200), st.sampled_from(["GET", "HEAD"]))
def test_any_bytes_become_an_answer_or_a_reason(parts, size, method):
    result = outcome(b"".join(parts), size, method)

    assert isinstance(result, Response | Broken)


@given(st.lists(PARTS, max_size=12), st.integers(1, 50))
def test_an_answer_does_not_depend_on_how_it_arrives(parts, size):
    data = b"".join(parts)

    pieces, whole = outcome(data, size), outcome(data, 10**6)

    assert (type(pieces), pieces if isinstance(pieces, Response) else pieces.kind) == (
        type(whole),
        whole if isinstance(whole, Response) else whole.kind,
    )


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20), st.integers(1, 100))
def test_chunks_are_joined(chunks, size):
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)

    result = outcome(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body + b"0\r\n\r\n", size)

    assert isinstance(result, Response)
    assert result.body == b"".join(chunks)
