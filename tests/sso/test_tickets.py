"""Tickets carry who signs in between processes with the same keys, and nobody else's are taken."""

from __future__ import annotations

import pytest

from idpsim.directory import Person
from idpsim.signon import Identity, Membership
from idpsim.sso import tickets
from idpsim.sso.sessions import Shelf

ADA = Identity("00u1", Person("ada", "ada", "ada@example.com", custom={"a": "b"}), (Membership("g1", "Engineering"),))
SECRET = b"0123456789abcdef0123456789abcdef"


def test_an_identity_survives_the_journey() -> None:
    sealed = tickets.seal({"identity": tickets.written(ADA)}, SECRET, 1000.0)

    claims = tickets.unseal(sealed, SECRET, 1001.0)

    assert claims is not None
    assert tickets.read(claims["identity"]) == ADA


def test_a_ticket_ends_after_five_minutes() -> None:
    sealed = tickets.seal({}, SECRET, 1000.0)

    assert tickets.unseal(sealed, SECRET, 1300.0) is not None
    assert tickets.unseal(sealed, SECRET, 1301.0) is None


def test_a_ticket_of_other_keys_is_none() -> None:
    sealed = tickets.seal({}, b"another secret that is long enough", 1000.0)

    assert tickets.unseal(sealed, SECRET, 1000.0) is None


@pytest.mark.parametrize("junk", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJleHAiOjk5OTk5OTk5OTl9.", "\0", "é" * 100])
def test_junk_is_no_ticket(junk: str) -> None:
    assert tickets.unseal(junk, SECRET, 0.0) is None


@pytest.mark.parametrize("junk", [None, 3, {}, {"id": 1}, {"id": "x", "person": {"nope": 1}, "groups": []}])
def test_junk_is_nobody(junk: object) -> None:
    assert tickets.read(junk) is None


def test_a_shelf_forgets_the_oldest() -> None:
    shelf: Shelf[str] = Shelf(60, lambda: 0.0, most=2)
    names = [shelf.put(each) for each in "abc"]

    assert [shelf.get(name) for name in names] == [None, "b", "c"]


def test_what_is_taken_is_gone() -> None:
    shelf: Shelf[str] = Shelf(60, lambda: 0.0)
    name = shelf.put("a")

    assert shelf.take(name) == "a"
    assert shelf.take(name) is None


def test_a_shelf_forgets_with_time() -> None:
    now = [0.0]
    shelf: Shelf[str] = Shelf(60, lambda: now[0])
    name = shelf.put("a")
    now[0] = 61.0

    assert shelf.get(name) is None
