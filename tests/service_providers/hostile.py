"""A service provider that breaks HTTP, JSON or SCIM in one way: raw sockets, a thread for each connection.

`with hostile("reset-before-answer") as url:` serves it on 127.0.0.1; `after=n` lets n requests be answered rightly
first, by the sound service provider of `seeded`. `with`'s end closes every socket, whatever they are doing.
"""

import contextlib
import gzip
import io
import itertools
import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import seeded
from .patching import ENTERPRISE, USER

MB = 1 << 20
SCIM = "Content-Type: application/scim+json"
NOBODY = {"schemas": [USER], "id": "u-1", "userName": "nobody@example.com", "active": True}
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


@dataclass(frozen=True)
class Request:
    """What was asked: `GET`, `/scim/v2/Users?filter=…`, the headers as they came, the body."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass(frozen=True)
class Sleep:
    """Waits so many seconds, less if the server is stopped."""

    seconds: float


@dataclass(frozen=True)
class Reset:
    """Closes with a RST instead of a FIN."""


Step = bytes | Sleep | Reset
Kind = Callable[[Request, str, str], Iterator[Step]]
_kinds: dict[str, Kind] = {}


def kind(name: str) -> Callable[[Kind], Kind]:
    """Registers a way to be hostile: (request, own base URL, the other base URL) to what goes out, then a close."""

    def register(function: Kind) -> Kind:
        _kinds[name] = function
        return function

    return register


def head(status: str, *headers: str) -> bytes:
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode("latin-1", "surrogateescape")


def whole(status: str, body: bytes, *headers: str) -> bytes:
    return head(status, *(headers or (SCIM,)), f"Content-Length: {len(body)}") + body


def right(request: Request, resource: object = NOBODY) -> bytes:
    """The text that a right answer to this request could have."""
    if re.search(r"/(Users|Groups)/[^/?]", request.target) or request.method == "POST":
        return json.dumps(resource).encode()
    page = {"schemas": [LIST], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1, "Resources": [resource]}
    return json.dumps(page).encode()


def status_for(request: Request) -> str:
    return "201 Created" if request.method == "POST" else "200 OK"


def always(name: str, *steps: Step) -> None:
    """A kind that says the same whatever was asked."""
    _kinds[name] = lambda _request, _url, _other: iter(steps)


def endless(name: str, start: bytes, again: Callable[[], Iterator[Step]]) -> None:
    """A kind that begins with these bytes and goes on until the other side, or the server, closes."""

    def steps(_request: Request, _url: str, _other: str) -> Iterator[Step]:
        yield start
        while True:
            yield from again()

    _kinds[name] = steps


# --- bodies that are not SCIM ---------------------------------------------------------------------------------------

always("html", whole("200 OK", b"<!doctype html><title>Sign in</title><p>Please sign in", "Content-Type: text/html"))
always("html-labelled-json", whole("200 OK", b"<html>502 Bad Gateway</html>"))
always("html-500", whole("502 Bad Gateway", b"<html>nginx</html>", "Content-Type: text/html"))
always("empty", whole("200 OK", b""))
always("empty-201", whole("201 Created", b""))
always("null", whole("200 OK", b"null"))
always("json-string", whole("200 OK", b'"ok"'))
always("json-cut-off", whole("200 OK", b'{"schemas": ["urn:ietf:par'))
always("json-nan", whole("200 OK", b'{"id": NaN, "totalResults": Infinity, "Resources": [NaN]}'))
always(
    "json-duplicate-keys",
    whole("200 OK", b'{"id": "a", "id": "b", "totalResults": 0, "totalResults": 9, "Resources": []}'),
)
always("json-huge-number", whole("200 OK", b'{"id": "a", "totalResults": ' + b"9" * 100_000 + b', "Resources": []}'))
always("not-utf8", whole("200 OK", b'{"id": "\xff\xfe\x80", "totalResults": 1, "Resources": [{"id": "\xff"}]}'))
always("utf16", whole("200 OK", '{"id": "a", "totalResults": 0}'.encode("utf-16"), SCIM + "; charset=utf-16"))
always("unknown-charset", whole("200 OK", b'{"id": "a"}', "Content-Type: application/scim+json; charset=klingon"))
always("binary", whole("200 OK", bytes(range(256)) * 64))
always("deeply-nested", whole("200 OK", b'{"Resources":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))
always("deeply-nested-objects", whole("200 OK", b'{"a":' * 100_000 + b"1" + b"}" * 100_000))


def wrong(name: str, page: object = None, /, **resource: object) -> None:
    """A kind with wrong types: either a list's page, or a resource's attributes."""

    def steps(request: Request, _url: str, _other: str) -> Iterator[Step]:
        body = right(request, NOBODY | resource)
        if page is not None and b'"Resources"' in body:
            body = json.dumps(page).encode()
        yield whole(status_for(request), body)

    _kinds[f"wrong-types-{name}"] = steps


wrong("id-number", id=7)
wrong("id-object", id={"value": "u-1"})
wrong("id-null", id=None)
wrong("id-empty", id="")
wrong("id-slashes", id="../../Users/a/b?x=1#y")
wrong("id-newlines", id="u\r\nX-Injected: yes\r\n\r\n1")
wrong("id-surrogate", id="u-\ud800")
wrong("id-nul", id="u-\x00")
wrong("id-10-mb", id="u" * 10 * MB)
wrong("id-unicode", id="ü 1")
wrong("user-name-list", userName=["a", "b"])
wrong("active-string", active="maybe")
wrong("active-list", active=[True])
wrong("name-string", name="Ada", emails="ada@example.com", meta="none", schemas="User")
wrong("emails-nested", emails=[[{"value": 1}], None, 7, "x"])
wrong("members-object", members={}, groups={})
wrong("members-nested", members=[None, 7, "u-1", ["u-1"], {"value": {"value": "u-1"}}, {"value": None}])
wrong("enterprise-string", **{ENTERPRISE: "none"})
wrong("resources-string", {"totalResults": 1, "Resources": "x"})
wrong("resources-object", {"totalResults": 1, "Resources": {"id": "u-1"}})
wrong("resources-null", {"totalResults": 1, "Resources": [None]})
wrong("resources-nested", {"totalResults": 1, "Resources": [[NOBODY]]})
wrong("resources-absent", {"totalResults": 3})
wrong("total-string", {"totalResults": "many", "startIndex": "one", "itemsPerPage": None, "Resources": []})
wrong("total-negative", {"totalResults": -1, "Resources": [NOBODY]})
wrong("total-fraction", {"totalResults": 0.5, "Resources": []})
wrong("total-lies", {"totalResults": 10**9, "startIndex": 1, "itemsPerPage": 1, "Resources": [NOBODY]})
wrong("page-is-a-list", [NOBODY])


@kind("wrong-types-error")
def _(_request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield whole("400 Bad Request", json.dumps({"schemas": 7, "status": ["400"], "detail": {"a": 1}}).encode())


# --- bodies that lie about their length, or never end ---------------------------------------------------------------


def gigabyte() -> Iterator[bytes]:
    yield b'{"id": "'
    yield from itertools.repeat(b"x" * (1 << 16), 1 << 14)


@kind("one-gigabyte")
def _(_request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield head("200 OK", SCIM, f"Content-Length: {8 + (1 << 30)}")
    yield from gigabyte()


@kind("one-gigabyte-chunked")
def _(_request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield head("200 OK", SCIM, "Transfer-Encoding: chunked")
    for part in gigabyte():
        yield b"%x\r\n%s\r\n" % (len(part), part)
    yield b"0\r\n\r\n"


@kind("one-gigabyte-until-close")
def _(_request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield head("200 OK", SCIM, "Connection: close")
    yield from gigabyte()


@kind("gzip-bomb")
def _(_request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield whole("200 OK", gzip.compress(b" " * 16 * MB, 1) * 16, SCIM, "Content-Encoding: gzip")


CHUNKED = head("200 OK", SCIM, "Transfer-Encoding: chunked")
endless("never-ending-chunked", CHUNKED, lambda: iter((b"1000\r\n" + b"x" * 4096 + b"\r\n",)))
endless("never-ending-drip", head("200 OK", SCIM, "Content-Length: 100000"), lambda: iter((b" ", Sleep(0.5))))
endless("never-ending-drip-chunked", CHUNKED, lambda: iter((b"1\r\n \r\n", Sleep(0.5))))
endless("never-ending-header-drip", b"HTTP/1.1 200 OK\r\nX-Slow: ", lambda: iter((b"x", Sleep(0.5))))
endless("never-ending-header", b"HTTP/1.1 200 OK\r\nX-Long: ", lambda: iter((b"x" * 65536,)))
endless("never-ending-headers", b"HTTP/1.1 200 OK\r\n", lambda: iter((b"X-More: yes\r\n" * 1000,)))
endless("never-ending-trailers", CHUNKED + b"0\r\n", lambda: iter((b"X-More: yes\r\n" * 1000,)))
endless("never-ending-status-line", b"HTTP/1.1 200 ", lambda: iter((b"O" * 65536,)))
endless("never-ending-chunk-size", CHUNKED, lambda: iter((b"0" * 65536,)))
endless("never-ending-1xx", b"", lambda: iter((b"HTTP/1.1 102 Processing\r\n\r\n" * 100,)))
endless("never-ending-1xx-drip", b"", lambda: iter((b"HTTP/1.1 100 Continue\r\n\r\n", Sleep(0.5))))
endless("silence", b"", lambda: iter((Sleep(1.0),)))
endless("silence-after-head", head("200 OK", SCIM, "Content-Length: 10"), lambda: iter((Sleep(1.0),)))

always("cut-off", head("200 OK", SCIM, "Content-Length: 1000") + b'{"id": "u-1"')
always("cut-off-in-head", b"HTTP/1.1 200 OK\r\nContent-Ty")
always("cut-off-chunk", CHUNKED + b'1000\r\n{"id": "u-1"')
always("cut-off-between-chunks", CHUNKED + b'8\r\n{"id": 1\r\n')
always("length-too-short", head("200 OK", SCIM, "Content-Length: 5") + json.dumps(NOBODY).encode())
always("length-negative", head("200 OK", SCIM, "Content-Length: -1") + b"{}")
always("length-not-a-number", head("200 OK", SCIM, "Content-Length: lots") + b"{}")
always("length-huge", head("200 OK", SCIM, f"Content-Length: {10**30}") + b"{}")
always("lengths-differ", head("200 OK", SCIM, "Content-Length: 2", "Content-Length: 20") + b"{}")
always(
    "length-and-chunked",
    head("200 OK", SCIM, "Content-Length: 3", "Transfer-Encoding: chunked") + b"2\r\n{}\r\n0\r\n\r\n",
)
always("chunk-size-garbage", CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n")
always("chunk-size-negative", CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n")
always("chunk-size-huge", CHUNKED + b"f" * 32 + b"\r\n{}\r\n")
always("transfer-encoding-unknown", head("200 OK", SCIM, "Transfer-Encoding: rot13") + b"{}")
always("204-with-body", whole("204 No Content", b'{"id": "u-1"}'))
always("304-with-body", whole("304 Not Modified", b'{"id": "u-1"}'))
always("gzip-unasked", whole("200 OK", gzip.compress(json.dumps(NOBODY).encode()), SCIM, "Content-Encoding: gzip"))
always("gzip-garbage", whole("200 OK", b"this is not gzip", SCIM, "Content-Encoding: gzip"))

# --- heads ----------------------------------------------------------------------------------------------------------

always("garbage", bytes(range(255, 0, -1)) * 20)
always("http-0.9", json.dumps(NOBODY).encode())
always("status-huge", head("99999999999999999999 OK", SCIM, "Content-Length: 2") + b"{}")
always("status-zero", head("000 Nothing", SCIM, "Content-Length: 2") + b"{}")
always("status-999", head("999 Denied", SCIM, "Content-Length: 2") + b"{}")
always("status-not-a-number", head("OK", SCIM, "Content-Length: 2") + b"{}")
always("status-101", head("101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"))
always("http-version-9", b"HTTP/9.9 200 OK\r\nContent-Length: 2\r\n\r\n{}")
always("headers-10000", head("200 OK", SCIM, *(f"X-{n}: {n}" for n in range(10_000)), "Content-Length: 2") + b"{}")
always("header-10-mb", head("200 OK", SCIM, "X-Long: " + "x" * 10 * MB, "Content-Length: 2") + b"{}")
always("header-without-colon", head("200 OK", "what is this", SCIM, "Content-Length: 2") + b"{}")
always("header-not-ascii", head("200 OK", SCIM, "X-\xfc: \xff\xfe", "Content-Length: 2") + b"{}")
always(
    "set-cookies-1000", head("200 OK", SCIM, *(f"Set-Cookie: c{n}=v" for n in range(1000)), "Content-Length: 2") + b"{}"
)
always("retry-after-garbage", head("429 Slow", "Retry-After: soon, very soon", "Content-Length: 0"))
always("retry-after-huge", head("429 Slow", "Retry-After: 99999999999999999999", "Content-Length: 0"))
always("retry-after-negative", head("503 Away", "Retry-After: -5", "Content-Length: 0"))
always("retry-after-nan", head("429 Slow", "Retry-After: nan", "Content-Length: 0"))


@kind("1xx-first")
def _(request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield head("100 Continue") + head("102 Processing") + head("103 Early Hints", "Link: </a.css>; rel=preload")
    yield whole(status_for(request), right(request))


@kind("extra-bytes-after")
def _(request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield whole(status_for(request), right(request), SCIM, "Connection: keep-alive") + whole(
        "200 OK", b'{"id": "evil"}'
    )
    yield Sleep(0.5)


@kind("keep-alive-lies")
def _(request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield whole(status_for(request), right(request), SCIM, "Connection: keep-alive", "Keep-Alive: timeout=600")


@kind("keep-alive-resets")
def _(request: Request, _url: str, _other: str) -> Iterator[Step]:
    yield whole(status_for(request), right(request), SCIM, "Connection: keep-alive")
    yield Sleep(0.05)
    yield Reset()


for number in (301, 302, 303, 307, 308):

    @kind(f"redirect-{number}-loop")
    def _(request: Request, _url: str, _other: str, number: int = number) -> Iterator[Step]:
        yield head(f"{number} Moved", f"Location: {request.target}", "Content-Length: 0")

    @kind(f"redirect-{number}-elsewhere")
    def _(_request: Request, _url: str, other: str, number: int = number) -> Iterator[Step]:
        yield head(f"{number} Moved", f"Location: {other}/elsewhere", "Content-Length: 0")


always("redirect-nowhere", head("302 Found", "Content-Length: 0"))
always("redirect-to-a-file", head("302 Found", "Location: file:///etc/passwd", "Content-Length: 0"))
always("redirect-garbage", head("302 Found", "Location: http://[::1:99999/\x01", "Content-Length: 0"))

always("close", b"")
always("reset-before-answer", Reset())
always("reset-in-head", b"HTTP/1.1 200 OK\r\nContent-", Sleep(0.05), Reset())
always("reset-in-body", head("200 OK", SCIM, "Content-Length: 1000") + b'{"id":', Sleep(0.05), Reset())

KINDS: tuple[str, ...] = tuple(_kinds)


class Hostile(str):
    """The SCIM base URL; `requests` came to it, `strays` to where it redirects (with the token, if they brought it)."""

    requests: list[Request]
    strays: list[Request]


@dataclass
class Listener:
    """A listening socket with a thread for each connection."""

    answer: Callable[[Request, int], Iterator[Step]]
    requests: list[Request] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    sockets: set[socket.socket] = field(default_factory=set)
    threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.spawn(self.accept)

    def spawn(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with self.lock:
                if self.stopped.is_set():
                    connection.close()
                    return
                self.sockets.add(connection)
            self.spawn(self.serve, connection)

    def serve(self, connection: socket.socket) -> None:
        """One connection: requests and their answers, until either side has enough."""
        with contextlib.suppress(OSError), connection.makefile("rb") as reader:
            while request := read(reader):
                with self.lock:
                    self.requests.append(request)
                    number = len(self.requests)
                if not self.send(connection, self.answer(request, number)):
                    break
        close(connection)
        with self.lock:
            self.sockets.discard(connection)

    def send(self, connection: socket.socket, steps: Iterator[Step]) -> bool:
        """Sends an answer; whether the connection may serve another request after it."""
        keep = False
        for step in steps:
            if self.stopped.is_set():
                return False
            match step:
                case Sleep(seconds):
                    self.stopped.wait(seconds)
                case Reset():
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return False
                case bytes():
                    connection.sendall(step)
                    keep = step.startswith(b"HTTP/1.1 2") and b"\r\nX-Right: yes\r\n" in step[:200]
        return keep

    def stop(self) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()
        with self.lock:
            for connection in self.sockets:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join(2)


def close(connection: socket.socket) -> None:
    """Closes so that what was sent arrives: a FIN, then a short read of what is still coming, unless RST was asked."""
    with contextlib.suppress(OSError):
        if not struct.unpack("ii", connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8))[0]:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(0.2)
            connection.recv(1 << 16)
    connection.close()


def read(reader: io.BufferedReader) -> Request | None:
    """The next request of a connection, or None where there is none."""
    line = reader.readline(1 << 16).decode("latin-1").split()
    if len(line) < 2:
        return None
    headers = []
    while (text := reader.readline(1 << 16).decode("latin-1").strip()) != "":
        name, _, value = text.partition(":")
        headers.append((name, value.strip()))
    request = Request(line[0], line[1], tuple(headers))
    if request.header("transfer-encoding").lower() == "chunked":
        body = b""
        while size := int(reader.readline(100).split(b";")[0], 16):
            body += reader.read(size)
            reader.readline(10)
        reader.readline(10)
    else:
        body = reader.read(int(request.header("content-length") or 0))
    return Request(request.method, request.target, request.headers, body)


def rightly(app: seeded.ServiceProvider, request: Request) -> Iterator[Step]:
    """The sound service provider's answer."""
    path, _, query = request.target.partition("?")
    environ = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_AUTHORIZATION": request.header("authorization"),
        "HTTP_HOST": request.header("host"),
        "wsgi.input": io.BytesIO(request.body),
    }
    said: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        said.append(head(status, "X-Right: yes", *(f"{name}: {value}" for name, value in headers)))

    body = b"".join(app(environ, start_response))
    yield said[0] + body


@contextlib.contextmanager
def hostile(kind: str, after: int = 0, token: str = seeded.TOKEN) -> Iterator[Hostile]:
    """A service provider that answers `after` requests rightly (to this token) and then is hostile in this way.

    KeyError for an unknown kind.
    """
    app, steps = seeded.make_app(token=token), _kinds[kind]

    def answer(request: Request, number: int) -> Iterator[Step]:
        return rightly(app, request) if number <= after else steps(request, url, elsewhere.url)

    elsewhere = Listener(lambda request, _number: iter((whole("200 OK", right(request)),)))
    listener = Listener(answer)
    url = Hostile(f"{listener.url}/scim/v2")
    url.requests, url.strays = listener.requests, elsewhere.requests
    try:
        yield url
    finally:
        listener.stop()
        elsewhere.stop()
