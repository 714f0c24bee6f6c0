"""The hostile service provider is right first, then hostile, and always ends at once."""

import socket
import time
import urllib.parse

import pytest

from .hostile import KINDS, hostile
from .seeded import TOKEN


def ask(url: str, connection: socket.socket, limit: float) -> bytes:
    """What came to a GET of /Users, up to a megabyte, within so many seconds."""
    path = urllib.parse.urlsplit(url).path
    connection.sendall(f"GET {path}/Users HTTP/1.1\r\nHost: sp\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
    connection.settimeout(limit)
    end, text = time.monotonic() + limit, b""
    try:
        while time.monotonic() < end and len(text) < 1 << 20:
            if not (part := connection.recv(1 << 16)):
                break
            text += part
            if b'"Resources": []}' in text:
                break
    except OSError:
        pass
    return text


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_right_once_and_ends_at_once(kind: str) -> None:
    with hostile(kind, after=1) as url:
        at = urllib.parse.urlsplit(url)
        with socket.create_connection((at.hostname or "", at.port or 0)) as connection:
            first, second = ask(url, connection, 5.0), ask(url, connection, 0.05)
            end = time.monotonic()

    assert time.monotonic() - end < 1.0
    assert first.startswith(b"HTTP/1.1 200 OK")
    assert first != second
    assert len(url.requests) == 2
