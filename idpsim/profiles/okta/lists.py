"""How Okta reads a ListResponse: what it tolerates there, and what stops it."""

from __future__ import annotations

from typing import Any

from idpsim.profiles.okta import facts
from idpsim.provisioning.flow import Call, Ended, Failed
from idpsim.wire import Response

NUMBERS = ("totalResults", "startIndex", "itemsPerPage")


def whole_numbers(call: Call, answer: Response) -> dict[str, Any]:
    """The ListResponse by lower-case key, which Okta takes too; its numbers have to be JSON integers."""
    document = answer.json
    if not isinstance(document, dict):
        why = f"{call.method} {call.path} was answered {answer.status} without a ListResponse"
        raise Ended(Failed(why, answer, source=facts.REFERENCE))
    lower = {key.lower(): value for key, value in document.items()}
    for name in NUMBERS:
        value = lower.get(name.lower())
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            shown = "a list or object" if isinstance(value, list | dict) else repr(value)[:60]
            why = f"{call.method} {call.path} was answered with {name} {shown}: Okta needs a JSON integer"
            raise Ended(Failed(why, answer, source=facts.REFERENCE))
    return lower


def page(call: Call, answer: Response) -> tuple[list[dict[str, Any]], int | None]:
    """The resources of a ListResponse, and how many there are in all."""
    document = whole_numbers(call, answer)
    found = document.get("resources", [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Ended(Failed(f"{call.method} {call.path} was answered {answer.status} without a ListResponse", answer))
    return found, document.get("totalresults")
