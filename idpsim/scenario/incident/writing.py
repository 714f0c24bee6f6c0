"""A story as the text of a scenario, with what each step was made of written above it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from idpsim.scenario.incident.course import Happening
from idpsim.scenario.incident.recorded import Recorded
from idpsim.scenario.incident.story import Story
from idpsim.scenario.incident.strikes import strikes

_PLAIN = re.compile(r"[^\W\d_]([\w.@/ +'-]*\w)?")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "all"})
WIDTH = 118


def text(
    told: Story,
    *,
    name: str,
    idp: str,
    head: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    what: str = "entry",
    refusals: bool = False,
    verify: bool = True,
    outcomes: Mapping[int, str] | None = None,
    unsent: Collection[int] = (),
) -> str:
    """The scenario; `what` is what a number of the recording counts, `head` the comment on top.

    `outcomes` are expected of steps, by their index. `unsent` are the requests that playing does not send.
    """
    lines = [f"# {_line(each)}".rstrip() for each in head]
    lines += [f"name: {quoted(name)}", f"idp: {quoted(idp)}"]
    lines += [] if verify else ["verify: false"]
    if settings:
        lines += ["settings:", f"  {quoted(idp)}: {_flow(settings)}"]
    lines += _directory(told)
    lines.append("steps:")
    if any(each.prepared for each in told.happenings):
        lines.append("  # What was there before the recording begins.")
    for index, each in enumerate(told.happenings):
        lines += () if each.prepared else _above(each, what, unsent)
        lines += _step(each, refusals)
        if outcomes and index in outcomes:
            lines.append(f"    expect: {{outcome: {outcomes[index]}}}")
    return "\n".join(lines) + "\n"


def quoted(value: str) -> str:
    """A text as YAML: as it stands where nobody can mistake it, else as a JSON string, which YAML is a superset of."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    escaped = json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda found: f"\\u{ord(found[0]):04x}", escaped)


def numbered(requests: Iterable[Recorded], what: str) -> str:
    """`entry 3`, `entries 3-5 and 8`."""
    numbers = sorted({each.number for each in requests})
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    shown = [f"{first}" if first == last else f"{first}-{last}" for first, last in runs]
    plural = what if len(numbers) == 1 else what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{plural} {', '.join(shown)}"


def _directory(told: Story) -> Iterator[str]:
    if not told.people and not told.groups:
        return
    yield "directory:"
    if told.people:
        yield "  people:"
        for key, attributes in told.people.items():
            yield from _block(f"    {quoted(key)}: ", attributes, "      ")
    if told.groups:
        yield "  groups:"
        for key, group in told.groups.items():
            members = {"members": list(group.members)} if group.members else {}
            yield from _block(f"    {quoted(key)}: ", {"displayName": group.displayName, **members}, "      ")


def _block(lead: str, values: Mapping[str, Any], indent: str) -> Iterator[str]:
    """A mapping on one line where it fits, else one line for each key."""
    line = lead + _flow(values)
    if len(line) <= WIDTH:
        yield line
        return
    yield lead.rstrip()
    for key, value in values.items():
        yield f"{indent}{quoted(key)}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(str(key))}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(each) for each in value) + "]"
    return json.dumps(value)


def _key(name: str) -> str:
    """A key of the language as it is always written, `on` among them; any other like a value."""
    return name if name.isascii() and name.isalpha() else quoted(name)


def _step(happening: Happening, refusals: bool) -> Iterator[str]:
    arguments = dict(happening.arguments)
    if happening.event == "at-sp":
        yield f"  - at-sp: {arguments.pop('do')}"
        yield from (f"    user: {quoted(each)}" for each in happening.people[:1])
        yield from (f"    group: {quoted(each)}" for each in happening.groups[:1])
    elif happening.event in ("join", "leave"):
        yield f"  - {happening.event}: {_flow({'person': _some(happening.people), 'group': happening.groups[0]})}"
    else:
        who = [*happening.people, *happening.groups]
        yield f"  - {happening.event}:{' ' + _flow(_some(who)) if who else ''}"
    for name, value in arguments.items():
        yield from (
            _block(f"    {name}: ", value, "      ") if isinstance(value, dict) else (f"    {name}: {_flow(value)}",)
        )
    if not happening.settle:
        yield "    settle: false"
    probing = happening.event == "connect"
    struck = [each.written() for each in strikes(happening.requests, refusals, probing)]
    if struck:
        yield f"    fault: {_flow(struck[0] if len(struck) == 1 else struck)}"


def _some(names: list[str]) -> str | list[str]:
    return names[0] if len(names) == 1 else names


def _above(happening: Happening, what: str, unsent: Collection[int]) -> Iterator[str]:
    """When it was, what it was made of, and what went wrong there."""
    requests = sorted(happening.requests, key=lambda each: each.number)
    if not requests:
        yield "  # Nothing was sent for this; what follows shows it."
        return
    when = _when(requests[0])
    yield f"  # {when + ', ' if when else ''}{numbered(requests, what)}"
    for each in requests:
        if each.refused:
            answered = f"was answered {each.status}" if each.status else "got no answer"
            yield f"  #   {what} {each.number}: {each.method} {shape(each)} {answered}"
    unexplained = [each for each in requests if each.number in unsent]
    if unexplained:
        yield f"  #   not explained: {numbered(unexplained, what)}"


def shape(request: Recorded) -> str:
    """A request's path without anything that names somebody."""
    endpoint = {"user": "/Users", "group": "/Groups"}.get(request.about)
    if endpoint is None:
        return "/" + _line(request.rest.lstrip("/").partition("?")[0].partition("/")[0])[:40]
    path = f"{endpoint}/{{id}}" if request.id is not None else endpoint
    return f"{path}?filter" if request.filter is not None else path


def _when(request: Recorded) -> str:
    moment = request.moment
    if moment is None:
        return ""
    try:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return ""


def _line(value: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())
