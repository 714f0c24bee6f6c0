"""A scenario is read for each profile: its own branch of every value, and nothing of the others."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from idpsim.errors import Place, ScenarioError, UsageError
from idpsim.scenario.known import Known
from idpsim.scenario.load import Scenario
from idpsim.scenario.load import load as load_path
from idpsim.scenario.model import SamlSide, Script, Shows, SingleSignOn, Target, Verification

Load = Callable[..., Scenario]
CONNECT = "\nsteps:\n- connect:"


def test_a_scenario_has_a_script_for_each_profile_that_plays_it(load: Load, good: str) -> None:
    scenario = load(good)

    assert scenario.name == "A leaver loses access"
    assert scenario.idp == ("okta", "entra", "onelogin")
    assert [scenario.script(profile).profile for profile in scenario.idp] == list(scenario.idp)
    assert scenario.script("okta").source == good


def test_the_name_is_the_files_unless_it_is_given(tmp_path: Path, known: Known) -> None:
    path = tmp_path / "leaver.yaml"
    path.write_text("steps: [connect: ]", encoding="utf-8")

    assert load_path(path, known=known, variables={}).name == "leaver"


@pytest.mark.parametrize(
    ("idp", "profiles"),
    [
        ("", ("okta", "entra", "onelogin")),
        ("idp: all", ("okta", "entra", "onelogin")),
        ("idp: entra", ("entra",)),
        ("idp: [okta-aiw, okta, okta]", ("okta-aiw", "okta")),
        ("idp: ${IDP:-onelogin}", ("onelogin",)),
    ],
)
def test_idp_says_which_profiles_play(load: Load, idp: str, profiles: tuple[str, ...]) -> None:
    assert load(idp + CONNECT).idp == profiles


def test_the_command_line_stands_for_the_files_idp(load: Load) -> None:
    assert load("idp: okta" + CONNECT, idp=["entra", "okta-aiw"]).idp == ("entra", "okta-aiw")


def test_a_profile_outside_idp_is_read_when_asked_for(load: Load) -> None:
    scenario = load("idp: okta\ntarget: {token: {entra: e, any: a}}" + CONNECT)

    assert scenario.script("entra").target.token == "e"
    assert scenario.script("okta-aiw").target.token == "a"


def test_an_unknown_profile_is_a_usage_error(load: Load) -> None:
    with pytest.raises(UsageError, match="unknown profile 'entro', did you mean 'entra'"):
        load(CONNECT).script("entro")


@pytest.mark.parametrize(
    ("profile", "token"), [("okta", "vendor"), ("okta-aiw", "profile"), ("entra", "any"), ("onelogin", "any")]
)
def test_a_value_by_vendor_is_chosen_by_profile_then_vendor_then_any(load: Load, profile: str, token: str) -> None:
    scenario = load("target: {token: {any: any, okta: vendor, okta-aiw: profile}}" + CONNECT)

    assert scenario.script(profile).target.token == token


def test_a_value_by_vendor_that_leaves_a_profile_out_is_not_there_for_it(load: Load) -> None:
    scenario = load("target: {okta: {token: t}}\nsso: {entra: {protocol: oidc}}" + CONNECT)

    assert scenario.script("entra").target == Target()
    assert scenario.script("okta").target.token == "t"
    assert scenario.script("okta").sso is None


def test_a_target_is_read_with_everything_that_it_can_say(load: Load) -> None:
    text = """\
target:
  scim: http://localhost:8080/scim/v2
  token: abc
  auth: basic
  ca: ca.pem
  insecure: true
  headers: {X-A: 1, X-B: 'true'}
  hooks: {create: ./create.sh}
  embedded: {plan: premium, page_size: 5, soft: {okta: true, any: false}}
steps:
- connect:
"""
    target = load(text).script("okta").target

    assert (target.scim, target.token, target.auth) == ("http://localhost:8080/scim/v2", "abc", "basic")
    assert (target.ca, target.insecure, target.headers) == ("ca.pem", True, (("X-A", "1"), ("X-B", "true")))
    assert target.hooks == {"create": "./create.sh"}
    assert target.embedded == {"plan": "premium", "page_size": 5, "soft": True}
    assert target.embedded_places["page_size"] == Place("s.yaml", 9, 40)


def test_an_empty_url_from_a_variable_is_the_embedded_service_provider(load: Load) -> None:
    assert load("target:\n  scim: ${BASE:-}\n  token: ${TOKEN:-}" + CONNECT).script("okta").target.scim is None


def test_a_single_sign_on_block_is_read(load: Load, good: str) -> None:
    sso = load(good).script("okta").sso

    assert sso is not None
    assert (sso.protocol, sso.login, sso.prove_with) == ("saml", "http://localhost:1/login", "ada")


SIGN_ON = """\
sso:
  protocol: oidc
  login: {okta: "https://sp.test/okta", any: "https://sp.test/any"}
  app: Spekit
  victim: grace
  logout: https://sp.test/logout
  shows: {url: "https://sp.test/me", at: [user.id, user.email], cookie: session, claim: email}
  live_sessions: ignore
  enforce_assignment: true
  saml:
    login: https://sp.test/saml
    metadata: metadata.xml
    acs: https://sp.test/acs
    entity_id: {entra: urn:sp}
  oidc:
    client_id: sp
    client_secret: ${SECRET}
    redirect_uris: ["https://sp.test/a", "https://sp.test/b"]
    public: true
directory: {people: {grace: {userName: g}}}
"""


def test_a_single_sign_on_block_is_read_with_everything_that_it_can_say(load: Load) -> None:
    sso = load(SIGN_ON + CONNECT, {"SECRET": "s3cret"}).script("okta").sso

    assert sso is not None
    assert (sso.app, sso.victim, sso.logout) == ("Spekit", "grace", "https://sp.test/logout")
    assert (sso.live_sessions, sso.enforce_assignment) == ("ignore", True)
    assert sso.shows == Shows("https://sp.test/me", ("user.id", "user.email"), "session", ("email",))
    assert sso.saml == SamlSide("https://sp.test/saml", "metadata.xml", acs=("https://sp.test/acs",))
    assert (sso.oidc.client_id, sso.oidc.client_secret, sso.oidc.public) == ("sp", "s3cret", True)
    assert sso.oidc.redirect_uris == ("https://sp.test/a", "https://sp.test/b")
    assert (sso.login_of("saml"), sso.login_of("oidc")) == ("https://sp.test/saml", "https://sp.test/okta")


def test_a_single_sign_on_block_needs_its_protocol_only(load: Load) -> None:
    text = "sso: {protocol: saml, login: '${L:-}', shows: {}, saml: {acs: '${L:-}'}}" + CONNECT

    sso = load(text).script("okta").sso

    assert sso == SingleSignOn("saml", Place("s.yaml", 1, 6))
    assert (sso.app, sso.live_sessions, sso.login_of("saml")) == ("idpsim", "end", None)


def test_a_clients_secret_is_in_no_repr(load: Load) -> None:
    scenario = load(SIGN_ON + CONNECT, {"SECRET": "s3cret"})

    assert "s3cret" not in repr(scenario) + repr(scenario.script("okta"))


def test_a_profiles_switches_win_over_its_vendors_and_have_places(load: Load) -> None:
    text = "settings:\n  okta: {create_users: true, page_size: 7}\n  okta-aiw: {create_users: false}"
    scenario = load(text + CONNECT)

    assert scenario.script("okta").settings == {"create_users": True, "page_size": 7}
    assert scenario.script("okta-aiw").settings == {"create_users": False}
    assert scenario.script("okta-aiw").settings_places == {"create_users": Place("s.yaml", 3, 28)}
    assert scenario.script("entra").settings == {}


def test_switches_are_typed_as_the_app_has_them(load: Load) -> None:
    text = "settings: {okta: {username: email, schemas: [a, 5], mapping: {title: 5}, prefix: 007}}"

    assert load(text + CONNECT).script("okta").settings == {
        "username": "email",
        "schemas": ("a", "5"),
        "mapping": {"title": 5},
        "prefix": "007",
    }


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", Verification()),
        ("false", Verification(on=False)),
        ("{within: 10s}", Verification(within=10.0)),
        ("{}", Verification()),
    ],
)
def test_verify_is_a_flag_or_a_time(load: Load, written: str, value: Verification) -> None:
    assert load(f"verify: {written}" + CONNECT).script("okta").verify == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${NAME}", "hello"),
        ("${NAME:-other}", "hello"),
        ("${OTHER:-a b: c}", None),
        ("'${OTHER:-a b: c}'", "a b: c"),
        ("x${NAME}y${NAME}", "xhelloyhello"),
        ("'${EMPTY:-x}'", ""),
        ("$${NAME}", "${NAME}"),
        ("$NAME", "$NAME"),
        ("${TRICK}", "a: [b, &c 'd']\n- ${NAME}"),
    ],
)
def test_variables_are_replaced_and_never_read_again(load: Load, written: str, value: str | None) -> None:
    variables = {"NAME": "hello", "EMPTY": "", "TRICK": "a: [b, &c 'd']\n- ${NAME}"}
    if value is None:
        with pytest.raises(ScenarioError, match="a second colon"):
            load(f"name: {written}" + CONNECT, variables)
        return

    assert load(f"name: {written}" + CONNECT, variables).name == value


def test_a_variable_decides_flags_and_numbers_but_stays_text_where_json_stands(load: Load) -> None:
    text = "directory: {people: {ada: {userName: ada}}}\nsteps:\n- assign: ada\n  settle: ${F}\n  expect:\n"
    step = load(text + "    user:\n      active: ${F}", {"F": "false"}).script("okta").steps[0]

    assert step.settle is False
    assert step.expect[0].value == "false"


def test_a_variable_that_only_another_vendor_needs_need_not_be_set(load: Load) -> None:
    text = """\
idp: okta
target: {token: {okta: "${OKTA}", entra: "${ENTRA}"}, scim: {entra: "${BASE}"}}
steps:
- connect:
- rotate-token:
  token: ${ENTRA}
  only: entra
"""
    assert load(text, {"OKTA": "t"}).script("okta").target.token == "t"


def test_a_secret_is_in_no_error_and_no_repr(load: Load) -> None:
    with pytest.raises(ScenarioError) as error:
        load("target:\n  token: ${T}\n  scim: ${T}" + CONNECT, {"T": "s3cret"})
    scenario = load("target:\n  token: ${T}\n  headers:\n    X-Key: ${T}" + CONNECT, {"T": "s3cret"})

    assert "s3cret" not in str(error.value)
    assert "s3cret" not in repr(scenario) + repr(scenario.script("okta")) + repr(scenario.script("okta").target)


def test_a_check_of_the_caller_sees_every_script(load: Load) -> None:
    seen: list[str] = []

    def check(script: Script) -> None:
        seen.append(script.profile)
        if script.profile == "entra":
            raise ScenarioError("not as entra", script.steps[0].place)

    with pytest.raises(ScenarioError, match=r"^s\.yaml:3:3: not as entra"):
        load(CONNECT, check=check)

    assert seen == ["okta", "entra"]


def test_300_steps_are_read_quickly(load: Load) -> None:
    steps = (f"- update: p{number}\n  set: {{title: Countess}}\n" for number in range(1, 301))
    text = "directory: {generate: {people: 300}}\nsteps:\n" + "".join(steps)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        load(text)
        times.append(time.perf_counter() - started)

    assert min(times) < 0.15  # a bound that a busy machine keeps; alone it is about a fifth of that


def test_reading_scenarios_imports_nothing_heavier_than_yaml() -> None:
    program = "import sys, idpsim.scenario.load, idpsim.scenario.schema; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert not {"jsonschema", "flask", "requests", "click", "asyncio", "http", "unittest"}.intersection(modules)
