"""Serves a WSGI application over HTTP: in a thread of its own for as long as a context lasts, or until a signal."""

from __future__ import annotations

import contextlib
import logging
import signal
from collections.abc import Iterator
from ipaddress import ip_address
from threading import Thread
from threading import enumerate as threads
from typing import Any

from idpsim.errors import IdpsimError

THREADS = 8
CONNECTIONS = 500
LARGEST_BODY = 64 * 1024 * 1024


class CannotListen(IdpsimError):
    """The address is in use, or not this machine's."""


def server(app: Any, host: str, port: int, sockets: dict[int, Any] | None = None) -> Any:
    """A waitress server that listens already, on each address of `host`; CannotListen where it cannot."""
    from waitress import create_server

    channels: dict[int, Any] = {} if sockets is None else sockets
    logging.getLogger("waitress.queue").addHandler(logging.NullHandler())  # or Python prints every short wait
    try:
        return create_server(
            app,
            host=host,
            port=port,
            threads=THREADS,
            ident=None,
            map=channels,
            connection_limit=CONNECTIONS,
            max_request_body_size=LARGEST_BODY,
        )
    except (OSError, ValueError) as error:
        _abandon(channels)
        why = getattr(error, "strerror", None) or str(error)
        raise CannotListen(f"cannot listen on {host}:{port}: {why}") from None


def _abandon(channels: dict[int, Any]) -> None:
    """Close what a server that could not listen has opened on its way."""
    for each in list(channels.values()):
        if dispatcher := getattr(each, "task_dispatcher", None):
            dispatcher.shutdown(cancel_pending=True, timeout=1)
        each.close()


def give_up(server: Any) -> None:
    """Close a server that listens and was never run."""
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
    server.close()


@contextlib.contextmanager
def serving(app: Any, host: str, port: int) -> Iterator[int]:
    """The port that the application is served on for as long as the context lasts; port 0 is any that is free."""
    sockets: dict[int, Any] = {}
    made = server(app, host, port, sockets)
    thread = Thread(target=made.run, name=_thread(host, port), daemon=True)
    thread.start()
    try:
        yield port_of(made)
    finally:
        trigger = next(each for each in sockets.values() if hasattr(each, "pull_trigger"))
        trigger.pull_trigger(lambda: [each.close() for each in list(sockets.values())])
        thread.join(5)
        made.task_dispatcher.shutdown(cancel_pending=True, timeout=1)


def _thread(host: str, port: int) -> str:
    return f"idpsim {host}:{port}"


def serves_here(host: str, port: int) -> bool:
    """Whether this process itself serves at an address."""
    return any(thread.name == _thread(host, port) for thread in threads())


def port_of(server: Any) -> int:
    """The port that a server listens on."""
    listens = getattr(server, "effective_listen", None)
    return int(listens[0][1] if listens else server.effective_port)


def origin_of(server: Any, host: str) -> str:
    """Where a server that was told to listen on `host` is reached from this machine."""
    listens = getattr(server, "effective_listen", None) or [(server.effective_host, server.effective_port)]
    address, port = listens[0][:2]
    if host == "localhost":
        address = host
    elif host in ("0.0.0.0", "::", "*", ""):
        address = "127.0.0.1"
    return f"http://[{address}]:{port}" if ":" in str(address) else f"http://{address}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def until_signalled(server: Any) -> None:
    """Serve until SIGINT or SIGTERM, then close the socket."""

    def end(*_: object) -> None:
        raise SystemExit(0)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.run()
    except SystemExit:
        pass
    finally:
        server.close()
        for number, handler in before.items():
            signal.signal(number, handler)
