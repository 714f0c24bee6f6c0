"""What a vendor would send for an event, request by request, with where it is said. Nothing leaves this machine.

PROFILE is one of those that `idpsim profiles` lists, EVENT one of the scenario language. Without an EVENT: the events,
with the requests of each in one line. The directory is a small one; the answers are the embedded service provider's.

  idpsim show okta
  idpsim show okta unassign
  idpsim show entra sign-in
  idpsim show onelogin unassign --set on_removed=suspend
  idpsim show entra --settings
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from itertools import groupby
from typing import Any

import click

from idpsim import api
from idpsim.cli import written
from idpsim.cli.show_sign_in import sign_in
from idpsim.cli.situations import DIRECTORY, SITUATIONS, Situation
from idpsim.cli.terminal import echo, page_of
from idpsim.errors import UsageError
from idpsim.profiles import profile as named
from idpsim.provisioning.profile import Profile
from idpsim.provisioning.settings import Setting
from idpsim.report.request import lines as request_lines
from idpsim.report.request import short
from idpsim.report.secrets import Secrets
from idpsim.report.text import Page
from idpsim.scenario.known import unknown
from idpsim.scenario.load import load_text
from idpsim.scenario.results import StepResult
from idpsim.transcript import Transcript
from idpsim.wire import Exchange

SIGN_IN = "sign-in"


@click.command(help=written(__doc__))
@click.argument("profile")
@click.argument("event", required=False)
@click.option("--settings", is_flag=True, help="The switches of the vendor's app: default, choices, source.")
@click.option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="Show it with a switch of the app set so.")
@click.option("-v", "--verbose", is_flag=True, help="Bodies as they are sent, in one line.")
def show(profile: str, event: str | None, settings: bool, sets: tuple[str, ...], verbose: bool) -> None:
    """The switches, one event, or all of them."""
    vendor, page = named(profile), page_of(sys.stdout)
    events = (*SITUATIONS, SIGN_IN)
    if event is not None and event not in events:
        raise UsageError(f"{unknown('event', event, events)}\n  there are: {', '.join(events)}")
    switches = dict(_switch(each, vendor) for each in sets)
    if settings:
        shown = _settings(vendor, page)
    elif event is None:
        shown = _overview(vendor, switches, page)
    elif event == SIGN_IN:
        shown = sign_in(vendor, switches, page)
    else:
        shown = _event(vendor, event, switches, page, verbose)
    for line in shown:
        echo(line, page=page)


def _switch(given: str, vendor: Profile) -> tuple[str, Any]:
    name, mark, value = given.partition("=")
    if not mark:
        raise UsageError(f"--set takes NAME=VALUE, not {given!r}")
    setting = vendor.settings.get(name)
    if setting is None:
        raise UsageError(
            f"{unknown('switch', name, vendor.settings)}\n  idpsim show {vendor.name} --settings lists them"
        )
    return name, _typed(name, value, setting)


def _typed(name: str, value: str, setting: Setting) -> Any:
    """The value in the switch's own type."""
    if setting.kind == "choice" and value not in setting.choices:
        near = get_close_matches(value, setting.choices, 1)
        meant = f", did you mean {near[0]!r}?" if near else ""
        raise UsageError(f"{name} is one of {', '.join(setting.choices)}; not {value!r}{meant}")
    if setting.kind in ("bool", "int", "mapping"):
        try:
            typed = json.loads(value)
        except ValueError:
            typed = None
        wanted = {"bool": (bool, "true or false"), "int": (int, "a whole number"), "mapping": (dict, "a JSON object")}
        kind, words = wanted[setting.kind]
        if not isinstance(typed, kind) or (kind is int and isinstance(typed, bool)):
            raise UsageError(f"{name} is {words}; not {value!r}")
        return typed
    return value.split(",") if setting.kind == "list" else value


def _settings(vendor: Profile, page: Page) -> Iterator[str]:
    if not vendor.settings:
        yield f"{vendor.name} has no switches."
    for name, setting in vendor.settings.items():
        choices = f", one of {', '.join(setting.choices)}" if setting.choices else f" ({setting.kind})"
        yield f"{page.strong(name)}: {_default(setting.default)}{choices}"
        yield from page.wrapped(setting.doc, 4)
        if setting.source:
            yield f"    {page.place(setting.source)}"


def _default(value: object) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value)


def _overview(vendor: Profile, switches: dict[str, Any], page: Page) -> Iterator[str]:
    """One entry for each event: the requests, or why there are none; a cycle's probes only where they are the event."""
    yield page.strong(f"{vendor.name}: {vendor.title}")
    width = max(map(len, SITUATIONS)) + 2
    for event, situations in SITUATIONS.items():
        step, exchanges, _ = _played(vendor, situations[0], switches)
        sent = [each for each in exchanges if event == "connect" or not each.probe]
        texts = [short(each, f"/scim/{vendor.name}/v2") for each in sent] or ["only the cycle's probe"][
            : len(exchanges)
        ]
        if texts:
            first, *rest = _filled(texts, page.width - width - 4)
        else:
            first, *rest = (
                page.quiet(line) for line in replace(page, width=page.width - width - 4).wrapped(_why_not(step))
            )
        yield f"  {event:{width}}{first}"
        yield from (f"  {'':{width}}{line}" for line in rest)
    yield f"  {SIGN_IN:{width}}a SAML Response, or id_token and access_token"
    yield ""
    yield f"idpsim show {vendor.name} EVENT shows the requests, idpsim show {vendor.name} --settings the switches."


def _filled(parts: Iterable[str], width: int) -> list[str]:
    """Parts in lines, separated by commas, each whole; the same one twice in a row is counted."""
    lines: list[str] = []
    for part, same in groupby(parts):
        number = len(list(same))
        text = part if number == 1 else f"{number} x {part}"
        if lines and len(lines[-1]) + len(text) + 2 <= width:
            lines[-1] += f", {text}"
        else:
            lines = [*lines[:-1], f"{lines[-1]},", text] if lines else [text]
    return lines


def _event(vendor: Profile, event: str, switches: dict[str, Any], page: Page, verbose: bool) -> Iterator[str]:
    for number, situation in enumerate(SITUATIONS[event]):
        step, exchanges, redact = _played(vendor, situation, switches)
        if number:
            yield ""
        yield page.strong(f"{vendor.name}, {event}: {situation.about}")
        for each in exchanges:
            yield ""
            yield from request_lines(each, page, redact, verbose)
        if not exchanges:
            yield from page.wrapped(f"--  nothing is sent: {_why_not(step)}", 4, "")
            for source in dict.fromkeys(step.sources.values()):
                yield f"    {page.place(source)}"
        elif step.outcome != "done":
            yield from page.wrapped(f"--  {step.outcome}: {_why_not(step)}", 4, "")
        for note in dict.fromkeys(step.notes):
            yield from (page.quiet(line) for line in page.wrapped(f"note: {note}", 4))


def _why_not(step: StepResult) -> str:
    return "; ".join(dict.fromkeys(step.reasons.values())) or step.skipped or step.outcome


def _played(
    vendor: Profile, situation: Situation, switches: dict[str, Any]
) -> tuple[StepResult, list[Exchange], Secrets]:
    """The event's step, and what the vendor sent in it; the service provider is in memory and gone afterwards."""
    steps: Iterable[Any] = [*situation.before, situation.happens]
    document = {
        "name": "show",
        "verify": False,
        "settings": {vendor.name: switches},
        "directory": DIRECTORY,
        "steps": list(steps),
    }
    scenario = load_text(json.dumps(document), "show", known=api.known(), variables={}, idp=[vendor.name])
    how = api.Playing(seed=0, keep=True, keep_names=True)
    secrets = Secrets()
    with Transcript() as transcript, api.opened(scenario.script(vendor.name), how, transcript) as run:
        transcript.follow(secrets.watch)
        step = list(run)[-1]
        return step, [each for each in transcript.range(*step.exchanges) if each.by == "vendor"], secrets
