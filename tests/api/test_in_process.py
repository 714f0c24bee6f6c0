"""Scenarios are played against an application in this process, whatever its kind and however it is named."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from idpsim import api
from idpsim.api.worlds import transports, world
from idpsim.errors import TargetError
from idpsim.scenario.model import Target
from idpsim.scenario.results import RunResult
from idpsim.sp import ServiceProvider
from idpsim.transcript import Transcript
from idpsim.transport.http import HttpTransport
from idpsim.transport.in_process import in_process
from idpsim.wire import Request
from tests.asgi import Coat

LEAVER = Path(__file__).parent.parent.parent / "scenarios" / "leaver.yaml"


def play(provider: ServiceProvider, target: str, **more) -> RunResult:
    token = provider.issue_token("okta")
    how = api.Playing(targets={"": target + provider.endpoint("okta")}, tokens={"": token}, seed=1, **more)
    (result,) = api.play(api.load(LEAVER, idp=["okta"]), how)
    return result


def test_a_wsgi_application_is_played_against():
    provider = ServiceProvider()

    result = play(provider, "http://localhost", app=provider.wsgi)

    assert result.passed
    assert any("http://localhost/scim" in each.request.url for each in result.transcript)


def test_an_asgi_application_lives_for_one_run():
    provider = ServiceProvider()
    app = Coat(provider.wsgi)

    results = [play(provider, "http://localhost", app=app) for _ in range(2)]

    assert all(result.passed for result in results)
    assert app.events == ["lifespan.startup", "lifespan.shutdown"] * 2


def test_a_run_shares_the_life_of_an_application_that_is_up():
    provider = ServiceProvider()
    app = Coat(provider.wsgi)
    with closing(in_process(app, base="http://localhost")) as up:
        up.send(Request("GET", "http://localhost/", ()))
        result = play(provider, "http://localhost", app=app)
        before = list(app.events)

    assert result.passed
    assert before == ["lifespan.startup"]
    assert app.events == ["lifespan.startup", "lifespan.shutdown"]


def test_answers_of_a_wsgi_application_after_the_timeout_do_not_reach_the_vendor():
    provider = ServiceProvider()

    def slow(environ, start_response):
        time.sleep(0.03)
        return provider.wsgi(environ, start_response)

    result = play(provider, "http://localhost", app=slow, timeout=0.01)

    sent = [each.answer for each in result.transcript]
    assert not result.passed
    assert {each.kind for each in sent} == {"timeout"}
    assert "no answer within 0.01 s (the application took 0." in sent[0].reason


def test_an_asgi_application_is_named_with_its_module(tmp_path, monkeypatch):
    (tmp_path / "named_app_4c1.py").write_text(
        "from idpsim.sp import ServiceProvider\nfrom tests.asgi import Coat\n\n"
        "provider = ServiceProvider()\n\n\ndef make():\n    return Coat(provider.wsgi)\n"
    )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    import named_app_4c1  # type: ignore[import-not-found]

    result = play(named_app_4c1.provider, "asgi:named_app_4c1:make()", directory=str(tmp_path))

    assert result.passed


def test_an_application_that_does_not_start_stops_the_run_with_its_reason():
    async def app(scope, receive, send):  # noqa: ARG001
        await send({"type": "lifespan.startup.failed", "message": "no database"})

    with pytest.raises(TargetError, match="the application did not start: no database"):
        play(ServiceProvider(), "http://localhost", app=app)


@pytest.mark.parametrize("url", ["http://localhost:8000/scim", "https://localhost/scim", "http://localhost.test/scim"])
def test_other_targets_than_localhost_are_not_sent_to_the_application(url):
    base, vendor, own, app = transports(Target(scim=url), api.Playing(app=Coat(ServiceProvider().wsgi)))
    vendor.close()
    own.close()

    assert (base, type(vendor), app) == (url, HttpTransport, None)


@pytest.mark.parametrize(("concurrency", "hands"), [(None, 1), (4, 4)])
def test_an_application_in_process_is_asked_one_thing_at_a_time_unless_told_otherwise(concurrency, hands):
    how = api.Playing(concurrency=concurrency, app=Coat(ServiceProvider().wsgi), targets={"": "http://localhost"})
    script = api.load(LEAVER, idp=["okta"]).script("okta")
    with ExitStack() as stack, Transcript() as transcript:
        found = world(_aimed(script, how), how, transcript, 1, stack)

    assert found.hands == hands


def _aimed(script, how):
    from dataclasses import replace

    return replace(script, target=api.target_of(script, how))


@pytest.mark.parametrize("name", ["wsgi:module:app/scim?x=1", "asgi:module:app/scim"])
def test_the_name_of_an_application_stands_as_it_is(name):
    assert api.base_url(name) == name
