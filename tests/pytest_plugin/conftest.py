"""Small foreign projects in which the plugin is used, run with pytest's strict settings."""

from __future__ import annotations

from pathlib import Path

import pytest

import idpsim
from tests.pytest_plugin.project import Project

SCENARIOS = Path(__file__).parent.parent.parent / "scenarios"


@pytest.fixture(scope="session")
def _warm() -> None:
    """Import what runs import late, since pytester forgets what a run in this process has imported."""
    for result in idpsim.run(SCENARIOS / "leaver.yaml"):
        assert result.passed
        idpsim.explain(result)
    with idpsim.client("okta", settings={}) as okta, pytest.raises(idpsim.Failed) as failed:
        okta.assign(okta.person("ada"), expect={"user": "absent"}, verify={"within": "0s"})
    str(failed.value)


@pytest.fixture
def project(_warm: None, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty project."""
    for name in ("IDPSIM_TARGET", "IDPSIM_TOKEN", "CI", "BUILD_NUMBER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    return Project(pytester)
