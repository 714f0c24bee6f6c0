"""Messages of single logout in each vendor's look: answers to service providers, and requests to the others."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from secrets import token_bytes
from typing import Literal
from urllib.parse import quote_plus
from zlib import DEFLATED, MAX_WBITS, compressobj

from idpsim.directory import Person
from idpsim.saml.xml import Element, parsed
from idpsim.signon import Identity
from idpsim.signon.markup import escaped
from idpsim.signon.saml import NameId
from idpsim.sso.app import App
from idpsim.sso.keys import Signing
from idpsim.sso.saml import ids
from idpsim.sso.saml import response as written
from idpsim.sso.saml.asked import LogoutRequest
from idpsim.sso.saml.facts import Status
from idpsim.sso.saml.signature import METHODS, Signer, raw, sign, signer_of

_NOBODY = Identity("", Person("", "", ""))


@dataclass(frozen=True)
class Outgoing:
    """An unsigned message of ours, and the ID that an answer to it names."""

    id: str
    kind: Literal["request", "response"]
    element: Element


def response(
    app: App, asked: LogoutRequest, now: float, status: Status | None = None, *, fresh: ids.Fresh = token_bytes
) -> Outgoing:
    """The LogoutResponse to the app's service provider; `now` is seconds since the epoch."""
    writer = written.Writer(app.sign_on.saml.writing)
    content = _issuer(app, writer) + writer.status(status or Status())
    return _message(app, "response", asked.id, now, content, fresh)


def request(
    app: App, name_id: NameId | str, index: str | None, now: float, *, fresh: ids.Fresh = token_bytes
) -> Outgoing:
    """A LogoutRequest to the app's service provider; `now` is seconds since the epoch.

    A name without a Format has the one that the app gives to whoever asks for none.
    """
    writer = written.Writer(app.sign_on.saml.writing)
    if isinstance(name_id, str):
        name_id = NameId(name_id, app.sign_on.saml.name_id(_NOBODY, app, None).format)
    content = _issuer(app, writer) + writer.name_id(name_id, declare=_outside(writer))
    if index:
        content += writer.protocol("SessionIndex", {}, escaped(index))
    return _message(app, "request", None, now, content, fresh)


def signer_for(message: Outgoing, app: App, signing: Signing) -> Signer | None:
    """Who signs this message; None where the vendor's settings leave it unsigned."""
    look = app.sign_on.saml
    return signer_of(signing, look.signs(app)) if look.signs_logout(app, message.kind) else None


def document(message: Outgoing, app: App, signing: Signing) -> bytes:
    """The bytes for the POST binding, with an enveloped signature where the vendor signs."""
    signer = signer_for(message, app, signing)
    if signer is not None:
        sign(message.element, signer, app.sign_on.saml)
    return written.document(message.element, app)


def redirect_query(message: Outgoing, app: App, signing: Signing, relay_state: str | None) -> str:
    """The query of the Redirect binding: the message deflated, its RelayState, a signature where the vendor signs."""
    packed = _deflated(written.document(message.element, app))
    query = f"SAML{message.kind.capitalize()}={quote_plus(b64encode(packed))}"
    if relay_state is not None:
        query += f"&RelayState={quote_plus(relay_state)}"
    signer = signer_for(message, app, signing)
    return query if signer is None else signed_query(query, signer)


def signed_query(query: str, signer: Signer) -> str:
    """A query of the Redirect binding with SigAlg and Signature behind it."""
    query += f"&SigAlg={quote_plus(METHODS[signer.signature])}"
    return f"{query}&Signature={quote_plus(b64encode(raw(signer, query.encode())))}"


def _deflated(data: bytes) -> bytes:
    packer = compressobj(9, DEFLATED, -MAX_WBITS)
    return packer.compress(data) + packer.flush()


def _issuer(app: App, writer: written.Writer) -> str:
    return writer.issuer(app.filled(app.sign_on.saml.logout_issuer(app)), declare=_outside(writer))


def _outside(writer: written.Writer) -> bool:
    return not writer.writing.assertion_on_response


def _message(
    app: App, kind: Literal["request", "response"], answered: str | None, now: float, content: str, fresh: ids.Fresh
) -> Outgoing:
    writer = written.Writer(app.sign_on.saml.writing)
    made = ids.made(app.sign_on.saml.ids.style, fresh)
    attributes = {
        "Destination": app.registration.slo,
        "ID": made,
        "InResponseTo": answered,
        "IssueInstant": writer.at(now),
        "Version": "2.0",
    }
    order = writer.writing.orders.get("Response", attributes)
    text = writer.root(f"Logout{kind.capitalize()}", {name: attributes[name] for name in order}, content)
    return Outgoing(made, kind, parsed(text.encode()))
