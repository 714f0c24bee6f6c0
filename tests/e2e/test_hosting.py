"""The identity provider of a run listens on its address, or the one that is there already is steered."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from idpsim.errors import IdpsimError, UsageError
from idpsim.profiles import all_sign_ons
from idpsim.serving import serving
from idpsim.signing.hosting import Steered, hosted, in_process
from idpsim.signing.keyring import Keyring
from idpsim.signon import Registration
from idpsim.sso.keys import SECRET, Keys, make
from idpsim.sso.provider import IdentityProvider, app_of
from tests.service_providers.running import free_port

NEW = Registration(entity_id="https://new.test", acs=("https://new.test/acs",))


def folder_of(place: Path) -> str:
    """A folder with keys."""
    list(make(place, [app_of(all_sign_ons()["okta"])]))
    return str(place)


@contextmanager
def listening(provider: IdentityProvider, port: int) -> Iterator[IdentityProvider]:
    with serving(provider.wsgi, "localhost", port):
        yield provider


def test_our_own_listens_for_as_long_as_the_run_lasts() -> None:
    keyring = Keyring(f"http://localhost:{free_port()}", "nowhere")

    with hosted(keyring) as host:
        about = requests.get(f"{keyring.base}/.idpsim", timeout=5).json()

    assert isinstance(host, IdentityProvider)
    assert about["base"] == keyring.base
    with pytest.raises(requests.ConnectionError):
        requests.get(keyring.base, timeout=5)


def test_another_with_the_same_keys_is_steered(tmp_path: Path) -> None:
    port = free_port()
    keyring = Keyring(f"http://localhost:{port}", folder_of(tmp_path / "certs"))

    with listening(in_process(keyring), port) as other, hosted(keyring) as host:
        host.register("okta", "idpsim", NEW, {})
        host.publish("okta", "idpsim", "metadata_500")
        app = other.app(vendor="okta", label="idpsim")
        fault = None if app is None else other.fault(app)

    assert isinstance(host, Steered)
    assert app is not None
    assert app.registration == NEW
    assert fault == "metadata_500"


def test_service_providers_with_metadata_of_any_usual_size_can_be_told_of(tmp_path: Path) -> None:
    port = free_port()
    keyring = Keyring(f"http://localhost:{port}", folder_of(tmp_path / "certs"))
    large = Registration(entity_id="https://new.test", metadata=b"<!--" + b"x" * 400_000)

    with listening(in_process(keyring), port) as other, hosted(keyring) as host:
        host.register("okta", "idpsim", large, {})
        app = other.app(vendor="okta", label="idpsim")

    assert app is not None
    assert app.registration == large


def test_after_the_run_the_apps_are_what_they_were(tmp_path: Path) -> None:
    port = free_port()
    keyring = Keyring(f"http://localhost:{port}", folder_of(tmp_path / "certs"))
    standing = in_process(keyring)
    before = standing.register("okta", "idpsim", Registration(entity_id="https://old.test"))
    key = standing.keys.saml(before)[0]

    with listening(standing, port), hosted(keyring) as host:
        host.register("okta", "idpsim", NEW, {})
        host.register("okta", "another", NEW, {})
        host.roll("okta", "idpsim", "saml")
        host.publish("okta", "idpsim", "metadata_500")

    assert standing.app(vendor="okta", label="idpsim") == before
    assert standing.app(vendor="okta", label="another") is None
    assert standing.keys.saml(before)[0] == key
    assert standing.fault(before) is None


def test_two_runs_do_not_have_the_same_app(tmp_path: Path) -> None:
    port = free_port()
    keyring = Keyring(f"http://localhost:{port}", folder_of(tmp_path / "certs"))

    with listening(in_process(keyring), port), hosted(keyring) as one, hosted(keyring) as other:
        one.register("okta", "idpsim", NEW, {})

        with pytest.raises(IdpsimError, match="another run has the app idpsim"):
            other.register("okta", "idpsim", NEW, {})


def test_the_identity_provider_of_another_run_is_not_shared(tmp_path: Path) -> None:
    keyring = Keyring(f"http://localhost:{free_port()}", folder_of(tmp_path / "certs"))

    with (
        hosted(keyring),
        pytest.raises(UsageError, match="another run of idpsim serves at"),
        hosted(keyring),
    ):
        pass


def test_what_it_cannot_do_is_said_with_its_reason(tmp_path: Path) -> None:
    port = free_port()
    keyring = Keyring(f"http://localhost:{port}", folder_of(tmp_path / "certs"))

    with (
        listening(in_process(keyring), port),
        hosted(keyring) as host,
        pytest.raises(IdpsimError, match=r"refuses.*no such vendor"),
    ):
        host.register("nobody", "idpsim", NEW, {})


def test_another_whose_keys_this_run_lacks_is_a_usage_error(tmp_path: Path) -> None:
    port = free_port()
    theirs = Keyring(f"http://localhost:{port}", folder_of(tmp_path / "certs"))
    ours = Keyring(theirs.base, "nowhere")

    with (
        listening(in_process(theirs), port),
        pytest.raises(UsageError, match="keys that this run does not have"),
        hosted(ours),
    ):
        pass


@pytest.mark.parametrize("kept", [True, False])
def test_another_with_other_keys_is_a_usage_error(tmp_path: Path, kept: bool) -> None:
    port = free_port()
    theirs = Keyring(f"http://localhost:{port}", folder_of(tmp_path / "theirs") if kept else "nowhere")
    ours = Keyring(theirs.base, folder_of(tmp_path / "ours"))

    with (
        listening(in_process(theirs), port),
        pytest.raises(UsageError, match="keys that this run does not have"),
        hosted(ours),
    ):
        pass


class SomethingElse(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = {"/a": b"<h1>Hello</h1>"}.get(self.path, b'["json"]')
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


def test_something_else_on_the_address_is_a_usage_error() -> None:
    with ThreadingHTTPServer(("localhost", 0), SomethingElse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        keyring = Keyring(f"http://localhost:{server.server_port}", "nowhere")
        try:
            with pytest.raises(UsageError, match="--idp-url"), hosted(keyring):
                pass
        finally:
            server.shutdown()
            thread.join()


def test_an_address_that_is_no_machine_s_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="cannot listen"), hosted(Keyring("http://203.0.113.1:8765", "nowhere")):
        pass


def test_a_folder_has_one_secret(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)

    assert Keys(Path(folder)).secret == (tmp_path / SECRET).read_bytes().strip()
