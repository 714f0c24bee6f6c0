"""Play scenarios, one run after the other, and say what the service provider got wrong.

A PATH is a scenario, a directory of them, or the name of one that comes with idpsim (idpsim init --list). Without one
the joiner, mover and leaver that come with it are played as every vendor, and without a target against the embedded
service provider, which needs no network.

  idpsim run
  idpsim run scenarios/ --idp okta,entra --target https://localhost:8000/scim/v2 --token "$SCIM_TOKEN"
  idpsim run leaver.yaml --idp all --target asgi:myapp.main:app/scim/v2
  idpsim run scenarios/ --report junit=report.xml --report har=run.har
  idpsim run leaver.yaml --report json=- | jq .passed

Exit code: 0 all passed, 1 an expectation or verification failed, 2 the command or a scenario is wrong, 3 the target
cannot be reached, 130 interrupted.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

import click

from idpsim import api
from idpsim.cli import INTERRUPTED, given, outputs, playing, written
from idpsim.cli.errors import tell
from idpsim.cli.terminal import Progress, echo, page_of
from idpsim.cli.whereabouts import whereabouts
from idpsim.errors import UsageError
from idpsim.report.console import Console
from idpsim.report.secrets import Secrets, of_script, of_variables
from idpsim.report.text import Page
from idpsim.scenario.load import Scenario
from idpsim.scenario.shipped import built_in
from idpsim.signing.keyring import Keyring
from idpsim.transport.http import proxies_from_environment


def _suffix(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[A-Za-z0-9]{1,20}", value):
        raise click.BadParameter("letters and digits, 20 at most.")
    return value


@click.command(help=written(__doc__))
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--idp", multiple=True, metavar="NAME[,NAME]|all", help="Play as these, whatever the file says.")
@click.option(
    "--target",
    multiple=True,
    metavar="[VENDOR=]URL",
    help="SCIM base URL, or {wsgi,asgi}:module:attribute[/path]. Also IDPSIM_TARGET.",
)
@click.option("--token", multiple=True, metavar="[VENDOR=]T", help="SCIM token, bare. Also IDPSIM_TOKEN.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="NAME=VALUE",
    help="A variable of the scenarios; the environment's are known too.",
)
@click.option(
    "--report", multiple=True, metavar="KIND=FILE", help="json, junit or har; - is stdout, and then nothing else is."
)
@click.option("--seed", type=int, metavar="N", help="Make chance the same in each run.")
@click.option("--suffix", callback=_suffix, metavar="S", help="What every name ends in, instead of a fresh one.")
@click.option("--concurrency", type=click.IntRange(1, 256), metavar="N", help="Jobs in flight.  [default: 8 over HTTP]")
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds for one exchange.",
)
@click.option(
    "--max-wait",
    type=click.FloatRange(0),
    default=5.0,
    show_default=True,
    metavar="S",
    help="Longest pause, in seconds, that the target may ask for.",
)
@whereabouts
@click.option("--real-time", is_flag=True, help="Let virtual time pass for real: 40 minutes take 40 minutes.")
@click.option("--fail-fast", is_flag=True, help="End at the first failure.")
@click.option("--keep", is_flag=True, help="Leave what was created at the target.")
@click.option("--keep-names", is_flag=True, help="Send names as they are written, without a suffix.")
@click.option("-q", "--quiet", is_flag=True, help="Failures and the summary only.")
@click.option("-v", "--verbose", is_flag=True, help="Every exchange with its bodies.")
def run(paths: tuple[str, ...], **options: Any) -> None:
    """Read all, open the reports, play, exit."""
    if options["keep_names"] and options["suffix"]:
        raise UsageError("--suffix and --keep-names exclude each other")
    if options["quiet"] and options["verbose"]:
        raise UsageError("--quiet and --verbose exclude each other")
    reports = outputs.asked(options["report"])
    variables = given.variables(options["sets"], os.environ)
    how = _how(options)
    secrets = Secrets([*of_variables(variables), *how.tokens.values()])
    scenarios = _read(paths, given.profiles(options["idp"]), variables, secrets)
    for scenario in scenarios:
        for script in scenario.scripts.values():
            secrets.learn(*of_script(script))
    piped = any(file == outputs.STANDARD for _, file in reports)
    stream = sys.stderr if piped else sys.stdout
    with ExitStack() as stack, _terminated():
        page = page_of(stream)
        console = Console(lambda text: _write(text, stream, page), page, secrets, options["quiet"], options["verbose"])
        files = outputs.opened(reports, secrets, stack)
        player = playing.Player(how, [console, *files], secrets, Progress(stream), options["fail_fast"])
        played = _played(player, scenarios)
    if played.error is not None:
        tell(played.error, secrets)
        sys.exit(played.error.exit_code)
    if played.interrupted:
        echo("Interrupted; the last run says what was cleaned up.", sys.stderr)
        sys.exit(INTERRUPTED)
    sys.exit(0 if played.totals.passed else 1)


def _how(options: dict[str, Any]) -> api.Playing:
    names = given.everything(api.known().names)
    here = {name: os.environ.get(f"IDPSIM_{name}", "") for name in ("TARGET", "TOKEN")}
    return api.Playing(
        targets=given.targets(options["target"] or ([here["TARGET"]] if here["TARGET"] else []), names),
        tokens=given.tokens(options["token"] or ([here["TOKEN"]] if here["TOKEN"] else []), names),
        proxies=proxies_from_environment(),
        directory=os.getcwd(),
        keyring=_keyring(options["idp_url"].rstrip("/"), options["certs"]),
        **{name: options[name] for name in ("seed", "suffix", "concurrency", "timeout", "max_wait", "real_time")},
        **{name: options[name] for name in ("fail_fast", "keep", "keep_names")},
    )


def _keyring(url: str, folder: str) -> Keyring:
    """Where the identity provider is; UsageError for an address that is none."""
    keyring = Keyring(url, folder)
    _ = keyring.address
    return keyring


def _read(paths: tuple[str, ...], idp: list[str] | None, variables: dict[str, str], secrets: Secrets) -> list[Scenario]:
    """All scenarios; exits with 2 when one is wrong, after every one has been looked at."""
    files = given.scenarios(paths) if paths else built_in()
    scenarios, errors = playing.read(files, idp or (None if paths else ["all"]), variables)
    for number, error in enumerate(errors):
        if number:
            echo("", sys.stderr)
        tell(error, secrets, variables)
    if errors:
        sys.exit(max(error.exit_code for error in errors))
    return scenarios


def _played(player: playing.Player, scenarios: list[Scenario]) -> playing.Played:
    try:
        return player.play(scenarios)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"a report cannot be written: {error.strerror or error}") from None


def _write(text: str, stream: IO[str], page: Page) -> None:
    """Print; where nobody reads any more, go on in silence: the run and the other reports end as they should."""
    try:
        echo(text, stream, page, nl=False)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def _terminated() -> Iterator[None]:
    """A SIGTERM in this block ends it as Ctrl-C does, so that what was created is cleaned up."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
