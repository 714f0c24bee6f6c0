"""An application in this process is called as what it is, and one that is nothing is refused in a sentence."""

# ruff: noqa: ARG001, ARG002 - the signatures are those of WSGI and ASGI

from __future__ import annotations

import functools
import sys

import pytest

from idpsim.errors import UsageError
from idpsim.transport.asgi import AsgiTransport
from idpsim.transport.in_process import in_process, named_app
from idpsim.transport.wsgi import WsgiTransport

BASE = "http://sp.test"


def wsgi(environ, start_response):
    return []


async def asgi(scope, receive, send): ...


class WsgiObject:
    def __call__(self, environ, start_response):
        return []

    def method(self, environ, start_response):
        return []


class WsgiClass:
    def __init__(self, environ, start_response): ...


class AsgiObject:
    async def __call__(self, scope, receive, send): ...

    async def method(self, scope, receive, send): ...


async def configured(settings, scope, receive, send): ...


@functools.wraps(asgi)
def wrapped(*given):
    return asgi(*given)


def awaitable(scope, receive, send):
    return asgi(scope, receive, send)


def anything(*given):
    return []


@pytest.mark.parametrize("app", [wsgi, WsgiObject(), WsgiObject().method, WsgiClass, functools.partial(wsgi), anything])
def test_a_wsgi_application_is_called_as_one(app):
    assert isinstance(in_process(app, base=BASE), WsgiTransport)


@pytest.mark.parametrize(
    "app",
    [
        asgi,
        AsgiObject(),
        AsgiObject().method,
        functools.partial(asgi),
        functools.partial(AsgiObject()),
        functools.partial(configured, {}),
        wrapped,
        awaitable,
    ],
)
def test_an_asgi_application_is_called_as_one(app):
    assert isinstance(in_process(app, base=BASE), AsgiTransport)


def test_what_cannot_be_told_is_what_it_is_said_to_be():
    assert isinstance(in_process(anything, base=BASE, kind="asgi"), AsgiTransport)


class Asgi2:
    def __init__(self, scope): ...

    async def __call__(self, receive, send): ...


async def handler(request): ...


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (None, "it cannot be called (its type is NoneType)"),
        ("myapp:app", "it cannot be called (its type is str)"),
        (lambda: wsgi, "a function that makes the application"),
        (Asgi2, "guarantee_single_callable"),
        (Asgi2({}), "neither as a WSGI application (environ, start_response)"),
        (handler, "it takes one argument"),
    ],
)
def test_what_is_no_application_is_a_usage_error(app, words):
    with pytest.raises(UsageError) as caught:
        in_process(app, base=BASE)

    assert str(caught.value).startswith("the application is neither a WSGI nor an ASGI application: ")
    assert words in str(caught.value)


def test_a_base_that_is_no_url_is_a_usage_error():
    with pytest.raises(UsageError, match="not an http or https URL: nowhere"):
        in_process(asgi, base="nowhere")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "good_app_7f3.py").write_text(
        "def app(e, s): ...\n"
        "def make(): return app\n"
        "def fail(): 1 / 0\n"
        "async def served(scope, receive, send): ...\n"
        "class deep: served = staticmethod(served)\n"
        "not_one = 3\n"
    )
    (tmp_path / "bad_app_7f3.py").write_text("1 / 0\n")
    (tmp_path / "lost_app_7f3.py").write_text("import no_such_thing_7f3\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    return str(tmp_path)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("wsgi:good_app_7f3:app", "app"),
        ("wsgi:good_app_7f3:make()", "app"),
        ("asgi:good_app_7f3:served", "served"),
        ("asgi:good_app_7f3:deep.served", "served"),
    ],
)
def test_an_application_is_found_by_name(folder, name, found):
    assert named_app(name, folder).__name__ == found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("wsgi:good_app_7f3", "module:attribute"),
        ("wsgi:good_app_7f3:other", "has no `other`"),
        ("asgi:good_app_7f3:not_one", "it cannot be called (its type is int)"),
        ("wsgi:good_app_7f3:make", "named with () behind it"),
        ("wsgi:good_app_7f3:fail()", "good_app_7f3:fail() raised ZeroDivisionError: division by zero"),
        ("wsgi:bad_app_7f3:app", "ZeroDivisionError: division by zero"),
        ("wsgi:lost_app_7f3:app", "no module no_such_thing_7f3"),
        ("asgi:nowhere_7f3.deep:app", "no module nowhere_7f3 in"),
        ("asgi:good_app_7f3:app", "is a WSGI application: name it wsgi:good_app_7f3:app"),
        ("wsgi:good_app_7f3:served", "is an ASGI application: name it asgi:good_app_7f3:served"),
    ],
)
def test_an_application_that_cannot_be_used_is_a_usage_error(folder, name, words):
    with pytest.raises(UsageError, match=name.split(":")[1]) as caught:
        named_app(name, folder)

    assert words in str(caught.value)
