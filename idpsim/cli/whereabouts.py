"""The options that say where the identity provider is reached and where its keys are, the same for every command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from idpsim.signing.keyring import DEFAULT_FOLDER, DEFAULT_IDP

Command = TypeVar("Command", bound=Callable[..., Any])


def whereabouts(command: Command) -> Command:
    """A command with `--idp-url` and `--certs`, given to it as `idp_url` and `certs`."""
    url = click.option(
        "--idp-url",
        metavar="URL",
        default=DEFAULT_IDP,
        envvar="IDPSIM_IDP_URL",
        show_default=True,
        help="Where browsers and service providers reach the identity provider; also IDPSIM_IDP_URL.",
    )
    certs = click.option(
        "--certs",
        metavar="DIR",
        default=DEFAULT_FOLDER,
        envvar="IDPSIM_CERTS",
        show_default=True,
        help="Where its keys are, as `idpsim certs` makes them; also IDPSIM_CERTS.",
    )
    return url(certs(command))
