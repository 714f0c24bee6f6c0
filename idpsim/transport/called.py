"""What is the same for every application that is called in process: which requests are its own, and what it answers."""

from __future__ import annotations

from traceback import format_exception_only

from idpsim.errors import UsageError
from idpsim.transport.connection import Broken
from idpsim.transport.crashes import placed
from idpsim.transport.dial import Origin, origin
from idpsim.wire import Headers, Response

MOST_BODY = 16 * 1024 * 1024


def home(base: str) -> Origin:
    """The origin that an application answers for; UsageError where `base` is no URL."""
    try:
        return origin(base)
    except Broken as broken:
        raise UsageError(broken.reason) from None


def asked(url: str, ours: Origin) -> Origin:
    """The origin of `url` as it is written there; `Broken` where it is not the application's."""
    if url.startswith(ours.text) and url.startswith("/", len(ours.text)):
        return ours
    where = origin(url)
    if (where.scheme, where.host, where.port) != (ours.scheme, ours.host, ours.port):
        raise Broken("unreachable", f"{where.text} is not the application under test ({ours.text})")
    return where


def target(url: str, where: Origin) -> str:
    """Path and query of `url` as they stand, without the fragment."""
    rest = url[len(where.text) :].partition("#")[0]
    return rest if rest.startswith("/") else "/" + rest


def latin(value: str) -> str:
    """A header's value in the characters of its bytes: UTF-8 where it has others than Latin-1."""
    wide = not value.isascii() and max(value) > "\xff"
    return value.encode("utf-8", "replace").decode("latin-1") if wide else value


def seen(method: str, status: int, reason: str, headers: Headers, body: bytes) -> Response:
    """An answer as a client sees it: without a body where none is allowed, and as long as Content-Length says.

    `Broken` where the body is shorter than stated, or what is stated is no number.
    """
    if method == "HEAD" or status in (204, 304):
        return Response(status, headers, b"", reason)
    stated = next((value for name, value in headers if name.lower() == "content-length"), None)
    return Response(status, headers, body if stated is None else _cut(body, stated), reason)


def _cut(body: bytes, stated: str) -> bytes:
    if not (stated.isascii() and stated.isdigit()) or len(stated) > 18:
        raise Broken("malformed", f"Content-Length is not a number: {stated[:60]!r}")
    if len(body) < int(stated):
        raise Broken("truncated", f"the application sent {len(body):,} of the {int(stated):,} bytes that it stated")
    return body[: int(stated)]


def too_large(most: int) -> Broken:
    """What a body of more than `most` bytes is."""
    return Broken("too-large", f"the body is longer than {most:,} bytes")


def crash(error: BaseException) -> Response:
    """The answer of an application that raised `error`: a 500 that names it and its place."""
    text = placed("".join(format_exception_only(error)).rstrip(), error)
    body = f"Internal Server Error\n{text}\n".encode("utf-8", "replace")
    headers = (("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))))
    return Response(500, headers, body, "Internal Server Error")
