"""The recipes of docs/ci.md do what they say: their steps are run, with the wheel, against `idpsim sp`."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from tests.docs_pages import blocks
from tests.e2e.installing import copied, installed, wheel, within
from tests.service_providers.running import free_port

ROOT = Path(__file__).parents[2]
BLOCKS = [block.text for block in blocks((ROOT / "docs" / "ci.md").read_text())]
RIGHT, WRONG = "", "--switch ignore_pathless=true"
AT_MOST = 90
PROGRAMS = ("bash", "curl", "git")

pytestmark = pytest.mark.skipif(not all(map(shutil.which, PROGRAMS)), reason=f"needs {', '.join(PROGRAMS)}")


@dataclass(frozen=True)
class Recipe:
    """A job: its variables, and a script for each shell that it starts, one after the other."""

    variables: Mapping[str, str]
    scripts: tuple[str, ...]
    reports: frozenset[str] = frozenset()


def _recipe(text: str) -> Recipe:
    """The only job of a workflow of GitHub's or a pipeline of GitLab's."""
    document = yaml.safe_load(text)
    if "jobs" not in document:
        (job,) = document.values()
        kept = {*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()}
        return Recipe(job["variables"], ("set -eo pipefail\n" + "\n".join(job["script"]),), frozenset(kept))
    (job,) = document["jobs"].values()
    scripts = tuple(f"set -e\n{step['run']}" for step in job["steps"] if "run" in step)
    kept = {
        step["with"][key] for step in job["steps"] for key in ("path", "report_paths") if key in step.get("with", {})
    }
    return Recipe(job["env"], scripts, frozenset(kept))


GITHUB, GITLAB, PYTEST, SIGN_IN, HOOK, _ = BLOCKS
RECIPES = {"github": _recipe(GITHUB), "gitlab": _recipe(GITLAB), "sign-in": _recipe(SIGN_IN)}
SCENARIOS = Recipe(RECIPES["github"].variables, ("./start-service-provider &", RECIPES["github"].scripts[3], PYTEST))


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel, and the `bin` folder of an environment that has it, with pytest."""
    folder = tmp_path_factory.mktemp("recipes")
    made = wheel(folder)
    return made, installed(folder / "venv", made, "pytest", "pytest-xdist")


class Runner:
    """A machine on which a job runs; port 8000 of the recipes is one that is free."""

    def __init__(self, folder: Path, environment: Path) -> None:
        self.folder = folder
        self._bin = environment
        self._address = f"http://127.0.0.1:{free_port()}"
        self._groups: list[int] = []

    def prepare(self, switches: str) -> None:
        """A checkout with two scenarios and a service provider."""
        (self.folder / "scenarios").mkdir()
        for name in ("joiner", "leaver"):
            shutil.copy(ROOT / "scenarios" / f"{name}.yaml", self.folder / "scenarios")
        port = self._address.rpartition(":")[2]
        start = self.folder / "start-service-provider"
        start.write_text(
            f'#!/bin/sh\nset -- --port {port} --token "$IDPSIM_TOKEN" {switches}\n'
            'if [ -e okta.xml ]; then set -- "$@" --saml okta.xml; fi\nexec idpsim sp "$@"\n'
        )
        start.chmod(0o755)

    def run(self, recipe: Recipe) -> list[int]:
        """The exit code of each script that was run; the job ends with the first that fails."""
        codes: list[int] = []
        for script in recipe.scripts:
            codes.append(self._shell(re.sub(r"^pip install .*", ":", script, flags=re.MULTILINE), recipe.variables))
            if codes[-1]:
                break
        return codes

    def _shell(self, script: str, variables: Mapping[str, str]) -> int:
        here = {name: self._here(value) for name, value in variables.items()}
        idp = {"IDPSIM_IDP_URL": f"http://localhost:{self._idp_port()}"}
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self.folder,
                env=within(self._bin, {**here, **idp}),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._groups.append(process.pid)
        return process.wait(AT_MOST)

    def _idp_port(self) -> int:
        file = self.folder / ".idp-port"
        if not file.exists():
            file.write_text(str(free_port()))
        return int(file.read_text())

    def _here(self, value: str) -> str:
        """An address of the recipes at the service provider that there is."""
        for theirs, ours in (("/scim/v2", "/scim/default/v2"), ("/saml/", "/sso/default/saml/"), ("/me", "/me")):
            value = value.replace(f"http://localhost:8000{theirs}", self._address + ours)
        return value

    def close(self) -> None:
        """End what the scripts have left running."""
        for group in self._groups:
            try:
                os.killpg(group, signal.SIGTERM)
            except ProcessLookupError:
                continue

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()


@pytest.fixture
def runner(environment: tuple[Path, Path], tmp_path: Path) -> Iterator[Runner]:
    machine = Runner(tmp_path, environment[1])
    yield machine
    machine.close()


def counted(report: Path) -> dict[str, int]:
    """Tests and failures of a JUnit report, after a look at whether it says the same everywhere."""
    suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    for suite in suites:
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        assert int(suite.attrib["failures"]) == len([case for case in cases if case.find("failure") is not None])
        assert all(case.get("name") and case.get("classname") and float(case.attrib["time"]) >= 0 for case in cases)
    return {key: sum(int(suite.attrib[key]) for suite in suites) for key in ("tests", "failures", "errors")}


@pytest.mark.xdist_group("installed")
@pytest.mark.parametrize("name", RECIPES)
def test_the_job_passes_and_leaves_what_it_uploads(runner: Runner, name: str) -> None:
    recipe = RECIPES[name]
    runner.prepare(RIGHT)

    codes = runner.run(recipe)

    assert codes == [0] * len(recipe.scripts), runner.log
    assert all(list(runner.folder.glob(path)) for path in recipe.reports)
    assert counted(runner.folder / "idpsim.xml")["tests"] > 5
    assert counted(runner.folder / "idpsim.xml")["failures"] == 0


@pytest.mark.xdist_group("installed")
@pytest.mark.parametrize("name", RECIPES)
def test_the_job_fails_at_its_run_and_leaves_the_report(runner: Runner, name: str) -> None:
    recipe = RECIPES[name]
    runner.prepare(WRONG)

    codes = runner.run(recipe)

    assert codes == [0] * (len(recipe.scripts) - 1) + [1], runner.log
    assert counted(runner.folder / "idpsim.xml")["failures"] > 0


@pytest.mark.xdist_group("installed")
def test_scenarios_are_tests_with_a_report(runner: Runner) -> None:
    runner.prepare(RIGHT)

    codes = runner.run(SCENARIOS)

    assert codes == [0, 0, 0], runner.log
    assert counted(runner.folder / "pytest.xml") == {"tests": 6, "failures": 0, "errors": 0}


@pytest.mark.xdist_group("installed")
def test_the_hook_reads_what_is_committed(environment: tuple[Path, Path], tmp_path: Path) -> None:
    bin = installed(copied(environment[1].parent, tmp_path / "venv").parent, "pre-commit")
    config: dict[str, Any] = yaml.safe_load(HOOK)
    config["repos"][0]["hooks"][0]["additional_dependencies"] = [str(environment[0])]
    folder = tmp_path / "project"
    (folder / "scenarios").mkdir(parents=True)
    (folder / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config))
    (folder / "compose.yaml").write_text("services: {}\n")
    shutil.copy(ROOT / "scenarios" / "leaver.yaml", folder / "scenarios" / "leaver.yaml")

    right = _committing(folder, bin, tmp_path)
    (folder / "scenarios" / "joiner.yml").write_text("steps:\n  - asign: ada\n")
    wrong = _committing(folder, bin, tmp_path)

    assert right.returncode == 0, right.stdout + right.stderr
    assert "Passed" in right.stdout
    assert wrong.returncode == 1
    assert "scenarios/joiner.yml:2:5" in wrong.stdout
    assert "compose.yaml" not in wrong.stdout


def _committing(folder: Path, bin: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """What pre-commit says of all files."""
    script = "git init -q . && git add --all && pre-commit run --all-files --verbose"
    environment = within(bin, {"PRE_COMMIT_HOME": str(home / "pre-commit"), "GIT_CONFIG_GLOBAL": "/dev/null"})
    return subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
