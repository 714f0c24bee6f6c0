"""What the tests of outgoing documents share: a key that is the same each time, apps, requests, and a fixed moment."""

from __future__ import annotations

import datetime
import hashlib
from functools import cache
from itertools import count
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from idpsim.directory import person
from idpsim.provisioning.settings import defaults
from idpsim.signon import Identity, Membership, Registration
from idpsim.sso.app import App
from idpsim.sso.keys import Signing
from idpsim.sso.saml import issue
from idpsim.sso.saml.asked import AuthnRequest, LogoutRequest
from idpsim.sso.saml.facts import Facts
from idpsim.sso.saml.ids import Fresh
from tests.sso.front import ACS, BASE, SP, sign_on

VENDORS = ("okta", "entra", "onelogin")
NOW = 1_767_603_600.25
LOGGED_IN = NOW - 600
SLO = "https://sp.test/saml/slo"
ADA = Identity(
    "1001",
    person("ada", {"userName": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace", "title": "Countess"}),
    (Membership("2001", "Engineering"), Membership("2002", "Analysts")),
)
ASKED = AuthnRequest("_a-request", SP, NOW - 5, acs_url=ACS)
ASKED_OUT = LogoutRequest("_a-logout-request", SP, NOW - 5, "ada@example.com")
STATED = {
    "attribute_statements": {"email": "user.email", "givenName": "user.firstName"},
    "group_attribute_statements": {"groups": "regex .*"},
}


@cache
def signing(seed: str = "idpsim") -> Signing:
    """The same key and certificate each time for the same seed: a key of the tests, and of no use to anybody."""
    p, q = (_prime(f"{seed} {name}") for name in "pq")
    exponent = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    parts = (exponent % (p - 1), exponent % (q - 1), pow(q, -1, p))
    key = rsa.RSAPrivateNumbers(p, q, exponent, *parts, public).private_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, seed)])
    start = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + datetime.timedelta(days=36500))
    return Signing(key, made.sign(key, hashes.SHA256()))


def _prime(seed: str) -> int:
    number = int.from_bytes(b"".join(hashlib.sha512(f"{seed} {each}".encode()).digest() for each in (1, 2)), "big")
    number |= 3 << 1022 | 1
    while (
        any(number % small == 0 for small in range(3, 3000, 2))
        or number % 65537 == 1
        or pow(3, number - 1, number) != 1
    ):
        number += 2
    return number


def pem(of: Signing) -> str:
    return of.certificate.public_bytes(Encoding.PEM).decode()


def fresh() -> Fresh:
    """Bytes that are the same in each run of the tests."""
    numbers = count()
    return lambda size: hashlib.sha512(f"fresh {next(numbers)}".encode()).digest()[:size]


def app(vendor: str, encrypted: bool = False, **settings: Any) -> App:
    """An app with the vendor's default settings but these."""
    of_vendor = sign_on(vendor)
    registration = Registration(
        entity_id=SP,
        acs=(ACS,),
        slo=SLO,
        encryption_certificate=signing("service provider").der if encrypted else None,
    )
    return App(of_vendor, "idpsim", BASE, registration, {**defaults(of_vendor.settings), **settings})


def facts(of: App, asked: AuthnRequest | None = ASKED, who: Identity = ADA, now: float = NOW) -> Facts:
    return issue.facts_of(of, who, asked, acs=ACS, now=now, authenticated=now - 600, fresh=fresh())


def response(of: App, asked: AuthnRequest | None = ASKED, now: float = NOW) -> bytes:
    """A Response for Ada, signed."""
    return issue.issue(facts(of, asked, now=now), of, signing())
