"""Editors and readers get the language from the tables that reading uses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from idpsim.scenario.events import EVENTS, MODIFIERS
from idpsim.scenario.known import Known
from idpsim.scenario.language import TOP
from idpsim.scenario.nodes import compose, plain_values
from idpsim.scenario.reference import language_reference
from idpsim.scenario.schema import json_schema

WRONG = [
    "steps: []",
    "stps: [connect: ]",
    "steps: [{conect: }]",
    "steps: [{assign: ada, push: eng}]",
    "steps: [{update: ada}]",
    "steps: [{connect: , expect: {outcome: don}}]",
    "steps: [{connect: , fault: {on: Users, do: reset}}]",
    "settings: {okta: {page_sise: 5}}\nsteps: [connect: ]",
    "directory: {people: {ada: {}}}\nsteps: [connect: ]",
    "target: {scim: {okta: ftp://x}}\nsteps: [connect: ]",
    "steps: [{wait: 5}]",
]
MORE = [
    "steps: [{settings: {page_size: 5}, only: okta}, {approve: }, {at-sp: issue-token}]",
    "verify: false\nsteps: [{assign: 5, expect: {any: {sent: [probe, {request: PUT /Users}]}}}]",
    "target: {okta: {token: 5}, any: {token: {entra: a}}}\nsteps: [{wait: '${WAIT}', settle: '${S}'}]",
]


def test_the_schema_is_json_and_names_its_draft(known: Known) -> None:
    schema = json_schema(known)

    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_key_of_the_schema_is_described(known: Known) -> None:
    schema = json_schema(known)

    assert all(value["description"] for value in schema["properties"].values())
    assert [set(one["required"]) & set(EVENTS) for one in schema["$defs"]["step"]["anyOf"]] == [{e} for e in EVENTS]
    assert not [key for key in properties(schema) if not key]


def properties(schema: Any) -> list[str]:
    """The descriptions of every property at any depth; empty where one has none and refers to nothing."""
    if isinstance(schema, list):
        return [text for item in schema for text in properties(item)]
    if not isinstance(schema, dict):
        return []
    given = schema.get("properties", {}).values() if isinstance(schema.get("properties"), dict) else ()
    own = [value.get("description") or value.get("$ref") or value.get("type", "") for value in given]
    return own + [text for value in schema.values() for text in properties(value)]


def test_the_schema_takes_what_reading_takes(known: Known, good: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    validator = jsonschema.Draft202012Validator(json_schema(known))
    jsonschema.Draft202012Validator.check_schema(json_schema(known))

    for text in (good, *MORE):
        validator.validate(plain_values(compose(text, "s.yaml")))


@pytest.mark.parametrize("text", WRONG)
def test_the_schema_refuses_what_reading_refuses(known: Known, text: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")

    assert not jsonschema.Draft202012Validator(json_schema(known)).is_valid(plain_values(compose(text, "s.yaml")))


def test_the_reference_has_every_key_and_event() -> None:
    reference = language_reference()

    assert all(f"| `{name}`" in reference for name in (*EVENTS, *MODIFIERS, *TOP.by_name))
    assert all(line.count(" | ") == 2 for line in reference.splitlines() if line.startswith("| `"))
