"""The documentation says what is so: its examples are read, its tables are generated and compared.

All its commands are run, from the wheel, by `tests/e2e/test_docs_blocks.py`; here are those of the README alone.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from idpsim.api import known
from idpsim.cli import main
from idpsim.scenario.nodes import compose, plain_values
from idpsim.scenario.schema import json_schema
from tests import docs_reference
from tests.docs_pages import HIDDEN, PAGES, ROOT, WIDTH, blocks, commands, is_excerpt, read_fragment
from tests.golden_files import Golden

README = ROOT / "README.md"
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
FIRST = ROOT / "idpsim" / "cli" / "first.yaml"


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_the_console_blocks_of_the_readme_show_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = list(blocks(README.read_text()))
    for block in page:
        if block.file:
            Path(block.file).write_text(block.text)
    for command, output in (each for block in page if block.language == "console" for each in commands(block.text)):
        program, *arguments = shlex.split(command)
        if program != "idpsim":
            continue

        ended = CliRunner(env={"COLUMNS": WIDTH}).invoke(main, arguments)

        assert is_excerpt(output, ended.stdout), ended.stdout


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_says_what_is_done_with_it_and_every_fragment_is_one(page: Path) -> None:
    found = [each for each in blocks(page.read_text()) if each.language != HIDDEN]

    fences = re.findall(r"^```", page.read_text(), re.MULTILINE)

    assert len(fences) == 2 * len(found)
    for block in found:
        if "fragment" in block.marks:
            read_fragment(block.text, known())


@pytest.mark.parametrize("page", [*PAGES, ROOT / "CONTRIBUTING.md"], ids=name)
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)", page.read_text())

    lost = [f"{path}#{at}" for path, at in links if not leads(page.parent / path if path else page, at)]

    assert not lost


def leads(file: Path, at: str) -> bool:
    """Whether a file is there, and a heading with that anchor in it."""
    if not file.exists() or not at:
        return file.exists()
    headings = re.findall(r"^#+ (.*)$", file.read_text(), re.MULTILINE)
    return at in {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    pages = {str(page.relative_to(ROOT / "docs")) for page in PAGES if page != README} - {"README.md"}

    missing = {page for page in pages if f"]({page})" not in index}

    assert not missing


def generated() -> Iterator[tuple[str, str]]:
    table = CliRunner().invoke(main, ["profiles", "--markdown"]).stdout.strip()
    head, rest = README.read_text().split("<!-- profiles -->")
    yield "README.md", f"{head}<!-- profiles -->\n{table}\n<!-- /profiles -->{rest.split('<!-- /profiles -->')[1]}"
    yield "scenarios/idpsim.schema.json", json.dumps(json_schema(known()), indent=2) + "\n"
    for page, text in docs_reference.pages():
        yield f"docs/reference/{page}", text


@pytest.mark.parametrize(("path", "text"), [pytest.param(*each, id=each[0]) for each in generated()])
def test_what_is_generated_is_up_to_date(path: str, text: str, golden: Golden) -> None:
    Golden(golden.rewrite, ROOT)(path, text)


@pytest.mark.parametrize("path", [*SCENARIOS, FIRST], ids=lambda path: path.stem)
def test_every_shipped_scenario_names_the_schema_for_editors_in_its_first_line(path: Path) -> None:
    first, _, rest = path.read_text().partition("\n")

    assert first == "# yaml-language-server: $schema=idpsim.schema.json"
    assert "$schema" not in rest


@pytest.mark.thorough
@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_shipped_scenarios_fit_the_schema_for_editors(path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    document = plain_values(compose(path.read_text(), str(path)))

    jsonschema.validate(document, json_schema(known()))
