"""Okta's SCIM 2.0 client: what each change makes it send, and the bytes of a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from idpsim.directory import Person
from idpsim.profiles.okta import facts, groups, users
from idpsim.profiles.okta.groups import Member, Pushed
from idpsim.profiles.okta.imports import import_all, test_connection
from idpsim.profiles.okta.mapping import MAPPED, profile_of
from idpsim.profiles.okta.signon_settings import SIGN_ON_SETTINGS
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Call, Skipped
from idpsim.provisioning.links import Link
from idpsim.provisioning.profile import Change, Connection, Job, Phase, Profile, Retry
from idpsim.wire import Headers, Request, compact

OFF: Literal["settings"] = "settings"
PATCH_ONLY = ("full_push", "name_patch")


@dataclass(frozen=True, slots=True)
class Client:
    """One personality: `puts` is an App Integration Wizard app, which has no PATCH."""

    puts: bool

    def jobs(self, changes: Sequence[Change], app: App) -> Iterator[Phase]:
        """Users first, then groups; Okta sends in bursts, each resource's requests in order."""
        yield Phase((job for change in changes for job in self._user_jobs(change, app)), parallel=True)
        yield Phase(list(self._group_jobs(changes, app)), parallel=True)

    def connect(self, app: App) -> Job:
        return Job("app", test_connection, (app.settings["import_groups"],))

    def _user_jobs(self, change: Change, app: App) -> Iterator[Job]:
        if change.kind == "sync":
            everyone = (app.directory.uid(key) for key in app.everyone_assigned())
            for uid in () if change.group else (change.person,) if change.person else everyone:
                yield self._sync(Change("sync", uid), app)
        elif change.kind == "import":
            yield Job("app", import_all, (app.settings["import_groups"],), (change,))
        elif change.person and not change.group:
            person = app.person(change.person)
            make = getattr(self, "_" + change.kind, None)
            if person is None or make is None:
                yield Job.skipping(change, facts.NEVER.get(change.kind, facts.NOTHING))
            else:
                yield make(change, person, app.links.user(change.person), app)

    def _sync(self, change: Change, app: App) -> Job:
        person, link = app.person(change.person or ""), app.links.user(change.person or "")
        if person is None or link is None:
            return Job.skipping(
                change, Skipped("Force Sync sends only users that are linked", facts.REFERENCE, "state")
            )
        return self._updated(change, person, link, app)

    def _assigned(self, change: Change, person: Person, link: Link | None, app: App) -> Job:
        if person.status in ("disabled", "deleted"):
            return Job.skipping(change, Skipped("a deactivated Okta user cannot be assigned", facts.CONCEPTS, "state"))
        if not _is_assigned(person, app):
            return Job.skipping(change, Skipped("the user is no longer assigned", by="state"))
        switches = app.settings["create_users"], app.settings["update_users"]
        return Job(change.subject, users.assign, (profile_of(app, person), link, self.puts, *switches), (change,))

    def _unassigned(self, change: Change, person: Person, link: Link | None, app: App) -> Job:
        if link is None:
            return Job.skipping(change, Skipped("the user was never provisioned", by="state"))
        if change.kind == "unassigned" and _is_assigned(person, app):
            return Job.skipping(change, Skipped("the user is still assigned, by a group or again", by="state"))
        if not app.settings["deactivate_users"]:
            return Job.skipping(change, Skipped("Deactivate Users is off", facts.REFERENCE, OFF))
        if not link.active:
            return Job.skipping(change, Skipped("the user is deactivated already", by="state"))
        return Job(person.uid, users.deactivate, (link, self.puts), (change,))

    _disabled = _unassigned
    _deleted = _unassigned

    def _enabled(self, change: Change, person: Person, link: Link | None, app: App) -> Job:
        if _is_assigned(person, app):
            return self._assigned(change, person, link, app)
        return Job.skipping(
            change, Skipped("Okta sends nothing until a reactivated user is assigned again", facts.TEST_PLAN)
        )

    def _updated(self, change: Change, person: Person, link: Link | None, app: App) -> Job:
        if link is None:
            return Job.skipping(change, Skipped("the user is not provisioned", by="state"))
        if not app.settings["update_users"]:
            return Job.skipping(change, Skipped("Update User Attributes is off", facts.REFERENCE, OFF))
        if not _is_assigned(person, app):
            return Job.skipping(change, Skipped("the user is not assigned", by="state"))
        mapped = MAPPED if app.settings["custom_namespace"] else MAPPED - {"custom"}
        if change.kind == "updated" and not set(change.attributes) & mapped:
            names = ", ".join(change.attributes)
            return Job.skipping(change, Skipped(f"{names}: not mapped by default", facts.REFERENCE))
        changed = change.attributes if change.kind == "updated" else None
        quirk = facts.PUT_EVERYTHING if self.puts else facts.PUT_PROFILE
        return Job(person.uid, users.update, (profile_of(app, person), link, changed, quirk), (change,))

    def _password(self, change: Change, person: Person, link: Link | None, app: App) -> Job:
        if not app.settings["sync_password"]:
            return Job.skipping(change, Skipped("Sync Password is off", facts.REFERENCE, OFF))
        if link is None or not _is_assigned(person, app):
            return Job.skipping(change, Skipped("the user is not provisioned", by="state"))
        password = str(change.detail.get("password") or app.guid(f"password {person.uid}"))
        return Job(person.uid, users.set_password, (link, password, self.puts), (change,))

    def _group_jobs(self, changes: Sequence[Change], app: App) -> Iterator[Job]:
        membership: dict[str, list[Change]] = {}
        for change in changes:
            if change.kind in ("joined", "left") and change.group:
                membership.setdefault(change.group, []).append(change)
            elif change.kind == "sync" and not change.person:
                for key in (change.group,) if change.group else tuple(app.pushed):
                    yield self._pushed(Change("sync", group=key), app)
            elif change.kind in ("group-assigned", "group-unassigned"):
                yield Job.skipping(change, facts.ASSIGNED_GROUP)
            elif change.kind in ("pushed", "group-updated", "unpushed", "group-deleted"):
                yield getattr(self, "_" + change.kind.replace("-", "_"))(change, app)
        for uid, moves in membership.items():
            yield self._moved(uid, moves, app)

    def _pushed(self, change: Change, app: App) -> Job:
        uid = change.subject
        args = (self._group(uid, app), app.links.group(uid), app.settings["push_members_at_once"])
        return Job(uid, groups.push, args, (change,))

    def _group_updated(self, change: Change, app: App) -> Job:
        link = app.links.group(change.subject)
        if link is None:
            return Job.skipping(change, Skipped("the group is not pushed", by="state"))
        if not app.settings["rename_groups"]:
            return Job.skipping(change, Skipped("renaming of app groups is off", facts.TEST_PLAN, OFF))
        return Job(change.subject, groups.rename, (self._group(change.subject, app, whole=self.puts), link), (change,))

    def _unpushed(self, change: Change, app: App) -> Job:
        link = app.links.group(change.subject)
        if link is None:
            return Job.skipping(change, Skipped("the group is not pushed", by="state"))
        return Job(change.subject, groups.unlink, (link, change.delete is not False), (change,))

    def _group_deleted(self, change: Change, app: App) -> Job:
        if app.links.group(change.subject) is None:
            return Job.skipping(change, Skipped("the group is not pushed", by="state"))
        why = "what Okta does at the service provider when a pushed group is deleted in Okta is not known: unpush it"
        return Job.skipping(change, Skipped(why, facts.REFERENCE))

    def _moved(self, uid: str, moves: Sequence[Change], app: App) -> Job:
        link = app.links.group(uid)
        if link is None:
            return Job.skipping(moves[0], Skipped("the group is not pushed", by="state"))
        now = set(group.members) if (group := app.group(uid)) else set()
        people = [person for each in dict.fromkeys(move.person for move in moves) if (person := app.person(each or ""))]
        joined = tuple(self._members((person for person in people if person.key in now), app))
        left = tuple(_removable((person for person in people if person.key not in now), link, app))
        if not joined and not left:
            why = "Okta leaves out members that are not assigned and provisioned"
            return Job.skipping(moves[0], Skipped(why, facts.REFERENCE, "state"))
        args = (self._group(uid, app, whole=self.puts), link, joined, left)
        return Job(uid, groups.change_members, args, tuple(moves))

    def _group(self, uid: str, app: App, *, whole: bool = True) -> Pushed:
        group = app.group(uid)
        name, keys = (group.displayName, group.members if whole else ()) if group else ("", ())
        people = (app.directory.person(key) for key in keys if app.directory.has_person(key))
        held = app.links.group(uid)
        if held is not None and not app.settings["rename_groups"]:
            name = str(held.values.get("displayName", name))
        members = tuple(self._members(people, app))
        return Pushed(uid, name, members, self.puts, *(app.settings.get(each, "") for each in PATCH_ONLY))

    def _members(self, people: Iterable[Person], app: App) -> Iterator[Member]:
        for person in people:
            link = app.links.user(person.uid)
            if link is not None and link.active and _is_assigned(person, app):
                yield Member(person.uid, link.id, person.userName)

    def request(self, call: Call, connection: Connection) -> Request:
        """The bytes of a call: headers in the order in which Okta's documentation prints them."""
        url = connection.base.rstrip("/") + call.path + _query(call, connection.settings.get("query_space", "%20"))
        body = None if call.body is None else compact(call.body)
        return Request(call.method, url, _headers(call, connection, body), body)


def _is_assigned(person: Person, app: App) -> bool:
    """Whether the app is theirs: not a deactivated user's, nor one's whose name another has now."""
    gone = person.status in ("disabled", "deleted", "purged") or app.directory.uid(person.key) != person.uid
    return not gone and app.assigned(person.key)


def _removable(people: Iterable[Person], group: Link, app: App) -> Iterator[Member]:
    """Who was pushed as a member and has an active user."""
    for person in people:
        link = app.links.user(person.uid)
        if link is not None and link.active and person.uid in group.members:
            yield Member(person.uid, link.id, person.userName)


def _query(call: Call, space: str) -> str:
    pairs = (f"{name}={quote(value, safe='', errors='replace')}".replace("%20", space) for name, value in call.params)
    return "?" + "&".join(pairs) if call.params else ""


def _headers(call: Call, connection: Connection, body: bytes | None) -> Headers:
    typed = body is not None or (call.method == "DELETE" and call.path.startswith("/Groups"))
    return (
        ("Accept", "application/scim+json"),
        ("Accept-Charset", "utf-8"),
        *((("Content-Type", "application/scim+json; charset=utf-8"),) if typed else ()),
        ("User-Agent", "Okta SCIM Client 1.0.0"),
        *((("Authorization", connection.authorization),) if connection.authorization else ()),
        *((("Content-Length", str(len(body))),) if body is not None else ()),
        ("Host", connection.host),
        ("Connection", "Keep-Alive"),
        ("Accept-Encoding", "gzip,deflate"),
        *connection.headers,
    )


def _profile(
    name: str, title: str, plays: str, evidence: str, settings: Mapping[str, object], *, puts: bool
) -> Profile:
    client = Client(puts)
    return Profile(
        name=name,
        vendor="okta",
        title=title,
        plays=plays,
        evidence=evidence,
        settings={**{key: each for key, each in facts.SETTINGS.items() if key in settings}, **SIGN_ON_SETTINGS},
        connect=client.connect,
        jobs=client.jobs,
        request=client.request,
        never=facts.NEVER,
        nesting=Skipped("an Okta group has people as members, and no groups", facts.CONCEPTS),
        retries=(Retry(("429",), (300.0,), 10, retry_after=True, doubling=True, quirk=facts.RATE_LIMIT),),
        push_and_assign_conflict=facts.NOT_BOTH,
        disable_unassigns=True,
    )


PROFILES = (
    _profile(
        "okta",
        "Okta, SCIM 2.0 test app and integration-network apps",
        "PUT for profiles, PATCH without a path for activation, PATCH for groups",
        "documented, and captured by several service providers",
        facts.SETTINGS,
        puts=False,
    ),
    _profile(
        "okta-aiw",
        "Okta, App Integration Wizard app",
        "GET and PUT of the whole resource for everything",
        "captured: a lab log and full header dumps, 2026",
        {key: None for key in facts.SETTINGS if key not in PATCH_ONLY},
        puts=True,
    ),
)
