"""HttpTransport against raw sockets: the bytes that leave, and answers of every kind."""

from __future__ import annotations

import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from idpsim.errors import UsageError
from idpsim.transport.http import HttpTransport
from idpsim.wire import Answer, NoResponse, Request, Response

Serve = Callable[[socket.socket, "Server"], None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def gzipped(body: bytes) -> bytes:
    """`body` packed without the time of day, which would make the names of tests differ."""
    return gzip.compress(body, mtime=0)


class Server:
    """A listening socket; each connection is given to `serve` on a thread, and `received` holds what came."""

    def __init__(self, serve: Serve, family: int = socket.AF_INET) -> None:
        self._serve = serve
        self._listening = socket.socket(family, socket.SOCK_STREAM)
        self._listening.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        self._listening.listen()
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []
        self.port = self._listening.getsockname()[1]
        self.authority = f"[::1]:{self.port}" if family == socket.AF_INET6 else f"127.0.0.1:{self.port}"
        self.url = f"http://{self.authority}"
        self.received: list[bytes] = []
        self.connections = 0
        self.stop = threading.Event()
        self._accepting = threading.Thread(target=self._accept)
        self._accepting.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            if self.stop.is_set():
                connection.close()
                return
            self.connections += 1
            self._open.append(connection)
            thread = threading.Thread(target=self._run, args=(connection,))
            thread.start()
            self._threads.append(thread)

    def _run(self, connection: socket.socket) -> None:
        with suppress(OSError):
            self._serve(connection, self)
        connection.close()

    def request(self, connection: socket.socket) -> bytes:
        """The next request on a connection, b"" at its end."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        size = int(lengths[0].split(b":")[1]) if lengths else 0
        while len(body) < size:
            body += connection.recv(65536)
        self.received.append(head + b"\r\n\r\n" + body)
        return self.received[-1]

    def close(self) -> None:
        self.stop.set()
        with suppress(OSError):
            socket.create_connection(self._listening.getsockname()[:2], 1).close()
        self._accepting.join(5)
        self._listening.close()
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)


@pytest.fixture
def start() -> Iterator[Callable[..., Server]]:
    """Starts servers and stops them at the end."""
    servers: list[Server] = []

    def started(serve: Serve, family: int = socket.AF_INET) -> Server:
        servers.append(Server(serve, family))
        return servers[-1]

    yield started
    for server in servers:
        server.close()


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    made = HttpTransport(timeout=5, max_body=100_000)
    yield made
    made.close()


def answering(*answers: bytes) -> Serve:
    """Answers each request of a connection with the next of `answers`, the last one repeated, and keeps it open."""

    def serve(connection: socket.socket, server: Server) -> None:
        number = 0
        while server.request(connection):
            connection.sendall(answers[min(number, len(answers) - 1)])
            number += 1

    return serve


def closing(answer: bytes) -> Serve:
    """Answers one request and closes."""

    def serve(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(answer)

    return serve


def get(server: Server, path: str = "/Users/1", *headers: tuple[str, str], method: str = "GET") -> Request:
    return Request(method, server.url + path, (("Host", server.authority), *headers))


def failure(answer: Answer) -> NoResponse:
    assert isinstance(answer, NoResponse), answer
    return answer


def response(answer: Answer) -> Response:
    assert isinstance(answer, Response), answer
    return answer


# What leaves


def test_every_byte_of_a_request_leaves_as_it_stands(start, transport):
    server = start(answering(OK))
    body = '{"userName":"zoë"}'.encode()
    headers = (
        ("authorization", "Bearer t"),
        ("HOST", "sp.example"),
        ("X-Twice", "1"),
        ("X-Twice", "2"),
        ("X-Empty", ""),
        ("Content-Length", str(len(body))),
    )

    transport.send(Request("PATCH", f"{server.url}/scim//v2/../Users?filter=a+eq+%22b%2f%22&", headers, body))

    assert server.received == [
        b"PATCH /scim//v2/../Users?filter=a+eq+%22b%2f%22& HTTP/1.1\r\n"
        b"authorization: Bearer t\r\nHOST: sp.example\r\nX-Twice: 1\r\nX-Twice: 2\r\nX-Empty: \r\n"
        b"Content-Length: 19\r\n\r\n" + body
    ]


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/Users?", b"/Users?"),
        ("", b"/"),
        ("?a=1", b"/?a=1"),
        ("/a%2fb;c=d/?x=%e4&&", b"/a%2fb;c=d/?x=%e4&&"),
        ("/Users/ü", "/Users/ü".encode()),
        ("/Users#part", b"/Users"),
        ("/Users?next=http://other/x", b"/Users?next=http://other/x"),
    ],
)
def test_the_request_target_is_path_and_query_as_written(start, transport, url, target):
    server = start(answering(OK))

    transport.send(Request("GET", server.url + url, ()))

    assert server.received == [b"GET " + target + b" HTTP/1.1\r\n\r\n"]


def test_user_information_in_a_url_is_not_sent(start, transport):
    server = start(answering(OK))

    transport.send(Request("GET", f"http://ada:secret@{server.authority}/Users", ()))

    assert server.received == [b"GET /Users HTTP/1.1\r\n\r\n"]


def test_headers_beyond_latin_1_leave_as_utf_8(start, transport):
    server = start(answering(OK))

    transport.send(Request("GET", server.url + "/", (("X-A", "é"), ("X-B", "ł"))))

    assert server.received == [b"GET / HTTP/1.1\r\nX-A: \xe9\r\nX-B: \xc5\x82\r\n\r\n"]


@pytest.mark.parametrize("part", ["/Users/1\r\nX: y", "/Users/1\nX", "/a\0b"])
def test_a_line_break_in_a_url_is_not_sent(start, transport, part):
    server = start(answering(OK))

    answer = transport.send(get(server, part))

    assert failure(answer).kind == "malformed"
    assert server.received == []


def test_a_line_break_in_a_header_is_not_sent(start, transport):
    server = start(answering(OK))

    answer = transport.send(get(server, "/", ("Authorization", "Bearer a\r\nX-Injected: 1")))

    assert "line break" in failure(answer).reason


def test_a_large_body_arrives_whole(start, transport):
    server = start(answering(OK))
    body = bytes(range(256)) * 40_000

    answer = transport.send(Request("POST", server.url + "/", (("Content-Length", str(len(body))),), body))

    assert response(answer).status == 200
    assert server.received[0].endswith(b"\r\n\r\n" + body)


def test_ipv6_addresses_are_reached(start, transport):
    try:
        server = start(answering(OK), socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")

    answer = transport.send(get(server))

    assert response(answer).status == 200


# Connections


def test_a_connection_is_kept_for_the_next_request(start, transport):
    server = start(answering(OK))

    for _ in range(5):
        transport.send(get(server))

    assert (server.connections, len(server.received)) == (1, 5)


def test_a_connection_closed_while_idle_is_replaced_silently(start, transport):
    server = start(closing(OK))

    answers = []
    for _ in range(3):
        answers.append(transport.send(get(server)))
        time.sleep(0.05)

    assert [response(answer).status for answer in answers] == [200, 200, 200]
    assert len(server.received) == 3


def test_a_connection_that_said_something_unasked_is_not_reused(start, transport):
    server = start(answering(OK + OK))

    transport.send(get(server))
    answer = transport.send(get(server))

    assert response(answer).body == b"{}"
    assert server.connections == 2


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=0\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_a_connection_that_must_not_be_reused_is_not(start, transport, answer):
    server = start(answering(answer))

    answers = [transport.send(get(server)) for _ in range(2)]

    assert [response(answer).body for answer in answers] == [b"{}", b"{}"]
    assert server.connections == 2


def test_http_1_0_with_keep_alive_is_reused(start, transport):
    server = start(answering(b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\n{}"))

    for _ in range(2):
        transport.send(get(server))

    assert server.connections == 1


def test_a_request_that_was_sent_is_never_sent_again(start, transport):
    def serve(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(OK)
        server.request(connection)

    server = start(serve)
    transport.send(get(server))

    answer = transport.send(get(server, "/second"))

    assert failure(answer).kind == "reset"
    assert len(server.received) == 2


def test_no_more_connections_are_open_than_allowed(start):
    server = start(lambda connection, server: (time.sleep(0.02), answering(OK)(connection, server))[1])
    transport = HttpTransport(connections=3, timeout=5)
    threads = [threading.Thread(target=transport.send, args=(get(server),)) for _ in range(12)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    transport.close()

    assert server.connections <= 3
    assert len(server.received) == 12


def test_a_closed_transport_still_answers_and_keeps_nothing(start, transport):
    server = start(answering(OK))
    transport.close()

    for _ in range(2):
        transport.send(get(server))

    assert server.connections == 2


# Answers


@pytest.mark.parametrize(
    ("raw", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\ncontent-length: 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3, 3\r\n\r\nabc", b"abc"),
        (b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", b"abc"),
        (b"HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\nX-Trailer: 1\r\n\r\n",
            b"abc",
        ),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0003\r\nabc\r\n0\r\n\r\n", b"abc"),
        (
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nLink: x\r\n\r\n"
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
            b"abc",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 30\r\n\r\n", b""),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", b""),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_answers_are_read_however_they_arrive(start, transport, raw, body, piece):
    def serve(connection: socket.socket, server: Server) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while server.request(connection):
            for at in range(0, len(raw), piece):
                connection.sendall(raw[at : at + piece])

    server = start(serve)

    answers = [response(transport.send(get(server))) for _ in range(2)]

    assert [answer.body for answer in answers] == [body, body]
    assert server.connections == 1


def test_an_answer_without_a_length_ends_with_the_connection(start, transport):
    server = start(closing(b"HTTP/1.1 200 OK\r\n\r\nabc"))

    assert response(transport.send(get(server))).body == b"abc"


def test_status_reason_and_headers_stay_as_received(start, transport):
    server = start(
        answering(b"HTTP/1.1 418 I'm a  teapot\r\nx-A:  1 \r\nX-a: 2\r\nX-Long: a\r\n  b\r\ncontent-length:0\r\n\r\n")
    )

    answer = transport.send(get(server))

    assert answer == Response(
        418, (("x-A", "1"), ("X-a", "2"), ("X-Long", "a b"), ("content-length", "0")), b"", "I'm a  teapot"
    )


def test_head_has_no_body(start, transport):
    server = start(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"))

    answers = [transport.send(get(server, method="HEAD")) for _ in range(2)]

    assert [response(answer).body for answer in answers] == [b"", b""]
    assert server.connections == 1


def test_redirects_are_not_followed(start, transport):
    server = start(answering(b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n"))

    answer = transport.send(get(server))

    assert response(answer).status == 302
    assert len(server.received) == 1


def test_an_answer_before_the_request_is_read_counts(start, transport):
    def serve(connection: socket.socket, _: Server) -> None:
        connection.recv(100)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    body = b"x" * 5_000_000
    server = start(serve)

    answer = transport.send(Request("POST", server.url + "/", (("Content-Length", str(len(body))),), body))

    assert response(answer).status == 413


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzipped(b'{"a":1}')),
        ("GZIP", gzipped(b'{"a"') + gzipped(b":1}")),
        ("deflate", zlib.compress(b'{"a":1}')),
        ("deflate", zlib.compress(b'{"a":1}')[2:-4]),
        ("deflate, gzip", gzipped(zlib.compress(b'{"a":1}'))),
        ("identity", b'{"a":1}'),
        ("br", b'{"a":1}'),
    ],
)
def test_content_codings_are_undone_and_headers_kept(start, transport, coding, packed):
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    server = start(answering(head + packed))

    answer = response(transport.send(get(server)))

    assert answer.json == {"a": 1}
    assert answer.header("content-encoding") == coding


# Answers that are none


def packed(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (b"", "reset", "without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "truncated", "in the middle of the header"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}", "truncated", "after 2 of 1,000 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "truncated", "2 of 5"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "truncated", "chunked body"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n", "truncated", "chunked body"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed", "size"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n", "malformed", "size"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", "malformed", "1 bytes"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 99999, "malformed", "endless line"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n", "too-large", "100,000"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "malformed", "not understood"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "malformed", "1, 2"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "malformed", "not a number"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na", "malformed", "not a number"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\na", "malformed", "not a number"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 50 + b"\r\n\r\n", "malformed", "not a number"),
        (b"HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na", "malformed", "Name: value"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "malformed", "no colon"),
        (b"HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "malformed", "Name: value"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3000000000\r\n\r\n", "too-large", "3,000,000,000"),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_001, "too-large", "no stated length"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", "too-large", "header"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 300 + b"\r\n", "too-large", "256 header fields"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * 20, "malformed", "interim"),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", "malformed", "101"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "malformed", "SSH-2.0"),
        (b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n", "malformed", "not HTTP/1"),
        (b"HTTP/2 200\r\n\r\n", "malformed", "not HTTP/1"),
        (b"HTTP/1.1 20 OK\r\n\r\n", "malformed", "not HTTP/1"),
        (packed(gzipped(bytes(50_000_000))), "too-large", "when unpacked"),
        (packed(b"not gzip"), "malformed", "not gzip"),
        (packed(gzipped(b"abcdef" * 100)[:-12]), "malformed", "ends in its middle"),
    ],
)
def test_what_is_not_an_answer_is_named(start, transport, raw, kind, words):
    server = start(closing(raw))

    answer = failure(transport.send(get(server)))

    assert answer.kind == kind
    assert words in answer.reason


def test_a_connection_reset_in_the_body_is_a_reset(start, transport):
    def serve(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    answer = failure(transport.send(get(start(serve))))

    assert (answer.kind, "in the middle of the answer" in answer.reason) == ("reset", True)


def test_an_endless_body_is_not_read_on(start, transport):
    sent = []

    def serve(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not server.stop.is_set():
            sent.append(connection.send(b"1000\r\n" + b"x" * 4096 + b"\r\n"))

    answer = failure(transport.send(get(start(serve))))

    assert answer.kind == "too-large"
    assert sum(sent) < 20_000_000


@pytest.mark.parametrize(
    "drip",
    [
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 300,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 300,
    ],
)
def test_a_dripping_answer_ends_at_the_deadline(start, drip):
    def serve(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        for at in range(len(drip)):
            connection.sendall(drip[at : at + 1])
            if server.stop.wait(0.01):
                return

    transport = HttpTransport(timeout=0.3)
    began = time.monotonic()

    answer = failure(transport.send(get(start(serve))))

    assert (answer.kind, answer.reason) == ("timeout", "the answer was not complete within 0.3 s")
    assert time.monotonic() - began < 0.6


def test_silence_ends_at_the_deadline(start):
    transport = HttpTransport(timeout=0.2)

    answer = failure(transport.send(get(start(lambda _, server: server.stop.wait(5)))))

    assert (answer.kind, answer.reason) == ("timeout", "no answer within 0.2 s")


def test_a_service_provider_that_does_not_read_ends_at_the_deadline(start):
    transport = HttpTransport(timeout=0.3)
    body = b"x" * 30_000_000
    server = start(lambda _, server: server.stop.wait(5))

    answer = failure(transport.send(Request("POST", server.url, (("Content-Length", str(len(body))),), body)))

    assert (answer.kind, "could not be sent" in answer.reason) == ("timeout", True)


def test_a_slow_exchange_leaves_the_next_one_its_whole_time(start):
    def serve(connection: socket.socket, server: Server) -> None:
        while server.request(connection):
            time.sleep(0.2)
            connection.sendall(OK[:-1])
            time.sleep(0.2)
            connection.sendall(OK[-1:])

    transport = HttpTransport(timeout=0.7)
    server = start(serve)

    answers = [transport.send(get(server)) for _ in range(3)]
    transport.close()

    assert [response(answer).status for answer in answers] == [200, 200, 200]
    assert server.connections == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://sp.example/", "not an http or https URL"),
        ("/Users", "not an http or https URL"),
        ("http://", "not an http or https URL"),
        ("http://name.invalid/", "the name name.invalid is not known"),
        ("http://127.0.0.1:99999/", "127.0.0.1"),
        (f"http://{'a' * 70}.example/", "is not known"),
    ],
)
def test_what_cannot_be_reached_is_said(transport, url, words):
    answer = failure(transport.send(Request("GET", url, ())))

    assert answer.kind == "unreachable"
    assert words in answer.reason


def test_a_refused_connection_is_said(transport):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

    answer = failure(transport.send(Request("GET", f"http://127.0.0.1:{port}/", ())))

    assert answer.kind == "unreachable"
    assert answer.reason == (
        f"no connection to 127.0.0.1:{port}: connection refused; is the service provider running there?"
    )


# TLS


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> str:
    """A file with a self-signed certificate for 127.0.0.1 and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here")
    folder = tmp_path_factory.mktemp("tls")
    key, cert, both = folder / "key.pem", folder / "cert.pem", folder / "both.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=sp -addext subjectAltName=IP:127.0.0.1"
    subprocess.run([*command.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    both.write_bytes(key.read_bytes() + cert.read_bytes())
    return str(both)


def over_tls(certificate: str, serve: Serve) -> Serve:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def served(connection: socket.socket, server: Server) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            serve(wrapped, server)

    return served


def secure(server: Server) -> Request:
    return Request("GET", f"https://{server.authority}/Users?", (("Host", server.authority),))


def test_a_certificate_that_is_not_trusted_is_named_with_the_ways_out(start, transport, certificate):
    server = start(over_tls(certificate, answering(OK)))

    answer = failure(transport.send(secure(server)))

    assert answer.kind == "unreachable"
    assert "self-signed certificate" in answer.reason
    assert "`ca`" in answer.reason
    assert "`insecure`" in answer.reason


@pytest.mark.parametrize("trust", ["ca", "insecure"])
def test_a_certificate_can_be_trusted_or_not_looked_at(start, certificate, trust):
    server = start(over_tls(certificate, answering(OK)))
    transport = HttpTransport(ca=certificate) if trust == "ca" else HttpTransport(insecure=True)

    answers = [transport.send(secure(server)) for _ in range(3)]
    transport.close()

    assert [response(answer).status for answer in answers] == [200, 200, 200]
    assert server.received[0] == f"GET /Users? HTTP/1.1\r\nHost: {server.authority}\r\n\r\n".encode()
    assert server.connections == 1


def test_a_certificate_for_another_name_is_refused(start, certificate):
    server = start(over_tls(certificate, answering(OK)))
    transport = HttpTransport(ca=certificate)

    answer = failure(transport.send(Request("GET", f"https://localhost:{server.port}/", ())))

    assert "localhost" in answer.reason


def test_https_to_a_plain_server_is_said(start, transport):
    def serve(connection: socket.socket, _: Server) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    server = start(serve)

    answer = failure(transport.send(secure(server)))

    assert (answer.kind, "http://" in answer.reason) == ("unreachable", True)


def test_a_certificate_file_that_cannot_be_read_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match=r"missing\.pem"):
        HttpTransport(ca=str(tmp_path / "missing.pem"))


# Proxies


def test_http_goes_through_a_proxy_in_absolute_form(start):
    proxy = start(answering(OK))
    transport = HttpTransport(proxies={"http": f"http://ada:p%40ss@{proxy.authority}"})

    answer = transport.send(Request("GET", "http://user:pw@sp.example:8080/Users?", (("Host", "sp.example:8080"),)))
    transport.close()

    assert response(answer).status == 200
    assert proxy.received == [
        b"GET http://sp.example:8080/Users? HTTP/1.1\r\nHost: sp.example:8080\r\n"
        b"Proxy-Authorization: Basic YWRhOnBAc3M=\r\n\r\n"
    ]


def test_https_goes_through_a_tunnel(start, certificate):
    origin = start(over_tls(certificate, answering(OK)))

    def tunnel(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        with socket.create_connection(("127.0.0.1", origin.port)) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(onward, connection))
            back.start()
            _pump(connection, onward)
            back.join()

    proxy = start(tunnel)
    transport = HttpTransport(insecure=True, timeout=5, proxies={"https": proxy.authority})

    answers = [transport.send(secure(origin)) for _ in range(2)]
    transport.close()

    assert [response(answer).status for answer in answers] == [200, 200]
    assert proxy.received == [
        f"CONNECT 127.0.0.1:{origin.port} HTTP/1.1\r\nHost: 127.0.0.1:{origin.port}\r\n\r\n".encode()
    ]
    assert len(origin.received) == 2


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


def test_a_proxy_that_refuses_is_named(start):
    proxy = start(closing(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"))
    transport = HttpTransport(proxies={"all": proxy.url})

    answer = failure(transport.send(Request("GET", "https://sp.example/", ())))

    assert answer.kind == "unreachable"
    assert answer.reason == (
        f"the proxy 127.0.0.1:{proxy.port} refused a tunnel to sp.example:443: 407 Proxy Authentication Required"
    )


def test_a_proxy_of_another_kind_is_said_without_its_password():
    transport = HttpTransport(proxies={"http": "socks5://u:secret@proxy:1080"})

    answer = failure(transport.send(Request("GET", "http://sp.example/", ())))

    assert answer.reason == "the proxy socks5://proxy:1080 cannot be used: idpsim speaks to http:// proxies only"


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "other, .0.0.1", "*", "127.0.0.1:{port}"])
def test_no_proxy_hosts_are_reached_directly(start, no_proxy):
    server = start(answering(OK))
    transport = HttpTransport(proxies={"http": "http://127.0.0.1:9", "no": no_proxy.format(port=server.port)})

    answer = transport.send(get(server))
    transport.close()

    assert response(answer).status == 200
