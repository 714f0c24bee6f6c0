"""The event loop on which an ASGI application lives: one daemon thread, with the application's lifespan around it."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context
from threading import Event, Lock, Thread, current_thread
from typing import Any, TypeAlias

from idpsim.transport.called import MOST_ERRORS
from idpsim.transport.connection import Broken

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
State: TypeAlias = dict[str, Any]

_LAST_WORDS = 1.0
_GRACE = 5.0


class Errors:
    """What went wrong in an application, the last 64 KiB of it as text."""

    def __init__(self) -> None:
        self.text = ""

    def add(self, error: BaseException | str) -> None:
        """An exception with its traceback, or a text."""
        text = error if isinstance(error, str) else "".join(traceback.format_exception(error))
        self.text = (self.text + text)[-MOST_ERRORS:]


class Lifespan:
    """The lifespan of one application; both ends of it run in one task, as its protocol has it.

    An application that raises or returns before it has started is one without a lifespan.
    """

    def __init__(self, app: App, errors: Errors) -> None:
        self.state: State = {}
        self.failure: str | None = None
        self.started = False
        self._app = app
        self._errors = errors
        self._asked = False
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._said = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application; why it does not want to is in `failure` then."""
        self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())
        await self._tell("lifespan.startup")

    async def stop(self) -> None:
        """Let the application end what it has begun."""
        if self._task is not None and self.started and not self._task.done():
            await self._tell("lifespan.shutdown")
            await asyncio.wait([self._task])

    async def _tell(self, event: str) -> None:
        self._said.clear()
        self._events.put_nowait({"type": event})
        await self._said.wait()

    async def _run(self) -> None:
        asgi = {"version": "3.0", "spec_version": "2.0"}
        try:
            await self._app({"type": "lifespan", "asgi": asgi, "state": self.state}, self._receive, self._send)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            if self._asked:
                self._errors.add(error)
        finally:
            self._said.set()

    async def _receive(self) -> Message:
        self._asked = True
        return await self._events.get()

    async def _send(self, message: Message) -> None:
        kind, _, what = message["type"].rpartition(".")
        if kind not in ("lifespan.startup", "lifespan.shutdown") or what not in ("complete", "failed"):
            raise AssertionError(f"the application sent {message['type']} in its lifespan")
        if what == "failed":
            self.failure = str(message.get("message") or message["type"])
            self._errors.add(f"{message['type']}: {self.failure}\n")
        self.started = what == "complete"
        self._said.set()


class Loop:
    """Runs calls of an application, from any thread; each begins with an empty context and a copy of the state."""

    def __init__(self, app: App, timeout: float) -> None:
        self.errors = Errors()
        self._app = app
        self._timeout = timeout
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        self._closed = False
        self._ready: Future[str | None] = Future()
        self._stopping = asyncio.Event()
        self._stops = Event()
        self._calls: set[asyncio.Task[None]] = set()
        self._lost: set[Callable[[], None]] = set()
        self._state: State = {}

    def begin(self) -> None:
        """Start the application if it has not been started; `Broken` where it does not start, or has ended."""
        with self._lock:
            if self._closed:
                raise Broken("unreachable", "the application under test has been shut down")
            if self._thread is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._live, args=(self._loop,), name="idpsim-asgi", daemon=True)
                self._thread.start()
        try:
            failure = self._ready.result(self._timeout + 1)
        except TimeoutError:
            failure = f"not within {self._timeout:g} s"
        if failure is not None:
            raise Broken("unreachable", f"the application did not start: {failure}")

    def call(self, work: Callable[[State], Coroutine[Any, Any, None]], lost: Callable[[], None]) -> Callable[[], None]:
        """Begin `work` on the loop and give what cancels it; `lost` is called on the loop when it has ended."""
        begun: list[asyncio.Task[None]] = []

        def begin() -> None:
            task = asyncio.get_running_loop().create_task(work(self._state.copy()), context=Context())
            begun.append(task)
            self._calls.add(task)
            task.add_done_callback(self._calls.discard)
            task.add_done_callback(lambda _: self._lost.discard(lost))
            task.add_done_callback(lambda _: lost())

        with self._lock:
            if self._stops.is_set():
                raise Broken("unreachable", "the application under test has been shut down")
            self._lost.add(lost)
            self._soon(begin)
        return lambda: self._soon(lambda: [task.cancel() for task in begun])

    def close(self) -> None:
        """Shut the application down; a second time does nothing. One that blocks its loop is left behind."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None and thread is not current_thread():
            self._soon(self._stopping.set)
            if self._stops.wait(_LAST_WORDS):
                thread.join(3 * _GRACE)

    def _soon(self, work: Callable[[], object]) -> None:
        """Do `work` on the loop, if that is there still."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(work)

    def _live(self, loop: asyncio.AbstractEventLoop) -> None:
        """The thread: what leaves the loop by force, such as SystemExit in a task, ends the application orderly."""
        loop.set_exception_handler(self._unhandled)
        workers = ThreadPoolExecutor(thread_name_prefix="idpsim-asgi")
        loop.set_default_executor(workers)
        main = loop.create_task(self._main())
        while not main.done():
            try:
                loop.run_until_complete(main)
            except BaseException as error:
                self.errors.add(error)
                self._stopping.set()
        self._end()
        closing = Thread(target=workers.shutdown, kwargs={"cancel_futures": True}, daemon=True)
        closing.start()
        closing.join(_LAST_WORDS)
        loop.close()

    async def _main(self) -> None:
        lifespan = Lifespan(self._app, self.errors)
        starting = asyncio.ensure_future(lifespan.start())
        stopping = asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait([starting, stopping], timeout=self._timeout, return_when=asyncio.FIRST_COMPLETED)
        failure = _last_line(lifespan.failure)
        if not starting.done():
            failure = "it was shut down before" if stopping.done() else f"not within {self._timeout:g} s"
        self._state = lifespan.state
        self._ready.set_result(failure)
        if failure is None:
            await stopping
        await self._wind_up(lifespan)

    async def _wind_up(self, lifespan: Lifespan) -> None:
        """End calls that still run, then the application, then what it has left behind."""
        with self._lock:
            self._stops.set()
        if self._calls:
            await asyncio.wait(set(self._calls), timeout=_LAST_WORDS)
        await _cancelled(set(self._calls))
        with suppress(TimeoutError):
            await asyncio.wait_for(lifespan.stop(), _GRACE)
        for _ in range(2):  # what is cancelled may begin something new
            await _cancelled(asyncio.all_tasks() - {asyncio.current_task()})
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.get_running_loop().shutdown_asyncgens(), _LAST_WORDS)

    def _end(self) -> None:
        """Take no more calls, and let none wait that the loop has not come to."""
        with self._lock:
            self._stops.set()
            waiting = list(self._lost)
        for lost in waiting:
            lost()

    def _unhandled(self, _: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.errors.add(f"{context.get('message')}\n")
        if isinstance(error := context.get("exception"), BaseException):
            self.errors.add(error)


async def _cancelled(tasks: set[Any]) -> None:
    """Cancel tasks, and wait until they have ended, but no longer than 1 s."""
    for task in tasks:
        task.cancel()
    if tasks:
        _, stubborn = await asyncio.wait(tasks, timeout=_LAST_WORDS)
        for task in stubborn:
            task._log_destroy_pending = False


def _last_line(text: str | None) -> str | None:
    """The last line of a message, which often is a whole traceback."""
    return None if text is None else text.strip().rpartition("\n")[2] or "it does not say why"
