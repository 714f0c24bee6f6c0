"""pytest plugin: Okta, Microsoft Entra ID and OneLogin as fixtures, against the service provider of a project.

    # conftest.py
    @pytest.fixture
    def idpsim_target():
        return idpsim.Target(app, "/scim/v2", token="...")     # a URL, or a WSGI or ASGI application

    # test_leaver.py
    def test_a_leaver_loses_access(okta):
        ada = okta.person("ada")
        okta.assign(ada)
        okta.unassign(ada)

`okta`, `okta_aiw`, `entra`, `entra_flag` and `onelogin` are clients; `idp` is each of them in turn; the options stand
in `pytest --help`. In Django the target takes the database with it, so that what is provisioned is rolled back with
the test (`db` is pytest-django's):

    @pytest.fixture
    def idpsim_target(db):
        return idpsim.Target(get_wsgi_application(), "/scim/v2", token="...")

An ASGI application of Django runs on other threads: its target takes `transactional_db`.

A unittest.TestCase takes a client over a fixture of its own:

    class Leaver(unittest.TestCase):
        @pytest.fixture(autouse=True)
        def _clients(self, okta):
            self.okta = okta
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from idpsim.pytest_plugin import collecting, marks, options, telling
from idpsim.pytest_plugin.fixtures import (
    _idpsim_open,
    entra,
    entra_flag,
    idp,
    idpsim_directory,
    idpsim_play,
    idpsim_profile,
    idpsim_server,
    idpsim_settings,
    idpsim_sso,
    idpsim_target,
    okta,
    okta_aiw,
    onelogin,
)

__all__ = [
    "_idpsim_open",
    "entra",
    "entra_flag",
    "idp",
    "idpsim_directory",
    "idpsim_play",
    "idpsim_profile",
    "idpsim_server",
    "idpsim_settings",
    "idpsim_sso",
    "idpsim_target",
    "okta",
    "okta_aiw",
    "onelogin",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    """The group idpsim of `pytest --help`."""
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, so that a mistake ends the session before its first test."""
    config.stash[options.GIVEN] = options.given(config)


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `idp` is one test for each profile, unless it or its project has chosen them."""
    if {"idp", "idpsim_profile"} <= set(metafunc.fixturenames) and not marks.chosen(metafunc):
        profiles = metafunc.config.stash[options.GIVEN].idp or options.PROFILES
        metafunc.parametrize("idpsim_profile", profiles, indirect=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Scenario files as tests."""
    return collecting.collected(file_path, parent)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """An error of idpsim's own is shown by its message; what was left behind travels with the report."""
    report = yield
    report.longrepr = telling.shown(item, call.excinfo) or report.longrepr
    if call.when == "teardown":
        telling.remember(report, item)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config) -> None:
    """List what could not be removed from the service provider; say why scenarios that were named are no tests."""
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and (number := config.stash.get(collecting.LEFT_OUT, 0)):
        terminalreporter.write_line(collecting.left_out(number))
    reports = (each for kind in terminalreporter.stats.values() for each in kind)
    lines = list(telling.left(reports))
    if lines:
        terminalreporter.section("idpsim could not remove from the service provider", "=")
    for line in lines:
        terminalreporter.write_line(line)
