"""One life for each ASGI application object: all transports to it share its event loop, and so its lifespan."""

from __future__ import annotations

from threading import Lock
from types import MethodType

from idpsim.transport.lifespan import App
from idpsim.transport.loop import Loop

# For the whole process, as the application objects are: two lifespans at once would overwrite each other's state.
# By identity, because not every application can be hashed; the loops hold them, so that no identity is used again.
_LIVES: dict[tuple[int, int], Loop] = {}
_SHARES: dict[Loop, int] = {}
_LOCK = Lock()


def shared(app: App, timeout: float) -> Loop:
    """The loop on which `app` lives, or a new one if it does not; until `leave` it stays."""
    with _LOCK:
        loop = _LIVES.get(_identity(app))
        if loop is None or loop not in _SHARES or loop.ended:
            loop = _LIVES[_identity(app)] = Loop(app, timeout, after=loop)
        _SHARES[loop] = _SHARES.get(loop, 0) + 1
        return loop


def leave(app: App, loop: Loop) -> None:
    """Give back what `shared` has given; the last to do so shuts the application down, and waits for that."""
    with _LOCK:
        _SHARES[loop] -= 1
        if _SHARES[loop]:
            return
        del _SHARES[loop]
    loop.close()
    with _LOCK:
        if _LIVES.get(_identity(app)) is loop:
            del _LIVES[_identity(app)]


def _identity(app: App) -> tuple[int, int]:
    """What is the same for the same application; a bound method is another object each time that it is named."""
    return (id(app.__self__), id(app.__func__)) if isinstance(app, MethodType) else (id(app), 0)
