"""The names under which loggers write down a request and its answer, and the request that a line tells of."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from types import UnionType
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from idpsim.har import Entry
from idpsim.wire import Answer, Headers, NoResponse, Request, Response, compact

Fields: TypeAlias = Mapping[str, Any]

NOWHERE = "http://sp.recorded.invalid"
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_METHOD = ("method", "verb")
_TARGET = ("url", "path", "uri", "rawpath", "target", "original", "full", "urlpath", "urloriginal", "urlfull")
_QUERY = ("multivaluequerystringparameters", "querystringparameters", "querystring", "query", "rawquerystring")
_HEADERS = ("headers", "header", "multivalueheaders")
_BODY = ("body", "payload", "data", "content", "bodycontent")
_STATUS = ("status", "statuscode", "code")
_ANSWERED_HEADERS = ("responseheaders", "resheaders")
_ANSWERED_BODY = ("responsebody", "resbody", "responsepayload", "responsebodycontent")
_ANSWERED_STATUS = tuple(before + name for before in ("response", "res") for name in ("statuscode", "status"))
_TIME = ("@timestamp", "timestamp", "time", "ts", "started", "starteddatetime", "datetime")
_REQUEST, _RESPONSE = ("request", "req"), ("response", "res")
_BEFORE = ("", "request", "req", "http", "httprequest")
_AROUND = (
    *("http", "httprequest", "url", "fields", "event", "log", "message", "msg", "context", "requestcontext"),
    "attributes",
)
BODIES = "body, payload, data, content, each also as request_body, requestBody, reqBody, req.body or request.body"


def value_of(text: str) -> Any:
    """The JSON of a text, or the error (a value, so that it can be asked for)."""
    try:
        return json.loads(text)
    except ValueError as error:
        return error
    except RecursionError:
        return ValueError("it is nested too deeply")


def entry_of(line: Fields) -> Entry | None:
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
    body = _bytes(_first((*asked, *around), _BODY), _encoded((*asked, *around)))
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
                inner = value_of(value) if isinstance(value, str) and value.lstrip()[:1] == "{" else value
                found += [inner] if isinstance(inner, dict) else []
    return tuple(found)


def _first(places: Iterable[Fields], names: tuple[str, ...], kind: type | UnionType = object) -> Any:
    """The first value of this kind under one of these names; `request.method` may be one dotted key."""
    for place in places:
        flat = {_plain(key): value for key, value in reversed(list(place.items()))}
        for name in names:
            for before in _BEFORE:
                if flat.get(before + name) not in (None, "") and isinstance(flat[before + name], kind):
                    return flat[before + name]
    return None


def _plain(key: Any) -> str:
    """A name as all loggers mean it: request_body, requestBody, request.body and Request-Body are one."""
    return re.sub(r"[._-]", "", str(key)).lower()


def _encoded(places: Iterable[Fields]) -> bool:
    return _first(places, ("isbase64encoded",), bool) is True


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _url(target: str, query: Any) -> str:
    """The URL; of a query that is given in parts nobody knows how it was written, so its blanks and quotes stay."""
    if isinstance(query, dict):
        given = {key: value for key, value in query.items() if isinstance(value, str | int | list)}
        query = urlencode(given, doseq=True, quote_via=quote, safe=' "')
    if isinstance(query, str) and query and "?" not in target:
        target = f"{target}?{query.removeprefix('?')}"
    if target.lower().startswith(("http://", "https://")):
        return target
    return f"{NOWHERE}/{target.lstrip('/')}"


def _bytes(value: Any, encoded: bool = False) -> bytes | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, dict) and isinstance(value.get("content"), str) and "schemas" not in value:
        value = value["content"]
    if isinstance(value, str):
        return _decoded(value) if encoded else value.encode("utf-8", "replace")
    try:
        return compact(value)
    except RecursionError:
        return None


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text)
    except ValueError:
        return text.encode("utf-8", "replace")


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
    statuses = (_first(answered, _STATUS), _first(flat, _STATUS), _first(around, _ANSWERED_STATUS))
    status = _number(next((each for each in statuses if each is not None), None))
    if status is None:
        return None
    if status == 0:
        return NoResponse("lost", "no answer is recorded")
    body = _first(answered, _BODY) or _first(around, _ANSWERED_BODY)
    headers = _headers(_first(answered, _HEADERS) or _first(around, _ANSWERED_HEADERS))
    return Response(status, headers, _bytes(body, _encoded(answered)) or b"")


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
