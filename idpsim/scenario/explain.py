"""Why something is wrong: the exchanges that led to it, and the vendor's quirk behind them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from idpsim.provisioning.flow import segment
from idpsim.transcript import Transcript
from idpsim.wire import Exchange, NoResponse, Quirk


def of_resource(transcript: Transcript, first: int, last: int, identifier: str, path: str) -> list[Exchange]:
    """The vendor's last writes to a resource in a range, those that speak of the attribute first of all."""
    place = f"/{segment(identifier)}" if identifier else ""
    writes = [each for each in transcript.range(first, last) if each.by == "vendor" and each.request.method != "GET"]
    mine = [each for each in writes if place and _target(each).endswith(place)] or writes
    leaf = re.split(r"[.:\]]", path)[-1].encode()
    speaking = [each for each in mine if leaf and leaf in (each.request.body or b"")]
    return (speaking or mine)[-1:]


def of_failure(transcript: Transcript, first: int, last: int, reason: str) -> list[Exchange]:
    """The vendor's request that a failed flow ended on: the one its reason names, else the last that was refused."""
    refused = [each for each in transcript.range(first, last) if each.by == "vendor" and _refused(each)]
    named = [each for each in refused if reason.startswith(f"{each.request.method} ") and _path(each) in reason]
    every = [each for each in transcript.range(first, last) if each.by == "vendor"]
    return (named or refused or every)[-1:]


def quirk(exchanges: Sequence[Exchange]) -> Quirk | None:
    """The first quirk of these exchanges."""
    return next((each for exchange in exchanges for each in exchange.quirks), None)


def _target(exchange: Exchange) -> str:
    return exchange.request.url.partition("?")[0]


def _path(exchange: Exchange) -> str:
    return "/" + _target(exchange).rpartition("/")[2]


def _refused(exchange: Exchange) -> bool:
    return isinstance(exchange.answer, NoResponse) or exchange.answer.status >= 400
