"""What is given on the command line and in the environment, as values: targets, tokens, variables, paths."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from idpsim.errors import UsageError
from idpsim.scenario.known import ALL
from idpsim.scenario.shipped import built_in as built_in
from idpsim.scenario.shipped import file_of

SUFFIXES = (".yaml", ".yml")
_TARGET = re.compile(r"https?://[^\s/?#]+[^\s]*|(?:wsgi|asgi):[\w.]+:[\w.]+(?:\(\))?(?:/\S*)?", re.IGNORECASE)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def by_vendor(values: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """`[NAME=]VALUE` by the profile or vendor named, `""` where none is."""
    known = set(names)
    found: dict[str, str] = {}
    for value in values:
        name, mark, rest = value.partition("=")
        mine = (name, rest) if mark and name in known else ("", value)
        if mine[0] in found:
            raise UsageError(
                f"given twice{f' for {mine[0]}' if mine[0] else ''}: a target and a token are given once each"
            )
        found[mine[0]] = mine[1]
    return found


def targets(values: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """Targets by profile or vendor; UsageError for what is no URL."""
    known = list(names)
    found = by_vendor((value.strip() for value in values), known)
    for value in found.values():
        if not _TARGET.fullmatch(value):
            name, mark, _ = value.partition("=")
            near = get_close_matches(name, known, 1) if mark else []
            hint = f", did you mean {near[0]}=...?" if near else ""
            raise UsageError(
                f"--target {value!r} is not a URL{hint}\n"
                "  http://localhost:8000/scim/v2, or for an application in this process wsgi:module:attribute/scim/v2 "
                "or asgi:module:attribute/scim/v2"
            )
    return found


def tokens(values: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """Tokens by profile or vendor; UsageError, without the token, where the name before it is a slip."""
    known = list(names)
    found = by_vendor(values, known)
    for value in found.values():
        name, mark, rest = value.partition("=")
        near = get_close_matches(name, known, 1, 0.7) if mark and rest.strip("=") and len(name) < 20 else []
        if near:
            raise UsageError(f"--token {name}=...: there is no profile {name!r}, did you mean {near[0]}=...?")
        if not value or not value.isprintable():
            raise UsageError("--token is empty or holds a line break or control character")
    return found


def variables(given: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of scenarios: the environment's, and above them those of `--set NAME=VALUE`."""
    found = dict(environment)
    for each in given:
        name, mark, value = each.partition("=")
        if not mark or not _VARIABLE.fullmatch(name):
            raise UsageError(f"--set takes NAME=VALUE, not {name + mark!r}")
        found[name] = value
    return found


def profiles(values: Iterable[str]) -> list[str] | None:
    """The names of `--idp a,b --idp c`; None where the option is left out."""
    given = list(values)
    names = [name.strip() for value in given for name in value.split(",") if name.strip()]
    if given and not names:
        raise UsageError("--idp is empty: it takes the names of vendors or profiles, or all")
    return names or None


def scenarios(paths: Iterable[str]) -> list[str]:
    """The scenario files that paths name, each once.

    A directory stands for every one in it, a name for the shipped scenario of that name where no file has it.
    """
    found: dict[str, None] = {}
    for path in paths:
        if not os.path.isdir(path):
            found[file_of(path)] = None
            continue
        inside = sorted(name for name in os.listdir(path) if name.lower().endswith(SUFFIXES))
        if not inside:
            raise UsageError(f"there is no scenario (*.yaml, *.yml) in {path}")
        found.update(dict.fromkeys(os.path.join(path, name) for name in inside))
    return list(found)


def everything(names: Iterable[str]) -> tuple[str, ...]:
    """The names and `all`."""
    return (*names, ALL)
