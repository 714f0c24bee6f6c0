"""Every block of the README and of docs/ does what it says, in a fresh environment that holds only the wheel.

Each page is read from top to bottom in an empty folder; what the comments above its blocks mean is in
`tests/docs_pages.py`.
"""

from __future__ import annotations

import re
import secrets
import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from time import monotonic, sleep

import pytest

from idpsim.api import known
from idpsim.errors import IdpsimError
from tests.docs_pages import PAGES, ROOT, WIDTH, Block, blocks, commands, edited, is_excerpt, plain, read_fragment
from tests.e2e.installing import copied, installed, wheel, within

AT_MOST = 120
AT_MOST_TO_START = 30
_ADDRESS = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+[\w/.-]*")


class Otherwise(Exception):
    """A command ended, or said, something else than its page shows."""


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel, and an environment that holds it."""
    folder = tmp_path_factory.mktemp("docs")
    made = wheel(folder)
    return made, installed(folder / "venv", made).parent


@dataclass
class Reader:
    """Somebody who does what a page says: in a folder, with an environment and its variables."""

    folder: Path
    wheel: Path
    bin: Path
    variables: dict[str, str]

    def does(self, block: Block) -> None:
        """What one block asks for."""
        if block.file:
            self._file(block.file).write_text(block.text)
        elif "edit" in block.marks:
            file = self._file(block.marks["edit"])
            file.write_text(edited(file.read_text(), block.text))
        elif "fragment" in block.marks:
            read_fragment(block.text, known())
        elif block.runs:
            self._run(block)

    def _file(self, name: str) -> Path:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        return file

    def _run(self, block: Block) -> None:
        if block.language == "sh":
            self._shell(block)
            return
        typed = list(commands(block.text))
        for n, (command, output) in enumerate(typed, 1):
            ended = self._ended(command)
            self._judge(command, ended, block.exit if n == len(typed) else 0)
            if not is_excerpt(output, ended.stdout):
                lines = unified_diff(plain(output).splitlines(), plain(ended.stdout).splitlines(), "shown", "said")
                raise Otherwise("\n".join([f"another output of {command}", *lines]))

    def _shell(self, block: Block) -> None:
        lines = [line for line in block.text.splitlines() if line.partition("#")[0].strip()]
        if "serves" in block.marks:
            for line in lines:
                self._serves(line)
            return
        typed = "\n".join(lines)
        self._judge(typed, self._ended(f"set -e\n{typed}"), block.exit)

    def _judge(self, typed: str, ended: subprocess.CompletedProcess[str], wanted: int) -> None:
        if ended.returncode != wanted:
            raise Otherwise(f"it ended with {ended.returncode}, not with {wanted}\n$ {typed}\n{ended.stdout}")

    def _ended(self, command: str) -> subprocess.CompletedProcess[str]:
        if command.startswith("pip install "):
            installed(self.bin.parent, *(self.wheel if each == "idpsim" else each for each in shlex.split(command)[2:]))
            command = "true"
        return subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=within(self.bin, self.variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            timeout=AT_MOST,
        )

    def _serves(self, line: str) -> None:
        with serving(line, self.folder, within(self.bin, self.variables)):
            pass


@contextmanager
def serving(command: str, folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The first address that a command prints, which serves until the end of the block."""
    log = folder.parent / "served.txt"
    with log.open("w") as out:
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"], cwd=folder, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
    until = monotonic() + AT_MOST_TO_START
    try:
        while not (found := _ADDRESS.search(log.read_text())):
            if process.poll() is not None or monotonic() > until:
                raise Otherwise(f"it does not serve\n$ {command}\n{log.read_text()}")
            sleep(0.05)
        yield found[0]
    finally:
        process.terminate()
        process.wait(AT_MOST)


def free_port() -> int:
    with socket.socket() as each:
        each.bind(("localhost", 0))
        return int(each.getsockname()[1])


@pytest.mark.xdist_group("installed")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_read_from_top_to_bottom_does_what_it_says(page: Path, built: tuple[Path, Path], tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    folder.mkdir()
    variables = {"COLUMNS": WIDTH, "IDPSIM_IDP_URL": f"http://localhost:{free_port()}", "PYTHONUNBUFFERED": "1"}
    reader = Reader(folder, built[0], copied(built[1], tmp_path / "venv"), variables)
    with ExitStack() as stack:
        for block in blocks(page.read_text()):
            if block.service and "SCIM_BASE_URL" not in variables:
                token = secrets.token_hex(8)
                command = f"idpsim sp --port 0 --token {token}"
                address = stack.enter_context(serving(command, folder, within(reader.bin, variables)))
                variables |= {"SCIM_BASE_URL": address, "SCIM_TOKEN": token}
            with at(page, block):
                reader.does(block)


@contextmanager
def at(page: Path, block: Block) -> Iterator[None]:
    """Says where on the page it went wrong, and nothing of the code that found out."""
    try:
        yield
    except (Otherwise, IdpsimError, ValueError, subprocess.TimeoutExpired) as error:
        wrong = str(error)
    else:
        return
    pytest.fail(f"{page.relative_to(ROOT)}:{block.line}: {wrong}", pytrace=False)
