"""`idpsim certs` makes keys once, for their owner only, and says what to do next."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography.x509 import load_pem_x509_certificate

from tests.cli.conftest import Idpsim

pytestmark = pytest.mark.thorough

NEXT = "Next: idpsim sso{} prints what to enter at your service provider.\n"
NAMES = {
    "secret",
    *(f"{name}{key}.pem" for key in ("", "-next") for name in (
        "entra-saml-idpsim", "entra-oidc", "okta-saml-idpsim", "okta-oidc", "onelogin-saml", "onelogin-oidc"
    )),
}  # fmt: skip


def made(folder: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in folder.iterdir() if each.name != ".gitignore"}


def test_keys_are_made_for_their_owner_only(idpsim: Idpsim, tmp_path: Path) -> None:
    ended = idpsim("certs")

    folder = tmp_path / "certs"
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert set(made(folder)) == NAMES
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in NAMES} == {0o600}
    assert (folder / ".gitignore").read_text() == "*\n"
    assert ended.output.splitlines()[:-1] == [f"made  certs/{name}" for name in _in_order(ended.output)]
    assert ended.output.endswith(NEXT.format(""))


def _in_order(output: str) -> list[str]:
    found = [line.rpartition("/")[2] for line in output.splitlines()[:-1]]
    assert set(found) == NAMES
    return found


def test_what_is_there_is_kept(idpsim: Idpsim, tmp_path: Path) -> None:
    idpsim("certs")
    before = made(tmp_path / "certs")

    ended = idpsim("certs")

    assert made(tmp_path / "certs") == before
    assert ended.output.count("kept  ") == len(NAMES)
    assert "Nothing was changed; --force makes them anew." in ended.output
    assert ended.output.endswith(NEXT.format(""))


def test_an_app_that_comes_later_leaves_the_others_as_they_are(idpsim: Idpsim, tmp_path: Path) -> None:
    idpsim("certs")
    before = made(tmp_path / "certs")

    ended = idpsim("certs", "--app", "my-product", "--app", "idpsim")

    after = made(tmp_path / "certs")
    assert {name: after[name] for name in before} == before
    assert "made  certs/okta-saml-my-product.pem\n" in ended.output
    assert load_pem_x509_certificate(after["okta-saml-my-product.pem"])


def test_force_makes_all_anew(idpsim: Idpsim, tmp_path: Path) -> None:
    idpsim("certs")
    before = made(tmp_path / "certs")

    ended = idpsim("certs", "--force")

    after = made(tmp_path / "certs")
    assert ended.output.count("made  ") == len(NAMES)
    assert [name for name in before if before[name] == after[name]] == []


def test_what_comes_next_names_the_folder_and_the_app(idpsim: Idpsim) -> None:
    ended = idpsim("certs", "--folder", "my keys", "--app", "my-product")

    assert ended.output.endswith(NEXT.format(" --certs 'my keys' --app my-product"))


def test_the_folder_may_come_from_the_environment(idpsim: Idpsim, tmp_path: Path) -> None:
    ended = idpsim("certs", env={"IDPSIM_CERTS": "elsewhere"})

    assert ended.exit_code == 0
    assert set(made(tmp_path / "elsewhere")) == NAMES


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--folder", "file"], "error: file is a file, and a folder is needed for the keys\n"),
        (["--folder", "file/x"], "error: file/x cannot be written: Not a directory\n"),
        (["--app", "a/b"], "error: an app's label is letters"),
        (["--app", ".."], "error: an app's label is letters"),
        (["--app", ""], "error: an app's label is letters"),
    ],
)
def test_what_is_wrong_is_said_once(idpsim: Idpsim, tmp_path: Path, arguments: list[str], said: str) -> None:
    (tmp_path / "file").write_text("mine")

    ended = idpsim("certs", *arguments)

    assert ended.exit_code == 2
    assert ended.stderr.startswith(said)
    assert ended.stdout == ""
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder here that nobody may write to")
def test_a_folder_that_cannot_be_made_is_one_error(idpsim: Idpsim) -> None:
    ended = idpsim("certs", "--folder", "/proc/self/idpsim")

    assert ended.exit_code == 2
    assert ended.stderr.startswith("error: /proc/self/idpsim cannot be written")
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_that_is_read_only_is_one_error(idpsim: Idpsim, tmp_path: Path) -> None:
    (tmp_path / "certs").mkdir(mode=0o500)

    ended = idpsim("certs")

    assert ended.exit_code == 2
    assert "cannot be written: Permission denied" in ended.stderr


def test_nothing_secret_is_printed(idpsim: Idpsim, tmp_path: Path) -> None:
    ended = idpsim("certs")

    assert (tmp_path / "certs/secret").read_text().strip() not in ended.output
    assert "BEGIN" not in ended.output
