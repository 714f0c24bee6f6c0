"""The `sso` block of the scenario language: its keys, and the value that is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from idpsim.errors import Place
from idpsim.scenario.model import OidcSide, SamlSide, Shows, SingleSignOn
from idpsim.scenario.named import Name
from idpsim.scenario.scalars import Choice, Flag, Shape, Text, Url
from idpsim.scenario.shapes import Key, Keys, ListOf

_LINE = Text(line=True)
_URL = Url()
_FILE = Text(line=True, says="a file")


def _key(name: str, takes: Shape, doc: str) -> Key:
    return Key(name, takes, doc, by_vendor=True)


SHOWS = Keys(
    (
        _key("url", _URL, "A page or JSON document that says who is signed in, fetched in their session."),
        _key(
            "at",
            ListOf(_LINE),
            "Where in it, the most telling first: a path in JSON such as `user.email`, or the id, class, name or label "
            "of an HTML element. Left out, all of it counts.",
        ),
        _key(
            "bearer",
            _LINE,
            "Where a sign-in ends with JSON: the path, in it, of the token that `url` is asked with.",
        ),
        _key("cookie", _LINE, "A cookie that holds a JWT, in place of `url`."),
        _key("claim", ListOf(_LINE), "The claims of that JWT that say it, the most telling first."),
    )
)

SAML = Keys(
    (
        _key("login", _URL, "Where a sign-in over SAML starts at the service provider."),
        _key("metadata", Text(line=True, says="a URL or a file"), "Its metadata, from which the rest is read."),
        _key("entity_id", _LINE, "Its entity ID."),
        _key("acs", ListOf(_URL), "Its assertion consumer services; the first is the default."),
        _key("slo", _URL, "Its single logout service."),
        _key("relay_state", _LINE, "The RelayState of sign-ins that the identity provider starts."),
        _key("signing_certificate", _FILE, "The certificate of its signed requests, PEM or DER."),
        _key("encryption_certificate", _FILE, "The certificate that assertions are encrypted for, PEM or DER."),
    )
)

OIDC = Keys(
    (
        _key("login", _URL, "Where a sign-in over OpenID Connect starts at the service provider."),
        _key("client_id", _LINE, "Its client id; by default the identity provider's own for this app."),
        _key("client_secret", Text(line=True, says="a secret"), "Its client secret; by default likewise."),
        _key("redirect_uris", ListOf(_URL), "Where it is sent back to; the first is the default."),
        _key("post_logout_redirect_uris", ListOf(_URL), "Where it is sent back to after signing out."),
        _key("initiate_login_uri", _URL, "Where the identity provider starts a sign-in."),
        _key("public", Flag(), "Whether it is a public client: no secret, PKCE required."),
    )
)

SSO = Keys(
    (
        Key("protocol", Choice(("saml", "oidc")), "The protocol of the sign-in.", required=True, by_vendor=True),
        _key("login", _URL, "Where a sign-in starts at the service provider, over `protocol`."),
        _key(
            "prove_with",
            Name("person"),
            "Who proves that a sign-in works, under their name as it is written; by default a built-in administrator "
            "who is never provisioned.",
        ),
        _key("app", _LINE, "What the app is called at the identity provider; `idpsim` by default."),
        _key(
            "victim",
            Name("person"),
            "Whom an attacker poses as in tampered sign-ins; by default whoever proves.",
        ),
        _key("logout", _URL, "Where signing out starts at the service provider."),
        _key("shows", SHOWS, "How the service provider shows who is signed in."),
        _key(
            "live_sessions",
            Choice(("end", "ignore")),
            "Whether the session of somebody who is deprovisioned must end; `end` by default.",
        ),
        _key(
            "enforce_assignment",
            Flag(),
            "Whether the identity provider itself turns away who is not assigned; false by default, so that the "
            "service provider is asked.",
        ),
        _key("saml", SAML, "The service provider as SAML knows it."),
        _key("oidc", OIDC, "The service provider as OpenID Connect knows it."),
    )
)


def single_sign_on(values: Mapping[str, Any], place: Place) -> SingleSignOn:
    """The block as it was read; an empty text, from a variable, is none."""
    given = _given(values)
    shows, saml, oidc = given.pop("shows", None), given.pop("saml", {}), given.pop("oidc", {})
    return SingleSignOn(
        **given,
        place=place,
        shows=Shows(**_given(shows)) if shows else None,
        saml=SamlSide(**_given(saml)),
        oidc=OidcSide(**_given(oidc)),
    )


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is there; of a list, the items that are."""
    full = {name: tuple(filter(None, each)) if isinstance(each, tuple) else each for name, each in values.items()}
    return {name: value for name, value in full.items() if value not in (None, "", ())}
