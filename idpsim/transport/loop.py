"""The event loop on which an ASGI application lives: one daemon thread, with the application's lifespan around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context
from threading import Event, Lock, Thread, current_thread
from typing import Any

from idpsim.transport.connection import Broken
from idpsim.transport.crashes import Errors
from idpsim.transport.lifespan import App, Lifespan, State

_LAST_WORDS = 1.0
_GRACE = 5.0
_BLOCKED = (
    " (the test's event loop is blocked while idpsim waits: run idpsim in a thread, or let the application make its "
    "own resources in its lifespan)"
)


class Loop:
    """Runs calls of an application, from any thread; each begins with an empty context and a copy of the state.

    It starts the application within `timeout` seconds, and not before the loop `after` has ended.
    """

    def __init__(self, app: App, timeout: float, after: Loop | None = None) -> None:
        self.errors = Errors()
        self._app = app
        self._after = after
        self._timeout = timeout
        self._late = f"not within {timeout:g} s"
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

    @property
    def ended(self) -> bool:
        """Whether it takes no more calls, for whatever reason."""
        return self._stops.is_set() or (self._thread is not None and not self._thread.is_alive())

    def begin(self) -> None:
        """Start the application if it has not been started; `Broken` where it does not start, or has ended."""
        if (after := self._after) is not None:
            after.close()
            self._after = None
        with self._lock:
            if self._closed:
                raise Broken("unreachable", "the application under test has been shut down")
            if self._thread is None:
                self._loop = asyncio.new_event_loop()
                thread = Thread(target=self._live, args=(self._loop,), name="idpsim-asgi", daemon=True)
                thread.start()
                self._thread = thread
        try:
            failure = self._ready.result(self._timeout + 1)
        except TimeoutError:
            failure = self._late
        if failure is not None:
            failure += blocked() if failure == self._late else ""
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
            again, self._closed = self._closed, True
            thread = self._thread
        if thread is not None and thread is not current_thread():
            self._soon(self._stopping.set)
            if self._stops.wait(_LAST_WORDS):
                thread.join(3 * _GRACE)
            elif not again:
                self.errors.write("idpsim: the application blocks its event loop, and is left behind\n")

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
        failure = lifespan.failure
        if not starting.done():
            failure = "it was shut down before" if stopping.done() else self._late
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
        try:
            await asyncio.wait_for(lifespan.stop(), _GRACE)
        except TimeoutError:
            self.errors.write(f"idpsim: the application's shutdown did not end within {_GRACE:g} s\n")
        lifespan.abandon()
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
        error, message = context.get("exception"), str(context.get("message"))
        if isinstance(error, BaseException):
            self.errors.add(error, message)
        else:
            self.errors.write(f"{message}\n")


async def _cancelled(tasks: set[Any]) -> None:
    """Cancel tasks, and wait until they have ended, but no longer than 1 s."""
    for task in tasks:
        task.cancel()
    if tasks:
        _, stubborn = await asyncio.wait(tasks, timeout=_LAST_WORDS)
        for task in stubborn:
            task._log_destroy_pending = False


def blocked() -> str:
    """What to add to a timeout where the caller keeps an event loop of its own from running, else nothing."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return ""
    return _BLOCKED
