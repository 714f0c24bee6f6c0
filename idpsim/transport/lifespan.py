"""The lifespan of an ASGI application: what it does before the first request and after the last."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextvars import Context
from traceback import format_exception_only
from typing import Any, TypeAlias

from idpsim.transport.crashes import Errors, placed

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
State: TypeAlias = dict[str, Any]


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
        self._reason = ""
        self._abandoned = False
        self._events: asyncio.Queue[Message] = asyncio.Queue()
        self._said = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the application; why it does not want to is in `failure` then, in one line."""
        self._task = asyncio.get_running_loop().create_task(self._run(), context=Context())
        await self._tell("lifespan.startup")

    async def stop(self) -> None:
        """Let the application end what it has begun."""
        if self._task is not None and self.started and not self._task.done():
            await self._tell("lifespan.shutdown")
            await asyncio.wait([self._task])

    def abandon(self) -> None:
        """Tell of nothing any more: what is not over is about to be cancelled."""
        self._abandoned = True

    async def _tell(self, event: str) -> None:
        self._said.clear()
        self._events.put_nowait({"type": event})
        await self._said.wait()

    async def _run(self) -> None:
        asgi = {"version": "3.0", "spec_version": "2.0"}
        try:
            await self._app({"type": "lifespan", "asgi": asgi, "state": self.state}, self._receive, self._send)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            self._raised(error)
        finally:
            self._said.set()

    def _raised(self, error: BaseException) -> None:
        """Tell of an exception, unless its traceback was the reason: many applications send that, and raise again."""
        name, said = _last_line("".join(format_exception_only(error))), _last_line(self._reason)
        if self.failure is not None and (not said or (_last_line(str(error)) or name) in said):
            self.failure = placed(said or name, error)
        if self._asked and not self._abandoned and not (name == said and "\n" in self._reason.strip()):
            self._errors.add(error)

    async def _receive(self) -> Message:
        self._asked = True
        return await self._events.get()

    async def _send(self, message: Message) -> None:
        kind, _, what = message["type"].rpartition(".")
        if kind not in ("lifespan.startup", "lifespan.shutdown") or what not in ("complete", "failed"):
            raise AssertionError(f"the application sent {message['type']} in its lifespan")
        if what == "failed":
            self._reason = str(message.get("message") or "")
            self.failure = _last_line(self._reason) or "it does not say why"
            if not self._abandoned:
                self._errors.write(f"{message['type']}: {self._reason.rstrip() or self.failure}\n")
        self.started = what == "complete"
        self._said.set()


def _last_line(text: str) -> str:
    """The last line of a message, which often is a whole traceback."""
    return text.strip().rpartition("\n")[2]
