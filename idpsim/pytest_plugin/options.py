"""What is given to the plugin: command line above environment above ini file."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

PROFILES = ("okta", "okta-aiw", "entra", "entra-flag", "onelogin")
DEFAULTS = ("okta", "entra", "onelogin")
ALL = "all"
EMBEDDED = "embedded"
TIMEOUT = 60.0
_TARGET = re.compile(r"https?://[^\s/?#]+\S*|(?:wsgi|asgi):[\w.]+:[\w.]+(?:\(\))?(?:/\S*)?|" + EMBEDDED, re.IGNORECASE)
_USERINFO = re.compile(r"://[^/?#]*@")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Given:
    """The plugin's options, checked; None is what was left out."""

    target: str | None
    target_from: str
    token: str | None = field(repr=False)
    token_from: str
    idp: tuple[str, ...] | None
    sets: tuple[tuple[str, str], ...] = field(repr=False)
    seed: int | None
    timeout: float
    idp_url: str | None
    certs: str | None

    @property
    def variables(self) -> dict[str, str]:
        """The variables of scenarios: the environment's, and above them those of --idpsim-set."""
        return {**os.environ, **dict(self.sets)}


GIVEN = pytest.StashKey[Given]()


def add(parser: pytest.Parser) -> None:
    """Tell pytest of the options and ini keys."""
    group = parser.getgroup("idpsim", "idpsim: a local identity provider that tests your SCIM service provider")
    group.addoption(
        "--idpsim-target",
        metavar="URL",
        help="the service provider under test where no fixture idpsim_target says so, and what scenario files are "
        "collected for: http://localhost:8000/scim/v2, wsgi:module:attribute/path, asgi:module:attribute/path, or "
        "embedded for idpsim's own (ini: idpsim_target, environment: IDPSIM_TARGET)",
    )
    group.addoption(
        "--idpsim-token",
        metavar="TOKEN",
        help="its bearer token, where the fixture idpsim_target gives none (environment: IDPSIM_TOKEN)",
    )
    group.addoption(
        "--idpsim-idp",
        metavar="NAME[,NAME]",
        action="append",
        help=f"the profiles that the fixture idp, idpsim_play and scenario files play, of {', '.join(PROFILES)}; {ALL} "
        f"is {', '.join(DEFAULTS)} (ini: idpsim_idp; by default idp plays every profile, and a file its own)",
    )
    group.addoption(
        "--idpsim-set",
        metavar="NAME=VALUE",
        action="append",
        help="a variable of scenario files, above the environment's; repeatable",
    )
    group.addoption("--idpsim-seed", metavar="N", type=int, help="fix everything random but names")
    group.addoption(
        "--idpsim-timeout",
        metavar="S",
        type=float,
        help=f"seconds that the service provider has for an answer ({TIMEOUT:.0f})",
    )
    group.addoption(
        "--idpsim-idp-url",
        metavar="URL",
        help="where the identity provider is served for sign-ins (fixture idpsim_server: a free port; scenario files: "
        "http://localhost:8765)",
    )
    group.addoption(
        "--idpsim-certs",
        metavar="FOLDER",
        help="the identity provider's keys, as `idpsim certs` makes them (by default they are made in memory)",
    )
    parser.addini("idpsim_target", "what --idpsim-target is where it is left out", default=None)
    parser.addini("idpsim_idp", "what --idpsim-idp is where it is left out", type="args", default=None)


def given(config: pytest.Config) -> Given:
    """The options of this session; pytest.UsageError, one line, for what is wrong."""
    timeout: float | None = config.getoption("--idpsim-timeout")
    if timeout is not None and not 0 < timeout < 86_400:
        raise pytest.UsageError(f"--idpsim-timeout is a number of seconds above 0, not {timeout:g}")
    target, target_from = _first(
        ("--idpsim-target", config.getoption("--idpsim-target")),
        ("IDPSIM_TARGET", os.environ.get("IDPSIM_TARGET")),
        ("idpsim_target in the ini file", config.getini("idpsim_target")),
    )
    token, token_from = _first(
        ("--idpsim-token", config.getoption("--idpsim-token")), ("IDPSIM_TOKEN", os.environ.get("IDPSIM_TOKEN"))
    )
    return Given(
        target=_target(target, target_from),
        target_from=target_from,
        token=token,
        token_from=token_from,
        idp=_profiles(config.getoption("--idpsim-idp") or config.getini("idpsim_idp") or ()),
        sets=tuple(_variable(each) for each in config.getoption("--idpsim-set") or ()),
        seed=config.getoption("--idpsim-seed"),
        timeout=TIMEOUT if timeout is None else timeout,
        idp_url=(config.getoption("--idpsim-idp-url") or "").rstrip("/") or None,
        certs=config.getoption("--idpsim-certs"),
    )


def _first(*sources: tuple[str, Any]) -> tuple[str | None, str]:
    """The first value that is given, and the name of what gives it."""
    return next(((value, name) for name, value in sources if value), (None, ""))


def _target(text: str | None, source: str) -> str | None:
    if text is None or (_TARGET.fullmatch(text) and _has_port(text)):
        return text
    raise pytest.UsageError(
        f"{source} is a URL such as http://localhost:8000/scim/v2, wsgi:module:attribute, asgi:module:attribute "
        f"or {EMBEDDED}, not {_USERINFO.sub('://', text)!r}"
    )


def _has_port(text: str) -> bool:
    """Whether the port of a URL, if it has one, is a port."""
    try:
        return urlsplit(text).port != 0
    except ValueError:
        return False


def _profiles(values: Iterable[str]) -> tuple[str, ...] | None:
    names = [name for value in values for name in re.split(r"[\s,]+", value) if name]
    for name in names:
        if name not in (*PROFILES, ALL):
            raise pytest.UsageError(f"--idpsim-idp: there is no profile {name!r}{near(name)}")
    chosen = (each for name in names for each in (DEFAULTS if name == ALL else (name,)))
    return tuple(dict.fromkeys(chosen)) or None


def near(name: str) -> str:
    """What follows the name of a profile that there is not."""
    from difflib import get_close_matches

    close = get_close_matches(name, PROFILES, 1)
    return f", did you mean {close[0]!r}?" if close else f" (there are {', '.join(PROFILES)})"


def _variable(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not _VARIABLE.fullmatch(name):
        raise pytest.UsageError(f"--idpsim-set takes NAME=VALUE, not {name + mark!r}")
    return name, value
