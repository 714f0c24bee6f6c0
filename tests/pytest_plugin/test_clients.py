"""The fixtures: which client plays, against what, and what is left when the test ends."""

from __future__ import annotations

import pytest

from idpsim.profiles import all_profiles, default_profiles
from idpsim.pytest_plugin.options import DEFAULTS, PROFILES
from tests.pytest_plugin.project import RIGHT_SP, Project

pytest_plugins = ["pytester"]


def test_there_is_a_fixture_for_every_profile() -> None:
    import idpsim.pytest_plugin

    fixtures = {name for name in idpsim.pytest_plugin.__all__ if not name.startswith(("idp", "_"))}

    assert set(PROFILES) == set(all_profiles())
    assert fixtures == {name.replace("-", "_") for name in all_profiles()}


def test_all_means_what_it_means_on_the_command_line() -> None:
    assert set(DEFAULTS) == set(default_profiles())


@pytest.mark.parametrize("profile", PROFILES)
def test_each_fixture_is_a_client_of_its_profile(project: Project, profile: str) -> None:
    fixture = profile.replace("-", "_")
    project.file(
        "test_it.py",
        f"""
        def test_client({fixture}):
            ada = {fixture}.person("ada")
            assert {fixture}.profile == "{profile}"
            assert {fixture}.name == "test_client"
            assert {fixture}.assign(ada).outcome == "done"
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=1)


def test_idp_is_every_profile_in_turn(project: Project) -> None:
    project.file("test_it.py", "def test_it(idp): assert idp.profile")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=len(PROFILES))
    ended.stdout.fnmatch_lines([f"PASSED test_it.py::test_it?{name}?" for name in PROFILES])


def test_an_option_chooses_what_idp_is(project: Project) -> None:
    project.file("test_it.py", "def test_it(idp): assert idp.profile")

    ended = project.pytest("--idpsim-target", "embedded", "--idpsim-idp", "entra, okta", "--idpsim-idp", "entra-flag")

    ended.assert_outcomes(passed=3)
    ended.stdout.fnmatch_lines(["PASSED test_it.py::test_it?entra?", "PASSED *?okta?", "PASSED *?entra-flag?"])


def test_idp_below_a_fixture_of_the_project_is_every_profile_too(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest

        @pytest.fixture
        def mine(idp): return idp

        @pytest.mark.parametrize("number", [1, 2])
        def test_it(mine, number): assert mine.profile
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded", "--idpsim-idp", "all")

    ended.assert_outcomes(passed=6)


@pytest.mark.parametrize("indirect", ["True", "False"])
def test_a_mark_on_idpsim_profile_wins(project: Project, indirect: str) -> None:
    project.file(
        "test_it.py",
        f"""
        import pytest

        @pytest.mark.parametrize("idpsim_profile", ["okta", "entra"], indirect={indirect})
        def test_it(idp): assert idp.profile in ("okta", "entra")
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=2)


def test_a_mark_on_idp_chooses_its_profiles(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest

        @pytest.fixture
        def idpsim_target(idpsim_profile):
            assert idpsim_profile in ("okta", "entra-flag")
            return "embedded"

        @pytest.mark.parametrize("idp", ["okta", "entra-flag"], indirect=True)
        def test_it(idp, request): assert request.node.name == f"test_it[{idp.profile}]"
        """,
    )

    ended = project.pytest()

    ended.assert_outcomes(passed=2)


def test_a_hook_of_the_project_chooses_its_profiles(project: Project) -> None:
    project.file(
        "conftest.py",
        """
        def pytest_generate_tests(metafunc):
            metafunc.parametrize("idp", ["okta", "entra"], indirect=True)
        """,
    )
    project.file("test_it.py", "def test_it(idp): assert idp.profile in ('okta', 'entra')")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=2)


def test_a_fixture_idp_with_parameters_of_its_own_takes_each_profile(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest

        @pytest.fixture(params=["small", "large"])
        def idp(idp, request): return idp, request.param

        def test_it(idp): assert idp[0].profile
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded", "--idpsim-idp", "all")

    ended.assert_outcomes(passed=6)


@pytest.mark.parametrize("name", ["idp", "idpsim_profile"])
def test_a_mark_with_an_unknown_profile_is_one_clear_error(project: Project, name: str) -> None:
    project.file(
        "test_it.py",
        f"""
        import pytest

        @pytest.mark.parametrize("{name}", ["oktaa"], indirect=True)
        def test_it(idp): pass
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["there is no profile 'oktaa', did you mean 'okta'?"])


@pytest.mark.parametrize(
    ("marks", "asked", "said"),
    [
        (
            '@pytest.mark.parametrize("idpsim_profile", ["entra"], indirect=True)',
            "okta, idpsim_profile",
            "the test asks for the client okta, and its mark says that idpsim_profile is entra",
        ),
        (
            '@pytest.mark.parametrize(("idp", "idpsim_profile"), [("okta", "entra")], indirect=True)',
            "idp, idpsim_profile",
            "a mark of the test says idp is okta, and idpsim_profile entra: leave one out",
        ),
    ],
)
def test_marks_and_fixtures_that_disagree_are_one_clear_error(
    project: Project, marks: str, asked: str, said: str
) -> None:
    project.file("test_it.py", f"import pytest\n\n{marks}\ndef test_it({asked}): pass\n")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines([said])


def test_a_test_case_of_unittest_that_asks_for_idp_is_told_why_not(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import unittest
        import pytest

        class Leaver(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _clients(self, idp): pass

            def test_it(self): pass
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["idp cannot be each profile in turn here: a unittest.TestCase is never parametrized*"])


def test_a_fixture_idpsim_profile_of_the_project_wins(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest

        @pytest.fixture(params=["okta", "onelogin"])
        def idpsim_profile(request): return request.param

        def test_it(idp): assert idp.profile in ("okta", "onelogin")
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=2)


def test_the_target_of_a_project_learns_which_profile_plays(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest

        @pytest.fixture
        def idpsim_target(idpsim_profile, told):
            told.append(idpsim_profile)
            return "embedded"

        @pytest.fixture
        def told(): return []

        def test_one(entra_flag, told): assert told == ["entra-flag"]
        def test_all(idp, told): assert told == [idp.profile]
        """,
    )

    ended = project.pytest()

    ended.assert_outcomes(passed=1 + len(PROFILES))


@pytest.mark.parametrize(("asked", "said"), [("okta, entra", "okta and entra"), ("", "no client")])
def test_a_profile_that_cannot_be_told_is_one_clear_error(project: Project, asked: str, said: str) -> None:
    project.file("conftest.py", "import pytest\n@pytest.fixture\ndef idpsim_target(idpsim_profile): return 'embedded'")
    project.file("test_it.py", f"def test_it({asked or 'idpsim_target'}): pass")

    ended = project.pytest()

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines([f"idpsim_profile cannot tell which profile plays: the test asks for {said}"])


def test_an_application_object_is_played_in_process(project: Project) -> None:
    project.file("conftest.py", RIGHT_SP)
    project.file(
        "test_it.py",
        """
        def test_it(okta):
            ada = okta.person("ada")
            okta.assign(ada)
            assert okta.id_of(ada)
            assert {each.request.url.split("/scim/")[0] for each in okta.transcript} == {"http://localhost"}
        """,
    )

    ended = project.pytest()

    ended.assert_outcomes(passed=1)


def test_what_a_test_created_is_gone_before_the_fixtures_of_its_target_end(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import idpsim, pytest
        from idpsim.sp import ServiceProvider

        @pytest.fixture
        def idpsim_target():
            sp = ServiceProvider.open()
            yield idpsim.Target(sp.wsgi, sp.endpoint(), token=sp.issue_token())
            assert GONE and not sp.find("user", "userName", GONE[0])

        GONE = []

        def test_it(okta):
            ada = okta.person("ada")
            okta.assign(ada)
            GONE.append(ada.userName)
        """,
    )

    ended = project.pytest()

    ended.assert_outcomes(passed=1)


def test_a_token_of_the_options_goes_to_a_target_that_brings_none(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest
        from idpsim import Target

        SENT = []

        def app(environ, start_response):
            SENT.append(environ.get("HTTP_AUTHORIZATION"))
            start_response("404 Not Found", [])
            return []

        @pytest.fixture(params=[None, "its-own-token"])
        def idpsim_target(request): return Target(app, token=request.param)

        def test_it(okta, request):
            okta.assign(okta.person("ada"), check=False, verify=False)
            assert SENT[-1].endswith(request.node.callspec.params["idpsim_target"] or "from-the-options")
        """,
    )

    ended = project.pytest("--idpsim-token", "from-the-options")

    ended.assert_outcomes(passed=2)


def test_without_a_target_the_error_says_how_to_give_one(project: Project) -> None:
    project.file("test_it.py", "def test_it(okta): pass")

    ended = project.pytest()

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(
        [
            "which service provider do the tests run against?",
            "  let the fixture idpsim_target in conftest.py return *idpsim.Target(application, *",
            "  or give --idpsim-target URL (ini: idpsim_target, environment: IDPSIM_TARGET); 'embedded' *",
        ]
    )


@pytest.mark.parametrize(("value", "named"), [("None", "None"), ("{'app': 1}", "a dict"), ("7", "a int")])
def test_a_target_of_the_wrong_type_is_one_clear_error(project: Project, value: str, named: str) -> None:
    project.file("conftest.py", f"import pytest\n@pytest.fixture\ndef idpsim_target(): return {value}")
    project.file("test_it.py", "def test_it(okta): pass")

    ended = project.pytest()

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines([f"the fixture idpsim_target returned {named}: it returns the URL of its SCIM, *"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("'http://sp.test:99999/'", "what the fixture idpsim_target returns cannot be used: *99999*"),
        (
            "Target('http://sp.test/', token='a\\nb')",
            "the token that the fixture idpsim_target gives cannot be used: *",
        ),
        ("Target('http://sp.test/', '/scim')", "what the fixture idpsim_target returns cannot be used: the path *"),
    ],
)
def test_a_target_that_cannot_be_used_is_the_fixture_s(project: Project, given: str, said: str) -> None:
    text = f"import pytest\nfrom idpsim import Target\n@pytest.fixture\ndef idpsim_target(): return {given}"
    project.file("conftest.py", text)
    project.file("test_it.py", "def test_it(okta): pass")

    ended = project.pytest()

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines([said])


@pytest.mark.parametrize("source", ["--idpsim-token", "IDPSIM_TOKEN"])
def test_a_token_that_cannot_be_used_is_that_of_its_source(
    project: Project, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    monkeypatch.setenv("IDPSIM_TOKEN", "s3cr3t\nt0ken")
    project.file("test_it.py", "def test_it(okta): pass")
    project.file("one.yaml", "steps:\n  - connect:\n")
    option = () if source.isupper() else (source, "s3cr3t\nt0ken")

    ended = project.pytest("--idpsim-target", "http://sp.test/", "--idpsim-idp", "okta", *option)

    ended.assert_outcomes(errors=1, failed=1)
    ended.stdout.fnmatch_lines([f"{source} cannot be used: a line break or another *"] * 2)
    ended.stdout.no_fnmatch_line("*s3cr3t*")


def test_settings_and_directory_are_blocks_of_a_scenario(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import pytest

        @pytest.fixture
        def idpsim_settings(): return {"onelogin": {"on_removed": "suspend"}}

        @pytest.fixture
        def idpsim_directory():
            return {"people": {"ada": {"userName": "ada@example.com", "givenName": "Ada", "familyName": "Lovelace"}}}

        def test_it(onelogin):
            onelogin.assign("ada")
            onelogin.unassign("ada", expect={"user": {"active": False, "name.familyName": "Lovelace"}})
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=1)


def test_a_mistake_in_settings_is_no_place_in_pytest(project: Project) -> None:
    project.file("conftest.py", "import pytest\n@pytest.fixture\ndef idpsim_settings(): return {'okta': {'colour': 1}}")
    project.file("test_it.py", "def test_it(okta): pass")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["the fixture idpsim_settings returns what idpsim cannot use: *colour*"])
    ended.stdout.no_fnmatch_line("*site-packages*")


def test_a_test_case_of_unittest_takes_a_client_over_its_own_fixture(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import unittest
        import pytest

        class Leaver(unittest.TestCase):
            @pytest.fixture(autouse=True)
            def _clients(self, okta):
                self.okta = okta

            def test_it(self):
                self.okta.assign(self.okta.person("ada"))

            def test_red(self):
                self.okta.assign("nobody")
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=1, failed=1)
    ended.stdout.fnmatch_lines(["test_it.py:14:*: unknown person or group 'nobody'"])
    ended.stdout.no_fnmatch_line("*Traceback*")


def test_what_could_not_be_removed_is_listed_and_fails_nothing(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import idpsim, pytest
        from idpsim.sp import ServiceProvider

        @pytest.fixture
        def idpsim_target():
            sp = ServiceProvider.open()
            def app(environ, start_response):
                if environ["REQUEST_METHOD"] == "DELETE":
                    start_response("403 Forbidden", [])
                    return []
                return sp.wsgi(environ, start_response)
            return idpsim.Target(app, sp.endpoint(), token=sp.issue_token())

        def test_it(okta): okta.assign(okta.person("ada"))
        """,
    )

    ended = project.pytest()

    ended.assert_outcomes(passed=1)
    ended.stdout.fnmatch_lines(
        ["=* idpsim could not remove from the service provider =*", "test_it.py::test_it: /Users/*403"]
    )
