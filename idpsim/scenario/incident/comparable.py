"""Requests made comparable: nothing is left in them that differs from run to run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from idpsim.scenario.incident.identities import Identities
from idpsim.scenario.incident.recorded import Recorded, guid_like
from idpsim.scenario.incident.writing import shape
from idpsim.scim import values_of

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_NOT_COMPARED = {"host", "content-length", "authorization", "cookie", "proxy-authorization", "transfer-encoding"}
_ADDED_ON_THE_WAY = ("x-", "via", "forwarded", "cf-", "cdn-", "traceparent", "tracestate", "newrelic", "request-id")
_MADE_UP = ("externalid", "password", "managerid", "$ref", "location", "created", "lastmodified", "version")


@dataclass(frozen=True, slots=True)
class Sent:
    """One request with nothing in it that differs from run to run: ids are the names of whose they are."""

    request: Recorded
    key: tuple[str, str]
    query: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    echoed: frozenset[str] = frozenset()


def sent(requests: Sequence[Recorded], count: Iterable[int] | None = None) -> list[Sent]:
    """Requests made comparable; with `count` only those of these numbers, the others only tell whose an id is."""
    identities = Identities(requests)
    named = {identifier: f"{{{entity.kind} {entity.name}}}" for identifier, entity in identities.ids()}
    wanted = None if count is None else set(count)
    shown: dict[tuple[str, str | None], Any] = {}
    found = []
    for each in requests:
        if wanted is None or each.number in wanted:
            found.append(_sent(each, identities, named, shown.get((each.about, each.id))))
        if each.id is not None and each.found:
            shown[each.about, each.id] = each.found[0]
    return found


def _sent(each: Recorded, identities: Identities, named: Mapping[str, str], shown: Any) -> Sent:
    entity = identities.of(each)
    name = entity.name if entity else "{probe}" if each.lookup else ""
    path, mark, query = each.rest.partition("?")
    headers = {
        name.lower(): value
        for name, value in each.entry.request.headers
        if name.lower() not in _NOT_COMPARED and not name.lower().startswith(_ADDED_ON_THE_WAY)
    }
    body = _comparable(values_of(each.body), named) if isinstance(each.body, dict) else {}
    answered = _comparable(values_of(shown), named) if isinstance(shown, dict) and each.method == "PUT" else {}
    echoed = frozenset(path for path, value in answered.items() if body.get(path) == value)
    key = f"{shape(each)} {name}" if each.about != "other" else path
    return Sent(each, (each.method, key), mark + _GUID.sub("{guid}", _without(query, named)), headers, body, echoed)


def _without(text: str, named: Mapping[str, str]) -> str:
    """Text with the names of those whose ids stand in it."""
    if text in named:
        return named[text]
    for identifier in re.findall(r"[\w.~-]{6,}", text):
        if identifier in named:
            text = text.replace(identifier, named[identifier])
    return text


def _comparable(values: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, value in values.items():
        if path == "Operations" and isinstance(value, tuple | list):
            for number, each in enumerate(value):
                inner = values_of(each) if isinstance(each, dict) else {"": each}
                found |= {f"Operations[{number}].{name}": _plain(name, one, named) for name, one in inner.items()}
        else:
            found[path] = _plain(path, value, named)
    return found


def _plain(path: str, value: Any, named: Mapping[str, str]) -> Any:
    if path.lower().rpartition(".")[2] in _MADE_UP:
        return "{made up}"
    if isinstance(value, str):
        return "{guid}" if guid_like(value) and value not in named else _without(value, named)
    if isinstance(value, tuple | list):
        return [_plain("", each, named) for each in value]
    if isinstance(value, dict):
        return {name: _plain(name, inner, named) for name, inner in value.items()}
    return value
