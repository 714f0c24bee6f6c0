"""`idpsim sso` prints what to enter at a service provider, the same as is served."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from idpsim.profiles import all_sign_ons
from idpsim.sso.keys import Keys
from idpsim.sso.paste import pasted
from idpsim.sso.provider import IdentityProvider, app_of
from idpsim.sso.web import build
from tests.cli.conftest import Idpsim

VENDORS = ("okta", "entra", "onelogin")
HINT = "Certificate and client secret are made anew each time: idpsim certs{} makes lasting ones.\n"


@pytest.fixture
def kept(keys: Path) -> Keys:
    """The keys of `certs`."""
    return Keys(keys)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_value_is_there_under_the_vendor_s_name(idpsim: Idpsim, kept: Keys, vendor: str) -> None:
    ended = idpsim("sso", vendor)

    app = app_of(all_sign_ons()[vendor])
    assert (ended.exit_code, ended.stderr) == (0, "")
    for section in pasted(app, kept):
        assert f"{app.sign_on.title}, {section.title}, app idpsim\n" in ended.output
        for row in section.rows:
            assert row.name in ended.output
            assert all(line in ended.output for line in row.value.splitlines())


def test_without_a_vendor_all_are_printed(idpsim: Idpsim, kept: Keys) -> None:
    assert kept.kept

    ended = idpsim("sso")

    assert [vendor.title in ended.output for vendor in all_sign_ons().values()] == [True] * 3


def test_without_keys_nothing_is_printed_that_does_not_last(idpsim: Idpsim) -> None:
    ended = idpsim("sso", "okta")

    assert ended.exit_code == 0
    assert ended.stderr == HINT.format("")
    assert "BEGIN CERTIFICATE" not in ended.output
    assert "Client secret" not in ended.stdout
    assert "http://localhost:8765/app/" in ended.stdout


def test_an_app_that_has_no_keys_yet_is_shown_no_certificate(idpsim: Idpsim, kept: Keys) -> None:
    assert kept.kept

    ended = idpsim("sso", "okta", "--app", "another")

    assert ended.stderr == HINT.format(" --app another")
    assert "BEGIN CERTIFICATE" not in ended.output


def test_the_same_is_printed_each_time(idpsim: Idpsim, kept: Keys) -> None:
    assert kept.kept

    first, second = idpsim("sso"), idpsim("sso")

    assert first.output == second.output


@pytest.mark.parametrize(("protocol", "other"), [("saml", "OpenID Connect,"), ("oidc", "SAML,")])
def test_one_protocol_is_printed_alone(idpsim: Idpsim, kept: Keys, protocol: str, other: str) -> None:
    assert kept.kept

    ended = idpsim("sso", "--protocol", protocol)

    assert ended.exit_code == 0
    assert other not in ended.output


def test_json_has_the_values_by_name(idpsim: Idpsim, kept: Keys) -> None:
    ended = idpsim("sso", "--format", "json", "--idp-url", "http://127.0.0.1:9000/")

    told = json.loads(ended.stdout)
    assert [each["vendor"] for each in told] == list(all_sign_ons())
    for each in told:
        app = app_of(all_sign_ons()[each["vendor"]], base="http://127.0.0.1:9000")
        saml, *oidc = pasted(app, kept)
        assert each["saml"] == {row.key: row.value for row in saml.rows}
        assert each["oidc"] == [{"server": one.title, **{row.key: row.value for row in one.rows}} for one in oidc]


@pytest.mark.parametrize("vendor", VENDORS)
def test_metadata_is_what_is_served_byte_by_byte(kept: Keys, tmp_path: Path, vendor: str) -> None:
    provider = IdentityProvider(all_sign_ons().values(), kept)
    app = provider.app(vendor=vendor)
    assert app is not None
    path = pasted(app, kept)[0].value("metadata").removeprefix(provider.base)

    process = subprocess.run(
        [sys.executable, "-m", "idpsim", "sso", vendor, "--metadata"], cwd=tmp_path, capture_output=True, check=True
    )

    served = build(provider).test_client().get(path, base_url=provider.base)
    assert served.status_code == 200
    assert process.stdout == served.data


def test_a_vendor_that_is_a_slip_gets_a_suggestion(idpsim: Idpsim) -> None:
    ended = idpsim("sso", "okt")

    assert ended.exit_code == 2
    assert "did you mean okta?" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--metadata"], "error: --metadata is for one vendor: idpsim sso VENDOR --metadata"),
        (["okta", "--metadata"], "error: there are no keys of app idpsim in certs: idpsim certs makes them"),
        (
            ["okta", "--certs", "x", "--metadata"],
            "error: there are no keys of app idpsim in x: idpsim certs --folder x",
        ),
        (["--app", "a b"], "error: an app's label is letters"),
        (["--idp-url", "ftp://x"], "error: the identity provider's address is http://HOST:PORT, not ftp://x"),
        (["--idp-url", "localhost:8765"], "error: the identity provider's address is http://HOST:PORT"),
        (["--idp-url", "http://[x"], "error: the identity provider's address is http://HOST:PORT"),
    ],
)
def test_what_is_wrong_is_said_once(idpsim: Idpsim, arguments: list[str], said: str) -> None:
    ended = idpsim("sso", *arguments)

    assert ended.exit_code == 2
    assert ended.stderr.startswith(said)
    assert ended.stdout == ""


@pytest.mark.parametrize("content", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_is_named(idpsim: Idpsim, kept: Keys, tmp_path: Path, content: bytes) -> None:
    assert kept.kept
    (tmp_path / "certs/okta-saml-idpsim.pem").write_bytes(content)

    ended = idpsim("sso", "okta")

    assert ended.exit_code == 2
    assert "error: certs/okta-saml-idpsim.pem holds no private key" in ended.stderr


@pytest.mark.parametrize("command", ["serve", "sso", "certs"])
def test_the_help_fits_a_terminal_of_eighty_columns(idpsim: Idpsim, command: str) -> None:
    ended = idpsim(command, "--help", terminal_width=80)

    assert ended.exit_code == 0
    assert max(map(len, ended.output.splitlines())) <= 80
    for name in ("IDPSIM_CERTS",) if command == "certs" else ("IDPSIM_CERTS", "IDPSIM_IDP_URL"):
        assert name in ended.output
