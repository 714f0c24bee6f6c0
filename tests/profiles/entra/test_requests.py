"""The bytes of Entra's requests: URL, headers, body."""

from __future__ import annotations

from dataclasses import replace

import pytest

from idpsim.profiles.entra.scim import encoded
from idpsim.provisioning.flow import Call, delete, get, patch, post
from tests.profiles.entra.playing import LEGACY, World


def test_the_flag_and_a_trailing_slash_are_no_part_of_a_resource_url():
    world = World()
    connection = replace(world.connection, base="https://api.fabrikam.example/scim/v2/?aadOptscim062020")

    request = LEGACY.request(get("/Users/u-1"), connection)

    assert request.url == "https://api.fabrikam.example/scim/v2/Users/u-1"


def test_a_get_has_host_and_authorization_and_nothing_else():
    request = World().request(get("/Users/u-1"))

    assert request.headers == (("Host", "api.fabrikam.example"), ("Authorization", "Bearer s3cret"))


def test_a_delete_has_no_body_and_no_content_headers():
    request = World().request(delete("/Users/u-1"))

    assert request.body is None
    assert [name for name, _ in request.headers] == ["Host", "Authorization"]


@pytest.mark.parametrize("call", [post("/Users", {"a": "å"}), patch("/Users/u-1", {"op": "Add"})])
def test_a_body_is_compact_json_with_type_and_length(call: Call):
    request = World().request(call)

    assert request.body is not None
    assert b" " not in request.body
    assert request.headers == (
        ("Host", "api.fabrikam.example"),
        ("Authorization", "Bearer s3cret"),
        ("Content-Type", "application/scim+json; charset=utf-8"),
        ("Content-Length", str(len(request.body))),
    )


def test_without_a_token_there_is_no_authorization_and_the_operators_headers_come_last():
    world = World()
    connection = replace(world.connection, authorization=None, headers=(("X-Tenant", "7"),))

    request = LEGACY.request(get("/Users"), connection)

    assert request.headers == (("Host", "api.fabrikam.example"), ("X-Tenant", "7"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('userName eq "ada@fabrikam.example"', "userName+eq+%22ada%40fabrikam.example%22"),
        (
            'emails[type eq "work"].value eq "ada@fabrikam.example"',
            "emails%5btype+eq+%22work%22%5d.value+eq+%22ada%40fabrikam.example%22",
        ),
        ("a-b_c.d!e*f(g)", "a-b_c.d!e*f(g)"),
        ("a:b+c&d'e/f~g%h", "a%3ab%2bc%26d%27e%2ff%7eg%25h"),
        ("Jürgen Å", "J%C3%BCrgen+%C3%85"),
        ("\ud800", "%3F"),
    ],
)
def test_values_are_form_encoded_in_lower_case_hex_and_what_is_not_ascii_in_upper_case(value: str, expected: str):
    assert encoded(value) == expected


def test_hex_case_makes_all_hex_upper_case():
    world = World(hex_case="upper")

    request = world.request(get("/Users", (("filter", "a@[b]"),)))

    assert request.url.endswith("/Users?filter=a%40%5Bb%5D")


def test_parameters_come_in_the_order_of_the_reference_code():
    names = ("count", "startIndex", "filter", "excludedAttributes", "attributes")

    request = World().request(get("/Groups", tuple((name, "1") for name in names)))

    assert request.url.endswith("/Groups?attributes=1&excludedAttributes=1&filter=1&startIndex=1&count=1")
