"""Hostile requests to the identity provider that `idpsim serve` serves: all are refused, and it stays up and quiet."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus, urlencode, urlsplit

import pytest

from idpsim.profiles import all_sign_ons
from idpsim.sso.app import App
from idpsim.sso.keys import Keys
from idpsim.sso.oidc.clients import client_id
from idpsim.sso.provider import app_of
from tests.service_providers.running import free_port
from tests.sso.saml.asking import authn, enveloped, form, logout, query

VENDORS = ("entra", "okta", "onelogin")
SP, ACS, CALLBACK = "http://sp.test/meta", "http://sp.test/acs", "http://sp.test/callback"
FORM = "application/x-www-form-urlencoded"
REGISTERED = ("http://sp.test/", "/")
SCRIPT = "\"'><script>alert(1)</script>{{7*7}}\r\nSet-Cookie: stolen=1\x00"


@dataclass
class Answer:
    """What came back, and where it leads."""

    status: int
    head: str
    text: str

    @property
    def leads_to(self) -> list[str]:
        """Where a redirect, or a form on the page, takes the browser."""
        forms = re.findall(r'<form[^>]*action="([^"]*)"', self.text)
        return [*re.findall(r"(?im)^location: *(.*?)\r?$", self.head), *map(unescape, forms)]

    @property
    def pending(self) -> str:
        found = re.search(r'name="pending" value="([^"]+)"', self.text)
        return found[1] if found else ""


@dataclass
class Served:
    """The identity provider as a process of its own."""

    port: int
    process: subprocess.Popen[bytes]
    keys: Keys
    errors: Path
    found: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def app(self, vendor: str) -> App:
        return app_of(all_sign_ons()[vendor], base=self.base)

    def path(self, template: str, vendor: str) -> str:
        return self.app(vendor).filled(template).removeprefix(self.base)

    def saml(self, vendor: str, kind: str = "sso") -> str:
        return self.path(getattr(self.app(vendor).sign_on.saml.addresses, kind)[0], vendor)

    def oidc(self, vendor: str, endpoint: str) -> str:
        return self.path(self.app(vendor).sign_on.oidc.servers[0].endpoints[endpoint], vendor)

    def send(self, method: str, path: str | bytes, body: bytes | str = b"", *headers: str, kind: str = FORM) -> Answer:
        """The answer to one request; what should not be in any is noted in `found`."""
        target = path.encode("utf-8", "surrogateescape") if isinstance(path, str) else path
        data = body.encode() if isinstance(body, str) else body
        lines = [f"Host: localhost:{self.port}"] if not any(each.startswith("Host") for each in headers) else []
        lines += ["Connection: close", *headers]
        lines += [f"Content-Length: {len(data)}", f"Content-Type: {kind}"] if method == "POST" else []
        head = method.encode("latin-1") + b" " + target + b" HTTP/1.1\r\n" + "\r\n".join(lines).encode("latin-1")
        answer = self._sent(head + b"\r\n\r\n" + data)
        wrong = "status" if not 200 <= answer.status < 500 else ""
        wrong = wrong or ("place" if any(not _is_registered(each) for each in answer.leads_to) else "")
        wrong = wrong or ("script" if "<script>alert" in answer.text and "text/html" in answer.head else "")
        wrong = wrong or ("header" if re.search(r"(?m)^Set-Cookie: stolen", answer.head) else "")
        if wrong:
            self.found.append(f"{wrong}: {answer.status} {answer.leads_to} for {head[:300]!r} {data[:300]!r}")
        return answer

    def _sent(self, octets: bytes) -> Answer:
        with socket.create_connection(("localhost", self.port), timeout=10) as connection:
            got = b""
            try:
                connection.sendall(octets)
                while part := connection.recv(65536):
                    got += part
            except ConnectionError:
                pass
        head, _, rest = got.partition(b"\r\n\r\n")
        number = re.match(rb"HTTP/1\.\d (\d{3})", head)
        return Answer(int(number[1]) if number else 0, head.decode("latin-1"), rest.decode("utf-8", "replace"))

    def session(self, vendor: str) -> str:
        """The Cookie header of somebody who is signed in."""
        page = self.send("GET", f"{self.oidc(vendor, 'authorize')}?{urlencode(self.asked(vendor))}")
        answer = self.send("POST", "/login", urlencode({"pending": page.pending, "person": "ada@example.com"}))
        [cookie] = re.findall(r"(?m)^Set-Cookie: ([^;]+)", answer.head)
        return f"Cookie: {cookie}"

    def asked(self, vendor: str, **more: str) -> dict[str, str]:
        given = {"client_id": client_id(self.app(vendor)), "redirect_uri": CALLBACK, "response_type": "code"}
        return {**given, "state": "s", "nonce": "n", "scope": "openid", **more}


def _is_registered(place: str) -> bool:
    return place.startswith(REGISTERED) and not place.startswith(("//", "/\\"))


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder, port = tmp_path_factory.mktemp("hostile"), free_port()
    options = ["--acs", ACS, "--entity-id", SP, "--redirect-uri", CALLBACK, "--idp-url", f"http://localhost:{port}"]
    certs = ["--certs", str(folder / "certs")]
    subprocess.run([sys.executable, "-m", "idpsim", "certs", *certs], check=True, capture_output=True)
    with (folder / "out").open("wb") as out, (folder / "errors").open("wb") as errors:
        command = [sys.executable, "-m", "idpsim", "serve", *certs, *options]
        process = subprocess.Popen(command, stdout=out, stderr=errors)
        try:
            _until_it_listens(port, process)
            yield Served(port, process, Keys(folder / "certs"), folder / "errors")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("localhost", port), timeout=1).close()
        except OSError:
            assert process.poll() is None
            time.sleep(0.1)
        else:
            return
    raise AssertionError("it does not listen")


@pytest.fixture(autouse=True)
def _unharmed(idp: Served) -> Iterator[None]:
    """After each test it is up, has said nothing, and nothing that came back was wrong."""
    idp.found.clear()
    yield
    assert idp.process.poll() is None
    assert idp.errors.read_text() == ""
    assert idp.found == []
    status = Path(f"/proc/{idp.process.pid}/status")
    if status.exists():
        memory = re.search(r"VmRSS:\s+(\d+)", status.read_text())
        assert memory
        assert int(memory[1]) < 500_000


def mutated(octets: bytes, chance: random.Random) -> bytes:
    """These octets, changed in a few places."""
    changed = bytearray(octets)
    pieces = [b"<", b"&#0;", b"&x;", b"{}", b"%s", b'"', b"<!--", b"]]>", b"\xff", b"\x00", b"{detail}", b'xmlns=""']
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(changed) or 1), chance.randint(1, 30)
        kinds: list[Callable[[], bytes]] = [
            lambda: b"",
            lambda: bytes(chance.randrange(256) for _ in range(3)),
            lambda: chance.choice(pieces),
            lambda: bytes(changed[: chance.randint(1, 40)]),
        ]
        changed[at : at + (length if chance.random() < 0.5 else 0)] = chance.choice(kinds)()
    return bytes(changed)


@pytest.mark.parametrize("vendor", VENDORS)
def test_saml_messages_that_are_changed_at_random(idp: Served, vendor: str) -> None:
    chance = random.Random(f"saml {vendor}")
    signing = idp.keys.saml(idp.app(vendor))[0]
    asked = authn(issuer=SP, AssertionConsumerServiceURL=ACS)
    seeds = [asked, enveloped(asked, signing), logout(issuer=SP), enveloped(logout(issuer=SP), signing)]

    for _ in range(300):
        seed, path = chance.choice(seeds), idp.saml(vendor, chance.choice(["sso", "slo"]))
        match chance.randrange(4):
            case 0:
                idp.send("POST", path, urlencode(form(mutated(seed.encode(), chance), "x")))
            case 1:
                idp.send("GET", f"{path}?{query(mutated(seed.encode(), chance), 'x')}")
            case 2:
                raw = mutated(query(seed, "x", signing).encode(), chance)
                idp.send("GET", path.encode() + b"?" + re.sub(rb"[\x00-\x20\x7f]", b"", raw))
            case _:
                idp.send("POST", path, mutated(urlencode(form(seed, "x")).encode(), chance))

    assert _still_signs_in(idp, vendor)


def _still_signs_in(idp: Served, vendor: str) -> bool:
    page = idp.send("GET", f"{idp.saml(vendor)}?{query(authn(issuer=SP), 'x')}")
    answer = idp.send("POST", "/login", urlencode({"pending": page.pending, "person": "ada@example.com"}))
    return answer.leads_to == [ACS]


BIG = 60_000
ATTRIBUTES = "".join(f' a{number}="1"' for number in range(1900))
PREFIXES = "".join(f' xmlns:a{number}="u"' for number in range(1500))
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
BOMBS = {
    "external entity": DOCTYPE + authn("&f;", issuer=SP),
    "entities": DOCTYPE + authn("&b;" * 1000, issuer=SP),
    "external DTD": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + authn(issuer=SP),
    "deep": authn("<a>" * 3000 + "</a>" * 3000, issuer=SP),
    "wide": authn("<samlp:Extensions>" + "<a/>" * 4900 + "</samlp:Extensions>", issuer=SP),
    "attributes": authn(f"<a{ATTRIBUTES}/>", issuer=SP),
    "namespaces": authn(f"<a{PREFIXES}>{'<b/>' * 4000}</a>", issuer=SP),
    "instant": authn(issuer=SP, issued="2" * BIG),
    "index": authn(issuer=SP, AssertionConsumerServiceIndex="9" * BIG),
    "id": authn(issuer=SP, request_id="a" * BIG),
    "place": authn(issuer=SP, AssertionConsumerServiceURL="http://[" + ":" * BIG),
    "issuer": authn(issuer=quote("<script>alert(1)</script>{0.__class__}", safe="{}")),
    "huge": authn("x" * 5_000_000, issuer=SP),
}


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the time that a process has used is read from /proc")
@pytest.mark.parametrize("vendor", VENDORS)
def test_bombs_cost_next_to_nothing(idp: Served, vendor: str) -> None:
    slow = []
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = quote_plus(b64encode(packer.compress(bytes(50_000_000)) + packer.flush()).decode())

    for name, xml in BOMBS.items():
        for path in (idp.saml(vendor), idp.saml(vendor, "slo")):
            before = _seconds(idp.process.pid)
            idp.send("POST", path, urlencode(form(xml)))
            if _seconds(idp.process.pid) - before > 1:
                slow.append(name)
    before = _seconds(idp.process.pid)
    answer = idp.send("GET", f"{idp.saml(vendor)}?SAMLRequest={bomb}")
    large = idp.send("POST", "/login", b"name=" + b"x" * 10_000_000)

    assert slow == []
    assert (answer.pending, large.status in (0, 413)) == ("", True)
    assert _seconds(idp.process.pid) - before < 1


def _seconds(pid: int) -> float:
    """The time that a process has used, in seconds."""
    parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


NEAR = [
    *("", " " + CALLBACK, CALLBACK + "/", CALLBACK + "?", CALLBACK + "?x", CALLBACK + "#", CALLBACK + "#x"),
    *(CALLBACK + "%00", CALLBACK + "\n", CALLBACK + "\x00", CALLBACK + ";x", CALLBACK + "\uff0f"),
    *("http://sp.test/CALLBACK", "http://SP.test/callback", "HTTP://sp.test/callback", "https://sp.test/callback"),
    *("http://ada@sp.test/callback", "http://sp.test@evil.test/callback", "http://sp.test./callback"),
    *("http://sp.test:80/callback", "http://sp.test:8080/callback", "http://x.sp.test/callback"),
    *("http://sp.test/a/../callback", "http://sp.test/./callback", "http://sp.test//callback", "//sp.test/callback"),
    *("http://sp.test/%63allback", "http://\u0455p.test/callback", "http://*.test/callback", "http://sp.test/*"),
    *("http:/sp.test/callback", "http:\\\\sp.test\\callback", "javascript:alert(1)", "data:text/html,x", "x" * 9000),
]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_redirect_uri_that_is_nearly_right_gets_no_redirect(idp: Served, vendor: str) -> None:
    cookie, path = idp.session(vendor), idp.oidc(vendor, "authorize")
    given = [urlencode(idp.asked(vendor, redirect_uri=near)) for near in NEAR]

    answers = [idp.send("GET", f"{path}?{each}", b"", cookie) for each in given]
    answers += [idp.send("POST", path, each, cookie) for each in given]

    assert [each.leads_to for each in answers] == [[]] * len(answers)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_consumer_service_that_is_nearly_right_gets_no_response(idp: Served, vendor: str) -> None:
    near = [each.replace("callback", "acs").replace("&", "&amp;") for each in NEAR if each.isprintable() and each]
    asked = [query(authn(issuer=SP, AssertionConsumerServiceURL=quote(each, safe=":/#?@%*\\"))) for each in near]

    answers = [idp.send("GET", f"{idp.saml(vendor)}?{each}") for each in asked]

    assert [(each.pending, each.leads_to) for each in answers] == [("", [])] * len(answers)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_reflected_is_text(idp: Served, vendor: str) -> None:
    cookie = idp.session(vendor)
    names = ["state", "nonce", "login_hint", "scope", "prompt", "max_age", "claims", "request", "response_type"]
    names += ["response_mode", "client_id", "redirect_uri", "code_challenge"]
    names += ["id_token_hint", "post_logout_redirect_uri"]

    for name in [*names, SCRIPT]:
        for more in ({}, {"response_mode": "form_post"}, {"prompt": "login"}):
            sent = urlencode({**idp.asked(vendor), **more, name: SCRIPT})
            for path in (idp.oidc(vendor, "authorize"), idp.oidc(vendor, "logout")):
                idp.send("GET", f"{path}?{sent}", b"", cookie)
                idp.send("POST", path, sent)
            idp.send("POST", idp.oidc(vendor, "token"), sent)
    asked = f"{query(authn(issuer=SP), SCRIPT)}&login_hint={quote(SCRIPT)}"
    page = idp.send("GET", f"{idp.saml(vendor)}?{asked}", b"", idp.session(vendor))
    idp.send("POST", "/login", urlencode({"pending": page.pending, "person": SCRIPT, "name": SCRIPT, "ticket": SCRIPT}))

    assert page.leads_to == [ACS]


@pytest.mark.parametrize("vendor", VENDORS)
def test_tokens_that_are_changed_at_random(idp: Served, vendor: str) -> None:
    chance, cookie = random.Random(f"oidc {vendor}"), idp.session(vendor)
    token, secret = idp.oidc(vendor, "token"), idp.keys.client_secret(idp.app(vendor))
    basic = b64encode(f"{client_id(idp.app(vendor))}:{secret}".encode()).decode()
    given = []

    for _ in range(60):
        asked = urlencode(idp.asked(vendor))
        answer = idp.send("GET", f"{idp.oidc(vendor, 'authorize')}?{asked}", b"", cookie)
        code = parse_qs(urlsplit(answer.leads_to[0]).query)["code"][0]
        seed = urlencode({"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK})
        body = seed.replace(code, mutated(code.encode(), chance).hex()).encode()
        head = f"Authorization: Basic {basic}"
        given.append(idp.send("POST", token, body, head).status)
        idp.send("POST", token, mutated(seed.encode(), chance), f"Authorization: Basic {basic[:-3]}AAA")
        odd = mutated(b"eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.AAAA", chance).replace(b"\n", b"").replace(b"\r", b"")
        idp.send("POST", "/.idpsim/control", odd, kind="application/jwt")
        idp.send("GET", idp.oidc(vendor, "userinfo"), b"", f"Authorization: Bearer {quote(odd)}")
        idp.send("GET", f"{idp.oidc(vendor, 'logout')}?id_token_hint={quote(odd)}")

    assert 200 not in given


def test_every_route_with_odd_methods_and_hosts(idp: Served) -> None:
    paths = ["/", "/login", "/.idpsim", "/.idpsim/control", "/nothing", "/%2e%2e/%2e%2e/etc/passwd", "/a%00b"]
    for vendor in VENDORS:
        paths += [idp.saml(vendor, kind) for kind in ("sso", "slo", "metadata", "launch")]
        paths += [idp.oidc(vendor, name) for name in ("authorize", "token", "userinfo", "keys", "logout")]
    hosts = ["evil.test", "localhost.evil.test", "localhost@evil.test", "127.0.0.1.evil.test", "[::1", "\xff", ""]

    for path in paths:
        for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "get", "X" * 500):
            idp.send(method, path)
        answers = [idp.send("GET", path, b"", f"Host: {host}") for host in hosts[:4]]
        assert {each.status for each in answers} <= {400, 421}
        idp.send("GET", path, b"", f"Host: {hosts[4]}")
        odd = ("Cookie: idpsim_okta_session=\xff;;=;\x01", "Authorization: Basic \xff", "Origin: \xff")
        idp.send("GET", path, b"", *odd)


def test_many_slow_bodies_keep_nobody_waiting(idp: Served) -> None:
    with ExitStack() as stack:
        for _ in range(150):
            slow = stack.enter_context(socket.create_connection(("localhost", idp.port), timeout=5))
            slow.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nn")

        answer = idp.send("GET", "/.idpsim")

    assert answer.status == 200


def test_long_relay_states_do_not_pile_up(idp: Served) -> None:
    fields = urlencode(form(authn(issuer=SP), "x" * 300_000 + "\U0001f600"))

    answers = [idp.send("POST", idp.saml("okta"), fields) for _ in range(100)]

    assert {each.pending for each in answers} == {""}
