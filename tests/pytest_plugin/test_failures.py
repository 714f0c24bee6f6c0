"""What a user sees of a failure: idpsim's message, and nothing of how it was raised."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tests.pytest_plugin.project import BROKEN_SP, Project

pytest_plugins = ["pytester"]

LEAVER = """
    def test_leaver(okta):
        print("said by the test")
        ada = okta.person("ada")
        okta.assign(ada)
        okta.unassign(ada, expect={"user": {"active": False}}, verify={"within": "0s"})
    """
HEADLINE = "unassign ada: active is true, expected false"


@pytest.fixture
def leaver(project: Project) -> Project:
    """A project whose one test is red, since its service provider ignores how Okta deactivates."""
    project.file("conftest.py", BROKEN_SP)
    project.file("test_leaver.py", LEAVER)
    return project


def test_a_failure_is_the_report_of_the_event(leaver: Project) -> None:
    ended = leaver.pytest()

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(
        [
            "_* test_leaver _*",
            "test_leaver  test_leaver.py",
            "  FAIL  unassign ada",
            "        ada: active is true, expected false",
            "        test_leaver.py:6:5",
            "          6 |     okta.unassign(ada, *",
            "        > PATCH http://localhost/scim/*",
            "        why    Okta *",
            "        again  pytest test_leaver.py::test_leaver",
            "-* Captured stdout call -*",
            "said by the test",
        ]
    )
    ended.stdout.no_fnmatch_line("*Traceback*")
    ended.stdout.no_fnmatch_line("*api/client.py*")


def test_the_summary_says_what_is_wrong_in_one_line(leaver: Project) -> None:
    ended = leaver.pytest("-rf")

    ended.stdout.fnmatch_lines([f"FAILED test_leaver.py::test_leaver - {HEADLINE}"])


def test_a_tb_of_one_line_is_one(leaver: Project) -> None:
    ended = leaver.pytest("--tb=line")

    ended.stdout.fnmatch_lines([f"*/test_leaver.py:6: {HEADLINE}"])
    ended.stdout.no_fnmatch_line("*PATCH*")


@pytest.mark.parametrize("option", ["--tb=native", "--full-trace"])
def test_a_traceback_is_there_for_who_asks(leaver: Project, option: str) -> None:
    ended = leaver.pytest(option)

    ended.stdout.fnmatch_lines(["*api/client.py*"])


def test_junit_has_the_headline_and_the_report(leaver: Project) -> None:
    leaver.pytest("--junitxml=out.xml")

    failure = ET.parse(leaver.pytester.path / "out.xml").find(".//failure")
    assert failure is not None
    assert failure.get("message") == HEADLINE
    assert "why    Okta" in (failure.text or "")


def test_a_failed_event_can_be_expected(leaver: Project) -> None:
    leaver.file(
        "test_leaver.py",
        """
        import idpsim, pytest

        def test_raised(okta):
            ada = okta.person("ada")
            okta.assign(ada)
            with pytest.raises(idpsim.Failed, match="active is true") as failed:
                okta.unassign(ada, verify={"within": "0s"})
            assert failed.value.played.event == "unassign"

        @pytest.mark.xfail(raises=idpsim.Failed, strict=True)
        def test_known(okta):
            ada = okta.person("ada")
            okta.assign(ada)
            okta.unassign(ada, verify={"within": "0s"})
        """,
    )

    ended = leaver.pytest()

    ended.assert_outcomes(passed=1, xfailed=1)


def test_a_mistake_in_a_test_points_at_its_line(project: Project) -> None:
    project.file("test_it.py", "def test_it(okta):\n    okta.assign('nobody')\n")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["_* test_it _*", "test_it.py:2:5: unknown person or group 'nobody'", "FAILED * - *"])
    ended.stdout.no_fnmatch_line("*Traceback*")


def test_an_assertion_of_the_test_stays_pytest_s_own(project: Project) -> None:
    project.file("test_it.py", "def test_it(okta):\n    assert okta.profile == 'entra'\n")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.stdout.fnmatch_lines([">       assert okta.profile == 'entra'", "E       *'okta' == 'entra'*"])


def test_a_secret_of_the_options_is_not_shown(project: Project) -> None:
    project.file("test_it.py", "def test_it(okta):\n    okta.assign('s3cr3t-t0ken')\n")

    ended = project.pytest("--idpsim-target", "embedded", "--idpsim-token", "s3cr3t-t0ken", "--tb=short")

    ended.stdout.no_fnmatch_line("*s3cr3t-t0ken*")
    ended.assert_outcomes(failed=1)


def test_the_first_failure_can_be_the_last(leaver: Project) -> None:
    leaver.file("test_more.py", "def test_more(okta): pass")

    ended = leaver.pytest("-x")

    ended.assert_outcomes(failed=1)


def test_a_debugger_starts_at_the_failure(leaver: Project) -> None:
    leaver.file(
        "debugger.py",
        """
        class Pdb:
            quitting = False
            def __init__(self, **_): pass
            def reset(self): pass
            def interaction(self, frame, failure): print("the debugger was given", frame)
        """,
    )
    leaver.pytester.syspathinsert()

    ended = leaver.pytest("--pdb", "--pdbcls=debugger:Pdb", "-s")

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["  FAIL  unassign ada", "the debugger was given *"])


def test_what_failed_last_is_run_again(leaver: Project) -> None:
    leaver.file("test_green.py", "def test_green(): pass")
    leaver.pytester.runpytest_inprocess("-W", "error")

    ended = leaver.pytester.runpytest_inprocess("-W", "error", "--lf")

    ended.assert_outcomes(failed=1)


@pytest.mark.parametrize("option", ["--assert=plain", "--import-mode=importlib", "--showlocals"])
def test_the_report_is_the_same_under(leaver: Project, option: str) -> None:
    ended = leaver.pytest(option)

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["        again  pytest test_leaver.py::test_leaver"])


def test_no_terminal_is_no_crash(leaver: Project) -> None:
    ended = leaver.pytester.runpytest_inprocess("-W", "error", "-p", "no:terminal")

    assert ended.ret == pytest.ExitCode.TESTS_FAILED


ECHOING = """
    import idpsim, pytest

    TOKEN, KEY = "s3cr3t-t0ken", "an-0ther-s3cret"

    def app(environ, start_response):
        start_response("500 Oops", [("Content-Type", "text/plain")])
        return [f"{environ['HTTP_AUTHORIZATION']} {environ['HTTP_X_API_KEY']}".encode()]

    @pytest.fixture
    def idpsim_target():
        return idpsim.Target(app, "/scim/v2", token=TOKEN, headers={"X-Api-Key": KEY})
    """


@pytest.mark.parametrize("tb", ["--tb=line", "--tb=auto"])
def test_a_secret_of_a_target_is_shown_nowhere(project: Project, tb: str) -> None:
    project.file("conftest.py", ECHOING)
    project.file("one.yaml", "directory: {people: {ada: {userName: ada}}}\nsteps:\n  - assign: ada\n")
    project.file(
        "test_it.py",
        """
        def test_client(okta): okta.assign(okta.person("ada"))
        def test_play(idpsim_play): idpsim_play("one.yaml", idp="okta")
        """,
    )

    ended = project.pytest(tb, "--junitxml=out.xml")

    ended.assert_outcomes(failed=2)
    ended.stdout.fnmatch_lines([f"FAILED test_it.py::test_{each} - assign ada: *500*" for each in ("client", "play")])
    shown = ended.stdout.str() + (project.pytester.path / "out.xml").read_text()
    assert not [each for each in ("s3cr3t-t0ken", "an-0ther-s3cret") if each in shown]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["with idpsim.client('okta') as it: ada = it.person('ada')", "it.assign(ada)"],
            ["this client is closed: *", "  test_it.py:5: it.assign(ada)"],
        ),
        (
            ["with idpsim.client('otka'): pass"],
            ["unknown profile 'otka', did you mean 'okta'?", "  test_it.py:4: with idpsim.client('otka'): pass"],
        ),
        (
            ["idpsim.client('okta', idpsim.Target('http://sp.test/scim', '/v2', token='s3cr3t-t0ken'))"],
            ["the path of a target is for *", "  test_it.py:4: *'/v2', token='?redacted?'))"],
        ),
        (
            ["idpsim_play('none.yaml')"],
            ["none.yaml cannot be read: *", "  test_it.py:4: idpsim_play('none.yaml')"],
        ),
        (["idpsim_play(None)"], ["idpsim_play takes the path of *", "  test_it.py:4: idpsim_play(None)"]),
    ],
)
def test_an_error_of_use_shows_the_line_that_made_it(project: Project, lines: list[str], said: list[str]) -> None:
    body = "".join(f"    {line}\n" for line in lines)
    project.file("test_it.py", f"import idpsim\n\ndef test_it(idpsim_play):\n{body}")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(said)
    ended.stdout.no_fnmatch_line("*s3cr3t-t0ken*")


def test_again_has_the_options_that_were_given_but_no_secret(leaver: Project) -> None:
    options = ("--idpsim-seed", "7", "--idpsim-timeout", "9.5", "--idpsim-token", "s3cr3t-t0ken")
    sets = ("--idpsim-set", "PLACE=a b", "--idpsim-set", "SP_TOKEN=an0ther-s3cret")

    ended = leaver.pytest(*options, *sets, "--idpsim-target", "http://sp.test/scim")

    ended.stdout.fnmatch_lines(
        [
            "        again  pytest test_leaver.py::test_leaver --idpsim-target http://sp.test/scim "
            "--idpsim-set 'PLACE=a b' --idpsim-set SP_TOKEN=\"$SP_TOKEN\" --idpsim-seed 7 --idpsim-timeout 9.5"
        ]
    )
    ended.stdout.no_fnmatch_line("*s3cret*")


def test_again_works_from_where_pytest_was_started(leaver: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    leaver.file("pytest.ini", "[pytest]\n")
    leaver.file("tests/test_leaver.py", LEAVER)
    monkeypatch.chdir(leaver.pytester.path / "tests")

    ended = leaver.pytest()

    ended.stdout.fnmatch_lines(["        again  pytest test_leaver.py::test_leaver"])
