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
    """Remove what was created: by a POST that was answered 2xx, or found by a name that carries this run's suffix.

    Signing in may have created users as well, which no POST tells of.
    """
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
    signed_in, left = _signed_in(session)
    created |= dict.fromkeys(signed_in)
    for kind, identifier in sorted(created, key=lambda each: each[0] == "user"):
        answer = session.reader.delete(kind, identifier)
        if isinstance(answer, Response) and (answer.status < 300 or answer.status in (404, 410)):
            removed += answer.status < 300
        elif len(left) < MOST_LEFT:
            said = answer.reason if isinstance(answer, NoResponse) else f"DELETE was answered {answer.status}"
            left.append(f"{PATHS[kind]}/{identifier}: {said}")
    return CleanUp(removed, tuple(left))


def _signed_in(session: Session) -> tuple[list[tuple[Kind, str]], list[str]]:
    """The users of those who were let in under a name of this run, and what could not be looked up."""
    names = [each.userName for each in session.signing.met.values() if session.names.marks(each.userName)]
    looked = {name: _found(session, "user", name) for name in names}
    unknown = [name for name, found in looked.items() if found is None][:MOST_LEFT]
    left = [f"{name}: signing in may have made a user, who cannot be looked up" for name in unknown]
    return [("user", each) for found in looked.values() for each in found or ()], left


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
