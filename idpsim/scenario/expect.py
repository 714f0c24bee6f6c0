"""Expectations: what a scenario says must be true after a step, held against what the service provider shows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from idpsim.scenario.compare import same, written
from idpsim.scenario.model import Expected, Pattern, Sent
from idpsim.scenario.names import Names
from idpsim.scim import find
from idpsim.transport.faults import Pattern as RequestPattern
from idpsim.wire import Exchange


def on_resource(
    expected: Expected, document: Mapping[str, Any] | None, names: Names, members: Mapping[str, str]
) -> str:
    """What is wrong with a resource (None: it is not there) by one expectation, empty where it is met.

    `members` gives the key of each id that this run knows.
    """
    if expected.path == "absent":
        absent = expected.value is not False
        return "" if (document is None) is absent else ("it is still there" if absent else "it is not there")
    if document is None:
        wanted = _listed(expected.value) if expected.path == "members" else written(expected.value)
        return f"it is not there, expected {expected.path} {wanted}"
    if expected.path == "members":
        return _members(expected.value, document, members)
    found = [names.original(value) for value in find(document, expected.path).values]
    if expected.path == "active" and expected.value is True and not found:
        return ""  # nothing says that the user is not: SCIM has no default for it, and not every vendor sends it
    if any(fits(expected.value, value, expected.path) for value in found or [None]):
        return ""
    shown = found[0] if len(found) == 1 else (found or None)
    held = "is not there" if shown is None else f"is {written(shown)}"
    return f"{expected.path} {held}, expected {written(expected.value)}"


def _members(keys: Sequence[str], document: Mapping[str, Any], known: Mapping[str, str]) -> str:
    held = find(document, "members.value").values
    found = {known.get(value, value) for value in held if isinstance(value, str)}
    if found == set(keys):
        return ""
    return f"members are {_listed(found)}, expected {_listed(keys)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def fits(wanted: Any, found: Any, path: str = "") -> bool:
    """Whether a value fits a pattern: mappings match partially, `re:` text is a regular expression, null is absence."""
    if wanted is None:
        return found in (None, "", [])
    if isinstance(wanted, str) and wanted.startswith("re:"):
        return isinstance(found, str | int | float | bool) and bool(re.search(wanted[3:], _plain(found)))
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(fits(value, found.get(key)) for key, value in wanted.items())
    if isinstance(wanted, list | tuple):
        return isinstance(found, list | tuple) and _in_order(wanted, found)
    return same(path, wanted, found)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_order(wanted: Sequence[Any], found: Sequence[Any]) -> bool:
    rest = iter(found)
    return all(any(fits(each, candidate) for candidate in rest) for each in wanted)


def on_requests(sent: Sent, exchanges: Iterable[Exchange], base: str, names: Names, *, ordered: bool) -> str:
    """What is wrong with the requests that were sent, empty where they fit."""
    every = list(exchanges)
    seen = [each for each in every if not each.probe] if not _about_probes(sent) else every
    wrong = _unmet(sent, seen, base, names)
    if wrong and not ordered and not _unmet(sent, _sorted_for(sent, seen, base, names), base, names):
        return ""
    return wrong


def _about_probes(sent: Sent) -> bool:
    return any(pattern.request.startswith("probe") for pattern in sent.patterns)


def _unmet(sent: Sent, exchanges: Sequence[Exchange], base: str, names: Names) -> str:
    at = 0
    for pattern in sent.patterns:
        hit = next((i for i in range(at, len(exchanges)) if _matches(pattern, exchanges[i], base, names)), None)
        if hit is None or (sent.exactly and hit != at):
            return f"no request {described(pattern)} at this place; sent: {_summary(exchanges, base)}"
        at = hit + 1
    if sent.exactly and at < len(exchanges):
        return f"{len(exchanges) - at} requests more than expected; sent: {_summary(exchanges, base)}"
    return ""


def _sorted_for(sent: Sent, exchanges: Sequence[Exchange], base: str, names: Names) -> list[Exchange]:
    rest, ordered = list(exchanges), []
    for pattern in sent.patterns:
        hit = next((each for each in rest if _matches(pattern, each, base, names)), None)
        if hit is not None:
            rest.remove(hit)
            ordered.append(hit)
    return ordered + rest


def _matches(pattern: Pattern, exchange: Exchange, base: str, names: Names) -> bool:
    request = exchange.request
    rest = request.url.removeprefix(base.rstrip("/"))
    if not RequestPattern.read(pattern.request).matches(request.method, rest, exchange.probe):
        return False
    if pattern.body is None:
        return True
    try:
        body = json.loads(request.body or b"null")
    except ValueError:
        return False
    return fits(pattern.body, names.original(body))


def described(pattern: Pattern) -> str:
    """A pattern in a message."""
    return pattern.request if pattern.body is None else f"{pattern.request} with {written(pattern.body)}"


def _summary(exchanges: Sequence[Exchange], base: str) -> str:
    shown = [f"{each.request.method} {each.request.url.removeprefix(base.rstrip('/'))[:60]}" for each in exchanges[:6]]
    more = [f"and {len(exchanges) - 6} more"] if len(exchanges) > 6 else []
    return ", ".join(shown + more) or "nothing"
