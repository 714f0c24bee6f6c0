"""Falsified values: the document differs from the right one in what the entry says, and is signed as it should be."""

from __future__ import annotations

import re
from dataclasses import fields as fields_of
from dataclasses import replace

import pytest

from idpsim.sso.saml.facts import Facts
from idpsim.sso.tamper.saml_values import DAY, ELSEWHERE, HOUR, NEVER_SENT, TAMPERS
from tests.sso.front import ACS, ADA, SP, VENDORS, app, signing
from tests.sso.tamper.issuing import facts, issued, scene
from tests.sso.tamper.reading import covered, document, names, text_of

NOW = 1_800_000_000.0
TIMES = {"not_before", "not_on_or_after", "confirmations"}
CHANGES = {
    "expired": TIMES,
    "expired_confirmation": {"confirmations"},
    "not_yet_valid": {"not_before", "not_on_or_after"},
    "edge_skew_inside": TIMES,
    "edge_skew_outside": TIMES,
    "wrong_audience": {"audiences"},
    "no_audience": {"audiences"},
    "two_audiences": {"audiences"},
    "wrong_recipient": {"confirmations"},
    "wrong_destination": {"destination"},
    "wrong_acs": {"confirmations", "destination"},
    "longer_recipient": {"confirmations", "destination"},
    "wrong_inresponseto_response": {"in_response_to"},
    "wrong_inresponseto_confirmation": {"confirmations"},
    "wrong_inresponseto_both": {"in_response_to", "confirmations"},
    "unsolicited": {"in_response_to", "confirmations"},
    "wrong_issuer_response": {"issuer"},
    "wrong_issuer_assertion": {"assertion_issuer"},
    "wrong_issuer_both": {"issuer", "assertion_issuer"},
    "no_subject_confirmation": {"confirmations"},
    "non_bearer": {"confirmations"},
    "no_authn_statement": {"authn_instant"},
    "weak_authn_context": {"authn_context"},
    "session_not_on_or_after_past": {"session_not_on_or_after"},
    "nameid_missing": {"name_id"},
    "nameid_empty": {"name_id"},
    "nameid_other_format": {"name_id"},
    "nameid_changed_case": {"name_id"},
    "version_1_1": {"version"},
    "dup_attribute": {"attributes"},
    "multi_value": {"attributes"},
    "attribute_case": {"attributes"},
    "huge_attribute": {"attributes"},
    "huge_group_list": {"attributes"},
    **{name: {"status"} for name in TAMPERS if name.startswith("status_")},
}


def falsified(vendor: str, name: str) -> tuple[Facts, Facts]:
    """The right facts and the falsified ones."""
    of = app(vendor)
    right, change = facts(of, ADA, NOW), TAMPERS[name].facts
    assert change is not None
    return right, change(right, scene(of, NOW))


def test_every_value_is_tested() -> None:
    assert CHANGES.keys() == TAMPERS.keys()


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", TAMPERS)
def test_nothing_else_is_changed(name: str, vendor: str) -> None:
    right, wrong = falsified(vendor, name)

    changed = {each.name for each in fields_of(Facts) if getattr(right, each.name) != getattr(wrong, each.name)}

    assert changed == CHANGES[name]


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("name", [each for each in TAMPERS if not each.startswith("status_")])
def test_falsified_values_are_signed(name: str, vendor: str) -> None:
    root = document(issued(vendor, name))

    signed = {each.get("ID") for each in covered(root, signing("idp"))}

    assert signed


@pytest.mark.parametrize("name", [each for each in TAMPERS if each.startswith("status_")])
def test_an_error_names_nobody(name: str) -> None:
    root = document(issued("entra", name))

    said = text_of(root)

    assert names(root) == []
    assert "status:Success" not in said


def ends(wrong: Facts) -> tuple[float | None, float | None]:
    return wrong.not_on_or_after, wrong.confirmations[0].not_on_or_after


@pytest.mark.parametrize(("name", "ago"), [("expired", DAY), ("edge_skew_inside", 30), ("edge_skew_outside", 900)])
def test_conditions_and_confirmation_have_ended(name: str, ago: float) -> None:
    _, wrong = falsified("okta", name)

    assert ends(wrong) == (NOW - ago, NOW - ago)
    assert wrong.not_before is not None
    assert wrong.not_before < NOW - ago


def test_conditions_begin_tomorrow() -> None:
    right, wrong = falsified("okta", "not_yet_valid")

    assert (wrong.not_before, wrong.not_on_or_after) == (NOW + DAY, NOW + DAY + HOUR)
    assert wrong.confirmations == right.confirmations


@pytest.mark.parametrize(
    ("name", "audiences"),
    [("wrong_audience", (ELSEWHERE,)), ("no_audience", ()), ("two_audiences", (ELSEWHERE, SP))],
)
def test_audiences(name: str, audiences: tuple[str, ...]) -> None:
    _, wrong = falsified("entra", name)

    assert wrong.audiences == audiences


@pytest.mark.parametrize(
    ("name", "destination", "recipient"),
    [
        ("wrong_recipient", ACS, ELSEWHERE),
        ("wrong_destination", ELSEWHERE, ACS),
        ("wrong_acs", "https://sp.test/another-app/acs", "https://sp.test/another-app/acs"),
        ("longer_recipient", f"{ACS}/tenant-b", f"{ACS}/tenant-b"),
    ],
)
def test_addresses(name: str, destination: str, recipient: str) -> None:
    _, wrong = falsified("entra", name)

    assert (wrong.destination, wrong.confirmations[0].recipient) == (destination, recipient)


@pytest.mark.parametrize(
    ("name", "response", "confirmation"),
    [
        ("wrong_inresponseto_response", NEVER_SENT, "_request-1"),
        ("wrong_inresponseto_confirmation", "_request-1", NEVER_SENT),
        ("wrong_inresponseto_both", NEVER_SENT, NEVER_SENT),
        ("unsolicited", None, None),
    ],
)
def test_requests(name: str, response: str | None, confirmation: str | None) -> None:
    _, wrong = falsified("onelogin", name)

    assert (wrong.in_response_to, wrong.confirmations[0].in_response_to) == (response, confirmation)


def test_a_persistent_name_becomes_an_address_and_every_other_persistent() -> None:
    right = facts(app("okta"), ADA, NOW)
    assert right.name_id is not None
    persistent = replace(
        right, name_id=replace(right.name_id, format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent")
    )
    change = TAMPERS["nameid_other_format"].facts
    assert change is not None

    formats = [change(each, scene(app("okta"))).name_id.format for each in (right, persistent)]  # type: ignore[union-attr]

    assert formats[0] == persistent.name_id.format  # type: ignore[union-attr]
    assert formats[1] == "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_huge_attribute_is_there_where_a_vendor_sends_none_too(vendor: str) -> None:
    said = text_of(document(issued(vendor, "huge_attribute")))

    assert re.search("x{2000000}", said)
