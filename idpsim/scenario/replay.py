"""Sends recorded requests again: ids that a recorded answer gave become the ones given now, and changes are named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from idpsim.har import Entry
from idpsim.provisioning.flow import detail, segment
from idpsim.scenario.likeness import differences, document, pairs
from idpsim.transport import Transport
from idpsim.wire import Answer, Headers, NoResponse, Request, Response

_ENDPOINT = re.compile(
    r"/(?:Users|Groups|Me|ServiceProviderConfig|ResourceTypes|Schemas|Bulk|\.search)(?=[/?#]|$)", re.IGNORECASE
)
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LISTING = re.compile(r"/(?:Users|Groups)/?(?:\?(?!(?:.*&)?filter=).*)?", re.IGNORECASE)
_COUNTS = {"totalresults", "startindex", "itemsperpage", "resources"}
SHORT = 6
_ID_KEYS = {"id", "value", "$ref", "managerid"}


@dataclass(frozen=True, slots=True)
class Replayed:
    """One request that was sent again: how it was answered then and now, and what is different."""

    number: int
    request: Request
    before: Answer | None
    now: Answer
    changes: tuple[str, ...]


@dataclass(slots=True)
class Replay:
    """Sends entries through `transport` to the SCIM base URL `base`, each with the vendor's own headers.

    `token` goes where a token was, in its scheme; without one no Authorization is sent. `ids` maps the recorded ids
    and versions to those of today, and grows on the way.
    """

    transport: Transport
    base: str
    token: str | None = None
    ids: dict[str, str] = field(default_factory=dict)

    def play(self, entries: Iterable[Entry]) -> Iterator[Replayed]:
        """Each entry as it is sent again; one that lies below no SCIM endpoint is left out."""
        for number, entry in enumerate(entries, 1):
            rest = below(entry.request.url)
            if rest is None:
                continue
            request = self._request(entry.request, rest)
            now = self.transport.send(request)
            self._learn(entry.answer, now)
            listing = request.method == "GET" and _LISTING.fullmatch(rest) is not None
            yield Replayed(number, request, entry.answer, now, tuple(self._changes(entry.answer, now, listing)))

    def _request(self, recorded: Request, rest: str) -> Request:
        url = self.base.rstrip("/") + self._target(rest)
        body = None if recorded.body is None else self._body(recorded.body)
        return Request(recorded.method, url, self._headers(recorded.headers, url, body), body)

    def _headers(self, headers: Headers, url: str, body: bytes | None) -> Headers:
        """The recorded headers in their order, with this host, this length, this token and ids of today."""
        shown: list[tuple[str, str]] = []
        for name, value in headers:
            lower = name.lower()
            if lower == "host":
                shown.append((name, urlsplit(url).netloc.rpartition("@")[2]))
            elif lower == "content-length":
                shown.append((name, str(len(body or b""))))
            elif lower == "authorization":
                shown += [(name, given)] if (given := self._authorization(value)) else []
            else:
                shown.append((name, self.ids.get(value, value)))
        if self.token and "authorization" not in {name.lower() for name, _ in headers}:
            shown.append(("Authorization", f"Bearer {self.token}"))
        return tuple(shown)

    def _authorization(self, recorded: str) -> str | None:
        scheme, blank, _ = recorded.partition(" ")
        if not self.token:
            return None
        if scheme.lower() == "basic":
            from base64 import b64encode

            return "Basic " + b64encode(self.token.encode()).decode()
        return f"{scheme} {self.token}" if blank else self.token

    def _target(self, rest: str) -> str:
        """Path and query with the ids of today: as whole segments, and in quotes in a filter."""
        path, mark, query = rest.partition("?")
        path = "/".join(self._segment(part) for part in path.split("/"))
        for old in re.findall(r"(?:%22|\")([^\"%&]+)(?:%22|\")", query) if mark else ():
            new = self.ids.get(unquote(old))
            if new is not None:
                query = re.sub(rf'(%22|"){re.escape(old)}(%22|")', rf"\g<1>{quote(new, safe='')}\g<2>", query)
        return path + mark + query.replace(" ", "%20").replace('"', "%22")

    def _segment(self, part: str) -> str:
        new = self.ids.get(unquote(part))
        return part if new is None else segment(new)

    def _body(self, body: bytes) -> bytes:
        """The body with the ids of today; everything beside them keeps its bytes."""
        text = body.decode("utf-8", "surrogateescape")
        if not self.ids or text.lstrip()[:1] not in ("{", "["):
            return body
        pieces, end, key = [], 0, ""
        for found in _STRING.finditer(text):
            after = text[found.end() : found.end() + 8].lstrip()
            if after.startswith(":"):
                key = _text(found[0])
            else:
                pieces += [text[end : found.start()], self._string(found[0], key)]
                end = found.end()
        return ("".join(pieces) + text[end:]).encode("utf-8", "surrogateescape")

    def _string(self, token: str, key: str) -> str:
        value = _text(token)
        if value in self.ids and (len(value) >= SHORT or key.lower() in _ID_KEYS):
            return json.dumps(self.ids[value], ensure_ascii=False)
        if key == "path" and "\\" in token:
            return re.sub(r'\\"([^"\\]+)\\"', lambda m: f'\\"{self.ids.get(m[1], m[1])}\\"', token)
        start, slash, last = value.rpartition("/")
        if key == "$ref" and unquote(last) in self.ids:
            return json.dumps(f"{start}{slash}{segment(self.ids[unquote(last)])}", ensure_ascii=False)
        return token

    def _learn(self, before: Answer | None, now: Answer) -> None:
        for old, new in pairs(document(before), document(now)):
            self.ids.setdefault(old, new)

    def _changes(self, before: Answer | None, now: Answer, listing: bool) -> Iterator[str]:
        if before is None:
            return
        if isinstance(before, NoResponse) or isinstance(now, NoResponse):
            if type(before) is not type(now):
                yield f"was {_said(before)}, is {_said(now)}"
            return
        if before.status != now.status:
            yield f"was answered {before.status}, is answered {now.status}{detail(now) if now.status >= 400 else ''}"
        if (before.status < 400) != (now.status < 400):
            return
        old, new = document(before), document(now)
        yield from differences(*(_common(old, new) if listing else (old, new)), self.ids)


def below(url: str) -> str | None:
    """The part of a URL below the SCIM base URL, None where it holds no SCIM endpoint."""
    start = url.find("/", url.find("://") + 3)
    path = url[start:].partition("?")[0] if start >= 0 else ""
    found = _ENDPOINT.search(path)
    return url[start + found.start() :] if found else None


def _common(before: Any, now: Any) -> tuple[Any, Any]:
    """Two lists of everybody as far as they can be compared: nobody is alone at a service provider that is in use.

    That is without the counts, and with those resources only that are in both.
    """
    if not isinstance(before, dict) or not isinstance(now, dict):
        return before, now
    mine, theirs = _listed(before), _listed(now)
    both = mine.keys() & theirs.keys()
    return _shortened(before, [mine[name] for name in mine if name in both]), _shortened(
        now, [theirs[name] for name in mine if name in both]
    )


def _listed(document: dict[str, Any]) -> dict[str, Any]:
    """The resources of a list by what they are called."""
    found = document.get("Resources")
    listed = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return {str(each.get("userName") or each.get("displayName")).casefold(): each for each in listed}


def _shortened(document: dict[str, Any], resources: list[Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name.lower() not in _COUNTS} | {"Resources": resources}


def _said(answer: Answer) -> str:
    return f"answered {answer.status}" if isinstance(answer, Response) else f"without an answer ({answer.reason})"


def _text(token: str) -> str:
    try:
        value = json.loads(token, strict=False)
    except ValueError:
        return token[1:-1]
    return value if isinstance(value, str) else token[1:-1]
