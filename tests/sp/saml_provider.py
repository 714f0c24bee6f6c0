"""A SAML identity provider of a few lines, signing for itself, and a browser that signs in with it."""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP, PKCS1v15
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.x509 import load_der_x509_certificate
from lxml import etree
from werkzeug.test import Client, TestResponse

from idpsim.sp import ServiceProvider, Switches, Trust
from idpsim.sp.saml_keys import Pair

IDP = "https://idp.test/saml"
BASE = "http://sp.idpsim.test"
ENTITY = f"{BASE}/sso/one/saml/metadata"
ACS = f"{BASE}/sso/one/saml/acs"
SLO = f"{BASE}/sso/one/saml/slo"
NOW = 1_800_000_000.0
SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"


@cache
def pair(name: str = "idp") -> Pair:
    """A key by name, made once."""
    del name
    return Pair.new()


def moment(seconds: float) -> str:
    return datetime.fromtimestamp(NOW + seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def certificate(signer: Pair) -> str:
    return b64encode(signer.der).decode()


def metadata(more: str = "", wants_signed: str = "false", attributes: str = "") -> bytes:
    """The identity provider's metadata."""
    redirect = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
    return (
        f'<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{IDP}"{attributes}>'
        f'<md:IDPSSODescriptor WantAuthnRequestsSigned="{wants_signed}" protocolSupportEnumeration="{SAMLP}">'
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>'
        f"{certificate(pair())}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>{more}"
        f'<md:SingleLogoutService Binding="{redirect}" Location="https://idp.test/slo"/>'
        f'<md:SingleSignOnService Binding="{redirect}" Location="https://idp.test/sso"/>'
        f'<md:SingleSignOnService Binding="{redirect.replace("Redirect", "POST")}" Location="https://idp.test/sso"/>'
        "</md:IDPSSODescriptor></md:EntityDescriptor>"
    ).encode()


@dataclass(frozen=True)
class Told:
    """What a Response says; a test replaces what is to be wrong."""

    name_id: str = "ada@x.test"
    format: str = EMAIL
    issuer: str = IDP
    assertion_issuer: str = IDP
    destination: str = ACS
    recipient: str = ACS
    audience: str = f"<a:AudienceRestriction><a:Audience>{ENTITY}</a:Audience></a:AudienceRestriction>"
    begins: float = -300
    ends: float = 300
    confirmed_until: float = 300
    in_response_to: str | None = None
    confirmed_in_response_to: str | None = ""
    method: str = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
    status: str = "Success"
    id: str = "_assertion"
    attributes: str = ""
    statement: str = '<a:AuthnStatement AuthnInstant="2026-01-01T00:00:00Z" SessionIndex="_index"/>'
    confirmation: bool = True

    def with_attributes(self, **values: str) -> Told:
        """With an attribute for each, `_` in a name standing for a dot."""
        written = "".join(
            f'<a:Attribute Name="{name.replace("_", ".")}"><a:AttributeValue>{value}</a:AttributeValue></a:Attribute>'
            for name, value in values.items()
        )
        return replace(self, attributes=f"<a:AttributeStatement>{written}</a:AttributeStatement>")

    def assertion(self) -> str:
        confirmed = self.in_response_to if self.confirmed_in_response_to == "" else self.confirmed_in_response_to
        return (
            f'<a:Assertion xmlns:a="{SAML}" xmlns:xs="urn:any" ID="{self.id}" Version="2.0" IssueInstant="{moment(0)}">'
            f"<a:Issuer>{self.assertion_issuer}</a:Issuer><a:Subject>"
            f'<a:NameID Format="{self.format}">{self.name_id}</a:NameID>'
            + (
                f'<a:SubjectConfirmation Method="{self.method}"><a:SubjectConfirmationData '
                f'Recipient="{self.recipient}" NotOnOrAfter="{moment(self.confirmed_until)}"{answering(confirmed)}/>'
                "</a:SubjectConfirmation>"
                if self.confirmation
                else ""
            )
            + f'</a:Subject><a:Conditions NotBefore="{moment(self.begins)}" NotOnOrAfter="{moment(self.ends)}">'
            f"{self.audience}</a:Conditions>{self.statement}{self.attributes}</a:Assertion>"
        )

    def response(self, inside: str | None = None) -> str:
        return (
            f'<p:Response xmlns:p="{SAMLP}" ID="_response" Version="2.0" IssueInstant="{moment(0)}" '
            f'Destination="{self.destination}"{answering(self.in_response_to)}>'
            f'<a:Issuer xmlns:a="{SAML}">{self.issuer}</a:Issuer><p:Status>'
            f'<p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{self.status}"/></p:Status>'
            f"{self.assertion() if inside is None else inside}</p:Response>"
        )


def answering(id: str | None) -> str:
    return "" if id is None else f' InResponseTo="{id}"'


def signed(xml: str, id: str, signer: Pair | None = None, algorithm: str = "sha256") -> str:
    """The document with the element of this ID signed, the Signature right after its Issuer."""
    signer = signer or pair()
    root = etree.fromstring(xml.encode())
    [element] = root.xpath("//*[@ID=$id]", id=id)
    digest = b64encode(hashlib.new(algorithm, canonical(element)).digest()).decode()
    old = algorithm == "sha1"
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{DS if old else MORE}rsa-{algorithm}"/><ds:Reference URI="#{id}">'
        f'<ds:Transforms><ds:Transform Algorithm="{DS}enveloped-signature"/><ds:Transform Algorithm="{EXCLUSIVE}"/>'
        f'</ds:Transforms><ds:DigestMethod Algorithm="{DS if old else XENC}{algorithm}"/>'
        f"<ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
    used = hashes.SHA1() if old else hashes.SHA256()
    value = b64encode(signer.key.sign(canonical(etree.fromstring(info)), PKCS1v15(), used)).decode()
    element.insert(1, etree.fromstring(_signature(info, value, signer)))
    return etree.tostring(root).decode()


def canonical(element: Any) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def _signature(info: str, value: str, signer: Pair) -> str:
    return (
        f'<ds:Signature xmlns:ds="{DS}">{info}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>'
        f"<ds:X509Certificate>{certificate(signer)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )


def encrypted(xml: str, recipient: bytes) -> str:
    """The assertion of a Response encrypted for a certificate (DER), AES-256-CBC and RSA-OAEP."""
    root = etree.fromstring(xml.encode())
    assertion = root.find(f"{{{SAML}}}Assertion")
    assert assertion is not None
    secret, vector, plain = os.urandom(32), os.urandom(16), etree.tostring(assertion)
    padded = plain + bytes((16 - len(plain) % 16) * [16 - len(plain) % 16])
    cipher = Cipher(algorithms.AES(secret), modes.CBC(vector)).encryptor()
    key = load_der_x509_certificate(recipient).public_key()
    wrapped = key.encrypt(secret, OAEP(MGF1(hashes.SHA1()), hashes.SHA1(), None))
    data = (
        f'<a:EncryptedAssertion xmlns:a="{SAML}"><x:EncryptedData xmlns:x="{XENC}" Type="{XENC}Element">'
        f'<x:EncryptionMethod Algorithm="{XENC}aes256-cbc"/><ds:KeyInfo xmlns:ds="{DS}"><x:EncryptedKey>'
        f'<x:EncryptionMethod Algorithm="{XENC}rsa-oaep-mgf1p"/><x:CipherData><x:CipherValue>'
        f"{b64encode(wrapped).decode()}</x:CipherValue></x:CipherData></x:EncryptedKey></ds:KeyInfo><x:CipherData>"
        f"<x:CipherValue>{b64encode(vector + cipher.update(padded)).decode()}</x:CipherValue></x:CipherData>"
        "</x:EncryptedData></a:EncryptedAssertion>"
    )
    root.replace(assertion, etree.fromstring(data))
    return etree.tostring(root).decode()


def packed(xml: str | bytes) -> str:
    return b64encode(xml.encode() if isinstance(xml, str) else xml).decode()


def redirected(xml: str, signer: Pair | None, relay_state: str = "", kind: str = "SAMLRequest") -> str:
    """The query of a Redirect, signed where there is a signer."""
    compress = zlib.compressobj(9, zlib.DEFLATED, -15)
    given = {kind: b64encode(compress.compress(xml.encode()) + compress.flush()).decode()}
    if relay_state:
        given["RelayState"] = relay_state
    if signer is None:
        return urlencode(given)
    query = urlencode({**given, "SigAlg": f"{MORE}rsa-sha256"})
    signature = signer.key.sign(query.encode(), PKCS1v15(), hashes.SHA256())
    return f"{query}&{urlencode({'Signature': b64encode(signature).decode()})}"


def inflated(location: str, name: str = "SAMLRequest") -> Any:
    """The message of a Redirect's URL, as an element."""
    value = parse_qs(urlsplit(location).query)[name][0]
    return etree.fromstring(zlib.decompress(b64decode(value), -15))


class Person:
    """A browser at a service provider that trusts the identity provider."""

    def __init__(self, trust: Trust | None = None, **switches: Any) -> None:
        self.now = NOW
        self.sp = ServiceProvider(Switches(**switches), seed=7, sign_in_now=lambda: self.now)
        self.sp.configure_sso(trust or Trust.saml(metadata()), "one")
        self.browser = Client(self.sp.wsgi)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.browser.get(path, headers=headers, base_url=BASE)

    def post(self, xml: str | bytes, **more: str) -> TestResponse:
        """Send a Response to the ACS."""
        return self.browser.post("/sso/one/saml/acs", data={"SAMLResponse": packed(xml), **more}, base_url=BASE)

    def ask(self) -> str:
        """The ID of a new AuthnRequest."""
        return str(inflated(self.get("/sso/one/saml/login").headers["Location"]).get("ID"))

    def sign_in(self, told: Told | None = None, change: Callable[[str], str] = lambda xml: xml) -> TestResponse:
        """Be signed in by the identity provider, unasked; `change` is what happens to the signed document."""
        told = told or Told()
        return self.post(change(signed(told.response(), told.id)))

    def me(self) -> Any:
        """Who is signed in, None where nobody is."""
        answer = self.get("/me", Accept="application/json")
        return answer.json if answer.status_code == 200 else None


def value_of(page: str, name: str) -> str:
    """The value of a form's field on a page."""
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found
    return found[1]
