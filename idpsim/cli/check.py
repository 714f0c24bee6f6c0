"""Read scenarios for every vendor that plays them, and say what is wrong in them. Nothing is sent.

A PATH is a scenario, a directory of them, or the name of one that comes with idpsim.

  idpsim check scenarios/
  idpsim check leaver.yaml --idp okta --set SCIM_BASE_URL=http://localhost:8000

Exit code: 0 all are right, 2 one is wrong.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping

import click

from idpsim import api
from idpsim.cli import given, written
from idpsim.cli.errors import tell
from idpsim.cli.terminal import echo, page_of
from idpsim.errors import IdpsimError
from idpsim.redact import Redactor
from idpsim.report.secrets import of_variables
from idpsim.report.text import counted, visible
from idpsim.scenario.foreign import foreign
from idpsim.scenario.load import Scenario


@click.command(help=written(__doc__))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--idp", multiple=True, metavar="NAME[,NAME]|all", help="Check for these, whatever the file says.")
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="A variable of the scenarios.")
def check(paths: tuple[str, ...], idp: tuple[str, ...], sets: tuple[str, ...]) -> None:
    """One line for each scenario that is right, an error for each that is not."""
    variables = given.variables(sets, os.environ)
    redact = Redactor(of_variables(variables))
    page, wrong = page_of(sys.stdout), 0
    for file, read in _each(paths, given.profiles(idp), variables):
        if isinstance(read, Scenario):
            steps = counted(max(len(script.steps) for script in read.scripts.values()), "step")
            echo(f"{page.good('ok')}    {visible(file)} ({steps}, as {', '.join(read.idp)})", page=page)
            continue
        wrong += 1
        sys.stdout.flush()
        if what := foreign(file):
            echo(
                redact.text(f"{page.bad('error:')} {visible(f'{file}:1:1: not a scenario but {what}')}"),
                sys.stderr,
                page,
            )
        else:
            tell(read, redact, variables)
    if wrong:
        sys.exit(2)


def _each(
    paths: Iterable[str], idp: list[str] | None, variables: Mapping[str, str]
) -> Iterator[tuple[str, Scenario | IdpsimError]]:
    """Each file once, as a scenario or with what is wrong in it; a path that stands for none as it is written."""
    seen: set[str] = set()
    for path in paths:
        try:
            files = [file for file in given.scenarios([path]) if file not in seen]
        except IdpsimError as error:
            yield path, error
            continue
        seen.update(files)
        for file in files:
            try:
                yield file, api.load(file, idp=idp, variables=variables)
            except IdpsimError as error:
                yield file, error
