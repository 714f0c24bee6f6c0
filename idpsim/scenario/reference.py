"""The reference of the scenario language, in Markdown, from the tables that reading uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from idpsim.scenario.attributes import CUSTOM, PERSON_KEYS
from idpsim.scenario.events import AT_SP, EVENTS, EXPECT, FAULT, FAULTS, GROUP, MODIFIERS, USER, Event
from idpsim.scenario.language import DIRECTORY, GENERATE, TARGET, TOP
from idpsim.scenario.language import GROUP as GROUP_ENTRY
from idpsim.scenario.shapes import Key
from idpsim.scenario.single_sign_on import OIDC, SAML, SHOWS, SSO

_SECTIONS: tuple[tuple[str, Iterable[Key]], ...] = (
    ("The file", TOP.keys),
    ("`target`", TARGET.keys),
    ("`sso`", SSO.keys),
    ("`shows` in `sso`", SHOWS.keys),
    ("`saml` in `sso`", SAML.keys),
    ("`oidc` in `sso`", OIDC.keys),
    ("`directory`", DIRECTORY.keys),
    ("A person", (*PERSON_KEYS, CUSTOM)),
    ("A group", GROUP_ENTRY.keys),
    ("`generate`", GENERATE.keys),
)
_STEP_SECTIONS: tuple[tuple[str, Iterable[Key]], ...] = (
    ("Any step", MODIFIERS.values()),
    ("`expect`", EXPECT.keys),
    ("`user` in `expect`, beside SCIM paths", USER.keys),
    ("`group` in `expect`, beside SCIM paths", GROUP.keys),
    ("`fault`", FAULT.keys),
)
_SET = {"no": "", "may": "optional", "must": "required"}


def language_reference() -> str:
    """Tables of every key and event, in Markdown."""
    parts = [
        *(_keys(title, keys) for title, keys in _SECTIONS),
        _table("Events", ("event", "takes", "what it is"), (row for event in EVENTS.values() for row in _event(event))),
        *(_keys(title, keys) for title, keys in _STEP_SECTIONS),
        _table(
            "Kinds of fault",
            ("do", "what happens", "takes"),
            ((f"`{f.name}`", f.doc, ", ".join(f.takes)) for f in FAULTS),
        ),
        _table("`at-sp`", ("act", "what happens", "set"), ((f"`{a.name}`", a.doc, _SET[a.set]) for a in AT_SP)),
    ]
    return "\n".join(parts)


def _keys(title: str, keys: Iterable[Key]) -> str:
    rows = ((f"`{key.name}`{' (required)' if key.required else ''}", key.words(), key.doc) for key in keys)
    return _table(title, ("key", "takes", "what it is"), rows)


def _event(event: Event) -> Iterator[tuple[str, str, str]]:
    """The event's own row, then one for each argument."""
    yield f"`{event.name}`", event.takes.words(), event.doc
    for key in event.arguments:
        required = " (required)" if key.required else ""
        yield f"· `{event.name}` with `{key.name}`{required}", key.words(), key.doc


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"### {title}", "", _row(head), _row(tuple("---" for _ in head)), *(_row(row) for row in rows), ""]
    return "\n".join(lines)


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
