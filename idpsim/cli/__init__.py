"""Play Okta, Microsoft Entra ID and OneLogin against your SCIM service provider.

Start with
  idpsim run                      what a run looks like, on this machine only
  idpsim init                     a first scenario of your own
  idpsim show okta unassign       what a vendor sends, and why
"""

from __future__ import annotations

import errno
import sys
from typing import Any

import click

from idpsim import __version__

COMMANDS = {
    "run": "Play scenarios and say what the service provider got wrong.",
    "check": "Read scenarios and say what is wrong in them; nothing is sent.",
    "show": "What a vendor would send for an event, and where that is said.",
    "profiles": "The vendors' clients that can be played.",
    "serve": "The identity provider, for people and service providers to sign in with.",
    "sso": "What to enter at your service provider so that it signs in with idpsim.",
    "certs": "Make the keys of the identity provider, so that they stay the same.",
    "sp": "The embedded service provider on its own, over HTTP.",
    "init": "Write a first scenario.",
    "schema": "The JSON Schema of scenario files, for editors.",
    "replay": "Send recorded requests again and say what changed, or make a scenario of them.",
}
INTERRUPTED = 130


class Commands(click.Group):
    """Commands that are imported when they are called; their names and summaries are known before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        from importlib import import_module

        command = getattr(import_module(f"idpsim.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            ctx.fail(f"No such command {name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except KeyboardInterrupt:
            click.echo("\nInterrupted.", err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        except Exception as error:
            raise click.exceptions.Exit(_told(error)) from None


def _told(error: Exception) -> int:
    """Print an error that the user can mend and return its exit code; any other goes on."""
    from idpsim.errors import IdpsimError

    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO):
        click.echo(f"error: the output cannot be written: {error.strerror}", err=True)
        return 2
    if not isinstance(error, IdpsimError):
        raise error
    from idpsim.cli.errors import tell

    tell(error)
    return error.exit_code


def written(text: str | None) -> str:
    """The help in a docstring, with click's mark on each paragraph that holds indented lines: they stay as they are."""
    paragraphs = (text or "").strip().split("\n\n")
    return "\n\n".join(f"\b\n{each}" if "\n  " in each or each.startswith("  ") else each for each in paragraphs)


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=Commands, help=written(__doc__), context_settings=_SETTINGS)
@click.version_option(__version__, message="%(prog)s %(version)s", prog_name="idpsim")
def main() -> None:
    """The command `idpsim`."""
