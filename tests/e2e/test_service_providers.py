"""Service providers that idpsim did not write get the verdict that they deserve, and no other.

Each failure below was looked at and is the service provider's, or what the vendor's odd form deserves: the table in
`tests/service_providers/README.md` found the same by hand.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.playing import PROFILES, played, said, verdict
from tests.service_providers.running import NAMES, Running, running, why_not

SCENARIOS = ("joiner", "mover", "leaver", "group-push", "rehire", "rename")
Failures = dict[int, str]

# Entra's manager is a bare string, which these refuse.
NO_BARE_MANAGER = {"joiner": {3: "manager"}, "mover": {5: "manager"}}
# Entra's active is the string "False", which these refuse; with it the user keeps access.
NO_ACTIVE_TEXT = {
    "leaver": {3: "active", 5: "active", 6: "active"},
    "group-push": {8: "active"},
    "rehire": {3: "active"},
}
# The first step with a user: userName is found in its own case only.
MINDS_CASE = {"joiner": 2, "mover": 2, "leaver": 2, "group-push": 2, "rehire": 2, "rename": 2}
# The stock v2 template names URNs that RFC 7643 does not have: nobody is ever provisioned.
REFUSES_URNS = {"joiner": 2, "mover": 2, "leaver": 2, "group-push": 2, "rehire": 2, "rename": 2}

# Entra compares what it reads with what it holds: what was not kept is sent again, by paths that are answered 501.
DJANGO_ENTRA: dict[str, Failures] = {
    "joiner": {3: "501", 4: "501"},
    "mover": {3: "501", 4: "501", 5: "501", 6: "501"},
    "group-push": {8: "answered"},
    "leaver": {3: "answered", 4: "501", 5: "answered", 6: "answered"},
    "rehire": {3: "answered", 5: "501"},
    "rename": {4: "501", 5: "501", 6: "501"},
}

VERDICTS: dict[str, dict[str, dict[str, Failures]]] = {
    "better-auth": {},
    "scim2-server": {
        "entra": NO_BARE_MANAGER | {"group-push": {6: "a remove operation carries no value"}},
        "entra-flag": NO_BARE_MANAGER,
    },
    "scimmy-routers": {
        "okta": {},
        "okta-aiw": {},
        "entra": {name: NO_BARE_MANAGER.get(name, {}) | NO_ACTIVE_TEXT.get(name, {}) for name in SCENARIOS},
        "entra-flag": NO_BARE_MANAGER,
    },
    "django-scim2": {
        # by design it keeps no title; the members of a full push and the name of a group are PATCHes that it lacks
        "okta": {
            "mover": {3: "title is not there", 6: "title is not there"},
            "group-push": {3: "501", 4: "501", 5: "501", 7: "501"},
            "rename": {3: "501", 4: "title is not there", 6: "501"},
        },
        "okta-aiw": {
            "mover": {3: "title is not there", 6: "title is not there"},
            "group-push": dict.fromkeys((3, 4, 5), "members of engineering") | {6: "members are none"},
            "rename": {3: "ada is missing", 4: "title is not there", 6: "members are none"},
        },
        "entra": DJANGO_ENTRA,
        "entra-flag": DJANGO_ENTRA | {"group-push": {6: "501", 8: "501"}},
        "onelogin": {
            "mover": {3: "title is not there", 6: "title is not there"},
            "rename": {4: "title is not there"},
        },
    },
}
STOCK_IS_REFUSED = {"scim2-server": "Extra inputs", "scimmy-routers": "schema type", "better-auth": "Unsupported SCIM"}


@pytest.fixture(scope="module", params=NAMES)
def sp(request: pytest.FixtureRequest) -> Iterator[Running]:
    if reason := why_not(request.param):
        pytest.skip(reason)
    with running(request.param) as started:
        yield started


def deserved(name: str, profile: str, scenario: str) -> Failures:
    found = dict(VERDICTS[name].get(profile, {}).get(scenario, {}))
    if name == "scimmy-routers":
        found[MINDS_CASE[scenario]] = "does not find the user: userName is not caseExact"
    return found


@pytest.mark.parametrize("profile", [each for each in PROFILES if each != "onelogin"])
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_it_gets_the_verdict_that_it_deserves(sp: Running, scenario: str, profile: str) -> None:
    wanted = deserved(sp.name, profile, scenario)

    result = played(scenario, profile, sp.url, sp.token, {"concurrency": 4})

    found = verdict(result)
    assert set(found) == set(wanted)
    assert all(any(words in each for each in found[line]) for line, words in wanted.items())
    assert result.clean_up.left == ()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_onelogins_stock_template_gets_nobody_in_where_its_urns_are_refused(sp: Running, scenario: str) -> None:
    result = played(scenario, "onelogin", sp.url, sp.token)

    found = verdict(result)
    if sp.name not in STOCK_IS_REFUSED:
        assert set(found) == set(deserved(sp.name, "onelogin", scenario))
    else:
        assert min(found) == REFUSES_URNS[scenario]
        assert STOCK_IS_REFUSED[sp.name] in found[min(found)][0]
    assert result.clean_up.left == ()


@pytest.mark.parametrize("scenario", ["joiner", "leaver", "rehire", "group-push"])
def test_onelogin_with_a_template_by_the_rfc_gets_the_verdict_that_it_deserves(sp: Running, scenario: str) -> None:
    wanted = deserved(sp.name, "onelogin", scenario)
    if (sp.name, scenario) == ("scim2-server", "group-push"):
        wanted = dict.fromkeys((6, 9), "a remove operation carries no value")

    result = played(scenario, "onelogin", sp.url, sp.token, settings={"template": "vendor-rfc"})

    found = verdict(result)
    assert set(found) == set(wanted)
    assert all(any(words in each for each in found[line]) for line, words in wanted.items())


def test_what_is_not_kept_is_a_note_and_no_failure(sp: Running) -> None:
    if sp.name != "django-scim2":
        pytest.skip("this one keeps everything")

    result = played("joiner", "okta", sp.url, sp.token)

    assert verdict(result) == {}
    assert "title is not kept by this service provider" in said(result)
