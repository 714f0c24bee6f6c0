"""Playing scenarios on the command line: read them all before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from idpsim import api
from idpsim.api.player import Ended as Played
from idpsim.api.player import Player
from idpsim.errors import IdpsimError
from idpsim.scenario.load import Scenario

__all__ = ["Played", "Player", "read"]


def read(
    paths: Iterable[str], idp: list[str] | None, variables: Mapping[str, str]
) -> tuple[list[Scenario], list[IdpsimError]]:
    """The scenarios, and one error for each file that is wrong."""
    scenarios: list[Scenario] = []
    errors: dict[str, IdpsimError] = {}
    for path in paths:
        try:
            scenarios.append(api.load(path, idp=idp, variables=variables))
        except IdpsimError as error:
            errors.setdefault(str(error), error)
    return scenarios, list(errors.values())
