"""A place in a file is shown with its line, and a caret right under it."""

from __future__ import annotations

from idpsim.errors import Place
from idpsim.report.source import excerpt
from idpsim.report.text import Page


def shown(source: str, line: int, column: int, width: int = 100, redact: str = "") -> list[str]:
    hide = (lambda text: text.replace(redact, "[redacted]")) if redact else str
    return excerpt(source, Place("s.yaml", line, column), Page(width), hide)


def test_the_caret_is_under_the_word() -> None:
    assert shown("steps:\n  - asign: ada\n", 2, 5) == [
        "s.yaml:2:5",
        "  1 | steps:",
        "  2 |   - asign: ada",
        "    |     ^^^^^",
    ]


def test_the_caret_is_right_behind_wide_characters() -> None:
    line, under = shown('a: "李李", b: x\n', 1, 10)[-2:]

    assert line == '  1 | a: "李李", b: x'
    assert under == "    |" + " " * 12 + "^"


def test_the_caret_is_right_behind_characters_that_had_to_be_made_visible() -> None:
    line, under = shown("a\u202eb: x\n", 1, 6)[-2:]

    assert line.index("x", 8) == under.index("^")
    assert "\u202e" not in line


def test_the_caret_is_right_behind_a_secret() -> None:
    line, under = shown("token: hunter2hunter2 # x\n", 1, 25, redact="hunter2hunter2")[-2:]

    assert "hunter2" not in line
    assert line.index("x") == under.index("^")


def test_of_a_long_line_the_part_around_the_place_is_shown() -> None:
    lines = shown("a" * 5000 + " here " + "b" * 5000, 1, 5002, width=80)

    assert all(len(line) <= 80 for line in lines)
    assert lines[-2][lines[-1].index("^") :].startswith("here")


def test_a_place_behind_the_text_is_named_all_the_same() -> None:
    assert shown("one line\n", 9, 1) == ["s.yaml:9:1"]
    assert shown("", 1, 1) == ["s.yaml:1:1"]
    assert shown("ab\n", 1, 40)[-1].endswith("^")
