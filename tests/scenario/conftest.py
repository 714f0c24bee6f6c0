"""Scenarios are read as three vendors, one of them with a second profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from idpsim.provisioning.settings import Setting
from idpsim.scenario.known import Known
from idpsim.scenario.load import Scenario, load_text

OKTA = {
    "create_users": Setting(True, "Create users."),
    "page_size": Setting(100, "Page size."),
    "username": Setting("userName", "Which attribute is the name.", ("userName", "email")),
    "schemas": Setting((), "More schemas."),
    "mapping": Setting({}, "Mapping."),
    "prefix": Setting("", "A prefix."),
}
KNOWN = Known(
    vendors={"okta": "okta", "okta-aiw": "okta", "entra": "entra", "onelogin": "onelogin"},
    settings={
        "okta": OKTA,
        "okta-aiw": {"create_users": OKTA["create_users"]},
        "entra": {},
        "onelogin": {"on_removed": Setting("delete", "When removed.", ("delete", "suspend", "nothing"))},
    },
    tampers={"xsw3": "saml", "unsigned": "saml", "alg_none": "oidc"},
)
GOOD = """\
name: A leaver loses access
idp: [okta, entra, onelogin]
target:
  scim: {okta: "http://localhost:1/okta", any: "${BASE:-http://localhost:1/any}"}
  token: ${TOKEN:-t0p}
  headers: {X-Test: 'yes'}
sso: {protocol: saml, login: "http://localhost:1/login", prove_with: ada}
settings:
  okta: {create_users: true, page_size: 5}
  onelogin: {on_removed: suspend}
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace, title: no, employeeNumber: 007}
    grace:
      userName: grace@example.com
      familyName: Null
      manager: ada
      custom: {startDate: 2024-01-01}
  groups:
    engineering: {displayName: Engineering, members: [ada]}
    everyone: {displayName: Everyone, members: [engineering, grace]}
steps:
  - sign-in: ada
    via: oidc
    expect: signed-in
  - connect:
  - assign: [ada, grace]
    expect: {user: {active: true, name: {givenName: Ada}}, outcome: done}
  - push: engineering
    expect:
      onelogin: {outcome: skipped}
      any: {group: {members: [ada], displayName: "re:Eng.*"}}
  - update: ada
    set: {title: null, manager: grace, custom: {startDate: null}}
  - unpush: engineering
    delete: true
  - unassign: ada
    only: [okta, entra]
    expect:
      sent: {exactly: [{request: PATCH /Users, body: {active: false}}]}
  - at-sp: change
    user: grace
    set: {active: false, 'name.familyName': "true"}
  - delete: grace
    fault: {on: "PATCH /Users", do: lose-response, times: 1}
    verify: {within: 10s}
  - wait: 1h30m
    settle: false
verify: {within: 5s}
"""

Load = Callable[..., Scenario]


@pytest.fixture
def known() -> Known:
    return KNOWN


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def load() -> Load:
    """Reads a text as the file `s.yaml`."""

    def read(text: str, variables: Mapping[str, str] | None = None, **more: object) -> Scenario:
        return load_text(text, "s.yaml", known=KNOWN, variables=variables or {}, **more)  # type: ignore[arg-type]

    return read
