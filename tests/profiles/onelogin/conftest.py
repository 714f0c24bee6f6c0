"""A small company as OneLogin holds it, a service provider of canned answers, and the playing of changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

import pytest

from idpsim.directory import Directory, Group, Person, person
from idpsim.profiles.onelogin.scim import PROFILES
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Call, Outcome
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change, Connection, Job
from idpsim.provisioning.settings import defaults
from idpsim.provisioning.work import NoJournal, perform
from idpsim.wire import Answer, Request, Response
from tests.golden_files import http

PROFILE = PROFILES[0]
NO_APPROVAL = {"approval_create": False, "approval_update": False, "approval_delete": False}
Answers = Callable[[Call], Answer]


def answer(status: int, body: Any = None) -> Response:
    return Response(status, (("Content-Type", "application/json"),), b"" if body is None else json.dumps(body).encode())


@dataclass
class Sp:
    """Answers every call as a well-behaved service provider would; `says` answers instead, by `METHOD path`."""

    users: dict[str, str] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    says: dict[str, Answer] = field(default_factory=dict)
    made: int = 0

    def __call__(self, call: Call) -> Answer:
        told = self.says.get(f"{call.method} {call.path}")
        return told if told is not None else getattr(self, f"_{call.method.lower()}")(call)

    def _get(self, call: Call) -> Answer:
        if call.path == "/Groups":
            return answer(200, {"totalResults": len(self.groups), "Resources": self.groups})
        if not call.params:
            return answer(200, {"id": unquote(call.path.rpartition("/")[2])})
        found = self.users.get(call.params[0][1].removeprefix('userName eq "').removesuffix('"'))
        return answer(200, {"Resources": [{"id": found}] if found else []})

    def _post(self, call: Call) -> Answer:
        self.made += 1
        first = "5b1c0a77" if call.path == "/Users" else "0d3f6c1e"
        identifier = f"{first}-aaaa-4bbb-8ccc-{self.made:012}"
        if call.path == "/Users":
            self.users[call.body["userName"]] = identifier
        return answer(201, {**call.body, "id": identifier, "name": call.body.get("name")})

    def _put(self, call: Call) -> Answer:
        return answer(200, {"name": call.body.get("name")})

    def _patch(self, call: Call) -> Answer:  # noqa: ARG002
        return answer(200)

    def _delete(self, call: Call) -> Answer:
        self.users = {name: each for name, each in self.users.items() if each != call.path.rpartition("/")[2]}
        return answer(204)


@dataclass
class Played:
    """What some changes led to."""

    calls: list[Call] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.calls]

    @property
    def bodies(self) -> list[str]:
        return [json.dumps(call.body, separators=(",", ":")) for call in self.calls if call.body is not None]


def run(job: Job, answers: Answers, keep: Callable[[Promise], None], played: Played) -> Outcome:
    """A job from its first call to its outcome, as the engine runs it."""

    def send(call: Call) -> Answer:
        played.calls.append(call)
        return answers(call)

    def kept(promise: Promise) -> None:
        played.promises.append(promise)
        keep(promise)

    return perform(job, send, kept, NoJournal())


class World:
    """One app and its directory; what happens is written as the events would."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        people = {
            "ada": {"userName": "ada@corp.example", "givenName": "Ada", "familyName": "Lovelace", "title": "Analyst"},
            "grace": {"userName": "grace@corp.example", "givenName": "Grace", "familyName": "Hopper", "manager": "ada"},
            "alan": {"userName": "alan@corp.example", "givenName": "Alan", "familyName": "Turing"},
        }
        groups = {
            "engineering": Group("engineering", "engineering", "Engineering", ("ada", "grace")),
            "maths": Group("maths", "maths", "Maths", ("ada",)),
        }
        self.directory = Directory({key: person(key, given) for key, given in people.items()}, groups)
        self.app = App(self.directory, {**defaults(PROFILE.settings), **NO_APPROVAL, **settings}, seed=7)
        self.app.base = "https://sp.example/scim/v2"
        self.sp = Sp()

    def play(self, *changes: Change, answers: Answers | None = None) -> Played:
        """Run all jobs of these changes, keeping promises on the way as the engine does."""
        played = Played()
        for phase in PROFILE.jobs(changes, self.app):
            for job in phase.jobs:
                played.jobs.append(job)
                outcome = run(job, answers or self.sp, self.app.links.keep, played)
                played.outcomes[job.subject] = outcome
        return played

    def assign(self, *keys: str, **how: Any) -> Played:
        self.app.assigned_people |= dict.fromkeys(keys)
        return self.play(*(Change("assigned", key) for key in keys), **how)

    def unassign(self, *keys: str, **how: Any) -> Played:
        for key in keys:
            del self.app.assigned_people[key]
        return self.play(*(Change("unassigned", key) for key in keys), **how)

    def push(self, *keys: str, **how: Any) -> Played:
        self.app.pushed |= dict.fromkeys(keys)
        return self.play(*(Change("pushed", group=key) for key in keys), **how)

    def unpush(self, key: str, delete: bool | None = None) -> Played:
        del self.app.pushed[key]
        return self.play(Change("unpushed", group=key, delete=delete))

    def update(self, key: str, **attributes: Any) -> Played:
        self.put(key, **attributes)
        return self.play(Change("updated", key, attributes=tuple(attributes)))

    def put(self, key: str, **attributes: Any) -> Person:
        changed = replace(self.directory.person(key), **attributes)
        self.directory.put_person(changed)
        return changed

    def become(self, kind: str, key: str, status: Any, **how: Any) -> Played:
        """Disable, enable, suspend, unsuspend or delete a person."""
        self.put(key, status=status)
        return self.play(Change(kind, key), **how)

    def rename(self, key: str, name: str, **how: Any) -> Played:
        self.directory.put_group(replace(self.directory.group(key), displayName=name))
        return self.play(Change("group-updated", group=key, attributes=("displayName",)), **how)

    def members(self, key: str, *members: str) -> None:
        self.directory.put_group(replace(self.directory.group(key), members=members))

    def join(self, person_key: str, key: str, **how: Any) -> Played:
        self.members(key, *self.directory.group(key).members, person_key)
        return self.play(Change("joined", person_key, key), **how)

    def leave(self, person_key: str, key: str, **how: Any) -> Played:
        self.members(key, *(each for each in self.directory.group(key).members if each != person_key))
        return self.play(Change("left", person_key, key), **how)

    def request(self, call: Call) -> Request:
        connection = Connection(self.app.base, "Bearer tok-1", settings=self.app.settings)
        return PROFILE.request(call, connection)

    def text(self, calls: Sequence[Call]) -> str:
        """The exact requests of these calls, as a golden file holds them."""
        return http(self.request(call) for call in calls)


@pytest.fixture
def world() -> World:
    """OneLogin with its defaults, but for approvals, which are off."""
    return World({})


@pytest.fixture
def company() -> Callable[..., World]:
    """OneLogin with these switches."""
    return lambda **settings: World(settings)


@pytest.fixture
def says() -> Callable[..., Response]:
    """An answer: a status and a body as JSON."""
    return answer


@pytest.fixture
def finish() -> Callable[..., tuple[Outcome, Played]]:
    """Run one job on answers of one's own: its outcome, and what it did."""

    def finished(job: Job, answers: Answers) -> tuple[Outcome, Played]:
        played = Played()
        return run(job, answers, lambda _: None, played), played

    return finished
