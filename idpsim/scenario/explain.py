"""Which exchanges show that something is wrong: of a resource, of a flow that failed, of a sign-in."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import unquote_plus

from idpsim.provisioning.flow import segment
from idpsim.scenario.why import quirk, speaks
from idpsim.transcript import Transcript
from idpsim.wire import Exchange, NoResponse

__all__ = ["of_failure", "of_resource", "of_sign_in", "quirk", "touched"]


def of_resource(
    transcript: Transcript, first: int, last: int, identifier: str, path: str, name: str = ""
) -> list[Exchange]:
    """The vendor's last write to a resource in a range: that speaks of the attribute, or else any.

    `name` is its userName or displayName, by which a create is known that was refused.
    """
    writes = _writes(transcript, first, last, identifier, name)
    return ([each for each in writes if speaks(each, path)] or writes)[-1:]


def touched(transcript: Transcript, first: int, last: int, identifier: str, path: str, name: str = "") -> bool:
    """Whether the vendor has written that attribute of that resource in a range; without a `path` anything of it."""
    return any(not path or speaks(each, path) for each in _writes(transcript, first, last, identifier, name))


def _writes(transcript: Transcript, first: int, last: int, identifier: str, name: str) -> list[Exchange]:
    vendor = (each for each in transcript.range(first, last) if each.by == "vendor")
    return [each for each in vendor if each.request.method != "GET" and _is_of(each, identifier, name)]


def _is_of(exchange: Exchange, identifier: str, name: str) -> bool:
    """Whether a write is to the resource with this id, or creates it."""
    if exchange.request.method != "POST":
        return bool(identifier) and _target(exchange).endswith(f"/{segment(identifier)}")
    sent, made = exchange.request.json, None if isinstance(exchange.answer, NoResponse) else exchange.answer.json
    if identifier and isinstance(made, dict) and made.get("id") == identifier:
        return True
    return bool(name) and isinstance(sent, dict) and name in (sent.get("userName"), sent.get("displayName"))


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


def _target(exchange: Exchange) -> str:
    return exchange.request.url.partition("?")[0]


def _path(exchange: Exchange) -> str:
    return "/" + _target(exchange).rpartition("/")[2]


def _refused(exchange: Exchange) -> bool:
    return isinstance(exchange.answer, NoResponse) or exchange.answer.status >= 400
