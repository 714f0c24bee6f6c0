"""Verifiers that others have written accept what we issue: python3-saml, strict, and the xmlsec1 binary."""

from __future__ import annotations

import shutil
import subprocess
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from idpsim.saml.xml import parsed
from idpsim.sso.app import App
from idpsim.sso.saml import logout
from idpsim.sso.saml.metadata import metadata
from idpsim.sso.saml.response import SAMLP
from tests.parts import needed
from tests.sso.front import ACS, SP
from tests.sso.saml.papers import ASKED, ASKED_OUT, STATED, VENDORS, app, facts, pem, response, signing

KEY = signing("service provider")
SIGNED = {
    "okta": {
        "assertion": {"response_signed": False, **STATED},
        "response": {"assertion_signed": False, **STATED},
        "both": STATED,
        "none stated": {},
    },
    "entra": {
        "assertion": {},
        "response": {"signing_option": "sign_response"},
        "both": {"signing_option": "sign_both"},
        "groups": {"saml_group_claims": "all"},
    },
    "onelogin": {
        "assertion": {},
        "response": {"saml_signature_element": "Response"},
        "both": {"saml_signature_element": "Both"},
        "SHA-512": {"saml_signature_algorithm": "SHA-512"},
    },
}
ENCRYPTED = {
    "okta": [
        {"assertion_encrypted": True},
        {"assertion_encrypted": True, "encryption_algorithm": "AES128_GCM"},
        {"assertion_encrypted": True, "key_transport_algorithm": "RSA_1_5"},
    ],
    "entra": [{"token_encryption": True}],
    "onelogin": [
        {"saml_encrypt_assertion": True},
        {"saml_encrypt_assertion": True, "saml_encryption_method": "AES-128-CBC"},
    ],
}
HIDDEN = [
    (vendor, {**how, **SIGNED[vendor][signed]})
    for vendor, of in ENCRYPTED.items()
    for how in of
    for signed in ("assertion", "both")
]
CASES = [(vendor, how, settings) for vendor, of in SIGNED.items() for how, settings in of.items()]


def strictly(of: App, raw: bytes, *, signed: str = "assertion", encrypted: bool = False) -> Any:
    """The Response as python3-saml has judged it: an object with an error, or with a name."""
    saml = needed("onelogin.saml2.response")
    settings = needed("onelogin.saml2.settings")
    private = KEY.key.private_bytes(*_pkcs8()).decode()
    of_sp = settings.OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {
                "entityId": SP,
                "assertionConsumerService": {"url": ACS},
                "NameIDFormat": facts(of).name_id.format,  # type: ignore[union-attr]
                "x509cert": pem(KEY),
                "privateKey": private,
            },
            "idp": {
                "entityId": facts(of).issuer,
                "singleSignOnService": {"url": "https://idp.test/sso"},
                "x509cert": pem(signing()),
            },
            "security": {
                "wantAssertionsSigned": signed in ("assertion", "both"),
                "wantMessagesSigned": signed in ("response", "both"),
                "wantAssertionsEncrypted": encrypted,
                "rejectDeprecatedAlgorithm": True,
                "wantAttributeStatement": False,
            },
        }
    )
    judged = saml.OneLogin_Saml2_Response(of_sp, b64encode(raw).decode())
    request = {"https": "on", "http_host": "sp.test", "script_name": "/saml/acs", "get_data": {}, "post_data": {}}
    judged.is_valid(request, ASKED.id)
    return judged


def _pkcs8() -> tuple[Any, Any, Any]:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()


@pytest.mark.parametrize(("vendor", "how", "settings"), CASES)
def test_python3_saml_accepts_every_response(vendor: str, how: str, settings: dict[str, object]) -> None:
    of = app(vendor, **settings)

    judged = strictly(of, response(of, now=time.time()), signed=how)

    assert judged.get_error() is None
    assert judged.get_nameid() == "ada@example.com"


@pytest.mark.parametrize(("vendor", "settings"), HIDDEN)
def test_python3_saml_accepts_every_encrypted_response(vendor: str, settings: dict[str, object]) -> None:
    of = app(vendor, encrypted=True, **settings)

    judged = strictly(of, response(of, now=time.time()), encrypted=True)

    assert judged.get_error() is None
    assert judged.get_nameid() == "ada@example.com"


@pytest.mark.parametrize("vendor", VENDORS)
def test_python3_saml_reads_the_metadata(vendor: str) -> None:
    parser = needed("onelogin.saml2.idp_metadata_parser").OneLogin_Saml2_IdPMetadataParser
    of = app(vendor)

    read = parser.parse(metadata(of, (signing(),)))

    assert read["idp"]["entityId"] == facts(of).issuer
    assert read["idp"]["singleSignOnService"]["url"] == of.filled(of.sign_on.saml.addresses.sso[0])


def verified_by_xmlsec1(raw: bytes, place: Path, *, root: str, node: str) -> subprocess.CompletedProcess[bytes]:
    """What the xmlsec1 binary says of the signature of one element."""
    program = shutil.which("xmlsec1")
    if program is None:
        pytest.skip("xmlsec1 is not installed")
    document, certificate = place / "document.xml", place / "certificate.pem"
    document.write_bytes(raw)
    certificate.write_text(pem(signing()))
    path = "/".join(f"*[local-name()='{each}']" for each in node.split("/"))
    command = [program, "--verify", "--pubkey-cert-pem", str(certificate), "--id-attr:ID", root]
    command += ["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"]
    command += ["--node-xpath", f"/{path}/*[local-name()='Signature']", str(document)]
    return subprocess.run(command, capture_output=True, check=False)


@pytest.mark.parametrize(("vendor", "how", "settings"), CASES)
def test_xmlsec1_accepts_every_signature(tmp_path: Path, vendor: str, how: str, settings: dict[str, object]) -> None:
    raw = response(app(vendor, **settings))
    nodes = [each for each in ("Response", "Response/Assertion") if is_signed(raw, each)]

    ended = [verified_by_xmlsec1(raw, tmp_path, root=f"{SAMLP}:Response", node=each) for each in nodes]

    assert len(nodes) == (2 if how in ("both", "none stated") else 1)
    assert [each.returncode for each in ended] == [0] * len(nodes), ended[0].stderr.decode()


def is_signed(raw: bytes, node: str) -> bool:
    below = "{*}Assertion/" if node.endswith("Assertion") else ""
    return parsed(raw).find(f"{below}{{*}}Signature") is not None


def test_xmlsec1_accepts_the_signature_of_the_metadata(tmp_path: Path) -> None:
    raw = metadata(app("entra"), (signing(),))

    root = "urn:oasis:names:tc:SAML:2.0:metadata:EntityDescriptor"
    ended = verified_by_xmlsec1(raw, tmp_path, root=root, node="EntityDescriptor")

    assert ended.returncode == 0, ended.stderr.decode()


@pytest.mark.parametrize("vendor", ["okta", "entra"])
def test_xmlsec1_accepts_the_signature_of_a_logout_message(tmp_path: Path, vendor: str) -> None:
    of = app(vendor)
    raw = logout.document(logout.response(of, ASKED_OUT, time.time()), of, signing())

    root = "urn:oasis:names:tc:SAML:2.0:protocol:LogoutResponse"
    ended = verified_by_xmlsec1(raw, tmp_path, root=root, node="LogoutResponse")

    assert ended.returncode == 0, ended.stderr.decode()
