"""Write a first scenario, with comments, and say how to play it. A file that is there already stays as it is.

idpsim init
idpsim init tests/leaver.yaml
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from idpsim.cli import written
from idpsim.cli.terminal import echo
from idpsim.errors import UsageError
from idpsim.report.curl import quoted


@click.command(help=written(__doc__))
@click.argument("file", default="scenario.yaml", metavar="[FILE]")
def init(file: str) -> None:
    """The scenario in `first.yaml`, written anew."""
    text = files("idpsim.cli").joinpath("first.yaml").read_text(encoding="utf-8")
    try:
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        with Path(file).open("x", encoding="utf-8", newline="\n") as new:
            new.write(text)
    except FileExistsError:
        raise UsageError(f"{file} is there already\n  give another name: idpsim init FILE") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from None
    word = quoted(file)
    echo(f"{word} is written. Next:")
    echo(f"  idpsim run {word}")
    echo(f'  idpsim run {word} --target http://localhost:8000/scim/v2 --token "$SCIM_TOKEN"')
    echo("  idpsim schema > idpsim.schema.json    completion and checks in your editor")
