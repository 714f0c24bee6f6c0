"""The built-in browser over real sockets: whatever is at the other end, it ends in time, and says what came."""

from __future__ import annotations

import gzip
import ipaddress
import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from idpsim.directory import person
from idpsim.profiles import all_sign_ons
from idpsim.serving import serving
from idpsim.signon import Attempt, Identity, Registration
from idpsim.sp import ServiceProvider, Trust
from idpsim.sso.browser import Browser, Stuck
from idpsim.sso.keys import Keys
from idpsim.sso.paste import client_id, client_secret
from idpsim.sso.plan import Plan
from idpsim.sso.provider import IdentityProvider
from idpsim.sso.saml.metadata import metadata
from idpsim.sso.saml.registering import registration
from idpsim.sso.shown import Shows
from idpsim.sso.signing_in import SigningIn
from tests.e2e.test_http_transport import Serve, Server, over_tls

HELLO = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 8\r\n\r\n<p>Hello"
PATIENCE = 0.6
VENDORS = ("okta", "entra", "onelogin")


@contextmanager
def listening(serve: Serve) -> Iterator[Server]:
    server = Server(serve)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def browsing(**more: Any) -> Iterator[Browser]:
    browser = Browser(**{"timeout": PATIENCE, **more})
    try:
        yield browser
    finally:
        browser.close()


def stuck(serve: Serve, scheme: str = "http", **more: Any) -> tuple[Stuck, float]:
    """Why the browser does not get on at such a server, and the seconds until it says so."""
    with listening(serve) as server, browsing(**more) as browser:
        began = time.monotonic()
        with pytest.raises(Stuck) as caught:
            browser.open(f"{scheme}://{server.authority}/")
        return caught.value, time.monotonic() - began


def saying(answer: bytes) -> Serve:
    """The same answer on every connection, which then ends."""

    def serve(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        connection.sendall(answer)

    return serve


def dripping(connection: socket.socket, server: Server) -> None:
    server.request(connection)
    for at in range(len(HELLO)):
        connection.sendall(HELLO[at : at + 1])
        if server.stop.wait(0.1):
            return


def endless(connection: socket.socket, server: Server) -> None:
    server.request(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while not server.stop.is_set():
        connection.sendall(b"<p>more" * 10_000)


def silent(connection: socket.socket, server: Server) -> None:
    server.request(connection)
    server.stop.wait(10)


def bomb(connection: socket.socket, server: Server) -> None:
    server.request(connection)
    packed = gzip.compress(b"<p>" + b"\0" * 200_000_000, 1)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    connection.sendall(head.encode() + packed)


def test_a_byte_now_and_then_does_not_hold_the_browser():
    reason, seconds = stuck(dripping)

    assert reason.kind == "unreachable"
    assert seconds < PATIENCE + 1


def test_silence_ends_at_the_time_limit():
    reason, seconds = stuck(silent)

    assert reason.kind == "unreachable"
    assert seconds < PATIENCE + 1


@pytest.mark.parametrize("serve", [endless, bomb])
def test_a_page_without_end_is_not_read_to_its_end(serve: Serve):
    reason, seconds = stuck(serve, timeout=10)

    assert "bytes" in reason.reason
    assert seconds < 5


@pytest.mark.parametrize(
    "answer",
    [b"", b"\0" * 500, b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", b"HTTP/9 ?\r\n\r\n", b"SSH-2.0-x\r\n"],
)
def test_what_is_no_answer_is_a_reason(answer: bytes):
    reason, _ = stuck(saying(answer))

    assert reason.kind == "unreachable"
    assert "GET http://127.0.0.1" in reason.reason


def test_a_redirect_loop_over_the_network_is_named():
    reason, seconds = stuck(
        saying(b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"), timeout=5
    )

    assert reason.kind == "loop"
    assert "/again" in reason.reason
    assert seconds < 5


def test_a_person_does_not_wait_longer_than_their_patience_for_a_slow_chain():
    def slow(connection: socket.socket, server: Server) -> None:
        server.request(connection)
        server.stop.wait(0.2)
        connection.sendall(b"HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    with listening(slow) as server, browsing() as browser, pytest.raises(Stuck) as caught:
        browser.open(f"{server.url}/", patience=0.5)

    assert caught.value.kind == "time"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A file with a self-signed certificate for 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sp")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    file: Path = tmp_path_factory.mktemp("tls") / "sp.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(pem))
    return str(file)


def test_a_certificate_that_nobody_vouches_for_stops_the_browser(certificate: str):
    reason, _ = stuck(over_tls(certificate, saying(HELLO)), "https", timeout=5)

    assert "self-signed certificate" in reason.reason


@pytest.mark.parametrize("trust", ["ca", "insecure"])
def test_a_certificate_is_taken_where_it_is_trusted_or_not_looked_at(certificate: str, trust: str):
    given = {"ca": certificate} if trust == "ca" else {"insecure": True}

    with listening(over_tls(certificate, saying(HELLO))) as server, browsing(timeout=5, **given) as browser:
        page = browser.open(f"https://{server.authority}/")

    assert (page.status, page.text) == (200, "Hello")


class Late:
    """An application that is put in when its address is known."""

    app: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        return self.app(environ, start_response)


class Both:
    """The identity provider and the embedded service provider, each on a socket."""

    def __init__(self, here: int, there: int, provider: IdentityProvider) -> None:
        self.provider = provider
        provider.move(f"http://localhost:{here}")
        self.product = ServiceProvider.open(base_url=f"http://localhost:{there}")
        for vendor in VENDORS:
            self._enter(vendor)

    def _enter(self, vendor: str) -> None:
        keys, product = self.provider.keys, self.product
        known = Registration(redirect_uris=(product.sign_in_endpoints(vendor).redirect_uri,))
        app = self.provider.register(vendor, registration=registration(product.saml_metadata(vendor), known))
        product.configure_sso(Trust.saml(metadata(app, keys.saml(app))), vendor)
        issuer = app.filled(app.sign_on.oidc.servers[0].issuer)
        method = app.sign_on.oidc.rules(app.settings, False).auth[0]
        product.configure_sso(Trust.oidc(issuer, client_id(app), client_secret(app, keys), auth_method=method), vendor)

    def runner(self, vendor: str, **more: Any) -> SigningIn:
        ends = self.product.sign_in_endpoints(vendor)
        plan = Plan(
            self.provider.base,
            {"saml": ends.saml_login, "oidc": ends.oidc_login},
            idp_logout=f"{self.provider.base}/.idpsim/logout/{vendor}",
            shows=Shows(ends.me, ("userName",)),
            **more,
        )
        return SigningIn(plan, lambda attempt: self.provider.ticket(vendor, attempt), Browser)


@pytest.fixture(scope="module")
def both() -> Iterator[Both]:
    provider, late = IdentityProvider(all_sign_ons().values(), Keys()), Late()
    with serving(provider.wsgi, "localhost", 0) as here, serving(late, "localhost", 0) as there:
        made = Both(here, there, provider)
        late.app = made.product.wsgi
        yield made


def attempt(key: str, protocol: Any, tamper: str | None = None) -> Attempt:
    who = person(key, {"userName": f"{key}@example.com", "givenName": "Ada", "familyName": "Lovelace"})
    return Attempt(Identity(str(sum(key.encode())), who), protocol, tamper=tamper)


@pytest.mark.parametrize("protocol", ["saml", "oidc"])
@pytest.mark.parametrize("vendor", VENDORS)
def test_somebody_signs_in_over_the_network(both: Both, vendor: str, protocol: str):
    result = both.runner(vendor).sign_in(attempt("ada", protocol))

    assert (result.word, result.shown) == ("signed-in", ("ada@example.com",)), json.dumps(result.reason)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_redirect_without_a_code_is_refused_not_failed(both: Both, vendor: str):
    result = both.runner(vendor).sign_in(attempt("ada", "oidc", "missing_code"))

    assert (result.word, result.must, result.by_idp) == ("refused", "refuse", False)
    assert "callback answers 4" in result.reason


@pytest.mark.parametrize(("vendor", "word"), [("okta", "signed-in"), ("entra", "refused"), ("onelogin", "signed-in")])
def test_signing_out_at_the_identity_provider_reaches_the_service_provider_where_the_vendor_tells_it(
    both, vendor, word
):
    runner = both.runner(vendor)
    before = runner.sign_in(attempt(f"{vendor}er", "saml"))

    after = runner.sign_out(f"{vendor}er")

    assert (before.word, after.word) == ("signed-in", word)


def test_nobody_can_sign_out_of_a_tenant_that_is_none(both: Both):
    with browsing(timeout=5) as browser:
        pages = [browser.open(f"{both.provider.base}/.idpsim/logout/{name}") for name in ("entra", "nobody")]

    assert [each.status for each in pages] == [200, 404]
