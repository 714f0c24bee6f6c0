"""The events of a step, their arguments, what else a step takes: expectations, faults and modifiers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from idpsim.scenario.attributes import SET
from idpsim.scenario.named import Name, Player, Tampering
from idpsim.scenario.scalars import Choice, Duration, Flag, Json, Nothing, Request, Shape, Text, Whole
from idpsim.scenario.shapes import Either, Key, Keys, ListOf, Names
from idpsim.scenario.switches import Switches


@dataclass(frozen=True, slots=True)
class Event:
    """One event: what it is about, its arguments, and the argument under which its own value is kept, if any."""

    name: str
    takes: Shape
    doc: str
    arguments: tuple[Key, ...] = ()
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that the service provider's administrator does: whether it is about a resource, and takes `set`."""

    name: str
    doc: str
    resource: bool = False
    set: Literal["no", "may", "must"] = "no"


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault, and the keys that it takes beside `on`, `do`, `times` and `after`."""

    name: str
    doc: str
    takes: tuple[str, ...] = ()


AT_SP = (
    Act("configure-sso", "The identity provider's metadata or issuer is entered, so that people can sign in."),
    Act("enable-scim", "SCIM is switched on."),
    Act("issue-token", "A new SCIM token is issued, and the identity provider gets it."),
    Act("create", "A user or group comes into being there.", True, "may"),
    Act("change", "A user or group is changed there.", True, "must"),
    Act("delete", "A user or group is deleted there.", True),
)

FAULTS = (
    Fault("lose-response", "The request arrives, its response does not."),
    Fault("status", "The request does not arrive; `status` answers it.", ("status", "body", "retry-after")),
    Fault("delay", "The response comes late, by `for`.", ("for",)),
    Fault("reset", "The connection is cut before the request arrives."),
    Fault("truncate", "The response ends in the middle."),
    Fault("rate-limit", "A 429 answers, with Retry-After (1 second by default).", ("retry-after",)),
    Fault("duplicate", "The request arrives twice."),
)

_PEOPLE = Names("person")
_GROUPS = Names("group")
_BOTH = Names("person or group")
_QUEUE = Names("person or group", optional=True)
_NOTHING = Nothing()
_SCIM = Keys(rest=Key("a SCIM path", Json(), "A value by SCIM path."), says="values by SCIM path")
_PERSON_AND_GROUP = Keys(
    (Key("person", _PEOPLE, "Who.", True), Key("group", _GROUPS, "Which group.", True)),
    says="a mapping with person and group",
)
_SIGN_IN = (
    Key("via", Choice(("saml", "oidc")), "The protocol; by default that of the tampering, or that of `sso`."),
    Key("start", Choice(("sp", "idp")), "Who starts; by default the service provider."),
    Key("tamper", Tampering(), "What is falsified; what the service provider has to make of it is known by its name."),
    Key("victim", Name("person"), "Whom an attacker poses as in a tampered sign-in; by default that of `sso`."),
)

EVENTS = {
    event.name: event
    for event in (
        Event("sign-in", _PEOPLE, "Sign in to the service provider, as a browser.", _SIGN_IN),
        Event("sign-out", _PEOPLE, "Sign out."),
        Event("connect", _NOTHING, "The vendor's connection test, with its settings saved."),
        Event("assign", _BOTH, "Give the app to people, or to groups of people."),
        Event("unassign", _BOTH, "Take the app away."),
        Event("push", _GROUPS, "Make the group exist at the service provider."),
        Event(
            "unpush",
            _GROUPS,
            "End that.",
            (Key("delete", Flag(), "Whether the group is deleted there."),),
        ),
        Event("update", _BOTH, "Change attributes.", (Key("set", SET, "The new values.", required=True),)),
        Event(
            "join",
            _PERSON_AND_GROUP,
            "Put people into groups.",
        ),
        Event(
            "leave",
            _PERSON_AND_GROUP,
            "Take people out of groups.",
        ),
        Event("disable", _PEOPLE, "Disable the account."),
        Event("enable", _PEOPLE, "Enable it again."),
        Event("suspend", _PEOPLE, "Suspend the account."),
        Event("unsuspend", _PEOPLE, "End the suspension."),
        Event("delete", _BOTH, "Delete from the directory; a person can be restored."),
        Event("restore", _PEOPLE, "Undo the deletion."),
        Event("purge", _PEOPLE, "Delete for good."),
        Event("rehire", _PEOPLE, "A new directory object with the same name."),
        Event(
            "set-password",
            _PEOPLE,
            "Set a password, where the app syncs it.",
            (Key("password", Text(), "The password; by default one is made."),),
        ),
        Event("sync", _NOTHING, "Run a cycle, or what the vendor has for it."),
        Event("restart", _NOTHING, "Forget what was done and begin anew."),
        Event("import", _NOTHING, "Read people and groups from the service provider."),
        Event(
            "provision-on-demand",
            _BOTH,
            "Provision at once: people, or one group.",
            (Key("members", ListOf(Name("person"), high=5), "Up to five of the group's members."),),
        ),
        Event("approve", _QUEUE, "Approve what waits for an administrator."),
        Event("reject", _QUEUE, "Reject it."),
        Event("retry", _QUEUE, "Retry what has failed."),
        Event("wait", Duration(), "Let virtual time pass.", value="for"),
        Event(
            "rotate-token",
            _NOTHING,
            "Another SCIM token.",
            (Key("token", Text(line=True, says="a token"), "The new token, where the target does not issue it."),),
        ),
        Event("rotate-certificate", _NOTHING, "Another certificate signs from now on."),
        Event("settings", Switches(flat=True), "Change the app's switches.", value="settings"),
        Event(
            "at-sp",
            Choice(tuple(act.name for act in AT_SP)),
            "What the service provider's administrator does.",
            (
                Key("user", Name("person"), "Whose user."),
                Key("group", Name("group"), "Which group."),
                Key("set", _SCIM, "Values by SCIM path."),
            ),
            value="do",
        ),
    )
}

FAULT = Keys(
    (
        Key("on", Request(), "The requests that it strikes, as in `sent`.", required=True),
        Key("do", Choice(tuple(fault.name for fault in FAULTS)), "The kind of fault.", required=True),
        Key("times", Whole(1, word="always"), "How many requests it strikes; 1 by default."),
        Key("after", Whole(0), "How many matching requests pass first; 0 by default."),
        Key("status", Whole(100, 599), "The status that answers; 503 by default."),
        Key("for", Duration(), "How long it lasts; 1s by default."),
        Key("retry-after", Text(line=True, says="seconds or a date"), "The Retry-After header."),
        Key("body", Json(), "The body that answers: a text as it is, anything else as JSON."),
    ),
    says="a fault with `on` and `do`",
)

VERIFY = Either(Flag(), Keys((Key("within", Duration(1), "How long a difference may heal; 2s by default."),)))

PATTERN = Keys(
    (
        Key("request", Request(expressions=True), "The request.", required=True),
        Key("body", Json(expressions=True), "What its body holds, at least."),
    ),
    says="a mapping with request and body",
)
_PATTERNS = Either(Request(expressions=True), PATTERN)

_VALUE = Key("a SCIM path", Json(expressions=True), "The value expected there.", by_vendor=True)
_ABSENT = Key("absent", Flag(only_true=True), "It does not exist; for use with `of`.")
USER = Keys(
    (Key("of", Name("person"), "Whose user, where it is not the step's own."), _ABSENT),
    rest=_VALUE,
    says="values by SCIM path",
)
GROUP = Keys(
    (
        Key("of", Name("group"), "Which group, where it is not the step's own."),
        _ABSENT,
        Key("members", ListOf(Name("person or group")), "Exactly who is in it.", by_vendor=True),
    ),
    rest=_VALUE,
    says="members and values by SCIM path",
)
OUTCOMES = ("done", "skipped", "failed", "waiting", "pending", "quarantined")
BARE = ("signed-in", "refused")
EXPECT = Keys(
    (
        Key("user", Either(Choice(("absent",)), USER), "What the user is at the service provider.", by_vendor=True),
        Key("group", Either(Choice(("absent",)), GROUP), "What the group is there.", by_vendor=True),
        Key("outcome", Choice(OUTCOMES), "How it ends; of several the worst.", by_vendor=True),
        Key(
            "sent",
            Either(
                ListOf(_PATTERNS, low=1),
                Keys((Key("exactly", ListOf(_PATTERNS), "All of them, in order.", required=True),)),
            ),
            "The vendor's requests, in order; others may lie between, unless `exactly`.",
            by_vendor=True,
        ),
        Key("signed-in", Flag(), "The sign-in works; for a tampered one, it is accepted.", by_vendor=True),
        Key("refused", Flag(), "It is refused; for a tampered one, the attack does not succeed.", by_vendor=True),
    ),
    filled=True,
    says="a mapping of expectations",
)
EXPECTATION = Either(Choice(BARE), EXPECT)

MODIFIERS = {
    key.name: key
    for key in (
        Key("name", Text(), "What the step is called in reports."),
        Key("expect", EXPECTATION, "What must be true afterwards.", by_vendor=True),
        Key("only", ListOf(Player(), low=1), "This step for these only."),
        Key("fault", ListOf(FAULT), "Faults between the two, for the length of this step."),
        Key("settle", Flag(), "false: the clock stays, the scenario moves time itself."),
        Key("verify", VERIFY, "As at the top, for this step."),
    )
}
