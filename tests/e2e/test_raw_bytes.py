"""What leaves the socket, byte by byte: each vendor's joiner, mover, leaver and group."""

from __future__ import annotations

import contextlib
import itertools
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.playing import PROFILES, played, verdict
from tests.golden_files import Golden
from tests.service_providers import seeded
from tests.service_providers.hostile import Request, rightly
from tests.service_providers.seeded import TOKEN

SCENARIO = """\
name: A joiner, a mover, a leaver and a group
settings:
  onelogin: {on_removed: suspend, on_suspended: suspend}
directory:
  people:
    ada:
      userName: ada@example.com
      givenName: Ada
      familyName: "O'Lovelace"
      title: Analyst
      department: Engines
      phone: +46 90 555 0100
      locale: en-US
    zoe: {userName: zoe+beta@example.com, givenName: Zoë, familyName: Müller, manager: ada}
  groups:
    design: {displayName: Design & Örtlichkeit, members: [ada]}
steps:
  - connect:
  - assign: ada
  - assign: zoe
  - update: ada
    set: {title: Countess, givenName: Augusta, department: null}
  - push: design
  - join: {person: zoe, group: design}
  - leave: {person: ada, group: design}
  - update: design
    set: {displayName: Design}
  - unassign: ada
  - assign: ada
  - disable: zoe
"""
ALWAYS = re.compile(rb'"(created|lastModified)":"[^"]{24}"')


class Recorder:
    """A service provider that keeps the bytes of each request; ids are u1, u2, … and locations do not tell the port."""

    def __init__(self) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.authority = f"127.0.0.1:{self.listening.getsockname()[1]}"
        self.requests: list[bytes] = []
        self.app = seeded.make_app(unusual="absolute-locations")
        numbers = itertools.count(1)
        self.app.new_id = lambda: f"u{next(numbers)}"  # type: ignore[method-assign]
        self.lock = threading.Lock()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.serve, args=(self.listening.accept()[0],), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            rest = b""
            while True:
                while b"\r\n\r\n" not in rest:
                    if not (part := connection.recv(1 << 16)):
                        return
                    rest += part
                head, _, rest = rest.partition(b"\r\n\r\n")
                sizes = re.findall(rb"(?im)^content-length: *(\d+)\r?$", head)
                size = int(sizes[0]) if sizes else 0
                while len(rest) < size:
                    rest += connection.recv(1 << 16)
                body, rest = rest[:size], rest[size:]
                with self.lock:
                    self.requests.append(head + b"\r\n\r\n" + body)
                    connection.sendall(b"".join(step for step in rightly(self.app, asked(head, body))))  # type: ignore[misc]


def asked(head: bytes, body: bytes) -> Request:
    line, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = line.split(" ")
    headers = tuple((name, value.strip()) for name, _, value in (each.partition(":") for each in lines))
    return Request(method, target, headers, body)


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    started = Recorder()
    threading.Thread(target=started.accept, daemon=True).start()
    yield started
    started.listening.close()


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    path = tmp_path / "life.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return str(path)


def sent(scenario: str, profile: str, recorder: Recorder) -> list[bytes]:
    """The vendor's requests of a run that passed."""
    how = {"seed": 1, "suffix": "k3x9p", "concurrency": 1}
    result = played(scenario, profile, f"http://{recorder.authority}/scim/v2", TOKEN, how, within=0.0)
    assert verdict(result) == {}
    return [each for each in recorder.requests if b"User-Agent: idpsim/" not in each]


def settled(request: bytes, recorder: Recorder) -> str:
    """A request without what differs from run to run; every byte of the head is kept, LF for CRLF."""
    head, _, body = request.partition(b"\r\n\r\n")
    assert b"\n" not in head.replace(b"\r\n", b"")
    head = head.replace(recorder.authority.encode(), b"sp.example").replace(b"\r\n", b"\n")
    body = ALWAYS.sub(rb'"\1":"2026-01-01T00:00:00.000Z"', body)
    return (head + b"\n\n" + (body + b"\n" if body else b"")).decode("utf-8")


@pytest.mark.parametrize("profile", PROFILES)
def test_what_leaves_the_socket(scenario: str, recorder: Recorder, golden: Golden, profile: str) -> None:
    requests = sent(scenario, profile, recorder)

    golden(f"wire/{profile}.http", "###\n".join(settled(each, recorder) for each in requests))


@pytest.mark.parametrize("profile", PROFILES)
def test_content_length_is_there_once_and_right_where_there_is_a_body(
    scenario: str, recorder: Recorder, profile: str
) -> None:
    requests = sent(scenario, profile, recorder)

    for request in requests:
        head, _, body = request.partition(b"\r\n\r\n")
        names = [line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
        assert len(names) == len(set(names))
        assert (b"content-length" in names) is head.startswith((b"POST", b"PUT", b"PATCH"))
        assert b"content-length: %d" % len(body) in head.lower() if body else True


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_seed_and_suffix_send_the_same_bytes(scenario: str, profile: str) -> None:
    both = []
    for _ in range(2):
        recorder = Recorder()
        threading.Thread(target=recorder.accept, daemon=True).start()
        both.append([settled(each, recorder) for each in sent(scenario, profile, recorder)])
        recorder.listening.close()

    assert both[0] == both[1]
