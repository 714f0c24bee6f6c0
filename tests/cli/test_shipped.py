"""The scenarios that come with idpsim, by name: played, checked, copied and listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from idpsim.scenario.shipped import file_of, names
from tests.cli.conftest import Idpsim

SCHEMA = Path("idpsim.schema.json")
ROOT = Path(__file__).parents[2]


def test_a_name_plays_the_scenario_of_that_name(idpsim: Idpsim) -> None:
    ended = idpsim("run", "joiner", "--idp", "okta", "-q")

    assert ended.exit_code == 0, ended.output
    assert "1 run, 1 passed" in ended.output


def test_every_shipped_scenario_is_right_by_name(idpsim: Idpsim) -> None:
    ended = idpsim("check", *names())

    assert ended.exit_code == 0, ended.output
    assert ended.stdout.count("ok  ") == len(list((ROOT / "scenarios").glob("*.yaml")))


def test_a_file_here_wins_over_a_shipped_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("leaver").write_text("steps: []\n")

    assert file_of("leaver") == "leaver"


@pytest.mark.parametrize("mine", ["leaver.yaml", "leaver.yml"])
def test_ones_own_copy_comes_before_the_shipped_scenario(
    mine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(mine).write_text("steps: []\n")

    assert file_of("leaver") == mine


@pytest.mark.parametrize("path", ["./leaver", "here/leaver", "other.yaml", "/leaver"])
def test_what_looks_like_a_path_is_one(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert file_of(path) == path


@pytest.mark.parametrize("command", ["run", "check", "serve"])
def test_a_slip_is_answered_with_the_names_that_are_near(idpsim: Idpsim, command: str) -> None:
    ended = idpsim(command, "leavr")

    assert ended.exit_code == 2
    assert ended.stderr.startswith("error: there is no file 'leavr' here, and no scenario 'leavr' comes with idpsim")
    assert "did you mean leaver" in ended.stderr
    assert "idpsim init --list" in ended.stderr


def test_a_name_that_is_near_to_none_is_answered_with_all(idpsim: Idpsim) -> None:
    ended = idpsim("run", "qqq")

    assert ended.exit_code == 2
    assert all(name in ended.stderr for name in names())


def test_a_missing_file_that_has_a_shipped_name_says_how_to_get_it(idpsim: Idpsim) -> None:
    ended = idpsim("run", "leaver.yaml")

    assert ended.exit_code == 2
    assert "leaver.yaml cannot be read" in ended.stderr
    assert "idpsim init --from leaver" in ended.stderr


def test_init_copies_a_shipped_scenario_under_its_own_name(idpsim: Idpsim) -> None:
    ended = idpsim("init", "--from", "sso-leaver")

    assert ended.exit_code == 0
    assert "idpsim run sso-leaver.yaml" in ended.output
    assert Path("sso-leaver.yaml").read_bytes() == (ROOT / "scenarios" / "sso-leaver.yaml").read_bytes()


def test_init_copies_into_a_file_of_another_name(idpsim: Idpsim) -> None:
    assert idpsim("init", "--from", "leaver", "tests/mine.yaml").exit_code == 0
    assert idpsim("check", "tests/mine.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "leavr"], "did you mean leaver"),
        (["--from", "../leaver"], "no scenario '../leaver' comes with idpsim"),
        (["--list", "x.yaml"], "--list takes neither FILE nor --from"),
        (["--list", "--from", "leaver"], "--list takes neither FILE nor --from"),
    ],
)
def test_init_refuses_what_it_cannot_do_and_writes_nothing(idpsim: Idpsim, arguments: list[str], said: str) -> None:
    ended = idpsim("init", *arguments)

    assert ended.exit_code == 2
    assert said in ended.stderr
    assert not list(Path().iterdir())


def test_the_list_has_every_name_with_what_it_is_about(idpsim: Idpsim) -> None:
    output = idpsim("init", "--list").output

    assert all(f"\n{name}: " in f"\n{output}" for name in names())
    assert "leaver: A leaver loses access\n    Access ends when the assignment ends" in output


def test_init_writes_the_schema_beside_the_scenario(idpsim: Idpsim) -> None:
    idpsim("init", "tests/first.yaml")

    assert Path("tests", SCHEMA).read_text() == idpsim("schema").output


def test_init_brings_an_older_schema_of_idpsims_up_to_date(idpsim: Idpsim) -> None:
    SCHEMA.write_text(json.dumps({"title": "idpsim scenario", "properties": {}}))

    idpsim("init")

    assert SCHEMA.read_text() == idpsim("schema").output


@pytest.mark.parametrize(
    "theirs", ["{}", '{"title": "another"}', "[1]", "not JSON", "", '{"title": ["idpsim scenario"]}']
)
def test_init_leaves_a_foreign_file_in_the_schemas_place(idpsim: Idpsim, theirs: str) -> None:
    SCHEMA.write_text(theirs)

    ended = idpsim("init")

    assert ended.exit_code == 0
    assert "idpsim.schema.json is not idpsim's and stays" in ended.output
    assert SCHEMA.read_text() == theirs


def test_init_leaves_a_folder_in_the_schemas_place(idpsim: Idpsim) -> None:
    SCHEMA.mkdir()

    ended = idpsim("init")

    assert ended.exit_code == 0
    assert SCHEMA.is_dir()
