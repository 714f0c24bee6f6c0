"""Scenario files: collected as tests, and played by a test."""

from __future__ import annotations

import pytest

from tests.pytest_plugin.project import BROKEN_SP, RIGHT_SP, Project

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.thorough

LEAVER = """
    name: A leaver loses access
    idp: [okta, entra]
    verify: {within: 0s}
    directory:
      people:
        ada: {userName: ada@example.com, givenName: Ada, familyName: Lovelace}
    steps:
      - assign: ada
      - name: Gone
        unassign: ada
        expect: {user: {active: false}}
    """
EMBEDDED = ("--idpsim-target", "embedded")


def test_a_scenario_is_a_test_for_each_profile(project: Project) -> None:
    project.file("scenarios/leaver.yaml", LEAVER)

    ended = project.pytest("scenarios", *EMBEDDED)

    ended.assert_outcomes(passed=2)
    ended.stdout.fnmatch_lines(["PASSED scenarios/leaver.yaml::okta", "PASSED scenarios/leaver.yaml::entra"])


def test_the_ini_file_names_target_and_profiles(project: Project) -> None:
    project.file("pytest.ini", "[pytest]\nidpsim_target = embedded\nidpsim_idp = onelogin, entra-flag\n")
    project.file("scenarios/leaver.yaml", LEAVER)

    ended = project.pytest("-k", "onelogin or flag or okta", "--collect-only", "-q")

    ended.stdout.fnmatch_lines(["scenarios/leaver.yaml::onelogin", "scenarios/leaver.yaml::entra-flag"])
    ended.stdout.no_fnmatch_line("*::okta")


@pytest.mark.parametrize("chosen", ["entra", "Leaver and entra", "loses and entra"])
def test_scenarios_are_chosen_by_their_name_and_profile(project: Project, chosen: str) -> None:
    project.file("scenarios/it.yaml", LEAVER)

    ended = project.pytest("scenarios", "-k", chosen, *EMBEDDED)

    ended.assert_outcomes(passed=1, deselected=1)


def test_without_a_target_nothing_is_collected_in_folders(project: Project) -> None:
    project.file("scenarios/leaver.yaml", LEAVER)

    ended = project.pytest()

    assert ended.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_file_that_is_named_needs_no_option_if_it_has_a_target(project: Project) -> None:
    project.file("leaver.yaml", LEAVER.rstrip(" ") + "    target: {embedded: {page_size: 10}}\n")

    ended = project.pytest("leaver.yaml")

    ended.assert_outcomes(passed=2)


def test_nobody_means_the_embedded_service_provider_by_silence(project: Project) -> None:
    project.file("leaver.yaml", LEAVER)

    ended = project.pytest("leaver.yaml", "-k", "okta")

    ended.assert_outcomes(failed=1, deselected=1)
    ended.stdout.fnmatch_lines(
        [
            "_* A leaver loses access as okta _*",
            "which service provider do the tests run against?",
            "  give --idpsim-target URL (ini: idpsim_target, environment: IDPSIM_TARGET); *",
        ]
    )
    ended.stdout.no_fnmatch_line("*fixture*")


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  web: {image: nginx}\n",
        "steps:\n  - script: make\n  - checkout: self\n",
        "steps:\n  - label: Test\n    command: make\n  - wait: ~\n",
        "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build]\n",
        "jobs:\n  test:\n    steps:\n      - assign: ada\n",
        "- steps: 1\n",
        "steps: 12\n",
        "",
        "\x00\xff",
    ],
)
def test_files_of_other_tools_are_left_alone(project: Project, text: str) -> None:
    project.file("other.yml", text)
    project.file("test_it.py", "def test_it(): pass")

    for ended in (project.pytest(*EMBEDDED), project.pytest("other.yml", "test_it.py")):
        assert "other.yml::" not in ended.stdout.str()
        assert not ended.parseoutcomes().get("errors")


@pytest.mark.parametrize(
    "text",
    [
        "kind: pipeline\nsteps:\n  - name: a\n---\nkind: pipeline\nsteps:\n  - name: b\n",
        "common: &c {agents: {queue: x}}\nsteps:\n  - <<: *c\n    command: x\n",
        "{{- if .Values.x }}\nname: x\n{{- end }}\nsteps: {{ .Values.steps }}\n",
        "steps:\n{% for s in steps %}\n  - name: {{ s }}\n{% endfor %}\n",
        "steps:\n\t- a\n",
        "steps:\n  - !Ref a\n",
        "steps:\n  - group: build\n    steps: []\n  - update: x\n",
    ],
)
def test_a_file_of_another_tool_that_is_no_plain_yaml_ends_no_session(project: Project, text: str) -> None:
    project.file("ci/other.yml", text)
    project.file("test_it.py", "def test_it(): pass")

    ended = project.pytest(*EMBEDDED)

    ended.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (".", "directory: {people: {ada: {userName: ada}}}\nsteps:\n  - asign: ada\n"),
        (".", "# yaml-language-server: $schema=../idpsim.schema.json\nsteps:\n\t- assign: ada\n"),
        ("it.yaml", "steps:\n  - asign: ada\n"),
        ("it.yaml", "steps:\n\t- asign: ada\n"),
    ],
)
def test_what_shows_that_it_is_a_scenario_is_reported_as_one(project: Project, file: str, text: str) -> None:
    project.file("it.yaml", text)

    ended = project.pytest(file, *EMBEDDED)

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["_* ERROR collecting it.yaml _*", "it.yaml:*"])


@pytest.mark.parametrize(("number", "said"), [(1, "1 scenario file is"), (2, "2 scenario files are")])
def test_a_folder_that_is_named_says_that_a_target_is_missing(project: Project, number: int, said: str) -> None:
    for each in range(number):
        project.file(f"scenarios/{each}.yaml", LEAVER)

    ended = project.pytest("scenarios")
    unnamed = project.pytest()

    assert ended.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    ended.stdout.fnmatch_lines([f"idpsim: {said} left out without a target: give --idpsim-target, *"])
    unnamed.stdout.no_fnmatch_line("idpsim: *")


def test_a_broken_scenario_is_an_error_in_idpsim_s_words(project: Project) -> None:
    project.file("scenarios/bad.yaml", LEAVER.replace("assign: ada", "assign: adda"))

    ended = project.pytest("scenarios", *EMBEDDED)

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(
        [
            "_* ERROR collecting scenarios/bad.yaml _*",
            "scenarios/bad.yaml:*: unknown person or group 'adda', did you mean 'ada'?",
            "ERROR scenarios/bad.yaml - scenarios/bad.yaml:*",
        ]
    )
    ended.stdout.no_fnmatch_line("*Traceback*")


def test_a_scenario_that_is_not_even_yaml_is_not_passed_over(project: Project) -> None:
    project.file("scenarios/bad.yaml", "name: [\ndirectory:\nsteps:\n  - assign: ada\n")

    ended = project.pytest("scenarios", *EMBEDDED)

    ended.assert_outcomes(errors=1)


def test_variables_come_from_the_environment_and_from_the_options(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER_NAME", "ada")
    project.file("leaver.yaml", LEAVER.replace("ada@example.com", '"${USER_NAME}@${DOMAIN}"'))

    missing = project.pytest("leaver.yaml", *EMBEDDED)
    given = project.pytest("leaver.yaml", *EMBEDDED, "--idpsim-set", "DOMAIN=example.org")

    missing.assert_outcomes(errors=1)
    missing.stdout.fnmatch_lines(["*DOMAIN*"])
    given.assert_outcomes(passed=2)


def test_a_red_scenario_shows_its_report_once(project: Project) -> None:
    project.file("sp.py", _named(BROKEN_SP))
    project.file("scenarios/leaver.yaml", LEAVER.replace("[okta, entra]", "okta"))

    ended = project.pytest("scenarios", "--idpsim-target", "wsgi:sp:app/scim/default/v2", "--idpsim-token", "t0k3n")

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(
        [
            "_* A leaver loses access as okta _*",
            "A leaver loses access  scenarios/leaver.yaml",
            "  FAIL  Gone (unassign ada)",
            "        again  idpsim run scenarios/leaver.yaml --idp okta --target wsgi:sp:app/scim/default/v2 *",
            "FAILED scenarios/leaver.yaml::okta - unassign ada: active is true, expected false",
        ]
    )
    ended.stdout.no_fnmatch_line("*t0k3n*")


def _named(conftest: str) -> str:
    switches = conftest.split("open(")[1].split(")\n")[0]
    return f"""
    from idpsim.sp import ServiceProvider, Switches

    sp = ServiceProvider.open({switches})
    sp.issue_token()

    def app(environ, start_response):
        if environ.get("HTTP_AUTHORIZATION") == "Bearer t0k3n":
            environ["HTTP_AUTHORIZATION"] = "Bearer " + TOKEN
        return sp.wsgi(environ, start_response)

    TOKEN = sp.issue_token()
    """


def test_a_test_plays_a_scenario(project: Project) -> None:
    project.file("conftest.py", RIGHT_SP)
    project.file("scenarios/leaver.yaml", LEAVER.replace("Lovelace", '"${NAME}"'))
    project.file(
        "tests/test_it.py",
        """
        def test_it(idpsim_play):
            results = idpsim_play("scenarios/leaver.yaml", NAME="Lovelace")
            assert [result.idp for result in results] == ["okta", "entra"]
            assert all(result.passed for result in results)
            (result,) = idpsim_play("scenarios/leaver.yaml", idp="entra-flag", NAME="Lovelace")
            assert len(result.transcript)
        """,
    )

    ended = project.pytest()

    ended.assert_outcomes(passed=1)


def test_the_option_chooses_what_a_test_plays_a_scenario_as(project: Project) -> None:
    project.file("leaver.yaml", LEAVER)
    project.file(
        "test_it.py",
        """
        def test_it(idpsim_play):
            assert [result.idp for result in idpsim_play("leaver.yaml")] == ["entra-flag", "okta"]
            assert [result.idp for result in idpsim_play("leaver.yaml", idp="entra")] == ["entra"]
        """,
    )

    ended = project.pytest("test_it.py", *EMBEDDED, "--idpsim-idp", "entra-flag,okta")

    ended.assert_outcomes(passed=1)


def test_a_played_scenario_that_is_red_shows_the_runs_that_failed(project: Project) -> None:
    project.file("conftest.py", BROKEN_SP)
    project.file("leaver.yaml", LEAVER)
    project.file(
        "test_it.py",
        """
        import idpsim, pytest

        def test_red(idpsim_play):
            idpsim_play("leaver.yaml")

        def test_raises(idpsim_play):
            with pytest.raises(idpsim.Failed, match="active is true") as failed:
                idpsim_play("leaver.yaml")
            assert failed.value.played.event == "unassign"
            assert [result.passed for result in failed.value.results] == [False, True]
        """,
    )

    ended = project.pytest()

    ended.assert_outcomes(passed=1, failed=1)
    ended.stdout.fnmatch_lines(["_* test_red _*", "  as okta: *", "        again  pytest test_it.py::test_red"])
    ended.stdout.no_fnmatch_line("  as entra: *")


def test_a_scenario_that_is_missing_is_one_clear_error(project: Project) -> None:
    project.file("test_it.py", "def test_it(idpsim_play): idpsim_play('none.yaml')")

    ended = project.pytest(*EMBEDDED)

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["none.yaml cannot be read: No such file or directory"])
