"""Print the JSON Schema of scenario files, so that an editor can complete and check them.

  idpsim schema > idpsim.schema.json

A scenario names it in its first line: `# yaml-language-server: $schema=idpsim.schema.json`. `idpsim init` writes it,
too, beside the scenario.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from idpsim import api
from idpsim.cli import written
from idpsim.cli.terminal import echo
from idpsim.errors import UsageError
from idpsim.scenario.schema import json_schema

NAME = "idpsim.schema.json"
LARGEST = 10_000_000


@click.command(help=written(__doc__))
def schema() -> None:
    """The schema, indented."""
    echo(text_of_schema(), nl=False)


def text_of_schema() -> str:
    """The schema as it is written, with its last line ended."""
    return json.dumps(json_schema(api.known()), indent=2) + "\n"


def write_beside(path: Path, text: str) -> bool:
    """Whether `path` holds the schema now: a file that is not an older one of idpsim's stays as it is.

    UsageError where it cannot be written.
    """
    try:
        if path.exists() and not _ours(path, json.loads(text)["title"]):
            return False
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
    return True


def _ours(path: Path, title: str) -> bool:
    """Whether a file is a schema that idpsim wrote."""
    if not path.is_file() or path.stat().st_size > LARGEST:
        return False
    try:
        there = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(there, dict) and there.get("title") == title
