"""How a test is run again: from where pytest was started, with the options that it was given there."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

import pytest

from idpsim.pytest_plugin.options import GIVEN

_AS_GIVEN = ("--idpsim-seed", "--idpsim-timeout", "--idpsim-idp-url", "--idpsim-certs")


def again(item: pytest.Item) -> str:
    """The command, without the token and without secret variables."""
    file, mark, name = item.nodeid.partition("::")
    here = item.config.invocation_params.dir
    if here != item.config.rootpath:
        file = os.path.relpath(item.config.rootpath / file, here)
    return " ".join(["pytest", shlex.quote(f"{file}{mark}{name}"), *_options(item)])


def _options(item: pytest.Item) -> Iterator[str]:
    from idpsim.report.secrets import Secrets

    config = item.config
    if target := config.getoption("--idpsim-target"):
        yield f"--idpsim-target {shlex.quote(Secrets().url(target))}"
    if "idpsim_play" in getattr(item, "fixturenames", ()):
        yield from (f"--idpsim-idp {shlex.quote(names)}" for names in config.getoption("--idpsim-idp") or ())
    yield from (_variable(*each) for each in config.stash[GIVEN].sets)
    for name in _AS_GIVEN:
        if (value := config.getoption(name)) is not None:
            yield f"{name} {shlex.quote(f'{value:g}' if isinstance(value, float) else str(value))}"


def _variable(name: str, value: str) -> str:
    """A variable; one that is secret is left to the shell."""
    from idpsim.report.secrets import SHORTEST_VARIABLE, of_variables

    if list(of_variables({name: value.ljust(SHORTEST_VARIABLE)})):
        return f'--idpsim-set {name}="${name}"'
    return f"--idpsim-set {shlex.quote(f'{name}={value}')}"
