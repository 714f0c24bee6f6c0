"""What to enter at your service provider: addresses, issuer, certificate, client id and secret, vendor by vendor.

The values are the same at every start where `idpsim certs` has made keys; without, certificate and client secret are
not shown, since they are made anew each time.

  idpsim sso
  idpsim sso okta --protocol saml
  idpsim sso entra --metadata > entra-metadata.xml
  idpsim sso onelogin --app my-product --format json
"""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable
from typing import Any

import click

from idpsim.cli import written
from idpsim.cli.terminal import echo, page_of
from idpsim.cli.whereabouts import whereabouts
from idpsim.errors import UsageError
from idpsim.profiles import all_sign_ons, profile
from idpsim.report.text import Page
from idpsim.signing.keyring import DEFAULT_FOLDER, Keyring


@click.command(help=written(__doc__))
@click.argument("vendor", required=False)
@click.option("--app", "label", metavar="NAME", default="idpsim", show_default=True, help="The app's name.")
@click.option("--protocol", type=click.Choice(["saml", "oidc"]), help="This protocol only.")
@click.option("--metadata", is_flag=True, help="The SAML metadata itself, for one vendor.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Text to read, or JSON.",
)
@whereabouts
def sso(vendor: str | None, label: str, protocol: str | None, metadata: bool, shape: str, **where: str) -> None:
    """Print the values."""
    from idpsim.sso.keys import valid_label
    from idpsim.sso.provider import app_of

    keyring = Keyring(where["idp_url"].rstrip("/"), where["certs"])
    _ = keyring.address
    chosen = _sign_ons(vendor)
    apps = [app_of(sign_on, valid_label(label), keyring.base) for sign_on in chosen]
    if metadata:
        _print_metadata(apps, keyring)
        return
    shown = [(app, _sections(app, keyring, protocol)) for app in apps]
    if shape == "json":
        echo(json.dumps([_json(app, sections) for app, sections in shown], indent=2))
        return
    page = page_of(sys.stdout)
    for app, sections in shown:
        _print(app, sections, page)
    if not all(keyring.keys.keeps(app) for app in apps):
        echo(
            f"Certificate and client secret are made anew each time: {_command(label, keyring)} makes lasting ones.",
            sys.stderr,
        )


def _sign_ons(vendor: str | None) -> list[Any]:
    sign_ons = all_sign_ons()
    return list(sign_ons.values()) if vendor is None else [sign_ons[profile(vendor).vendor]]


def _sections(app: Any, keyring: Keyring, protocol: str | None) -> list[Any]:
    from idpsim.sso.paste import pasted

    keys = keyring.keys if keyring.keys.keeps(app) else None
    return [section for section in pasted(app, keys) if protocol in (None, section.protocol)]


def _print_metadata(apps: list[Any], keyring: Keyring) -> None:
    """The bytes as they are served, a byte order mark included."""
    from idpsim.sso.saml.metadata import metadata

    if len(apps) != 1:
        raise UsageError("--metadata is for one vendor: idpsim sso VENDOR --metadata")
    if not keyring.keys.keeps(apps[0]):
        where = f"there are no keys of app {apps[0].label} in {keyring.folder}"
        raise UsageError(f"{where}: {_command(apps[0].label, keyring)} makes them")
    sys.stdout.flush()
    sys.stdout.buffer.write(metadata(apps[0], keyring.keys.saml(apps[0])))


def _command(label: str, keyring: Keyring) -> str:
    """The command that makes keys for an app."""
    folder = "" if keyring.folder == DEFAULT_FOLDER else f" --folder {shlex.quote(keyring.folder)}"
    return f"idpsim certs{folder}" + ("" if label == "idpsim" else f" --app {label}")


def _json(app: Any, sections: Iterable[Any]) -> dict[str, Any]:
    """One app with its values by key; the secret is among them, since it is what was asked for."""
    servers: list[dict[str, str]] = []
    told: dict[str, Any] = {
        "vendor": app.vendor,
        "title": app.sign_on.title,
        "app": app.label,
        "saml": None,
        "oidc": servers,
    }
    for section in sections:
        values = {row.key: row.value for row in section.rows}
        if section.protocol == "saml":
            told["saml"] = values
        else:
            servers.append({"server": section.title, **values})
    return told


def _print(app: Any, sections: Iterable[Any], page: Page) -> None:
    for section in sections:
        echo(page.strong(f"{app.sign_on.title}, {section.title}, app {app.label}"), page=page)
        rows = section.rows
        width = max(len(row.name) for row in rows)
        for row in rows:
            if row.long:
                echo(f"  {row.name}", page=page)
                for line in row.value.splitlines():
                    echo(f"    {line}", page=page)
            else:
                echo(f"  {row.name:<{width}}  {row.value}", page=page)
        echo("", page=page)
