"""Make the development keys of the identity provider, so that a service provider needs to be told only once.

There is a key with its certificate for each app and each protocol, a second one for rollover, and the secret from
which client secrets are made. They are for development only: never trust one outside your own machine.

  idpsim certs
  idpsim certs --app my-product
  idpsim certs --folder ~/.idpsim/certs --force
"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from idpsim.cli import written
from idpsim.cli.terminal import echo

DEFAULT_FOLDER = "certs"
DEFAULT_LABEL = "idpsim"


@click.command(help=written(__doc__))
@click.option(
    "--folder",
    "--certs",
    metavar="DIR",
    default=DEFAULT_FOLDER,
    envvar="IDPSIM_CERTS",
    show_default=True,
    help="Where they are kept; IDPSIM_CERTS stands for it.",
)
@click.option("--app", "labels", multiple=True, metavar="NAME", help="The app's name; may be repeated.")
@click.option("--force", is_flag=True, help="Make them anew: every service provider has to be told again.")
def certs(folder: str, labels: tuple[str, ...], force: bool) -> None:
    """Write what is missing and say what was written."""
    from idpsim.profiles import all_sign_ons
    from idpsim.sso.keys import make, valid_label
    from idpsim.sso.provider import app_of

    names = [valid_label(each) for each in labels or (DEFAULT_LABEL,)]
    apps = [app_of(sign_on, name) for sign_on in all_sign_ons().values() for name in names]
    made = list(make(Path(folder), apps, force=force))
    for file, fresh in made:
        echo(f"{'made' if fresh else 'kept'}  {file}")
    if not any(fresh for _, fresh in made):
        echo("Nothing was changed; --force makes them anew.")
    echo(_following(folder, names))


def _following(folder: str, names: list[str]) -> str:
    """What to do next, with the options that it takes."""
    options = "" if folder == DEFAULT_FOLDER else f" --certs {shlex.quote(folder)}"
    options += "" if DEFAULT_LABEL in names else f" --app {names[0]}"
    return f"Next: idpsim sso{options} prints what to enter at your service provider."
