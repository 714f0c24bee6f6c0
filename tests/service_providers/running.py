"""Starts a service provider that idpsim did not write, as a process of its own, for the time of a test."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .install import BIN, HERE, NAMES, NODE
from .install import missing as missing

__all__ = ["NAMES", "Running", "missing", "running", "why_not"]

PATHS = {
    "scim2-server": "/v2",
    "django-scim2": "/scim/v2",
    "scimmy-routers": "/scim",
    "better-auth": "/api/auth/scim/v2",
}


@dataclass(frozen=True)
class Running:
    """A started service provider: its SCIM base URL, its bearer token, where it logs."""

    name: str
    url: str
    token: str
    log: Path


def why_not(name: str) -> str | None:
    """As `missing`, but where CI=1 is set a missing part is an error, so that no test is skipped unseen."""
    reason = missing(name)
    if reason and os.environ.get("CI", "").lower() in ("1", "true"):
        raise RuntimeError(reason)
    return reason


@contextlib.contextmanager
def running(name: str, within: float = 60.0) -> Iterator[Running]:
    """The service provider, answering on 127.0.0.1; empty, with a new token; stopped with its children at the end.

    Raises RuntimeError, with its log, if it is not installed or does not answer within so many seconds.
    """
    if reason := missing(name):
        raise RuntimeError(reason)
    with tempfile.TemporaryDirectory(prefix=f"{name}-") as folder:
        port, token, log = free_port(), secrets.token_hex(16), Path(folder, "log")
        sp = Running(name, f"http://127.0.0.1:{port}{PATHS[name]}", token, log)
        process = start(sp, port, folder)
        try:
            wait_until_it_answers(sp, process, within)
            yield sp
        finally:
            stop(process)


def start(sp: Running, port: int, folder: str) -> subprocess.Popen[bytes]:
    """The process, in a session of its own."""
    env = os.environ | {"SP_PORT": str(port), "SP_TOKEN": sp.token, "SP_FOLDER": folder, "NO_COLOR": "1"}
    program = HERE / "apps" / (sp.name.replace("-", "_") + ".mjs")
    match sp.name:
        case "scim2-server":
            command = [str(BIN / "scim2-server"), "--port", str(port), "--bearer-token", sp.token]
        case "django-scim2":
            command = [str(BIN / "python"), str(HERE / "apps" / "django_scim2.py")]
        case _:
            command = ["node", "--input-type=module", "-"]
    in_node = command[0] == "node"
    with open(sp.log, "wb") as log, open(program if in_node else os.devnull, "rb") as source:
        return subprocess.Popen(
            command,
            stdin=source,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=NODE if in_node else folder,
            start_new_session=True,
        )


def wait_until_it_answers(sp: Running, process: subprocess.Popen[bytes], within: float) -> None:
    """Returns when it answers 200 to its own token, which another process on that port would not."""
    head = {"Authorization": f"Bearer {sp.token}"}
    wait_for(urllib.request.Request(f"{sp.url}/Users", headers=head), process, within, sp.name, sp.log)


def wait_for(
    request: urllib.request.Request, process: subprocess.Popen[bytes], within: float, name: str, log: Path
) -> None:
    """Returns when a request is answered well; RuntimeError with the end of the log where it is not in time."""
    end = time.monotonic() + within
    answer: object = "nothing yet"
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5) as response:
                response.read()
                return
        except urllib.error.HTTPError as error:
            error.close()
            answer = error.code
        except OSError as error:
            answer = error
        time.sleep(0.05)
    how = "did not answer" if process.poll() is None else f"ended with {process.returncode}"
    raise RuntimeError(f"{name} {how} (last: {answer}); its log:\n{log.read_text(errors='replace')[-4000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and whatever it started."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=3)
            return


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
