"""Clients and servers are opened by a `with` statement, and any other use says so."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import pytest

import idpsim
from idpsim import UsageError

OPENINGS = {"client": lambda: idpsim.client("okta"), "served": lambda: idpsim.serve()}
Opens = Callable[[], Any]


@pytest.mark.parametrize(
    ("opens", "name", "call"),
    [(OPENINGS["client"], "person", "idpsim.client"), (OPENINGS["served"], "url", "idpsim.serve")],
)
def test_without_a_with_statement_the_error_says_how_it_is_used(opens: Opens, name: str, call: str) -> None:
    opening = opens()

    with pytest.raises(UsageError) as refused:
        getattr(opening, name)

    assert str(refused.value).splitlines()[0] == f"{name} is asked of what {call} returns: use it in a with statement"
    assert f"  with {call}(...) as " in str(refused.value)


def test_what_is_opened_is_opened_once() -> None:
    opening = idpsim.client("okta")
    with opening as okta:
        okta.person("ada")

    with (
        pytest.raises(UsageError, match=r"opened before: call idpsim\.client\(\.\.\.\) for each with statement"),
        opening,
    ):
        pass


def test_a_client_that_is_open_is_not_opened_again() -> None:
    opening = idpsim.client("okta")

    with opening as okta, pytest.raises(UsageError, match="this has been opened before"), opening:
        pass

    assert repr(okta) == "<Client okta, closed>"


@pytest.mark.parametrize("opens", OPENINGS.values(), ids=OPENINGS)
def test_an_async_with_is_told_to_be_a_with(opens: Opens) -> None:
    async def use() -> None:
        async with opens():
            pass

    with pytest.raises(UsageError, match=r"is used in a with statement, not in an async with: with idpsim\."):
        asyncio.run(use())


@pytest.mark.parametrize("opens", OPENINGS.values(), ids=OPENINGS)
def test_what_is_not_opened_can_be_looked_at(opens: Opens) -> None:
    opening = opens()

    assert not hasattr(opening, "person")
    assert not hasattr(opening, "__wrapped__")
    assert repr(opening).endswith("(...), for a with statement>")
    assert repr(copy.copy(opening)) == repr(opening)


def test_an_error_within_the_block_is_raised_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError), idpsim.client("okta"):
        _ = 1 / 0
