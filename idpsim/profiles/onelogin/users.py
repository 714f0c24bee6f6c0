"""OneLogin's flows on users: the sync of a person, removal, suspension; and the connection check."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from idpsim.profiles.onelogin import facts
from idpsim.profiles.onelogin.groups import Dialect, Entitlement, entitle, forgotten
from idpsim.profiles.onelogin.templates import acknowledged, quirks_of, with_active
from idpsim.provisioning.flow import (
    Call,
    Done,
    Ended,
    Failed,
    Flow,
    accepted,
    delete,
    equals,
    get,
    listed,
    post,
    put,
    refused,
    resource,
    segment,
    usable_id,
)
from idpsim.provisioning.links import Link, Promise
from idpsim.scim import get as attribute
from idpsim.wire import Answer, Response

Steps: TypeAlias = Generator["Call | Promise", Answer, Any]
NOBODY = "onelogin-connection-check-0"


@dataclass(frozen=True, slots=True)
class Task:
    """One person's sync: the lookup value, the rendered template, and the groups that come and go.

    `gained` are all groups that the person is entitled to, `lost` those that a removal is due for. With `revives` a
    user who is found inactive comes back.
    """

    uid: str
    userName: str
    body: Mapping[str, Any]
    how: Dialect
    link: Link | None = None
    gained: tuple[Entitlement, ...] = ()
    lost: tuple[Entitlement, ...] = ()
    resend: bool = False
    revives: bool = True
    on_lookup_miss: str = "put"
    get_by_id: bool = False
    note: str = ""


def connection_check() -> Flow:
    """Enable the API: look up somebody who does not exist; an empty list or 404 passes."""
    params = (("filter", equals("userName", NOBODY)),)
    call = get("/Users", params, facts.PROBE, facts.DANGLING, probe=True)
    answer = yield from accepted(call, 200, 404)
    if answer.status == 200 and listed(call, answer):
        return Failed("the lookup of a userName that nobody has found somebody", answer, source=facts.IMPLEMENT)
    return Done("API Status: Enabled")


def sync(task: Task) -> Flow:
    """Look the person up; create or update the user; then send the memberships that have changed."""
    found = yield from _lookup(task.userName)
    link, body = task.link, task.body
    if link is None and found is not None:
        link = Link("user", task.uid, found["id"])
        yield Promise("user", task.uid, id=link.id)
        yield from forgotten(task.uid, task.gained + task.lost)
        body = with_active(body, True) if task.revives and found.get("active") is False else body
    if link is None or (found is None and task.on_lookup_miss == "post"):
        fresh, user = True, (yield from _create(task))
    else:
        fresh, user = task.link is None, link.id
        yield from _update(link, body, task.get_by_id)
    gained = tuple(replace(each, held=False) if fresh or task.resend else each for each in task.gained)
    failed: Failed | None = yield from entitle(task.uid, user, gained, () if fresh else task.lost, task.how)
    return failed or Done(task.note)


def _lookup(name: str) -> Steps:
    """The first user with this userName, None where there is none: an empty list, or 404."""
    call = get("/Users", (("filter", equals("userName", name)),), facts.LOOKUP_FIRST, facts.DANGLING)
    answer: Response = yield from accepted(call, 200, 404)
    found = listed(call, answer) if answer.status == 200 else []
    if not found:
        return None
    if not usable_id(found[0].get("id")):
        raise Ended(Failed(f"the lookup of {name} found a user without a usable id", answer))
    return found[0]


def _create(task: Task) -> Steps:
    call = post("/Users", task.body, *quirks_of(task.body))
    answer = yield from accepted(call, 200, 201)
    made = resource(call, answer)
    yield Promise("user", task.uid, made["id"], acknowledged(task.body), whole=True, created=True)
    yield from forgotten(task.uid, task.gained + task.lost)
    _named(call, answer)
    return made["id"]


def _update(link: Link, body: Mapping[str, Any], get_by_id: bool = False) -> Steps:
    path = f"/Users/{segment(link.id)}"
    if get_by_id:
        yield from _held(get(path), link, 200)
    call = put(path, body, facts.PUT_TEMPLATE, *quirks_of(body))
    answer = yield from _held(call, link, 200, 204)
    yield link.promised(acknowledged(body), whole=True)
    _named(call, answer)


def _held(call: Call, link: Link, *statuses: int) -> Steps:
    """Send a call on a linked user; a 404 fails too, and the next sync's lookup decides anew."""
    answer = yield call
    if isinstance(answer, Response) and answer.status in statuses:
        return answer
    if isinstance(answer, Response) and answer.status == 404:
        yield Promise("user", link.uid, forget=True)
    raise Ended(refused(call, answer))


def _named(call: Call, answer: Response) -> None:
    document = answer.json
    name = attribute(document, "name") if isinstance(document, dict) else None
    if isinstance(name, dict) and all(isinstance(attribute(name, each), str) for each in ("givenName", "familyName")):
        return
    why = f"{call.method} {call.path} was answered {answer.status} without name.givenName and name.familyName"
    raise Ended(Failed(f"{why}: {facts.NAMES_NEEDED}", answer, source=facts.ZABBIX))


def remove(link: Link) -> Flow:
    """Delete the user; memberships are not sent."""
    yield from _held(delete(f"/Users/{segment(link.id)}"), link, 200, 202, 204)
    return Done(promises=(link.gone(),))


def suspend(link: Link, body: Mapping[str, Any]) -> Flow:
    """PUT the rendered template with `active` false; memberships are not sent."""
    call = put(f"/Users/{segment(link.id)}", body, facts.PUT_ACTIVE, *quirks_of(body))
    answer = yield from _held(call, link, 200, 204)
    yield link.promised(acknowledged(body), whole=True)
    _named(call, answer)
    return Done()
