"""Which of a vendor's quirks explains a failure, and where none does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from idpsim.scenario.why import quirk
from idpsim.wire import Exchange, Quirk, Request, Response

URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
OP = Quirk("Operations are in title case.", "https://v/op", ("op",))
PATH = Quirk("Paths are dotted.", "https://v/path", ("path",))
ELEMENT = Quirk("The element is to be made.", "https://v/element", ("element",))
PATHLESS = Quirk("There is no path.", "https://v/pathless", ("pathless",))
ROLES = Quirk("An empty list of roles.", "https://v/roles", ("roles",))
GENERAL = Quirk("All of it is sent.", "https://v/general")
EVERY = (OP, PATH, ELEMENT, PATHLESS, ROLES)


def patched(*operations: Any, status: int = 200, answer: Any = None, quirks: tuple[Quirk, ...] = EVERY) -> Exchange:
    body = json.dumps({"schemas": [], "Operations": operations}).encode()
    came = Response(status, (), json.dumps(answer or {}).encode())
    return Exchange(0, "vendor", Request("PATCH", "http://sp/Users/1", (), body), came, 0, 0, quirks=quirks)


def replaced(path: str, value: Any) -> dict[str, Any]:
    return {"op": "Replace", "path": path, "value": value}


@pytest.mark.parametrize("path", ["name.givenName", f"{URN}:department"])
def test_a_path_that_was_taken_literally_is_explained_by_its_spelling(path: str) -> None:
    exchange = patched(replaced(path, "Compilers"), answer={path: "Compilers"})

    assert quirk([exchange], path) is PATH


def test_an_operation_that_left_a_trace_was_understood() -> None:
    exchange = patched(replaced("title", "Dr"), answer={"titel": "Dr"})

    assert quirk([exchange], "title") is None


def test_an_operation_that_left_no_trace_was_not_understood() -> None:
    exchange = patched(replaced("title", "Dr"), answer={"title": "Ms"})

    assert quirk([exchange], "title") is OP


def test_the_trace_may_be_in_what_is_read_afterwards() -> None:
    read = patched(answer={"name": "Dr"}, quirks=())

    assert quirk([patched(replaced("title", "Dr"))], "title", read) is None


@pytest.mark.parametrize(
    ("operation", "path", "found"),
    [
        (replaced('emails[type eq "work"].value', "a@b"), 'emails[type eq "work"].value', ELEMENT),
        ({"op": "replace", "value": {"title": "Dr"}}, "title", PATHLESS),
    ],
)
def test_a_quirk_of_the_path_explains_where_the_path_is_so(operation: Any, path: str, found: Quirk) -> None:
    exchange = patched(operation, answer={"x": ["a@b", "Dr"]})

    assert quirk([exchange], path) is found


def test_a_request_that_does_not_speak_of_the_attribute_does_not_explain_it() -> None:
    exchange = patched(replaced("title", "Dr"), answer={}, quirks=(*EVERY, GENERAL))

    assert quirk([exchange], "displayName") is None


@pytest.mark.parametrize(
    ("detail", "found"),
    [("nothing to see", ROLES), ("title is too long", GENERAL), ("roles must not be empty", ROLES)],
)
def test_a_refusal_is_explained_by_what_it_names(detail: str, found: Quirk) -> None:
    exchange = patched(
        replaced("title", "Dr"), replaced("roles", []), status=400, answer={"detail": detail}, quirks=(ROLES, GENERAL)
    )

    assert quirk([exchange]) is found


def test_a_refused_operation_is_explained_by_its_spelling() -> None:
    answer = {"detail": "op Replace is unknown"}

    assert quirk([patched(replaced("title", "Dr"), status=400, answer=answer, quirks=(OP,))]) is OP
