"""What the documentation shows of Python is typed as strictly as a project may ask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs_pages import ROOT, blocks

pytestmark = pytest.mark.thorough
EVERY_NAME = """\
import os

import idpsim
from idpsim import Client, Failed, Played, RunResult, Target


def passed(client: Client, name: str) -> bool:
    played: Played = client.assign(client.person(name), check=False)
    status: list[int | None] = [each.status for each in played.sent]
    return played.passed and 201 in status


def results() -> tuple[RunResult, ...]:
    return idpsim.run("leaver", target=Target(os.environ["SCIM_URL"], token="t0p"))


try:
    with idpsim.serve() as served, idpsim.client("onelogin", server=served) as client:
        passed(client, "ada")
except Failed as failed:
    print(failed.played.failures)
"""


def test_the_examples_are_typed(tmp_path: Path) -> None:
    python = [block for block in blocks((ROOT / "docs/how-to/python.md").read_text()) if block.language == "python"]
    files = {block.file: block.text for block in python} | {"every_name.py": EVERY_NAME}
    for name, text in files.items():
        (tmp_path / name).write_text(text)

    done = _checked(tmp_path, *files)

    assert len(python) >= 4
    assert done.stdout == f"Success: no issues found in {len(files)} source files\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('idpsim.client("okta").person("ada")', 'has no attribute "person"'),
        ('idpsim.client("okta", os.environ.get("SCIM_URL"))', "incompatible type"),
        ('idpsim.run("leaver", target=None)', "incompatible type"),
    ],
)
def test_a_misuse_is_seen_by_a_type_checker(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "misuse.py").write_text(f"import os\n\nimport idpsim\n\n{text}\nos.getcwd()\n")

    done = _checked(tmp_path, "misuse.py")

    assert "misuse.py:5: error: " in done.stdout
    assert said in done.stdout


def _checked(folder: Path, *files: str) -> subprocess.CompletedProcess[str]:
    cache = ROOT / ".mypy_cache" / "examples"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={cache}", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)
