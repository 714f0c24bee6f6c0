"""Registrations from a service provider's metadata."""

from __future__ import annotations

from base64 import b64encode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from idpsim.errors import UsageError
from idpsim.signon import Registration
from idpsim.sso.saml.registering import consumer, registration
from tests.sso.front import signing

MD = "urn:oasis:names:tc:SAML:2.0:metadata"
BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"


def key(name: str, use: str = "") -> str:
    text = b64encode(signing(name).der).decode()
    wrapped = "\n".join(text[i : i + 64] for i in range(0, len(text), 64))
    said = f' use="{use}"' if use else ""
    return (
        f'<KeyDescriptor{said}><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>'
        f"<ds:X509Certificate>\n{wrapped}\n</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
    )


def key_of(certificate: str) -> str:
    return (
        '<KeyDescriptor><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>'
        f"{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
    )


def acs(place: str, index: int, binding: str = "HTTP-POST", more: str = "") -> str:
    return f'<AssertionConsumerService Binding="{BINDINGS}{binding}" Location="{place}" index="{index}"{more}/>'


def slo(place: str, binding: str) -> str:
    return f'<SingleLogoutService Binding="{BINDINGS}{binding}" Location="{place}"/>'


def entity(inside: str, name: str = "https://sp.test", namespace: str = f' xmlns="{MD}"') -> str:
    return (
        f'<EntityDescriptor{namespace} entityID="{name}"><SPSSODescriptor '
        f'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">{inside}</SPSSODescriptor></EntityDescriptor>'
    )


FULL = entity(
    key("sp", "signing")
    + key("sp next", "signing")
    + key("sp encryption", "encryption")
    + slo("https://sp.test/slo-post", "HTTP-POST")
    + slo("https://sp.test/slo", "HTTP-Redirect")
    + acs("https://sp.test/one", 1)
    + acs("https://sp.test/artifact", 2, "HTTP-Artifact")
    + acs("https://sp.test/three", 3, more=' isDefault="true"')
)


def test_everything_that_the_identity_provider_uses_is_read() -> None:
    read = registration(FULL.encode(), Registration(client_id="kept"))

    assert read == Registration(
        entity_id="https://sp.test",
        acs=("https://sp.test/three", "https://sp.test/one"),
        slo="https://sp.test/slo",
        signing_certificates=(signing("sp").der, signing("sp next").der),
        encryption_certificate=signing("sp encryption").der,
        metadata=FULL.encode(),
        client_id="kept",
    )


def test_a_key_without_a_use_serves_both() -> None:
    read = registration(entity(key("sp") + acs("https://sp.test/acs", 0)).encode())

    assert read.signing_certificates == (signing("sp").der,)
    assert read.encryption_certificate == signing("sp").der


def test_nothing_is_encrypted_for_a_key_that_is_not_rsa() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "curve")])
    old, later = signing("sp").certificate.not_valid_before_utc, signing("sp").certificate.not_valid_after_utc
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, old, later).sign(key, hashes.SHA256())
    curve = b64encode(made.public_bytes(serialization.Encoding.DER)).decode()
    rsa = b64encode(signing("sp").der).decode()
    held = "".join(key_of(each) for each in (curve, rsa))

    both = registration(entity(held + acs("https://sp.test/acs", 0)).encode())
    one = registration(entity(key_of(curve) + acs("https://sp.test/acs", 0)).encode())

    assert (both.encryption_certificate, one.encryption_certificate) == (signing("sp").der, None)


def test_what_the_metadata_does_not_say_stays() -> None:
    base = Registration(slo="https://sp.test/old-slo", signing_certificates=(signing("sp").der,))

    read = registration(entity(acs("https://sp.test/acs", 0)).encode(), base)

    assert (read.slo, read.signing_certificates) == (base.slo, base.signing_certificates)


def test_one_service_provider_in_a_federation_file_is_found() -> None:
    idp = '<IDPSSODescriptor protocolSupportEnumeration="urn:x"/>'
    both = f'<EntityDescriptor entityID="https://idp.test">{idp}</EntityDescriptor>' + entity(
        acs("https://sp.test/acs", 0), namespace=""
    )
    whole = f'<EntitiesDescriptor xmlns="{MD}">{both}</EntitiesDescriptor>'

    read = registration(b"\xef\xbb\xbf" + whole.encode())

    assert read.entity_id == "https://sp.test"


def test_a_consumer_service_is_found_by_its_index() -> None:
    assert consumer(FULL.encode(), 3) == "https://sp.test/three"
    assert consumer(FULL.encode(), 2) is None


TWO = entity(acs("https://sp.test/acs", 0), namespace="") + entity(acs("https://b.test/acs", 0), "b", namespace="")


@pytest.mark.parametrize(
    ("metadata", "message"),
    [
        (b"", "not well-formed"),
        (b"not XML", "not well-formed"),
        (b"\xff\xfe", "not well-formed"),
        (b"<html/>", "no SAML metadata"),
        (b" " * 2_000_000, "longer than"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + FULL.encode(), "document type"),
        (f'<EntitiesDescriptor xmlns="{MD}">{TWO}</EntitiesDescriptor>'.encode(), "describes 2 service providers"),
        (f'<EntitiesDescriptor xmlns="{MD}"/>'.encode(), "describes 0 service providers"),
        (f'<EntityDescriptor xmlns="{MD}" entityID="x"/>'.encode(), "no SPSSODescriptor"),
        (entity(acs("https://sp.test/acs", 0), "").encode(), "no entityID"),
        (entity("").encode(), "no AssertionConsumerService"),
        (entity(acs("javascript:alert(1)", 0)).encode(), "no http or https Location"),
        (entity(acs("", 0)).encode(), "no http or https Location"),
        (entity(acs("https://[", 0)).encode(), "no http or https Location"),
        (entity(acs("https://sp.test/acs", 0) + slo("data:x", "HTTP-POST")).encode(), "no http or https Location"),
        (FULL.replace(b64encode(signing("sp").der).decode()[:20], "A" * 20).encode(), "certificate"),
        (entity("<a>" * 100 + "</a>" * 100).encode(), "too deep"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_bad_metadata_is_one_clear_error(metadata: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        registration(metadata)
