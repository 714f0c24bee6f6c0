"""Text from outside is shown, never obeyed."""

from __future__ import annotations

import pytest

from idpsim.report.text import Page, clipped, columns, counted, listed, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Zoë 李", "Zoë 李"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("one\r\ntwo", "one\\r\\ntwo"),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("a\u2066b\u200b", "a\\u2066b\\u200b"),
        ("\u2028\ufeff\U000e0041", "\\u2028\\ufeff\\U000e0041"),
        ("half \ud800", "half \\ud800"),
        ("a\tb", "a   b"),
    ],
)
def test_what_a_terminal_would_obey_is_made_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_wide_characters_take_two_columns_and_combining_ones_none() -> None:
    assert columns("ab") == 2
    assert columns("李e\u0301") == 3


def test_a_clipped_text_fits() -> None:
    assert clipped("short", 10) == "short"
    assert clipped("a" * 50, 10) == "aaaaaaa..."
    assert columns(clipped("李" * 50, 10)) <= 10


def test_many_names_are_counted() -> None:
    assert listed(("a", "b")) == "a, b"
    assert listed(tuple("abcdefg")) == "a, b, c, d, e and 2 more"
    assert (counted(1, "run"), counted(12_000, "run")) == ("1 run", "12,000 runs")


def test_text_is_wrapped_to_the_page_and_urls_stay_whole() -> None:
    url = "https://vendor.example/" + "a" * 80

    lines = Page(60).wrapped(f"See the page of the vendor for that, it is the one at {url} of all", 4)

    assert [line for line in lines if url in line] == [f"    {url}"]
    assert all(len(line) <= 60 for line in lines if url not in line)


def test_colours_are_only_where_they_are_wanted() -> None:
    assert Page(colour=False).bad("FAIL") == "FAIL"
    assert Page(colour=True).bad("FAIL") == "\x1b[1;31mFAIL\x1b[0m"
