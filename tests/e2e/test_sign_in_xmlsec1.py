"""The xmlsec1 binary verifies and decrypts what the identity provider issues, with every vendor's look."""

from __future__ import annotations

import subprocess
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from idpsim.signon import Registration
from tests.e2e.signing import VENDORS, Hosted, trail, visitor
from tests.e2e.verifying import (
    ADA,
    ALWAYS,
    ENCRYPTED,
    SIGNED,
)
from tests.service_providers.install import program
from tests.service_providers.running import why_not


def xmlsec1(*arguments: str) -> str:
    """What the program says; empty where it accepts."""
    done = subprocess.run([str(program("xmlsec1")), *arguments], capture_output=True, text=True, timeout=30)
    return "" if done.returncode == 0 else done.stderr


def verified(file: Path, certificate: Path, element: str, path: str) -> str:
    """What xmlsec1 has against the signature at an XPath, over an element of this name with its namespace."""
    only = ["--enabled-reference-uris", "same-doc", "--enabled-key-data", "raw-x509-cert"]
    key = ["--pubkey-cert-pem", str(certificate), "--id-attr:ID", element]
    return xmlsec1("--verify", *only, *key, "--node-xpath", f"{path}/*[local-name()='Signature']", str(file))


ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"
RESPONSE = "urn:oasis:names:tc:SAML:2.0:protocol:Response"
SIGNATURES = {RESPONSE: "/*[local-name()='Response']", ASSERTION: "//*[local-name()='Assertion']"}


@dataclass(frozen=True)
class Carried:
    """A Response as the browser brings it to an unsolicited sign-in, and the certificate to verify it with."""

    response: Path
    certificate: Path


def carried(idp: Hosted, vendor: str, folder: Path, **settings: Any) -> Carried:
    if reason := why_not("xmlsec1"):
        pytest.skip(reason)
    nowhere = "http://127.0.0.1:9/acs"
    entry = Registration("http://127.0.0.1:9/metadata", (nowhere,), encryption_certificate=idp.sp.der)
    app = idp.enter(vendor, "xmlsec1", entry, **{**ALWAYS[vendor], **settings})
    with visitor(idp, vendor) as browser:
        browser.halts_before = nowhere
        browser.go(idp.pasted(vendor, "xmlsec1", "saml")["launch"])
        assert "SAMLResponse" in browser.carried, trail(browser)
        (folder / "response.xml").write_bytes(b64decode(browser.carried["SAMLResponse"]))
    (folder / "idp.pem").write_text(idp.provider.keys.saml(app)[0].pem)
    return Carried(folder / "response.xml", folder / "idp.pem")


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("signed", ["assertion", "response", "both"])
def test_xmlsec1_verifies_a_response(idp: Hosted, tmp_path: Path, signed: str, vendor: str) -> None:
    found = carried(idp, vendor, tmp_path, **SIGNED[vendor][signed])
    elements = {"assertion": [ASSERTION], "response": [RESPONSE], "both": [ASSERTION, RESPONSE]}[signed]

    said = [verified(found.response, found.certificate, each, SIGNATURES[each]) for each in elements]

    assert said == [""] * len(elements), found.response.read_text()


@pytest.mark.parametrize("vendor", VENDORS)
def test_xmlsec1_decrypts_an_assertion_and_verifies_it(idp: Hosted, tmp_path: Path, vendor: str) -> None:
    found = carried(idp, vendor, tmp_path, **{**ENCRYPTED[vendor], **SIGNED[vendor]["assertion"]})
    plain = tmp_path / "plain.xml"

    decrypted = xmlsec1("--decrypt", "--privkey-pem", str(idp.sp.key), "--output", str(plain), str(found.response))
    said = decrypted or verified(plain, found.certificate, ASSERTION, SIGNATURES[ASSERTION])

    assert said == ""


ENCRYPTIONS = [
    *(("okta", {"encryption_algorithm": each}) for each in ("AES128_CBC", "AES128_GCM", "AES256_GCM")),
    ("okta", {"key_transport_algorithm": "RSA_1_5"}),
    *(("onelogin", {"saml_encryption_method": f"AES-{each}"}) for each in ("192-CBC", "128-CBC", "256-GCM", "128-GCM")),
]
ALGORITHMS = [
    ("okta", {"signature_algorithm": "RSA_SHA1", "digest_algorithm": "SHA1"}),
    ("entra", {"signing_algorithm": "SHA-1"}),
    *(("onelogin", {"saml_signature_algorithm": f"SHA-{each}"}) for each in (1, 384, 512)),
]


@pytest.mark.parametrize(("vendor", "settings"), ENCRYPTIONS)
def test_xmlsec1_decrypts_what_each_algorithm_has_encrypted(
    idp: Hosted, tmp_path: Path, vendor: str, settings: dict[str, Any]
) -> None:
    found = carried(idp, vendor, tmp_path, **{**ENCRYPTED[vendor], **settings})
    plain = tmp_path / "plain.xml"

    said = xmlsec1("--decrypt", "--privkey-pem", str(idp.sp.key), "--output", str(plain), str(found.response))

    assert said == ""
    assert ADA in plain.read_text()


@pytest.mark.parametrize(("vendor", "settings"), ALGORITHMS)
def test_xmlsec1_verifies_each_algorithm(idp: Hosted, tmp_path: Path, vendor: str, settings: dict[str, Any]) -> None:
    found = carried(idp, vendor, tmp_path, **settings)

    said = verified(found.response, found.certificate, ASSERTION, SIGNATURES[ASSERTION])

    assert said == ""


def test_xmlsec1_refuses_a_response_that_was_changed(idp: Hosted, tmp_path: Path) -> None:
    found = carried(idp, "okta", tmp_path)
    found.response.write_bytes(found.response.read_bytes().replace(b"ada@", b"eve@"))

    said = verified(found.response, found.certificate, ASSERTION, SIGNATURES[ASSERTION])

    assert "FAIL" in said


def test_xmlsec1_verifies_the_metadata_that_is_signed(idp: Hosted, tmp_path: Path) -> None:
    found = carried(idp, "entra", tmp_path)
    metadata = idp.metadata("entra", "xmlsec1")
    element = "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"

    said = verified(metadata, found.certificate, element, "/*[local-name()='EntityDescriptor']")

    assert said == ""
