"""What pytest shows of an error of idpsim's own: its message, in place of a traceback."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol

import pytest

from idpsim.pytest_plugin.options import GIVEN
from idpsim.pytest_plugin.placing import caller, own_line


class Redacts(Protocol):
    """What knows secrets."""

    def text(self, text: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Crash:
    """What the summary says of an error."""

    message: str


@dataclass(frozen=True, slots=True)
class Words:
    """An error of collection in pytest's form; equal text from several processes is shown once."""

    text: str
    reprcrash: Crash

    def toterminal(self, terminal: Any) -> None:
        """Write it."""
        terminal.line(self.text, red=True)

    def __str__(self) -> str:
        return self.text


LEFT = pytest.StashKey[list[str]]()
HIDING = pytest.StashKey[list[Redacts]]()
_ATTRIBUTE = "idpsim_left"


def shown(node: pytest.Item | pytest.Collector, excinfo: pytest.ExceptionInfo[BaseException] | None) -> Any:
    """The message in pytest's own form; None where the error is not idpsim's or a traceback was asked for."""
    if excinfo is None or not _own(excinfo.value) or _traceback_wanted(node.config):
        return None
    text = _safe(_text(excinfo.value, node.config), node)
    line = _safe(_headline(excinfo.value, text), node)
    short = node.config.getoption("tbstyle", "auto") == "line"
    if isinstance(node, pytest.Collector):
        return Words(text, Crash(line))
    spoken = pytest.fail.Exception(line if short else text, pytrace=False).with_traceback(excinfo.value.__traceback__)
    it: Any = node.repr_failure(pytest.ExceptionInfo.from_exception(spoken))
    if crash := getattr(it, "reprcrash", None):
        crash.path, crash.lineno = _place(excinfo.value.__traceback__, node)
        crash.message = line
    return it


def _headline(error: BaseException, text: str) -> str:
    """What is wrong, in one line: for an event the first of its failures."""
    played = getattr(error, "played", None)
    if played is None or not played.failures:
        return next((line.strip() for line in text.splitlines() if line.strip()), "")
    from idpsim.report.steps import title

    message = played.failures[0].message.partition("\n")[0]
    named = message.startswith(tuple(f"{each}: " for each in played.result.subjects))
    return f"{played.event} {message}" if named else f"{title(played.result)}: {message}"


def _text(error: BaseException, config: pytest.Config) -> str:
    """The whole message; one that has no place of its own gets the line that called idpsim."""
    from idpsim.errors import IdpsimError

    text = str(error)
    if not isinstance(error, IdpsimError) or hasattr(error, "place"):
        return text
    line = own_line(error.__traceback__, config)
    return f"{text}\n  {line}" if line else text


def hide(item: pytest.Item, *results: Any) -> None:
    """Remember what knows the secrets of runs, so that nothing said of their test has them."""
    known = (getattr(each, "secrets", None) for each in results)
    item.stash.setdefault(HIDING, []).extend(each for each in known if each is not None)


def hide_target(item: pytest.Item, target: Any) -> None:
    """Remember the secrets of an idpsim.Target."""
    from idpsim.report.secrets import Secrets

    item.stash.setdefault(HIDING, []).append(Secrets(filter(None, (target.token,))))


def leave(item: pytest.Item, left: Iterable[str]) -> None:
    """Remember what could not be removed from the service provider after a test."""
    item.stash.setdefault(LEFT, []).extend(left)


def remember(report: pytest.TestReport, item: pytest.Item) -> None:
    """Put what was left into a report, which reaches the terminal from every process."""
    if LEFT in item.stash:
        setattr(report, _ATTRIBUTE, item.stash[LEFT])


def left(reports: Iterable[Any]) -> Iterator[str]:
    """The lines of the summary: what each test could not remove."""
    for report in reports:
        for each in getattr(report, _ATTRIBUTE, ()):
            yield f"{report.nodeid}: {each}"


def _own(error: BaseException) -> bool:
    if type(error).__module__.partition(".")[0] != "idpsim":
        return False
    from idpsim import Failed
    from idpsim.errors import IdpsimError

    return isinstance(error, Failed | IdpsimError)


def _traceback_wanted(config: pytest.Config) -> bool:
    return bool(config.getoption("fulltrace", False)) or config.getoption("tbstyle", "auto") == "native"


def _safe(text: str, node: pytest.Item | pytest.Collector) -> str:
    """The text without the secrets that were given to the plugin, or to the clients and runs of a test."""
    from idpsim.report.secrets import Secrets, of_variables

    options = node.config.stash[GIVEN]
    given: Redacts = Secrets([*of_variables(options.variables), *filter(None, (options.token,))])
    for each in (given, *node.stash.get(HIDING, ())):
        text = each.text(text)
    return text


def _place(traceback: TracebackType | None, node: pytest.Item | pytest.Collector) -> tuple[str, int]:
    """The line of the test, or of a fixture of its own, that called idpsim; the test itself where pytest did."""
    return caller(traceback) or (str(node.path), _line(node))


def _line(node: pytest.Item | pytest.Collector) -> int:
    return (node.location[1] or 0) + 1 if isinstance(node, pytest.Item) else 1
