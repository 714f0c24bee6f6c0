"""Options and ini keys: documented, and refused in one line where they are wrong."""

from __future__ import annotations

import pytest

from tests.pytest_plugin.project import Project

pytest_plugins = ["pytester"]

OPTIONS = ("target", "token", "idp", "set", "seed", "timeout", "idp-url", "certs")


def test_help_documents_every_option_and_ini_key(project: Project) -> None:
    ended = project.pytest("--help")

    ended.stdout.fnmatch_lines(["idpsim:*", *(f"  --idpsim-{name}=*" for name in OPTIONS)])
    ended.stdout.fnmatch_lines(["  idpsim_target (string):*", "  idpsim_idp (args):*"])


def test_fixtures_are_documented(project: Project) -> None:
    ended = project.pytest("--fixtures")

    shown = ended.stdout.str()
    assert not [name for name in ("okta", "entra_flag", "idp", "idpsim_play") if f"\n{name} " not in shown]
    assert "idpsim/pytest_plugin/fixtures.py" in shown


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--idpsim-idp", "oktaa"), "--idpsim-idp: there is no profile 'oktaa', did you mean 'okta'?"),
        (("--idpsim-idp", "zzz"), "--idpsim-idp: there is no profile 'zzz' (there are okta, okta-aiw, *"),
        (("--idpsim-target", "localhost:80"), "--idpsim-target is a URL such as *, not 'localhost:80'"),
        (
            ("--idpsim-target", "http://sp.test:99999/"),
            "--idpsim-target is a URL such as *, not 'http://sp.test:99999/'",
        ),
        (("--idpsim-set", "=x"), "--idpsim-set takes NAME=VALUE, not '='"),
        (("--idpsim-set", "secret"), "--idpsim-set takes NAME=VALUE, not 'secret'"),
        (("--idpsim-timeout", "0"), "--idpsim-timeout is a number of seconds above 0, not 0"),
        (("--idpsim-seed", "x"), "*argument --idpsim-seed: invalid int value: 'x'"),
    ],
)
def test_a_wrong_option_ends_the_session_in_one_line(project: Project, options: tuple[str, ...], said: str) -> None:
    ended = project.pytest(*options)

    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines([f"ERROR: {said}"] if said.startswith("--") else [said])
    ended.stderr.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("text", ["[pytest]\nidpsim_idp = okta entra\n", "[pytest]\nidpsim_idp = okta,entra\n"])
def test_the_ini_file_chooses_profiles(project: Project, text: str) -> None:
    project.file("pytest.ini", text)
    project.file("test_it.py", "def test_it(idp): pass")

    ended = project.pytest("--idpsim-target", "embedded")

    ended.assert_outcomes(passed=2)


def test_the_command_line_stands_above_the_environment_and_that_above_the_ini_file(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.file("pytest.ini", "[pytest]\nidpsim_target = http://ini.test/scim\n")
    project.file("test_it.py", "def test_it(idpsim_target): raise Exception(idpsim_target)")

    ini = project.pytest()
    monkeypatch.setenv("IDPSIM_TARGET", "http://environment.test/scim")
    environment = project.pytest()
    option = project.pytest("--idpsim-target", "http://option.test/scim")

    ini.stdout.fnmatch_lines(["E * http://ini.test/scim"])
    environment.stdout.fnmatch_lines(["E * http://environment.test/scim"])
    option.stdout.fnmatch_lines(["E * http://option.test/scim"])


def test_a_seed_makes_what_is_sent_the_same(project: Project) -> None:
    project.file(
        "test_it.py",
        """
        import idpsim

        def test_it(okta):
            ada = okta.person("ada")
            suffix = ada.userName.removesuffix("@example.com").removeprefix("ada.")
            with idpsim.client("okta", seed=7, suffix=suffix) as same:
                assert bodies(same.assign(same.person("ada"))) == bodies(okta.assign(ada))

        def bodies(played): return [each.request.body for each in played.sent]
        """,
    )

    ended = project.pytest("--idpsim-target", "embedded", "--idpsim-seed", "7")

    ended.assert_outcomes(passed=1)


def test_a_wrong_variable_of_the_environment_is_named(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDPSIM_TARGET", "http://ada:s3cr3t@sp.test:port/")

    ended = project.pytest()

    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines(["ERROR: IDPSIM_TARGET is a URL such as *, not 'http://sp.test:port/'"])
