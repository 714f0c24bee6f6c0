"""Encrypted assertions come back as they were, and nothing else does."""

from __future__ import annotations

import pytest

from idpsim.saml.encryption import BLOCKS, WRAPS, decrypt, encrypt
from idpsim.saml.xml import Element, Refused, parsed
from idpsim.signon.saml import Block, Encrypts, Wrap
from idpsim.sso.saml.response import SAML
from idpsim.sso.saml.signature import verify
from tests.sso.saml.papers import STATED, VENDORS, app, response, signing

ON = {
    "okta": {"assertion_encrypted": True, **STATED},
    "entra": {"token_encryption": True},
    "onelogin": {"saml_encrypt_assertion": True},
}
KEY = signing("service provider")


def encrypted(root: Element) -> Element:
    found = root.find(f"{{{SAML}}}EncryptedAssertion")
    assert found is not None
    return found


@pytest.mark.parametrize("vendor", VENDORS)
def test_an_assertion_is_encrypted_where_the_setting_is_on_and_there_is_a_certificate(vendor: str) -> None:
    raw = response(app(vendor, encrypted=True, **ON[vendor]))

    assert b"Assertion>" in raw
    assert b"ada@example.com" not in raw
    assert verify(decrypt(encrypted(parsed(raw)), KEY.key), (signing().der,)) is not None


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize(("setting", "certificate"), [(True, False), (False, True)])
def test_an_assertion_is_plain_where_either_is_missing(vendor: str, setting: bool, certificate: bool) -> None:
    raw = response(app(vendor, encrypted=certificate, **(ON[vendor] if setting else {})))

    assert b"ada@example.com" in raw


def test_oktas_response_is_signed_over_the_encrypted_assertion() -> None:
    raw = response(app("okta", encrypted=True, **ON["okta"]))

    assert verify(raw, (signing().der,)) is not None


@pytest.mark.parametrize("vendor", ["okta", "onelogin"])
def test_the_plaintext_still_knows_what_xs_means(vendor: str) -> None:
    raw = response(app(vendor, encrypted=True, **ON[vendor]))

    found = decrypt(encrypted(parsed(raw)), KEY.key)

    value = next(found.iter(f"{{{SAML}}}AttributeValue"))
    assert value.nsmap["xs"] == "http://www.w3.org/2001/XMLSchema"


@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("block", BLOCKS)
def test_every_algorithm_comes_back(block: Block, wrap: Wrap) -> None:
    plain = parsed(f'<a:Assertion xmlns:a="{SAML}">ä</a:Assertion>'.encode())

    made = encrypt(plain, KEY.der, Encrypts(block, wrap), app("okta").sign_on.saml)

    assert decrypt(made, KEY.key).text == "ä"


@pytest.mark.parametrize(
    "old", [b"aes256-cbc", b"rsa-oaep-mgf1p", b"xenc:EncryptedKey", b"<xenc:CipherValue>", b"xenc:EncryptedData"]
)
def test_what_is_not_as_it_should_be_is_refused(old: bytes) -> None:
    raw = response(app("okta", encrypted=True, **ON["okta"])).replace(
        old, old + b"x" if b"<" not in old else old + b"*"
    )
    raw = raw.replace(b"xmlns:xencx", b"xmlns:xenc")

    with pytest.raises(Refused):
        decrypt(encrypted(parsed(raw)), KEY.key)


def test_another_key_decrypts_nothing() -> None:
    raw = response(app("entra", encrypted=True, **ON["entra"]))

    with pytest.raises(Refused):
        decrypt(encrypted(parsed(raw)), signing("stranger").key)
