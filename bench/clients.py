"""The clients that idpsim is compared with: each sends the same three requests for each person, and nothing else.

A client is made with the base URL and called with a number of people. The loops send bytes that were made before; only
scim2-client makes and checks its own, for that is what it is for.
"""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Callable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

Client: TypeAlias = Callable[[int], None]
TYPE = "application/scim+json; charset=utf-8"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PERSON: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    "userName": "ada.lovelace1.k3x9f@example.com",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [{"primary": True, "value": "ada.lovelace1.k3x9f@example.com", "type": "work"}],
    "displayName": "Ada Lovelace",
    "locale": "en-GB",
    "externalId": "00uK3fP0aVq8Xc1Zr5d7",
    "groups": [],
    "password": "x8Qm2LpZ",
    "active": True,
    "title": "Senior Analyst",
    "userType": "Employee",
    "preferredLanguage": "en-GB",
    "timezone": "Europe/London",
    "phoneNumbers": [{"primary": True, "value": "+44 20 7946 0142", "type": "work"}],
    "addresses": [{"primary": True, "locality": "London", "country": "GB", "type": "work"}],
    ENTERPRISE: {
        "costCenter": "CC-417",
        "department": "Engineering",
        "division": "Engineering Division",
        "employeeNumber": "000001",
        "organization": "Example Corp.",
        "manager": {"value": "grace.hopper2.k3x9f@example.com", "displayName": "Grace Hopper"},
    },
}
BODY = json.dumps(PERSON, separators=(",", ":")).encode()
LEAVE = (
    b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],'
    b'"Operations":[{"op":"replace","value":{"active":false}}]}'
)
FILTER = 'userName eq "ada.lovelace1.k3x9f@example.com"'
QUERY = "?filter=userName%20eq%20%22ada.lovelace1.k3x9f%40example.com%22&startIndex=1&count=100"
HELD = "/Users/2819c223-7f76-453a-919d-000000000001"
CALLS = (("GET", f"/Users{QUERY}", None), ("POST", "/Users", BODY), ("PATCH", HELD, LEAVE))
HEADERS = {
    "Accept": "application/scim+json",
    "Accept-Charset": "utf-8",
    "Content-Type": TYPE,
    "User-Agent": "Okta SCIM Client 1.0.0",
    "Authorization": "Bearer abcdefghijklmnopqrstuvwxyz0123456789",
}


def raw_socket(base: str) -> Client:
    """Bytes out and bytes in, nothing read: what the stub can do for one client."""
    place = urlsplit(base)
    sock = socket.create_connection((place.hostname or "", place.port or 80))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    fields = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    sent = [
        f"{method} {place.path}{path} HTTP/1.1\r\nHost: {place.netloc}\r\n{fields}"
        f"Content-Length: {len(body or b'')}\r\n\r\n".encode()
        + (body or b"")
        for method, path, body in CALLS
    ]

    def play(people: int) -> None:
        for _ in range(people):
            for data in sent:
                sock.sendall(data)
                assert sock.recv(65536).startswith(b"HTTP/1.1 20")

    return play


def http_client(base: str) -> Client:
    """The standard library's client on one connection that is kept open."""
    place = urlsplit(base)
    connection = http.client.HTTPConnection(place.hostname or "", place.port)

    def play(people: int) -> None:
        for _ in range(people):
            for method, path, body in CALLS:
                connection.request(method, place.path + path, body, HEADERS)
                answer = connection.getresponse()
                assert answer.read()
                assert answer.status in (200, 201)

    return play


def requests_session(base: str) -> Client:
    """A Session of requests, as most scripts use it."""
    import requests

    session = requests.Session()
    session.headers.update(HEADERS)

    def play(people: int) -> None:
        for _ in range(people):
            for method, path, body in CALLS:
                answer = session.request(method, base + path, data=body)
                assert answer.content
                assert answer.status_code in (200, 201)

    return play


def scim2_client(base: str) -> Client:
    """scim2-client over httpx2, told beforehand what the service provider can do."""
    import httpx2
    from scim2_client.engines.httpx2 import SyncSCIMClient
    from scim2_models import (
        EnterpriseUser,
        Filter,
        Patch,
        PatchOp,
        PatchOperation,
        ResourceType,
        ScimProvider,
        SearchRequest,
        ServiceProviderConfig,
        User,
    )

    full = User[EnterpriseUser]
    config = ServiceProviderConfig(patch=Patch(supported=True), filter=Filter(supported=True, max_results=100))
    provider = ScimProvider([User, EnterpriseUser], [ResourceType.from_resource(full)], config)
    http = httpx2.Client(base_url=base, headers={"Authorization": HEADERS["Authorization"]})
    scim = SyncSCIMClient(http, provider=provider)
    document = {name: value for name, value in PERSON.items() if name != "groups"}

    def play(people: int) -> None:
        for _ in range(people):
            search = SearchRequest(filter=FILTER, start_index=1, count=100)
            assert scim.query(full, query_parameters=search).total_results == 0
            made = scim.create(full.model_validate(document))
            leave = PatchOp[full](operations=[PatchOperation(op="replace", path="active", value=False)])
            assert scim.modify(full, made.id, leave) is not None

    return play


CLIENTS = {each.__name__: each for each in (raw_socket, http_client, requests_session, scim2_client)}
