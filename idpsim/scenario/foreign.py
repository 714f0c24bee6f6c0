"""YAML that is no scenario and was not meant to be one: what it is instead, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from idpsim.scenario.language import TOP
from idpsim.scenario.nodes import MAX_BYTES, MAX_DEPTH

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
COMMON = ("name", "description")
SHOWN = 3
SLIP = 0.75


def foreign(path: str) -> str | None:
    """What a file's first document is, where no key of it but `name` and `description` is, or is nearly, a scenario's.

    None for a scenario, right or wrong, and for what cannot be read as YAML.
    """
    try:
        with Path(path).open(encoding="utf-8-sig") as file:
            found = list(_keys(file.read(MAX_BYTES)))
    except (OSError, ValueError, yaml.YAMLError):
        return None
    if None in found:
        return "a list"
    strange = [key for key in found if key and key not in COMMON]
    if not strange or any(get_close_matches(key.lower(), TOP.by_name, 1, SLIP) for key in strange):
        return None
    return f"a mapping with {', '.join(strange[:SHOWN])}{', ...' if len(strange) > SHOWN else ''}"


def _keys(text: str) -> Iterator[str | None]:
    """The keys of the mapping that the first document is; None for a list. ValueError: deeper than any scenario."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if depth == 0 and isinstance(event, yaml.SequenceStartEvent):
            yield None
            return
        if depth > MAX_DEPTH:
            raise ValueError("too deep")
        if depth == 1 and isinstance(event, yaml.NodeEvent):
            if nodes % 2 == 0 and isinstance(event, yaml.ScalarEvent):
                yield event.value
            nodes += 1
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth == 0 and isinstance(event, yaml.CollectionEndEvent):
            return
