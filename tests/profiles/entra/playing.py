"""Plays Entra's flows and cycles against canned answers: calls, promises and outcomes come out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from idpsim.directory import Directory, Group, person
from idpsim.profiles.entra.scim import PROFILES
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Call, Done, Ended, Flow, Outcome
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change, Connection, Job
from idpsim.provisioning.settings import defaults
from idpsim.scim import ENTERPRISE, GROUP, USER
from idpsim.wire import Answer, Request, Response

BASE = "https://api.fabrikam.example/scim/v2?aadOptscim062020"
MANAGER = f"{ENTERPRISE}:manager"
LEGACY, FLAG = PROFILES
TYPED = (("Content-Type", "application/scim+json"),)


def ok(document: object, status: int = 200) -> Response:
    return Response(status, TYPED, json.dumps(document).encode())


def status(code: int, detail: str = "no") -> Response:
    return ok({"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(code), "detail": detail}, code)


def found(*resources: Mapping[str, Any]) -> Response:
    return ok({"totalResults": len(resources), "Resources": list(resources), "startIndex": 1, "itemsPerPage": 20})


NOBODY = found()
DONE = Response(204)
ADA = {
    "schemas": [USER, ENTERPRISE],
    "id": "u-17",
    "externalId": "ada",
    "userName": "ada@fabrikam.example",
    "active": True,
    "displayName": "Ada Lind",
    "title": "Engineer",
    "emails": [{"type": "work", "primary": True, "value": "ada@fabrikam.example"}],
    "name": {"givenName": "Ada", "familyName": "Lind", "formatted": "Ada Lind"},
    ENTERPRISE: {"department": "R&D"},
}
GRACE = {
    "schemas": [USER, ENTERPRISE],
    "id": "u-2",
    "externalId": "grace",
    "userName": "grace@fabrikam.example",
    "active": True,
    "displayName": "Grace Berg",
    "emails": [{"type": "work", "primary": True, "value": "grace@fabrikam.example"}],
    "name": {"givenName": "Grace", "familyName": "Berg", "formatted": "Grace Berg"},
}
FINANCE = {"schemas": [GROUP], "id": "g-5", "displayName": "Finance"}


@dataclass
class Played:
    """What a flow or cycle did."""

    calls: list[Call] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    phases: list[list[Job]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """Each request as `PATCH /Users/u-17 {…operations…}`."""
        return [line(request) for request in self.requests]

    @property
    def writes(self) -> list[str]:
        return [each for each in self.lines if not each.startswith("GET")]

    def outcome(self, subject: str, lane: str = "") -> Any:
        return self.outcomes[subject, lane]


def line(request: Request) -> str:
    """A request in one line: of a PATCH only the operations."""
    path = request.url.removeprefix(BASE.partition("?")[0])
    if request.body is None:
        return f"{request.method} {path}"
    text = request.body.decode()
    envelope = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":'
    shown = text.removeprefix(envelope).removesuffix("}") if text.startswith(envelope) else text
    return f"{request.method} {path} {shown}"


class World:
    """A directory, an app and its service provider: answers come from `answers` in order, or from `sp`."""

    def __init__(self, flag: bool = False, **settings: Any) -> None:
        ada = person(
            "ada",
            {
                "userName": "ada@fabrikam.example",
                "givenName": "Ada",
                "familyName": "Lind",
                "title": "Engineer",
                "department": "R&D",
                "manager": "grace",
            },
        )
        grace = person("grace", {"userName": "grace@fabrikam.example", "givenName": "Grace", "familyName": "Berg"})
        group = Group("finance", "finance", "Finance", ("ada",))
        self.profile = FLAG if flag else LEGACY
        self.directory = Directory({"ada": ada, "grace": grace}, {"finance": group})
        self.app = App(self.directory, {**defaults(self.profile.settings), **settings}, seed=7)
        self.connection = Connection(BASE, "Bearer s3cret", settings=self.app.settings)

    def assign(self, *keys: str) -> World:
        self.app.assigned_people |= dict.fromkeys(keys)
        return self

    def push(self, *keys: str) -> World:
        self.app.assigned_groups |= dict.fromkeys(keys)
        self.app.pushed |= dict.fromkeys(keys)
        return self

    def unassign(self, *keys: str) -> World:
        for key in keys:
            self.app.assigned_people.pop(key, None)
            self.app.assigned_groups.pop(key, None)
            self.app.pushed.pop(key, None)
        return self

    def set(self, key: str, **attributes: Any) -> World:
        self.directory.put_person(replace(self.directory.person(key), **attributes))
        return self

    def members(self, *keys: str, group: str = "finance") -> World:
        self.directory.put_group(replace(self.directory.group(group), members=keys))
        return self

    def linked(self, key: str, identifier: str, **values: Any) -> World:
        kind: Any = "group" if self.directory.has_group(key) else "user"
        held = values or ({"active": True} if kind == "user" else {})
        members = frozenset() if kind == "group" else None
        self.app.links.keep(Promise(kind, key, identifier, held, members=members, created=True))
        return self

    def holding(self, group: str, *uids: str) -> World:
        self.app.links.keep(Promise("group", group, joined=frozenset(uids)))
        return self

    def with_manager(self) -> World:
        self.app.links.keep(Promise("user", "ada", values={f"{MANAGER}.value": "u-2"}))
        return self

    def cycle(self, changes: Sequence[Change], answers: Iterable[Answer]) -> Played:
        """One call of the engine; the probe is answered by itself."""
        played = Played()
        waiting = iter(answers)
        for phase in self.profile.jobs(changes, self.app):
            jobs = list(phase.jobs)
            played.phases.append(jobs)
            for job in jobs:
                outcome = self.perform(job, waiting, played)
                if phase.gate and not isinstance(outcome, Done):
                    return played
        assert next(waiting, None) is None, "an answer was not asked for"
        return played

    def perform(self, job: Job, answers: Any, played: Played) -> Outcome:
        outcome = play(job.open(), answers, played, self)
        played.jobs.append(job)
        played.outcomes[job.subject, job.lane] = outcome
        return outcome

    def request(self, call: Call) -> Request:
        return self.profile.request(call, self.connection)


def play(flow: Flow, answers: Any, played: Played, world: World) -> Outcome:
    """Run a flow to its outcome; a probe in no need of an answer gets an empty list."""
    try:
        effect = next(flow)
        while True:
            if isinstance(effect, Promise):
                played.promises.append(effect)
                world.app.links.keep(effect)
                effect = next(flow)
                continue
            played.calls.append(effect)
            played.requests.append(world.request(effect))
            effect = flow.send(NOBODY if effect.probe and not isinstance(answers, list) else next_of(answers))
    except StopIteration as stop:
        outcome: Outcome = stop.value
    except Ended as ended:
        outcome = ended.outcome
    for promise in outcome.promises if isinstance(outcome, Done) else ():
        played.promises.append(promise)
        world.app.links.keep(promise)
    return outcome


def next_of(answers: Any) -> Answer:
    """The next canned answer: of an iterator, or of a list that is used up (its probes are answered by it too)."""
    if isinstance(answers, list):
        return answers.pop(0)
    answer: Answer | None = next(answers, None)
    assert answer is not None, "there is no canned answer for this call"
    return answer
