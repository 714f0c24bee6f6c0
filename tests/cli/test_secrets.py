"""No secret reaches any output of a run, wherever it came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Idpsim, Scenario

SECRETS = {
    "option": "0pti0n-t0ken-abc",
    "environment": "env1ronment-t0ken",
    "scenario": "scenar1o-t0ken-xyz",
    "header": "he4der-api-key-1",
    "password": "p4ssw0rd-of-ada!",
    "rotated": "r0tated-t0ken-99",
}
APP = """
def app(environ, start_response):
    '''Says everything that it hears, and always the wrong thing.'''
    body = environ['wsgi.input'].read() + repr(environ).encode()
    start_response('400 Bad', [('Content-Type', 'text/plain'), ('X-Echo', environ.get('HTTP_AUTHORIZATION', '-'))])
    return [body]
"""


@pytest.fixture
def outputs(idpsim: Idpsim, scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """All outputs of runs against a service provider that echoes every request, joined."""
    (tmp_path / "echoapp.py").write_text(APP)
    name = scenario(
        [
            {"connect": None},
            {"assign": "ada"},
            {"set-password": "ada", "password": SECRETS["password"]},
            {"rotate-token": None, "token": SECRETS["rotated"]},
            {"assign": "grace", "expect": {"user": {"active": True}}},
        ],
        idp="all",
        target={
            "scim": "http://127.0.0.1:9/",
            "token": SECRETS["scenario"],
            "headers": {"X-Api-Key": SECRETS["header"]},
        },
        settings={"okta": {"sync_password": True}},
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    files = [
        "--target",
        "wsgi:echoapp:app/scim",
        "--report",
        "json=o.json",
        "--report",
        "junit=o.xml",
        "--report",
        "har=o.har",
    ]
    texts = []
    for more, environment in (
        ([], {}),
        (["--token", SECRETS["option"]], {}),
        ([], {"IDPSIM_TOKEN": SECRETS["environment"]}),
    ):
        ended = idpsim("run", name, "-v", *files, *more, env=environment)
        assert ended.exit_code == 1, ended.output
        texts += [ended.output, *(Path(file).read_text() for file in ("o.json", "o.xml", "o.har"))]
    return "\n".join(texts)


@pytest.mark.parametrize("kind", list(SECRETS))
def test_no_output_holds_a_secret(outputs: str, kind: str) -> None:
    assert SECRETS[kind] not in outputs
    assert "[redacted]" in outputs


@pytest.mark.parametrize(
    "text",
    [
        'target: {token: "s3cr3t-1", scim: nonsense}',
        "target: {scim: nonsense, token: {okta: s3cr3t-1}}",
        "target:\n  scim: nonsense\n  headers: {X-Api-Key: s3cr3t-1}",
        "target: {scim: nonsense, token: s3cr3t-1",
        "target: {scim: nonsense, token: '${T}', auth: '${T}'}",
    ],
)
@pytest.mark.parametrize("command", ["run", "check"])
def test_the_error_of_a_wrong_scenario_shows_no_secret(idpsim: Idpsim, text: str, command: str) -> None:
    Path("s.yaml").write_text(f"{text}\nsteps: [connect: ]\n")

    ended = idpsim(command, "s.yaml", "--set", "T=s3cr3t-1")

    assert ended.exit_code == 2
    assert "s3cr3t-1" not in ended.output
    assert "Traceback" not in ended.output


def test_the_tokens_of_the_embedded_service_provider_are_secret_too(
    idpsim: Idpsim, scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    from idpsim.sp import gates

    monkeypatch.setattr(gates.secrets, "token_urlsafe", lambda _: "issued-by-the-embedded-one")
    name = scenario([{"assign": "ada"}, {"at-sp": "issue-token"}, {"unassign": "ada"}])

    ended = idpsim("run", name, "-v", "--report", "har=o.har", "--report", "json=o.json")

    assert "issued-by-the-embedded-one" not in ended.output + Path("o.har").read_text() + Path("o.json").read_text()


@pytest.mark.parametrize(
    "target",
    [
        "{scim: http://h/scim, bearer: TOPSECRET-42x}",
        "{scim: http://h/scim, tokn: {okta: TOPSECRET-42x}}",
        "{okta: {scim: http://h/scim, tokn: TOPSECRET-42x}}",
        "{scim: http://h/scim, headres: {X-Key: TOPSECRET-42x}}",
    ],
)
def test_a_token_under_a_misspelt_key_is_not_shown(idpsim: Idpsim, target: str) -> None:
    Path("slip.yaml").write_text(f"target: {target}\nsteps: [{{connect: }}]\n")

    ended = idpsim("check", "slip.yaml")

    assert ended.exit_code == 2
    assert "unknown key" in ended.stderr
    assert "TOPSECRET" not in ended.output
