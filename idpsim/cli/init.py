"""Write a first scenario, with comments, and say how to play it. A file that is there already stays as it is.

--from copies one of those that come with idpsim, which --list lists. Beside the scenario the JSON Schema is written,
which its first line names: so an editor completes and checks it.

  idpsim init
  idpsim init tests/leaver.yaml
  idpsim init --from sso-leaver
  idpsim init --list
"""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

import click

from idpsim.cli import written
from idpsim.cli.schema import NAME, text_of_schema, write_beside
from idpsim.cli.terminal import echo, page_of
from idpsim.errors import UsageError
from idpsim.report.curl import quoted

FIRST = "scenario.yaml"


@click.command(help=written(__doc__))
@click.argument("file", required=False, metavar="[FILE]")
@click.option(
    "--from", "name", metavar="NAME", help="A copy of this scenario of idpsim's; FILE is NAME.yaml by default."
)
@click.option("--list", "listing", is_flag=True, help="List the scenarios that come with idpsim and end.")
def init(file: str | None, name: str | None, listing: bool) -> None:
    """The scenario in `first.yaml`, or a shipped one, written anew."""
    if listing:
        if file or name:
            raise UsageError("--list takes neither FILE nor --from")
        _list()
        return
    path = Path(file or (f"{name}.yaml" if name else FIRST))
    _write(path, _text(name))
    word = quoted(str(path))
    echo(f"{word} is written. Next:")
    echo(f"  idpsim run {word}")
    echo(f'  idpsim run {word} --target http://localhost:8000/scim/v2 --token "$SCIM_TOKEN"')
    echo(_editor(path))


def _text(name: str | None) -> str:
    """The scenario that is to be written."""
    from idpsim.scenario.shipped import shipped

    source = files("idpsim.cli").joinpath("first.yaml") if name is None else shipped(name)
    return source.read_text(encoding="utf-8")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as new:
            new.write(text)
    except FileExistsError:
        raise UsageError(f"{path} is there already\n  give another name: idpsim init FILE") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _editor(scenario: Path) -> str:
    """Write the schema that the scenario's first line names, and say what came of it."""
    path = scenario.with_name(NAME)
    if write_beside(path, text_of_schema()):
        return f"Editors complete and check it by {quoted(str(path))}."
    return f"{quoted(str(path))} is not idpsim's and stays; for your editor: idpsim schema > ANOTHER.json"


def _list() -> None:
    """Each shipped scenario: its name, what it calls itself, what it is about."""
    from idpsim import api
    from idpsim.scenario.shipped import names, shipped

    page = page_of(sys.stdout)
    for name in names():
        scenario = api.load(shipped(name), variables={})
        echo(f"{page.strong(name)}: {scenario.name}", page=page)
        for line in page.wrapped(scenario.description, 4) if scenario.description else ():
            echo(line, page=page)
    echo("\nidpsim run NAME plays one, idpsim init --from NAME writes a copy of it to change.")
