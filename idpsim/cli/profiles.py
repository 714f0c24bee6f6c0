"""The vendors' clients that can be played, what each plays, and what that rests on.

With --markdown it is a table, as the README has it.

  idpsim profiles
  idpsim profiles --markdown
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from idpsim.cli import written
from idpsim.cli.terminal import echo, page_of
from idpsim.profiles import all_profiles
from idpsim.provisioning.profile import Profile
from idpsim.report.text import Page


@click.command(help=written(__doc__))
@click.option("--markdown", is_flag=True, help="As a Markdown table.")
def profiles(markdown: bool) -> None:
    """A block for each profile, or a row."""
    every = list(all_profiles().values())
    if markdown:
        echo(table(every))
        return
    page = page_of(sys.stdout)
    for line in blocks(every, page):
        echo(line, page=page)


def blocks(profiles: Iterable[Profile], page: Page) -> Iterable[str]:
    """Name and title of each, and indented below what it plays and the evidence."""
    every = list(profiles)
    column = max(len(each.name) for each in every) + 2
    for each in every:
        first, *rest = page.wrapped(each.title, column, " " * column)
        yield page.strong(f"{each.name:{column}}") + first[column:]
        yield from rest
        yield from page.wrapped(f"plays: {each.plays}", column + 2, " " * column)
        yield from (page.quiet(line) for line in page.wrapped(f"evidence: {each.evidence}", column + 2, " " * column))


def table(profiles: Iterable[Profile]) -> str:
    """The profiles as a Markdown table."""
    rows = [("profile", "who it is", "what it plays", "evidence"), ("---", "---", "---", "---")]
    rows += [(f"`{each.name}`", each.title, each.plays, each.evidence) for each in profiles]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows)
