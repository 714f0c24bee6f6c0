"""The metadata that an app publishes, in the vendor's exact shape."""

from __future__ import annotations

import codecs
from hashlib import sha256

from idpsim.saml.xml import parsed
from idpsim.sso.app import App
from idpsim.sso.keys import Signing
from idpsim.sso.saml import ids
from idpsim.sso.saml.response import document
from idpsim.sso.saml.signature import Signer, sign


def metadata(app: App, signings: tuple[Signing, ...]) -> bytes:
    """The document for these certificates, the active one first; the same bytes as long as nothing changes."""
    look = app.sign_on.saml
    shown = tuple(each.der for each in (signings if look.metadata_certificates == "all" else signings[:1]))
    text = look.metadata(app, _root_id(app, shown), shown)
    raw = _signed(text, app, signings[0]) if look.metadata_signed else text.encode()
    return codecs.BOM_UTF8 + raw if look.metadata_bom else raw


def _root_id(app: App, certificates: tuple[bytes, ...]) -> str:
    seed = sha256(b"".join([repr(sorted(app.ids.items())).encode(), *certificates])).digest()
    return ids.made(app.sign_on.saml.ids.style, lambda size: seed[:size])


def _signed(text: str, app: App, signing: Signing) -> bytes:
    declaration, end, _ = text.partition("?>")
    root = parsed(text.encode())
    sign(root, Signer(signing, signing.der), app.sign_on.saml)
    return f"{declaration}{end}".encode() + document(root, app)
