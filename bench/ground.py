"""What the bench stands on: two virtual environments, a compiled stub, and processes that end with the bench."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOM = HERE.parent / ".bench"
SCIM = "/scim/v2"


@dataclass(frozen=True, slots=True)
class Ground:
    """`alone` is a Python with idpsim and nothing else, `full` one with everything that it is compared with."""

    alone: Path
    full: Path
    stub: Path

    def script(self, name: str) -> Path:
        """A console script of the Python where idpsim is alone."""
        return self.alone.with_name(name)


def prepare(source: Path) -> Ground:
    """Install idpsim from `source` as a wheel with its .pyc files, what it is compared with, and compile the stub."""
    ROOM.mkdir(exist_ok=True)
    (ROOM / ".gitignore").write_text("*\n")
    requirements = HERE / "requirements.txt"
    alone = _python(ROOM / "alone", ())
    full = _python(ROOM / "full", ("-r", str(requirements)))
    wheel = _wheel(source)
    for python in (alone, full):
        _pip(python, "install", str(wheel))
        _pip(python, "install", "--force-reinstall", "--no-deps", "--compile", str(wheel))
    return Ground(alone, full, _compiled())


def _python(place: Path, packages: tuple[str, ...]) -> Path:
    """The interpreter of a virtual environment with these packages, made anew when what is asked for has changed."""
    asked = hashlib.sha256(
        "".join([sys.version, *(Path(p).read_text() if p.endswith(".txt") else p for p in packages)]).encode()
    )
    stamp, python = place / "asked", place / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != asked.hexdigest():
        shutil.rmtree(place, ignore_errors=True)
        venv.create(place, with_pip=True)
        if packages:
            _pip(python, "install", *packages)
        stamp.write_text(asked.hexdigest())
    return python


def _wheel(source: Path) -> Path:
    place = ROOM / "wheel"
    shutil.rmtree(place, ignore_errors=True)
    _pip(ROOM / "full" / "bin" / "python", "wheel", "--no-deps", "--wheel-dir", str(place), str(source))
    return next(place.glob("idpsim-*.whl"))


def _pip(python: Path, *arguments: str) -> None:
    command = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)}\n{ended.stderr}")


def _compiled() -> Path:
    stub = ROOM / "stub"
    ended = subprocess.run(["cc", "-O2", "-o", str(stub), str(HERE / "stub.c")], capture_output=True, text=True)
    if ended.returncode:
        raise SystemExit(f"the stub cannot be compiled (it needs Linux and a C compiler):\n{ended.stderr}")
    return stub


@contextmanager
def serving(ground: Ground, delay: float = 0) -> Iterator[str]:
    """The base URL of a running stub that takes `delay` milliseconds for each answer."""
    command = [str(ground.stub), "--delay", str(delay)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}{SCIM}"
        finally:
            process.stdin.close()
