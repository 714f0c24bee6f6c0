"""Entra's SCIM client: the phases of a cycle, the bytes of a request, and the two profiles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from idpsim.profiles.entra import demand, facts, membership, people, probe
from idpsim.profiles.entra.rules import SETTINGS, rules_of
from idpsim.profiles.entra.scope import group_in_scope
from idpsim.profiles.entra.signon_settings import SIGN_ON_SETTINGS
from idpsim.profiles.entra.verbs import ENTRY_CONFLICT, UNRESOLVED
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Call, Skipped
from idpsim.provisioning.profile import Change, Connection, Job, Phase, Profile, Retry
from idpsim.wire import Headers, Request, compact

HOUR = 3600.0
CYCLE = 2400.0
RETRIES = (
    Retry((UNRESOLVED, ENTRY_CONFLICT, "429", "5xx", "none"), (0.0,), 28 * 36, quirk=facts.NEXT_CYCLE),
    Retry(("any",), (6 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR), 30, quirk=facts.ESCROW),
)
PARAMETERS = ("attributes", "excludedAttributes", "filter", "startIndex", "count")
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!*()")


@dataclass(frozen=True, slots=True)
class Client:
    """One personality: `flag` is aadOptscim062020 in the tenant URL."""

    flag: bool

    def jobs(self, changes: Sequence[Change], app: App) -> Iterator[Phase]:
        """On demand at once; else a cycle: probe, users, managers, groups, members."""
        restarted = any(change.kind == "restart" for change in changes)
        rules = rules_of(app.settings, self.flag, restarted)
        on_demand = [change for change in changes if change.kind == "on-demand"]
        if on_demand:
            yield Phase(demand.job(change, app, rules) for change in on_demand)
            if len(on_demand) == len(changes):
                return
        yield Phase((Job("app", probe.begin, (probe.targets(app, rules),)),), gate=True)
        everyone, groups = sorted_out(changes, app, "person"), sorted_out(changes, app, "group")
        yield from people.phases(everyone, app, rules)
        yield from membership.phases(groups, app, rules)

    def connect(self, app: App) -> Job:
        return Job("app", probe.probe, (probe.targets(app, rules_of(app.settings, self.flag)),))

    def request(self, call: Call, connection: Connection) -> Request:
        """The bytes of a call: form-encoded query, compact JSON, and no header that Entra is not known to send."""
        base = connection.base.partition("#")[0].partition("?")[0].rstrip("/")
        body = None if call.body is None else compact(call.body)
        url = base + call.path + query(call, connection.settings.get("hex_case", "lower"))
        return Request(call.method, url, _headers(connection, body), body)


def sorted_out(changes: Sequence[Change], app: App, what: Literal["person", "group"]) -> dict[str, list[Change]]:
    """Changes by person or by group, in the order in which each was first told of; a restart is told of everybody."""
    found: dict[str, list[Change]] = {}
    every = _everyone(app) if what == "person" else _every_group(app)
    if any(change.kind == "restart" and change.subject == "app" for change in changes) or _is_first(app):
        for uid in every:
            found[uid] = [Change("restart", person=uid) if what == "person" else Change("restart", group=uid)]
    for change in changes:
        uid_ = change.group if what == "group" else None if change.group else change.person
        if uid_ is not None and change.kind != "on-demand":
            found.setdefault(uid_, []).append(change)
    return found


def _is_first(app: App) -> bool:
    """Whether this is the initial cycle of an app whose scope is everybody, of whom no change needs to tell."""
    return app.settings.get("scope") == "all" and not app.links.count("user")


def _everyone(app: App) -> Iterator[str]:
    keys = app.directory.people() if app.settings.get("scope") == "all" else app.everyone_assigned()
    return (app.directory.person(key).uid for key in keys)


def _every_group(app: App) -> Iterator[str]:
    uids = (app.directory.group(key).uid for key in app.directory.groups())
    return (uid for uid in uids if group_in_scope(uid, app))


def query(call: Call, hex_case: str) -> str:
    """The query as .NET's UrlEncode leaves it, parameters in the order of Microsoft's reference code."""
    if not call.params:
        return ""
    ordered = sorted(call.params, key=lambda pair: PARAMETERS.index(pair[0]) if pair[0] in PARAMETERS else 9)
    return "?" + "&".join(f"{name}={encoded(value, hex_case)}" for name, value in ordered)


def encoded(text: str, hex_case: str = "lower") -> str:
    """Text as in a form: + for a space, hex in lower case, but in upper case for what is not ASCII."""
    return "".join(_letter(letter, hex_case) for letter in text)


def _letter(letter: str, hex_case: str) -> str:
    if letter in PLAIN:
        return letter
    if letter == " ":
        return "+"
    pattern = "%{:02x}" if letter.isascii() and hex_case == "lower" else "%{:02X}"
    return "".join(pattern.format(byte) for byte in letter.encode("utf-8", "replace"))


def _headers(connection: Connection, body: bytes | None) -> Headers:
    """No User-Agent, no Accept, no Accept-Encoding (azure-docs#94189, kortix-ai/suna#7297)."""
    typed = (("Content-Type", "application/scim+json; charset=utf-8"), ("Content-Length", str(len(body or b""))))
    return (
        ("Host", connection.host),
        *((("Authorization", connection.authorization),) if connection.authorization else ()),
        *(typed if body is not None else ()),
        *connection.headers,
    )


def _profile(name: str, title: str, plays: str, evidence: str, *, flag: bool) -> Profile:
    client = Client(flag)
    return Profile(
        name=name,
        vendor="entra",
        title=title,
        plays=plays,
        evidence=evidence,
        settings={**SETTINGS, **SIGN_ON_SETTINGS},
        connect=client.connect,
        restarting_settings=frozenset({"active_mapping", "matching", "external_id", "scope", "scoping_filter"}),
        jobs=client.jobs,
        request=client.request,
        never=facts.NEVER,
        nesting=Skipped(membership.NOT_FLATTENED, facts.HOW),
        interval=CYCLE,
        retries=RETRIES,
        push_assigns=True,
        purge_after=30 * 24 * HOUR,
    )


PROFILES = (
    _profile(
        "entra",
        "Microsoft Entra ID, non-gallery app",
        "40-minute cycles; PATCH with Add, Replace, Remove and a path each; active as a string",
        "documented, and captured by many service providers",
        flag=False,
    ),
    _profile(
        "entra-flag",
        "Microsoft Entra ID, non-gallery app with aadOptscim062020 in its tenant URL",
        "as entra, with lower-case operations, boolean active, dotted keys, members removed by filter",
        "documented; single values coalesced as several service providers captured it",
        flag=True,
    ),
)
