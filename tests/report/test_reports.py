"""The JSON, JUnit and HAR reports, fed by hand."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from idpsim.redact import Redactor
from idpsim.report.feed import Heading, Report, Totals
from idpsim.report.har import HarReport
from idpsim.report.json_report import JsonReport
from idpsim.report.junit import JUnitReport
from idpsim.report.secrets import Secrets
from idpsim.scenario.results import RunResult
from idpsim.wire import NoResponse, Response
from tests.report.conftest import TOKEN, Exchanges, Run, failure, step

Make = Callable[[io.StringIO, Redactor], Report]
EVIL = "]]> & <x a='\"'> \x00\x1b\ufffe\ud800 \u202e"


def written(make: Make, heading: Heading, *results: RunResult, stopped: str = "") -> str:
    file = io.StringIO()
    report = make(file, Secrets([TOKEN]))
    for result in results:
        report.begin(heading, result.transcript)
        for each in result.steps:
            report.step(each, result.transcript)
        report.end(result, stopped)
    report.close(Totals(1, 1, len(results), sum(not r.passed for r in results), stopped=stopped))
    return file.getvalue()


def test_the_json_report_has_the_shape_that_is_promised(run: Run, heading: Heading) -> None:
    report = json.loads(written(JsonReport, heading, run(step(), step(failures=(failure(),)))))

    assert {key: report[key] for key in ("version", "passed")} == {"version": 1, "passed": False}
    played = report["runs"][0]
    assert {key: played[key] for key in ("scenario", "name", "idp", "passed", "seconds", "suffix", "target")} == {
        "scenario": "leaver.yaml",
        "name": "A leaver",
        "idp": "vendor",
        "passed": False,
        "seconds": 0.5,
        "suffix": "k3x9p",
        "target": "https://sp.example/scim/v2",
    }
    assert played["clean_up"] == {"removed": 2, "left": [], "kept": False}
    first, second = played["steps"]
    assert {key: first[key] for key in ("event", "subjects", "line", "outcome", "outcomes", "passed", "failures")} == {
        "event": "unassign",
        "subjects": ["ada"],
        "line": 3,
        "outcome": "done",
        "outcomes": {"ada": "done"},
        "passed": True,
        "failures": [],
    }
    assert second["failures"] == [
        {
            "message": "ada: active is true, expected false",
            "file": "leaver.yaml",
            "line": 4,
            "column": 29,
            "kind": "expectation",
            "exchanges": [0],
            "quirk": "The PATCH has no path.",
            "source": "https://vendor.example/scim",
        }
    ]
    assert {key: first["exchanges"][0][key] for key in ("by", "method", "url", "status", "seconds")} == {
        "by": "vendor",
        "method": "PATCH",
        "url": "https://sp.example/scim/v2/Users/1",
        "status": 200,
        "seconds": 0.002,
    }


def test_json_holds_the_bodies_that_a_failure_refers_to_and_no_others(run: Run, heading: Heading) -> None:
    steps = json.loads(written(JsonReport, heading, run(step(), step(failures=(failure(),)))))["runs"][0]["steps"]

    assert "request_body" not in steps[0]["exchanges"][0]
    assert steps[1]["exchanges"][0]["request_body"] == '{"active": false}'
    assert steps[1]["exchanges"][0]["response_body"] == '{"active": true}'


def test_json_has_no_status_for_what_was_not_answered(run: Run, heading: Heading, exchanges: Exchanges) -> None:
    report = json.loads(written(JsonReport, heading, run(transcript=exchanges(NoResponse("reset", "gone")))))

    shown = report["runs"][0]["steps"][0]["exchanges"][0]
    assert (shown["status"], shown["no_answer"]) == (None, "reset: gone")


@pytest.mark.parametrize("make", [JsonReport, JUnitReport, HarReport])
def test_a_report_of_no_run_is_a_whole_document(make: Make, heading: Heading) -> None:
    text = written(make, heading)

    assert ElementTree.fromstring(text).tag if text.startswith("<?xml") else json.loads(text)


@pytest.mark.parametrize("make", [JsonReport, JUnitReport, HarReport])
def test_several_runs_are_one_document(make: Make, heading: Heading, run: Run) -> None:
    text = written(make, heading, run(), run(), run())

    assert len(ElementTree.fromstring(text)) == 3 if text.startswith("<?xml") else json.loads(text)


@pytest.mark.parametrize("make", [JsonReport, JUnitReport, HarReport])
def test_a_report_holds_no_secret_and_is_ascii(make: Make, heading: Heading, run: Run, exchanges: Exchanges) -> None:
    transcript = exchanges(Response(401, (("X", TOKEN),), f"{TOKEN} {EVIL}".encode("utf-8", "replace")))
    played = step(
        failures=(failure(f"{TOKEN} {EVIL}"),), notes=(TOKEN,), reasons={"ada": TOKEN}, name=EVIL, skipped=TOKEN
    )

    text = written(make, heading, run(played, transcript=transcript), stopped=f"{TOKEN} {EVIL}")

    assert TOKEN not in text
    assert text.isascii()
    assert ElementTree.fromstring(text).tag if text.startswith("<?xml") else json.loads(text)


def test_a_run_that_was_stopped_has_not_passed(run: Run, heading: Heading) -> None:
    report = json.loads(written(JsonReport, heading, run(), stopped="interrupted"))

    assert (report["passed"], report["stopped"]) == (False, "interrupted")
    assert (report["runs"][0]["passed"], report["runs"][0]["stopped"]) == (False, "interrupted")


def suite(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)[0]


def test_junit_has_a_suite_for_each_run_and_a_case_for_each_step(run: Run, heading: Heading) -> None:
    steps = (step(), step(failures=(failure(), failure("two"))), step(skipped="for another only", outcome="skipped"))

    found = suite(written(JUnitReport, heading, run(*steps)))

    counts = {name: found.get(name) for name in ("tests", "failures", "errors", "skipped", "time", "name")}
    assert counts == {
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
        "time": "0.500",
        "name": "A leaver as vendor",
    }
    assert found.get("timestamp") == "2023-11-14T22:13:20"
    cases = found.findall("testcase")
    assert [case.get("name") for case in cases] == ["1 unassign ada", "2 unassign ada", "3 unassign ada"]
    assert {case.get("classname") for case in cases} == {"leaver.yaml.vendor"}
    wrong, skipped = cases[1].find("failure"), cases[2].find("skipped")
    assert wrong is not None
    assert wrong.attrib == {"message": "ada: active is true, expected false (and 1 more)", "type": "expectation"}
    assert "leaver.yaml:4:29" in str(wrong.text)
    assert "> PATCH https://sp.example/scim/v2/Users/1" in str(wrong.text)
    assert "https://vendor.example/scim" in str(wrong.text)
    assert skipped is not None
    assert skipped.get("message") == "for another only"


ORDER = ["properties", "testcase", "system-out", "system-err"]
SUITE = {"id", "package", "name", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"}


def test_junit_keeps_to_the_schemas_that_are_about(run: Run, heading: Heading) -> None:
    """The elements, their order and attributes as in Jenkins' junit-10.xsd and the Windy Road JUnit.xsd."""
    steps = (step(), step(failures=(failure(),)), step(skipped="x"))

    found = suite(written(JUnitReport, heading, run(*steps, failures=(failure("nothing"),)), stopped="over"))

    tags = [ORDER.index(child.tag) for child in found]
    assert tags == sorted(tags)
    assert set(found.attrib) == SUITE
    assert int(found.attrib["tests"]) == len(found.findall("testcase")) == 5
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", found.attrib["timestamp"])
    for case in found.findall("testcase"):
        assert set(case.attrib) == {"classname", "name", "time"}
        assert len(case) <= 1
        assert not len(case) or case[0].tag in ("failure", "error", "skipped")


def test_a_har_holds_what_happens_while_it_follows(run: Run, heading: Heading, exchanges: Exchanges) -> None:
    file = io.StringIO()
    report = HarReport(file, Redactor([TOKEN]))
    result = run(transcript=exchanges())

    report.begin(heading, result.transcript)
    exchanges(Response(204))
    report.end(result)
    exchanges(Response(500))
    report.close(Totals())

    entries: list[Any] = json.loads(file.getvalue())["log"]["entries"]
    assert [entry["response"]["status"] for entry in entries] == [204]


def test_100_000_subjects_are_reported_in_seconds(run: Run, heading: Heading) -> None:
    outcomes = {f"p{n}": "done" for n in range(100_000)}

    text = written(JsonReport, heading, run(step(subjects=("all",), outcomes=outcomes)))

    assert len(json.loads(text)["runs"][0]["steps"][0]["outcomes"]) == 100_000
