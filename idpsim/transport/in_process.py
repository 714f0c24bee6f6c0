"""Finds out what kind of application one is, by looking at it or by its name, and calls it in this process."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from idpsim.errors import UsageError
from idpsim.transport import Transport
from idpsim.transport.called import MOST_BODY

Kind: TypeAlias = Literal["wsgi", "asgi"]
PREFIXES = ("wsgi:", "asgi:")
_WHAT = {"wsgi": "a WSGI application (environ, start_response)", "asgi": "an ASGI application (scope, receive, send)"}


def in_process(
    app: Any, *, base: str, timeout: float = 60.0, max_body: int = MOST_BODY, kind: Kind | None = None
) -> Transport:
    """A transport to an application object, for the origin of `base`.

    `kind` says what the application is; by default it is found out. UsageError where it is neither, or not `kind`.
    A WSGI application is not cut off after `timeout` seconds, for it runs on the thread of the sender; what it answers
    later counts as no answer.
    """
    if _kind(app, kind, "the application") == "asgi":
        from idpsim.transport.asgi import AsgiTransport

        return AsgiTransport(app, base=base, timeout=timeout, max_body=max_body)
    from idpsim.transport.wsgi import WsgiTransport

    return WsgiTransport(app, base=base, timeout=timeout, max_body=max_body)


def named_app(name: str, directory: str) -> Any:
    """The application that `wsgi:module:attribute` or `asgi:module:attribute` names, `()` behind it calls a factory.

    `directory` is searched first. UsageError where there is none, or it is not what the prefix says.
    """
    prefix, _, rest = name.partition(":")
    kind: Kind = "asgi" if prefix == "asgi" else "wsgi"
    app = _load(rest if name.startswith(PREFIXES) else name, directory)
    _kind(app, kind, rest)
    return app


def _kind(app: Any, said: Kind | None, name: str) -> Kind:
    """What `app` is: what is said of it where it may be that, else what can be told; UsageError where it is neither."""
    if not callable(app):
        raise UsageError(
            f"{name} is neither a WSGI nor an ASGI application: it cannot be called (its type is {type(app).__name__})"
        )
    takes, asynchronous = _arities(app), _is_async(app)
    if not takes & ({3} if asynchronous else {2, 3}):
        raise UsageError(f"{name} is neither a WSGI nor an ASGI application: {_instead(takes)}")
    certain = asynchronous or not {2, 3} <= takes
    found: Kind | None = ("asgi" if asynchronous or 2 not in takes else "wsgi") if certain else None
    if said is not None and found not in (said, None):
        known = _WHAT[found or said].partition(" (")[0]
        raise UsageError(f"{name} is {known}: name it {found}:{name}" if ":" in name else f"{name} is {known}")
    return said or found or "wsgi"


def _instead(takes: set[int]) -> str:
    if 0 in takes:
        return "it takes no arguments; a function that makes the application is named with () behind it, or called"
    if 1 in takes:
        return (
            "it takes one argument; a function that makes the application has to be called, and one of ASGI 2 "
            "be wrapped in asgiref.compatibility.guarantee_single_callable"
        )
    return f"it can be called neither as {_WHAT['wsgi']} nor as {_WHAT['asgi']}"


def _is_async(app: Any) -> bool:
    if inspect.iscoroutinefunction(app):
        return True
    return not inspect.isclass(app) and inspect.iscoroutinefunction(getattr(app, "__call__", None))  # noqa: B004


def _arities(app: Callable[..., Any]) -> set[int]:
    """With how many arguments `app` can be called, of 0 to 3; all where nobody can tell."""
    try:
        signature = inspect.signature(app)
    except (TypeError, ValueError):
        return {0, 1, 2, 3}
    takes = set()
    for number in range(4):
        try:
            signature.bind(*range(number))
        except TypeError:
            continue
        takes.add(number)
    return takes


def _load(name: str, directory: str) -> Any:
    """What `module:attribute` names, or `module:function()` returns."""
    from importlib import import_module

    module_name, _, attribute = name.partition(":")
    if not module_name or not attribute:
        raise UsageError(f"{name}: an application is named `module:attribute`, such as `myapp.wsgi:application`")
    if directory not in sys.path:
        sys.path.insert(0, directory)
    try:
        app: Any = import_module(module_name)
    except ModuleNotFoundError as error:
        where = f" in {directory}" if f"{module_name}.".startswith(f"{error.name}.") else ""
        raise UsageError(f"{name}: {module_name} cannot be imported: no module {error.name}{where}") from error
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise UsageError(f"{name}: {module_name} cannot be imported: {why}") from error
    for part in attribute.removesuffix("()").split("."):
        if not hasattr(app, part):
            raise UsageError(f"{name}: {module_name} has no `{attribute}`")
        app = getattr(app, part)
    return _made(app, name) if attribute.endswith("()") and callable(app) else app


def _made(factory: Callable[[], Any], name: str) -> Any:
    try:
        return factory()
    except Exception as error:
        raise UsageError(f"{name} raised {type(error).__name__}: {error}") from error
