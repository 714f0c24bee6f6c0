"""Falsification by encrypting: the public certificate is all that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from idpsim.saml.encryption import encrypt
from idpsim.signon.saml import Encrypts
from idpsim.sso.tamper.documents import EVIL_ASSERTION, Element, assertion, evil_assertion, signed_part
from idpsim.sso.tamper.hooks import SamlTamper, Scene


def _encrypted_wrapping(response: Element, scene: Scene) -> None:
    """Where the service provider has no certificate for it, nobody can read the forgery, and it must not matter."""
    signed_part(response)
    look = scene.app.sign_on.saml
    evil = evil_assertion(scene, EVIL_ASSERTION)
    assertion(response).addprevious(evil)
    certificate = scene.app.registration.encryption_certificate or scene.other.der
    encrypt(evil, certificate, look.encrypts(scene.app) or Encrypts(), look)


TAMPERS: Mapping[str, SamlTamper] = MappingProxyType({"encrypted_wrapping": SamlTamper(signed=_encrypted_wrapping)})
