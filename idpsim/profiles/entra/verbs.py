"""The requests that every flow is made of, and what Entra makes of an answer that it did not want."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, Literal, TypeAlias, TypeVar

from idpsim.profiles.entra import facts
from idpsim.provisioning.flow import Call, Ended, Failed, delete, equals, get, refused, segment, usable_id
from idpsim.provisioning.links import Promise
from idpsim.wire import Answer, NoResponse, Quirk, Response

T = TypeVar("T")
Steps: TypeAlias = Generator[Call | Promise, Answer, T]
Collection: TypeAlias = Literal["/Users", "/Groups"]

INCOMPATIBLE = "SystemForCrossDomainIdentityManagementServiceIncompatible"
FILTERING = "SystemForCrossDomainIdentityManagementServiceIncompatibleFiltering"
MULTIPLE = "SystemForCrossDomainIdentityManagementMultipleEntriesInResponse"
ANCHOR = "InvalidAnchor"
UNRESOLVED = "UnresolvedReference"
ENTRY_CONFLICT = "EntryConflict"
CODES = {
    401: "Unauthorized",
    403: "InsufficientRights",
    405: "MethodNotAllowed",
    409: "Conflict",
    422: "UnprocessableEntity",
    429: "TooManyRequests",
    500: "InternalServerError",
    501: "NotImplemented",
}
OTHER = "WebExceptionProtocolError"
LOOKUP_CODES = {400: FILTERING, 404: INCOMPATIBLE}
WRITTEN = (200, 201, 204)
WITHOUT_MEMBERS = (("excludedAttributes", "members"),)
_LISTS = ("emails", "phoneNumbers", "addresses", "roles")


def code_of(answer: Answer, codes: Mapping[int, str]) -> str:
    """Entra's name for the error that an answer is; `codes` are those of this kind of request."""
    if isinstance(answer, NoResponse):
        return "Timeout" if answer.kind == "timeout" else OTHER
    return codes.get(answer.status) or CODES.get(answer.status, OTHER)


def sent(call: Call, *statuses: int, codes: Mapping[int, str] = CODES) -> Steps[Response]:
    """Send `call` and return the answer; any status but these, or no answer, ends the flow under Entra's own code."""
    answer = yield call
    if isinstance(answer, Response) and answer.status in statuses:
        return answer
    raise Ended(refused(call, answer, code_of(answer, codes), facts.LOGS))


def written(call: Call, codes: Mapping[int, str] = CODES) -> Steps[Response]:
    """Send a PATCH; 200, 201 and 204 are success, 404 says that the object is gone."""
    return (yield from sent(call, *WRITTEN, codes={**codes, 404: ANCHOR}))


def unreadable(call: Call, answer: Response, why: str) -> Ended:
    """The end of a flow whose answer Entra cannot deserialize."""
    reason = f"{call.method} {call.path} was answered {answer.status}, and Entra cannot deserialize it: {why}"
    return Ended(Failed(reason, answer, INCOMPATIBLE, facts.LOGS))


def wrong_type(resource: Any) -> str:
    """Why Entra cannot deserialize a resource; empty where it can."""
    if not isinstance(resource, dict):
        return "it is no JSON object"
    if not usable_id(resource.get("id")):
        return "it has no usable id"
    for name, value in resource.items():
        if name == "active" and not isinstance(value, bool | None):
            return "active is no JSON boolean"
        if (name == "name" or name.lower().startswith("urn:")) and not isinstance(value, dict | None):
            return f"{name} is no JSON object"
        if name in _LISTS and (why := _wrong_elements(name, value)):
            return why
    return ""


def _wrong_elements(name: str, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return f"{name} is no list of JSON objects"
    for each in value:
        if not isinstance(each.get("primary"), bool | None):
            return f"primary in {name} is no JSON boolean"
        if not isinstance(each.get("type"), str | None):
            return f"type in {name} is no string"
    return ""


def resource_in(call: Call, answer: Response) -> dict[str, Any]:
    """The resource that an answer holds."""
    document = answer.json
    why = wrong_type(document)
    if why:
        raise unreadable(call, answer, why)
    found: dict[str, Any] = document
    return found


def listed_in(call: Call, answer: Response) -> list[Any]:
    """The resources of a ListResponse, not yet looked into."""
    document = answer.json
    found = document.get("Resources") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(found, list | None):
        raise unreadable(call, answer, "it is no ListResponse")
    return found or []


def filtered(collection: Collection, attribute: str, value: str, probe: bool = False) -> Call:
    """The lookup of one value of one attribute."""
    quirks = (facts.PROBE, facts.FILTER_AS_FORM) if probe else (facts.FILTER_AS_FORM,)
    return get(collection, _params(collection, equals(attribute, value)), *quirks, probe=probe)


def _params(collection: Collection, filter_: str) -> tuple[tuple[str, str], ...]:
    return (*(WITHOUT_MEMBERS if collection == "/Groups" else ()), ("filter", filter_))


def matched(collection: Collection, matching: tuple[tuple[str, str], ...]) -> Steps[str | None]:
    """The id of the one resource that the first fitting matching attribute finds, None where none finds any."""
    for attribute, value in matching:
        call = filtered(collection, attribute, value)
        answer = yield from sent(call, 200, codes=LOOKUP_CODES)
        found = listed_in(call, answer)
        if len(found) > 1:
            reason = f'{len(found)} resources have {attribute} "{value}", and Entra does not choose among them'
            raise Ended(Failed(reason, answer, MULTIPLE, facts.LOGS))
        if found:
            why = wrong_type(found[0])
            if why:
                raise unreadable(call, answer, why)
            return str(found[0]["id"])
    return None


def place(collection: Collection, identifier: str) -> str:
    """The path of a resource."""
    return f"{collection}/{segment(identifier)}"


def read(collection: Collection, identifier: str, *quirks: Quirk) -> Steps[dict[str, Any] | None]:
    """The resource with this id as the service provider holds it now, None where it answers 404."""
    groups = collection == "/Groups"
    params = WITHOUT_MEMBERS if groups else ()
    call = get(place(collection, identifier), params, *((facts.EXCLUDES_MEMBERS,) if groups else ()), *quirks)
    answer = yield from sent(call, 200, 404)
    return None if answer.status == 404 else resource_in(call, answer)


def lost(path: str) -> Ended:
    """The end of a flow whose object the service provider no longer knows."""
    reason = f"GET {path} was answered 404: what was created or matched there no longer exists"
    return Ended(Failed(reason, code=ANCHOR, source=facts.LOGS))


def removed(collection: Collection, identifier: str) -> Steps[None]:
    """Send a DELETE; 404 counts as done."""
    yield from sent(delete(place(collection, identifier)), 200, 202, 204, 404)
