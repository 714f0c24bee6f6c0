"""What the service provider says of itself: configuration, resource types and schemas, as its switches make it."""

from __future__ import annotations

from typing import Any

from .problem import Problem
from .schema import ENTERPRISE, GROUP, SCHEMAS, USER, Attribute
from .search import LIST_RESPONSE
from .switches import Switches

_CORE = "urn:ietf:params:scim:schemas:core:2.0:"


def configuration(switches: Switches, base: str) -> dict[str, Any]:
    """The ServiceProviderConfig."""
    return {
        "schemas": [f"{_CORE}ServiceProviderConfig"],
        "patch": {"supported": switches.patch},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": switches.page_size},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": True},
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token per identity provider, issued by an administrator.",
                "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base}/ServiceProviderConfig"},
    }


def resource_types(switches: Switches, base: str) -> dict[str, Any]:
    """The list of resource types."""
    return _listed([_resource_type(name, base) for name in (("User", "Group") if switches.groups else ("User",))])


def resource_type(name: str, switches: Switches, base: str) -> dict[str, Any]:
    """One resource type; Problem 404 where there is none."""
    return _one(name, resource_types(switches, base), "resource type")


def schemas(switches: Switches, base: str) -> dict[str, Any]:
    """The list of schemas."""
    return _listed([_schema(urn, base) for urn in SCHEMAS if urn != GROUP or switches.groups])


def schema(urn: str, switches: Switches, base: str) -> dict[str, Any]:
    """One schema; Problem 404 where there is none."""
    return _one(urn, schemas(switches, base), "schema")


def _one(id: str, listed: dict[str, Any], what: str) -> dict[str, Any]:
    for resource in listed["Resources"]:
        if resource["id"].lower() == id.lower():
            found: dict[str, Any] = resource
            return found
    raise Problem(404, f"There is no {what} {id[:100]!r}.")


def _listed(resources: list[dict[str, Any]]) -> dict[str, Any]:
    count = len(resources)
    return {
        "schemas": [LIST_RESPONSE],
        "totalResults": count,
        "startIndex": 1,
        "itemsPerPage": count,
        "Resources": resources,
    }


def _resource_type(name: str, base: str) -> dict[str, Any]:
    return {
        "schemas": [f"{_CORE}ResourceType"],
        "id": name,
        "name": name,
        "endpoint": f"/{name}s",
        "schema": USER if name == "User" else GROUP,
        "schemaExtensions": [{"schema": ENTERPRISE, "required": False}] if name == "User" else [],
        "meta": {"resourceType": "ResourceType", "location": f"{base}/ResourceTypes/{name}"},
    }


def _schema(urn: str, base: str) -> dict[str, Any]:
    name, attributes = SCHEMAS[urn]
    return {
        "schemas": [f"{_CORE}Schema"],
        "id": urn,
        "name": name,
        "description": name,
        "attributes": [_attribute(one) for one in attributes],
        "meta": {"resourceType": "Schema", "location": f"{base}/Schemas/{urn}"},
    }


def _attribute(one: Attribute) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": one.name,
        "type": one.type,
        "multiValued": one.multi,
        "description": one.name,
        "required": one.required,
        "mutability": one.mutability,
        "returned": one.returned,
    }
    if one.type == "string":
        described["caseExact"] = one.exact
    if one.type != "complex":
        described["uniqueness"] = one.unique
    if one.canonical:
        described["canonicalValues"] = list(one.canonical)
    if one.refers:
        described["referenceTypes"] = list(one.refers)
    if one.sub:
        described["subAttributes"] = [_attribute(sub) for sub in one.sub]
    return described
