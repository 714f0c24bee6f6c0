"""The application of figure 5 behind waitress in a thread of this process, played over HTTP."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import waitress
from application import app
from players import idpsim


def served(hands: int) -> Callable[[int], int]:
    """idpsim over HTTP against the application in the same process."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=hands)
    threading.Thread(target=server.run, daemon=True).start()
    return idpsim(f"http://127.0.0.1:{server.effective_port}/scim/v2", hands)
