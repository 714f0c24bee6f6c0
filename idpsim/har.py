"""HAR 1.2, the exchange format in and out: written entry by entry, read from browsers and proxies too."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii as quoted
from pathlib import Path
from typing import Any, TextIO, get_args
from urllib.parse import quote_plus, unquote_plus, urlsplit

from idpsim import __version__
from idpsim.errors import IdpsimError
from idpsim.redact import Redactor
from idpsim.wire import Answer, Exchange, Headers, NoResponse, NoResponseKind, Quirk, Request, Response, Sender

_HEAD = (
    '{"log":{"version":"1.2","creator":{"name":"idpsim","version":' + quoted(__version__) + '},"pages":[],"entries":[\n'
)
_NOTHING = (
    '{"status":0,"statusText":"","httpVersion":"","cookies":[],"headers":[],'
    '"content":{"size":0,"mimeType":"x-unknown"},"redirectURL":"","headersSize":-1,"bodySize":-1,"_error":'
)


class HarError(IdpsimError):
    """A HAR file cannot be used; the text names the file and what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a HAR: `request` as it can be sent again, and what was answered, None where nothing is recorded.

    `started` is the entry's startedDateTime as it stands in the file; `by`, `at` (virtual seconds) and `fault` are
    idpsim's own and None in the HARs of others.
    """

    request: Request
    answer: Answer | None
    started: str = ""
    by: Sender | None = None
    at: float | None = None
    fault: str | None = None


class HarWriter:
    """Writes a HAR to an open text file as exchanges come, in constant memory; the HAR is whole once it is closed."""

    def __init__(self, file: TextIO, redact: Redactor) -> None:
        self._file = file
        self._redact = redact
        self._first = True
        self._closed = False
        self._fields = lru_cache(maxsize=1024)(self._field)
        file.write(_HEAD)

    def __enter__(self) -> HarWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, exchange: Exchange) -> None:
        """Add one exchange."""
        text = self._text(exchange)
        self._file.write(text if self._first else ",\n" + text)
        self._first = False

    def close(self) -> None:
        """End the HAR; the file stays open, for it is the caller's."""
        if not self._closed:
            self._closed = True
            self._file.write("\n]}}\n")

    def _text(self, it: Exchange) -> str:
        milliseconds = f"{max(it.seconds, 0.0) * 1000:.3f}"
        second, rest = divmod(it.started, 1)
        moment = f"{_second(second)}.{int(rest * 1000):03d}Z"
        return (
            f'{{"startedDateTime":"{moment}","time":{milliseconds},"request":{self._request(it.request)}'
            f',"response":{self._response(it.answer)},"cache":{{}}'
            f',"timings":{{"send":0,"wait":{milliseconds},"receive":0}}'
            f',"_by":"{it.by}","_virtualTime":{it.at!r}{_notes(it)}{self._fault(it.fault)}}}'
        )

    def _request(self, request: Request) -> str:
        url = self._redact.url(request.url)
        posted = ""
        if request.body is not None:
            text = quoted(self._redact.body(request.body))
            posted = f',"postData":{{"mimeType":{_type(request.headers)},"text":{text}}}'
        return (
            f'{{"method":{quoted(request.method)},"url":{quoted(url)},"httpVersion":"HTTP/1.1","cookies":[]'
            f',"headers":{self._headers(request.headers)},"queryString":{_query(url)}{posted}'
            f',"headersSize":-1,"bodySize":{len(request.body or b"")}}}'
        )

    def _response(self, answer: Answer) -> str:
        if isinstance(answer, NoResponse):
            return _NOTHING + quoted(self._redact.text(f"{answer.kind}: {answer.reason}")) + "}"
        size = len(answer.body)
        return (
            f'{{"status":{answer.status},"statusText":{quoted(self._redact.text(answer.reason))}'
            f',"httpVersion":"HTTP/1.1","cookies":[],"headers":{self._headers(answer.headers)}'
            f',"content":{{"size":{size},"mimeType":{_type(answer.headers)}'
            f',"text":{quoted(self._redact.body(answer.body))}}}'
            f',"redirectURL":{self._redirect(answer)},"headersSize":-1,"bodySize":{size}}}'
        )

    def _redirect(self, answer: Response) -> str:
        place = answer.header("location") if 300 <= answer.status < 400 else None
        return quoted(self._redact.url(place)) if place else '""'

    def _headers(self, headers: Headers) -> str:
        fields = self._fields
        return "[" + ",".join([fields(name, value) for name, value in headers]) + "]"

    def _field(self, name: str, value: str) -> str:
        return f'{{"name":{quoted(name)},"value":{quoted(self._redact.header(name, value))}}}'

    def _fault(self, fault: str | None) -> str:
        return "" if fault is None else f',"_fault":{quoted(self._redact.text(fault))}'


def entry(exchange: Exchange, redact: Redactor) -> dict[str, Any]:
    """One exchange as an entry of a HAR."""
    from io import StringIO

    value: dict[str, Any] = json.loads(HarWriter(StringIO(), redact)._text(exchange))
    return value


@lru_cache(maxsize=16)
def _second(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _notes(it: Exchange) -> str:
    probe = ',"_probe":true' if it.probe else ""
    return probe + (f',"_quirks":{_quirks(it.quirks)}' if it.quirks else "")


@lru_cache(maxsize=256)
def _quirks(quirks: tuple[Quirk, ...]) -> str:
    return json.dumps([{"text": quirk.text, "source": quirk.source} for quirk in quirks])


def _type(headers: Headers) -> str:
    for name, value in headers:
        if len(name) == 12 and name.lower() == "content-type":
            return quoted(value)
    return '""'


def _query(url: str) -> str:
    _, mark, query = url.partition("?")
    if not mark:
        return "[]"
    return "[" + ",".join([_parameter(part) for part in query.partition("#")[0].split("&") if part]) + "]"


@lru_cache(maxsize=256)
def _parameter(part: str) -> str:
    name, _, value = part.partition("=")
    return f'{{"name":{quoted(_plain(name))},"value":{quoted(_plain(value))}}}'


def _plain(text: str) -> str:
    return unquote_plus(text) if "%" in text else text.replace("+", " ")


def read(path: str | Path) -> Iterator[Entry]:
    """The entries of a HAR file in their order; a bad file or entry is a `HarError` that names it."""
    try:
        log = json.loads(Path(path).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise HarError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise HarError(f"{path}: not a HAR: it is not JSON ({error})") from None
    entries = _at(_at(log, "log"), "entries")
    if not isinstance(entries, list):
        raise HarError(f"{path}: not a HAR: log.entries is not a list")
    return _entries(path, entries)


def _entries(path: str | Path, entries: list[Any]) -> Iterator[Entry]:
    for number, found in enumerate(entries, 1):
        try:
            yield _entry(found)
        except (ValueError, TypeError) as error:
            raise HarError(f"{path}: entry {number}: {error}") from None


def _at(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _entry(found: Any) -> Entry:
    if not isinstance(found, dict):
        raise ValueError("not an object")
    at, by, fault = found.get("_virtualTime"), found.get("_by"), found.get("_fault")
    return Entry(
        _request_of(found.get("request")),
        _answer_of(found.get("response")),
        str(found.get("startedDateTime", "")),
        by if by in get_args(Sender) else None,
        float(at) if isinstance(at, int | float) else None,
        fault if isinstance(fault, str) else None,
    )


def _request_of(found: Any) -> Request:
    method, url = _at(found, "method"), _at(found, "url")
    if not isinstance(method, str) or not method:
        raise ValueError("request.method is missing")
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        raise ValueError(f"request.url is not an http or https URL: {url!r}")
    body = _posted(found.get("postData"))
    return Request(method, url, _sendable(_headers_of(found.get("headers")), url, body), body)


def _posted(data: Any) -> bytes | None:
    if isinstance(text := _at(data, "text"), str):
        return _content(text, _at(data, "encoding"))
    params = _at(data, "params")
    if not isinstance(params, list) or not params:
        return None
    pairs = [(str(_at(one, "name") or ""), str(_at(one, "value") or "")) for one in params]
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in pairs).encode()


def _content(text: str, encoding: object) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "replace")
    try:
        return b64decode(text)
    except ValueError:
        raise ValueError("a body is said to be base64 and is not") from None


def _headers_of(found: Any) -> Headers:
    """The headers without the pseudo headers of HTTP/2."""
    fields = found if isinstance(found, list) else []
    pairs = [(_at(one, "name"), _at(one, "value")) for one in fields]
    return tuple(
        (name, value)
        for name, value in pairs
        if isinstance(name, str) and isinstance(value, str) and name and not name.startswith(":")
    )


def _sendable(headers: Headers, url: str, body: bytes | None) -> Headers:
    """`headers` with a Host, and with the length that the body has now: redaction may have changed it."""
    given = {name.lower() for name, _ in headers}
    if "host" not in given:
        headers = (("Host", urlsplit(url).netloc.rpartition("@")[2]), *headers)
    framed = tuple(
        (name, str(len(body or b"")) if name.lower() == "content-length" else value)
        for name, value in headers
        if name.lower() != "transfer-encoding"
    )
    return framed if body is None or "content-length" in given else (*framed, ("Content-Length", str(len(body))))


def _answer_of(found: Any) -> Answer | None:
    status = _at(found, "status")
    if not isinstance(status, int) or isinstance(status, bool):
        return None
    if status <= 0:
        return _failure(str(_at(found, "_error") or "no answer is recorded"))
    content = found.get("content")
    text = _at(content, "text")
    body = _content(text, _at(content, "encoding")) if isinstance(text, str) else b""
    return Response(status, _headers_of(found.get("headers")), body, str(found.get("statusText") or ""))


def _failure(error: str) -> NoResponse:
    kind, _, reason = error.partition(": ")
    kinds: dict[str, NoResponseKind] = {name: name for name in get_args(NoResponseKind)}
    return NoResponse(kinds[kind], reason) if kind in kinds else NoResponse("unreachable", error)
