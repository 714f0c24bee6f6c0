"""How each falsification of the catalogue is done, by name; what implements it is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from idpsim.sso.tamper.hooks import OidcTamper, PublishedTamper, SamlTamper

if TYPE_CHECKING:
    from idpsim.sso.tamper.browser import BrowserTamper

Kind = TypeVar("Kind")

_SAML = ("saml_values", "saml_signatures", "saml_wrapping", "saml_encryption", "saml_parsing")
_OIDC = ("oidc_tokens", "oidc_answers")
_PUBLISHED = ("published_saml", "published_oidc")


def _found(name: str, kind: type[Kind], modules: tuple[str, ...]) -> Kind | None:
    for each in modules:
        tamper = import_module(f"idpsim.sso.tamper.{each}").TAMPERS.get(name)
        if isinstance(tamper, kind):
            return tamper
    return None


def saml_tamper(name: str) -> SamlTamper | None:
    """What is done to a SAML Response, or None where the name is not of that kind."""
    return _found(name, SamlTamper, _SAML)


def oidc_tamper(name: str) -> OidcTamper | None:
    """What is done to tokens and their endpoint's answers, or None where the name is not of that kind."""
    return _found(name, OidcTamper, _OIDC)


def published_tamper(name: str) -> PublishedTamper | None:
    """What is done to metadata, discovery or keys, or None where the name is not of that kind."""
    return _found(name, PublishedTamper, _PUBLISHED)


def browser_tamper(name: str) -> BrowserTamper | None:
    """What the browser does otherwise, or None where the name is not of that kind."""
    from idpsim.sso.tamper.browser import TAMPERS

    return TAMPERS.get(name)
