"""The documentation as values: its pages, the blocks of each, and what the comments above a block say is done with it.

Readers do not see the comments. A comment may be a file that the page takes for granted:
  <!-- there is: NAME
  its text
  -->
Above a block stand
  <!-- file: NAME -->      the block is the file of that name
  <!-- edit: NAME -->      the block is a diff: its context and `-` lines stand once in that file, its `+` lines come
  <!-- fragment -->        the block is a part of a scenario, and is read as one
  <!-- exit: N -->         the block's last command ends so; every other ends with 0
  <!-- serves -->          each line is a command that serves until it is stopped
  <!-- not run: WHY -->    the block is shown only
`console` blocks (commands after `$ `, their output below, `...` for lines left out) and `sh` blocks are run without a
word. Anywhere stands
  <!-- with: service provider -->    from here on one is at SCIM_BASE_URL, with the token SCIM_TOKEN
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from idpsim.scenario.known import Known
from idpsim.scenario.load import Scenario, load_text

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
WIDTH = "96"
HIDDEN = "hidden"
_MARKS = ("file", "edit", "fragment", "exit", "serves", "not run")
_COMMENT = re.compile(r"<!-- (?P<mark>[a-z ]+?)(?:: (?P<value>.*?))? -->")
_BLOCK = re.compile(
    r"(?P<marks>(?:<!-- [^\n]* -->\n+)*)(?P<fence>```+)(?P<language>\w*)\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_THERE_IS = re.compile(r"^<!-- there is: (?P<name>[^\n]*)\n(?P<text>.*?)^-->$", re.MULTILINE | re.DOTALL)
_WITH = re.compile(r"<!-- with: (.*?) -->")
_VOLATILE = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"), "<id>"),
    (re.compile(r"\.[a-z0-9]{5}(?=[@\"])"), ".<suffix>"),
    (re.compile(r"after [\d.]+ m?s"), "after <time>"),
    (re.compile(r"in [\d.]+ ?s(?= =|$)", re.MULTILINE), "in <time>"),
    (re.compile(r"\b\d+ %"), "<n> %"),
    (re.compile(r" +\[100%\]$", re.MULTILINE), " [100%]"),
    (re.compile(r"(localhost|127\.0\.0\.1):\d{4,5}"), "localhost:<port>"),
)


class Unmarked(ValueError):
    """A block of which nobody has said what is done with it."""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page; `line` is that of its fence, `service` whether a service provider is there."""

    line: int
    language: str
    text: str
    marks: Mapping[str, str] = field(default_factory=dict)
    service: bool = False

    @property
    def runs(self) -> bool:
        """Whether its lines are commands."""
        return self.language in ("console", "sh") and not self.marks.keys() & {"file", "not run"}

    @property
    def file(self) -> str:
        """The file that it is, empty where it is none."""
        return self.marks.get("file", "")

    @property
    def exit(self) -> int:
        """What its last command ends with."""
        return int(self.marks.get("exit", "0"))


def blocks(page: str) -> Iterator[Block]:
    """The blocks of a page, from top to bottom; Unmarked for one that would be skipped in silence."""
    every = [_block(page, found) for found in (*_BLOCK.finditer(page), *_THERE_IS.finditer(page))]
    yield from sorted(every, key=lambda each: each.line)


def _block(page: str, found: re.Match[str]) -> Block:
    """One block, its marks understood."""
    if found.re is _THERE_IS:
        return Block(page.count("\n", 0, found.start()) + 1, HIDDEN, found["text"], {"file": found["name"]})
    marks = {each["mark"]: each["value"] or "" for each in _COMMENT.finditer(found["marks"])}
    marks.pop("with", None)
    line = page.count("\n", 0, found.start("fence")) + 1
    block = Block(line, found["language"], found["text"], marks, bool(_WITH.search(page, 0, found.start("fence"))))
    if unknown := marks.keys() - set(_MARKS):
        raise Unmarked(f"line {line}: there is no mark {', '.join(sorted(unknown))}")
    if not block.runs and not marks.keys() & {"file", "edit", "fragment", "not run"}:
        raise Unmarked(f"line {line}: a block of {block.language or 'no language'} with no word on what it is")
    return block


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each `$ command` of a console block with the output under it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def plain(text: str) -> str:
    """A text with what differs from run to run replaced by words, and no space at the ends of lines."""
    for pattern, word in _VOLATILE:
        text = pattern.sub(word, text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def is_excerpt(excerpt: str, output: str) -> bool:
    """Whether `output` is the excerpt, in which a line of `...` stands for any lines."""
    pieces = [re.escape(plain(piece)) for piece in re.split(r"^\.\.\.$", excerpt, flags=re.MULTILINE)]
    return re.fullmatch(r"[\s\S]*?".join(pieces), plain(output)) is not None


def edited(text: str, diff: str) -> str:
    """A text after a diff without line numbers; ValueError where what it starts from does not stand there once."""
    lines = [(line[:1], line[1:]) for line in diff.splitlines()]
    before = "".join(f"{line}\n" for mark, line in lines if mark != "+")
    after = "".join(f"{line}\n" for mark, line in lines if mark != "-")
    if text.count(before) != 1:
        raise ValueError(f"this stands there {text.count(before)} times:\n{before}")
    return text.replace(before, after)


def read_fragment(text: str, known: Known) -> Scenario:
    """A part of a scenario, read as one after what it leaves out was put to it; ScenarioError where it is wrong."""
    people = "directory:\n  people:\n    ada: {userName: ada@example.com}\n    grace: {userName: grace@example.com}\n"
    groups = "  groups:\n    engineering: {displayName: Engineering, members: [ada]}\n"
    whole = text if re.search(r"^directory:", text, re.MULTILINE) else people + groups + text
    if not re.search(r"^steps:", whole, re.MULTILINE):
        whole = f"{whole}steps:\n  - connect:\n"
    return load_text(
        whole, "fragment", known=known, variables={"SCIM_BASE_URL": "http://sp.example", "SCIM_TOKEN": "t"}
    )
