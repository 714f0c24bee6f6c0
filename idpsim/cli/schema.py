"""Print the JSON Schema of scenario files, so that an editor can complete and check them.

  idpsim schema > idpsim.schema.json

A scenario names it in its first line: `# yaml-language-server: $schema=idpsim.schema.json`.
"""

from __future__ import annotations

import json

import click

from idpsim import api
from idpsim.cli import written
from idpsim.cli.terminal import echo
from idpsim.scenario.schema import json_schema


@click.command(help=written(__doc__))
def schema() -> None:
    """The schema, indented."""
    echo(json.dumps(json_schema(api.known()), indent=2))
