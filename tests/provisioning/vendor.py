"""A vendor of the tests: it creates with one POST, changes with one PATCH, and is as slow or as shy as a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from idpsim.clock import VirtualClock
from idpsim.directory import Directory, Group, person
from idpsim.provisioning.app import App
from idpsim.provisioning.engine import Engine
from idpsim.provisioning.flow import Done, Flow, accepted, get, patch, post, resource
from idpsim.provisioning.line import Line
from idpsim.provisioning.links import Link, Promise
from idpsim.provisioning.profile import Call, Change, Connection, Job, Phase, Profile
from idpsim.transcript import Transcript
from idpsim.transport.faults import Sent
from idpsim.wire import Answer, Request, Response, compact

CREATED = Response(201, body=b'{"id": "u-1"}')


def create(uid: str) -> Flow:
    """Look somebody up and create them."""
    yield from accepted(get("/Users"), 200)
    call = post("/Users", {"userName": uid})
    made = resource(call, (yield from accepted(call, 201)))
    return Done(promises=(Promise("user", uid, made["id"], {"userName": uid}, whole=True, created=True),))


def change(link: Link) -> Flow:
    """Say that somebody is no longer active."""
    yield from accepted(patch(f"/Users/{link.id}", {"op": "replace", "path": "active", "value": False}), 200)
    return Done(promises=(link.promising(active=False),))


def jobs(changes: Sequence[Change], app: App) -> Iterator[Phase]:
    yield Phase((_job(each, app) for each in changes if each.person), parallel=True)


def _job(change_: Change, app: App) -> Job:
    link = app.links.user(change_.person or "")
    if link is None:
        return Job(change_.subject, create, (change_.person,), (change_,), approval=app.settings.get("approval", ""))
    return Job(change_.subject, change, (link,), (change_,))


def probe() -> Flow:
    yield from accepted(get("/probe", probe=True), 200)
    return Done()


def request(call: Call, connection: Connection) -> Request:
    return Request(call.method, connection.base + call.path, (), None if call.body is None else compact(call.body))


PROFILE = Profile(
    name="test",
    vendor="test",
    title="A vendor of the tests",
    plays="",
    evidence="",
    settings={},
    connect=lambda app: Job("app", probe),  # noqa: ARG005
    jobs=jobs,
    request=request,
)


class Place:
    """An engine with its service provider, which answers what `answers` says to each request."""

    def __init__(
        self, answers: Callable[[Request], Answer] | None = None, *, hands: int = 1, people: int = 3, **profile: object
    ) -> None:
        self.clock = VirtualClock()
        self.sent: list[str] = []
        self._answers = answers or yes
        everyone = {f"p{n}": person(f"p{n}", {"userName": f"p{n}@x.test"}) for n in range(people)}
        self.app = App(Directory(everyone, {"g": Group("g", "g", "G", tuple(everyone))}), profile.pop("settings", {}))
        line = Line(self._send, Transcript(), self.clock, "vendor")
        self.profile = replace(PROFILE, **profile)
        self.engine = Engine(self.profile, self.app, line, self.clock, Connection("http://sp.test"), hands)

    def _send(self, request: Request, probe: bool) -> Sent:  # noqa: ARG002
        self.sent.append(f"{request.method} {request.url.removeprefix('http://sp.test')}")
        return Sent(self._answers(request))

    def outcome(self, uid: str) -> str:
        outcome = self.engine.results.outcome(uid)
        return outcome.word if outcome else "none"


def yes(request: Request) -> Answer:
    """Answers as a service provider that is content with everything."""
    return CREATED if request.method == "POST" else Response(200, body=b'{"Resources": []}')


def first(*answers: Answer) -> Callable[[Request], Answer]:
    """These answers to the first requests, and content from then on."""
    waiting = iter(answers)
    return lambda request: next(waiting, None) or yes(request)
