"""AsgiTransport passes a request to an application as it came, and lets the application live as a server would."""

# ruff: noqa: ARG001 - the signatures are those of ASGI

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from idpsim.transport import loop
from idpsim.transport.asgi import AsgiTransport
from idpsim.wire import NoResponse, Request, Response

ROOT = Path(__file__).parent.parent.parent
BASE = "http://sp.test:8080/scim/v2"
TYPE = (("Content-Type", "application/json"),)


@pytest.fixture
def opened():
    """Makes transports, and closes them at the end."""
    with contextlib.ExitStack() as stack:

        def make(app, **more) -> AsgiTransport:
            return stack.enter_context(contextlib.closing(AsgiTransport(app, base=BASE, **more)))

        yield make


@pytest.fixture
def send(opened):
    def sent(app, method="GET", path="/Users", headers=(), body=None, **more):
        return opened(app, **more).send(Request(method, BASE + path, headers, body))

    return sent


GET = Request("GET", f"{BASE}/Users", ())


def answering(body=b"", status=200, headers=()):
    """An application that answers always the same, and knows nothing of a lifespan."""

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def whole(receive):
    """All that can be received of a request's body."""
    messages = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    return messages


class Echo:
    """Answers with the body that it got, and keeps scope and messages."""

    def __init__(self):
        self.scope = {}
        self.messages = []

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            return
        self.scope = scope
        self.messages = await whole(receive)
        body = b"".join(each.get("body", b"") for each in self.messages)
        headers = [(b"Content-Type", b"application/json"), (b"X-A", b"1"), (b"x-a", "é".encode("latin-1"))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b"!"})


def test_an_application_sees_the_request_as_it_stands(send):
    app = Echo()

    send(
        app,
        path="/Users/a%2fb%C3%A4%ff?filter=a+eq+%22b%22&#there",
        headers=(("Host", "sp.test"), ("X-Two", "a"), ("x-two", "é"), ("X-Wide", "→")),
    )

    assert app.scope == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/scim/v2/Users/a/bä\ufffd",
        "raw_path": b"/scim/v2/Users/a%2fb%C3%A4%ff",
        "query_string": b"filter=a+eq+%22b%22&",
        "root_path": "",
        "headers": [(b"host", b"sp.test"), (b"x-two", b"a"), (b"x-two", b"\xe9"), (b"x-wide", "→".encode())],
        "client": ("127.0.0.1", 0),
        "server": ("sp.test", 8080),
        "state": {},
        "extensions": {},
    }


def test_an_answer_keeps_the_order_and_names_of_its_headers(send):
    answer = send(Echo(), "POST", headers=(("Content-Length", "2"),), body=b"{}")

    assert answer == Response(200, (("Content-Type", "application/json"), ("X-A", "1"), ("x-a", "é")), b"{}!", "OK")


@pytest.mark.parametrize(
    ("headers", "messages"),
    [
        ((("content-length", "2"),), [{"type": "http.request", "body": b"{}", "more_body": False}]),
        ((("Content-Length", "1"),), [{"type": "http.request", "body": b"{", "more_body": False}]),
        ((("Transfer-Encoding", "chunked"),), [{"type": "http.request", "body": b"{}", "more_body": False}]),
        ((), [{"type": "http.request", "body": b"", "more_body": False}]),
        (
            (("Content-Length", "9"),),
            [{"type": "http.request", "body": b"{}", "more_body": True}, {"type": "http.disconnect"}],
        ),
    ],
)
def test_a_body_is_as_long_as_the_headers_say(send, headers, messages):
    app = Echo()

    send(app, "POST", headers=headers, body=b"{}")

    assert app.messages == messages


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_where_no_body_is_allowed_there_is_none(send, method, status):
    answer = send(answering(b"x", status, [(b"content-length", b"9")]), method)

    assert (answer.status, answer.body) == (status, b"")


def test_a_body_shorter_than_stated_is_truncated(send):
    answer = send(answering(b"abc", headers=[(b"content-length", b"10")]))

    assert answer == NoResponse("truncated", "the application sent 3 of the 10 bytes that it stated")


def test_a_body_longer_than_stated_is_cut(send):
    assert send(answering(b"abc", headers=[(b"content-length", b"2")])).body == b"ab"


def test_a_disconnect_is_received_after_the_answer(send):
    received = []

    async def app(scope, receive, send):
        await receive()
        await answering(b"x")(scope, receive, send)
        received.append(await receive())

    send(app)

    assert received == [{"type": "http.disconnect"}]


def test_waiting_for_a_disconnect_beside_the_answer_does_not_keep_it_back(send):
    async def app(scope, receive, send):
        await receive()
        waiting = asyncio.ensure_future(receive())
        await asyncio.sleep(0)
        assert not waiting.done()
        await answering(b"x")(scope, receive, send)
        await waiting

    assert send(app).body == b"x"


async def broken(scope, receive, send):
    raise ZeroDivisionError("by nought")


def test_an_exception_is_a_500_that_names_it_and_its_place(opened, monkeypatch):
    monkeypatch.chdir(ROOT)
    transport = opened(broken)

    answer = transport.send(GET)

    line = broken.__code__.co_firstlineno + 1
    place = f"tests/transport/test_asgi.py:{line}, in broken"
    assert answer.text == f"Internal Server Error\nZeroDivisionError: by nought ({place})\n"
    assert answer.status == 500
    assert transport.errors.startswith("Traceback")
    assert "by nought" in transport.errors


def test_an_exception_after_the_answer_leaves_the_answer_as_it_is(opened, capsys):
    async def app(scope, receive, send):
        await answering(b"mine", 500)(scope, receive, send)
        raise ZeroDivisionError("by nought")

    transport = opened(app)

    answer = transport.send(GET)

    told = capsys.readouterr()
    assert answer.body == b"mine"
    assert told.out == ""
    assert told.err == transport.errors
    assert told.err.count("ZeroDivisionError: by nought") == 1
    assert "idpsim" not in told.err.replace(str(ROOT), "")


def saying(*messages):
    async def app(scope, receive, send):
        assert scope["type"] == "http"
        for message in messages:
            await send(message)

    return app


START = {"type": "http.response.start", "status": 200}
MORE = {"type": "http.response.body", "more_body": True}


async def leaving(scope, receive, send):
    raise SystemExit(3)


@pytest.mark.parametrize(
    ("app", "words"),
    [
        (saying(), "returned before its response was complete"),
        (saying(START), "returned before its response was complete"),
        (saying(START, MORE), "returned before its response was complete"),
        (saying(START, START), "sent http.response.start where it must not"),
        (saying(MORE), "sent http.response.body where it must not"),
        (saying({"type": "http.response.pathsend", "path": "/x"}), "sent http.response.pathsend where it must not"),
        (saying({**START, "status": "200 OK"}), "status is not a number such as 200: '200 OK'"),
        (saying({**START, "headers": [("a", "b")]}), "headers are not pairs of bytes"),
        (saying(START, {**MORE, "body": "text"}), "TypeError"),
        (leaving, "SystemExit: 3"),
    ],
)
def test_what_breaks_the_rules_of_asgi_is_a_500(send, app, words):
    answer = send(app)

    assert answer.status == 500
    assert words in answer.text


def test_trailers_are_not_minded(send):
    trailers = {"type": "http.response.trailers", "headers": []}
    app = saying({**START, "trailers": True}, {**MORE, "body": b"x"}, trailers, {"type": "http.response.body"})

    assert send(app).body == b"x"


def test_an_endless_body_is_too_large(send):
    gone = []

    async def app(scope, receive, send):
        await send(START)
        try:
            while True:
                await send({**MORE, "body": b"x" * 1000})
        except OSError as error:
            gone.append(str(error))

    answer = send(app, max_body=5000)

    assert answer == NoResponse("too-large", "the body is longer than 5,000 bytes")
    assert gone == ["the client has gone away"]


def test_another_origin_is_unreachable(opened):
    answer = opened(Echo()).send(Request("GET", "http://other/", ()))

    assert answer == NoResponse("unreachable", "http://other is not the application under test (http://sp.test:8080)")


def test_no_answer_in_time_is_a_timeout_and_the_call_is_cancelled(opened):
    ended = threading.Event()

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        try:
            await asyncio.sleep(60)
        finally:
            ended.set()

    answer = opened(app, timeout=0.05).send(GET)

    assert answer == NoResponse("timeout", "no answer within 0.05 s")
    assert ended.wait(5)


def test_endless_empty_pieces_are_a_timeout(send):
    async def app(scope, receive, send):
        await send(START)
        while True:
            await send(MORE)

    assert send(app, timeout=0.05).kind == "timeout"


def test_a_blocked_loop_is_a_timeout(opened):
    free = threading.Event()

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        free.wait(10)
        await answering()(scope, receive, send)

    transport = opened(app, timeout=0.05)

    answer = transport.send(GET)
    free.set()

    assert answer == NoResponse("timeout", "no answer within 0.05 s")


def test_an_application_that_blocks_its_loop_is_left_behind_with_a_word(opened, monkeypatch, capsys):
    monkeypatch.setattr(loop, "_LAST_WORDS", 0.05)
    free = threading.Event()

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        free.wait(10)
        await answering()(scope, receive, send)

    transport = opened(app, timeout=0.05)
    transport.send(GET)

    transport.close()
    told = capsys.readouterr().err
    free.set()

    assert told == "idpsim: the application blocks its event loop, and is left behind\n"


class Living:
    """An application with a lifespan; it writes down what happens to it, and on which loop."""

    def __init__(self):
        self.events = []
        self.loops = set()

    async def __call__(self, scope, receive, send):
        self.loops.add(id(asyncio.get_running_loop()))
        if scope["type"] == "lifespan":
            while True:
                event = (await receive())["type"]
                self.events.append(event)
                scope["state"]["database"] = self
                await send({"type": f"{event}.complete"})
                if event == "lifespan.shutdown":
                    return
        self.events.append(dict(scope["state"]))
        scope["state"]["mine"] = 1
        await answering(b"x")(scope, receive, send)


def test_a_lifespan_begins_with_the_first_request_and_ends_when_closed(opened):
    app = Living()
    transport = opened(app)
    before = list(app.events)

    transport.send(GET)
    transport.send(GET)
    transport.close()

    state = {"database": app}
    assert before == []
    assert app.events == ["lifespan.startup", state, state, "lifespan.shutdown"]
    assert len(app.loops) == 1


def test_an_application_that_raises_on_the_lifespan_is_served_without(opened):
    transport = opened(answering(b"x"))

    answer = transport.send(GET)

    assert answer.body == b"x"
    assert transport.errors == ""


def failing(message, error=None):
    async def app(scope, receive, send):
        await receive()
        await send({"type": "lifespan.startup.failed", "message": message})
        if error is not None:
            raise error

    app.line = app.__code__.co_firstlineno + 4
    return app


SENT = "Traceback …\n  deep\nConnectionError: no database\n"


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        (failing(SENT), "ConnectionError: no database"),
        (failing(SENT, KeyError("after")), "ConnectionError: no database"),
        (failing(SENT, ConnectionError("no database")), "ConnectionError: no database (test_asgi.py:LINE, in app)"),
        (failing("no database", ConnectionError("no database")), "no database (test_asgi.py:LINE, in app)"),
        (failing("", ConnectionError("no database")), "ConnectionError: no database (test_asgi.py:LINE, in app)"),
        (failing(""), "it does not say why"),
    ],
)
def test_an_application_that_does_not_start_is_unreachable_and_says_why(opened, monkeypatch, tmp_path, app, reason):
    monkeypatch.chdir(tmp_path)
    transport = opened(app)

    answers = [transport.send(GET) for _ in range(2)]

    reason = f"the application did not start: {reason.replace('LINE', str(app.line))}"
    assert answers == [NoResponse("unreachable", reason)] * 2
    assert transport.errors.startswith("lifespan.startup.failed: ")


@pytest.mark.parametrize("message", [SENT, "no database", ""])
def test_the_traceback_of_a_failed_startup_is_told_once(opened, capsys, message):
    opened(failing(message, ConnectionError("no database"))).send(GET)

    told = capsys.readouterr().err
    assert told.count("Traceback") == 1
    assert told.count("ConnectionError: no database") == 1


def ending(end):
    """An application that does `end` when it is shut down."""

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await end()
        await answering(b"x")(scope, receive, send)

    return app


async def raising():
    raise ConnectionError("no bye")


def test_an_exception_of_the_shutdown_is_told(opened, capsys):
    transport = opened(ending(raising))
    transport.send(GET)

    transport.close()

    told = capsys.readouterr().err
    assert told == transport.errors
    assert told.startswith("Traceback")
    assert told.endswith("ConnectionError: no bye\n")


async def hanging(scope, receive, send):
    """An application without end, which tells of its being cancelled too."""

    async def end():
        try:
            await asyncio.sleep(60)
        finally:
            await send({"type": "lifespan.shutdown.failed", "message": "CancelledError"})

    await ending(end)(scope, receive, send)


def test_a_shutdown_without_end_is_told_in_a_line(opened, capsys, monkeypatch):
    monkeypatch.setattr(loop, "_GRACE", 0.05)
    transport = opened(hanging)
    transport.send(GET)

    transport.close()

    assert capsys.readouterr().err == "idpsim: the application's shutdown did not end within 0.05 s\n"


def test_a_startup_without_end_is_unreachable(opened):
    async def app(scope, receive, send):
        await asyncio.sleep(60)

    assert opened(app, timeout=0.05).send(GET).reason == "the application did not start: not within 0.05 s"


def test_requests_of_several_threads_run_at_the_same_time(opened):
    there = []

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        there.append(scope["path"])
        while len(there) < 4:
            await asyncio.sleep(0.001)
        await answering(scope["path"].encode())(scope, receive, send)

    transport = opened(app, timeout=5)
    requests = [Request("GET", f"{BASE}/{number}", ()) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = [each.text for each in pool.map(transport.send, requests)]

    assert answers == [f"/scim/v2/{number}" for number in range(4)]


SEEN = contextvars.ContextVar("SEEN", default="nothing")


def test_each_request_has_a_context_of_its_own(opened):
    async def app(scope, receive, send):
        was = SEEN.get()
        SEEN.set(scope["type"])
        await answering(was.encode())(scope, receive, send)

    SEEN.set("ours")
    transport = opened(app)

    assert [transport.send(GET).text for _ in range(2)] == ["nothing", "nothing"]


def test_a_caller_inside_a_running_loop_gets_its_answer(opened):
    async def caller():
        return opened(answering(b"x")).send(GET)

    assert asyncio.run(caller()).body == b"x"


async def idle(scope, receive, send):
    assert scope["type"] == "http"
    await asyncio.sleep(60)


async def slow_to_start(scope, receive, send):
    await asyncio.sleep(60)


@pytest.mark.parametrize("app", [idle, slow_to_start])
def test_a_timeout_inside_a_running_loop_says_what_that_blocks(opened, app):
    async def caller():
        return opened(app, timeout=0.05).send(GET)

    assert "within 0.05 s (the test's event loop is blocked while idpsim waits: run" in asyncio.run(caller()).reason


def threads():
    return {each for each in threading.enumerate() if each.name.startswith("idpsim-asgi")}


@pytest.fixture
def clean(caplog):
    """Nothing is left behind by the test: no thread, and no complaint of asyncio."""
    before = threads()
    with caplog.at_level(logging.DEBUG, "asyncio"):
        yield
        gc.collect()
    for thread in threads() - before:
        thread.join(1)
    assert not threads() - before
    assert not [each for each in caplog.records if each.levelno >= logging.WARNING]


@pytest.mark.thorough
@pytest.mark.usefixtures("clean")
def test_closing_ends_what_the_application_has_left_running():
    ended = []

    async def forever(name):
        try:
            await asyncio.sleep(3600)
        finally:
            ended.append(name)

    async def streams():
        try:
            yield 1
            await asyncio.sleep(3600)
        finally:
            ended.append("stream")

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            app.kept = asyncio.create_task(forever("of the lifespan"))
            app.stream = streams()
            await anext(app.stream)
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            ended.append("lifespan")
        await asyncio.get_running_loop().run_in_executor(None, time.sleep, 0)
        await answering(b"x")(scope, receive, send)
        await forever("background task")

    transport = AsgiTransport(app, base=BASE)
    transport.send(GET)
    begun = time.monotonic()

    transport.close()
    transport.close()

    assert sorted(ended) == ["background task", "lifespan", "of the lifespan", "stream"]
    assert time.monotonic() - begun < 10


@pytest.mark.usefixtures("clean")
def test_a_background_task_may_end_before_the_shutdown(opened):
    done = []

    async def app(scope, receive, send):
        await answering(b"x")(scope, receive, send)
        await asyncio.sleep(0.05)
        done.append(scope["type"])

    transport = opened(app)
    transport.send(GET)

    transport.close()

    assert done == ["http"]


@pytest.mark.thorough
@pytest.mark.usefixtures("clean")
def test_a_task_that_does_not_let_itself_be_cancelled_does_not_hold_up_the_end(opened):
    async def stubborn():
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)

    async def app(scope, receive, send):
        app.task = asyncio.ensure_future(stubborn())
        await answering(b"x")(scope, receive, send)

    transport = opened(app)
    transport.send(GET)
    begun = time.monotonic()

    transport.close()

    assert time.monotonic() - begun < 5


@pytest.mark.thorough
@pytest.mark.usefixtures("clean")
def test_a_request_in_flight_ends_when_closed(opened):
    there = threading.Event()

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        there.set()
        await asyncio.sleep(3600)

    transport = opened(app)
    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(transport.send, GET)
        there.wait(5)

        transport.close()

    assert sent.result() == NoResponse("reset", "the application was shut down before it answered")


@pytest.mark.thorough
@pytest.mark.usefixtures("clean")
def test_an_application_that_exits_its_loop_is_unreachable_from_then_on(opened):
    async def leave():
        raise SystemExit(3)

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        app.task = asyncio.ensure_future(leave())
        await asyncio.sleep(60)

    transport = opened(app, timeout=10)

    answers = [transport.send(GET), transport.send(GET)]

    assert [each.kind for each in answers] == ["reset", "unreachable"]
    assert transport.errors.count("SystemExit: 3") == 1


def test_after_the_end_nothing_is_answered(opened):
    transport = opened(Echo())
    transport.close()

    assert transport.send(GET) == NoResponse("unreachable", "the application under test has been shut down")
