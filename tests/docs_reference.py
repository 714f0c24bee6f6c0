"""The generated pages of the documentation, made from the tables that the code itself uses."""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import fields
from importlib import import_module

from click.testing import CliRunner

import idpsim.profiles
from idpsim.api import known
from idpsim.cli import COMMANDS, main
from idpsim.profiles import all_profiles, all_sign_ons
from idpsim.provisioning.flow import Skipped
from idpsim.provisioning.profile import Profile
from idpsim.pytest_plugin import fixtures as plugin_fixtures
from idpsim.pytest_plugin import options
from idpsim.scenario.reference import language_reference
from idpsim.sp import Switches
from idpsim.sso.tamper.catalogue import entries
from idpsim.wire import Quirk
from tests.docs_pages import WIDTH

_SCENARIOS = """# Scenarios

A scenario says what happens in the identity provider's directory, not what goes over the wire, so one file plays as
every vendor. `idpsim check FILE` reads it, `idpsim run FILE` plays it, `idpsim schema` prints the JSON Schema for
editors. Where a value is said to be by vendor it may be a mapping from vendors or profiles, or `any`, to values.
[Write a scenario](../how-to/write-a-scenario.md) is the way in.

"""
_SWITCHES = """# The embedded service provider

`idpsim sp` serves it, and a scenario without a target plays against it. It is right by default; each switch
makes it another kind of service provider, or wrong in one way. In a scenario they stand under
`target.embedded`, on the command line after `--switch`.
"""
_FALSIFICATIONS = """# Falsified sign-ins

What `tamper:` can name. A service provider must refuse; must never let the attacker in as the victim, and
may accept whom the signature covers; must accept; or may do either; `idpsim run sso-hardening` plays them all.
"""
_PROFILES = """# Profiles

A profile is one vendor's client. What follows is what the code itself goes by: `idpsim show PROFILE EVENT` prints the
requests, with these words beside them. A source that is the vendor's own page is documentation; one that is somebody's
issue, repository or guide is what a service provider saw or was told to expect.
[What idpsim imitates](../explanation.md#what-is-imitated) says how much of each vendor that is.
"""
_FIXTURES = """# Fixtures

What the pytest plugin gives to tests, and what they may override; [how to use it](../how-to/pytest.md). The clients'
methods are the [events](scenarios.md#events) of the scenario language, with underscores for dashes.
"""
_COMMANDS = """# Commands

What `--help` prints.
"""
_MUST = {
    "refuse": "refuse",
    "not-victim": "refuse, or accept who is signed for",
    "accept": "accept",
    "either": "do either",
}


def pages() -> Iterator[tuple[str, str]]:
    """Each generated page: its path below docs/reference, and its text."""
    yield "scenarios.md", _SCENARIOS + language_reference()
    yield "settings.md", settings()
    yield "profiles.md", profiles()
    yield "commands.md", helps()
    yield "fixtures.md", fixtures()
    yield "service-provider.md", switches()
    yield "falsified-sign-ins.md", falsifications()


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table between empty lines."""
    head = tuple(head)
    every = ([cell.replace("|", r"\|") for cell in row] for row in (head, ["---"] * len(head), *rows))
    return "\n" + "".join(f"| {' | '.join(row)} |\n" for row in every)


def link(source: str) -> str:
    return f"[source]({source})" if source.startswith("http") else ""


def switches() -> str:
    return _SWITCHES + table(
        ("switch", "default", "choices", "what it does"),
        (
            (
                f"`{each.name}`",
                f"`{str(each.default).lower() if not isinstance(each.default, tuple) else 'none'}`",
                ", ".join(f"`{str(choice).lower()}`" for choice in each.metadata["choices"]) or "any",
                each.metadata["doc"],
            )
            for each in fields(Switches)
        ),
    )


def settings() -> str:
    sign_in = {setting for each in all_sign_ons().values() for setting in each.settings}
    own = {
        name: {key: each for key, each in those.items() if key not in sign_in}
        for name, those in known().settings.items()
    }
    common = {f"{name}, sign-in": each.settings for name, each in all_sign_ons().items()}
    parts = ["# The switches of the apps\n\nBy profile, under the vendors' own names; `settings:` sets them.\n"]
    for name, those in {**own, **common}.items():
        rows = []
        for setting, each in those.items():
            default = str(each.default).lower() if isinstance(each.default, bool) else each.default or "none"
            choices = ", ".join(f"`{choice}`" for choice in each.choices) or each.kind
            rows.append((f"`{setting}`", f"`{default}`", choices, f"{each.doc} {link(each.source)}".rstrip()))
        parts.append(f"## {name}\n" + table(("setting", "default", "choices", "what it does"), rows))
    return "\n".join(parts)


def falsifications() -> str:
    parts = [_FALSIFICATIONS]
    for protocol, title in (("saml", "SAML"), ("oidc", "OpenID Connect")):
        rows = (
            (f"`{each.name}`", each.does, _MUST[each.must], f"{each.why} {link(each.source)}")
            for each in entries().values()
            if each.protocol == protocol
        )
        parts.append(f"## {title}\n" + table(("tamper", "what is falsified", "right is to", "why"), rows))
    return "\n".join(parts)


def profiles() -> str:
    parts = [_PROFILES]
    by_vendor: dict[str, list[Profile]] = {}
    for each in all_profiles().values():
        by_vendor.setdefault(each.vendor, []).append(each)
    for vendor, those in by_vendor.items():
        rows = ((f"`{each.name}`", each.title, each.plays, each.evidence, _pace(each)) for each in those)
        parts.append(f"## {vendor}\n" + table(("profile", "who it is", "what it plays", "evidence", "pace"), rows))
        quirks, never = quirks_of(vendor), {k: v for each in those for k, v in each.never.items()}
        parts.append("What it does beyond the RFC:\n" + table(("quirk", "source"), quirks))
        parts.append("What it never does:\n" + table(("event", "why", "source"), _never(never.items())))
    return "\n".join(parts)


def _pace(profile: Profile) -> str:
    return "at once" if profile.interval is None else f"a cycle each {profile.interval / 60:g} minutes"


def _never(those: Iterable[tuple[str, Skipped]]) -> Iterator[tuple[str, ...]]:
    yield from ((f"`{event}`", why.reason, link(why.source)) for event, why in those)


def quirks_of(vendor: str) -> list[tuple[str, str]]:
    """What a vendor's package knows of its quirks, each once, with its source."""
    package = import_module(f"{idpsim.profiles.__name__}.{vendor}")
    modules = (import_module(f"{package.__name__}.{each.name}") for each in pkgutil.iter_modules(package.__path__))
    found = (each for module in modules for each in vars(module).values() if isinstance(each, Quirk))
    return list({each.text: (each.text, link(each.source)) for each in found}.values())


def fixtures() -> str:
    tree = ast.parse(inspect.getsource(plugin_fixtures))
    functions = (each for each in tree.body if isinstance(each, ast.FunctionDef) and each.name[0] != "_")
    rows = (
        (f"`{each.name}`", "session" if "session" in marked else "test", ast.get_docstring(each) or "")
        for each in functions
        if "pytest.fixture" in (marked := " ".join(map(ast.unparse, each.decorator_list)))
    )
    parser = Options()
    options.add(parser)  # type: ignore[arg-type]
    return "\n".join(
        [
            _FIXTURES + table(("fixture", "scope", "what it is"), rows),
            "## Options\n" + table(("option", "what it is"), parser.options),
            "## Keys of the ini file\n" + table(("key", "what it is"), parser.keys),
        ]
    )


class Options:
    """Stands for pytest's parser and keeps what it is told, as rows."""

    def __init__(self) -> None:
        self.options: list[tuple[str, str]] = []
        self.keys: list[tuple[str, str]] = []

    def getgroup(self, *_: str) -> Options:
        return self

    def addoption(self, name: str, *, help: str, metavar: str = "", **_: object) -> None:
        self.options.append((f"`{name} {metavar}`", help))

    def addini(self, name: str, help: str, **_: object) -> None:
        self.keys.append((f"`{name}`", help))


def helps() -> str:
    parts = [_COMMANDS]
    for command in ("", *COMMANDS):
        line = f"idpsim {command}".strip()
        typed = [*line.split()[1:], "--help"]
        told = CliRunner().invoke(main, typed, prog_name="idpsim", terminal_width=int(WIDTH) - 2)
        parts.append(f"## {line}\n\n```console\n$ {line} --help\n{told.stdout}```\n")
    return "\n".join(parts)
