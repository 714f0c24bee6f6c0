"""What YAML's own complaints mean, in words for someone who writes a scenario."""

from __future__ import annotations

import yaml

from idpsim.errors import Place, ScenarioError

# A part of the parser's message (libyaml's or PyYAML's), what it means, and what would be right.
_ESCAPE = "in double quotes a backslash starts an escape, and this is none"
_BACKSLASH = "use single quotes, or write \\\\"
_MEANINGS = (
    ("mapping values are not allowed", "a second colon, or a wrong indentation", "a text with ': ' in it needs quotes"),
    ("block sequence entries are not allowed", "a list (-) cannot start here", "put the '-' on a line of its own"),
    ("tab character that violates", "a tab cannot indent YAML", "use spaces"),
    ("found unexpected end of stream", "a quote is opened and never closed", None),
    ("found unexpected document", "a quote is opened and never closed", None),
    ("unknown escape character", _ESCAPE, _BACKSLASH),
    ("expected escape sequence", _ESCAPE, _BACKSLASH),
    ("nvalid Unicode character", "this escape names no character", None),
    ("could not find expected ':'", "a key without a colon", "a key reads `key: value`"),
    ("expected ',' or", "a comma is missing here, or a bracket is not closed", None),
    ("expected '-' indicator", "this is neither an item of the list above nor ends it", "check the indentation"),
    ("expected <block end>", "the indentation does not fit what stands above", None),
    ("did not find expected key", "this fits no key of the mapping above", "check indentation and quotes"),
    ("expected node content", "a value was expected here", None),
    ("expected the node content", "a value was expected here", None),
    ("expected <document start>", "something stands after the end of the document", "one file holds one scenario"),
    ("incompatible YAML document", "this YAML version is not known", "leave the %YAML line out"),
    ("found unexpected ':'", "a colon cannot stand here", "a text with a colon in it needs quotes"),
    ("alias", "an alias (*name) cannot be used here", "a text that starts with * needs quotes"),
    ("anchor", "an anchor (&name) cannot be used here", "a text that starts with & needs quotes"),
    ("tag", "a tag (!name) cannot be used here", "a text that starts with ! needs quotes"),
    ("block scalar", "after | or > the text starts on the next line", None),
)  # fmt: skip

# What is wrong with these is where they begin, not where the parser gave up.
_AT_START = ("unexpected end of stream", "unexpected document", "could not find expected ':'")


def reworded(error: yaml.MarkedYAMLError, text: str, file: str) -> ScenarioError:
    """YAML's error as one sentence at its place."""
    at_start = any(part in f"{error.problem}" for part in _AT_START)
    mark = (at_start and error.context_mark) or error.problem_mark or error.context_mark
    line, column = (mark.line, mark.column) if mark else (0, 0)
    place = Place(file, line + 1, column + 1)
    lines = text.splitlines()
    written = lines[line] if line < len(lines) else ""
    message, hint = _meaning(error, written, column)
    if error.context_mark and hint is None and "bracket" in message:
        hint = f"the bracket opens on line {error.context_mark.line + 1}"
    return ScenarioError(message, place, hint)


def _meaning(error: yaml.MarkedYAMLError, written: str, column: int) -> tuple[str, str | None]:
    problem = f"{error.problem or ''}"
    character = written[column : column + 1]
    if "cannot start any token" in problem:
        if character == "\t":
            return "a tab cannot indent YAML", "use spaces"
        return f"a value cannot start with {character}", "put it into quotes"
    if character == "{" and written[:column].endswith("$"):
        return "inside { } and [ ] a variable needs quotes", 'write "${NAME}"'
    both = f"{problem} {error.context or ''}"
    for part, message, hint in _MEANINGS:
        if part in problem:
            return message, hint
    for part, message, hint in _MEANINGS:
        if part in both:
            return message, hint
    return f"this is not YAML: {problem}", None
