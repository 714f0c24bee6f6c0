"""`idpsim sp` and `idpsim replay` over HTTP, as processes."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.cli.conftest import Idpsim

TOKEN = "t0ken-that-was-given"
Golden = Callable[[str, str], None]
Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts `idpsim sp ARGUMENTS` on any port and gives the first base URL."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", "idpsim", "sp", "--port", "0", *arguments], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        return process.stdout.readline().split()[-1]

    yield start
    for process in started:
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert output.endswith("stopped\n")


def status(url: str, token: str) -> int:
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code


def test_the_service_provider_is_served_until_a_signal_comes(serve: Serve) -> None:
    base = serve("--token", TOKEN, "--idp", "a", "--idp", "b")

    assert base.endswith("/scim/a/v2")
    assert status(f"{base}/Users", TOKEN) == 200
    assert status(f"{base.replace('/a/', '/b/')}/Users", TOKEN) == 200
    assert status(f"{base}/Users", "wrong-token") == 401
    assert status(f"{base.replace('/a/', '/c/')}/Users", TOKEN) == 401


def test_a_fresh_token_is_printed_with_a_command_to_try() -> None:
    process = subprocess.Popen([sys.executable, "-m", "idpsim", "sp", "--port", "0"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    base, token, command = (process.stdout.readline() for _ in range(3))
    found = status(f"{base.split()[-1]}/Users", token.split()[-1])

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert found == 200
    assert process.returncode == 0
    assert re.search(r"idpsim run --target http://127\.0\.0\.1:\d+/scim/default/v2 --token scim-", command)


def test_what_was_recorded_is_replayed_with_the_ids_of_today(serve: Serve, idpsim: Idpsim, leaver: str) -> None:
    base = serve("--token", TOKEN)
    idpsim("run", leaver, "--idp", "all", "--target", base, "--token", TOKEN, "--report", "har=before.har", "-q")

    ended = idpsim("replay", "before.har", "--target", base, "--token", TOKEN)

    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "sent again: all answered as before" in ended.output


def test_what_changed_is_named(serve: Serve, idpsim: Idpsim, leaver: str) -> None:
    good, bad = serve("--token", TOKEN), serve("--token", TOKEN, "--switch", "ignore_pathless=true")
    idpsim("run", leaver, "--target", good, "--token", TOKEN, "--report", "har=before.har", "-q")

    ended = idpsim("replay", "before.har", "--target", bad, "--token", TOKEN)

    assert ended.exit_code == 1
    assert re.search(r"DIFF  \d+ PATCH http\S+\n        active was false, is true\n", ended.output)
    assert "1 answered otherwise" in ended.output
    assert TOKEN not in ended.output


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (["none.har", "--target", "http://127.0.0.1:9"], "cannot be read", 2),
        (["empty.har", "--target", "http://127.0.0.1:9"], "holds no request", 2),
        (["empty.har"], "--target is missing", 2),
        (["one.har", "--target", "http://127.0.0.1:9"], "cannot be reached", 3),
    ],
)
def test_replay_says_what_is_wrong(idpsim: Idpsim, tmp_path: Path, arguments: list[str], said: str, code: int) -> None:
    entry = {"request": {"method": "GET", "url": "http://x/Users"}, "response": {"status": 200}}
    for name, entries in (("empty.har", []), ("one.har", [entry])):
        (tmp_path / name).write_text(json.dumps({"log": {"entries": entries}}))

    ended = idpsim("replay", *arguments)

    assert ended.exit_code == code
    assert said in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--switch", "pagesize=3"], "did you mean 'page_size'?"),
        (["--switch", "page_size=0"], "at least 1"),
        (["--switch", "patch"], "NAME=VALUE"),
        (["--idp", "a/b"], "an IdP's label"),
        (["--token", ""], "is empty"),
    ],
)
def test_sp_says_what_is_wrong(idpsim: Idpsim, arguments: list[str], said: str) -> None:
    ended = idpsim("sp", *arguments)

    assert ended.exit_code == 2
    assert said in ended.stderr


def test_an_address_that_cannot_be_listened_on_is_an_error() -> None:
    command = [sys.executable, "-m", "idpsim", "sp", "--host", "203.0.113.1", "--port", "0"]

    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "cannot listen on 203.0.113.1:0" in ended.stderr
    assert "Traceback" not in ended.stderr


def _end(server: Any) -> None:
    server.task_dispatcher.shutdown()
    server.close()


def test_the_switches_are_listed(idpsim: Idpsim, golden: Golden) -> None:
    golden("cli/sp-switches.txt", idpsim("sp", "--switches").output)


def test_a_wider_address_is_warned_of(monkeypatch: pytest.MonkeyPatch, idpsim: Idpsim) -> None:
    from idpsim.cli import sp

    monkeypatch.setattr(sp, "until_signalled", _end)

    ended = idpsim("sp", "--host", "0.0.0.0", "--port", "0")

    assert "warning: 0.0.0.0 can be reached from other machines" in ended.stderr


def test_a_shut_gate_is_said(monkeypatch: pytest.MonkeyPatch, idpsim: Idpsim) -> None:
    from idpsim.cli import sp

    monkeypatch.setattr(sp, "until_signalled", _end)

    ended = idpsim("sp", "--port", "0", "--switch", "plan=starter")

    assert "SCIM is shut" in ended.stderr


def test_it_signs_people_in_with_the_identity_provider_that_it_is_given(
    idpsim: Idpsim, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from idpsim.cli import sp

    monkeypatch.setattr(sp, "until_signalled", _end)
    (keys / "okta.xml").write_bytes(idpsim("sso", "okta", "--metadata").stdout_bytes)
    oidc = ("--oidc", "http://x.test", "--client-id", "c")

    ended = idpsim("sp", "--port", "0", "--idp", "okta", "--saml", "certs/okta.xml", *oidc)

    assert "/sso/okta/saml/login\n" in ended.output
    assert "idpsim serve --redirect-uri http://127.0.0.1:" in ended.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--client-id", "c"), "belong to --oidc ISSUER"),
        (("--oidc", "http://x.test"), "--oidc needs --client-id"),
        (("--saml", "nowhere.xml"), "nowhere.xml cannot be read"),
    ],
)
def test_half_a_trust_is_refused(idpsim: Idpsim, arguments: tuple[str, ...], said: str) -> None:
    ended = idpsim("sp", "--port", "0", *arguments)

    assert ended.exit_code == 2
    assert said in ended.stderr
