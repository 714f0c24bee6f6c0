"""Okta's flows on users: create or link, profile push, deactivate, password."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from idpsim.profiles.okta import facts
from idpsim.profiles.okta.lists import page
from idpsim.profiles.okta.mapping import Profile, document
from idpsim.profiles.okta.merging import merged
from idpsim.provisioning.flow import (
    Call,
    Done,
    Ended,
    Failed,
    Flow,
    Skipped,
    accepted,
    equals,
    get,
    patch,
    post,
    put,
    resource,
    segment,
    usable_id,
)
from idpsim.provisioning.links import Link, Promise
from idpsim.scim import values_of
from idpsim.wire import Answer, Quirk, Response

Steps = Generator["Call | Promise", Answer, Any]
SUCCESS = (200, 201, 204)
COMPUTED = (".formatted", ".display", ".$ref", ":manager.displayName")


def lookup(path: str, attribute: str, value: str) -> Steps:
    """The one resource with this name, None where there is none: an empty list, or 404 with a SCIM error."""
    params = (("filter", equals(attribute, value)), ("startIndex", "1"), ("count", "100"))
    call = get(path, params, facts.FILTER_PAGED)
    answer: Response = yield from accepted(call, 200, 404)
    if answer.status == 404:
        return _nobody(call, answer)
    found, _ = page(call, answer)
    if len(found) > 1:
        raise Ended(Failed(f"the lookup of {value} found {len(found)} resources", answer, source=facts.REFERENCE))
    return found[0] if found else None


def _nobody(call: Call, answer: Response) -> None:
    if answer.body.strip() and not isinstance(answer.json, dict):
        why = f"{call.method} {call.path} was answered 404 with something that is not JSON: Okta cannot read the error"
        raise Ended(Failed(why, answer, source=facts.REFERENCE))


def identified(found: Mapping[str, Any]) -> str:
    """The id of a resource that a lookup found; without a usable one the flow ends as failed."""
    identifier = found.get("id")
    if not isinstance(identifier, str) or not usable_id(identifier):
        raise Ended(Failed("the lookup found a resource without a usable id"))
    return identifier


def assign(profile: Profile, link: Link | None, pushes: bool, create: bool, update: bool) -> Flow:
    """Look the person up; create the user, or take over the one that is there and bring it up to date."""
    found = yield from lookup("/Users", profile.lookup, profile.person.userName)
    if found is None:
        return (yield from _create(profile, create))
    user = Link("user", profile.uid, identified(found))
    yield Promise("user", profile.uid, id=user.id)
    if not pushes and (link is None or found.get("active") is not True):
        yield from _set(user, {"active": True})
    quirk = facts.PUT_EVERYTHING if pushes else facts.PUT_PROFILE
    if pushes or update:
        yield from _push(user, profile, None, quirk, {"externalId": profile.id} | ({"active": True} if pushes else {}))
    if update and profile.settings.get("second_put_on_match"):
        yield from _push(user, profile, None, quirk)
    return Done("found by its name and taken over")


def _create(profile: Profile, create: bool) -> Flow:
    if not create:
        return Skipped("Create Users is off", facts.REFERENCE, by="settings")
    body = document(profile)
    call = post("/Users", body, facts.PLACEHOLDER_PASSWORD, facts.EMPTY_GROUPS)
    answer = yield from accepted(call, *SUCCESS)
    if not answer.body.strip():
        raise Ended(Failed("Create new user returned empty user.", answer, source=facts.REFERENCE))
    made = resource(call, answer)
    return Done(promises=(Promise("user", profile.uid, made["id"], _acknowledged(body), whole=True, created=True),))


def update(profile: Profile, link: Link, changed: tuple[str, ...] | None, quirk: Quirk) -> Flow:
    """Read the user, lay the changed attributes (None: all) over it, and PUT the whole."""
    prefix = f"{profile.namespace}:"
    customs = tuple(path.removeprefix(prefix) for path in link.values if path.startswith(prefix))
    yield from _push(link, profile, changed, quirk, customs=customs)
    return Done()


def _push(
    link: Link,
    profile: Profile,
    changed: tuple[str, ...] | None,
    quirk: Quirk,
    match: Mapping[str, Any] | None = None,
    customs: tuple[str, ...] = (),
) -> Steps:
    """GET and PUT; on a `match` these values go into the PUT too, and an empty `groups` where there is none."""
    held = yield from _read(link)
    body, cleared = (new := merged(held, profile, changed, customs)).body, new.cleared
    if match is not None:
        body |= match
        body.setdefault("groups", [])
    yield from _put(link, body, quirk)
    yield link.promised(_acknowledged(body) | dict.fromkeys(cleared), whole=True)


def _read(link: Link) -> Steps:
    call = get(f"/Users/{segment(link.id)}")
    answer = yield from accepted(call, 200)
    held = answer.json
    if not isinstance(held, dict):
        raise Ended(Failed(f"GET {call.path} was answered 200 without a JSON object", answer))
    return held


def _put(link: Link, body: Mapping[str, Any], quirk: Quirk) -> Steps:
    yield from accepted(put(f"/Users/{segment(link.id)}", body, quirk, facts.ECHO), *SUCCESS)


def _acknowledged(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a POST or PUT asks for; what the service provider computes or does not return promises nothing."""
    values = values_of({key: value for key, value in body.items() if key not in ("groups", "password")})
    return {path: value for path, value in values.items() if not path.endswith(COMPUTED)}


def _set(link: Link, values: Mapping[str, Any]) -> Steps:
    operation = {"op": "replace", "value": dict(values)}
    yield from accepted(patch(f"/Users/{segment(link.id)}", operation, quirks=(facts.PATHLESS_PATCH,)), *SUCCESS)
    yield link.promised(values)


def deactivate(link: Link, pushes: bool) -> Flow:
    """Switch the user off: with a PATCH, or with GET and a PUT in which only `active` is changed."""
    if pushes:
        held = yield from _read(link)
        body = {**held, "active": False}
        yield from _put(link, body, facts.PUT_EVERYTHING)
        return Done(promises=(link.promised(_acknowledged(body), whole=True),))
    yield from _set(link, {"active": False})
    return Done()


def set_password(link: Link, password: str, pushes: bool) -> Flow:
    """Set the password at the service provider; it cannot be read back, so nothing is promised."""
    if pushes:
        held = yield from _read(link)
        yield from _put(link, {**held, "password": password}, facts.PUT_EVERYTHING)
    else:
        operation = {"op": "replace", "value": {"password": password}}
        yield from accepted(patch(f"/Users/{segment(link.id)}", operation, quirks=(facts.PATHLESS_PATCH,)), *SUCCESS)
    return Done()
