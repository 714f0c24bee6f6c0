"""A service provider's request log: one JSON object on each line, under the names that loggers give."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode

from idpsim.errors import IdpsimError
from idpsim.har import Entry
from idpsim.wire import Answer, Headers, NoResponse, Request, Response, compact

Fields: TypeAlias = Mapping[str, Any]

NOWHERE = "http://sp.recorded.invalid"
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_METHOD = ("method", "http_method", "request_method", "verb")
_TARGET = ("url", "path", "uri", "request_url", "request_uri", "request_path", "target", "original", "full")
_QUERY = ("query", "query_string", "querystring")
_HEADERS = ("headers", "header", "request_headers")
_BODY = ("body", "request_body", "payload", "data", "content")
_STATUS = ("status", "status_code", "statuscode", "response_status", "http_status", "code")
_ANSWERED_HEADERS = ("response_headers",)
_ANSWERED_BODY = ("response_body", "response_payload")
_TIME = ("@timestamp", "timestamp", "time", "ts", "started", "starteddatetime", "datetime")
_REQUEST, _RESPONSE = ("request", "req"), ("response", "res")
_AROUND = ("http", "httprequest", "url", "fields", "event", "log", "message", "msg", "context", "attributes")


class LogError(IdpsimError):
    """A request log cannot be used; the text names the file and the line."""


@dataclass(frozen=True, slots=True)
class Line:
    """One request of a log and the number of its line."""

    number: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Log:
    """The requests of a log; `passed_over` counts its lines that hold JSON and no request."""

    lines: tuple[Line, ...]
    passed_over: int = 0


def looks_like_lines(path: str | Path) -> bool:
    """Whether a file is JSON lines rather than one document: its first line that is not empty is a whole value."""
    try:
        with Path(path).open(encoding="utf-8-sig", errors="replace") as file:
            first = next((line for line in file if line.strip()), "")
    except (OSError, ValueError):
        return False
    value = _value(first)
    return not isinstance(value, ValueError) and not (isinstance(value, dict) and "log" in value and _is_har(value))


def read(path: str | Path) -> Log:
    """The requests of a log in their order; a line that is not JSON is a `LogError` that names it."""
    try:
        text = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise LogError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise LogError(f"{path}: cannot be read: it is not UTF-8") from None
    lines, passed_over = [], 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        value = _value(line)
        if isinstance(value, ValueError):
            raise LogError(f"{path}:{number}: the line is not JSON ({value})\n  a log holds one JSON object a line")
        entry = _entry(value) if isinstance(value, dict) else None
        passed_over += entry is None
        lines += [] if entry is None else [Line(number, entry)]
    return Log(tuple(lines), passed_over)


def _is_har(value: Fields) -> bool:
    log = value["log"]
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def _value(text: str) -> Any:
    """The JSON of a line, or the error (a value, so that it can be asked for)."""
    try:
        return json.loads(text)
    except ValueError as error:
        return error
    except RecursionError:
        return ValueError("it is nested too deeply")


def _entry(line: Fields) -> Entry | None:
    """The request that a line tells of, None where it tells of none."""
    within = _inner((line,), _AROUND)
    around = (line, *within, *_inner(within, _AROUND))
    asked, answered = _inner(around, _REQUEST), _inner(around, _RESPONSE)
    method = _text(_first((*asked, *around), _METHOD, str))
    target = _text(_first((*asked, *around), (*_TARGET, *_REQUEST), str))
    if method.upper() not in _METHODS:
        method, _, target = _text(_first(around, _REQUEST, str)).partition(" ")
        target = target.partition(" ")[0]
    if method.upper() not in _METHODS or not target:
        return None
    body = _bytes(_first((*asked, *around), _BODY))
    url = _url(target, _first((*asked, *around), _QUERY))
    headers = _headers(_first((*asked, *around), _HEADERS))
    answer = _answer(answered, around, plain=not asked)
    return Entry(Request(method.upper(), url, headers, body), answer, _time(_first((*around, *asked), _TIME)))


def _inner(places: Iterable[Fields], names: tuple[str, ...]) -> tuple[Fields, ...]:
    """The objects under these names; a text that is a JSON object counts as one."""
    found = []
    for place in places:
        for key, value in place.items():
            if _plain(key) in names:
                inner = _value(value) if isinstance(value, str) and value.lstrip()[:1] == "{" else value
                found += [inner] if isinstance(inner, dict) else []
    return tuple(found)


def _first(places: Iterable[Fields], names: tuple[str, ...], kind: type = object) -> Any:
    """The first value of this kind under one of these names; `request.method` may be one dotted key."""
    for place in places:
        flat = {_plain(key): value for key, value in reversed(list(place.items()))}
        for name in names:
            for spelled in (name, f"request_{name}", f"http_{name}", f"http_request_{name}"):
                if flat.get(spelled) not in (None, "") and isinstance(flat[spelled], kind):
                    return flat[spelled]
    return None


def _plain(key: Any) -> str:
    return str(key).lower().replace(".", "_").replace("-", "_")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _url(target: str, query: Any) -> str:
    if isinstance(query, dict):
        query = urlencode({key: value for key, value in query.items() if isinstance(value, str | int)})
    if isinstance(query, str) and query and "?" not in target:
        target = f"{target}?{query.removeprefix('?')}"
    if target.lower().startswith(("http://", "https://")):
        return target
    return f"{NOWHERE}/{target.lstrip('/')}"


def _bytes(value: Any) -> bytes | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, dict) and isinstance(value.get("content"), str) and "schemas" not in value:
        value = value["content"]
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    try:
        return compact(value)
    except RecursionError:
        return None


def _headers(value: Any) -> Headers:
    """Headers from a mapping, a list of pairs, or a list of objects with `name` and `value`."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = [(name, each) for name, held in value.items() for each in (held if isinstance(held, list) else [held])]
    for each in value if isinstance(value, list) else ():
        if isinstance(each, dict):
            pairs.append((each.get("name", each.get("key")), each.get("value")))
        elif isinstance(each, list) and len(each) == 2:
            pairs.append((each[0], each[1]))
    return tuple((name, str(held)) for name, held in pairs if isinstance(name, str) and isinstance(held, str | int))


def _answer(answered: tuple[Fields, ...], around: tuple[Fields, ...], plain: bool) -> Answer | None:
    """What was answered, None where the log does not say; status 0 is no answer at all."""
    flat = around if plain or not answered else ()
    statuses = (_first(answered, _STATUS), _first(flat, _STATUS), _first(around, ("response_status_code",)))
    status = _number(next((each for each in statuses if each is not None), None))
    if status is None:
        return None
    if status == 0:
        return NoResponse("lost", "no answer is recorded")
    body = _first(answered, _BODY) or _first(around, _ANSWERED_BODY)
    headers = _headers(_first(answered, _HEADERS) or _first(around, _ANSWERED_HEADERS))
    return Response(status, headers, _bytes(body) or b"")


def _number(value: Any) -> int | None:
    digits = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 3 else None


def _time(value: Any) -> str:
    """A moment as it stands, epoch seconds or milliseconds as ISO 8601."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _text(value)
    try:
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        return ""
