"""Each example passes its own tests, and fails them as its README tells when its bug is put back."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs_pages import commands, edited, is_excerpt
from tests.e2e.installing import PIP, ROOT, pip, wheel, within
from tests.service_providers.install import BIN, EXAMPLES, HERE, NODE
from tests.service_providers.running import why_not

MANIFEST = ROOT / "examples" / "express-sp" / "package.json"
STRICT = ("-n", "2", "-p", "no:cacheprovider", "-W", "error", "--strict-markers", "--strict-config")
HUNK = re.compile(r"^@@ .* @@.*\n", re.MULTILINE)
# Which members are lost is a matter of chance.
CHANCE = re.compile(r"members are [\w, ]+(?=, expected)")


@dataclass(frozen=True)
class Red:
    """What fails when the bug is back, and the sentence that says so; the rest of the tests passes."""

    says: str
    fails: frozenset[str]
    passed: int


def named(*names: str) -> frozenset[str]:
    return frozenset(f"tests/test_provisioning.py::{name}" for name in names)


PYTHON = {
    "flask-sp": Red(
        "ada: active is true, expected false",
        named("test_a_leaver_may_not_log_in[entra]", "test_who_comes_back_gets_the_same_account[entra]"),
        passed=23,
    ),
    "django-sp": Red(
        "buyers: failed: PATCH /Groups/1 was answered 501",
        named(*(f"test_who_leaves_a_group_loses_its_rights[{name}]" for name in ("okta", "entra-flag"))),
        passed=23,
    ),
    "fastapi-sp": Red(
        "Operations.0.path: Field required",
        named(
            "test_a_mover_is_brought_up_to_date[entra-flag]",
            "test_a_leaver_is_signed_out_and_stays_out[okta]",
            "test_an_account_whose_answer_got_lost_is_found_again[okta]",
        ),
        passed=17,
    ),
}
Make = Callable[[str], "Example"]


@dataclass(frozen=True)
class Example:
    """A copy of an example, and the `bin` folder of the environment that it runs in."""

    folder: Path
    bin: Path

    def ran(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A command in the example's folder, as in a terminal of the width of its README."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=within(self.bin, {"COLUMNS": "96"}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=120,
        )

    def pytest(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.ran(str(self.bin / "python"), "-m", "pytest", "-q", *options)

    def put_the_bug_back(self) -> None:
        """What `patch -p1 < bug.patch` does; ValueError where a hunk does not fit exactly once."""
        head, *hunks = HUNK.split((self.folder / "bug.patch").read_text())
        file = self.folder / head.rpartition("+++ b/")[2].strip()
        text = file.read_text()
        for hunk in hunks:
            text = edited(text, hunk)
        file.write_text(text)

    @property
    def told(self) -> str:
        """The output that the README shows."""
        found = re.search(r"^```console\n(.*?)^```$", (self.folder / "README.md").read_text(), re.MULTILINE | re.DOTALL)
        assert found is not None
        ((_, output),) = commands(found[1])
        return output


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` folder of an environment with the wheel and what the examples need."""
    for name in EXAMPLES:
        if reason := why_not(name):
            pytest.skip(reason)
    folder = tmp_path_factory.mktemp("examples")
    place = folder / "venv"
    subprocess.run([BIN / "python", "-m", "venv", "--without-pip", place], check=True, timeout=60)
    (packages,) = place.glob("lib/python*/site-packages")
    (packages / "examples.pth").write_text(f"{BIN.parent / packages.relative_to(place)}\n")
    pip("--python", place / "bin" / "python", "install", *PIP, "--no-deps", wheel(folder), cwd=folder)
    return place / "bin"


@pytest.fixture
def example(environment: Path, tmp_path: Path) -> Make:
    """Copies an example to where nothing of the checkout is."""

    def copied(name: str) -> Example:
        unwanted = shutil.ignore_patterns("node_modules", "__pycache__", ".*_cache", "*.sqlite3")
        shutil.copytree(ROOT / "examples" / name, tmp_path / name, ignore=unwanted)
        if EXAMPLES[name] == "node":
            os.symlink(NODE / "node_modules", tmp_path / name / "node_modules")
        return Example(tmp_path / name, environment)

    return copied


def settled(output: str) -> str:
    return CHANCE.sub("members are some", output)


@pytest.mark.xdist_group("installed")
@pytest.mark.parametrize("name", PYTHON)
def test_a_python_example_passes_its_tests_in_parallel_and_under_strict_settings(example: Make, name: str) -> None:
    ended = example(name).pytest(*STRICT)

    assert ended.returncode == 0, ended.stdout
    assert f"{PYTHON[name].passed + len(PYTHON[name].fails)} passed" in ended.stdout


@pytest.mark.xdist_group("installed")
@pytest.mark.parametrize("name", PYTHON)
def test_a_python_example_fails_as_its_readme_tells_when_its_bug_is_back(example: Make, name: str) -> None:
    red, there = PYTHON[name], example(name)
    there.put_the_bug_back()

    ended = there.pytest()

    assert ended.returncode == 1, ended.stdout
    assert set(re.findall(r"^FAILED (\S+)", ended.stdout, re.MULTILINE)) == red.fails
    assert f"{len(red.fails)} failed, {red.passed} passed" in ended.stdout
    assert red.says in ended.stdout
    assert is_excerpt(there.told, ended.stdout), ended.stdout


@pytest.mark.xdist_group("installed")
def test_the_javascript_example_passes_and_leaves_a_report_for_the_ci(example: Make) -> None:
    there = example("express-sp")

    ended = there.ran("npm", "test")

    assert ended.returncode == 0, ended.stdout
    assert "10 runs, 10 passed" in ended.stdout
    assert "<testsuite" in (there.folder / "junit.xml").read_text()


@pytest.mark.xdist_group("installed")
def test_the_javascript_example_fails_as_its_readme_tells_when_its_bug_is_back(example: Make) -> None:
    there = example("express-sp")
    there.put_the_bug_back()

    ended = there.ran("npm", "test")

    assert ended.returncode == 1, ended.stdout
    assert "FAIL  scenarios/team.yaml:14 as entra: push agents" in ended.stdout
    assert "10 runs, 8 passed, 2 failed" in ended.stdout
    assert is_excerpt(settled(there.told), settled(ended.stdout)), ended.stdout


def test_every_example_is_tested() -> None:
    assert {file.parent.name for file in ROOT.glob("examples/*/README.md")} == set(EXAMPLES)


def test_the_javascript_example_is_tested_with_the_versions_that_it_asks_for() -> None:
    asked, there = (json.loads(file.read_text())["dependencies"] for file in (MANIFEST, HERE / "npm" / "package.json"))

    assert asked.items() <= there.items()
