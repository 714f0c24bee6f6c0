"""Okta's connection test and its import of users and groups."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from idpsim.profiles.okta import facts
from idpsim.provisioning.flow import Call, Done, Ended, Failed, Flow, accepted, get, listed
from idpsim.provisioning.links import Promise
from idpsim.wire import Answer, Response

PAGE = 100
MOST_PAGES = 10_000


def test_connection(import_groups: bool) -> Flow:
    """Test the credentials, then save: two users are listed each time, and a page of groups where they are imported."""
    for _ in ("test", "save"):
        call = get("/Users", (("startIndex", "1"), ("count", "2")), facts.PROBE, probe=True)
        _whole_numbers(call, (yield from accepted(call, 200)))
    if import_groups:
        call = get("/Groups", (("startIndex", "1"), ("count", str(PAGE))), probe=True)
        _whole_numbers(call, (yield from accepted(call, 200)))
    return Done("Connector configured successfully")


def _whole_numbers(call: Call, answer: Response) -> None:
    document = answer.json
    if not isinstance(document, dict):
        raise Ended(Failed(f"GET {call.path} was answered 200 without a ListResponse", answer, source=facts.REFERENCE))
    lower = {key.lower(): value for key, value in document.items()}
    for name in ("totalResults", "startIndex", "itemsPerPage"):
        value = lower.get(name.lower())
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            why = f"GET {call.path} was answered with {name} {value!r}: Okta needs a JSON integer"
            raise Ended(Failed(why, answer, source=facts.REFERENCE))


def import_all(groups: bool) -> Flow:
    """Read all users, page by page, and all groups where they are imported; inactive users are left out."""
    users = yield from _pages("/Users")
    note = f"{sum(1 for user in users if user.get('active') is not False)} users scanned"
    if groups:
        note += f", {len((yield from _pages('/Groups')))} groups scanned"
    return Done(note)


def _pages(path: str) -> Generator[Call | Promise, Answer, list[dict[str, Any]]]:
    found: list[dict[str, Any]] = []
    start = 1
    for _ in range(MOST_PAGES):
        call = get(path, (("startIndex", str(start)), ("count", str(PAGE))))
        answer = yield from accepted(call, 200)
        page = listed(call, answer)
        found += page
        total = answer.json.get("totalResults")
        start += PAGE
        if not page or not isinstance(total, int) or start > total:
            break
    return found
