"""Bodies are laid out for people, and bounded."""

from __future__ import annotations

import json

from idpsim.report.body import layout, shown


def test_what_fits_into_a_line_is_in_one() -> None:
    assert shown('{"a":[1,2],"b":{"c":null}}', 80, 10) == ['{"a": [1, 2], "b": {"c": null}}']


def test_what_does_not_fit_is_opened_one_level_at_a_time() -> None:
    body = '{"schemas":["urn:a"],"name":{"givenName":"Ada","familyName":"Lovelace"}}'

    assert shown(body, 60, 10) == [
        "{",
        '  "schemas": ["urn:a"],',
        '  "name": {"givenName": "Ada", "familyName": "Lovelace"}',
        "}",
    ]


def test_a_layout_is_the_same_json() -> None:
    value = {"a": [{"b": "x" * 40, "c": [1, {"d": []}]}] * 3, "e": {}, "f": None}

    assert json.loads("\n".join(layout(value, 30))) == value


def test_a_long_body_is_cut_and_says_so() -> None:
    lines = shown(json.dumps(list(range(1000))), 20, 5)

    assert len(lines) == 5
    assert lines[-1] == "... 998 more lines"


def test_a_body_that_is_no_json_is_shown_as_its_lines() -> None:
    assert shown("<h1>Oops</h1>\r\n\x1b[2J", 80, 5) == ["<h1>Oops</h1>", "\\x1b[2J"]


def test_an_enormous_body_costs_nothing() -> None:
    lines = shown("x" * 16_000_000, 80, 5)

    assert len(lines) == 5
    assert lines[-1] == "... 16,000,000 characters in all"


def test_json_that_is_nested_without_end_is_shown_as_text() -> None:
    assert shown("[" * 100_000, 80, 3)[0] == "[" * 80
    assert shown("[" * 900 + "]" * 900, 80, 3)


def test_escapes_inside_json_stay_visible() -> None:
    assert shown('{"a":"\\u001b[31m\\u202e"}', 80, 3) == ['{"a": "\\u001b[31m\\u202e"}']


PAGE = "<!doctype html><html><head><title>x</title><style>a{}</style></head><body><h1>No</h1><p>Not &amp;\n you.</p>"


def test_of_a_page_that_has_to_be_short_the_text_is_shown() -> None:
    assert shown(PAGE, 80, 24) == ["No", "Not &", "you."]


def test_a_page_is_whole_where_there_is_room() -> None:
    assert shown(PAGE, 200, 200)[0].startswith("<!doctype html><html><head>")
