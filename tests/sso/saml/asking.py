"""Requests of service providers: by hand, and by pysaml2's own client side."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote_plus

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from idpsim.saml.received import Message, posted, redirected
from idpsim.sso.app import App
from idpsim.sso.keys import Signing
from tests.sso.front import SP

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"


def authn(inside: str = "", *, issuer: str = SP, request_id: str = "_r1", issued: str = "", **attributes: str) -> str:
    """An AuthnRequest; `inside` comes after its Issuer."""
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<samlp:AuthnRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{request_id}" Version="2.0" '
        f'IssueInstant="{issued or moment()}"{said}><saml:Issuer>{issuer}</saml:Issuer>{inside}</samlp:AuthnRequest>'
    )


def logout(inside: str = "", *, issuer: str = SP, request_id: str = "_l1", name_id: str = "ada@example.com") -> str:
    """A LogoutRequest."""
    return (
        f'<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{request_id}" Version="2.0" '
        f'IssueInstant="{moment()}"><saml:Issuer>{issuer}</saml:Issuer>'
        f"<saml:NameID>{name_id}</saml:NameID>{inside}</samlp:LogoutRequest>"
    )


def moment(at: float | None = None) -> str:
    when = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def deflated(xml: str | bytes) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = xml.encode() if isinstance(xml, str) else xml
    return b64encode(packer.compress(raw) + packer.flush()).decode()


def query(
    xml: str | bytes, relay_state: str | None = None, signing: Signing | None = None, name: str = "SAMLRequest"
) -> str:
    """The query of a Redirect, signed where a key is given."""
    parts = [f"{name}={quote_plus(deflated(xml))}"]
    if relay_state is not None:
        parts.append(f"RelayState={quote_plus(relay_state)}")
    if signing is not None:
        parts.append(f"SigAlg={quote_plus(RSA_SHA256)}")
        value = signing.key.sign("&".join(parts).encode(), PKCS1v15(), hashes.SHA256())
        parts.append(f"Signature={quote_plus(b64encode(value).decode())}")
    return "&".join(parts)


def form(xml: str | bytes, relay_state: str | None = None, name: str = "SAMLRequest") -> dict[str, str]:
    """The fields of a POST."""
    fields = {name: b64encode(xml.encode() if isinstance(xml, str) else xml).decode()}
    return fields if relay_state is None else {**fields, "RelayState": relay_state}


def by_redirect(xml: str | bytes, relay_state: str | None = None, signing: Signing | None = None) -> Message:
    return redirected(query(xml, relay_state, signing).encode())


def by_post(xml: str | bytes, relay_state: str | None = None) -> Message:
    return posted(form(xml, relay_state).items())


def enveloped(xml: str, signing: Signing) -> str:
    """The document with an enveloped signature after its Issuer, made without any code of the identity provider."""
    root = etree.fromstring(xml.encode())
    digest = hashes.Hash(hashes.SHA256())
    digest.update(_canonical(root))
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{C14N}"/>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"/><ds:Reference URI="#{root.get("ID")}"><ds:Transforms>'
        f'<ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{C14N}"/></ds:Transforms>'
        '<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>'
        f"<ds:DigestValue>{b64encode(digest.finalize()).decode()}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
    value = signing.key.sign(_canonical(etree.fromstring(info.encode())), PKCS1v15(), hashes.SHA256())
    signature = (
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue>{b64encode(value).decode()}</ds:SignatureValue>'
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{b64encode(signing.der).decode()}</ds:X509Certificate>"
        "</ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    return re.sub(r"(</(\w+:)?Issuer>)", lambda issuer: issuer[0] + signature, xml, count=1)


def _canonical(element: Any) -> bytes:
    found: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    return found


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.buttons = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action", "")
        elif tag == "input":
            self.fields[given.get("name", "")] = given.get("value", "")
        elif tag == "button":
            self.buttons += 1


def auto_post(answer: TestResponse) -> tuple[str, dict[str, str]]:
    """Where the page's form goes, and its fields."""
    return form_of(answer.text)


def form_of(page: str) -> tuple[str, dict[str, str]]:
    forms = _Forms()
    forms.feed(page)
    return forms.action, {name: value for name, value in forms.fields.items() if name}


def document(answer: TestResponse) -> Any:
    """The SAML message in the page's form, parsed."""
    _, fields = auto_post(answer)
    return etree.fromstring(b64decode(fields["SAMLResponse"]))


def text(root: Any, path: str) -> str | None:
    """The text or attribute at an XPath, with the prefixes `p`, `a` and `ds`."""
    found = root.xpath(path, namespaces={"p": SAMLP, "a": SAML, "ds": DS})
    return None if not found else str(getattr(found[0], "text", found[0]))


def codes(root: Any) -> list[str]:
    """The status codes without their prefix, outer first."""
    found: Iterable[str] = root.xpath("//p:StatusCode/@Value", namespaces={"p": SAMLP})
    return [re.sub(".*:", "", each) for each in found]


def address(app: App, kind: str = "sso") -> str:
    """The path of an app's endpoint."""
    return app.filled(getattr(app.sign_on.saml.addresses, kind)[0]).removeprefix(app.base)


def ask(client: FlaskClient, app: App, xml: str | bytes, relay_state: str | None = None, **more: Any) -> TestResponse:
    """A Redirect to the app's sign-on address."""
    return client.get(f"{address(app)}?{query(xml, relay_state, **more)}")
