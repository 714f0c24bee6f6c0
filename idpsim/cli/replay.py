"""Send recorded requests again, in order, and say what is answered otherwise than it was.

FILE is a HAR, or a service provider's request log with one JSON object on each line.

Each id that a recorded answer gave is replaced by the one that is given now; the vendor's headers stay as they are but
for host, length and authorization. Ids, dates and versions are not compared. By default only the vendor's requests are
sent, so what they create stays at the service provider; --all sends idpsim's reads and its clean-up too.

  idpsim run leaver.yaml --target https://sp.example/scim/v2 --token "$SCIM_TOKEN" --report har=before.har
  idpsim replay before.har --target https://sp.example/scim/v2 --token "$SCIM_TOKEN"

With --as-scenario nothing is sent: the recording becomes a scenario that makes a vendor send the like of it, played
here as every profile to say whose traffic it is and where it deviates.

  idpsim replay incident.har --as-scenario --output incident.yaml
  idpsim run incident.yaml --target https://sp.example/scim/v2 --token "$SCIM_TOKEN"

Exit code: 0 nothing changed, 1 something did, 2 the command or the file is wrong, 3 the target cannot be reached.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click

from idpsim import api
from idpsim.cli import given, written
from idpsim.cli.terminal import Progress, echo, page_of
from idpsim.errors import TargetError, UsageError
from idpsim.report.secrets import Secrets, of_variables
from idpsim.report.text import Page, clipped, counted, visible
from idpsim.scenario.incident.reading import read
from idpsim.scenario.replay import Replay, Replayed
from idpsim.wire import NoResponse, Response


@click.command(help=written(__doc__))
@click.argument("file", metavar="FILE")
@click.option(
    "--target",
    metavar="URL",
    help="SCIM base URL, or {wsgi,asgi}:module:attribute[/path]. Also IDPSIM_TARGET.",
)
@click.option("--token", metavar="T", help="SCIM token, bare. Also IDPSIM_TOKEN.")
@click.option("--all", "everything", is_flag=True, help="All requests, not only those of the vendor.")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds for one exchange.",
)
@click.option("--insecure", is_flag=True, help="Take any certificate.")
@click.option("--as-scenario", "scenario", is_flag=True, help="Send nothing: write a scenario that reproduces it.")
@click.option("--output", metavar="FILE.yaml", help="Where the scenario goes; by default to stdout.")
@click.option("--anonymise", is_flag=True, help="Invent the scenario's names, addresses and numbers.")
def replay(
    file: str,
    target: str | None,
    token: str | None,
    everything: bool,
    timeout: float,
    insecure: bool,
    scenario: bool,
    output: str | None,
    anonymise: bool,
) -> None:
    """Send, compare, print what changed; or make a scenario."""
    if scenario:
        _scenario(file, target, everything, output, anonymise)
        return
    if output or anonymise:
        raise UsageError(f"{'--output' if output else '--anonymise'} goes with --as-scenario")
    target, token = target or os.environ.get("IDPSIM_TARGET"), token or os.environ.get("IDPSIM_TOKEN")
    if not target:
        raise UsageError("--target is missing: where the requests are to be sent")
    (url,) = given.targets([target], ()).values()
    given.tokens([token] if token else [], ())
    page, progress, secrets = page_of(sys.stdout), Progress(sys.stdout), Secrets(of_variables(os.environ))
    secrets.learn(*([token] if token else []))
    recording = read(file, everything)
    entries = [entry for _, entry in recording.entries]
    sent = changed = 0
    with api.reached(url, timeout, insecure) as (base, transport):
        progress.start(f"replaying {os.path.basename(file)}")
        for each in Replay(transport, base, token).play(entries):
            sent += 1
            _reachable(each, sent, base)
            progress.tick()
            changes = _changes(each, logged=recording.logged)
            if changes:
                changed += 1
                progress.clear()
                for line in _lines(each, changes, page, secrets):
                    echo(secrets.text(line), page=page)
    progress.clear()
    verdict = page.bad(f"{changed:,} answered otherwise") if changed else page.good("all answered as before")
    echo(f"{counted(sent, 'request')} sent again: {verdict}", page=page)
    sys.exit(1 if changed else 0)


def _scenario(file: str, target: str | None, everything: bool, output: str | None, anonymise: bool) -> None:
    """Write the recording as a scenario."""
    if target:
        raise UsageError("--as-scenario sends nothing, so it takes no --target; give that to idpsim run")
    from idpsim.cli.as_scenario import as_scenario

    as_scenario(file, read(file, everything), output, anonymise)


def _reachable(each: Replayed, sent: int, base: str) -> None:
    if sent == 1 and isinstance(each.now, NoResponse) and each.now.kind == "unreachable":
        raise TargetError(f"the service provider cannot be reached at {base}: {each.now.reason}")


def _changes(each: Replayed, logged: bool) -> tuple[str, ...]:
    """What changed; of an answer whose body a log does not hold, only whether and how it was answered."""
    if logged and isinstance(each.before, Response) and not each.before.body:
        return tuple(change for change in each.changes if change.startswith("was "))
    return each.changes


def _lines(each: Replayed, changes: tuple[str, ...], page: Page, secrets: Secrets) -> Iterator[str]:
    head = visible(f"{each.number} {each.request.method} {secrets.url(each.request.url)}")
    yield f"{page.bad('DIFF')}  {clipped(head, page.width * 2)}"
    for change in changes:
        yield from page.wrapped(secrets.text(change), 8)
