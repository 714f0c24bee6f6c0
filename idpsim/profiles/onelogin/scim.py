"""OneLogin's SCIM client: the tasks that changes make, and the bytes of a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote_plus

from idpsim.profiles.onelogin import facts, groups, roles, tasks, users
from idpsim.profiles.onelogin.signon_settings import SIGN_ON_SETTINGS
from idpsim.profiles.onelogin.switches import SETTINGS
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Call, Done, Skipped, nothing
from idpsim.provisioning.profile import Change, Connection, Job, Phase, Profile
from idpsim.wire import Headers, Request, compact

_FRAMING = {"host", "content-length"}


def jobs(changes: Sequence[Change], app: App) -> Iterator[Phase]:
    """The tasks of people, one after the other; what is told of roles follows from them."""
    yield Phase(list(_renamed(changes, app)))
    yield Phase(_tasks(changes, app))
    yield Phase(_told(changes, app))


def _renamed(changes: Sequence[Change], app: App) -> Iterator[Job]:
    for change in changes:
        group = app.group(change.group or "")
        link = app.links.group(change.group or "")
        if change.kind != "group-updated" or group is None or link is None or app.settings["group_mode"] == "off":
            continue
        if link.values.get("displayName") != group.displayName:
            yield Job(group.uid, groups.set_aside, (link, roles.aside(link, app)), (change,))


def _tasks(changes: Sequence[Change], app: App) -> Iterator[Job]:
    of_people: dict[str, list[Change]] = {}
    for change in changes:
        if change.person is not None:
            of_people.setdefault(change.person, []).append(change)
    enqueuing = [change for change in changes if change.person is None and change.kind in roles.ENQUEUING]
    synced: set[str] = set()
    for uid, theirs in of_people.items():
        person = app.person(uid)
        for job in tasks.jobs_of(person, theirs, app) if person is not None else ():
            synced |= {uid} if job.flow is users.sync else set()
            yield job
    for change in changes:
        if change.kind == "import":
            yield _refresh(change, app)
        for person in roles.people_of(change, app):
            if person.uid not in synced:
                synced.add(person.uid)
                yield from tasks.jobs_of(person, [_again(each, person.uid) for each in enqueuing], app)


def _again(change: Change, uid: str) -> Change:
    """What it takes to run one person's part of a role's change again, after an approval or a failure."""
    return Change("sync", uid, change.group, delete=change.delete)


def _refresh(change: Change, app: App) -> Job:
    if app.settings["group_mode"] == "off":
        return Job.skipping(change, facts.GROUPS_OFF)
    every = (app.directory.group(key) for key in app.directory.groups())
    links = ((group, app.links.group(group.uid)) for group in every)
    known = tuple((group.uid, group.displayName, link.id if link else None) for group, link in links)
    return Job("app", groups.refresh, (known,), (change,))


def _told(changes: Sequence[Change], app: App) -> Iterator[Job]:
    told: set[str] = set()
    for change in changes:
        if change.kind in tasks.MEMBERSHIP:
            yield _told_of_membership(change, app)
        elif change.group is not None and change.group not in told:
            told.add(change.group)
            yield Job(change.group, nothing, (roles.told(change, app),), (change,))
        elif change.kind == "sync" and change.subject == "app":
            nobody = Skipped("nobody has access to the app", by="state")
            outcome = Done("mappings are reapplied") if any(True for _ in app.everyone_assigned()) else nobody
            yield Job("app", nothing, (outcome,), (change,))


def _told_of_membership(change: Change, app: App) -> Job:
    person = app.person(change.person or "")
    reason = None if person is None else tasks.reason_against(change, person, app)
    outcome = roles.told_of_membership(change, reason, app)
    return Job(change.subject, nothing, (outcome,), (change,), lane=change.person or change.member or "")


def connect(app: App) -> Job:  # noqa: ARG001 - every app is checked in the same way
    """What pressing Enable at API Status does."""
    return Job("app", users.connection_check)


def request(call: Call, connection: Connection) -> Request:
    """The bytes of a call: parameters form-encoded, each followed by `&`; `?` even where there are none."""
    settings = connection.settings
    pairs = [f"{name}={quote_plus(value, errors='replace')}" for name, value in call.params]
    if settings.get("trailing_query_mark", True):
        query = "?" + "".join(f"{pair}&" for pair in pairs)
    else:
        query = "?" + "&".join(pairs) if pairs else ""
    body = None if call.body is None else compact(call.body)
    url = connection.base.removesuffix("/") + call.path + query
    return Request(call.method, url, _headers(connection, body), body)


def _headers(connection: Connection, body: bytes | None) -> Headers:
    content_type = connection.settings.get("content_type", "application/json")
    own = (
        ("Host", connection.host),
        *((("Authorization", connection.authorization),) if connection.authorization else ()),
        *((("Content-Type", content_type),) if content_type else ()),
        *((("Content-Length", str(len(body))),) if body is not None else ()),
    )
    custom = dict(_custom(connection.settings))
    kept = tuple(custom.pop(name.lower(), (name, value)) for name, value in own)
    return (*kept, *custom.values(), *connection.headers)


def _custom(settings: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str]]]:
    """The custom headers by lower-case name; a line without a colon is none, and framing stays OneLogin's."""
    for line in "\n".join(settings.get("custom_headers", ())).splitlines():
        name, colon, value = (part.strip() for part in line.partition(":"))
        if name and colon and name.lower() not in _FRAMING:
            yield name.lower(), (name, value)


PROFILES = (
    Profile(
        name="onelogin",
        vendor="onelogin",
        title="OneLogin, SCIM Provisioner with SAML",
        plays="lookup and PUT of the rendered template for users, one PATCH per membership for groups",
        evidence="one capture of the v2 Enterprise connector, and guides; suspension and removals are inferred",
        settings={**SETTINGS, **SIGN_ON_SETTINGS},
        connect=connect,
        jobs=jobs,
        request=request,
        nesting=Skipped(
            "a OneLogin role has people, and no roles", "https://github.com/onelogin/terraform-provider-onelogin"
        ),
        never=facts.NEVER,
    ),
)
