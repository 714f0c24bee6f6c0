"""Why something is wrong: the exchanges that led to it, and the vendor's quirk behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus

from idpsim.provisioning.flow import segment
from idpsim.transcript import Transcript
from idpsim.wire import Exchange, NoResponse, Quirk

_COMMON = ("schemas", "id", "name", "value")


def of_resource(transcript: Transcript, first: int, last: int, identifier: str, path: str) -> list[Exchange]:
    """The vendor's last writes to a resource in a range, those that speak of the attribute first of all."""
    place = f"/{segment(identifier)}" if identifier else ""
    writes = [each for each in transcript.range(first, last) if each.by == "vendor" and each.request.method != "GET"]
    mine = [each for each in writes if place and _target(each).endswith(place)] or writes
    leaf = _leaf(path).encode()
    speaking = [each for each in mine if leaf and leaf in (each.request.body or b"")]
    return (speaking or mine)[-1:]


def of_failure(transcript: Transcript, first: int, last: int, reason: str, names: Sequence[str]) -> list[Exchange]:
    """The vendor's request that a failed flow ended on: of those that its reason names, or else of those that were
    refused, the last that speaks of the subject by one of its `names` (its id, its user name)."""
    vendor = [each for each in transcript.range(first, last) if each.by == "vendor"]
    named = [each for each in vendor if f"{each.request.method} " in reason and _path(each) in reason]
    found = named or [each for each in vendor if _refused(each)]
    mine = [each for each in found if any(name in _text(each) for name in names if name)]
    return (mine or found)[-1:]


def of_sign_in(transcript: Transcript, first: int, last: int) -> list[Exchange]:
    """What a browser was answered in the end, behind the last form that it posted."""
    browser = [each for each in transcript.range(first, last) if each.by == "browser"]
    posted = [each for each in browser if each.request.method == "POST"]
    return sorted({each.number: each for each in (*posted[-1:], *browser[-1:])}.values(), key=lambda it: it.number)


def _text(exchange: Exchange) -> str:
    return unquote_plus(exchange.request.url) + (exchange.request.body or b"").decode("utf-8", "replace")


def quirk(exchanges: Sequence[Exchange], path: str = "") -> Quirk | None:
    """The quirk that explains these exchanges: one that names the attribute `path`, or else one that names no other."""
    found = [(each, exchange) for exchange in exchanges for each in exchange.quirks]
    leaf = _leaf(path)
    about = (each for each, _ in found if leaf and re.search(rf"\b{re.escape(leaf)}\b", each.text, re.IGNORECASE))
    others = (each for each, exchange in found if not leaf or not _names(each, exchange, leaf))
    return next(about, None) or next(others, None)


def _leaf(path: str) -> str:
    return re.split(r"[.:\]]", path)[-1]


def _names(quirk: Quirk, exchange: Exchange, leaf: str) -> bool:
    """Whether a quirk is about an attribute that the request holds, and that is not the one meant."""
    held = _held(exchange.request.json) - {leaf, *_COMMON}
    return any(re.search(rf"\b{re.escape(name)}\b", quirk.text) for name in held)


def _held(body: Any) -> set[str]:
    """The attributes that a body speaks of: of a resource, or of the operations of a PATCH."""
    if not isinstance(body, Mapping):
        return set()
    operations = body.get("Operations")
    if not isinstance(operations, list):
        return set(body)
    parts = [each for each in operations if isinstance(each, Mapping)]
    paths = {re.split(r"[.\[]", str(each.get("path") or ""))[0] for each in parts}
    return (paths | {name for each in parts for name in _held(each.get("value"))}) - {""}


def _target(exchange: Exchange) -> str:
    return exchange.request.url.partition("?")[0]


def _path(exchange: Exchange) -> str:
    return "/" + _target(exchange).rpartition("/")[2]


def _refused(exchange: Exchange) -> bool:
    return isinstance(exchange.answer, NoResponse) or exchange.answer.status >= 400
