"""JSON Schema for scenario files, so that an editor can complete and check them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from idpsim.scenario.events import EVENTS, MODIFIERS, Event
from idpsim.scenario.known import Known
from idpsim.scenario.language import TOP
from idpsim.scenario.scalars import Schema
from idpsim.scenario.shapes import Key

LEAST = 150


def json_schema(known: Known) -> dict[str, Any]:
    """The schema of a scenario file, draft 2020-12."""
    modifiers = {name: key.schema(known) for name, key in MODIFIERS.items()}
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "idpsim scenario",
        "description": "What happens in an identity provider's directory, and what a service provider makes of it.",
        **TOP.schema(known),
        "$defs": {**modifiers, "step": {"anyOf": [_step(event, known) for event in EVENTS.values()]}},
    }
    return _shared(whole)


def _step(event: Event, known: Known) -> Schema:
    """A step with this event: its arguments, and what any step takes."""
    modifiers: Schema = {name: {"$ref": f"#/$defs/{name}"} for name in MODIFIERS}
    arguments = {key.name: key.schema(known) for key in event.arguments}
    own = Key(event.name, event.takes, event.doc).schema(known)
    return {
        "type": "object",
        "description": event.doc,
        "properties": {event.name: own, **arguments, **modifiers},
        "required": [event.name, *(key.name for key in event.arguments if key.required)],
        "additionalProperties": False,
    }


def _shared(schema: Schema) -> Schema:
    """The same schema in a quarter of its length: what stands in it more than once, and is long, stands in `$defs`."""
    names = {text: f"shared{number}" for number, text in enumerate(_repeated(schema), 1)}
    shared: Schema = {}

    def put(part: Any) -> Any:
        if isinstance(part, list):
            return [put(each) for each in part]
        if not isinstance(part, dict):
            return part
        name = names.get(json.dumps(part))
        if name is None:
            return _each(part, put)
        if name not in shared:
            shared[name] = _each(part, put)
        return {"$ref": f"#/$defs/{name}"}

    whole = put(schema)
    return {**whole, "$defs": {**whole["$defs"], **shared}}


def _repeated(schema: Schema) -> list[str]:
    """The parts, each a schema of its own, that stand in it more than once."""
    seen: Counter[str] = Counter()

    def count(part: Any) -> None:
        if isinstance(part, list):
            for each in part:
                count(each)
        elif isinstance(part, dict):
            if part.keys() & {"type", "anyOf", "enum"}:
                text = json.dumps(part)
                seen[text] += 1
                if seen[text] > 1:
                    return
            _each(part, count)

    count(schema)
    return [text for text, times in seen.items() if times > 1 and len(text) > LEAST]


def _each(schema: Schema, take: Callable[[Any], Any]) -> Schema:
    """The same schema with its parts taken; what `properties` and `$defs` name are parts, they themselves are none."""
    named = ("properties", "$defs")
    return {
        key: {name: take(part) for name, part in value.items()} if key in named else take(value)
        for key, value in schema.items()
    }
