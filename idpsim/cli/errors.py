"""Errors on their way to the terminal: one message, the place in the file where there is one, the exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from idpsim.cli.terminal import echo, page_of
from idpsim.errors import IdpsimError, ScenarioError
from idpsim.redact import Redactor
from idpsim.report.secrets import of_text, of_variables
from idpsim.report.source import excerpt
from idpsim.report.text import Page


def tell(error: IdpsimError, redact: Redactor | None = None, variables: Mapping[str, str] = os.environ) -> None:
    """Print an error to the standard error output; `variables` are those of the scenarios."""
    page = page_of(sys.stderr)
    guard = redact or Redactor(of_variables(os.environ))
    for line in lines(error, page, guard, variables):
        echo(guard.text(line), sys.stderr, page)


def lines(error: IdpsimError, page: Page, redact: Redactor, variables: Mapping[str, str]) -> list[str]:
    """The message; of a wrong scenario with the line that is wrong."""
    if not isinstance(error, ScenarioError):
        first, *rest = str(error).split("\n")
        shown = _headline(redact.text(first), page)
        return shown + [line for each in rest for line in page.wrapped(redact.text(each.strip()), 2, "  ")]
    text = _text(error.place.file)
    own = Redactor(of_text(text, variables))

    def hide(words: str) -> str:
        return own.text(redact.text(words))

    shown = _headline(hide(error.message), page) + excerpt(text, error.place, page, hide, 2)
    return shown + (page.wrapped(hide(error.hint), 2, "  ") if error.hint else [])


def _headline(text: str, page: Page) -> list[str]:
    shown = page.wrapped(text, 2, "error: ")
    return [page.bad("error:") + shown[0].removeprefix("error:"), *shown[1:]]


def _text(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8", errors="replace").removeprefix("\ufeff")
    except (OSError, ValueError):
        return ""
