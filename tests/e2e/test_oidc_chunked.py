"""The token endpoint over a real socket: bodies in chunks, and bodies that are too large."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask import Flask
from waitress.server import create_server

from idpsim.sso.oidc.web import blueprint
from tests.sso.front import front

PATH = "/oauth2/default/v1/token"
FORM = b"grant_type=client_credentials&scope=api&client_id=a-client&client_secret=a-client-secret"


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    web = Flask("idpsim-test")
    web.register_blueprint(blueprint(front()))
    server = create_server(web, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield "127.0.0.1", int(server.effective_port)
    server.close()
    thread.join(5)


def exchange(address: tuple[str, int], head: bytes, body: bytes) -> bytes:
    with closing(socket.create_connection(address, timeout=10)) as connection:
        connection.sendall(head + body)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer


def head(*more: bytes) -> bytes:
    lines = [b"POST %s HTTP/1.1" % PATH.encode(), b"Host: idp", b"Connection: close", *more]
    return b"\r\n".join([*lines, b"Content-Type: application/x-www-form-urlencoded", b"", b""])


def chunked(body: bytes, size: int) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_body_in_chunks_is_read_as_a_whole(address: tuple[str, int], size: int) -> None:
    answer = exchange(address, head(b"Transfer-Encoding: chunked"), chunked(FORM, size))

    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"access_token"' in answer


def test_a_body_with_a_length_is_read_as_well(address: tuple[str, int]) -> None:
    answer = exchange(address, head(b"Content-Length: %d" % len(FORM)), FORM)

    assert answer.startswith(b"HTTP/1.1 200")


def test_a_body_in_chunks_that_is_too_large_is_refused(address: tuple[str, int]) -> None:
    answer = exchange(address, head(b"Transfer-Encoding: chunked"), chunked(FORM + b"&x=" + b"y" * 70_000, 9_000))

    assert answer.startswith(b"HTTP/1.1 413")
    assert b'"invalid_request"' in answer
