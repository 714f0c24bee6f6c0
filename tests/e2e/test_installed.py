"""The wheel, installed elsewhere, works without the checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.e2e import installing
from tests.e2e.installing import ROOT, clean, wheel


def run(*command: str | Path, cwd: Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """A command in a clean environment."""
    line = [str(each) for each in command]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, timeout=timeout, env=clean())


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of a new environment with the wheel in it."""
    folder = tmp_path_factory.mktemp("installed")
    return installing.installed(folder / "venv", wheel(folder))


@pytest.mark.xdist_group("installed")
def test_an_installed_wheel_plays_checks_and_says_its_version(installed: Path, tmp_path: Path) -> None:
    from idpsim import __version__

    version = run(installed / "idpsim", "--version", cwd=tmp_path)
    played = run(installed / "idpsim", "run", cwd=tmp_path)
    module = run(installed / "python", "-m", "idpsim", "run", "-q", cwd=tmp_path)
    checked = run(installed / "idpsim", "check", *sorted((ROOT / "scenarios").glob("*.yaml")), cwd=tmp_path)
    where = run(installed / "python", "-c", "import idpsim; print(idpsim.__file__)", cwd=tmp_path)
    written = run(installed / "idpsim", "init", cwd=tmp_path)

    assert __version__ in version.stdout
    assert (played.returncode, played.stderr) == (0, "")
    assert "passed" in played.stdout
    assert (module.returncode, len(module.stdout.splitlines())) == (0, 1)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert str(ROOT) not in where.stdout
    assert written.returncode == 0


@pytest.mark.xdist_group("installed")
def test_an_installed_wheel_has_its_scenarios_by_name(installed: Path, tmp_path: Path) -> None:
    listed = run(installed / "idpsim", "init", "--list", cwd=tmp_path)
    copied = run(installed / "idpsim", "init", "--from", "sso-leaver", "tests/mine.yaml", cwd=tmp_path)
    played = run(installed / "idpsim", "run", "sso-leaver", "tests/mine.yaml", "-q", cwd=tmp_path)
    checked = run(installed / "idpsim", "check", "leaver", cwd=tmp_path)

    assert {line.partition(": ")[0] for line in listed.stdout.splitlines()} >= {
        file.stem for file in (ROOT / "scenarios").glob("*.yaml")
    }
    assert (copied.returncode, copied.stderr) == (0, "")
    assert (tmp_path / "tests" / "idpsim.schema.json").is_file()
    assert (played.returncode, played.stderr) == (0, "")
    assert str(installed.parent) in checked.stdout


@pytest.mark.xdist_group("installed")
def test_a_warning_of_python_is_nowhere_in_the_way_of_an_installed_wheel(installed: Path, tmp_path: Path) -> None:
    played = run(installed / "python", "-W", "error", "-m", "idpsim", "run", "leaver", "-q", cwd=tmp_path)

    assert (played.returncode, played.stderr) == (0, "")
