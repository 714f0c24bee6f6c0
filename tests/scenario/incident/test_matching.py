"""A recording is played as every profile: whose it is, and where it deviates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from idpsim import api
from idpsim.api.incident import incident, made
from idpsim.errors import UsageError
from idpsim.har import Entry
from idpsim.profiles import all_profiles
from idpsim.scenario.incident.comparable import sent
from idpsim.scenario.incident.matching import match
from idpsim.scenario.incident.recorded import recorded

EXACT = ("joiner", "mover", "leaver", "rename", "rehire", "group-push", "lost-response", "rate-limited")
NEARLY = {"deprovision-matrix": 0.9}
UNTOLD = {("joiner", "okta-aiw"), ("mover", "okta-aiw"), ("rate-limited", "okta-aiw"), ("rate-limited", "entra-flag")}


@pytest.mark.parametrize("profile", all_profiles())
@pytest.mark.parametrize(
    "scenario", [each if each == "leaver" else pytest.param(each, marks=pytest.mark.thorough) for each in EXACT]
)
def test_the_made_scenario_sends_what_was_recorded(record: Any, scenario: str, profile: str) -> None:
    found = incident(record(scenario, profile))

    best = found.best
    assert (best.match.score, best.match.alike, best.match.missing) == (1.0, best.match.recorded, ())
    assert not best.told.unexplained
    assert best.profile == profile or (scenario, profile) in UNTOLD


@pytest.mark.parametrize(("scenario", "profile"), sorted(UNTOLD))
def test_where_two_profiles_send_the_same_both_are_first(record: Any, scenario: str, profile: str) -> None:
    found = incident(record(scenario, profile))

    first = [each.profile for each in found.candidates if each.match.score == found.best.match.score]
    assert profile in first


@pytest.mark.thorough
@pytest.mark.parametrize("profile", all_profiles())
@pytest.mark.parametrize("scenario", NEARLY)
def test_switches_that_change_on_the_way_are_a_deviation(record: Any, scenario: str, profile: str) -> None:
    found = incident(record(scenario, profile))

    assert found.best.profile == profile
    assert found.best.match.score >= NEARLY[scenario]


@pytest.mark.thorough
@pytest.mark.parametrize("profile", all_profiles())
def test_the_made_scenario_passes_where_the_service_provider_is_sound(record: Any, profile: str, play: Any) -> None:
    written = made(incident(record("lost-response", profile)), name="again")

    result = play(written)

    assert result.passed


@pytest.mark.thorough
@pytest.mark.parametrize("profile", all_profiles())
def test_a_log_without_answers_tells_whose_it_is(record: Any, profile: str) -> None:
    silent = [(number, replace(each, answer=None)) for number, each in record("leaver", profile)]

    found = incident(silent)

    assert found.best.profile == profile
    assert found.best.match.score > 0.95


@pytest.mark.thorough
def test_settings_are_found_that_explain_more(record: Any) -> None:
    found = incident(record("leaver", "onelogin"))

    assert found.best.settings == {"on_removed": "suspend"}
    assert "onelogin: {on_removed: suspend}" in made(found, name="x")


def test_a_header_and_a_value_that_deviate_are_named(record: Any) -> None:
    def other(each: Entry) -> Entry:
        headers = tuple((name, "curl/8" if name == "User-Agent" else value) for name, value in each.request.headers)
        body = each.request.body and each.request.body.replace(b'"active":true', b'"active":"yes"')
        return replace(each, request=replace(each.request, headers=headers, body=body))

    found = incident([(number, other(each)) for number, each in record("leaver", "okta")])

    said = [each.text() for each in found.best.match.deviations]
    assert found.best.profile == "okta"
    assert 'header user-agent: recorded "curl/8", okta sends "Okta SCIM Client 1.0.0"' in said
    assert 'POST /Users: active: recorded "yes", okta sends true' in said


def test_a_header_that_may_be_a_secret_is_not_shown(record: Any) -> None:
    def keyed(each: Entry) -> Entry:
        return replace(each, request=replace(each.request, headers=(*each.request.headers, ("Api-Key", "hunter2"))))

    found = incident([(number, keyed(each)) for number, each in record("joiner", "okta")])

    assert "header api-key: recorded, okta sends none" in [each.text() for each in found.best.match.deviations]


def test_order_does_not_matter_where_people_are_written_side_by_side(record: Any) -> None:
    entries = record("leaver", "okta")
    shuffled = [*entries[:3], entries[3], entries[5], entries[4], *entries[6:]]
    one, other = (sent(list(recorded(each))) for each in (entries, shuffled))

    assert match(one, other).score == 1.0


def test_traffic_of_nobody_known_scores_low(asked: Any) -> None:
    strange = [
        asked("POST", "/Users", {"userName": "a@b.example", "x": 1}),
        asked("POST", "/Bulk", {"Operations": []}),
        asked("PATCH", "/Me", {"Operations": []}),
        asked("GET", "/Users/1?attributes=x"),
    ]

    found = incident(list(enumerate(strange, 1)))

    assert found.best.match.score < 0.6


def test_a_recording_without_scim_is_refused(asked: Any) -> None:
    with pytest.raises(UsageError, match="holds no SCIM request"):
        incident([(1, asked("GET", "/index.html"))])


@pytest.mark.thorough
@pytest.mark.parametrize("profile", all_profiles())
def test_a_recording_may_begin_in_the_middle(record: Any, profile: str) -> None:
    begun = next(
        index for index, (_, each) in enumerate(record("leaver", profile)) if b"race" in (each.request.body or b"")
    )

    found = incident(record("leaver", profile)[begun + 1 :])

    assert found.best.profile == profile
    assert found.best.match.score == 1.0
    assert found.best.told.happenings[0].prepared


@pytest.mark.thorough
def test_what_is_huge_or_deep_or_no_text_at_all_does_no_harm(asked: Any) -> None:
    deep = b'{"a":' * 900 + b"1" + b"}" * 900
    odd = [b"[" * 100_000, deep, b"\xff\xfe", b'{"userName":"a@b.example","title":"' + b"x" * 500_000 + b'"}']
    entries = [asked("POST", "/Users", {}), *(asked("PATCH", "/Users/a%2Fb", {}) for _ in odd)]
    bodies = [
        replace(each, request=replace(each.request, body=body)) for each, body in zip(entries, odd[::-1], strict=False)
    ]

    found = incident(
        list(enumerate([*bodies, asked("PUT", f"/Users/{'9' * 5000}", {"userName": "z", "name": [1]})], 1))
    )

    assert made(found, name="x").startswith("name: x\n")


def writes(entries: Any) -> list[tuple[int, Entry]]:
    """As a log that holds changes only, without headers and answers."""
    written = [(number, each) for number, each in entries if each.request.method != "GET"]
    return [(number, replace(each, answer=None, request=replace(each.request, headers=()))) for number, each in written]


@pytest.mark.thorough
@pytest.mark.parametrize("profile", all_profiles())
@pytest.mark.parametrize("scenario", ["leaver", "group-push", "rename"])
def test_a_log_of_changes_only_tells_whose_it_is(record: Any, scenario: str, profile: str) -> None:
    found = incident(writes(record(scenario, profile)))

    assert profile in [each.profile for each in found.candidates if each.match.rank == found.best.match.rank]
    assert found.best.match.score > 0.95


@pytest.mark.parametrize("profile", ["entra", "okta"])
def test_a_single_deactivation_tells_whose_it_is(record: Any, profile: str) -> None:
    log = reversed(writes(record("leaver", profile)))
    last = next(each for each in log if b"alse" in (each[1].request.body or b""))

    found = incident([last])

    assert found.best.profile == profile
    assert (found.best.match.alike, found.best.match.score) == (1, 1.0)


@pytest.mark.thorough
def test_no_profile_is_first_with_fewer_same_requests_than_another(record: Any) -> None:
    for number in range(len(record("leaver", "entra"))):
        found = incident(record("leaver", "entra")[number : number + 2])

        assert found.best.match.alike == max(each.match.alike for each in found.candidates)


def leavers(read_again: Any) -> list[tuple[int, Entry]]:
    """Three people in a pushed group and one beside it leave and come back, by their accounts being disabled."""
    people = "".join(f"    p{n}: {{userName: p{n}@corp.example}}\n" for n in range(4))
    steps = "[{assign: all}, {push: g}, {disable: all}, {enable: all}]"
    text = f"name: x\nidp: entra\ndirectory:\n  people:\n{people}  groups:\n"
    script = read_again(f"{text}    g: {{displayName: G, members: [p0, p1, p2]}}\nsteps: {steps}\n")
    with api.opened(script, api.Playing(seed=1, keep_names=True)) as run:
        list(run)
        exchanges = list(run.result().transcript)
    return [(n, Entry(each.request, each.answer)) for n, each in enumerate(exchanges, 1) if each.by == "vendor"]


@pytest.mark.thorough
def test_an_event_is_chosen_that_sends_what_was_recorded(read_again: Any) -> None:
    found = incident(leavers(read_again))

    events = [(each.event, *each.people) for each in found.best.told.happenings]
    assert ("disable", "p0", "p1", "p2") in events
    assert ("enable", "p0", "p1", "p2") in events
    assert found.best.match.score == 1.0
    assert not found.unsent


@pytest.mark.thorough
def test_what_no_event_sends_stays_unexplained(record: Any, asked: Any) -> None:
    entries = [*record("leaver", "entra"), (99, asked("DELETE", "/Users/unheard-of"))]

    found = incident(entries)

    assert [each.number for each in found.unsent] == [99]
    assert found.best.match.score < 1
    assert "not explained: entry 99" in made(found, name="x")


@pytest.mark.thorough
def test_of_very_many_requests_a_part_tells_whose_they_are(record: Any) -> None:
    entries = record("leaver", "entra")

    found = incident(entries, many=10, first=8)

    assert (found.part, found.best.profile) == (8, "entra")
    assert (found.best.match.recorded, found.best.match.score) == (len(entries), 1.0)
    assert found.candidates[1].match.recorded == 8


def test_every_request_that_is_played_is_told(record: Any) -> None:
    ticks: list[int] = []

    incident(record("joiner", "okta"), lambda: ticks.append(1))

    assert len(ticks) >= len(all_profiles()) * len(record("joiner", "okta"))
