"""Installs the service providers that idpsim did not write: `python -m tests.service_providers.install [NAME…]`.

Everything goes into `.service-providers/` at the root of the checkout, in exact versions (`requirements.txt`,
`npm/package-lock.json`). What is there already stays; needs python3, node and npm. Apache with its modules, the
xmlsec1 binary and Chromium, which tests sign in with, are the system's: `apt-get install` with what `DEBIAN` lists.
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

SCIM = {"scim2-server": "python", "django-scim2": "python", "scimmy-routers": "node", "better-auth": "node"}
SIGN_IN = {
    "python3-saml": "python",
    "node-saml": "node",
    "openid-client": "node",
    "mod-auth-mellon": "debian",
    "mod-auth-openidc": "debian",
    "better-auth-sso": "node",
    "django-sso": "python",
    "xmlsec1": "debian",
}
EXAMPLES = {"flask-sp": "python", "django-sp": "python", "fastapi-sp": "python", "express-sp": "node"}
KINDS = SCIM | SIGN_IN | EXAMPLES
NAMES = tuple(SCIM)
DEBIAN = (
    "apache2-bin",
    "libapache2-mod-auth-mellon",
    "libapache2-mod-auth-openidc",
    "xmlsec1",
    "chromium",
    "chromium-driver",
)
APACHE_MODULES = Path("/usr/lib/apache2/modules")


def stamp(kind: str) -> Path:
    """The file that says, by its existence, that exactly these versions are installed."""
    pins = ("requirements.txt",) if kind == "python" else ("npm/package.json", "npm/package-lock.json")
    digest = hashlib.sha256(b"".join((HERE / pin).read_bytes() for pin in pins)).hexdigest()[:16]
    return (VENV if kind == "python" else NODE) / f".installed-{digest}"


def missing(name: str) -> str | None:
    """What keeps this service provider from being started, in one sentence, or None."""
    if KINDS[name] == "debian":
        wanted = {"xmlsec1": "xmlsec1"}.get(name, f"libapache2-{name}")
        there = program("xmlsec1") if name == "xmlsec1" else program("apache2") and apache_module(name).exists()
        return None if there else f"{name} is not installed: run apt-get install -y --no-install-recommends {wanted}"
    if KINDS[name] == "node" and shutil.which("node") is None:
        return f"{name} needs node {NODE_OLDEST} or newer, which is not on the PATH"
    if not stamp(KINDS[name]).exists():
        return f"{name} is not installed: run python -m tests.service_providers.install {name}"
    return None


def program(name: str) -> str | None:
    """Where a program of the system is, where administrators' programs are too."""
    return shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")


def apache_module(name: str) -> Path:
    """The file of one of Apache's modules: `mod-auth-mellon`, `mpm_event`."""
    return APACHE_MODULES / f"mod_{name.removeprefix('mod-').replace('-', '_')}.so"


def install(kind: str) -> None:
    """Installs all of one kind, from nothing, unless these very versions are there; subprocess errors pass.

    What is the system's is left to its administrator.
    """
    if kind == "debian" or stamp(kind).exists():
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
    if unknown := set(names) - set(KINDS):
        sys.exit(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(KINDS)}")
    for kind in dict.fromkeys(KINDS[name] for name in names or KINDS):
        install(kind)
    for name in names or KINDS:
        print(f"{name}: {missing(name) or 'installed'}")


if __name__ == "__main__":
    main(sys.argv[1:])
