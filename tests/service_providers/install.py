"""Installs the service providers that idpsim did not write: `python -m tests.service_providers.install [NAME…]`.

Everything goes into `.service-providers/` at the root of the checkout, in exact versions (`requirements.txt`,
`npm/package-lock.json`). What is there already stays; needs python3, node and npm.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = Path(os.environ.get("IDPSIM_SERVICE_PROVIDERS", HERE.parents[1] / ".service-providers"))
VENV, NODE = ROOT / "venv", ROOT / "node"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
NODE_OLDEST = 20

KINDS = {"scim2-server": "python", "django-scim2": "python", "scimmy-routers": "node", "better-auth": "node"}
NAMES = tuple(KINDS)


def stamp(kind: str) -> Path:
    """The file that says, by its existence, that exactly these versions are installed."""
    pins = ("requirements.txt",) if kind == "python" else ("npm/package.json", "npm/package-lock.json")
    digest = hashlib.sha256(b"".join((HERE / pin).read_bytes() for pin in pins)).hexdigest()[:16]
    return (VENV if kind == "python" else NODE) / f".installed-{digest}"


def missing(name: str) -> str | None:
    """What keeps this service provider from being started, in one sentence, or None."""
    if KINDS[name] == "node" and shutil.which("node") is None:
        return f"{name} needs node {NODE_OLDEST} or newer, which is not on the PATH"
    if not stamp(KINDS[name]).exists():
        return f"{name} is not installed: run python -m tests.service_providers.install {name}"
    return None


def install(kind: str) -> None:
    """Installs the two of one kind, from nothing, unless these very versions are there; subprocess errors pass."""
    if stamp(kind).exists():
        return
    folder = VENV if kind == "python" else NODE
    shutil.rmtree(folder, ignore_errors=True)
    if kind == "python":
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        pip = [str(BIN / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--requirement", str(HERE / "requirements.txt")], check=True)
    else:
        folder.mkdir(parents=True)
        for pins in ("package.json", "package-lock.json"):
            shutil.copy(HERE / "npm" / pins, folder)
        npm = shutil.which("npm") or "npm"
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], check=True, cwd=folder)
    stamp(kind).touch()


def main(names: list[str]) -> None:
    if unknown := set(names) - set(NAMES):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    for kind in dict.fromkeys(KINDS[name] for name in names or NAMES):
        install(kind)
    for name in names or NAMES:
        print(f"{name}: {missing(name) or 'installed'}")


if __name__ == "__main__":
    main(sys.argv[1:])
