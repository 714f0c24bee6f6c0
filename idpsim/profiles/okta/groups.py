"""Okta's flows on groups: push, rename, membership, unlink."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from idpsim.profiles.okta import facts
from idpsim.profiles.okta.users import SUCCESS, identified, lookup
from idpsim.provisioning.flow import (
    Call,
    Done,
    Ended,
    Failed,
    Flow,
    accepted,
    delete,
    get,
    patch,
    post,
    put,
    resource,
    segment,
)
from idpsim.provisioning.links import Link, Promise
from idpsim.scim import GROUP
from idpsim.wire import Answer, Quirk

Steps = Generator["Call | Promise", Answer, Any]


@dataclass(frozen=True, slots=True)
class Member:
    """A person who can be pushed: in the group, assigned, and with a user at the service provider."""

    uid: str
    id: str
    userName: str

    def element(self) -> dict[str, str]:
        return {"value": self.id, "display": self.userName}


@dataclass(frozen=True, slots=True)
class Pushed:
    """A pushed group as the app holds it; `members` are all who can be pushed."""

    uid: str
    name: str
    members: tuple[Member, ...]
    puts: bool
    full_push: str = "path"
    name_patch: str = "always"

    @property
    def uids(self) -> frozenset[str]:
        return frozenset(member.uid for member in self.members)


def push(group: Pushed, link: Link | None, members_at_once: bool) -> Flow:
    """Make the group exist under its name, or take over the one that does, and push its members."""
    if link is not None:
        yield from (_put(group, link) if group.puts else _replace(group, link))
        return Done()
    found = yield from lookup("/Groups", "displayName", group.name)
    link = yield from (_made(group) if found is None else _linked(group, identified(found)))
    if not members_at_once:
        return Done("memberships are not pushed at once")
    if group.puts:
        yield from _put(group, link, keep=found is not None)
        return Done()
    yield from accepted(get(f"/Groups/{segment(link.id)}"), 200)
    yield from _name(group, link)
    yield from (_replace(group, link) if found is None else _add(group, link, group.members))
    return Done("" if found is None else "found by its name and taken over: members that it had stay")


def _linked(group: Pushed, identifier: str) -> Steps:
    yield Promise("group", group.uid, id=identifier)
    return Link("group", group.uid, identifier)


def _made(group: Pushed) -> Steps:
    body = {"schemas": [GROUP], "displayName": group.name, "members": []}
    call = post("/Groups", body, facts.CREATED_EMPTY)
    made = resource(call, (yield from accepted(call, *SUCCESS)))
    yield Promise("group", group.uid, made["id"], {"displayName": group.name}, members=frozenset(), created=True)
    return Link("group", group.uid, made["id"])


def _put(group: Pushed, link: Link, keep: bool = False) -> Steps:
    """GET and PUT of the whole group; with `keep` the members that it had stay, as they do when a group is linked."""
    path = f"/Groups/{segment(link.id)}"
    answer = yield from accepted(get(path), 200)
    if not isinstance(answer.json, dict):
        raise Ended(Failed(f"GET {path} was answered 200 without a JSON object", answer))
    members = [member.element() for member in group.members]
    body = {
        "schemas": [GROUP],
        "id": link.id,
        "displayName": group.name,
        "members": [*(_others(answer.json, group) if keep else ()), *members],
    }
    yield from accepted(put(path, body, facts.PUT_EVERYTHING), *SUCCESS)
    yield Promise("group", group.uid, values={"displayName": group.name}, members=group.uids)


def _others(held: Mapping[str, Any], group: Pushed) -> list[Any]:
    mine = {member.id for member in group.members}
    members = held.get("members")
    elements = [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []
    return [each for each in elements if not isinstance(each.get("value"), str) or each["value"] not in mine]


def _name(group: Pushed, link: Link) -> Steps:
    value = {"id": link.id, "displayName": group.name}
    yield from _patch(link, {"op": "replace", "value": value}, facts.ID_IN_VALUE)
    yield link.promising(displayName=group.name)


def _replace(group: Pushed, link: Link) -> Steps:
    members = [member.element() for member in group.members]
    operation: dict[str, Any] = {"op": "replace", "path": "members", "value": members}
    if group.full_push != "path":
        operation = {"op": "replace", "value": {"members": members}}
    if group.full_push == "pathless-with-id":
        operation["value"] |= {"id": link.id, "displayName": group.name}
    yield from _patch(link, operation, facts.REPLACE_MEMBERS)
    yield Promise("group", group.uid, members=group.uids)


def _add(group: Pushed, link: Link, joined: tuple[Member, ...]) -> Steps:
    if joined:
        yield from _patch(link, _addition(joined))
        yield Promise("group", group.uid, joined=frozenset(member.uid for member in joined))


def _addition(joined: tuple[Member, ...]) -> dict[str, Any]:
    return {"op": "add", "path": "members", "value": [member.element() for member in joined]}


def _patch(link: Link, *arguments: Mapping[str, Any] | Quirk) -> Steps:
    operations = [each for each in arguments if not isinstance(each, Quirk)]
    quirks = tuple(each for each in arguments if isinstance(each, Quirk))
    yield from accepted(patch(f"/Groups/{segment(link.id)}", *operations, quirks=quirks), *SUCCESS)


def rename(group: Pushed, link: Link) -> Flow:
    """Give the group its new name."""
    yield from (_put(group, link) if group.puts else _name(group, link))
    return Done()


def change_members(group: Pushed, link: Link, joined: tuple[Member, ...], left: tuple[Member, ...]) -> Flow:
    """Send who came and who went: one PATCH and, behind it, the name once more; or the whole group."""
    if group.puts:
        yield from _put(group, link)
        return Done()
    operations: list[Mapping[str, Any]] = [
        {"op": "remove", "path": f'members[value eq "{member.id}"]'} for member in left
    ]
    if joined:
        operations.append(_addition(joined))
    yield from _patch(link, *operations, facts.REMOVE_THEN_ADD)
    yield Promise(
        "group",
        group.uid,
        joined=frozenset(member.uid for member in joined),
        left=frozenset(member.uid for member in left),
    )
    if group.name_patch == "always":
        yield from accepted(get(f"/Groups/{segment(link.id)}"), 200)
        yield from _patch(
            link,
            {"op": "replace", "value": {"id": link.id, "displayName": group.name}},
            facts.ID_IN_VALUE,
            facts.NAME_AFTER_MEMBERS,
        )
        yield link.promising(displayName=group.name)
    return Done()


def unlink(link: Link, remove: bool) -> Flow:
    """Stop pushing the group: delete it at the service provider, or leave it there."""
    if not remove:
        yield Promise("group", link.uid, forget=True)
        return Done("the group stays at the service provider")
    yield from accepted(delete(f"/Groups/{segment(link.id)}"), *SUCCESS, 404)
    return Done(promises=(link.gone(),))
