"""Scenarios are loaded, run and explained from Python; nothing is printed."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest

import idpsim
from idpsim import RunResult, ScenarioError, Target, UsageError, api
from idpsim.report.text import Page
from idpsim.sp import ServiceProvider
from idpsim.transcript import Transcript
from idpsim.wire import Request, Response

SCENARIO = """\
name: A joiner
idp: [okta, entra]
target: {token: "${TOKEN:-t0p}"}
directory:
  people:
    ada: {userName: ada@example.com, givenName: Ada, familyName: Example, title: Analyst}
steps:
  - assign: ada
    expect: {user: {title: "${TITLE:-Analyst}"}}
"""


@pytest.fixture
def joiner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A scenario in a file of the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("joiner.yaml").write_text(SCENARIO)
    return "joiner.yaml"


def hosted(profile: str) -> tuple[ServiceProvider, Target]:
    provider = ServiceProvider(base_url="http://localhost")
    return provider, Target(provider.wsgi, provider.endpoint(profile), token=provider.issue_token(profile))


def test_a_scenario_is_run_as_each_of_its_profiles(joiner: str) -> None:
    results = idpsim.run(joiner)

    assert [(each.idp, each.passed, each.name) for each in results] == [
        ("okta", True, "A joiner"),
        ("entra", True, "A joiner"),
    ]


@pytest.mark.parametrize("idp", ["onelogin,entra", ["onelogin", "entra"], ("onelogin,entra",)])
def test_it_is_run_as_others_where_they_are_named(joiner: str, idp: Any) -> None:
    assert [each.idp for each in idpsim.run(joiner, idp=idp)] == ["onelogin", "entra"]


def test_a_loaded_scenario_is_run_as_it_is_or_as_others(joiner: str) -> None:
    scenario = idpsim.load(Path(joiner), variables={"TITLE": "re:A.*"})

    own, other = idpsim.run(scenario), idpsim.run(scenario, idp="onelogin")

    assert [each.idp for each in (*own, *other)] == ["okta", "entra", "onelogin"]
    assert all(each.passed for each in (*own, *other))


def test_variables_are_for_loading(joiner: str) -> None:
    scenario = idpsim.load(joiner)

    with pytest.raises(UsageError, match="this scenario is loaded already: variables are given to load"):
        idpsim.run(scenario, variables={"TITLE": "Countess"})


def test_a_scenario_that_comes_with_idpsim_has_a_name() -> None:
    assert idpsim.load("leaver").name == "A leaver loses access"


def test_a_target_stands_for_that_of_the_file(joiner: str) -> None:
    provider, target = hosted("okta")

    (result,) = idpsim.run(joiner, idp="okta", target=target, keep=True, suffix="k3x9")

    assert result.passed
    assert len(provider.find("user", "userName", "ada.k3x9@example.com")) == 1


def test_what_the_caller_does_not_give_stays_that_of_the_file(joiner: str) -> None:
    provider, target = hosted("okta")
    application = Target(target.scim, target.path)

    (result,) = idpsim.run(joiner, idp="okta", target=application, variables={"TOKEN": target.token or ""})

    assert result.passed
    assert provider is not None


def test_results_are_readable_after_the_end(joiner: str) -> None:
    results = idpsim.run(joiner)

    assert all(len(list(each.transcript)) == each.steps[-1].exchanges[1] + 1 for each in results)


def test_a_transcript_that_nobody_discards_goes_with_its_last_reader() -> None:
    transcript = Transcript(keep=0)
    transcript.close(transcript.open("vendor", Request("GET", "http://sp.test/", ())), Response(200), 0.1)
    read = [each.request.method for each in transcript]

    del transcript
    gc.collect()

    assert read == ["GET"]


def test_a_failure_is_explained_as_on_the_command_line(joiner: str) -> None:
    (result,) = idpsim.run(joiner, idp="okta", variables={"TITLE": "Countess"})

    text = idpsim.explain(result)

    assert text.splitlines()[:6] == [
        "A joiner  joiner.yaml",
        "  as okta: Okta, SCIM 2.0 test app and integration-network apps",
        "  against the embedded service provider",
        "  FAIL  assign ada",
        '        ada: title is "Analyst", expected "Countess"',
        "        joiner.yaml:9:28",
    ]
    assert "        again  idpsim run joiner.yaml --idp okta -v\n" in text
    assert text.endswith("        cleaned up: 1 removed")
    assert "\x1b" not in text


@pytest.mark.thorough
def test_what_is_explained_holds_no_secret(joiner: str) -> None:
    _, target = hosted("okta")
    (result,) = idpsim.run(joiner, idp="okta", target=target, variables={"TITLE": "Countess"})
    plain = RunResult(**{name: getattr(result, name) for name in RunResult.__dataclass_fields__})

    shown = [idpsim.explain(result), idpsim.explain(plain), repr(result)]

    assert target.token is not None
    assert not [text for text in shown if target.token in text]


def test_what_the_service_provider_echoes_of_a_secret_is_in_no_result(joiner: str) -> None:
    def app(environ: Any, start_response: Any) -> Any:
        told = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": environ["HTTP_AUTHORIZATION"]}
        start_response("403 Forbidden", [("Content-Type", "application/scim+json")])
        return [json.dumps(told).encode()]

    (result,) = idpsim.run(joiner, idp="okta", target=Target(app, "/scim", token="t0p-s3cret"))
    texts = [text for step in result.steps for text in (*step.reasons.values(), *step.notes)]
    texts += [each.message for step in result.steps for each in step.failures]

    assert any("[redacted]" in text for text in texts)
    assert "t0p-s3cret" not in "\n".join([*texts, repr(result.steps), repr(result.clean_up), repr(result.failures)])


@pytest.mark.parametrize("use", [idpsim.run, idpsim.load])
@pytest.mark.parametrize("given", [None, 5, {"steps": []}, b"leaver"], ids=str)
def test_what_is_no_scenario_is_refused(use: Any, given: Any) -> None:
    with pytest.raises(
        UsageError, match=r"^a scenario is a path, the name of one that comes with idpsim, or what idpsim"
    ):
        use(given)


@pytest.mark.parametrize("use", [idpsim.run, idpsim.load])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"variables": [1]}, "variables are a mapping of names to text, found a value of type list"),
        ({"variables": {"A": 5}}, "variables are text by name: 'A' is a value of type int"),
        ({"idp": 5}, "idp is the name of a profile, or several, found a value of type int"),
        ({"idp": []}, "idp names no profile: leave it out for those of the file"),
        ({"idp": [None]}, "the name of a profile is text, found None"),
    ],
)
def test_arguments_of_another_type_are_refused(use: Any, arguments: dict[str, Any], said: str, joiner: str) -> None:
    with pytest.raises(UsageError) as refused:
        use(joiner, **arguments)

    assert str(refused.value) == said


@pytest.mark.parametrize("options", [{"seed": "x"}, {"timeout": "x"}, {"max_wait": -1}, {"real_time": 1}], ids=str)
def test_options_that_cannot_be_are_refused(options: dict[str, Any], joiner: str) -> None:
    with pytest.raises(UsageError, match=f"^{next(iter(options))} is "):
        idpsim.run(joiner, **options)


@pytest.mark.parametrize(
    ("given", "said"), [(None, "None"), ([], "a value of type list"), ("x", "a value of type str")]
)
def test_only_a_result_is_explained(given: Any, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        idpsim.explain(given)

    assert str(refused.value) == f"explain takes one of the results that idpsim.run returns, found {said}"


@pytest.mark.thorough
def test_a_run_in_an_application_object_is_repeated_by_nothing_of_ours(joiner: str) -> None:
    _, target = hosted("okta")
    (result,) = idpsim.run(joiner, idp="okta", target=target, variables={"TITLE": "Countess"})

    text = idpsim.explain(result)

    assert "(flask.app.Flask.wsgi_app, in this process)" in text
    assert "again  " not in text


def test_what_is_wrong_with_a_file_is_raised_and_not_printed(joiner: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path(joiner).write_text(SCENARIO.replace("assign", "asign"))

    with pytest.raises(ScenarioError) as refused:
        idpsim.run(joiner)

    assert str(refused.value).startswith("joiner.yaml:8:5: unknown event 'asign', did you mean 'assign'?")
    assert capsys.readouterr() == ("", "")


def test_an_unknown_profile_is_refused(joiner: str) -> None:
    with pytest.raises(UsageError, match="unknown profile 'oktaa'"):
        idpsim.run(joiner, idp="oktaa")


def test_nothing_of_a_run_is_written_to_a_terminal(joiner: str, capsys: pytest.CaptureFixture[str]) -> None:
    idpsim.run(joiner, variables={"TITLE": "Countess"})

    assert capsys.readouterr() == ("", "")
    assert Page().colour is False
    assert api.Playing().keep is False
