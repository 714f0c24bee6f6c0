"""The plugin where a socket is needed: a target by its URL, and the identity provider that a service provider reads."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import idpsim
from idpsim.serving import serving
from idpsim.sp import ServiceProvider
from tests.e2e.installing import ROOT
from tests.pytest_plugin.project import Project
from tests.service_providers.install import BIN
from tests.service_providers.running import why_not

pytest_plugins = ["pytester"]


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project."""
    for name in ("IDPSIM_TARGET", "IDPSIM_TOKEN", "CI", "BUILD_NUMBER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    return Project(pytester)


@pytest.fixture
def staging() -> Iterator[idpsim.Target]:
    """A service provider on a socket."""
    sp = ServiceProvider.open()
    with serving(sp.wsgi, "127.0.0.1", 0) as port:
        yield idpsim.Target(f"http://127.0.0.1:{port}{sp.endpoint()}", token=sp.issue_token())


def test_the_options_are_enough_for_a_server_that_runs(project: Project, staging: idpsim.Target) -> None:
    project.file("test_it.py", "def test_it(okta): assert okta.assign(okta.person('ada')).passed")
    project.file("scenarios/one.yaml", "directory: {people: {ada: {userName: ada}}}\nsteps:\n  - assign: ada\n")

    ended = project.pytest_process("--idpsim-target", str(staging.scim), "--idpsim-token", str(staging.token))

    ended.assert_outcomes(passed=4)
    ended.stdout.no_fnmatch_line(f"*{staging.token}*")


def test_a_server_that_is_not_there_is_one_clear_error(project: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    project.file("test_it.py", "def test_it(okta): okta.assign(okta.person('ada'))")

    ended = project.pytest_process("--idpsim-target", f"http://127.0.0.1:{port}/scim")

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines([f"the service provider cannot be reached at http://127.0.0.1:{port}/scim: *"])
    ended.stdout.no_fnmatch_line("*Traceback*")


def test_the_identity_provider_of_the_session_is_read_over_http(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import urllib.request

        def test_metadata(idpsim_server):
            with urllib.request.urlopen(idpsim_server.metadata_url("okta")) as answer:
                assert answer.read() == idpsim_server.metadata("okta")

        def test_the_same(idpsim_server): assert idpsim_server.url
        """,
    )

    ended = project.pytest_process("-n", "2")

    ended.assert_outcomes(passed=2)


def test_people_sign_in_at_the_identity_provider_of_the_session(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest

        @pytest.fixture
        def idpsim_sso(): return {"protocol": "saml"}

        def test_it(idp):
            ada = idp.person("ada")
            idp.assign(ada)
            idp.sign_in(ada, expect={"signed-in": True})
        """,
    )

    ended = project.pytest_process("--idpsim-target", "embedded", "--idpsim-idp", "all", "-n", "2")

    ended.assert_outcomes(passed=3)


def test_scenarios_with_sign_ins_share_one_address(project: Project) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    project.file(
        "scenarios/one.yaml",
        """
        sso: {protocol: oidc}
        directory: {people: {ada: {userName: ada@example.com}}}
        steps:
          - sign-in: ada
          - assign: ada
        """,
    )

    ended = project.pytest_process(
        "scenarios", "-n", "2", "--idpsim-target", "embedded", "--idpsim-idp-url", f"http://127.0.0.1:{port}"
    )

    ended.assert_outcomes(passed=3)


ON_DISK = """

DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "test.sqlite3"}
"""
ROLLED_BACK = """
from django.db import connection
from people.models import User


def test_provisioned(okta):
    ada = okta.person("ada")
    okta.assign(ada)
    assert "test.sqlite3" in str(connection.settings_dict["NAME"])
    assert User.objects.filter(username=ada.userName).exists()


def test_rolled_back(db):
    assert not User.objects.exists()
"""


@pytest.mark.xdist_group("installed")
def test_a_django_application_stays_in_the_transaction_of_its_test(tmp_path: Path) -> None:
    if reason := why_not("django-sp"):
        pytest.skip(reason)
    folder = tmp_path / "shop"
    shutil.copytree(ROOT / "examples" / "django-sp", folder, ignore=shutil.ignore_patterns("*.sqlite3", "__pycache__"))
    with (folder / "shop" / "settings.py").open("a") as settings:
        settings.write(ON_DISK)
    (folder / "tests" / "test_rolled_back.py").write_text(ROLLED_BACK)

    ended = subprocess.run(
        [BIN / "python", "-m", "pytest", "-q", "-p", "idpsim.pytest_plugin", "-p", "no:cacheprovider"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "96"},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert ended.returncode == 0, ended.stdout
    assert "failed" not in ended.stdout
