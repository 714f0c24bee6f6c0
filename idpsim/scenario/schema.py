"""JSON Schema for scenario files, so that an editor can complete and check them."""

from __future__ import annotations

from typing import Any

from idpsim.scenario.events import EVENTS, MODIFIERS, Event
from idpsim.scenario.known import Known
from idpsim.scenario.language import TOP
from idpsim.scenario.scalars import Schema
from idpsim.scenario.shapes import Key


def json_schema(known: Known) -> dict[str, Any]:
    """The schema of a scenario file, draft 2020-12."""
    modifiers = {name: key.schema(known) for name, key in MODIFIERS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "idpsim scenario",
        "description": "What happens in an identity provider's directory, and what a service provider makes of it.",
        **TOP.schema(known),
        "$defs": {**modifiers, "step": {"anyOf": [_step(event, known) for event in EVENTS.values()]}},
    }


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
