"""Reads an HTTP/1 answer by hand: fast for the ordinary one, bounded and strict for every other."""

from __future__ import annotations

import re
from functools import lru_cache
from time import monotonic
from typing import NamedTuple

from idpsim.transport.coding import decoded
from idpsim.transport.connection import Broken, Connection
from idpsim.wire import Headers, Response

MOST_HEAD = 65536
MOST_FIELDS = 256
MOST_INTERIM = 10
_LONGEST_CACHED = 200
_STATUS = re.compile(r"HTTP/1\.([01]) ([1-9]\d\d)(?: ([^\r\n\0]*))?")
_FIELD = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*)")
_FOLD = re.compile(r"\r?\n[ \t]+")
_LINE_END = re.compile(r"\r?\n")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\0]*)?")
_FRAMING = {"content-length", "transfer-encoding", "connection", "content-encoding", "keep-alive"}


class _Head(NamedTuple):
    """A parsed head; `framing` holds the fields that decide where the body ends, by lower-case name, lists joined."""

    minor: str
    status: int
    reason: str
    headers: Headers
    framing: dict[str, str]


def read(connection: Connection, method: str, most: int) -> tuple[Response, bool]:
    """The answer to a request of `method`, and whether the connection serves another; raises `Broken`."""
    head = _final_head(connection)
    framing = head.framing
    status = head.status
    close = _closes(head)
    if method == "HEAD" or status == 204 or status == 304:
        body = b""
    elif "transfer-encoding" in framing:
        body = _chunked(connection, framing["transfer-encoding"], most)
        close = close or "content-length" in framing or head.minor == "0"
    elif "content-length" in framing:
        body = connection.exactly(_length(framing["content-length"], most))
    else:
        body = connection.rest(most)
        close = True
    if "keep-alive" in framing:
        connection.stale = _stale(framing["keep-alive"])
    if "content-encoding" in framing:
        body = decoded(body, framing["content-encoding"], most)
    return Response(status, head.headers, body, head.reason), not close and connection.clean


def _final_head(connection: Connection) -> _Head:
    for _ in range(MOST_INTERIM + 1):
        head = _parse(connection.head(MOST_HEAD))
        if head.status >= 200:
            return head
        if head.status == 101:
            raise Broken("malformed", "the service provider switched protocols (101) without being asked")
    raise Broken("malformed", f"more than {MOST_INTERIM} interim (1xx) answers and no final one")


def _parse(raw: bytes) -> _Head:
    text = raw.decode("latin-1")
    if "\n " in text or "\n\t" in text:
        text = _FOLD.sub(" ", text)
    lines = text.split("\r\n") if text.count("\n") == text.count("\r\n") else _LINE_END.split(text)
    minor, status, reason = _status(lines[0])
    if len(lines) > MOST_FIELDS:
        raise Broken("too-large", f"the answer has more than {MOST_FIELDS} header fields")
    fields = [_field(line) if len(line) < _LONGEST_CACHED else _field.__wrapped__(line) for line in lines[1:]]
    framing: dict[str, str] = {}
    for pair, name in fields:
        if name:
            framing[name] = f"{framing[name]}, {pair[1]}" if name in framing else pair[1]
    return _Head(minor, status, reason, tuple([pair for pair, _ in fields]), framing)


@lru_cache(maxsize=64)
def _status(line: str) -> tuple[str, int, str]:
    match = _STATUS.fullmatch(line)
    if match is None:
        raise Broken("malformed", f"the answer is not HTTP/1: it begins with {line[:60]!r}")
    return match[1], int(match[2]), (match[3] or "").strip()


@lru_cache(maxsize=1024)
def _field(line: str) -> tuple[tuple[str, str], str]:
    """The field as name and value, and its lower-case name where it is about framing."""
    match = _FIELD.fullmatch(line)
    if match is None:
        raise Broken("malformed", f"a header line is not `Name: value`: {line[:60]!r}")
    name = match[1].lower()
    return (match[1], match[2].rstrip(" \t")), name if name in _FRAMING else ""


def _closes(head: _Head) -> bool:
    connection = head.framing.get("connection")
    if connection is None:
        return head.minor == "0"
    options = [option.strip() for option in connection.lower().split(",")]
    return "close" in options or (head.minor == "0" and "keep-alive" not in options)


def _length(stated: str, most: int) -> int:
    values = {value.strip() for value in stated.split(",")}
    if len(values) > 1:
        raise Broken("malformed", f"the answer states different lengths: Content-Length {stated}")
    value = values.pop()
    if not (value.isascii() and value.isdigit()) or len(value) > 18:
        raise Broken("malformed", f"Content-Length is not a number: {stated[:60]!r}")
    size = int(value)
    if size > most:
        raise Broken("too-large", f"the body is {size:,} bytes long, more than {most:,}")
    return size


def _chunked(connection: Connection, coding: str, most: int) -> bytes:
    if coding.strip().lower() != "chunked":
        raise Broken("malformed", f"Transfer-Encoding {coding[:60]!r} is not understood")
    body = bytearray()
    while size := _chunk_size(connection):
        if len(body) + size > most:
            raise Broken("too-large", f"the chunked body is longer than {most:,} bytes")
        body += connection.exactly(size)
        if connection.line(2):
            raise Broken("malformed", f"a chunk of the body is longer than the {size:,} bytes it states")
    for _ in range(MOST_FIELDS):
        if not connection.line(MOST_HEAD):
            return bytes(body)
    raise Broken("too-large", f"the chunked body has more than {MOST_FIELDS} trailer fields")


def _chunk_size(connection: Connection) -> int:
    line = connection.line(4096)
    match = _CHUNK.fullmatch(line)
    if match is None:
        raise Broken("malformed", f"a chunk of the body does not begin with its size: {line[:60]!r}")
    return int(match[1], 16)


def _stale(keep_alive: str) -> float:
    """When an idle connection is not worth trying, somewhat before the service provider says that it closes it."""
    match = re.search(r"timeout=(\d{1,6})(?!\d)", keep_alive)
    return monotonic() + int(match[1]) * 0.9 if match else float("inf")


def read_tunnel(connection: Connection) -> tuple[int, str]:
    """Status and reason of a proxy's answer to CONNECT; after a 2xx the tunnel begins."""
    head = _final_head(connection)
    if 200 <= head.status < 300 and not connection.clean:
        raise Broken("malformed", "bytes came through the tunnel before anything was asked")
    return head.status, head.reason
