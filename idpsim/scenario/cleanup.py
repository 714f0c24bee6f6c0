"""Cleaning up: what this run created at the service provider is removed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

from idpsim.provisioning.links import Kind
from idpsim.scenario.reader import NAMED_BY, PATHS
from idpsim.scenario.results import CleanUp
from idpsim.scenario.session import Session
from idpsim.scim import get
from idpsim.wire import Exchange, NoResponse, Response

MOST_LEFT = 50
LATE = 1.0


def clean_up(session: Session) -> CleanUp:
    """Remove what was created: by a POST that was answered 2xx, or found by a name that carries this run's suffix."""
    created = dict.fromkeys(session.administration.made)
    lost: dict[tuple[Kind, str], None] = {}
    for kind, found, name in _posts(session):
        if found is not None:
            created[kind, found] = None
        elif session.names.marks(name):
            lost[kind, name] = None
    for kind, name in lost:
        created |= dict.fromkeys((kind, each) for each in _late(session, kind, name))
    removed = 0
    left: list[str] = []
    for kind, identifier in sorted(created, key=lambda each: each[0] == "user"):
        answer = session.reader.delete(kind, identifier)
        if isinstance(answer, Response) and (answer.status < 300 or answer.status in (404, 410)):
            removed += answer.status < 300
        elif len(left) < MOST_LEFT:
            said = answer.reason if isinstance(answer, NoResponse) else f"DELETE was answered {answer.status}"
            left.append(f"{PATHS[kind]}/{identifier}: {said}")
    return CleanUp(removed, tuple(left))


def _posts(session: Session) -> Iterator[tuple[Kind, str | None, str]]:
    """Each POST of the vendor: the id that it was answered with (None: none came back) and the name that it sent."""
    base = session.reader.connection.base.rstrip("/")
    paths: dict[str, Kind] = {"/Users": "user", "/Groups": "group"}
    for exchange in session.world.transcript:
        request = exchange.request
        if request.method != "POST" or exchange.by != "vendor":
            continue
        kind = paths.get(request.url.removeprefix(base).partition("?")[0])
        if kind is not None and (isinstance(exchange.answer, NoResponse) or exchange.answer.status < 300):
            yield kind, _identifier(exchange), _name(kind, exchange)


def _identifier(exchange: Exchange) -> str | None:
    document = exchange.answer.json if isinstance(exchange.answer, Response) else None
    found = get(document, "id") if isinstance(document, dict) else None
    return found if isinstance(found, str) and found else None


def _name(kind: Kind, exchange: Exchange) -> str:
    try:
        body = json.loads(exchange.request.body or b"{}")
    except ValueError:
        return ""
    return str(body.get(NAMED_BY[kind], "")) if isinstance(body, dict) else ""


def _late(session: Session, kind: Kind, name: str) -> list[str]:
    """What a filter finds under the name, looked for once more where it finds nothing: the write may come to light."""
    found = _found(session, kind, name)
    if found == [] and not session.world.immediate:
        session.world.sleep(LATE)
        found = _found(session, kind, name)
    return found or []


def _found(session: Session, kind: Kind, name: str) -> list[str] | None:
    """The ids of the resources of this name, which carries the suffix; None where they cannot be looked up."""
    resources = session.reader.find(kind, NAMED_BY[kind], name)
    if not isinstance(resources, list):
        return None
    same = (each for each in resources if str(get(each, NAMED_BY[kind])).casefold() == name.casefold())
    return [found for each in same if isinstance(found := get(each, "id"), str) and found]
