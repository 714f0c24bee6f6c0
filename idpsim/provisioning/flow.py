"""Flows: generators that yield calls, receive answers and end in an outcome; no I/O, no clock, no chance.

A flow may also yield a `Promise`, as soon as the service provider has acknowledged something: it is kept even when a
later call of the same flow fails. A flow returns its outcome.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias
from urllib.parse import quote

from idpsim.provisioning.links import Promise
from idpsim.wire import JSON, Answer, NoResponse, Quirk, Response

_PLAIN = re.compile(r"[A-Za-z0-9_~-]+").fullmatch
Params: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One SCIM request as a vendor means it; its profile's `request` makes the bytes.

    `path` starts at the base URL and has its ids escaped; `params` are not yet encoded. A `probe` is a connection
    test: faults and expectations on requests do not see it.
    """

    method: str
    path: str
    params: Params = ()
    body: JSON = None
    quirks: tuple[Quirk, ...] = ()
    probe: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """The flow has done what it set out to do; `note` says what was unusual about it."""

    note: str = ""
    promises: tuple[Promise, ...] = ()
    word = "done"


@dataclass(frozen=True, slots=True)
class Skipped:
    """Nothing was sent, and why.

    `by` is `vendor` (this vendor never does it: the step's expectations are skipped too), `settings` (the app's
    switches: the step's expectations still hold) or `state` (there is nothing to do).
    """

    reason: str
    source: str = ""
    by: Literal["vendor", "settings", "state"] = "vendor"
    word = "skipped"


@dataclass(frozen=True, slots=True)
class Failed:
    """The flow could not go on; `answer` is what stopped it, `code` the vendor's own name for the error."""

    reason: str
    answer: Answer | None = None
    code: str = ""
    source: str = ""
    word = "failed"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The flow goes on by itself later, at `until` in virtual seconds (None: once the real pause has passed)."""

    reason: str
    until: float | None = None
    word = "waiting"


@dataclass(frozen=True, slots=True)
class Pending:
    """An administrator has to approve it first."""

    reason: str
    source: str = ""
    word = "pending"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The vendor has put the whole app aside, and why."""

    reason: str
    source: str = ""
    answer: Answer | None = None
    word = "quarantined"


Outcome: TypeAlias = Done | Skipped | Failed | Waiting | Pending | Quarantined
Flow: TypeAlias = Generator["Call | Promise", Answer, Outcome]
WORDS = ("done", "skipped", "pending", "waiting", "failed", "quarantined")


class Ended(Exception):
    """Ends a flow from within `accepted` and its like."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


def worst(words: list[str]) -> str:
    """The worst of several outcomes, `done` where there is none; done beats skipped."""
    return max(words, key=lambda word: WORDS.index(word) if word != "done" else 1.5, default="done")


def segment(identifier: str) -> str:
    """An id as one path segment, reserved characters escaped."""
    return identifier if _PLAIN(identifier) else quote(identifier, safe="", errors="replace")


def equals(attribute: str, value: str) -> str:
    """The filter `attribute eq "value"`, not yet encoded; no vendor is known to escape quotes inside the value."""
    return f'{attribute} eq "{value}"'


def get(path: str, params: Params = (), *quirks: Quirk, probe: bool = False) -> Call:
    return Call("GET", path, params, None, quirks, probe)


def post(path: str, body: JSON, *quirks: Quirk) -> Call:
    return Call("POST", path, (), body, quirks)


def put(path: str, body: JSON, *quirks: Quirk) -> Call:
    return Call("PUT", path, (), body, quirks)


def delete(path: str, *quirks: Quirk) -> Call:
    return Call("DELETE", path, (), None, quirks)


PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def patch(path: str, *operations: Mapping[str, JSON], quirks: tuple[Quirk, ...] = ()) -> Call:
    """A PATCH with the operations as they stand."""
    return Call("PATCH", path, (), {"schemas": [PATCH_OP], "Operations": list(operations)}, quirks)


def accepted(call: Call, *statuses: int) -> Generator[Call | Promise, Answer, Response]:
    """Send `call` and return the answer; any status but these, or no answer, ends the flow as failed."""
    answer = yield call
    if isinstance(answer, Response) and answer.status in statuses:
        return answer
    raise Ended(refused(call, answer))


def refused(call: Call, answer: Answer, code: str = "", source: str = "") -> Failed:
    """The failure that an answer is, in words that name the request and what the service provider said."""
    return Failed(f"{call.method} {call.path} {said(answer)}", answer, code, source)


def said(answer: Answer) -> str:
    """What came back, in a clause: `was answered 400: active must be a boolean`."""
    if isinstance(answer, NoResponse):
        return f"got no answer: {answer.reason}"
    return f"was answered {answer.status}{detail(answer)}"


def detail(answer: Response) -> str:
    """`: ` and what the service provider said about an error, shortened to a line; empty where it said nothing."""
    document = answer.json
    text = document.get("detail") if isinstance(document, dict) else None
    line = " ".join((text if isinstance(text, str) else answer.text[:2000]).split())
    return f": {line[:200]}{'…' if len(line) > 200 else ''}" if line else ""


def resource(call: Call, answer: Response) -> dict[str, Any]:
    """The resource in an answer: a JSON object with a usable `id`, or the flow ends as failed."""
    document = answer.json
    if not isinstance(document, dict):
        raise Ended(Failed(f"{call.method} {call.path} was answered {answer.status} without a JSON object", answer))
    if not usable_id(document.get("id")):
        raise Ended(Failed(f"{call.method} {call.path} was answered {answer.status} without a usable id", answer))
    return document


def usable_id(value: object) -> bool:
    """Whether this can be the `id` of a resource: text of a length that fits into a URL."""
    return isinstance(value, str) and 0 < len(value) <= 1024


def listed(call: Call, answer: Response) -> list[dict[str, Any]]:
    """The resources of a ListResponse; anything else ends the flow as failed."""
    document = answer.json
    found = document.get("Resources", []) if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Ended(Failed(f"{call.method} {call.path} was answered {answer.status} without a ListResponse", answer))
    return found


def nothing(outcome: Outcome) -> Flow:
    """A flow that sends nothing and ends as it was told to: what a vendor does not do is said, not left out."""
    return outcome
    yield Call("", "")  # pragma: no cover - makes this a generator
