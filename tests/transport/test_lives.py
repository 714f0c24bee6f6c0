"""Transports to the same ASGI application object share its one life."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing

import pytest

from idpsim.transport.asgi import AsgiTransport
from idpsim.wire import Request

BASE = "http://sp.test"
GET = Request("GET", f"{BASE}/Users", ())
UP, DOWN = "lifespan.startup", "lifespan.shutdown"


class Living:
    """An application with a lifespan that cannot be hashed; `slow` is for how long it ends."""

    __hash__ = None

    def __init__(self, slow: float = 0.0):
        self.events = []
        self.loops = set()
        self._slow = slow

    async def __call__(self, scope, receive, send):
        self.loops.add(asyncio.get_running_loop())
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x"})

    async def _live(self, receive, send):
        for event in (UP, DOWN):
            assert (await receive())["type"] == event
            await asyncio.sleep(self._slow)
            self.events.append(event)
            await send({"type": f"{event}.complete"})

    async def asked(self, scope, receive, send):
        await self(scope, receive, send)


def transport(app) -> AsgiTransport:
    return AsgiTransport(app, base=BASE, timeout=10)


def test_transports_to_one_application_share_its_loop_and_lifespan():
    app = Living()
    with closing(transport(app)) as one, closing(transport(app)) as other:
        answers = [each.send(GET).body for each in (one, other, one)]

    assert answers == [b"x"] * 3
    assert app.events == [UP, DOWN]
    assert len(app.loops) == 1


def test_the_application_lives_until_the_last_transport_is_closed():
    app = Living()
    one, other = transport(app), transport(app)
    one.send(GET)
    other.send(GET)

    one.close()
    one.close()
    answers = [other.send(GET).body, one.send(GET).reason]
    before = list(app.events)
    other.close()

    assert answers == [b"x", "the application under test has been shut down"]
    assert before == [UP]
    assert app.events == [UP, DOWN]


def test_an_application_that_has_ended_lives_again():
    app = Living()

    for _ in range(2):
        with closing(transport(app)) as each:
            each.send(GET)

    assert app.events == [UP, DOWN, UP, DOWN]


def test_the_same_method_named_twice_is_one_application():
    app = Living()
    with closing(transport(app.asked)) as one, closing(transport(app.asked)) as other:
        one.send(GET)
        other.send(GET)

    assert app.events == [UP, DOWN]


def test_equal_applications_are_two():
    apps = [Living(), Living()]
    with ExitStack() as stack:
        for app in apps:
            stack.enter_context(closing(transport(app))).send(GET)

    assert [app.events for app in apps] == [[UP, DOWN]] * 2
    assert not apps[0].loops & apps[1].loops


def test_a_transport_that_is_never_used_keeps_no_application_alive():
    app = Living()
    transport(app)

    with closing(transport(app)) as used:
        used.send(GET)

    assert app.events == [UP, DOWN]


def test_lifespans_of_one_application_never_overlap():
    app = Living(slow=0.01)

    def visit(_):
        with closing(transport(app)) as each:
            answer = each.send(GET)
            return getattr(answer, "reason", None), getattr(answer, "body", None)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(visit, range(24)))

    assert answers == [("OK", b"x")] * 24
    assert app.events == [UP, DOWN] * (len(app.events) // 2)


def test_an_application_that_did_not_start_is_started_again_for_the_next():
    tried = []

    async def app(scope, receive, send):
        if scope["type"] == "http":
            await Living()(scope, receive, send)
            return
        tried.append((await receive())["type"])
        await send({"type": f"lifespan.startup.{'complete' if len(tried) > 1 else 'failed'}"})
        await receive()

    with closing(transport(app)) as one, closing(transport(app)) as other:
        first = one.send(GET)
        for each in [each for each in threading.enumerate() if each.name == "idpsim-asgi"]:
            each.join(5)
        second = other.send(GET)

    assert first.kind == "unreachable"
    assert second.body == b"x"


@pytest.mark.parametrize("times", [1, 3])
def test_nothing_is_kept_of_an_application_that_has_ended(times):
    app = Living()
    with ExitStack() as stack:
        for _ in range(times):
            stack.enter_context(closing(transport(app))).send(GET)

    assert not [each for each in threading.enumerate() if each.name == "idpsim-asgi"]
