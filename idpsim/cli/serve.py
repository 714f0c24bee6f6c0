"""Serve the identity provider: the tenants of all vendors under one address, with SAML 2.0 and OpenID Connect.

Its people and what it knows of your service provider come from a SCENARIO, a file or the name of one that comes with
idpsim, or from the options; without one three people are there. `idpsim sso` prints what to enter at the service
provider, and so does the page at the address.

  idpsim serve
  idpsim serve --sp-metadata http://localhost:8000/saml/metadata
  idpsim serve --redirect-uri http://localhost:8000/callback
  idpsim serve sso-leaver
"""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from idpsim import api
from idpsim.cli import given, written
from idpsim.cli.terminal import echo, page_of
from idpsim.cli.whereabouts import whereabouts
from idpsim.errors import UsageError
from idpsim.scenario.model import Script
from idpsim.scenario.shipped import file_of
from idpsim.signing.keyring import DEFAULT_IDP, Keyring


@click.command(help=written(__doc__))
@click.argument("scenario", required=False)
@click.option("--idp", metavar="VENDOR", help="The vendor whose values the scenario is read for, where they differ.")
@click.option("--host", help="Address to listen on, that of the URL by default.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on, that of the URL by default.")
@whereabouts
@click.option("--app", "label", metavar="NAME", help="The app's name.  [default: idpsim]")
@click.option("--sp-metadata", metavar="URL|FILE", help="SAML metadata of your service provider.")
@click.option(
    "--acs",
    multiple=True,
    metavar="URL",
    help="Its Assertion Consumer Service URL, where it has no metadata; may be repeated.",
)
@click.option("--entity-id", metavar="URI", help="Its entity id, where it has no metadata.")
@click.option(
    "--redirect-uri", multiple=True, metavar="URI", help="Its redirect URI for OpenID Connect; may be repeated."
)
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="A variable of the scenario.")
def serve(scenario: str | None, **options: Any) -> None:
    """Serve until a signal comes."""
    from idpsim.serving import is_loopback, origin_of, server, until_signalled
    from idpsim.signing.standing import standing
    from idpsim.sso.app import DEFAULT_APP

    keyring = Keyring(options["idp_url"].rstrip("/"), options["certs"])
    provider, host, port = standing(_script(scenario, options), keyring, options)
    listening = server(provider.wsgi, host, port)
    origin = origin_of(listening, host)
    if port == 0:
        provider.move(origin)
    page = page_of(sys.stdout)
    if not is_loopback(host):
        echo(f"warning: {host} can be reached from other machines, and this is not made for that", sys.stderr)
    if missing := [app.label for app in provider.apps() if not keyring.keys.keeps(app)]:
        command = "idpsim certs" + ("" if missing[0] == DEFAULT_APP else f" --app {missing[0]}")
        echo(f"warning: keys are in memory and gone at the end; {command} makes lasting ones", sys.stderr)
    echo(f"identity provider  {page.strong(provider.base)}", page=page)
    for app in provider.apps():
        where = "" if provider.base == DEFAULT_IDP else f" --idp-url {provider.base}"
        echo(f"  {app.sign_on.title:<20} idpsim sso {app.vendor}{where}", page=page)
    echo(page.quiet("Ctrl-C ends it; what to enter at your service provider is on its page, too."), page=page)
    sys.stdout.flush()
    until_signalled(listening)
    echo("stopped")


def _script(path: str | None, options: dict[str, Any]) -> Script | None:
    """The scenario as the chosen vendor's, or the first of those that it is for."""
    if path is None:
        if options["idp"] or options["sets"]:
            raise UsageError("--idp and --set are for a SCENARIO, and none is given")
        return None
    chosen = [options["idp"]] if options["idp"] else None
    scenario = api.load(file_of(path), idp=chosen, variables=given.variables(options["sets"], os.environ))
    return scenario.script(scenario.idp[0])
