"""`idpsim serve` serves every vendor's tenant until a signal comes."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.cli.conftest import Idpsim, Scenario

METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sp.test">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.test/acs"
index="0"/></SPSSODescriptor></EntityDescriptor>"""
Serve = Callable[..., str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Starts `idpsim serve ARGUMENTS` on any port and gives its address."""
    started: list[subprocess.Popen[str]] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDPSIM_")}

    def start(*arguments: str) -> str:
        command = [sys.executable, "-m", "idpsim", "serve", "--port", "0", *arguments]
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
        )
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("identity provider  "), process.communicate()[1]
        return line.split()[-1]

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert output.endswith("stopped\n")


def read(url: str, data: dict[str, str] | None = None, opener: Any = None) -> str:
    body = None if data is None else urlencode(data).encode()
    with (opener or urllib.request.build_opener()).open(url, body, timeout=20) as answer:
        return str(answer.read().decode())


def tile(base: str) -> str:
    """Where the home page's first link to an app's tile leads."""
    found = re.search(rf'href="({re.escape(base)}/home/[^"]+)"', read(base))
    assert found
    return found[1]


def test_its_page_says_what_to_enter_and_its_people_can_sign_in(serve: Serve) -> None:
    base = serve("--acs", "https://sp.test/acs", "--entity-id", "https://sp.test")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = read(tile(base), opener=opener)
    pending = re.search(r'name="pending" value="([^"]+)"', page)

    assert pending
    answer = read(f"{base}/login", {"pending": pending[1], "person": "grace@example.com"}, opener)

    assert [name in page for name in ("Ada Lovelace", "Grace Hopper", "Alan Turing")] == [True] * 3
    assert 'action="https://sp.test/acs"' in answer
    assert json.loads(read(f"{base}/.idpsim"))["base"] == base


def test_a_scenario_brings_its_people_and_its_service_provider(serve: Serve, scenario: Scenario) -> None:
    sso = {
        "protocol": "saml",
        "app": "my-product",
        "saml": {"entity_id": "https://sp.test", "acs": "https://sp.test/acs"},
    }
    scenario([{"assign": "ada"}], sso=sso)

    base = serve("s.yaml")

    page = read(tile(base))
    assert "Sign in to my-product" in page
    assert re.findall(r'name="person" value="([^"]+)"', page) == ["ada@example.com", "grace@example.com"]


def test_metadata_of_the_service_provider_may_be_a_file(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "sp.xml").write_text(METADATA)

    base = serve("--sp-metadata", "sp.xml")

    assert "Sign in to idpsim" in read(tile(base))


def test_an_address_is_taken_once(serve: Serve, idpsim: Idpsim) -> None:
    base = serve()

    ended = idpsim("serve", "--idp-url", base)

    assert ended.exit_code == 2
    assert "cannot listen on localhost:" in ended.stderr
    assert len(ended.stderr.splitlines()) <= 2


def _end(server: Any) -> None:
    server.task_dispatcher.shutdown()
    server.close()


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is served ends at once."""
    monkeypatch.setattr("idpsim.serving.until_signalled", _end)


@pytest.mark.usefixtures("ending")
def test_it_warns_of_what_does_not_last_and_of_who_can_reach_it(idpsim: Idpsim) -> None:
    ended = idpsim("serve", "--host", "0.0.0.0", "--port", "0")

    assert ended.exit_code == 0
    assert ended.stderr.splitlines() == [
        "warning: 0.0.0.0 can be reached from other machines, and this is not made for that",
        "warning: keys are in memory and gone at the end; idpsim certs makes lasting ones",
    ]


@pytest.mark.usefixtures("ending", "keys")
def test_with_keys_there_is_nothing_to_warn_of(idpsim: Idpsim) -> None:
    ended = idpsim("serve", "--port", "0")

    assert (ended.exit_code, ended.stderr) == (0, "")
    assert [
        f"idpsim sso {vendor} --idp-url http://localhost:" in ended.output for vendor in ("okta", "entra", "onelogin")
    ] == [True] * 3


@pytest.mark.usefixtures("ending", "keys")
def test_an_app_without_keys_is_warned_of(idpsim: Idpsim) -> None:
    ended = idpsim("serve", "--port", "0", "--app", "another")

    assert "idpsim certs --app another makes lasting ones" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["none.yaml"], "none.yaml cannot be read", 2),
        (["--idp", "okta"], "--idp and --set are for a SCENARIO", 2),
        (["--set", "a=b"], "--idp and --set are for a SCENARIO", 2),
        (["--idp-url", "ftp://x"], "address is http://HOST:PORT", 2),
        (["--idp-url", "http://localhost:8765/idp"], "address is http://HOST:PORT", 2),
        (["--port", "70000"], "70000 is not in the range", 2),
        (["--host", "203.0.113.1", "--port", "0"], "cannot listen on 203.0.113.1:0", 2),
        (["--acs", "http://x/acs"], "--acs needs --entity-id", 2),
        (["--acs", "x", "--entity-id", "x"], "--acs is an absolute URL", 2),
        (["--redirect-uri", "callback"], "--redirect-uri is an absolute URL", 2),
        (["--sp-metadata", "none.xml"], "none.xml cannot be read", 2),
        (["--sp-metadata", "x.xml"], "no SAML metadata", 2),
        (["--sp-metadata", "http://127.0.0.1:9/x"], "cannot be read: it does not answer", 3),
        (["--app", "a b"], "an app's label", 2),
        (["s.yaml", "--idp", "okt"], "did you mean 'okta'?", 2),
        (["s.yaml", "--redirect-uri", "http://x/y"], "leave the options for it out", 2),
    ],
)
def test_what_is_wrong_is_one_error(
    idpsim: Idpsim, scenario: Scenario, tmp_path: Path, arguments: list[str], said: str, code: int
) -> None:
    saml = {"entity_id": "https://sp.test", "acs": "https://sp.test/acs"}
    scenario([{"assign": "ada"}], sso={"protocol": "saml", "saml": saml})
    (tmp_path / "x.xml").write_text("<x/>")

    ended = idpsim("serve", *arguments)

    assert ended.exit_code == code
    assert said in " ".join(ended.stderr.split())
    assert ended.stderr.count("error:") + ended.stderr.count("Error:") == 1
    assert "identity provider  " not in ended.stdout
    assert "Traceback" not in ended.stderr
