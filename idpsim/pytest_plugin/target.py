"""The service provider that the tests of a project are about, as its fixture or its options name it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from idpsim import ScenarioError, Target, client
from idpsim.errors import UsageError
from idpsim.pytest_plugin.django import within_the_test
from idpsim.pytest_plugin.options import EMBEDDED, PROFILES, Given

WAYS = 'the URL of its SCIM, its WSGI or ASGI application, or idpsim.Target(application, "/scim/v2", token="...")'
_FIXTURE = f"  let the fixture idpsim_target in conftest.py return {WAYS},\n  or "


class NoTarget(UsageError):
    """Nobody has said which service provider the tests are about."""

    def __init__(self, *, fixtures: bool = True) -> None:
        super().__init__(
            "which service provider do the tests run against?\n"
            f"{_FIXTURE if fixtures else '  '}give --idpsim-target URL (ini: idpsim_target, environment: "
            f"IDPSIM_TARGET); {EMBEDDED!r} is the one that comes with idpsim"
        )


def chosen(given: Given, *, fixtures: bool = True) -> str:
    """The target of the options; NoTarget where there is none. `fixtures` says whether one could give it as well."""
    if given.target is None:
        raise NoTarget(fixtures=fixtures)
    return given.target


def target_of(value: Any, given: Given) -> Target:
    """What a fixture idpsim_target returned as a target, with the token of the options where it brings none.

    UsageError that says whose it is where it cannot be used.
    """
    target = _with_token(value, given.token)
    if (wrong := _mistake(target)) is not None:
        raise UsageError(f"{_whose(value, target, given)} cannot be used: {wrong}")
    return within_the_test(target)


def _with_token(value: Any, token: str | None) -> Target:
    if isinstance(value, Target):
        return replace(value, token=token) if value.token is None and value.auth is None else value
    if not isinstance(value, str) and not callable(value):
        raise UsageError(f"the fixture idpsim_target returned {_named(value)}: it returns {WAYS}")
    return Target(value, token=None if value == EMBEDDED else token)


def _mistake(target: Target) -> str | None:
    """What is wrong with a target before anything is sent to it."""
    try:
        client(PROFILES[0], target)
    except ScenarioError as error:
        return said(error)
    except UsageError as error:
        return str(error)
    return None


def said(error: ScenarioError) -> str:
    """An error without its place, which is none that the reader could mend."""
    return error.message + (f"\n  {error.hint}" if error.hint else "")


def _whose(value: Any, target: Target, given: Given) -> str:
    """Where the value that cannot be used comes from."""
    if target.token is not None and _mistake(replace(target, token=None)) is None:
        own = isinstance(value, Target) and value.token is not None
        return "the token that the fixture idpsim_target gives" if own else given.token_from
    return given.target_from if value is given.target else "what the fixture idpsim_target returns"


def _named(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
