"""How callers say that something is to be played, as `Playing`."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, TypedDict

from idpsim.api import known
from idpsim.api.given import flag, found, seconds, text, whole
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
    _checked(options)
    flag("real_time", real_time)
    if suffix is not None and options["keep_names"]:
        raise UsageError("suffix and keep_names exclude each other")
    if suffix is not None and not _SUFFIX.fullmatch(suffix):
        raise UsageError(f"a suffix is letters and digits, 20 at most, not {suffix!r}")
    if server is not None:
        _serves(server)
    return Playing(
        **options,
        real_time=real_time,
        proxies={} if aim.in_process else _proxies(),
        directory=os.getcwd(),
        keyring=Keyring(patience=options["timeout"]) if server is None else server.keyring,
        app=aim.app,
        host=None if server is None else server.lent,
    )


def _checked(options: Options) -> None:
    """Refuse values of other types, each by the name of its option."""
    whole("seed", options["seed"])
    if options["suffix"] is not None:
        text("suffix", options["suffix"])
    flag("keep", options["keep"])
    flag("keep_names", options["keep_names"])
    seconds("timeout", options["timeout"])
    seconds("max_wait", options["max_wait"], zero=True)


def _serves(server: Any) -> None:
    from idpsim.api.served import Served

    if not isinstance(server, Served):
        raise UsageError(f"server is what `with idpsim.serve() as served:` gives, found {found(server)}")


def _proxies() -> dict[str, str]:
    from idpsim.transport.http import proxies_from_environment

    return dict(proxies_from_environment())


def profile_named(name: str) -> str:
    """The one profile of this name; UsageError where there is none."""
    text("the name of a profile", name)
    played = known().played([name])
    if len(played) != 1:
        raise UsageError(f"one profile is meant here, not {name}")
    return played[0]
