"""What is packed: the wheel and the sdist, the Dockerfile that takes the wheel, the hook, and the page on CI."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from idpsim import __version__
from idpsim.cli import COMMANDS, main
from tests.docs_pages import blocks

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CI_PAGE = (ROOT / "docs" / "ci.md").read_text()
HOOK: dict[str, Any] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
NOT_OURS = {"__pycache__", ".DS_Store"}
_BUILD = "import sys; from hatchling import build; print(getattr(build, 'build_' + sys.argv[1])(sys.argv[2]))"


def build(kind: str, source: Path, into: Path) -> Path:
    """The wheel or sdist of a source tree, built without a network."""
    line = [sys.executable, "-c", _BUILD, kind, str(into)]
    made = subprocess.run(line, cwd=source, capture_output=True, text=True, check=True)
    return into / made.stdout.split()[-1]


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@dataclass(frozen=True)
class Packed:
    """The wheel of this tree, the sdist of this tree, and the wheel of that sdist."""

    wheel: Path
    sdist: Path
    again: Path


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    folder = tmp_path_factory.mktemp("packed")
    sdist = build("sdist", ROOT, folder)
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    unpacked = folder / sdist.name.removesuffix(".tar.gz")
    (folder / "again").mkdir()
    return Packed(build("wheel", ROOT, folder), sdist, build("wheel", unpacked, folder / "again"))


def tree() -> Iterator[str]:
    """What the wheel should hold of this tree."""
    for home in ("idpsim", "scenarios"):
        for file in sorted((ROOT / home).rglob("*")):
            if file.is_file() and not NOT_OURS & set(file.parts):
                yield str(file.relative_to(ROOT)).replace("scenarios/", "idpsim/scenarios/", home == "scenarios")


def test_the_wheel_holds_the_package_with_its_scenarios_and_nothing_else(packed: Packed) -> None:
    names = {name for name in contents(packed.wheel) if ".dist-info/" not in name}

    assert names == set(tree())
    assert {"idpsim/py.typed", "idpsim/scenarios/leaver.yaml", "idpsim/sso/templates/base.html"} <= names
    assert {Path(name).suffix for name in names} == {".py", ".yaml", ".json", ".html", ".css", ".typed"}


def test_a_wheel_of_the_sdist_is_the_wheel_of_the_checkout(packed: Packed) -> None:
    assert contents(packed.again) == contents(packed.wheel)


def test_the_sdist_holds_what_its_tests_and_its_image_need(packed: Packed) -> None:
    with tarfile.open(packed.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"Dockerfile", ".dockerignore", ".pre-commit-hooks.yaml", ".ci/run", "docs/ci.md", "Makefile"} <= names
    assert "tests/test_packaging.py" in names
    assert not [name for name in names if "node_modules" in name or name.endswith((".pem", ".har"))]


def test_every_module_that_is_imported_belongs_to_a_dependency() -> None:
    declared = {re.split(r"[<>=]", each)[0].lower() for each in PROJECT["project"]["dependencies"]}
    packages = {"yaml": "pyyaml", "saml2": "pysaml2"}
    of_its_user = {"pytest", "_pytest", "django"}  # the plugin has what the project that it plugs into has
    without = sys.stdlib_module_names | {"idpsim", "_typeshed"} | of_its_user
    found = re.compile(r"^\s*(?:from|import) ([A-Za-z_]\w*)(?:[. ].*)? ?(?:import |$|as )", re.MULTILINE)

    imported = {
        packages.get(name, name)
        for file in (ROOT / "idpsim").rglob("*.py")
        for name in found.findall(_code(file.read_text()))
        if name not in without
    }

    assert imported <= declared
    assert declared <= imported | {"pysaml2"}


def _code(text: str) -> str:
    return re.sub(r'"""[\s\S]*?"""', "", text)


def test_what_is_said_of_the_project_is_so() -> None:
    project = PROJECT["project"]
    newest = re.search(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest is not None
    assert newest[1] == "Unreleased" or newest[1].strip("[]").startswith(__version__)
    assert project["scripts"] == {"idpsim": "idpsim.cli:main"}
    assert (
        f"Programming Language :: Python :: {project['requires-python'].removeprefix('>=')}" in project["classifiers"]
    )
    assert project["classifiers"] == sorted(project["classifiers"])
    assert "urls" not in project, "an address that is real can be tested"


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile."""

    name: str
    words: str


def dockerfile() -> list[Instruction]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [Instruction(*line.split(maxsplit=1)) for line in lines]


def only(name: str) -> str:
    (found,) = [each.words for each in dockerfile() if each.name == name]
    return found


def test_the_image_takes_the_wheel_and_nothing_else(packed: Packed) -> None:
    source, destination = only("COPY").split()
    ignored = (ROOT / ".dockerignore").read_text().splitlines()

    assert fnmatch(f"dist/{packed.wheel.name}", source)
    assert [line for line in ignored if not line.startswith("#")] == ["*", f"!{source}"]
    assert f"pip install --no-cache-dir {destination}{Path(source).name}" in only("RUN")
    assert not re.search(r"apt|curl|wget|https?:|--index|git ", only("RUN"))


def test_the_image_runs_idpsim_as_somebody_who_is_not_root() -> None:
    names = [each.name for each in dockerfile()]

    assert only("FROM") == f"python:{_newest_python()}-slim"
    assert only("USER") == "idpsim"
    assert f"useradd --create-home {only('USER')}" in only("RUN")
    assert names.index("RUN") < names.index("USER") < names.index("ENTRYPOINT")
    assert yaml.safe_load(only("ENTRYPOINT")) == list(PROJECT["project"]["scripts"])
    assert yaml.safe_load(only("CMD"))[0] in COMMANDS


def _newest_python() -> str:
    found = [
        re.fullmatch(r"Programming Language :: Python :: 3\.(\d+)", each) for each in PROJECT["project"]["classifiers"]
    ]
    return f"3.{max(int(each[1]) for each in found if each)}"


def commands_of_the_page() -> list[str]:
    """Every call of idpsim in a block of the page, as one types it."""
    lines = [line for block in blocks(CI_PAGE) for line in block.text.splitlines()]
    calls = [re.search(rf"\bidpsim (?:{'|'.join(COMMANDS)})\b[^>&]*", line) for line in lines]
    return sorted({call[0].strip() for call in calls if call and not re.search("name:|entry:", call.string)})


@pytest.mark.parametrize("command", commands_of_the_page())
def test_the_commands_of_the_page_on_ci_have_these_options(command: str) -> None:
    _, name, *arguments = shlex.split(command)
    context = click.Context(main, **main.context_settings)
    found = main.get_command(context, name)

    assert found is not None
    assert found.make_context(name, arguments, context).params


@pytest.mark.parametrize(
    "block", [block for block in blocks(CI_PAGE) if block.language == "yaml"], ids=lambda b: b.line
)
def test_the_recipes_are_yaml_and_name_whole_versions_of_actions(block: Any) -> None:
    document = yaml.safe_load(block.text)
    used = re.findall(r"uses: (\S+)", block.text)

    assert isinstance(document, dict)
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", each) for each in used)


def test_the_hook_is_the_one_that_the_page_shows() -> None:
    (shown,) = [yaml.safe_load(block.text) for block in blocks(CI_PAGE) if "repos:" in block.text]
    (hook,) = shown["repos"][0]["hooks"]
    same = ("id", "name", "entry", "language", "types", "files")

    assert {key: hook[key] for key in same} == {key: HOOK[key] for key in same}


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("scenarios/leaver.yaml", True),
        ("tests/scim/scenarios/leaver.yml", True),
        ("scenarios/idpsim.schema.json", False),
        ("my-scenarios/leaver.yaml", False),
        ("scenarios/data/people.yaml", False),
        (".github/workflows/ci.yaml", False),
    ],
)
def test_the_hook_reads_scenarios_only(path: str, read: bool) -> None:
    assert bool(re.search(HOOK["files"], path)) is read
