"""A project of a user of the plugin: its files, and pytest run in it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

import pytest

STRICT = ("-p", "no:cacheprovider", "-W", "error", "--strict-markers", "--strict-config", "-rA")
BROKEN_SP = """
    import idpsim, pytest
    from idpsim.sp import ServiceProvider, Switches

    @pytest.fixture
    def idpsim_target():
        sp = ServiceProvider.open(Switches(ignore_pathless=True))
        return idpsim.Target(sp.wsgi, sp.endpoint(), token=sp.issue_token())
    """
RIGHT_SP = BROKEN_SP.replace("Switches(ignore_pathless=True)", "Switches()")
HURRIED = 'verify={"within": "0s"}'


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with tests in it."""

    pytester: pytest.Pytester

    def file(self, name: str, text: str) -> None:
        """Write a file of the project."""
        path = self.pytester.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")

    def pytest(self, *options: str) -> pytest.RunResult:
        """Run its tests in this process."""
        return self.pytester.runpytest_inprocess(*STRICT, *options)

    def pytest_process(self, *options: str) -> pytest.RunResult:
        """Run its tests in a process of their own."""
        return self.pytester.runpytest_subprocess(*STRICT, *options)
