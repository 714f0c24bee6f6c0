"""Serve the embedded service provider over HTTP: SCIM 2.0 in memory, right by default, wrong by one switch each.

Each IdP has a path and a token of its own. It forgets everything when it ends, with Ctrl-C.

  idpsim sp
  idpsim sp --port 0 --token secret-token --idp okta --idp entra
  idpsim sp --switch deactivation=hard --switch page_size=5
  idpsim sp --switches
  idpsim sp --idp okta --saml http://localhost:8765/app/…/sso/saml/metadata
  idpsim sp --idp okta --oidc http://localhost:8765/oauth2/default --client-id ID --client-secret SECRET
"""

from __future__ import annotations

import hmac
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

import click

from idpsim.cli import written
from idpsim.cli.terminal import echo, page_of
from idpsim.errors import UsageError
from idpsim.report.text import Page
from idpsim.serving import give_up, is_loopback, origin_of, server, until_signalled
from idpsim.sp import Endpoints, Refused, ServiceProvider, Switches, Trust

DEFAULT_IDP = "default"


@click.command(help=written(__doc__))
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="Port; 0 is any that is free."
)
@click.option("--token", metavar="T", help="Token of every IdP; left out, a fresh one for each is printed once.")
@click.option("--idp", multiple=True, metavar="NAME", help="An IdP that has a SCIM endpoint; may be repeated.")
@click.option("--switch", multiple=True, metavar="NAME=VALUE", help="A switch; may be repeated.")
@click.option("--saml", metavar="URL|FILE", help="SAML metadata of the identity provider.")
@click.option("--oidc", metavar="ISSUER", help="Issuer of the OpenID Connect provider.")
@click.option("--client-id", metavar="ID", help="Client id at that provider.")
@click.option("--client-secret", metavar="SECRET", envvar="IDPSIM_CLIENT_SECRET", help="Client secret there.")
@click.option("--switches", "listing", is_flag=True, help="List the switches and end.")
def sp(
    host: str, port: int, token: str | None, idp: tuple[str, ...], switch: tuple[str, ...], listing: bool, **sso: Any
) -> None:
    """List the switches, or serve until a signal comes."""
    page = page_of(sys.stdout)
    if listing:
        for line in _listed(page):
            echo(line, page=page)
        return
    if token is not None and (not token.isprintable() or not token.strip()):
        raise UsageError("--token is empty or holds a line break or control character")
    switches, names, app = _switches(switch), idp or (DEFAULT_IDP,), _Late()
    trusts = list(_trusts(**sso))
    listening = server(app, host, port)
    origin = origin_of(listening, host)
    provider = ServiceProvider(switches, base_url=origin)
    try:
        _trust(provider, names[0], trusts)
        issued = _issue(provider, names)
    except UsageError:
        give_up(listening)
        raise
    app.app = provider.wsgi if token is None else _Known(provider.wsgi, token, issued)
    if not is_loopback(host):
        echo(f"warning: {host} can be reached from other machines, and this is not made for that", sys.stderr)
    for line in _told(provider, issued, token, origin, page):
        echo(line, page=page)
    for line in _signs_in(provider.sign_in_endpoints(names[0]), trusts):
        echo(line, page=page)
    echo(page.quiet("Ctrl-C ends it; everything in it is forgotten then."), page=page)
    sys.stdout.flush()
    until_signalled(listening)
    echo("stopped")


def _switches(given: Iterable[str]) -> Switches:
    """Switches from `NAME=VALUE`; UsageError with the sentence that the service provider has for it."""
    values: dict[str, str] = {}
    for each in given:
        name, mark, value = each.partition("=")
        if not mark:
            raise UsageError(f"--switch takes NAME=VALUE, not {each!r}; idpsim sp --switches lists them")
        values[name] = value
    try:
        return Switches.from_mapping(values)
    except ValueError as error:
        raise UsageError(f"{str(error).rstrip('.')}\n  idpsim sp --switches lists them") from None


def _listed(page: Page) -> Iterator[str]:
    for switch in fields(Switches):
        choices = switch.metadata["choices"]
        kind = " or ".join(map(_word, choices)) if choices else "a list" if switch.default == () else "a number"
        yield f"{page.strong(switch.name)}: {_word(switch.default) or 'none'} ({kind})"
        yield from page.wrapped(str(switch.metadata["doc"]), 4)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _issue(provider: ServiceProvider, names: Iterable[str]) -> dict[str, str]:
    """A token for each IdP; none while a gate is shut."""
    try:
        return {name: provider.issue_token(name) for name in dict.fromkeys(names)}
    except Refused as refused:
        echo(f"warning: SCIM is shut, every request is refused: {refused}", sys.stderr)
        return dict.fromkeys(names, "")
    except ValueError as error:
        raise UsageError(str(error)) from None


class _Known:
    """The application, with one token that the user chose in place of those that were issued."""

    def __init__(self, app: Any, token: str, issued: dict[str, str]) -> None:
        self._app = app
        self._token = token.encode()
        self._issued = issued

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        scheme, _, given = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
        name = str(environ.get("PATH_INFO", "")).removeprefix("/scim/").partition("/")[0]
        right = hmac.compare_digest(given.strip().encode("latin-1", "replace"), self._token)
        if scheme.lower() == "bearer":
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self._issued.get(name, '') if right else ''}"
        return self._app(environ, start_response)


class _Late:
    """The application, which comes when the address that it is served at is known."""

    app: Any

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self.app(environ, start_response)


def _trusts(saml: str | None, oidc: str | None, client_id: str | None, client_secret: str | None) -> Iterator[Trust]:
    """What the options say of the identity provider that people sign in with."""
    if oidc is None and (client_id or client_secret):
        raise UsageError("--client-id and --client-secret belong to --oidc ISSUER")
    if oidc is not None and not client_id:
        raise UsageError("--oidc needs --client-id")
    if saml is not None:
        from idpsim.signing.registered import fetched, read

        yield Trust.saml(read(saml, fetched))
    if oidc is not None:
        yield Trust.oidc(oidc, client_id or "", client_secret)


def _trust(provider: ServiceProvider, name: str, trusts: Iterable[Trust]) -> None:
    try:
        for trust in trusts:
            provider.configure_sso(trust, name)
    except (Refused, ValueError) as refused:
        raise UsageError(f"single sign-on: {refused}") from None


def _signs_in(ends: Endpoints, trusts: Iterable[Trust]) -> Iterator[str]:
    """Where people sign in, and what the identity provider has to be told."""
    for trust in trusts:
        if trust.protocol == "saml":
            yield f"SAML           sign in at {ends.saml_login}"
            yield f"               idpsim serve --sp-metadata {ends.entity_id}"
        else:
            yield f"OpenID Connect sign in at {ends.oidc_login}"
            yield f"               idpsim serve --redirect-uri {ends.redirect_uri}"
        yield ""


def _told(
    provider: ServiceProvider, issued: dict[str, str], token: str | None, origin: str, page: Page
) -> Iterator[str]:
    for name, fresh in issued.items():
        url = origin + provider.endpoint(name)
        word = '"$SCIM_TOKEN"' if token else fresh or "TOKEN"
        yield f"SCIM base URL  {page.strong(url)}"
        yield f"token          {'the one that was given' if token else fresh or 'none: SCIM is shut'}"
        yield f"try            idpsim run --target {url} --token {word}"
        yield ""
