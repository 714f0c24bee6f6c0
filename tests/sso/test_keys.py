"""The keys: where they come from, that they stay, and who may read them."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path

import pytest

from idpsim.errors import UsageError
from idpsim.profiles import all_sign_ons
from idpsim.signon import Registration
from idpsim.sso.app import App
from idpsim.sso.keys import Keys, make, valid_label
from idpsim.sso.provider import app_of


@dataclass(frozen=True)
class Vendor:
    """A vendor's app."""

    name: str

    def app(self, label: str = "idpsim") -> App:
        return app_of(all_sign_ons()[self.name], label)


OKTA, ENTRA, ONELOGIN = (Vendor(name) for name in ("okta", "entra", "onelogin"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with keys for one app of each vendor."""
    made = tmp_path_factory.mktemp("keys") / "certs"
    list(make(made, [each.app() for each in (OKTA, ENTRA, ONELOGIN)]))
    return made


def test_keys_of_a_folder_are_the_same_at_every_start(folder: Path) -> None:
    app = OKTA.app()

    first, second = Keys(folder), Keys(folder)

    assert first.saml(app)[0].der == second.saml(app)[0].der
    assert first.oidc(app)[1].der == second.oidc(app)[1].der
    assert first.client_secret(app) == second.client_secret(app)


def test_keys_in_memory_are_others_each_time() -> None:
    app = OKTA.app()

    assert Keys().saml(app)[0].der != Keys().saml(app)[0].der


def test_a_folder_without_keys_is_not_written_to(tmp_path: Path) -> None:
    keys = Keys(tmp_path)

    keys.saml(OKTA.app())

    assert not keys.kept
    assert list(tmp_path.iterdir()) == []


def test_key_files_are_for_their_owner_only(folder: Path) -> None:
    modes = {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir() if file.name != ".gitignore"}

    assert modes == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_key_files_are_ignored_by_git(folder: Path) -> None:
    assert (folder / ".gitignore").read_text() == "*\n"


def test_what_is_there_is_not_overwritten(folder: Path) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir()}

    made = list(make(folder, [OKTA.app()]))

    assert not any(fresh for _, fresh in made)
    assert before == {file.name: file.read_bytes() for file in folder.iterdir()}


def test_force_makes_them_anew(tmp_path: Path) -> None:
    list(make(tmp_path / "certs", [ENTRA.app()]))
    before = (tmp_path / "certs" / "entra-oidc.pem").read_bytes()

    made = list(make(tmp_path / "certs", [ENTRA.app()], force=True))

    assert all(fresh for _, fresh in made)
    assert (tmp_path / "certs" / "entra-oidc.pem").read_bytes() != before


def test_a_second_app_has_a_certificate_of_its_own_but_for_the_vendor_that_shares_them(tmp_path: Path) -> None:
    keys = Keys(tmp_path)

    own = [keys.saml(vendor.app("one"))[0].der != keys.saml(vendor.app("two"))[0].der for vendor in (OKTA, ENTRA)]

    assert own == [True, True]
    assert keys.saml(ONELOGIN.app("one"))[0].der == keys.saml(ONELOGIN.app("two"))[0].der


def test_rollover_exchanges_the_two_keys_and_back() -> None:
    keys, app = Keys(), OKTA.app()
    active, following = keys.saml(app)

    keys.roll(app, "saml")
    rolled = keys.saml(app)
    keys.roll(app, "saml")

    assert rolled == (following, active)
    assert keys.saml(app) == (active, following)


def test_certificates_have_the_vendors_look() -> None:
    keys = Keys()

    okta, entra, onelogin = (keys.saml(each.app())[0].certificate for each in (OKTA, ENTRA, ONELOGIN))

    assert "1.2.840.113549.1.9.1=info@okta.com" in okta.subject.rfc4514_string()
    assert okta.serial_number.bit_length() <= 48
    assert entra.subject.rfc4514_string() == "CN=Microsoft Azure Federated SSO Certificate"
    assert "OU=OneLogin IdP" in onelogin.subject.rfc4514_string()
    assert onelogin.signature_hash_algorithm is not None
    assert onelogin.signature_hash_algorithm.name == "sha1"


@pytest.mark.parametrize("content", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "\0\1"])
def test_a_broken_key_file_is_one_clear_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "secret").write_text("s3cret")
    (tmp_path / "okta-saml-idpsim.pem").write_text(content)

    with pytest.raises(UsageError, match="holds no"):
        Keys(tmp_path).saml(OKTA.app())


def test_a_certificate_for_another_key_is_refused(tmp_path: Path) -> None:
    list(make(tmp_path / "certs", [ENTRA.app()]))
    one, other = tmp_path / "certs" / "entra-oidc.pem", tmp_path / "certs" / "entra-oidc-next.pem"
    key, certificate = one.read_text().split("-----BEGIN CERT")[0], other.read_text().split("-----BEGIN CERT")[1]
    one.write_text(f"{key}-----BEGIN CERT{certificate}")

    with pytest.raises(UsageError, match="no RSA key with a certificate for it"):
        Keys(tmp_path / "certs").oidc(ENTRA.app())


@pytest.mark.parametrize("label", ["", "../up", "a/b", "ü", "x" * 65, "-first", "a b"])
def test_a_label_that_cannot_name_a_file_is_refused(label: str) -> None:
    with pytest.raises(UsageError, match="label"):
        valid_label(label)


def test_no_repr_holds_a_secret() -> None:
    registration = Registration(client_id="c", client_secret="a-client-secret", metadata=b"<a-document/>")

    shown = repr(app_of(OKTA.app().sign_on, registration=registration))

    assert "client_id='c'" in shown
    assert "a-client-secret" not in shown
    assert "a-document" not in shown
