"""The plugin in processes of its own: what it imports, and pytest-xdist."""

from __future__ import annotations

import pytest

from tests.pytest_plugin.project import BROKEN_SP, Project

pytest_plugins = ["pytester"]


def test_a_project_that_does_not_use_it_imports_nothing_of_idpsim_but_the_plugin(project: Project) -> None:
    project.file("other.yaml", "steps:\n  - script: make\n")
    project.file(
        "test_it.py",
        """
        import sys

        def test_it():
            loaded = {name for name in sys.modules if name.partition(".")[0] == "idpsim"}
            assert not {name for name in loaded if name != "idpsim" and not name.startswith("idpsim.pytest_plugin")}
            assert not {"idpsim.pytest_plugin.playing", "idpsim.pytest_plugin.target"} & loaded
            assert not {"flask", "lxml", "yaml", "requests", "cryptography"} & set(sys.modules)
        """,
    )

    ended = project.pytest_process("-p", "no:hypothesispytest", "-p", "no:hypothesis")

    ended.assert_outcomes(passed=1)


@pytest.mark.thorough
def test_reports_and_what_is_left_come_through_xdist(project: Project) -> None:
    project.file("conftest.py", BROKEN_SP)
    project.file("scenarios/bad.yaml", "steps:\n  - assign: nobody\n")
    project.file(
        "test_it.py",
        """
        import idpsim, pytest
        from idpsim.sp import ServiceProvider

        def test_red(okta):
            ada = okta.person("ada")
            okta.assign(ada)
            okta.unassign(ada, verify={"within": "0s"})

        def test_green(idp): pass

        class TestLeft:
            @pytest.fixture
            def idpsim_target(self):
                sp = ServiceProvider.open()
                def app(environ, start_response):
                    if environ["REQUEST_METHOD"] == "DELETE":
                        start_response("403 Forbidden", [])
                        return []
                    return sp.wsgi(environ, start_response)
                return idpsim.Target(app, sp.endpoint(), token=sp.issue_token())

            def test_left(self, entra):
                entra.assign(entra.person("ada"))
        """,
    )

    ended = project.pytest_process("-n", "2")

    ended.assert_outcomes(passed=6, failed=1)
    ended.stdout.fnmatch_lines(["  FAIL  unassign ada", "        again  pytest test_it.py::test_red"])
    ended.stdout.fnmatch_lines(["=* idpsim could not remove *", "test_it.py::TestLeft::test_left: /Users/*403"])
    ended.stdout.fnmatch_lines(["FAILED test_it.py::test_red - unassign ada: active is true*"])


@pytest.mark.thorough
@pytest.mark.parametrize("workers", ["0", "2"])
def test_scenario_files_are_shared_out(project: Project, workers: str) -> None:
    for name in ("one", "two"):
        project.file(f"scenarios/{name}.yaml", "directory: {people: {ada: {userName: ada}}}\nsteps:\n  - assign: ada\n")
    project.file("scenarios/bad.yaml", "steps:\n  - assign: nobody\n")

    ended = project.pytest_process(
        "scenarios", "-n", workers, "--idpsim-target", "embedded", "--continue-on-collection-errors"
    )

    ended.assert_outcomes(passed=6, errors=1)
    ended.stdout.fnmatch_lines(["scenarios/bad.yaml:2:*unknown person*", "ERROR scenarios/bad.yaml*"])
