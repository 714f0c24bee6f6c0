"""What a stranger sends: parameters of a request, within bounds, however its body comes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Request

MOST = 65_536
MOST_QUERY = 16_384
FIELDS = 200
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Asked:
    """Parameters by name; one without a value counts as not sent. `repeated` is the first that came twice."""

    values: Mapping[str, str]
    repeated: str | None = None
    too_large: bool = False
    is_form: bool = True

    def get(self, name: str) -> str | None:
        return self.values.get(name)

    def words(self, name: str) -> tuple[str, ...]:
        """The words of a parameter, each once, in order."""
        return tuple(dict.fromkeys(self.values.get(name, "").split()))


def query(request: Request) -> Asked:
    """The parameters of a URL."""
    raw = request.query_string
    return _asked(raw) if len(raw) <= MOST_QUERY else Asked({}, too_large=True)


def form(request: Request) -> Asked:
    """The parameters of a body, with or without a length, chunked or not; nothing where it is no form."""
    raw = body(request)
    if len(raw) > MOST:
        return Asked({}, too_large=True)
    return _asked(raw) if request.mimetype == FORM else Asked({}, is_form=False)


def body(request: Request) -> bytes:
    """At most `MOST` bytes of the body and one more, which says that it is too large."""
    environ = request.environ
    stream = environ.get("wsgi.input") or io.BytesIO()
    length = (environ.get("CONTENT_LENGTH") or "").strip()
    if length:
        return _read(stream, min(int(length), MOST + 1)) if length.isascii() and length.isdigit() else b""
    chunked = "chunked" in (environ.get("HTTP_TRANSFER_ENCODING") or "").lower()
    ends = environ.get("wsgi.input_terminated") or chunked or isinstance(stream, io.BytesIO)
    return _read(stream, MOST + 1) if ends else b""


def _read(stream: io.BytesIO, most: int) -> bytes:
    parts, left = [], most
    while left and (part := stream.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _asked(raw: bytes) -> Asked:
    try:
        pairs = parse_qsl(raw.decode("utf-8", "replace"), errors="replace", max_num_fields=FIELDS)
    except ValueError:
        return Asked({}, too_large=True)
    values: dict[str, str] = {}
    repeated = None
    for name, value in pairs:
        if name in values and repeated is None:
            repeated = name
        values.setdefault(name, value)
    return Asked(values, repeated)
