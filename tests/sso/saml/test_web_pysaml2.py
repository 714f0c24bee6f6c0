"""pysaml2's own service provider against our endpoints: it asks, and understands the answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from lxml import etree

from idpsim.saml.lazy_schema import saml2
from idpsim.sso.app import App
from idpsim.sso.saml.registering import registration
from idpsim.sso.saml.signature import verify
from idpsim.sso.saml.web import blueprint
from tests.sso.front import ACS, BASE, SP, VENDORS, app, front, signing
from tests.sso.saml.asking import address, auto_post, codes, document, enveloped, form_of

POST, REDIRECT = (f"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{name}" for name in ("POST", "Redirect"))
DEMANDED = {
    "okta": {"request_must_be_signed": True},
    "entra": {"require_verification_certificates": True},
    "onelogin": {"saml_validate_signed_requests": True},
}


class Crypto(saml2("sigver").CryptoBackend):  # type: ignore[misc]
    """A service provider's signatures without a program; whatever file holds it, the certificate is the app's."""

    version = "1.3.0"

    def sign_statement(self, statement: Any, node_name: str, key_file: str, node_id: str) -> str:
        """The statement with a signature in place of the empty one that pysaml2 has prepared."""
        del node_name, key_file, node_id
        root = etree.fromstring(statement.encode() if isinstance(statement, str) else statement)
        for prepared in root.findall("{*}Signature"):
            root.remove(prepared)
        return enveloped(etree.tostring(root).decode(), signing("sp"))

    def validate_signature(self, enctext: Any, cert_file: str, cert_type: str, node_name: str, node_id: str) -> bool:
        del cert_file, cert_type, node_name
        root = etree.fromstring(enctext.encode() if isinstance(enctext, str) else enctext)
        (element,) = root.xpath("//*[@ID=$id]", id=node_id)
        return verify(element, [signing("saml").der], sha1=True) is not None


def client(metadata: bytes, folder: Path) -> Any:
    """A service provider that has been given the identity provider's metadata."""
    key, certificate = folder / "sp.key", folder / "sp.crt"
    pkcs8, bare, pem = serialization.PrivateFormat.PKCS8, serialization.NoEncryption(), serialization.Encoding.PEM
    key.write_bytes(signing("sp").key.private_bytes(pem, pkcs8, bare))
    certificate.write_bytes(signing("sp").certificate.public_bytes(pem))
    config = saml2("config").SPConfig()
    endpoints = {
        "assertion_consumer_service": [(ACS, POST)],
        "single_logout_service": [("https://sp.test/saml/slo", REDIRECT)],
    }
    config.load(
        {
            "entityid": SP,
            "crypto_backend": "XMLSecurity",
            "key_file": str(key),
            "cert_file": str(certificate),
            "metadata": {"inline": [metadata.decode("utf-8-sig")]},
            "allow_unknown_attributes": True,
            "service": {"sp": {"endpoints": endpoints, "want_response_signed": False, "want_assertions_signed": True}},
        }
    )
    made = saml2("client").Saml2Client(config)
    made.sec.crypto = Crypto()
    made.sec.sec_backend = saml2("sigver").RSACrypto(signing("sp").key)
    return made


def registered(vendor: str, sp: Any, signed: bool) -> App:
    """The app whose administrator has entered the service provider's metadata."""
    described = str(saml2("metadata").entity_descriptor(sp.config)).encode()
    return app(vendor, registration(described), **(DEMANDED[vendor] if signed else {}))


@pytest.mark.parametrize("signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("binding", [REDIRECT, POST], ids=["redirect", "post"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_a_login_that_pysaml2_starts_is_one_that_it_accepts(
    vendor: str, binding: str, signed: bool, tmp_path: Path
) -> None:
    plain = front(app(vendor))
    sp = client(plain.client(blueprint(plain)).get(address(app(vendor), "metadata")).data, tmp_path)
    provider = front(registered(vendor, sp, signed))
    provider.sign_in(vendor)
    web = provider.client(blueprint(provider))

    request_id, asked = sp.prepare_for_authenticate(relay_state="state", binding=binding, sign=signed)
    if binding == REDIRECT:
        answer = web.get(dict(asked["headers"])["Location"].removeprefix(BASE))
    else:
        action, fields = form_of(asked["data"])
        answer = web.post(action.removeprefix(BASE), data=fields)
    assert codes(document(answer)) == ["Success"]
    _, posted = auto_post(answer)
    response = sp.parse_authn_request_response(posted["SAMLResponse"], POST, {request_id: "/"})

    assert posted["RelayState"] == "state"
    assert response.name_id.text == "ada@example.com"


def test_the_certificate_in_pysaml2s_metadata_is_the_one_that_its_requests_are_signed_with(tmp_path: Path) -> None:
    plain = front(app("okta"))
    sp = client(plain.client(blueprint(plain)).get(address(app("okta"), "metadata")).data, tmp_path)

    read = registered("okta", sp, signed=False).registration

    assert replace(read, metadata=None).signing_certificates == (signing("sp").der,)
    assert (read.entity_id, read.acs, read.slo) == (SP, (ACS,), "https://sp.test/saml/slo")
