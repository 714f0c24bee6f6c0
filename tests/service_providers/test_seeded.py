"""The sound service provider takes the vendors' forms rightly; a seeded bug shows in its own point, and only there."""

import io
import json
import time
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from .seeded import BUGS, TOKEN, UNUSUAL, ServiceProvider, make_app

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MANAGER = f"{ENTERPRISE}:manager"
WORK_EMAIL = 'emails[type eq "work"].value'


class Client:
    """Requests in process: a method, a path as it stands in the request line, a body."""

    def __init__(self, app: ServiceProvider, token: str = TOKEN) -> None:
        self.app, self.token, self.count = app, token, 0

    def __call__(self, method: str, target: str, body: object = None) -> tuple[int, Any]:
        path, _, query = target.partition("?")
        text = b"" if body is None else json.dumps(body).encode()
        statuses: list[int] = []
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(text)),
            "HTTP_AUTHORIZATION": f"Bearer {self.token}",
            "wsgi.input": io.BytesIO(text),
        }
        answer = b"".join(self.app(environ, lambda status, _headers: statuses.append(int(status[:3]))))
        return statuses[0], json.loads(answer) if answer else None

    def patch(self, path: str, *operations: object) -> tuple[int, Any]:
        return self("PATCH", path, {"Operations": operations})

    def user(self, **attributes: object) -> Any:
        self.count += 1
        email = f"Ada{self.count}@example.com"
        body = {
            "schemas": [USER, ENTERPRISE],
            "userName": email,
            "externalId": f"eXt{self.count}",
            "active": True,
            "title": "Analyst",
            "name": {"givenName": "Ada", "familyName": "Lovelace"},
            "emails": [{"primary": True, "type": "work", "value": email}],
            "phoneNumbers": [{"type": "work", "value": "+46 90 1000"}],
            ENTERPRISE: {"department": "Engines"},
        }
        return self("POST", "/Users", body | attributes)[1]

    def read(self, resource: Any) -> Any:
        return self("GET", f"/{resource['meta']['resourceType']}s/{resource['id']}")[1]

    def after(self, resource: Any, *operations: object) -> Any:
        """The resource as it is read after a PATCH."""
        self.patch(f"/{resource['meta']['resourceType']}s/{resource['id']}", *operations)
        return self.read(resource)

    def group(self, *members: Any) -> Any:
        self.count += 1
        values = [{"value": member["id"]} for member in members]
        return self("POST", "/Groups", {"displayName": f"Group {self.count}", "members": values})[1]

    def find(self, attribute: str, value: str) -> list[Any]:
        text = urllib.parse.quote_plus(f'{attribute} eq "{value}"')
        return list(self("GET", f"/Users?filter={text}&")[1]["Resources"])


def ids(group: Any) -> list[str]:
    return sorted(member["value"] for member in group.get("members", ()))


Check = Callable[[Client], bool]


def flag(value: object, **path: str) -> Check:
    """`active` is false after this value was sent."""

    def check(client: Client) -> bool:
        operation = {"op": "Replace", **path, "value": value}
        return client.after(client.user(), operation)["active"] is False

    return check


def members(operation: Callable[[Any, Any], object], expected: Callable[[Any, Any, Any], list[Any]]) -> Check:
    """A group of two, changed by an operation made of (the second, an outsider), then has these members."""

    def check(client: Client) -> bool:
        one, two, other = client.user(), client.user(), client.user()
        group = client.after(client.group(one, two), operation(two["id"], other["id"]))
        return ids(group) == sorted(user["id"] for user in expected(one, two, other))

    return check


def put_keeps(client: Client) -> bool:
    user = client.user()
    client("PUT", f"/Users/{user['id']}", user | {"title": "Countess"})
    after = {name.lower(): value for name, value in client.read(user).items()}
    return after.get("title") == "Countess" and after.get(ENTERPRISE.lower()) == {"department": "Engines"}


def reactivates(client: Client) -> bool:
    user = client.user(active=False)
    client("PUT", f"/Users/{user['id']}", user | {"active": True})
    return client.read(user)["active"] is True


def deletes(client: Client) -> bool:
    user = client.user()
    status, _ = client("DELETE", f"/Users/{user['id']}?")
    return status == 204 and client("GET", f"/Users/{user['id']}")[0] == 404


def renames_group(client: Client) -> bool:
    group = client.group()
    after = client.after(group, {"op": "replace", "value": {"id": group["id"], "displayName": "New"}})
    return bool(after["displayName"] == "New")


def loses_nothing(client: Client) -> bool:
    group, users = client.group(), [client.user() for _ in range(12)]

    def join(user: Any) -> object:
        operation = {"op": "Add", "path": "members", "value": [{"value": user["id"]}]}
        return client.patch(f"/Groups/{group['id']}", operation)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(join, users))
    return ids(client.read(group)) == sorted(user["id"] for user in users)


CHECKS: dict[str, Check] = {
    "disable-text": flag("False", path="active"),
    "disable-boolean": flag(False, path="active"),
    "disable-pathless": flag({"active": False}),
    "rename-group-pathless": renames_group,
    "remove-filtered": members(
        lambda two, _other: {"op": "remove", "path": f'members[value eq "{two}"]'},
        lambda one, _two, _other: [one],
    ),
    "remove-by-value": members(
        lambda two, _other: {"op": "Remove", "path": "members", "value": [{"value": two}]},
        lambda one, _two, _other: [one],
    ),
    "add-member": members(
        lambda _two, other: {"op": "Add", "path": "members", "value": [{"value": other}]},
        lambda one, two, other: [one, two, other],
    ),
    "put-keeps": put_keeps,
    "reactivate": reactivates,
    "user-name-folds": lambda client: bool(client.find("userName", client.user()["userName"].upper())),
    "external-id-exact": lambda client: not client.find("externalId", client.user()["externalId"].upper()),
    "delete": deletes,
    "inactive-is-found": lambda client: bool(client.find("userName", client.user(active=False)["userName"])),
    "concurrent-joins": loses_nothing,
}

FAILS: dict[str, set[str]] = {
    "string-false-ignored": {"disable-text"},
    "pathless-ignored": {"disable-pathless", "rename-group-pathless"},
    "filtered-remove-wipes-group": {"remove-filtered"},
    "value-remove-wipes-group": {"remove-by-value"},
    "add-replaces-members": {"add-member", "concurrent-joins"},
    "put-drops-attributes": {"put-keeps"},
    "reactivation-ignored": {"reactivate"},
    "filter-case-sensitive": {"user-name-folds"},
    "filter-folds-case": {"external-id-exact"},
    "answers-200-for-nothing": set(CHECKS) - {"user-name-folds", "external-id-exact", "delete", "inactive-is-found"},
    "lost-updates": {"concurrent-joins"},
    "hides-inactive": {"inactive-is-found"},
    "delete-is-ignored": {"delete"},
}


def failing(client: Client) -> set[str]:
    return {name for name, check in CHECKS.items() if not check(client)}


def test_the_sound_one_passes_every_check() -> None:
    assert failing(Client(make_app())) == set()


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_shows_in_its_own_point_only(bug: str) -> None:
    assert failing(Client(make_app(bug))) == FAILS[bug]


@pytest.mark.parametrize("unusual", sorted(set(UNUSUAL) - {"eventually", "members-not-returned", "soft-delete"}))
def test_an_unusual_one_passes_every_check_that_it_shows(unusual: str) -> None:
    exact_members = {"remove-filtered", "remove-by-value", "add-member", "concurrent-joins"}

    assert failing(Client(make_app(unusual=unusual))) == (exact_members if "from-before" in unusual else set())


SENT = [
    (
        "a title-case op on a name",
        {"op": "Replace", "path": "name.givenName", "value": "A"},
        ("name", "givenName"),
        "A",
    ),
    (
        "a mobile that was not there",
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "1"},
        ("phoneNumbers", 1),
        {"type": "mobile", "value": "1"},
    ),
    (
        "a work e-mail",
        {"op": "Replace", "path": WORK_EMAIL, "value": "a@b.example"},
        ("emails", 0, "value"),
        "a@b.example",
    ),
    ("a manager as text", {"op": "Add", "path": MANAGER, "value": "7"}, (ENTERPRISE, "manager"), {"value": "7"}),
    ("a dotted key", {"op": "replace", "value": {"name.familyName": "B"}}, ("name", "familyName"), "B"),
    ("a URN key", {"op": "replace", "value": {f"{ENTERPRISE}:department": "D"}}, (ENTERPRISE, "department"), "D"),
    ("a URN object", {"op": "add", "value": {ENTERPRISE: {"division": "D"}}}, (ENTERPRISE, "division"), "D"),
    (
        "a role by quoted boolean",
        {"op": "Add", "path": 'roles[primary eq "True"].value', "value": "R"},
        ("roles", 0, "value"),
        "R",
    ),
]


@pytest.mark.parametrize(("operation", "path", "value"), [row[1:] for row in SENT], ids=[row[0] for row in SENT])
def test_the_sound_one_takes(operation: object, path: tuple[Any, ...], value: object) -> None:
    client = Client(make_app())

    found = client.after(client.user(), operation)

    for step in path:
        found = found[step]
    assert found == value


def test_a_manager_is_removed_by_filter() -> None:
    client = Client(make_app())
    user = client.user(**{ENTERPRISE: {"manager": {"value": "7"}}})

    assert "manager" not in client.after(user, {"op": "remove", "path": 'manager[value eq "7"]'}).get(ENTERPRISE, {})


def test_onelogins_urns_are_those_of_the_rfc() -> None:
    body = {
        "schemas": ["urn:scim:schemas:core:2.0", "urn:scim:schemas:extension:enterprise:2.0"],
        "userName": "jdoe",
        "emails": {"value": "jdoe@example.com", "type": "work", "primary": True},
        "urn:scim:schemas:extension:enterprise:2.0": {"department": "D", "manager": {"managerId": "7"}},
    }

    status, user = Client(make_app())("POST", "/scim/v2/Users?", body)

    assert status == 201
    assert user["schemas"] == [USER, ENTERPRISE]
    assert user[ENTERPRISE] == {"department": "D", "manager": {"value": "7"}}
    assert user["emails"] == [{"value": "jdoe@example.com", "type": "work", "primary": True}]
    assert user["active"] is True


def test_a_put_without_active_leaves_it() -> None:
    client = Client(make_app())
    user = client.user(active=False)

    client("PUT", f"/Users/{user['id']}?", {"userName": user["userName"]})

    assert client.read(user)["active"] is False


def test_what_the_service_provider_owns_is_not_taken_from_a_put() -> None:
    client = Client(make_app())
    user = client.user()

    status, after = client("PUT", f"/Users/{user['id']}", user | {"id": "other", "groups": ["x"], "password": "secret"})

    assert (status, after["id"]) == (200, user["id"])
    assert not {"groups", "password"} & set(after)


@pytest.mark.parametrize(
    ("method", "target", "body", "status"),
    [
        ("POST", "/Users", {"userName": "ADA1@EXAMPLE.COM"}, 409),
        ("POST", "/Users", {"displayName": "nobody"}, 400),
        ("POST", "/Groups", {"displayName": "g", "members": [{"value": "nobody"}]}, 400),
        ("PATCH", "/Users/none", {"Operations": [{"op": "replace", "path": "active", "value": False}]}, 404),
        ("GET", "/Users?filter=userName+sw+%22a%22", None, 400),
        ("GET", "/Users/none", None, 404),
        ("DELETE", "/Groups/none", None, 404),
        ("PUT", "/Users", {}, 405),
        ("GET", "/Nothing", None, 404),
    ],
)
def test_it_refuses(method: str, target: str, body: object, status: int) -> None:
    client = Client(make_app())
    client.user()

    answered, error = client(method, target, body)

    assert (answered, error["status"]) == (status, str(status))


def test_a_wrong_token_is_refused() -> None:
    assert Client(make_app(), token="wrong")("GET", "/Users")[0] == 401


def test_an_unknown_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        make_app("no-such-bug")


def test_soft_delete_leaves_an_inactive_user_who_can_come_back() -> None:
    client = Client(make_app(unusual="soft-delete"))
    user = client.user()

    status, _ = client("DELETE", f"/Users/{user['id']}")

    assert status == 204
    assert client.read(user)["active"] is False
    assert client("POST", "/Users", {"userName": user["userName"]})[0] == 201
    assert client.read(user)["active"] is True


def test_eventually_shows_a_change_late_and_a_creation_at_once() -> None:
    client = Client(make_app(unusual="eventually"))
    user = client.user()

    at_once = client.after(user, {"op": "replace", "path": "title", "value": "Countess"})
    not_yet = client.find("userName", user["userName"])
    time.sleep(0.6)

    assert (at_once["title"], not_yet) == ("Analyst", [])
    assert client.find("userName", user["userName"])[0]["title"] == "Countess"


def test_members_not_returned_still_has_them() -> None:
    client = Client(make_app(unusual="members-not-returned"))

    group = client.group(client.user())

    assert "members" not in client.read(group)
    assert len(client.app.stored["Groups"][group["id"]]["members"]) == 1


@pytest.mark.parametrize(
    ("unusual", "read"),
    [
        ("phones-normalised", lambda user: user["phoneNumbers"][0]["value"] == "+46901000"),
        ("username-lowercased", lambda user: user["userName"] == "ada1@example.com"),
        ("extra-attributes", lambda user: "profileUrl" in user),
        ("lowercase-schemas", lambda user: ENTERPRISE.lower() in user),
        ("uuid-upper", lambda user: user["id"] == user["id"].upper()),
        ("short-ids", lambda user: user["id"] == "1"),
        ("display-names-added", lambda user: user["displayName"] == "Ada Lovelace"),
        ("groups-echoed", lambda user: user["groups"] == []),
        ("etag-headers", lambda user: user["meta"]["version"].startswith('W/"')),
        ("absolute-locations", lambda user: user["meta"]["location"].startswith("https://sp.example/")),
        ("relative-locations", lambda user: user["meta"]["location"].startswith("/scim/v2/")),
        ("nulls-for-absent", lambda user: user["nickName"] is None),
    ],
)
def test_it_is_unusual(unusual: str, read: Callable[[Any], bool]) -> None:
    client = Client(make_app(unusual=unusual))

    assert read(client.read(client.user()))


def test_a_page_is_a_part_and_attributes_can_be_left_out() -> None:
    client = Client(make_app())
    client.group(client.user())
    client.user()

    _, page = client("GET", "/Users?startIndex=2&count=1")
    _, groups = client("GET", "/Groups?excludedAttributes=members&filter=displayName+eq+%22group+2%22")

    assert (page["totalResults"], page["itemsPerPage"]) == (2, 1)
    assert groups["totalResults"] == 1
    assert "members" not in groups["Resources"][0]
