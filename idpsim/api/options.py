"""How callers say that something is to be played, as `Playing`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TypedDict

from idpsim.api import known
from idpsim.api.playing import Playing
from idpsim.api.target import Aim
from idpsim.errors import UsageError
from idpsim.signing.keyring import Keyring

if TYPE_CHECKING:
    from idpsim.api.served import Served

_SUFFIX = re.compile(r"[A-Za-z0-9]{1,20}")


class Options(TypedDict):
    """What a client and a run take alike, by the names of the command line's options."""

    seed: int | None
    suffix: str | None
    keep: bool
    keep_names: bool
    timeout: float
    max_wait: float


def playing(aim: Aim, server: Served | None, options: Options, *, real_time: bool = False) -> Playing:
    """How it is played; UsageError for options that cannot be, or not together."""
    suffix = options["suffix"]
    if suffix is not None and options["keep_names"]:
        raise UsageError("suffix and keep_names exclude each other")
    if suffix is not None and not _SUFFIX.fullmatch(suffix):
        raise UsageError(f"a suffix is letters and digits, 20 at most, not {suffix!r}")
    if options["timeout"] <= 0 or options["max_wait"] < 0:
        raise UsageError("timeout is more than 0 seconds, and max_wait not less")
    return Playing(
        **options,
        real_time=real_time,
        proxies={} if aim.in_process else _proxies(),
        directory=os.getcwd(),
        keyring=Keyring(patience=options["timeout"]) if server is None else server.keyring,
        app=aim.app,
        host=None if server is None else server.lent,
    )


def _proxies() -> dict[str, str]:
    from idpsim.transport.http import proxies_from_environment

    return dict(proxies_from_environment())


def profile_named(name: str) -> str:
    """The one profile of this name; UsageError where there is none."""
    found = known().played([name])
    if len(found) != 1:
        raise UsageError(f"one profile is meant here, not {name}")
    return found[0]
