"""A client for a test, made of what the fixtures of its project return."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

import pytest

from idpsim import Client, ScenarioError, Served, Target, UsageError, client
from idpsim.pytest_plugin.again import again
from idpsim.pytest_plugin.options import GIVEN
from idpsim.pytest_plugin.target import said


def connected(
    item: pytest.Item, profile: str, target: Target, blocks: Mapping[str, Any], server: Served | None
) -> AbstractContextManager[Client]:
    """A profile's app at the target; UsageError that names the fixture whose block cannot be used."""
    given = item.config.stash[GIVEN]
    try:
        return client(
            profile,
            target,
            **blocks,
            server=server,
            seed=given.seed,
            timeout=given.timeout,
            name=item.name,
            again=again(item),
        )
    except ScenarioError as error:
        raise UsageError(f"{_whose(profile, blocks)} returns what idpsim cannot use: {said(error)}") from None


def _whose(profile: str, blocks: Mapping[str, Any]) -> str:
    """The fixture of the one block that is wrong by itself."""
    for name, block in blocks.items():
        given: dict[str, Any] = {name: block}
        try:
            client(profile, **given)
        except ScenarioError:
            return f"the fixture idpsim_{name}"
    return "a fixture of this test"
