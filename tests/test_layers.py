"""The layers of the package: who may import whom."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "idpsim"
BOTTOM = {"wire", "directory", "clock", "har", "redact", "errors", "scim", "transcript", "signon", "serving", "saml"}
BELOW = {
    "transport": BOTTOM,
    "sp": BOTTOM,
    "provisioning": BOTTOM | {"transport"},
    "profiles": BOTTOM | {"transport", "provisioning"},
    "scenario": BOTTOM | {"transport", "provisioning", "profiles"},
    "sso": BOTTOM | {"transport", "profiles"},
    "report": BOTTOM | {"transport", "provisioning", "profiles", "scenario"},
    "api": BOTTOM | {"transport", "provisioning", "profiles", "scenario", "report", "sp", "sso", "signing"},
    "signing": BOTTOM | {"transport", "provisioning", "profiles", "scenario", "sp", "sso"},
    "cli": BOTTOM | {"transport", "provisioning", "profiles", "scenario", "report", "sp", "sso", "signing", "api"},
    "__main__": {"cli"},
    "__init__": BOTTOM | {"scenario", "api"},
} | dict.fromkeys(BOTTOM, BOTTOM)
BELOW["pytest_plugin"] = BELOW["cli"] | {"__init__"}
VENDORS = ("okta", "entra", "onelogin", "azure")


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def area(path: Path) -> str:
    """The first name below the package: `scenario` for `idpsim/scenario/load.py`."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    """The areas that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("idpsim."):
            yield node.module.split(".")[1]
        elif isinstance(node, ast.ImportFrom) and node.module == "idpsim":
            names = (alias.name for alias in node.names if not alias.name.startswith("__"))
            yield from (name if name in BELOW else "__init__" for name in names)
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("idpsim."))


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    mine = area(path)

    upward = {other for other in imports(path) if other != mine and other not in BELOW[mine]}

    assert not upward, f"{mine} must not import {', '.join(sorted(upward))}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_profiles_name_a_vendor(path: Path) -> None:
    prose = ast.get_docstring(ast.parse(path.read_text())) or ""
    code = path.read_text().lower().replace(prose.lower(), "")

    exempt = area(path) in ("profiles", "pytest_plugin", "__init__")
    named = [] if exempt else [vendor for vendor in VENDORS if vendor in code]

    assert not named, f"{', '.join(named)} named outside profiles/"


def test_every_vendor_is_one_package_that_names_no_other() -> None:
    packages = [each for each in (PACKAGE / "profiles").iterdir() if (each / "scim.py").exists()]

    strangers = {
        f"{path.relative_to(PACKAGE)}: {other.name}"
        for package in packages
        for path in package.rglob("*.py")
        for other in packages
        if other != package and f"profiles.{other.name}" in path.read_text()
    }

    assert len(packages) == 3
    assert not strangers


def test_modules_stay_short() -> None:
    long = {str(path.relative_to(PACKAGE)): n for path in modules() if (n := len(path.read_text().splitlines())) > 300}

    assert not long
