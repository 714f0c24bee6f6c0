"""The command line, called as a user calls it, with a home and an environment of its own."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from idpsim.cli import main
from idpsim.profiles import all_sign_ons
from idpsim.sso.keys import make
from idpsim.sso.provider import app_of

Idpsim = Callable[..., Result]
Scenario = Callable[..., str]
SETTLED = [
    (re.compile(r"in \d+\.\d s\b"), "in 0.0 s"),
    (re.compile(r"after \d+ ms"), "after 0 ms"),
]


@pytest.fixture
def idpsim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Idpsim]:
    """Runs `idpsim ARGUMENTS` in an empty directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("IDPSIM_TARGET", "IDPSIM_TOKEN", "SCIM_TOKEN", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, **more: Any) -> Result:
        return CliRunner().invoke(main, list(arguments), prog_name="idpsim", **more)

    return call


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as `idpsim certs` leaves it, made once, since keys take their time."""
    folder = tmp_path_factory.mktemp("made") / "certs"
    list(make(folder, [app_of(each) for each in all_sign_ons().values()]))
    return folder


@pytest.fixture
def keys(made_keys: Path, tmp_path: Path) -> Path:
    """Keys where `idpsim certs` puts them."""
    return Path(shutil.copytree(made_keys, tmp_path / "certs"))


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    """Writes a scenario that plays as one vendor, and gives its name."""

    def write(steps: list[Any], name: str = "s.yaml", **top: Any) -> str:
        people = {
            "ada": {"userName": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"},
            "grace": {"userName": "grace@example.com", "givenName": "Grace", "familyName": "Hopper"},
        }
        document = {"name": "A leaver", "idp": "okta", "directory": {"people": people}, **top}
        lines = [f"{key}: {json.dumps(value)}" for key, value in document.items()]
        lines += ["steps:", *(f"  - {json.dumps(step)}" for step in steps)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        return name

    return write


@pytest.fixture
def leaver(scenario: Scenario) -> str:
    """A scenario that passes against the embedded service provider."""
    return scenario([{"assign": ["ada", "grace"]}, {"unassign": "ada", "expect": {"user": {"active": False}}}])


@pytest.fixture
def failing(tmp_path: Path) -> str:
    """A scenario that fails: the service provider ignores what deactivates a user."""
    (tmp_path / "leaver.yaml").write_text(
        "name: A leaver loses access\n"
        "idp: okta\n"
        "target:\n"
        "  embedded: {ignore_pathless: true}\n"
        "directory:\n"
        "  people:\n"
        "    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}\n"
        "steps:\n"
        "  - assign: ada\n"
        "  - suspend: ada\n"
        "  - unassign: ada\n"
        "    expect: {user: {active: false}}\n"
        "  - assign: ada\n"
        "    only: [entra]\n",
        encoding="utf-8",
    )
    return "leaver.yaml"


def settled(text: str) -> str:
    """Output without what is different in each run."""
    for pattern, instead in SETTLED:
        text = pattern.sub(instead, text)
    return text
