"""What the command line, the pytest plugin and Python callers share: scenarios are loaded, opened and played.

What callers import stands in `idpsim` itself; the modules beside this one are behind it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from idpsim.api.embedded import switches
from idpsim.api.playing import Playing, base_url, target_of
from idpsim.api.worlds import transports, world
from idpsim.har import HarWriter
from idpsim.profiles import all_profiles, profile
from idpsim.redact import Redactor
from idpsim.scenario import run as running
from idpsim.scenario.known import Known
from idpsim.scenario.load import Scenario
from idpsim.scenario.load import load as load_file
from idpsim.scenario.model import Script, Target
from idpsim.scenario.names import fresh_suffix
from idpsim.scenario.results import RunResult
from idpsim.scenario.run import Run
from idpsim.sso.tamper.catalogue import entries
from idpsim.transcript import Transcript
from idpsim.transport import Transport

__all__ = [
    "Playing",
    "base_url",
    "check",
    "har_writer",
    "known",
    "load",
    "opened",
    "play",
    "reached",
    "redactor",
    "target_of",
]


def known() -> Known:
    """What the scenario language knows of the profiles."""
    profiles = all_profiles()
    return Known(
        vendors={name: each.vendor for name, each in profiles.items()},
        settings={name: each.settings for name, each in profiles.items()},
        tampers={name: each.protocol for name, each in entries().items()},
    )


def load(path: str | Path, *, idp: Iterable[str] | None = None, variables: Mapping[str, str] | None = None) -> Scenario:
    """A scenario from a file, checked for each profile that plays it; ScenarioError at the place of what is wrong."""
    return load_file(path, known=known(), variables=variables or {}, idp=idp, check=check)


def check(script: Script) -> None:
    """Refuse a script that cannot be played as its profile."""
    running.check(script, profile(script.profile))
    switches(script)


def play(scenario: Scenario, how: Playing | None = None) -> Iterator[RunResult]:
    """Play a scenario as each of its profiles, one run after the other."""
    for name in scenario.idp:
        with opened(scenario.script(name), how or Playing()) as run:
            for _ in run:
                pass
            yield run.result()


@contextmanager
def opened(script: Script, how: Playing, transcript: Transcript | None = None) -> Iterator[Run]:
    """A run that is ready to be iterated over, with its connections, closed at the end."""
    seed = secrets.randbelow(2**31) if how.seed is None else how.seed
    suffix = "" if how.keep_names else how.suffix or fresh_suffix(secrets.token_bytes(8))
    script = replace(script, target=target_of(script, how))
    with ExitStack() as stack:
        kept = transcript if transcript is not None else stack.enter_context(Transcript())
        lines = world(script, how, kept, seed, stack)
        options = running.Options(seed, suffix, how.keep, how.keep_names, how.fail_fast)
        yield Run(script, profile(script.profile), lines, options)


@contextmanager
def reached(url: str, timeout: float = 60.0, insecure: bool = False) -> Iterator[tuple[str, Transport]]:
    """A service provider by its URL or `wsgi:` name: its base URL and a transport to it, closed at the end."""
    from idpsim.transport.http import proxies_from_environment

    how = Playing(timeout=timeout, concurrency=1, proxies=proxies_from_environment(), directory=os.getcwd())
    base, transport, other, _ = transports(Target(scim=base_url(url), insecure=insecure), how)
    try:
        yield base, transport
    finally:
        transport.close()
        other.close()


def redactor(script: Script, how: Playing) -> Redactor:
    """What keeps this script's secrets out of every output."""
    secret = script.sso.oidc.client_secret if script.sso is not None else None
    return Redactor(filter(None, (target_of(script, how).token, secret)))


def har_writer(file: Any, redact: Redactor) -> HarWriter:
    """A writer to be given to `Transcript.follow`."""
    return HarWriter(file, redact)
