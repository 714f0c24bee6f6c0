"""The reports that `--report KIND=FILE` asks for: opened before anything is sent, whole at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from idpsim.errors import UsageError
from idpsim.redact import Redactor
from idpsim.report.feed import Report

KINDS = ("json", "junit", "har")
LATER = {"html": "the HTML report is not part of this version; json, junit and har are"}
STANDARD = "-"


def asked(values: Iterable[str]) -> list[tuple[str, str]]:
    """`KIND=FILE` as pairs; UsageError for what cannot be written."""
    found = [_one(value) for value in values]
    files = [file for _, file in found]
    for file in files:
        if files.count(file) > 1:
            raise UsageError(f"two reports cannot go to {'stdout' if file == STANDARD else file}")
    return found


def _one(value: str) -> tuple[str, str]:
    kind, mark, file = value.partition("=")
    if kind in LATER:
        raise UsageError(LATER[kind])
    if kind not in KINDS or not mark or not file:
        from difflib import get_close_matches

        near = get_close_matches(kind, KINDS, 1)
        hint = f", did you mean {near[0]}=...?" if near and kind not in KINDS else ""
        raise UsageError(f"--report takes KIND=FILE, KIND being {', '.join(KINDS)}; not {value!r}{hint}")
    return kind, file


def opened(pairs: Iterable[tuple[str, str]], redact: Redactor, stack: ExitStack) -> list[Report]:
    """Each report with its file open; the files are closed with `stack`."""
    return [_report(kind, _file(file, stack), redact) for kind, file in pairs]


def _file(name: str, stack: ExitStack) -> TextIO:
    if name == STANDARD:
        return sys.stdout
    try:
        if folder := os.path.dirname(name):
            os.makedirs(folder, exist_ok=True)
        return stack.enter_context(Path(name).open("w", encoding="utf-8", newline="\n"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{name} cannot be written: {getattr(error, 'strerror', None) or error}") from None


def _report(kind: str, file: TextIO, redact: Redactor) -> Report:
    if kind == "json":
        from idpsim.report.json_report import JsonReport

        return JsonReport(file, redact)
    if kind == "junit":
        from idpsim.report.junit import JUnitReport

        return JUnitReport(file, redact)
    from idpsim.report.har import HarReport

    return HarReport(file, redact)
