"""Django's applications, called as Django's own test client calls them: within the transaction of the test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from idpsim import Target


def within_the_test(target: Target) -> Target:
    """The target, whose Django application leaves the database connections of the test open; any other as it is."""
    handlers = sys.modules.get("django.core.handlers.wsgi")
    if handlers is None or not isinstance(target.scim, handlers.WSGIHandler):
        return target
    return replace(target, scim=_within(target.scim))


def _within(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterator[bytes]]:
    def called(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        with _connections_left_open():
            answer: Any = app(environ, start_response)
            try:
                yield from answer
            finally:
                answer.close()

    # Reports name an application by these.
    called.__module__, called.__qualname__ = type(app).__module__, type(app).__qualname__
    return called


@contextmanager
def _connections_left_open() -> Iterator[None]:
    """For this long the begin and end of a request close no connection: that would end the test's transaction."""
    from django.core import signals  # type: ignore[import-not-found,import-untyped,unused-ignore]
    from django.db import close_old_connections  # type: ignore[import-not-found,import-untyped,unused-ignore]

    both = (signals.request_started, signals.request_finished)
    parted = [signal for signal in both if signal.disconnect(close_old_connections)]
    try:
        yield
    finally:
        for signal in parted:
            signal.connect(close_old_connections)
