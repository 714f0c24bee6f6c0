"""WsgiTransport passes a request to an application as it came."""

# ruff: noqa: ARG001, ARG005 - the signatures are those of WSGI

from __future__ import annotations

import contextlib
import sys
import time
from io import StringIO
from pathlib import Path

import pytest

from idpsim.transport.wsgi import WsgiTransport
from idpsim.wire import NoResponse, Request, Response

BASE = "http://sp.test:8080/scim/v2"


class Echo:
    """Answers 200 and keeps the environ."""

    def __init__(self) -> None:
        self.environ = {}
        self.closed = False

    def __call__(self, environ, start_response):
        self.environ = environ
        start_response("200 OK", [("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2")])
        return self

    def __iter__(self):
        yield self.environ["wsgi.input"].read()
        yield b"!"

    def close(self):
        self.closed = True


def send(app, method="GET", path="/Users", headers=(), body=None, **more):
    return WsgiTransport(app, base=BASE, **more).send(Request(method, BASE + path, headers, body))


def test_an_application_sees_the_request_as_it_stands():
    app = Echo()

    send(
        app,
        path="/Users/a%2fb%C3%A4?filter=a+eq+%22b%22&",
        headers=(("Host", "sp.test"), ("X-Two", "a"), ("x-two", "b")),
    )

    seen = {key: value for key, value in app.environ.items() if not key.startswith("wsgi.")}
    assert seen == {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/scim/v2/Users/a/bÃ¤",
        "QUERY_STRING": "filter=a+eq+%22b%22&",
        "RAW_URI": "/scim/v2/Users/a%2fb%C3%A4?filter=a+eq+%22b%22&",
        "REQUEST_URI": "/scim/v2/Users/a%2fb%C3%A4?filter=a+eq+%22b%22&",
        "SERVER_NAME": "sp.test",
        "SERVER_PORT": "8080",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "sp.test",
        "HTTP_X_TWO": "a,b",
    }


def test_content_type_and_length_come_only_from_headers():
    app = Echo()

    answer = send(app, "POST", headers=(("content-type", "application/scim+json"), ("Content-Length", "2")), body=b"{}")

    assert (app.environ["CONTENT_TYPE"], app.environ["CONTENT_LENGTH"]) == ("application/scim+json", "2")
    assert answer == Response(200, (("Content-Type", "application/json"), ("X-A", "1"), ("X-A", "2")), b"{}!", "OK")


def test_the_iterable_is_closed():
    app = Echo()

    send(app)

    assert app.closed


def test_write_comes_before_the_iterable():
    def app(environ, start_response):
        start_response("200 OK", [])(b"a")
        return [b"b", b"c"]

    assert send(app).body == b"abc"


def test_exc_info_replaces_the_headers_until_a_body_is_sent():
    def app(environ, start_response):
        start_response("200 OK", [("X", "1")])
        try:
            raise KeyError("late")
        except KeyError:
            start_response("500 Oops", [], sys.exc_info())
        return [b"x"]

    assert send(app) == Response(500, (), b"x", "Oops")


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_head_has_no_body(method):
    answer = send(Echo(), method)

    assert answer.body == (b"" if method == "HEAD" else b"!")


def answer(environ, start_response):
    start_response("200 OK", [])
    return []


def broken(environ, start_response):
    print("before", file=environ["wsgi.errors"])
    raise ZeroDivisionError("by nought")


def test_an_exception_is_a_500_that_names_it_and_its_place(monkeypatch, capsys):
    monkeypatch.chdir(Path(__file__).parent)
    transport = WsgiTransport(broken, base=BASE)

    answer = transport.send(Request("GET", BASE, ()))

    assert answer.status == 500
    line = broken.__code__.co_firstlineno + 2
    told = capsys.readouterr()
    assert answer.text == f"Internal Server Error\nZeroDivisionError: by nought (test_wsgi.py:{line}, in broken)\n"
    assert (told.out, told.err) == ("", transport.errors)
    assert told.err.startswith("before\nTraceback")
    assert told.err.count("by nought") == 2  # the line that raises, and the exception
    assert "transport/wsgi.py" not in told.err


def test_what_an_application_prints_to_its_error_stream_appears_at_once():
    shown = []

    def app(environ, start_response):
        with contextlib.redirect_stderr(StringIO()) as there:
            environ["wsgi.errors"].writelines(["a", "b\n"])
            environ["wsgi.errors"].flush()
            shown.append(there.getvalue())
        return answer(environ, start_response)

    send(app)

    assert shown == ["ab\n"]


def test_a_traceback_does_not_show_the_token_of_the_request(capsys):
    def app(environ, start_response):
        raise KeyError(environ["HTTP_AUTHORIZATION"])

    send(app, headers=(("Authorization", "Bearer s3cr3t-token"),))

    told = capsys.readouterr().err
    assert "KeyError: '[redacted]'" in told
    assert "s3cr3t" not in told


def test_an_error_stream_that_stands_for_stderr_is_written_to_once():
    def app(environ, start_response):
        with contextlib.redirect_stderr(environ["wsgi.errors"]):
            print("a", file=sys.stderr)
        return answer(environ, start_response)

    transport = WsgiTransport(app, base=BASE)

    transport.send(Request("GET", BASE, ()))

    assert transport.errors == "a\n"


@pytest.mark.parametrize(("timeout", "kind"), [(0.01, "timeout"), (60, None), (None, None)])
def test_an_answer_that_takes_longer_than_the_timeout_is_none(timeout, kind):
    def app(environ, start_response):
        time.sleep(0.05)
        return answer(environ, start_response)

    assert getattr(send(app, timeout=timeout), "kind", None) == kind


def test_an_answer_that_came_too_late_says_how_late():
    def app(environ, start_response):
        time.sleep(0.06)
        raise KeyError("late")

    assert send(app, timeout=0.01).reason == "no answer within 0.01 s (the application took 0.1 s)"


def twice(environ, start_response):
    start_response("200 OK", [])
    start_response("200 OK", [])
    return []


def late(environ, start_response):
    yield b"a"


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (lambda environ, start_response: [], "did not call start_response"),
        (lambda environ, start_response: start_response("yes", []) and [], "status"),
        (lambda environ, start_response: start_response("200 OK", []) and ["text"], "TypeError"),
        (twice, "twice"),
        (late, "before it called start_response"),
        (lambda environ, start_response: sys.exit(3), "SystemExit: 3"),
    ],
)
def test_what_breaks_the_rules_of_wsgi_is_a_500(app, words):
    answer = send(app)

    assert answer.status == 500
    assert words in answer.text


def stating(length, body):
    def app(environ, start_response):
        start_response("200 OK", [("Content-Length", length)])
        return [body]

    return app


def test_a_body_shorter_than_stated_is_truncated():
    assert send(stating("10", b"abc")).kind == "truncated"


def test_a_body_longer_than_stated_is_cut():
    assert send(stating("2", b"abc")).body == b"ab"


def test_an_endless_body_is_too_large():
    def app(environ, start_response):
        start_response("200 OK", [])
        while True:
            yield b"x" * 1000

    assert send(app, max_body=5000).kind == "too-large"


def test_another_origin_is_unreachable():
    answer = WsgiTransport(Echo(), base=BASE).send(Request("GET", "http://other/", ()))

    assert answer == NoResponse("unreachable", "http://other is not the application under test (http://sp.test:8080)")
