"""`idpsim check` on many files at once, as pre-commit calls it, and on YAML that is no scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Idpsim, Scenario

STRANGERS = {
    "services:\n  web: {image: x}\nvolumes: {}\n": "a mapping with services, volumes",
    "name: CI\non: [push]\njobs: {}\n": "a mapping with on, jobs",
    "apiVersion: v1\nkind: Pod\n---\nkind: Service\n": "a mapping with apiVersion, kind",
    "Resources:\n  Bucket: !Ref Name\n": "a mapping with Resources",
    "x: &all {a: 1}\ny: *all\n": "a mapping with x, y",
    "? [a, {b: c}]\n: d\ne: [f, {g: h}]\ni: j\n": "a mapping with e, i",
    "a: 1\nb: 2\nc: 3\nd: 4\n": "a mapping with a, b, c, ...",
    "- a\n- steps: []\n": "a list",
    "[" * 100_000: "a list",
}


@pytest.mark.parametrize("text", STRANGERS)
def test_yaml_that_is_no_scenario_is_said_to_be_what_it_is_in_one_line(idpsim: Idpsim, text: str) -> None:
    Path("stranger.yaml").write_text(text)

    ended = idpsim("check", "stranger.yaml")

    assert ended.exit_code == 2
    assert ended.stderr == f"error: stranger.yaml:1:1: not a scenario but {STRANGERS[text]}\n"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("stesp: []\n", "stesp.yaml:1:1"),
        ("Steps: []\n", "stesp.yaml:1:1"),
        ("name: x\ndescription: y\n", "stesp.yaml:1:1"),
        ("name: {{ .Values.name }}\n", "stesp.yaml:1:8"),
        ("directory: {}\nservices: {}\n", "stesp.yaml:2:1"),
        ("", "stesp.yaml:1:1"),
    ],
)
def test_a_scenario_with_a_slip_in_it_is_still_read_as_one(idpsim: Idpsim, text: str, place: str) -> None:
    Path("stesp.yaml").write_text(text)

    ended = idpsim("check", "stesp.yaml")

    assert ended.exit_code == 2
    assert "not a scenario" not in ended.stderr
    assert f"\n  {place}\n" in ended.stderr


def test_every_file_is_looked_at_whatever_is_wrong_with_those_before(idpsim: Idpsim, scenario: Scenario) -> None:
    scenario([{"assign": "ada"}], "good.yaml")
    Path("other.yaml").write_text("services: {}\n")
    Path("empty").mkdir()

    ended = idpsim("check", "nowhere", "empty", "missing.yaml", "other.yaml", "good.yaml")

    assert ended.exit_code == 2
    assert ended.stdout == "ok    good.yaml (1 step, as okta)\n"
    assert ended.stderr.count("error: ") == 4


def test_a_file_that_is_named_twice_is_checked_once(idpsim: Idpsim, leaver: str) -> None:
    assert idpsim("check", leaver, leaver).stdout.count("ok    ") == 1


def test_a_secret_in_a_strangers_keys_is_not_shown(idpsim: Idpsim) -> None:
    Path("other.yaml").write_text("s3cr3t-s3cr3t: 1\n")

    ended = idpsim("check", "other.yaml", env={"SCIM_TOKEN": "s3cr3t-s3cr3t"})

    assert ended.exit_code == 2
    assert "s3cr3t" not in ended.output
