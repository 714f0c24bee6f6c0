"""Okta's connection test and its import of users and groups."""

from __future__ import annotations

from collections.abc import Generator

from idpsim.profiles.okta import facts
from idpsim.profiles.okta.lists import page, whole_numbers
from idpsim.provisioning.flow import Call, Done, Flow, accepted, get
from idpsim.provisioning.links import Promise
from idpsim.wire import Answer

PAGE = 100
MOST_PAGES = 10_000


def test_connection(import_groups: bool) -> Flow:
    """Test the credentials, save them, and save what is provisioned: two users are listed each time.

    Where groups are imported, a page of them follows the saving of the credentials.
    """
    yield from _probe("/Users", 2)
    yield from _probe("/Users", 2)
    if import_groups:
        yield from _probe("/Groups", PAGE)
    yield from _probe("/Users", 2)
    return Done("Connector configured successfully")


def _probe(path: str, count: int) -> Generator[Call | Promise, Answer, None]:
    quirks = (facts.PROBE,) if path == "/Users" else ()
    call = get(path, (("startIndex", "1"), ("count", str(count))), *quirks, probe=True)
    whole_numbers(call, (yield from accepted(call, 200)))


def import_all(groups: bool) -> Flow:
    """Read all users, page by page, and all groups where they are imported; inactive users are left out."""
    note = f"{(yield from _scanned('/Users'))} users scanned"
    if groups:
        note += f", {(yield from _scanned('/Groups'))} groups scanned"
    return Done(note)


def _scanned(path: str) -> Generator[Call | Promise, Answer, int]:
    """How many resources were scanned; the next page is 100 further on, however many were returned."""
    scanned = 0
    for start in range(1, MOST_PAGES * PAGE, PAGE):
        call = get(path, (("startIndex", str(start)), ("count", str(PAGE))))
        found, total = page(call, (yield from accepted(call, 200)))
        scanned += sum(1 for each in found if each.get("active") is not False)
        if not found or total is None or start + PAGE > total:
            break
    return scanned
