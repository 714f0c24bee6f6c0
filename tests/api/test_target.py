"""Targets as they are given, and what is refused of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import idpsim
from idpsim import Target
from idpsim.api import base_url
from idpsim.api.target import OWN, aimed
from idpsim.errors import ScenarioError, UsageError


def app(environ: Any, start_response: Any) -> list[bytes]:  # noqa: ARG001
    start_response("404 Not Found", [])
    return [b""]


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://sp.test/scim/v2", "https://sp.test/scim/v2"),
        ("https://sp.test/scim/v2?aadOptscim062020", "https://sp.test/scim/v2"),
        ("wsgi:module:app/scim", "wsgi:module:app/scim"),
    ],
)
def test_a_flag_behind_the_base_url_is_no_part_of_it(given: str, base: str) -> None:
    assert base_url(given) == base


@pytest.mark.parametrize("given", ["https://ada:secret@sp.test/scim", "https://sp.test/scim?key=secret"])
def test_a_secret_in_the_url_is_refused_and_not_repeated(given: str) -> None:
    with pytest.raises(UsageError) as refused:
        base_url(given)

    assert "secret" not in str(refused.value)


def test_a_client_refuses_a_secret_in_the_url_before_anything_is_sent() -> None:
    with pytest.raises(UsageError) as refused:
        idpsim.client("okta", "https://ada:secret@sp.test/scim")

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "given", ["http://ada:s3cret@sp.test/scim", "HTTPS://s3cret@sp.test", "http://sp.test?k=s3cret"]
)
def test_a_target_refuses_a_secret_in_the_url_when_it_is_made(given: str) -> None:
    with pytest.raises(UsageError, match="the target's URL") as refused:
        Target(given)

    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(("given", "said"), [("", "an empty text"), ("  ", "an empty text"), (None, "None")])
@pytest.mark.parametrize(
    "use",
    [
        lambda given: Target(given),
        lambda given: idpsim.client("okta", given),
        lambda given: idpsim.client("okta", target=given),
        lambda given: idpsim.run("leaver", target=given),
        lambda given: idpsim.run("leaver", target=Target(given)),
    ],
    ids=["target", "client", "keyword", "run", "run with a target"],
)
def test_nothing_is_not_the_embedded_service_provider(use: Callable[[Any], Any], given: Any, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        use(given)

    assert str(refused.value) == (
        f"a target is a URL or a WSGI or ASGI application, found {said}; "
        "leave it out, or say 'embedded' for the service provider that comes with idpsim"
    )


@pytest.mark.parametrize("given", [{"headers": 5}, {"headers": ["a"]}, {"hooks": 5}])
def test_headers_and_hooks_that_are_no_pairs_are_refused(given: Any) -> None:
    with pytest.raises(UsageError, match="are a mapping, or pairs of a name and a value, found"):
        idpsim.client("okta", Target("https://sp.test", **given))


@pytest.mark.parametrize(
    ("path", "base"),
    [
        ("", "http://localhost"),
        ("/", "http://localhost"),
        ("/scim/v2", "http://localhost/scim/v2"),
        ("scim/v2/", "http://localhost/scim/v2"),
    ],
)
def test_an_application_has_scim_below_its_path(path: str, base: str) -> None:
    aim = aimed(Target(app, path))

    assert aim.app is app
    assert aim.block == {"scim": base}


@pytest.mark.parametrize("given", [OWN, "embedded", Target("embedded")])
def test_the_embedded_service_provider_needs_no_url(given: Any) -> None:
    aim = aimed(given)

    assert (dict(aim.block), aim.app, aim.named, aim.in_process) == ({}, None, None, True)


def test_what_is_given_beside_the_url_is_that_of_a_scenario() -> None:
    target = Target("https://sp.test/scim", token="t0p", auth="basic", insecure=True, headers=[("X-A", "1")])

    assert aimed(target).block == {
        "scim": "https://sp.test/scim",
        "token": "t0p",
        "auth": "basic",
        "insecure": True,
        "headers": {"X-A": "1"},
    }


@pytest.mark.parametrize(
    "target",
    [
        Target("https://sp.test/scim", token="s3cret-token", headers={"X-Key": "s3cret-key"}),
        Target(partial(app, "s3cret-argument"), "/scim", token="s3cret-token"),
    ],
    ids=["url", "app"],
)
def test_how_a_target_is_shown_holds_no_secret(target: Target) -> None:
    assert "s3cret" not in repr(target)


def test_a_path_that_is_no_text_is_refused() -> None:
    with pytest.raises(UsageError, match="the path of a target is text, found None"):
        Target(app, None)  # type: ignore[arg-type]


def test_an_application_is_shown_by_its_name() -> None:
    assert repr(Target(app, "/scim")) == f"Target({__name__}.app, path='/scim')"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (3, "a target is a URL or a WSGI or ASGI application, found a value of type int"),
        ({}, ".*, found no URL in a mapping; leave it out, or say 'embedded' for .*"),
        ({"scim": ""}, ".*, found no URL in a mapping; leave it out, or say 'embedded' for .*"),
        (Target("https://sp.test", "/scim"), "the path of a target is for application objects: a URL has its own"),
    ],
)
def test_what_is_no_target_is_refused(given: Any, said: str) -> None:
    with pytest.raises(UsageError, match=f"^{said}$"):
        idpsim.client("okta", given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("ftp://sp.test", "expected a URL with http:// or https://, found 'ftp://sp.test'"),
        ({"scmi": "https://sp.test"}, "unknown key 'scmi', did you mean 'scim'?"),
        ({"embedded": {"plann": "basic"}}, "there is no switch 'plann' (did you mean 'plan'?)."),
        (Target("https://sp.test", auth="digest"), "unknown value 'digest'"),  # type: ignore[arg-type]
    ],
)
def test_a_mistake_in_a_target_is_told_as_in_a_scenario_at_the_callers_place(given: Any, said: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        idpsim.client("okta", given)

    assert refused.value.message == said
    assert refused.value.place.file.endswith("test_target.py")
