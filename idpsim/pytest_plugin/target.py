"""The service provider that the tests of a project are about, as its fixture or its options name it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from idpsim import Target
from idpsim.errors import UsageError
from idpsim.pytest_plugin.options import EMBEDDED

WAYS = 'the URL of its SCIM, its WSGI or ASGI application, or idpsim.Target(application, "/scim/v2", token="...")'


class NoTarget(UsageError):
    """Nobody has said which service provider the tests are about."""

    def __init__(self) -> None:
        super().__init__(
            "which service provider do the tests run against?\n"
            f"  let the fixture idpsim_target in conftest.py return {WAYS},\n"
            f"  or give --idpsim-target URL (ini: idpsim_target); {EMBEDDED!r} is the one that comes with idpsim"
        )


def target_of(value: Any, token: str | None) -> Target:
    """What a fixture idpsim_target returned as a target, with the token where it brings none."""
    if isinstance(value, Target):
        return replace(value, token=token) if value.token is None and value.auth is None else value
    if not isinstance(value, str) and not callable(value):
        raise UsageError(f"the fixture idpsim_target returned {_named(value)}: it returns {WAYS}")
    return Target(value, token=None if value == EMBEDDED else token)


def _named(value: Any) -> str:
    return "None" if value is None else f"a {type(value).__name__}"
