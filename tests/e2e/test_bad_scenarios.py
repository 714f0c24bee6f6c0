"""A scenario that is wrong, however it is, ends the command with 2 and one error, within seconds."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

SECONDS = 10.0
HEAD = "name: n\nidp: okta\n"
PEOPLE = "directory:\n  people:\n    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}\n"
STEPS = "steps:\n  - assign: ada\n"
GOOD = HEAD + PEOPLE + STEPS
BOMB = "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}' if n else 'lol'] * 9)}]\n" for n in range(12)
)  # 9 to the power of 12

BAD: dict[str, tuple[str, str]] = {
    "a YAML bomb": (GOOD + BOMB, "anchor"),
    "an alias": (HEAD + PEOPLE + "    grace: &one {userName: g@example.com}\n    joan: *one\n" + STEPS, "anchor"),
    "an alias of itself": (HEAD + "directory: &d\n  people: *d\n" + STEPS, "anchor"),
    "a merge key": (GOOD + "settings:\n  <<: {okta: {}}\n", "<<"),
    "a tab": (HEAD + "directory:\n\tpeople: {}\n" + STEPS, "tab"),
    "a key twice": (GOOD + "name: again\n", "name"),
    "a person twice": (HEAD + PEOPLE + "    ada: {userName: x@example.com}\n" + STEPS, "ada"),
    "an unknown key": (GOOD + "stepz: []\n", "stepz"),
    "an unknown event": (HEAD + PEOPLE + "steps:\n  - assing: ada\n", "assign"),
    "an unknown person": (HEAD + PEOPLE + "steps:\n  - assign: adda\n", "ada"),
    "an unknown vendor": (GOOD.replace("okta", "otka"), "okta"),
    "an unknown setting": (GOOD + "settings:\n  okta: {no_such: true}\n", "no_such"),
    "a missing variable": (GOOD + "target: {scim: '${NO_SUCH_VARIABLE_HERE}'}\n", "NO_SUCH_VARIABLE_HERE"),
    "a manager who is his own": (HEAD + PEOPLE.replace("Lovelace}", "Lovelace, manager: ada}") + STEPS, "manager"),
    "an unknown manager": (HEAD + PEOPLE.replace("Lovelace}", "Lovelace, manager: nobody}") + STEPS, "nobody"),
    "groups in a circle": (
        HEAD
        + PEOPLE
        + "  groups:\n    a: {displayName: A, members: [b]}\n    b: {displayName: B, members: [a]}\n"
        + STEPS,
        "",
    ),
    "nothing": ("", "empty"),
    "a list": ("- a\n- b\n", "not a scenario but a list"),
    "no steps": (HEAD + PEOPLE, "steps"),
    "two documents": (GOOD + "---\n" + GOOD, "document"),
    "a tag": (GOOD.replace("name: n", "name: !!python/object/apply:os.system [id]"), ""),
    "a wrong type": (HEAD + "directory: 7\n" + STEPS, "directory"),
    "a hundred thousand brackets": (HEAD + "directory: " + "[" * 100_000 + "]" * 100_000 + "\n", ""),
    "a wrong pattern": (GOOD + "    expect: {user: {title: 're:('}}\n", "re:"),
    "a wrong duration": (HEAD + PEOPLE + "steps:\n  - wait: soon\n", "soon"),
}


def idpsim(command: str, path: Path) -> tuple[subprocess.CompletedProcess[str], float]:
    began = time.monotonic()
    line = [sys.executable, "-m", "idpsim", command, path.name]
    ended = subprocess.run(line, cwd=path.parent, capture_output=True, text=True, timeout=60)
    return ended, time.monotonic() - began


def assert_one_error(ended: subprocess.CompletedProcess[str], words: str) -> None:
    output = ended.stdout + ended.stderr
    assert ended.returncode == 2, output[-2000:]
    assert "Traceback" not in output
    assert output.count("s.yaml:") == 1 or "s.yaml" in output.splitlines()[0]
    assert words in output
    assert len(output) < 4000


@pytest.mark.parametrize("what", BAD)
def test_check_says_once_what_is_wrong(tmp_path: Path, what: str) -> None:
    text, words = BAD[what]
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")

    ended, seconds = idpsim("check", path)

    assert_one_error(ended, words)
    assert seconds < SECONDS


@pytest.mark.parametrize("what", ["a YAML bomb", "a tab", "an unknown person", "a hundred thousand brackets"])
def test_run_says_the_same_and_sends_nothing(tmp_path: Path, what: str) -> None:
    text, words = BAD[what]
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")

    ended, seconds = idpsim("run", path)

    assert_one_error(ended, words)
    assert seconds < SECONDS


def test_a_file_of_50_mb_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD + "directory:\n  people:\n")
        for n in range(500_000):
            file.write(
                f"    p{n}: {{userName: p{n}@example.com, givenName: Somebody, familyName: Number{n}, title: T}}\n"
            )
        file.write("steps:\n  - assign: p1\n")

    ended, seconds = idpsim("check", path)

    assert_one_error(ended, "MB")
    assert seconds < SECONDS


@pytest.mark.parametrize(
    ("raw", "words"), [(b"\xff\xfe\x00name", "UTF-8"), (bytes(range(256)), "UTF-8"), (b"name: \xc3(\n", "UTF-8")]
)
def test_bytes_that_are_no_text_are_one_error(tmp_path: Path, raw: bytes, words: str) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes(raw)

    ended, _ = idpsim("check", path)

    assert_one_error(ended, words)


def test_a_folder_without_scenarios_and_a_file_that_is_not_there_are_errors(tmp_path: Path) -> None:
    nothing, _ = idpsim("check", tmp_path / "missing.yaml")
    empty, _ = idpsim("run", tmp_path)

    assert (nothing.returncode, empty.returncode) == (2, 2)
    assert "Traceback" not in nothing.stderr + empty.stderr
