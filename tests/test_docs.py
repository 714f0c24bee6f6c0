"""The documentation says what is so: its console blocks are run, its tables are generated and compared."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner

from idpsim.api import known
from idpsim.cli import main
from idpsim.profiles import all_sign_ons
from idpsim.scenario.load import load_text
from idpsim.scenario.reference import language_reference
from idpsim.scenario.schema import json_schema
from idpsim.sp import Switches
from idpsim.sso.tamper.catalogue import entries

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SCENARIOS = """# Scenarios

A scenario says what happens in the identity provider's directory, not what goes over the wire, so one file plays as
every vendor. `idpsim check FILE` reads it, `idpsim run FILE` plays it, `idpsim schema` prints the JSON Schema for
editors. Where a value is said to be by vendor it may be a mapping from vendors or profiles, or `any`, to values.

"""
MUST = {
    "refuse": "refuse",
    "not-victim": "refuse, or accept who is signed for",
    "accept": "accept",
    "either": "do either",
}
VOLATILE = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"), "<id>"),
    (re.compile(r"\.[a-z0-9]{5}(?=[@\"])"), ".<suffix>"),
    (re.compile(r"after [\d.]+ m?s"), "after <time>"),
    (re.compile(r"in [\d.]+ s$", re.MULTILINE), "in <time>"),
)


def plain(text: str) -> str:
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def blocks(kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each `$ command` of a console block with the output under it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def is_excerpt(excerpt: str, output: str) -> bool:
    """Whether `output` is the excerpt, in which a line of `...` stands for any lines."""
    pieces = [re.escape(plain(piece)) for piece in re.split(r"^\.\.\.$", excerpt, flags=re.MULTILINE)]
    return re.fullmatch(r"[\s\S]*?".join(pieces), plain(output)) is not None


@pytest.mark.parametrize("block", blocks("console"))
def test_the_console_blocks_of_the_readme_show_what_is_printed(
    block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("leaver.yaml").write_text(blocks("yaml")[0])
    for command, output in commands(block):
        program, *arguments = shlex.split(command)
        if program != "idpsim":
            continue

        ended = CliRunner(env={"COLUMNS": "96"}).invoke(main, arguments)

        assert is_excerpt(output, ended.stdout), ended.stdout


def generated() -> Iterator[tuple[str, str]]:
    table = CliRunner().invoke(main, ["profiles", "--markdown"]).stdout.strip()
    head, rest = README.split("<!-- profiles -->")
    yield "README.md", f"{head}<!-- profiles -->\n{table}\n<!-- /profiles -->{rest.split('<!-- /profiles -->')[1]}"
    yield "docs/scenarios.md", SCENARIOS + language_reference()
    yield "docs/service-provider.md", switches()
    yield "docs/settings.md", settings()
    yield "docs/falsified-sign-ins.md", falsifications()


def switches() -> str:
    lines = [
        "# The embedded service provider",
        "",
        "`idpsim sp` serves it, and a scenario without a target plays against it. It is right by default; each switch",
        "makes it another kind of service provider, or wrong in one way. In a scenario they stand under",
        "`target.embedded`, on the command line after `--switch`.",
        "",
        "| switch | default | choices | what it does |",
        "| --- | --- | --- | --- |",
    ]
    for each in fields(Switches):
        choices = ", ".join(f"`{str(choice).lower()}`" for choice in each.metadata["choices"]) or "any"
        default = str(each.default).lower() if not isinstance(each.default, tuple) else "none"
        lines.append(f"| `{each.name}` | `{default}` | {choices} | {each.metadata['doc']} |")
    return "\n".join(lines) + "\n"


def settings() -> str:
    lines = ["# The switches of the apps", "", "By profile, under the vendors' own names; `settings:` sets them.", ""]
    sign_in = {setting for each in all_sign_ons().values() for setting in each.settings}
    own = {
        name: {key: each for key, each in table.items() if key not in sign_in}
        for name, table in known().settings.items()
    }
    common = {f"{name}, sign-in": each.settings for name, each in all_sign_ons().items()}
    for name, table in {**own, **common}.items():
        lines += [f"## {name}", "", "| setting | default | choices | what it does |", "| --- | --- | --- | --- |"]
        for setting, each in table.items():
            choices = ", ".join(f"`{choice}`" for choice in each.choices) or each.kind
            default = str(each.default).lower() if isinstance(each.default, bool) else each.default or "none"
            source = f" [source]({each.source})" if each.source.startswith("http") else ""
            lines.append(f"| `{setting}` | `{default}` | {choices} | {each.doc}{source} |")
        lines.append("")
    return "\n".join(lines)


def falsifications() -> str:
    lines = [
        "# Falsified sign-ins",
        "",
        "What `tamper:` can name. A service provider must refuse; must never let the attacker in as the victim, and",
        "may accept whom the signature covers; must accept; or may do either; `scenarios/sso-hardening.yaml` plays it.",
    ]
    for protocol, title in (("saml", "SAML"), ("oidc", "OpenID Connect")):
        lines += [
            "",
            f"## {title}",
            "",
            "| tamper | what is falsified | right is to | why |",
            "| --- | --- | --- | --- |",
        ]
        for entry in (each for each in entries().values() if each.protocol == protocol):
            must = MUST[entry.must]
            lines.append(f"| `{entry.name}` | {entry.does} | {must} | {entry.why} [source]({entry.source}) |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("path", "text"), [pytest.param(*each, id=each[0]) for each in generated()])
def test_what_is_generated_is_up_to_date(path: str, text: str, request: pytest.FixtureRequest) -> None:
    file = ROOT / path
    if request.config.getoption("--rewrite-golden"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    assert file.read_text() == text, f"{path} is out of date: pytest tests/test_docs.py --rewrite-golden"


def test_the_scenario_of_the_page_on_sign_in_is_one() -> None:
    page = (ROOT / "docs" / "sign-in.md").read_text()
    (snippet,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    people = "directory:\n  people:\n    ada: {userName: ada@example.com}\n"

    scenario = load_text(people + snippet, "docs/sign-in.md", known=known(), variables={})

    assert scenario.script("okta").sso is not None


@pytest.mark.thorough
@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_scenarios_fit_the_schema_for_editors(path: Path) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    from idpsim.scenario.nodes import compose, plain_values

    document = plain_values(compose(path.read_text(), str(path)))

    jsonschema.validate(document, json_schema(known()))
