"""A scenario file becomes nodes that know their place, or one error, however strange it is."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from idpsim.errors import Place, ScenarioError, UsageError
from idpsim.scenario.known import Known
from idpsim.scenario.load import load
from idpsim.scenario.nodes import Entries, Scalar, compose, plain_values

Load = Callable[..., object]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("", None),
        ("5", 5),
        ("-0.5e3", -500.0),
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("True", "True"),
        ("~", "~"),
        ("007", "007"),
        ("+5", "+5"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        (".5", ".5"),
        (".inf", ".inf"),
        ("2024-01-01", "2024-01-01"),
        ("'true'", "true"),
        ('"5"', "5"),
    ],
)
def test_only_the_words_and_numbers_of_json_are_special_and_only_without_quotes(written: str, value: object) -> None:
    read = plain_values(compose(f"a: {written}", "s.yaml"))

    assert read == {"a": value}
    assert type(read["a"]) is type(value)


def test_a_place_counts_characters_not_bytes() -> None:
    node = compose("{é: 遥, b: c}", "s.yaml")

    assert isinstance(node, Entries)
    assert isinstance(node.get("b"), Scalar)
    assert node.get("b").place == Place("s.yaml", 1, 11)  # type: ignore[union-attr]


def test_a_byte_order_mark_moves_no_place() -> None:
    with pytest.raises(ScenarioError, match=r"^s\.yaml:1:1: 'b' stands here twice|^s\.yaml:2:1: 'a' stands"):
        compose("\ufeffa: 1\na: 2", "s.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 1_000_000,
        "a: " + "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "".join(" " * depth + "-\n" for depth in range(1000)),
    ],
    ids=["lists", "mappings", "dashes", "question marks", "indentation"],
)
def test_a_file_nested_without_end_is_refused_at_once(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(ScenarioError, match="nested more than 50 deep"):
        compose(text, "s.yaml")

    assert time.monotonic() - started < 2


def test_a_yaml_bomb_is_refused_at_its_first_anchor(load: Load) -> None:
    lines = ["a: &a [x, x, x]", *(f"{b}: &{b} [*{a}, *{a}, *{a}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))]
    with pytest.raises(ScenarioError, match=r"^s\.yaml:1:4: an anchor \(&name\) cannot be used here"):
        load("\n".join(lines))


def test_a_file_of_50_mb_is_not_read(tmp_path: Path, known: Known) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(50_000_000)
    started = time.monotonic()
    with pytest.raises(ScenarioError) as error:
        load_file(path, known)

    assert str(error.value).startswith(f"{path}:1:1: the file is larger than 5 MB")
    assert time.monotonic() - started < 1


def test_a_text_of_more_than_5_mb_is_refused(load: Load) -> None:
    with pytest.raises(ScenarioError, match=r"^s\.yaml:1:1: the file is larger than 5 MB"):
        load("#" * 5_000_001)


def test_a_file_that_is_not_utf_8_is_refused_where_it_stops_being(tmp_path: Path, known: Known) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: a\nidp: é\n".encode("latin-1"))
    with pytest.raises(ScenarioError) as error:
        load_file(path, known)

    assert str(error.value) == f"{path}:2:6: the file is not UTF-8 from here on\n  save it as UTF-8"


@pytest.mark.parametrize("name", ["missing.yaml", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path, known: Known, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_file(tmp_path / name, known)


def test_a_changed_file_loads_or_is_a_scenario_error_and_never_anything_else(load: Load, good: str) -> None:
    dice = random.Random(7)
    for _ in range(2000):
        text = mutated(good.encode(), dice).decode("utf-8", "replace")
        try:
            load(text)
        except ScenarioError as error:
            assert re.match(r"s\.yaml:\d+:\d+: .", str(error))  # noqa: PT017 - any other exception fails the test


def mutated(data: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, dropped, doubled or moved, as a slip of the hand does."""
    for _ in range(dice.randint(1, 3)):
        start = dice.randrange(len(data))
        end = start + dice.randint(1, 8)
        other = dice.randrange(len(data))
        middle = dice.choice(
            [
                bytes(dice.randrange(256) for _ in range(dice.randint(1, 3))),
                dice.choice(
                    [b"\t", b"\n", b"'", b'"', b"[", b"}", b": ", b"- ", b"&a ", b"*a", b"${", b"null", b"\\", b"# "]
                ),
                b"",
                data[other : other + 20],
            ]
        )
        data = data[:start] + middle + data[end:]
    return data


def load_file(path: Path, known: Known) -> object:
    return load(path, known=known, variables={})
