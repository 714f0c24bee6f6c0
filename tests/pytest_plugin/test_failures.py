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
