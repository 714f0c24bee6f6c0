"""Send the requests of a HAR again, in order, and say what is answered otherwise than it was.

Each id that a recorded answer gave is replaced by the one that is given now; the vendor's headers stay as they are but
for host, length and authorization. Ids, dates and versions are not compared. By default only the vendor's requests are
sent, so what they create stays at the service provider; --all sends idpsim's reads and its clean-up too.

  idpsim run leaver.yaml --target https://sp.example/scim/v2 --token "$SCIM_TOKEN" --report har=before.har
  idpsim replay before.har --target https://sp.example/scim/v2 --token "$SCIM_TOKEN"

Exit code: 0 nothing changed, 1 something did, 2 the command or the file is wrong, 3 the target cannot be reached.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import click

from idpsim import api, har
from idpsim.cli import given, written
from idpsim.cli.terminal import Progress, echo, page_of
from idpsim.errors import TargetError, UsageError
from idpsim.report.secrets import Secrets, of_variables
from idpsim.report.text import Page, clipped, counted, visible
from idpsim.scenario.replay import Replay, Replayed, below
from idpsim.wire import NoResponse


@click.command(help=written(__doc__))
@click.argument("file", metavar="FILE.har")
@click.option("--target", metavar="URL", help="SCIM base URL, or wsgi:module:attribute[/path]. Also IDPSIM_TARGET.")
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
def replay(file: str, target: str | None, token: str | None, everything: bool, timeout: float, insecure: bool) -> None:
    """Send, compare, print what changed."""
    target, token = target or os.environ.get("IDPSIM_TARGET"), token or os.environ.get("IDPSIM_TOKEN")
    if not target:
        raise UsageError("--target is missing: where the requests are to be sent")
    (url,) = given.targets([target], ()).values()
    page, progress, secrets = page_of(sys.stdout), Progress(sys.stdout), Secrets(of_variables(os.environ))
    secrets.learn(*([token] if token else []))
    entries = list(_chosen(file, everything))
    if not entries:
        raise UsageError(f"{file} holds no SCIM request{'' if everything else ' of a vendor; --all takes the others'}")
    sent = changed = 0
    with api.reached(url, timeout, insecure) as (base, transport):
        progress.start(f"replaying {os.path.basename(file)}")
        for each in Replay(transport, base, token).play(entries):
            sent += 1
            _reachable(each, sent, base)
            progress.tick()
            if each.changes:
                changed += 1
                progress.clear()
                for line in _lines(each, page, secrets):
                    echo(secrets.text(line), page=page)
    progress.clear()
    verdict = page.bad(f"{changed:,} answered otherwise") if changed else page.good("all answered as before")
    echo(f"{counted(sent, 'request')} sent again: {verdict}", page=page)
    sys.exit(1 if changed else 0)


def _chosen(file: str, everything: bool) -> Iterator[har.Entry]:
    """The SCIM requests of a file; in the HARs of others nobody says whose they are, so all are taken."""
    entries = [entry for entry in har.read(file) if below(entry.request.url) is not None]
    ours = any(entry.by is not None for entry in entries)
    return (entry for entry in entries if everything or not ours or entry.by == "vendor")


def _reachable(each: Replayed, sent: int, base: str) -> None:
    if sent == 1 and isinstance(each.now, NoResponse) and each.now.kind == "unreachable":
        raise TargetError(f"the service provider cannot be reached at {base}: {each.now.reason}")


def _lines(each: Replayed, page: Page, secrets: Secrets) -> Iterator[str]:
    head = visible(f"{each.number} {each.request.method} {secrets.url(each.request.url)}")
    yield f"{page.bad('DIFF')}  {clipped(head, page.width * 2)}"
    for change in each.changes:
        yield from page.wrapped(secrets.text(change), 8)
