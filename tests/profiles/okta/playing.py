"""A small company as Okta holds it, a service provider that keeps what it is sent, and the playing of changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from idpsim.directory import Directory, Group, person
from idpsim.profiles.okta.scim import PROFILES
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Call, Outcome
from idpsim.provisioning.links import Promise
from idpsim.provisioning.profile import Change, Connection, Job
from idpsim.provisioning.settings import defaults
from idpsim.provisioning.work import NoJournal, perform
from idpsim.wire import Answer, Request, Response
from tests.golden_files import http

OKTA, AIW = PROFILES
BASE = "https://sp.example.test/scim/v2"
Answers = Callable[[Call], Answer]


def answer(status: int, body: Any = None) -> Response:
    return Response(
        status, (("Content-Type", "application/scim+json"),), b"" if body is None else json.dumps(body).encode()
    )


def listing(*resources: Any) -> Response:
    return answer(
        200, {"totalResults": len(resources), "startIndex": 1, "itemsPerPage": len(resources), "Resources": resources}
    )


@dataclass
class Sp:
    """Keeps users and groups by id; `says` answers instead, by `METHOD path`."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    says: dict[str, Answer] = field(default_factory=dict)
    made: int = 0

    def __call__(self, call: Call) -> Answer:
        told = self.says.get(f"{call.method} {call.path}")
        return told if told is not None else getattr(self, f"_{call.method.lower()}")(call)

    def _get(self, call: Call) -> Answer:
        if call.path not in ("/Users", "/Groups"):
            document = self.held.get(unquote(call.path))
            return answer(404, {"status": "404"}) if document is None else answer(200, document)
        wanted = dict(call.params).get("filter", "").partition(' eq "')
        found = [each for path, each in self.held.items() if path.startswith(call.path)]
        return listing(*(each for each in found if not wanted[0] or each.get(wanted[0]) == wanted[2][:-1]))

    def _post(self, call: Call) -> Answer:
        self.made += 1
        identifier = f"{'u' if call.path == '/Users' else 'g'}-{self.made}"
        kept = {key: value for key, value in call.body.items() if key not in ("schemas", "password", "groups")}
        meta = {"resourceType": call.path[1:-1], "location": f"{BASE}{call.path}/{identifier}"}
        document = {"schemas": call.body["schemas"], "id": identifier, **kept, "meta": meta}
        self.held[f"{call.path}/{identifier}"] = document
        return answer(201, document)

    def _put(self, call: Call) -> Answer:
        self.held[unquote(call.path)] = call.body
        return answer(200, call.body)

    def _patch(self, call: Call) -> Answer:
        for operation in call.body["Operations"]:
            if "path" not in operation and unquote(call.path) in self.held:
                self.held[unquote(call.path)] = self.held[unquote(call.path)] | operation["value"]
        return Response(204)

    def _delete(self, call: Call) -> Answer:
        self.held.pop(unquote(call.path), None)
        return Response(204)


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
        return [compacted(call.body) for call in self.calls if call.body is not None]

    @property
    def operations(self) -> list[str]:
        """The operations of each PATCH."""
        return [compacted(call.body["Operations"]) for call in self.calls if call.method == "PATCH"]

    @property
    def words(self) -> dict[str, str]:
        return {subject: outcome.word for subject, outcome in self.outcomes.items()}


def compacted(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


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

    def __init__(self, profile: Any = OKTA, **settings: Any) -> None:
        people = {
            "ada": {"userName": "ada@example.test", "givenName": "Ada", "familyName": "Byron", "title": "Analyst"},
            "grace": {"userName": "grace@example.test", "givenName": "Grace", "familyName": "Hopper", "manager": "ada"},
            "alan": {"userName": "alan@example.test", "givenName": "Alan", "familyName": "Turing"},
        }
        groups = {
            "eng": Group("eng", "eng", "Eng All", ("ada", "grace")),
            "staff": Group("staff", "staff", "Staff", ("ada",)),
        }
        self.profile = profile
        self.directory = Directory({key: person(key, given) for key, given in people.items()}, groups)
        self.app = App(self.directory, {**defaults(profile.settings), **settings}, seed=7)
        self.sp = Sp()

    def play(self, *changes: Change, answers: Answers | None = None) -> Played:
        """Run all jobs of these changes, keeping promises on the way as the engine does."""
        played = Played()
        for phase in self.profile.jobs(changes, self.app):
            for job in phase.jobs:
                played.jobs.append(job)
                played.outcomes[job.subject] = run(job, answers or self.sp, self.app.links.keep, played)
        return played

    def jobs(self, *changes: Change) -> list[Job]:
        """The jobs, none of them run."""
        return [job for phase in self.profile.jobs(changes, self.app) for job in phase.jobs]

    def connect(self) -> Played:
        played = Played()
        job = self.profile.connect(self.app)
        played.outcomes["app"] = run(job, self.sp, self.app.links.keep, played)
        return played

    def uid(self, key: str) -> str:
        return self.directory.uid(key)

    def link(self, key: str) -> Any:
        found = self.app.links.user(key) or self.app.links.group(key)
        assert found is not None
        return found

    def assign(self, *keys: str) -> Played:
        self.app.assigned_people |= dict.fromkeys(keys)
        return self.play(*(Change("assigned", self.uid(key)) for key in keys))

    def unassign(self, *keys: str) -> Played:
        for key in keys:
            self.app.assigned_people.pop(key, None)
        return self.play(*(Change("unassigned", self.uid(key)) for key in keys))

    def put(self, key: str, **attributes: Any) -> None:
        self.app.put_person(replace(self.directory.person(key), **attributes))

    def update(self, key: str, **attributes: Any) -> Played:
        self.put(key, **attributes)
        return self.play(Change("updated", self.uid(key), attributes=tuple(attributes)))

    def become(self, kind: str, key: str, status: Any) -> Played:
        """Disable, enable or delete a person."""
        self.put(key, status=status)
        if status in ("disabled", "deleted"):
            self.app.assigned_people.pop(key, None)
        return self.play(Change(kind, self.uid(key)))

    def push(self, *keys: str) -> Played:
        self.app.pushed |= dict.fromkeys(keys)
        return self.play(*(Change("pushed", group=key) for key in keys))

    def unpush(self, key: str, delete: bool | None = None) -> Played:
        self.app.pushed.pop(key, None)
        return self.play(Change("unpushed", group=key, delete=delete))

    def rename(self, key: str, name: str) -> Played:
        self.directory.put_group(replace(self.directory.group(key), displayName=name))
        return self.play(Change("group-updated", group=key, attributes=("displayName",)))

    def members(self, key: str, *members: str) -> None:
        self.directory.put_group(replace(self.directory.group(key), members=members))

    def join(self, person_key: str, key: str) -> Played:
        self.members(key, *self.directory.group(key).members, person_key)
        return self.play(Change("joined", self.uid(person_key), key))

    def leave(self, person_key: str, key: str) -> Played:
        self.members(key, *(each for each in self.directory.group(key).members if each != person_key))
        return self.play(Change("left", self.uid(person_key), key))

    def request(self, call: Call) -> Request:
        return self.profile.request(call, Connection(BASE, "Bearer tok-1", settings=self.app.settings))

    def text(self, *played: Played) -> str:
        """The exact requests, as a golden file holds them."""
        return http(self.request(call) for each in played for call in each.calls)


def at_sp(world: World, **attributes: Any) -> dict[str, Any]:
    """A user who is at the service provider before the run, as an SP with its own mind returns them."""
    document = {
        "id": "u-481",
        "externalId": "sp-own-value",
        "meta": {"resourceType": "User", "created": "2026-01-02T03:04:05Z"},
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "ada@example.test",
        "displayName": "A. Byron",
        "active": True,
        "emails": [{"primary": True, "value": "old@example.test"}],
        "name": {"givenName": "A.", "familyName": "Byron", "formatted": "A. Byron"},
        "x-plan": {"seat": 4},
    } | attributes
    world.sp.held["/Users/u-481"] = document
    return document
