"""Each seeded bug turns a run red at the right step; what is sound, or right in an unusual way, stays green."""

from __future__ import annotations

import functools
import sys
import types
from pathlib import Path

import pytest

from tests.e2e.playing import PROFILES, SCENARIOS, places, played, said, verdict
from tests.service_providers import seeded
from tests.service_providers.seeded import BUGS, TOKEN, UNUSUAL, make_app, serving

ALL = frozenset(PROFILES)
OKTA = frozenset({"okta", "okta-aiw"})
ENTRA = frozenset({"entra", "entra-flag"})
PUTTING = frozenset({"okta", "okta-aiw", "onelogin"})

# bug: scenario → the profiles that meet it, the number of the first step that must fail, words of a failure there
MEETS: dict[str, dict[str, tuple[frozenset[str], int, str]]] = {
    "string-false-ignored": {
        "leaver": (frozenset({"entra"}), 3, "ada: active is true, expected false"),
        "rehire": (frozenset({"entra"}), 3, "ada: active is true, expected false"),
        "group-push": (frozenset({"entra"}), 8, "alan: active is true, expected false"),
    },
    "pathless-ignored": {
        "leaver": (frozenset({"okta"}), 3, "ada: active is true, expected false"),
        "mover": (frozenset({"entra-flag"}), 3, 'ada: title is "Analyst", expected "Countess"'),
        "group-push": (frozenset({"okta"}), 8, "alan: active is true, expected false"),
    },
    "filtered-remove-wipes-group": {
        "group-push": (frozenset({"okta", "entra-flag"}), 6, "members of engineering: alan is missing"),
    },
    "value-remove-wipes-group": {
        "group-push": (frozenset({"entra", "onelogin"}), 6, "members of engineering: alan is missing"),
    },
    "add-replaces-members": {
        "group-push": (ALL - {"okta-aiw"}, 4, "members of engineering: ada is missing"),
    },
    "put-drops-attributes": {
        "joiner": (PUTTING, 4, 'ada: title is gone, expected "Analyst"'),
        "mover": (PUTTING, 3, 'ada: title is gone, expected "Countess"'),
        "rename": (OKTA, 4, 'ada: title is gone, expected "Analyst"'),
    },
    "reactivation-ignored": {
        "leaver": (ALL, 4, "ada: active is false, expected true"),
        "rehire": (ALL, 5, "ada: active is false, expected true"),
    },
    "filter-case-sensitive": {
        "joiner": (ALL, 2, "userName is not caseExact (RFC 7643, 4.1.1)"),
        "leaver": (ALL, 2, "userName is not caseExact (RFC 7643, 4.1.1)"),
    },
    "filter-folds-case": {
        "joiner": (ALL - {"onelogin"}, 2, "externalId is caseExact (RFC 7643, 3.1)"),
    },
    "answers-200-for-nothing": {
        "mover": (ALL, 3, 'ada: title is "Analyst", expected "Countess"'),
        "leaver": (ALL, 3, "ada: active is true, expected false"),
        "group-push": (ALL, 3, "members of engineering: ada is missing"),
    },
    "hides-inactive": {
        "leaver": (ALL, 3, "ada was deactivated and is no longer found by filter"),
        "rehire": (ALL, 3, "ada was deactivated and is no longer found by filter"),
        "group-push": (ALL, 8, "alan was deactivated and is no longer found by filter"),
    },
    "delete-is-ignored": {
        "group-push": (ALL - {"onelogin"}, 9, "the group engineering is still there after its DELETE"),
        "deprovision-matrix": (ENTRA | {"onelogin"}, 0, "it is still there"),
    },
}
MET = [
    pytest.param(bug, scenario, profile, id=f"{bug}-{scenario}-{profile}")
    for bug, scenarios in MEETS.items()
    for scenario, (profiles, _, _) in scenarios.items()
    for profile in sorted(profiles)
]
NOT_MET = [
    pytest.param(bug, scenario, profile, id=f"{bug}-{scenario}-{profile}")
    for bug, scenarios in MEETS.items()
    for scenario, (profiles, _, _) in scenarios.items()
    for profile in sorted(ALL - profiles)
]

# What no idpsim can call right: (unusual, scenario): the profiles, and why.
DESERVED = {
    # the scenario says `absent`, which after a DELETE is 404 and not found by filter
    ("soft-delete", "deprovision-matrix"): ENTRA | {"onelogin"},
    # Okta reads the user straight after it has activated it, and writes the stale active=false back
    ("eventually", "leaver"): frozenset({"okta"}),
    ("eventually", "rehire"): frozenset({"okta"}),
    # virtual time does not wait for a service provider that needs half a second of the real one: nobody could know
    # that the lost POST was stored before any lag has been seen
    ("eventually", "lost-response"): ALL,
}
# It takes half a second of real time for each step, so this one plays less.
SLOW = {"eventually": {"joiner", "rehire"}}


def test_every_bug_is_looked_for():
    assert {*MEETS, "lost-updates"} == set(BUGS)


@pytest.mark.parametrize(("bug", "scenario", "profile"), MET)
def test_a_seeded_bug_is_found_at_its_step(bug, scenario, profile):
    _, line, words = MEETS[bug][scenario]

    with serving(make_app(bug)) as url:
        result = played(scenario, profile, url, TOKEN)

    found = verdict(result)
    assert min(found) == (line or min(found))
    assert any(words in message for message in found[min(found)])
    assert all(each.exchanges for step in result.steps for each in step.failures)


@pytest.mark.parametrize(("bug", "scenario", "profile"), NOT_MET)
def test_a_bug_that_a_vendor_does_not_meet_stays_unseen(bug, scenario, profile):
    late = {"put-drops-attributes": {"rename": {"onelogin"}}}
    if profile in late.get(bug, {}).get(scenario, ()):
        pytest.skip("met as well, at another step")

    with serving(make_app(bug)) as url:
        result = played(scenario, profile, url, TOKEN)

    assert verdict(result) == {}


def test_an_expectation_that_is_not_met_is_shown_at_its_own_place():
    with serving(make_app("pathless-ignored")) as url:
        result = played("leaver", "okta", url, TOKEN)

    source = result.source.splitlines()
    shown = {source[line - 1][column - 1 :] for line, column in places(result)}
    assert {"unassign: ada", "false}"} <= shown


@functools.cache
def crowd() -> str:
    """Thirty members of one group."""
    people = "\n".join(
        f"    p{n}: {{userName: p{n}@example.com, givenName: Pi{n}, familyName: Bo{n}}}" for n in range(30)
    )
    members = ", ".join(f"p{n}" for n in range(30))
    return (
        f"name: A crowd joins at once\ndirectory:\n  people:\n{people}\n"
        f"  groups:\n    crowd: {{displayName: Crowd, members: [{members}]}}\n"
        f"steps:\n  - connect:\n  - assign: all\n  - push: crowd\n    expect: {{group: {{members: [{members}]}}}}\n"
    )


@pytest.mark.parametrize("profile", ["entra", "entra-flag"])
@pytest.mark.parametrize("bug", ["lost-updates", None])
def test_updates_are_lost_only_where_the_service_provider_loses_them(tmp_path, bug, profile):
    path = tmp_path / "crowd.yaml"
    path.write_text(crowd(), encoding="utf-8")

    with serving(make_app(bug)) as url:
        result = played(str(path), profile, url, TOKEN, {"concurrency": 8})

    found = verdict(result)
    assert set(found) == ({3} if bug else set())
    assert all("is missing" in message or "members are" in message for message in found.get(3, ()))


@pytest.mark.parametrize(("profile", "hands"), [("entra", 1), ("onelogin", 8)])
def test_where_members_come_one_at_a_time_no_update_can_be_lost(tmp_path, profile, hands):
    path = tmp_path / "crowd.yaml"
    path.write_text(crowd(), encoding="utf-8")

    with serving(make_app("lost-updates")) as url:
        result = played(str(path), profile, url, TOKEN, {"concurrency": hands})

    assert verdict(result) == {}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_sound_service_provider_stays_green(scenario, profile):
    app = make_app()

    with serving(app) as url:
        result = played(scenario, profile, url, TOKEN)

    assert verdict(result) == {}
    assert app.stored == {"Users": {}, "Groups": {}}
    assert result.clean_up.left == ()


def test_a_connector_without_groups_stays_green():
    with serving(make_app()) as url:
        result = played("connector-without-groups", "onelogin", url, TOKEN)

    assert verdict(result) == {}


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("unusual", UNUSUAL)
def test_what_is_right_in_an_unusual_way_stays_green(unusual, profile):
    found = {}
    for scenario in SCENARIOS:
        if profile in DESERVED.get((unusual, scenario), ()) or scenario not in SLOW.get(unusual, SCENARIOS):
            continue
        app = make_app(unusual=unusual)
        with serving(app) as url:
            result = played(scenario, profile, url, TOKEN, within=2.0)
        left = {key for key, each in app.stored["Users"].items() if not each.get("gone")} - {app.before}
        found |= {scenario: each} if (each := verdict(result) or left) else {}

    assert found == {}


@pytest.mark.parametrize(
    ("unusual", "scenario", "profile", "line", "words"),
    [
        ("soft-delete", "deprovision-matrix", "entra", 14, "mary: it is still there"),
        ("soft-delete", "deprovision-matrix", "onelogin", 18, "joan: it is still there"),
        ("eventually", "leaver", "okta", 4, "ada: active is false, expected true"),
    ],
)
def test_what_is_unusual_and_does_not_fit_is_said(unusual, scenario, profile, line, words):
    with serving(make_app(unusual=unusual)) as url:
        result = played(scenario, profile, url, TOKEN, within=1.0)

    assert any(words in message for message in verdict(result)[line])


@pytest.mark.parametrize(
    ("unusual", "scenario", "words"),
    [
        (
            "members-not-returned",
            "group-push",
            "does not return members, so they cannot be judged",
        ),
        ("extra-members-from-before", "group-push", "a member that this run did not make is left out"),
        ("eventually", "mover", "only after about"),
    ],
)
def test_what_is_unusual_is_told(unusual, scenario, words):
    with serving(make_app(unusual=unusual)) as url:
        result = played(scenario, "entra", url, TOKEN, within=1.0)

    assert words in said(result)


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch):
    """`in_process(app)` is a `wsgi:` target of that application in this process."""

    def named(app: seeded.ServiceProvider) -> str:
        module = types.ModuleType("idpsim_seeded_app")
        module.app = app  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "idpsim_seeded_app", module)
        return "wsgi:idpsim_seeded_app:app/scim/v2"

    return named


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_in_process_the_sound_one_is_green_too(in_process, scenario, profile):
    app = make_app()

    result = played(scenario, profile, in_process(app), TOKEN, {"directory": str(Path(__file__).parent)})

    assert verdict(result) == {}
    assert app.stored == {"Users": {}, "Groups": {}}


@pytest.mark.parametrize(
    ("bug", "scenario", "profile"), [each for each in MET if each.values[1] in ("joiner", "group-push")]
)
def test_in_process_a_seeded_bug_is_found_at_the_same_step(in_process, bug, scenario, profile):
    _, line, words = MEETS[bug][scenario]

    found = verdict(played(scenario, profile, in_process(make_app(bug)), TOKEN))

    assert min(found) == line
    assert any(words in message for message in found[line])
