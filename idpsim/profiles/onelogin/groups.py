"""OneLogin's requests on groups: made, joined and left in the course of a person's sync; and Refresh."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from idpsim.profiles.onelogin import facts
from idpsim.profiles.onelogin.stock import CORE_1
from idpsim.provisioning.flow import (
    Call,
    Done,
    Ended,
    Failed,
    Flow,
    accepted,
    get,
    listed,
    patch,
    post,
    refused,
    resource,
    segment,
    usable_id,
)
from idpsim.provisioning.links import Link, Promise
from idpsim.scim import GROUP
from idpsim.wire import Answer, Response

Steps: TypeAlias = Generator["Call | Promise", Answer, Any]


@dataclass(frozen=True, slots=True)
class Entitlement:
    """One group in one person's sync, by the role's uid; `id` is None where no group of this name is known.

    `former` is the link of a role that had this name before: its group is taken over. `held` says that the person's
    membership has been sent.
    """

    uid: str
    name: str
    id: str | None
    held: bool = False
    former: Link | None = None


Groups: TypeAlias = tuple[Entitlement, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an app writes group requests: as a v1.1 connector, or as a v2 one that removes by value or by filter."""

    v1: bool = False
    remove: str = "value"

    def add(self, group: str, user: str) -> Call:
        """The PATCH that makes a user a member."""
        if self.v1:
            return self._v1(group, user, "add")
        operation = {"op": "add", "path": "members", "value": [{"value": user}]}
        return patch(_path(group), operation, quirks=(facts.ONE_MEMBER,))

    def drop(self, group: str, user: str) -> Call:
        """The PATCH that ends a user's membership."""
        if self.v1:
            return self._v1(group, user, "delete")
        if self.remove == "filter":
            operation: dict[str, Any] = {"op": "remove", "path": f'members[value eq "{user}"]'}
            return patch(_path(group), operation, quirks=(facts.ONE_MEMBER, facts.REMOVE_BY_FILTER))
        operation = {"op": "remove", "path": "members", "value": [{"value": user}]}
        return patch(_path(group), operation, quirks=(facts.ONE_MEMBER, facts.REMOVE_BY_VALUE))

    def make(self, name: str) -> Call:
        """The POST that makes a group."""
        body = {"schemas": [CORE_1 if self.v1 else GROUP], "displayName": name, "members": []}
        return post("/Groups", body, facts.CREATED_EMPTY)

    def _v1(self, group: str, user: str, operation: str) -> Call:
        body = {"schemas": [CORE_1], "members": [{"value": user, "operation": operation}]}
        return Call("PATCH", _path(group), (), body, (facts.ONE_MEMBER, facts.V1_MEMBERS))


def _path(group: str) -> str:
    return f"/Groups/{segment(group)}"


def forgotten(person: str, entitlements: Groups) -> Steps:
    """A person with a new id at the service provider is a member of nothing, whatever was sent before."""
    for each in entitlements:
        if each.held and each.id is not None:
            yield Promise("group", each.uid, left=frozenset({person}))


def entitle(person: str, user: str, gained: Groups, lost: Groups, how: Dialect) -> Steps:
    """Send each membership that is new, then each that has ended; what failed, None where nothing did.

    A group that fails keeps none of the others from being sent.
    """
    failures: list[Failed] = []
    joins = (_join(person, user, each, how) for each in gained)
    leaves = (_leave(person, user, each, how) for each in lost)
    for steps in chain(joins, leaves):
        try:
            yield from steps
        except Ended as ended:
            failures += [ended.outcome] if isinstance(ended.outcome, Failed) else []
    if not failures:
        return None
    return Failed("; ".join(each.reason for each in failures), failures[0].answer, source=facts.CAPTURE)


def _join(person: str, user: str, group: Entitlement, how: Dialect) -> Steps:
    identifier = group.id
    if group.former is not None:
        identifier = group.former.id
        yield from _taken_over(group, group.former)
    elif identifier is None:
        identifier = yield from _made(group, how)
    if not group.held:
        yield from accepted(how.add(identifier, user), 200, 204)
        yield Promise("group", group.uid, joined=frozenset({person}))


def _leave(person: str, user: str, group: Entitlement, how: Dialect) -> Steps:
    yield from accepted(how.drop(group.id or "", user), 200, 204)
    yield Promise("group", group.uid, left=frozenset({person}))


def _made(group: Entitlement, how: Dialect) -> Steps:
    call = how.make(group.name)
    answer = yield call
    if isinstance(answer, Response) and answer.status == 409:
        failed = refused(call, answer)
        raise Ended(Failed(f"{failed.reason}; {facts.ONLY_KNOWN_GROUPS}", answer, source=facts.WORKOS))
    if not isinstance(answer, Response) or answer.status not in (200, 201):
        raise Ended(refused(call, answer))
    made = resource(call, answer)
    values = {"displayName": group.name}
    yield Promise("group", group.uid, made["id"], values, whole=True, members=frozenset(), created=True)
    return made["id"]


def _taken_over(group: Entitlement, former: Link) -> Steps:
    yield Promise(
        "group", group.uid, former.id, former.values, whole=True, members=former.members, created=former.created
    )
    yield Promise("group", former.uid, forget=True)


def set_aside(link: Link, aside: str) -> Flow:
    """After a role's renaming, keep the group of its old name under a uid of its own; nothing is sent.

    To OneLogin a group is its name: the new name is another group, and the old one is left by its members.
    """
    yield Promise("group", aside, link.id, link.values, whole=True, members=link.members, created=link.created)
    yield Promise("group", link.uid, forget=True)
    return Done()


def refresh(roles: tuple[tuple[str, str, str | None], ...]) -> Flow:
    """Refresh the entitlements: list the groups, and link those that bear a role's name.

    `roles` are uid, name and known id. A known group that is no longer listed is forgotten, unless `totalResults`
    says that the answer is only a page.
    """
    call = get("/Groups", (), facts.LIST_GROUPS)
    answer: Response = yield from accepted(call, 200)
    found = listed(call, answer)
    total = answer.json.get("totalResults")
    whole = not isinstance(total, int) or total <= len(found)
    names = {each["id"]: each.get("displayName") for each in reversed(found) if usable_id(each.get("id"))}
    by_name = {name: identifier for identifier, name in names.items() if isinstance(name, str)}
    for uid, name, known in roles:
        if known in names:
            continue
        if name in by_name:
            yield Promise("group", uid, by_name[name], {"displayName": name}, whole=True)
        elif known is not None and whole:
            yield Promise("group", uid, forget=True)
    part = "" if whole else f" of {total}: the rest stays unknown"
    return Done(f"{len(found)} groups read{part}, {sum(name in by_name for _, name, _ in roles)} bear a role's name")
