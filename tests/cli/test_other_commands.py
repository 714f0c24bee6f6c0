"""`check`, `schema`, `init`, `profiles`, `show`, and the command itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from idpsim.cli import COMMANDS
from idpsim.cli.situations import SITUATIONS
from idpsim.profiles import all_profiles
from idpsim.scenario.events import EVENTS
from tests.cli.conftest import Idpsim, Scenario

Golden = Callable[[str, str], None]
NOT_SHOWN = {"sign-in", "sign-out", "wait", "settings", "at-sp", "rotate-token", "rotate-certificate"}


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_import_nothing_of_idpsim(option: str) -> None:
    code = (
        "import sys; from idpsim.cli import main\n"
        f"try: main(['{option}'])\nexcept SystemExit: pass\n"
        "print(*[m for m in sys.modules if m.startswith('idpsim')], file=sys.stderr)"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert ended.stderr.split() == ["idpsim", "idpsim.cli"]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help(idpsim: Idpsim, command: str, golden: Golden) -> None:
    arguments = [command, "--help"] if command else ["--help"]

    ended = idpsim(*arguments, terminal_width=100)

    assert ended.exit_code == 0
    golden(f"cli/help{'-' if command else ''}{command}.txt", ended.output)


def test_a_command_that_is_a_slip_is_guessed(idpsim: Idpsim) -> None:
    ended = idpsim("chek")

    assert ended.exit_code == 2
    assert "Did you mean 'check'?" in ended.stderr


def test_check_names_what_is_right_and_what_is_wrong(idpsim: Idpsim, scenario: Scenario, golden: Golden) -> None:
    scenario([{"assign": "ada"}], "good.yaml", idp="all")
    scenario([{"asign": "ada"}], "wrong.yaml")

    ended = idpsim("check", "wrong.yaml", "good.yaml")

    assert ended.exit_code == 2
    assert ended.stdout == "ok    good.yaml (1 step, as entra, okta, onelogin)\n"
    golden("cli/check-wrong.txt", ended.stderr)


def test_check_ends_with_0_when_all_are_right(idpsim: Idpsim, leaver: str) -> None:
    assert idpsim("check", leaver).exit_code == 0


def test_check_of_nothing_is_an_error(idpsim: Idpsim) -> None:
    assert idpsim("check").exit_code == 2


def test_check_does_not_show_a_secret_of_the_environment(idpsim: Idpsim, scenario: Scenario) -> None:
    name = scenario([{"assign": "${SCIM_TOKEN}"}])

    ended = idpsim("check", name, env={"SCIM_TOKEN": "s3cr3t-s3cr3t"})

    assert ended.exit_code == 2
    assert "s3cr3t" not in ended.output


def test_the_schema_is_json(idpsim: Idpsim) -> None:
    assert json.loads(idpsim("schema").output)["title"] == "idpsim scenario"


def test_the_first_scenario_is_right_and_passes(idpsim: Idpsim) -> None:
    assert idpsim("init").exit_code == 0
    assert idpsim("check", "scenario.yaml").exit_code == 0
    ended = idpsim("run", "scenario.yaml")

    assert ended.exit_code == 0, ended.output
    assert Path("scenario.yaml").read_text().startswith("# yaml-language-server: $schema=")


def test_init_says_what_is_next_and_overwrites_nothing(idpsim: Idpsim) -> None:
    first, again = idpsim("init", "my leaver.yaml"), idpsim("init", "my leaver.yaml")

    assert "idpsim run 'my leaver.yaml'" in first.output
    assert again.exit_code == 2
    assert "is there already" in again.stderr


def test_the_profiles_are_listed(idpsim: Idpsim) -> None:
    listed, table = idpsim("profiles").output, idpsim("profiles", "--markdown").output

    for name, profile in all_profiles().items():
        assert name in listed
        assert f"| `{name}` | {profile.title} |" in table
    assert len({line.count("|") for line in table.splitlines()}) == 1


def test_every_event_that_provisions_can_be_shown() -> None:
    assert set(SITUATIONS) == set(EVENTS) - NOT_SHOWN


@pytest.mark.parametrize("profile", all_profiles())
def test_every_event_can_be_shown_as_every_profile(idpsim: Idpsim, profile: str) -> None:
    ended = idpsim("show", profile)

    assert ended.exit_code == 0, ended.output
    assert all(f"\n  {event} " in ended.output for event in SITUATIONS)


def test_an_event_is_shown_request_by_request_with_its_sources(idpsim: Idpsim, golden: Golden) -> None:
    golden("cli/show-okta-unassign.txt", idpsim("show", "okta", "unassign").output)


def test_an_event_is_shown_in_the_bytes_that_are_sent(idpsim: Idpsim) -> None:
    output = idpsim("show", "okta", "unassign", "-v").output

    assert '\n{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[' in output


@pytest.mark.parametrize("event", list(SITUATIONS))
@pytest.mark.parametrize("profile", ["okta", "entra", "onelogin"])
def test_no_event_shows_a_secret_or_ends_badly(idpsim: Idpsim, profile: str, event: str) -> None:
    ended = idpsim("show", profile, event)

    assert ended.exit_code == 0, ended.output
    assert "Bearer scim-" not in ended.output


def test_what_a_vendor_never_does_is_said_with_its_source(idpsim: Idpsim, golden: Golden) -> None:
    golden("cli/show-okta-suspend.txt", idpsim("show", "okta", "suspend").output)


def test_an_event_is_shown_under_another_switch(idpsim: Idpsim) -> None:
    without, with_it = (
        idpsim("show", "okta", "set-password"),
        idpsim("show", "okta", "set-password", "--set", "sync_password=true"),
    )

    assert "Sync Password is off" in without.output
    assert "PATCH /scim/okta/v2/Users/" in with_it.output


def test_the_switches_are_listed_with_default_choices_and_source(idpsim: Idpsim) -> None:
    output = idpsim("show", "okta", "--settings").output

    assert 'query_space: "%20", one of %20, +' in output
    assert "create_users: true (bool)" in output
    assert "https://developer.okta.com/" in output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["okat"], "did you mean okta?"),
        (["okta", "unasign"], "did you mean 'unassign'?"),
        (["okta", "assign", "--set", "create_user=true"], "did you mean 'create_users'?"),
        (["okta", "assign", "--set", "create_users=yes"], "true or false"),
        (["okta", "assign", "--set", "query_space=%2"], "one of %20, +"),
        (["okta", "assign", "--set", "create_users"], "NAME=VALUE"),
    ],
)
def test_show_guesses_slips(idpsim: Idpsim, arguments: list[str], said: str) -> None:
    ended = idpsim("show", *arguments)

    assert ended.exit_code == 2
    assert said in ended.stderr
