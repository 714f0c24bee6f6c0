"""What the comments in the documentation mean."""

from __future__ import annotations

import pytest

from tests.docs_pages import HIDDEN, Block, Unmarked, blocks, commands, edited, is_excerpt


def test_a_block_that_nobody_has_spoken_for_is_an_error() -> None:
    with pytest.raises(Unmarked, match="line 3: a block of yaml"):
        list(blocks("# Title\n\n```yaml\nname: x\n```\n"))


def test_a_mark_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(Unmarked, match="there is no mark fiel"):
        list(blocks("<!-- fiel: a.yaml -->\n```yaml\nname: x\n```\n"))


def test_the_marks_above_a_block_belong_to_it_and_a_service_provider_stays_to_the_end() -> None:
    page = "<!-- with: service provider -->\n\nText.\n\n<!-- exit: 1 -->\n```sh\nfalse\n```\n\n```sh\ntrue\n```\n"

    assert list(blocks(page)) == [
        Block(6, "sh", "false\n", {"exit": "1"}, service=True),
        Block(10, "sh", "true\n", {}, service=True),
    ]


def test_a_file_that_readers_do_not_see_is_one_block() -> None:
    page = "<!-- there is: shop/app.py\nx = 1\n-->\n\n```sh\ntrue\n```\n"

    assert list(blocks(page)) == [Block(1, HIDDEN, "x = 1\n", {"file": "shop/app.py"}), Block(5, "sh", "true\n")]


def test_the_output_of_a_command_ends_at_the_next_one() -> None:
    assert list(commands("$ one\n1\n\n$ two\n$ three\n3\n")) == [("one", "1\n\n"), ("two", ""), ("three", "3\n")]


def test_a_diff_changes_what_stands_there_once() -> None:
    assert edited("a\nb\nc\n", " a\n-b\n+x\n+y\n") == "a\nx\ny\nc\n"


@pytest.mark.parametrize("text", ["a\n", "b\nb\n"])
def test_a_diff_of_what_stands_there_never_or_twice_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"stands there [02] times"):
        edited(text, "-b\n+x\n")


@pytest.mark.parametrize(
    ("excerpt", "whole", "is_one"),
    [
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nb\n", "a\nb\n", True),
        ("a\nc\n", "a\nb\nc\n", False),
        ("a\n", "a\nb\n", False),
        ("passed, in 0.1 s\n", "passed, in 23.4 s\n", True),
    ],
)
def test_an_excerpt_leaves_out_only_where_it_says_so(excerpt: str, whole: str, is_one: bool) -> None:
    assert is_excerpt(excerpt, whole) == is_one
