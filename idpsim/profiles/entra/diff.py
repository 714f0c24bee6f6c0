"""What differs between the directory and what was just read, and the PATCH operations that say so in either shape."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from idpsim.profiles.entra import facts
from idpsim.profiles.entra.mapping import Source
from idpsim.profiles.entra.rules import Rules
from idpsim.provisioning.flow import Call, patch
from idpsim.scim import find
from idpsim.wire import Quirk


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of one attribute; `held` is what the service provider had there."""

    verb: Literal["add", "replace", "remove"]
    path: str
    value: Any = None
    held: Any = None


def differences(source: Source, resource: Mapping[str, Any], clear_attr: str) -> tuple[Edit, ...]:
    """The edits that bring the resource to the source's values, in the order of the mapping.

    Add where the service provider has no value, Replace where it has another. A source without a value changes
    nothing unless `clear_attr` says so.
    """
    return tuple(_edits(source, resource, clear_attr))


def _edits(source: Source, resource: Mapping[str, Any], clear_attr: str) -> Iterator[Edit]:
    for path, wanted in source.values.items():
        found = find(resource, path)
        held = next((value for value in found.values if value not in (None, "", [])), None)
        if wanted is None:
            if held is not None and clear_attr != "skip":
                yield Edit("remove", path, held=held) if clear_attr == "remove" else Edit("replace", path, "")
        elif held is None:
            yield Edit("add", path, wanted)
        elif not any(same(wanted, value) for value in found.values):
            yield Edit("replace", path, wanted)


def same(wanted: str | bool, held: Any) -> bool:
    """Whether a value is the wanted one: exactly, though a number may stand for its digits."""
    if isinstance(wanted, bool) or isinstance(held, bool):
        return wanted is held
    return (str(held) if isinstance(held, int | float) else held) == wanted


def promised(edits: Sequence[Edit]) -> dict[str, Any]:
    """What a service provider that accepts these edits then holds, by SCIM path."""
    return {edit.path: edit.value if edit.value != "" else None for edit in edits}


def edited(path: str, edits: Sequence[Edit], rules: Rules) -> Call:
    """The one PATCH that holds all edits."""
    operations = list(_flagged(edits) if rules.flag else _legacy(edits))
    return patch(path, *operations, quirks=tuple(_quirks(edits, operations, rules)))


def _legacy(edits: Sequence[Edit]) -> Iterator[dict[str, Any]]:
    for edit in edits:
        value = edit.held if edit.verb == "remove" else edit.value
        yield {"op": edit.verb.title(), "path": edit.path, "value": str(value) if isinstance(value, bool) else value}


def _flagged(edits: Sequence[Edit]) -> Iterator[dict[str, Any]]:
    """Operations with a path first, then one replace of all single values, then the adds: one alone has its path."""
    loose = [edit for edit in edits if not _keeps_path(edit)]
    for edit in edits:
        if _keeps_path(edit):
            tail = {} if edit.verb == "remove" else {"value": edit.value}
            yield {"op": edit.verb, "path": edit.path, **tail}
    replaced = {edit.path: edit.value for edit in loose if edit.verb == "replace"}
    added = {edit.path: edit.value for edit in loose if edit.verb == "add"}
    if replaced:
        yield {"op": "replace", "value": replaced}
    if len(added) == 1:
        yield from ({"op": "add", "path": path, "value": value} for path, value in added.items())
    elif added:
        yield {"op": "add", "value": added}


def _keeps_path(edit: Edit) -> bool:
    return "[" in edit.path or edit.path == "active" or edit.verb == "remove"


def _quirks(edits: Sequence[Edit], operations: Sequence[Mapping[str, Any]], rules: Rules) -> Iterator[Quirk]:
    """The particular ones first: a report quotes the first."""
    if not rules.flag and any(edit.path == "active" for edit in edits):
        yield facts.STRING_BOOLEAN
    if any("path" not in operation for operation in operations):
        yield facts.DOTTED_KEYS
    if any("[" in edit.path for edit in edits):
        yield facts.MAKES_ELEMENT
    if any(_is_dotted(operation.get("path", "")) for operation in operations):
        yield facts.DOTTED_PATHS
    if not rules.flag:
        yield facts.TITLE_CASE


def _is_dotted(path: str) -> bool:
    return "." in path and "[" not in path
