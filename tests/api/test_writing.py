"""Python values become what a scenario would say, and nothing more is read into them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

import pytest

from idpsim.api.writing import written
from idpsim.clock import seconds
from idpsim.directory import Group, person
from idpsim.errors import Place, ScenarioError
from idpsim.scenario.known import Known
from idpsim.scenario.nodes import Entries, Items, Scalar
from idpsim.scenario.reading import Reading
from idpsim.scenario.scalars import Json

AT = Place("test_sp.py", 7, 5)
READING = Reading(Known({"okta": "okta"}), "okta", {"NAME": "a variable"})
JSON = Json()


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -3,
        2.5,
        "",
        "true",
        "null",
        "007",
        "3",
        "${NAME}",
        "$${NAME}",
        "a ${ b",
        "Zoë ✓",
        ["a", 1, None],
        {"a.b": {"c": [True]}},
        {"on": "no"},
    ],
)
def test_a_value_is_read_as_it_is(value: Any) -> None:
    assert JSON.read(written(value, AT), READING) == value


@pytest.mark.parametrize("values", [("a", "b"), iter(["a", "b"]), {"a": 1, "b": 2}.keys()])
def test_whatever_can_be_iterated_over_is_a_list(values: Any) -> None:
    assert JSON.read(written(values, AT), READING) == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (person("ada", {"userName": "ada@example.com"}), "ada"),
        (Group("eng", "eng", "Engineering"), "eng"),
        (PurePosixPath("certs/sp.pem"), "certs/sp.pem"),
    ],
)
def test_people_groups_and_paths_are_their_names(value: Any, text: str) -> None:
    node = written(value, AT)

    assert isinstance(node, Scalar)
    assert (node.text, node.plain) == (text, False)


@pytest.mark.parametrize(
    "span", [timedelta(minutes=40), timedelta(days=30), timedelta(milliseconds=250), timedelta(0), timedelta(hours=1.5)]
)
def test_a_span_of_time_is_a_duration(span: timedelta) -> None:
    node = written(span, AT)

    assert isinstance(node, Scalar)
    assert seconds(node.text) == span.total_seconds()


def test_every_node_stands_at_the_callers_place() -> None:
    node = written({"a": ["b"]}, AT)

    assert isinstance(node, Entries)
    (key, inner), *_ = node.entries
    assert isinstance(inner, Items)
    assert {node.place, key.place, inner.place, inner.items[0].place} == {AT}


def _endless() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (object(), "a value of type object cannot stand here"),
        (b"bytes", "a value of type bytes cannot stand here"),
        (float("nan"), "nan is no JSON number"),
        ("half \ud83d", "half a character (a surrogate) cannot be sent"),
        ({1: "a"}, "a key must be text, not int"),
        (_endless(), "this is nested more than 50 deep"),
    ],
    ids=["object", "bytes", "nan", "surrogate", "key", "endless"],
)
def test_what_a_scenario_could_not_say_is_refused(value: Any, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        written(value, AT)

    assert refused.value.message == said
    assert refused.value.place == AT
