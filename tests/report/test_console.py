"""The console report, fed by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from idpsim.redact import Redactor
from idpsim.report.console import Console
from idpsim.report.feed import Heading, Totals
from idpsim.report.text import Page
from idpsim.scenario.results import CleanUp, RunResult
from idpsim.scenario.shipped import shipped
from idpsim.wire import NoResponse, Response
from tests.report.conftest import TOKEN, Exchanges, Run, failure, step

ESCAPE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def written(result: RunResult, heading: Heading, page: Page = Page(), stopped: str = "", **more: bool) -> str:  # noqa: B008
    lines: list[str] = []
    console = Console(lines.append, page, Redactor([TOKEN]), **more)
    console.begin(heading, result.transcript)
    for each in result.steps:
        console.step(each, result.transcript)
    console.end(result, stopped)
    console.close(Totals(1, 1, 1, int(not result.passed), seconds=0.5, stopped=stopped))
    return "".join(lines)


def test_a_failure_says_what_where_by_what_why_and_how_again(run: Run, heading: Heading) -> None:
    text = written(run(step(failures=(failure(),))), heading)

    order = [
        "FAIL  unassign ada",
        "active is true, expected false",
        "leaver.yaml:4:29",
        "^^^^^",
        "> PATCH https://sp.example/scim/v2/Users/1",
        '{"active": false}',
        "< 200",
        "why    The PATCH has no path.",
        "https://vendor.example/scim",
        "again  curl --http1.1 -X PATCH",
        '-H "Authorization: Bearer $SCIM_TOKEN"',
        "cleaned up: 2 removed",
    ]
    positions = [text.index(each) for each in order]
    assert positions == sorted(positions)


def test_no_secret_is_shown(run: Run, heading: Heading, exchanges: Exchanges) -> None:
    transcript = exchanges(Response(401, body=f"the token {TOKEN} is wrong".encode()))

    text = written(
        run(step(failures=(failure(f"{TOKEN} is refused"),), notes=(TOKEN,)), transcript=transcript), heading, loud=True
    )

    assert TOKEN not in text


def test_what_a_service_provider_says_cannot_reach_the_terminal(
    run: Run, heading: Heading, exchanges: Exchanges
) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202eevil\x9b31m\r"
    answer = Response(500, (("Location", evil), ("Content-Type", evil)), evil.encode(), evil)
    transcript = exchanges(answer, NoResponse("reset", evil))
    wrong = failure(evil, exchanges=(0, 1))
    played = step(failures=(wrong,), notes=(evil,), reasons={"ada": evil}, sources={"ada": evil}, skipped=evil)

    text = written(run(played, transcript=transcript, clean_up=CleanUp(0, (evil,))), heading, loud=True, stopped=evil)

    assert not ESCAPE.search(text)
    assert "\\x1b[2J\\u202eevil" in text


def test_many_subjects_are_counted_and_few_listed(run: Run, heading: Heading) -> None:
    outcomes = {f"p{n}": "failed" if n % 1000 == 0 else "done" for n in range(100_000)}
    played = step(subjects=("all",), outcomes=outcomes, reasons={f"p{n}": "409" for n in range(0, 100_000, 1000)})

    text = written(run(played), heading)

    assert "99,900 done, 100 failed" in text
    assert "... 90 more that are not done" in text
    assert len(text.splitlines()) < 25


def test_a_skip_says_its_reason_and_source(run: Run, heading: Heading) -> None:
    played = step(
        outcome="skipped", outcomes={"ada": "skipped"}, reasons={"ada": "never"}, sources={"ada": "https://v"}
    )

    text = written(run(played), heading)

    assert "  --    unassign ada\n        skipped: never\n        https://v\n" in text


def test_failures_with_the_same_exchange_share_it(run: Run, heading: Heading) -> None:
    both = (failure("one"), failure("two"), failure("one", kind="verification"))

    text = written(run(step(failures=both)), heading)

    assert text.count("> PATCH") == 1
    assert (text.count("one\n"), text.count("two\n")) == (1, 1)


def test_many_failures_of_a_step_are_bounded(run: Run, heading: Heading) -> None:
    text = written(run(step(failures=tuple(failure(f"wrong {n}") for n in range(200)))), heading)

    assert "... 190 more failures" in text


def test_what_could_not_be_removed_is_listed(run: Run, heading: Heading) -> None:
    text = written(run(clean_up=CleanUp(1, ("/Users/1: DELETE was answered 500",))), heading)

    assert "1 resource could not be removed:" in text
    assert "/Users/1: DELETE was answered 500" in text


def test_a_run_that_sent_nothing_says_so(run: Run, heading: Heading) -> None:
    text = written(run(failures=(failure("nothing was sent", exchanges=()),)), heading)

    assert "FAIL  the run" in text
    assert "FAIL  leaver.yaml as vendor: nothing was sent" in text


@pytest.mark.parametrize("width", [40, 60, 100, 140])
def test_lines_keep_to_the_width(run: Run, heading: Heading, width: int) -> None:
    wrong = failure("word " * 100)

    text = written(run(step(failures=(wrong,), notes=("note " * 60,))), heading, Page(width))

    assert all(len(line) <= max(width, 100) for line in text.splitlines())
    assert all(len(line) <= width for line in text.splitlines() if line.strip().startswith(("word", "note")))


def test_colour_is_never_alone(run: Run, heading: Heading) -> None:
    result = run(step(failures=(failure(),)))

    plain = re.sub(r"\x1b\[[0-9;]*m", "", written(result, heading, Page(100, colour=True)))

    assert plain == written(result, heading)


def test_a_scenario_that_comes_with_idpsim_is_called_by_its_name(
    run: Run, heading: Heading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = str(shipped("mover"))
    here = replace(heading, scenario=file, in_process=True)

    text = written(replace(run(step(failures=(failure(),))), scenario=file), here)

    assert text.startswith("A leaver  mover\n")
    assert "again  idpsim run mover --idp vendor" in text


def test_an_error_that_the_command_tells_is_not_told_twice(run: Run, heading: Heading) -> None:
    text = written(run(), heading, stopped="the service provider cannot be reached at http://sp")

    assert "STOP  this run was not played to its end: the error below says why" in text
    assert "cannot be reached" not in text


def test_an_interruption_says_what_may_be_left(run: Run, heading: Heading) -> None:
    text = written(run(), heading, Page(60), stopped="interrupted; the clean-up did not end: the names hold k3x9p")

    assert "the names hold k3x9p" in " ".join(text.split())
    assert all(len(line) <= 60 for line in text.splitlines() if "STOP" in line)
