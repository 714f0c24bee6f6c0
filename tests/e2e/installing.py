"""Fresh environments that hold the wheel and nothing of the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIP = ("--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "15")
_OURS = ("PYTHON", "PYTEST", "IDPSIM", "SCIM_", "SP_", "VIRTUAL_ENV", "COV")


def clean() -> dict[str, str]:
    """The environment without what this process was started with for idpsim and Python."""
    return {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}


def pip(*words: str | Path, cwd: Path) -> None:
    """Run pip; the test is skipped where no package index is reached, but under CI=1."""
    line = [sys.executable, "-m", "pip", *map(str, words)]
    ended = subprocess.run(line, cwd=cwd, capture_output=True, text=True, timeout=300, env=clean())
    if ended.returncode and "No matching distribution" in ended.stderr + ended.stdout and not os.environ.get("CI"):
        pytest.skip("pip does not reach a package index")
    assert ended.returncode == 0, ended.stderr


def wheel(folder: Path) -> Path:
    """The wheel, built from the checkout into a folder."""
    pip("wheel", *PIP, "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("idpsim-*.whl"))


def installed(place: Path, *what: str | Path) -> Path:
    """The `bin` folder of an environment, made where there is none, after installing these into it."""
    if not place.exists():
        venv.create(place, with_pip=False)
    pip("--python", place / "bin" / "python", "install", *PIP, *what, cwd=place)
    return place / "bin"


def copied(environment: Path, place: Path) -> Path:
    """The `bin` folder of a copy of an environment: what is installed into the copy stays out of the original."""
    shutil.copytree(environment, place, symlinks=True, copy_function=os.link)
    for script in (place / "bin").iterdir():
        if not script.is_symlink() and script.read_bytes().startswith(b"#!"):
            text = script.read_text().replace(str(environment), str(place))
            script.unlink()
            script.write_text(text)
            script.chmod(0o755)
    return place / "bin"


def within(environment: Path, more: Mapping[str, str]) -> dict[str, str]:
    """What a shell has in which an environment, given by its `bin` folder, is activated."""
    path = f"{environment}{os.pathsep}{os.environ['PATH']}"
    return {**clean(), "PATH": path, "VIRTUAL_ENV": str(environment.parent), **more}
