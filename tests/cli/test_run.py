"""`idpsim run`: exit codes, what goes where, and the terminal as a whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from idpsim.cli import run as run_module
from idpsim.cli import terminal
from idpsim.report.text import Page
from tests.cli.conftest import Idpsim, Scenario, settled

Golden = Callable[[str, str], None]
FIXED = ("--seed", "1", "--suffix", "k3x9p")


def test_a_run_that_passes_ends_with_0(idpsim: Idpsim, leaver: str) -> None:
    ended = idpsim("run", leaver)

    assert ended.exit_code == 0
    assert "1 scenario as 1 vendor: 1 run, 1 passed" in ended.output


def test_a_run_that_fails_ends_with_1(idpsim: Idpsim, failing: str) -> None:
    assert idpsim("run", failing).exit_code == 1


def test_the_terminal_of_a_passing_run(idpsim: Idpsim, leaver: str, golden: Golden) -> None:
    golden("cli/run-passes.txt", settled(idpsim("run", leaver, *FIXED).output))


def test_the_terminal_of_a_failing_run(idpsim: Idpsim, failing: str, golden: Golden) -> None:
    golden("cli/run-fails.txt", settled(idpsim("run", failing, *FIXED).output))


def test_quiet_shows_failures_and_the_summary_only(idpsim: Idpsim, failing: str, leaver: str, golden: Golden) -> None:
    golden("cli/run-quiet.txt", settled(idpsim("run", leaver, failing, "-q", *FIXED).output))


def test_quiet_and_passed_is_one_line(idpsim: Idpsim, leaver: str) -> None:
    assert len(idpsim("run", leaver, "-q").output.splitlines()) == 1


def test_verbose_shows_every_exchange(idpsim: Idpsim, leaver: str, golden: Golden) -> None:
    golden("cli/run-verbose.txt", settled(idpsim("run", leaver, "-v", *FIXED).output))


def test_quiet_and_verbose_exclude_each_other(idpsim: Idpsim, leaver: str) -> None:
    ended = idpsim("run", leaver, "-q", "-v")

    assert ended.exit_code == 2
    assert "exclude each other" in ended.stderr


def test_without_a_path_the_built_in_scenarios_are_played_as_every_vendor(idpsim: Idpsim) -> None:
    ended = idpsim("run", "-q")

    assert ended.exit_code == 0, ended.output
    assert "3 scenarios as 3 vendors: 9 runs, 9 passed" in ended.output


def test_the_embedded_service_provider_is_named_as_the_target(idpsim: Idpsim, leaver: str) -> None:
    assert "against the embedded service provider" in idpsim("run", leaver).output


def test_a_target_that_cannot_be_reached_ends_with_3(idpsim: Idpsim, leaver: str) -> None:
    ended = idpsim("run", leaver, "--target", "http://127.0.0.1:9/scim", "--report", "json=out.json")

    assert ended.exit_code == 3
    assert "cannot be reached at http://127.0.0.1:9/scim" in ended.stderr
    assert "Traceback" not in ended.output
    assert json.loads(Path("out.json").read_text())["passed"] is False


def test_the_environment_gives_target_and_token(idpsim: Idpsim, leaver: str) -> None:
    ended = idpsim("run", leaver, env={"IDPSIM_TARGET": "http://127.0.0.1:9/scim", "IDPSIM_TOKEN": "sesame-sesame"})

    assert ended.exit_code == 3
    assert "without a token" not in ended.output


def test_a_target_replaces_the_scenarios(idpsim: Idpsim, scenario: Scenario) -> None:
    name = scenario([{"assign": "ada"}], target={"scim": "http://127.0.0.1:1/a", "token": "t0ps3cret"})

    ended = idpsim("run", name, "--target", "okta=http://127.0.0.1:9/b")

    assert "against http://127.0.0.1:9/b" in ended.output


def test_an_application_in_this_process_is_a_target(idpsim: Idpsim, leaver: str, tmp_path: Path) -> None:
    (tmp_path / "someapp.py").write_text(
        "from idpsim.sp import ServiceProvider\nsp = ServiceProvider()\nTOKEN = sp.issue_token('x')\napp = sp.wsgi\n"
        "from pathlib import Path\nPath('token').write_text(TOKEN)\n"
    )
    sys.path.insert(0, str(tmp_path))
    try:
        import someapp  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(tmp_path))

    ended = idpsim("run", leaver, "--target", "wsgi:someapp:app/scim/x/v2", "--token", someapp.TOKEN)

    assert ended.exit_code == 0, ended.output
    assert "against wsgi:someapp:app/scim/x/v2" in ended.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--target", "localhost:8000"], "is not a URL"),
        (["--target", "okat=http://localhost"], "did you mean okta=...?"),
        (["--target", "http://a/", "--target", "http://b/"], "given twice"),
        (["--token", "okat=verysecretthing"], "did you mean okta=...?"),
        (["--token", ""], "is empty"),
        (["--set", "novalue"], "NAME=VALUE"),
        (["--report", "jsn=x"], "did you mean json=...?"),
        (["--report", "json"], "KIND=FILE"),
        (["--report", "html=x.html"], "HTML report is not part of this version"),
        (["--report", "json=-", "--report", "har=-"], "two reports cannot go to stdout"),
        (["--idp", "okat"], "did you mean 'okta'?"),
        (["--suffix", "a b"], "letters and digits"),
        (["--suffix", "ab", "--keep-names"], "exclude each other"),
        (["--concurrency", "0"], "--concurrency"),
        (["--timeout", "0"], "--timeout"),
        (["--report", "json=/proc/nope/x.json"], "cannot be written"),
        (["missing.yaml"], "cannot be read"),
        (["--sed", "1"], "No such option"),
    ],
)
def test_a_wrong_command_ends_with_2_and_says_why(idpsim: Idpsim, leaver: str, arguments: list[str], said: str) -> None:
    ended = idpsim("run", leaver, *arguments)

    assert ended.exit_code == 2
    assert said in ended.stderr
    assert "verysecretthing" not in ended.output
    assert "Traceback" not in ended.output


def test_all_wrong_scenarios_are_named_before_anything_is_sent(
    idpsim: Idpsim, scenario: Scenario, leaver: str, golden: Golden
) -> None:
    scenario([{"asign": "ada"}], "one.yaml")
    scenario([{"assign": "nobody"}], "two.yaml")

    ended = idpsim("run", leaver, "one.yaml", "two.yaml")

    assert ended.exit_code == 2
    assert ended.stdout == ""
    golden("cli/run-wrong.txt", ended.stderr)


def test_a_directory_stands_for_the_scenarios_in_it(idpsim: Idpsim, scenario: Scenario, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    scenario([{"assign": "ada"}], "all/b.yml")
    scenario([{"assign": "ada"}], "all/a.yaml")
    (tmp_path / "all" / "notes.txt").write_text("no scenario")

    ended = idpsim("run", "all", "-q")

    assert "2 scenarios as 1 vendor: 2 runs, 2 passed" in ended.output


def test_an_empty_directory_is_an_error(idpsim: Idpsim, tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()

    ended = idpsim("run", "all")

    assert ended.exit_code == 2
    assert "there is no scenario" in ended.stderr


@pytest.mark.parametrize("kind", ["json", "junit", "har"])
def test_a_report_on_stdout_is_alone_there(idpsim: Idpsim, failing: str, kind: str) -> None:
    ended = idpsim("run", failing, "--report", f"{kind}=-")

    assert ended.exit_code == 1
    if kind == "junit":
        assert ElementTree.fromstring(ended.stdout).tag == "testsuites"
    else:
        assert json.loads(ended.stdout)
    assert "1 run, 0 passed, 1 failed" in ended.stderr


def test_fail_fast_ends_at_the_first_failure(idpsim: Idpsim, failing: str, leaver: str) -> None:
    ended = idpsim("run", failing, leaver, "--fail-fast")

    assert ended.exit_code == 1
    assert "1 failed, 1 not played" in ended.output


def test_keep_leaves_what_was_created_and_says_so(idpsim: Idpsim, leaver: str) -> None:
    assert "kept: nothing was removed" in idpsim("run", leaver, "--keep").output


def test_fault_free_names_are_sent_with_keep_names(idpsim: Idpsim, leaver: str) -> None:
    idpsim("run", leaver, "--keep-names", "--report", "har=out.har")

    assert "ada@example.com" in Path("out.har").read_text()


def test_an_interrupted_run_is_cleaned_up_and_reported(
    idpsim: Idpsim, leaver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = run_module.Console.step

    def interrupt(self: object, *more: object) -> None:
        step(self, *more)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module.Console, "step", interrupt)
    ended = idpsim("run", leaver, "--report", "json=out.json")

    assert ended.exit_code == 130
    assert "cleaned up: 2 removed" in ended.output
    report = json.loads(Path("out.json").read_text())
    assert (report["stopped"], report["runs"][0]["stopped"], report["passed"]) == ("interrupted", "interrupted", False)


def test_colours_are_for_terminals(idpsim: Idpsim, leaver: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "is_terminal", lambda _: True)

    coloured = idpsim("run", leaver, color=True, env={"NO_COLOR": ""}).output
    plain = idpsim("run", leaver, color=True, env={"NO_COLOR": "1"}).output

    assert "\x1b[32mok" in coloured
    assert "\x1b[3" not in plain


def test_what_is_piped_is_plain_and_100_columns_wide() -> None:
    with open(os.devnull) as stream:
        assert terminal.page_of(stream) == Page(100, colour=False)


def test_output_that_cannot_be_encoded_is_escaped(scenario: Scenario, tmp_path: Path) -> None:
    name = scenario([{"assign": "ada", "name": "naïve ☃"}])

    ended = subprocess.run(
        [sys.executable, "-m", "idpsim", "run", name],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert "na\\xefve \\u2603" in ended.stdout


def test_a_reader_that_goes_away_is_no_error(leaver: str, tmp_path: Path) -> None:
    ended = subprocess.run(
        f"{sys.executable} -m idpsim run {leaver} --report json=out.json | head -1",
        shell=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.stderr == ""
    assert json.loads((tmp_path / "out.json").read_text())["passed"] is True


def test_a_sigterm_cleans_up(tmp_path: Path, scenario: Scenario) -> None:
    name = scenario([{"assign": "all"}, {"wait": "1h"}], directory={"generate": {"people": 20}})
    running = subprocess.Popen(
        [sys.executable, "-m", "idpsim", "run", name, "--real-time"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    while "assign all" not in running.stdout.readline():
        pass

    running.send_signal(signal.SIGTERM)

    output, _ = running.communicate(timeout=20)
    assert running.returncode == 130
    assert "cleaned up: 20 removed" in output
