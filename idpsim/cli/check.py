"""Read scenarios for every vendor that plays them, and say what is wrong in them. Nothing is sent.

  idpsim check scenarios/
  idpsim check leaver.yaml --idp okta --set SCIM_BASE_URL=http://localhost:8000

Exit code: 0 all are right, 2 one is wrong.
"""

from __future__ import annotations

import os
import sys

import click

from idpsim import api
from idpsim.cli import given, written
from idpsim.cli.errors import tell
from idpsim.cli.terminal import echo, page_of
from idpsim.errors import IdpsimError
from idpsim.redact import Redactor
from idpsim.report.secrets import of_variables
from idpsim.report.text import counted, visible


@click.command(help=written(__doc__))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--idp", multiple=True, metavar="NAME[,NAME]|all", help="Check for these, whatever the file says.")
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="A variable of the scenarios.")
def check(paths: tuple[str, ...], idp: tuple[str, ...], sets: tuple[str, ...]) -> None:
    """One line for each scenario that is right, an error for each that is not."""
    variables = given.variables(sets, os.environ)
    redact = Redactor(of_variables(variables))
    page, wrong = page_of(sys.stdout), 0
    for path in given.scenarios(paths):
        try:
            scenario = api.load(path, idp=given.profiles(idp), variables=variables)
        except IdpsimError as error:
            wrong += 1
            sys.stdout.flush()
            tell(error, redact, variables)
            continue
        steps = counted(max(len(script.steps) for script in scenario.scripts.values()), "step")
        echo(f"{page.good('ok')}    {visible(path)} ({steps}, as {', '.join(scenario.idp)})", page=page)
    if wrong:
        sys.exit(2)
