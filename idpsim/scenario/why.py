"""The vendor's quirk behind a failure: better none than one that has nothing to do with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from idpsim.provisioning.flow import detail
from idpsim.wire import Exchange, NoResponse, Quirk

_COMMON = {"schemas", "id", "name", "value"}
_SAID = {"op": r"\bop|\b(add|replace|remove)\b", "path": r"\bpath", "pathless": r"\bpath", "element": r"\bpath|\["}


def quirk(exchanges: Sequence[Exchange], path: str = "", read: Exchange | None = None) -> Quirk | None:
    """The quirk that explains these exchanges: one that names the attribute `path`, or else one that names no other.

    `read` is what the service provider showed afterwards.
    """
    every = [(each, exchange) for exchange in exchanges for each in exchange.quirks]
    fits = [each for each, exchange in every if _explains(each, exchange, path, read or exchange)]
    return next((each for each in fits if _names(each, path)), None) or next(iter(fits), None)


def speaks(exchange: Exchange, path: str) -> bool:
    """Whether a request writes the attribute at `path`."""
    held = _root(path) in _held(exchange.request.json)
    return held and _leaf(path).encode() in (exchange.request.body or b"")


def _explains(quirk: Quirk, exchange: Exchange, path: str, read: Exchange) -> bool:
    if isinstance(exchange.answer, NoResponse):
        return True
    if exchange.answer.status >= 400:
        return _of_refusal(quirk, exchange, detail(exchange.answer))
    if quirk.about:
        return any(_concerns(word, exchange, path, read) for word in quirk.about)
    if not path or _has(quirk.text, _leaf(path)):
        return True
    return speaks(exchange, path) and not _mentions(quirk.text, exchange, {_root(path), _leaf(path)})


def _names(quirk: Quirk, path: str) -> bool:
    """Whether a quirk is about the attribute at `path` itself."""
    return bool(path) and (_leaf(path) in quirk.about or _root(path) in quirk.about or _has(quirk.text, _leaf(path)))


def _of_refusal(quirk: Quirk, exchange: Exchange, said: str) -> bool:
    """Whether a quirk can be what was refused: where the answer names attributes, it has to be about one of them."""
    blamed = {name for name in _held(exchange.request.json) - _COMMON if _has(said, name)}
    if not blamed:
        return True
    if quirk.about:
        return any(word in blamed or re.search(_SAID.get(word, "$^"), said, re.IGNORECASE) for word in quirk.about)
    return not _mentions(quirk.text, exchange, blamed)


def _concerns(word: str, exchange: Exchange, path: str, read: Exchange) -> bool:
    """Whether what a quirk is about can be why an attribute is wrong although the request was accepted."""
    match word:
        case "op":
            return speaks(exchange, path) and _ignored(exchange, read)
        case "path":
            return speaks(exchange, path) and "[" not in path and (path != _leaf(path))
        case "element":
            return speaks(exchange, path) and "[" in path
        case "pathless":
            return speaks(exchange, path) and any("path" not in each for each in _operations(exchange.request.json))
    return word in (_root(path), _leaf(path))


def _ignored(exchange: Exchange, read: Exchange) -> bool:
    """Whether operations have left no trace: none of the values that they carry is anywhere in what came back."""
    sent = {text for each in _operations(exchange.request.json) for text in _texts(each.get("value"))}
    answers = [each.answer for each in (exchange, read)]
    came = {text for each in answers if not isinstance(each, NoResponse) for text in _texts(each.json)}
    return bool(sent) and sent.isdisjoint(came)


def _texts(value: Any) -> Iterator[str]:
    """Every string in a JSON value."""
    todo = [value]
    while todo:
        each = todo.pop()
        if isinstance(each, str):
            yield each
        todo += each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ()


def _mentions(text: str, exchange: Exchange, but: set[str]) -> bool:
    """Whether a text names an attribute that the request holds, other than these."""
    return any(_has(text, name) for name in _held(exchange.request.json) - but - _COMMON)


def _has(text: str, name: str) -> bool:
    return bool(name) and re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE) is not None


def _leaf(path: str) -> str:
    return re.split(r"[.:\]]", path)[-1]


def _root(path: str) -> str:
    """`name` of `name.givenName`, `department` of its URN and name."""
    plain = path.rpartition(":")[2] if path.lower().startswith("urn:") else path
    return re.split(r"[.\[]", plain)[0]


def _operations(body: Any) -> list[Mapping[str, Any]]:
    found = body.get("Operations") if isinstance(body, Mapping) else None
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def _held(body: Any) -> set[str]:
    """The attributes that a body speaks of: of a resource, of its extensions, or of the operations of a PATCH."""
    if not isinstance(body, Mapping):
        return set()
    if "Operations" not in body:
        inner = (_held(value) for name, value in body.items() if name.lower().startswith("urn:"))
        return {_root(name) for name in body}.union(*inner) - {""}
    parts = _operations(body)
    paths = {_root(str(each.get("path") or "")) for each in parts}
    return paths.union(*(_held(each.get("value")) for each in parts)) - {""}
