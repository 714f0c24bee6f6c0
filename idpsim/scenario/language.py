"""The scenario language as data: the keys of a file, what each takes, and one line on what it is for.

Reading, JSON Schema and the reference are all made of these tables; `events` has those of the steps.
"""

from __future__ import annotations

from idpsim.scenario.attributes import CUSTOM, PERSON_KEYS
from idpsim.scenario.events import AT_SP, VERIFY
from idpsim.scenario.named import Player
from idpsim.scenario.scalars import Choice, Flag, Json, Text, Url, Whole
from idpsim.scenario.shapes import NAME, Key, Keys, ListOf
from idpsim.scenario.single_sign_on import SSO
from idpsim.scenario.steps import STEP
from idpsim.scenario.switches import Placed, Switches

TOKEN_CHARACTERS = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
MAX_PEOPLE = 1_000_000
MAX_GROUPS = 10_000
RESERVED = frozenset({"all"})

LINE = Text(line=True)

TARGET = Keys(
    (
        Key("scim", Url(), "The SCIM base URL; left out or empty is the embedded service provider.", by_vendor=True),
        Key("token", Text(line=True, says="a token"), "The SCIM token, bare.", by_vendor=True),
        Key(
            "auth",
            Choice(("bearer", "basic", "verbatim", "none")),
            "How the token is sent: as Bearer (default), as Basic (`user:password`), as it is, or not at all.",
            by_vendor=True,
        ),
        Key("ca", LINE, "A file of certificates to trust, PEM.", by_vendor=True),
        Key("insecure", Flag(), "Take any certificate.", by_vendor=True),
        Key(
            "headers",
            Keys(rest=Key("a header", LINE, "A header's value.", by_vendor=True), pattern=TOKEN_CHARACTERS),
            "Headers after the vendor's own; reported as not theirs.",
            by_vendor=True,
        ),
        Key(
            "hooks",
            Keys(tuple(Key(act.name, LINE, f"Stands for `at-sp: {act.name}`.", by_vendor=True) for act in AT_SP)),
            "Shell commands of yours, one for each `at-sp` of a service provider that idpsim does not host; the first "
            "line that `issue-token` prints is the token.",
            by_vendor=True,
        ),
        Key(
            "embedded",
            Keys(rest=Key("a switch", Placed(Json()), "A switch of the embedded service provider.", by_vendor=True)),
            "The switches of the embedded service provider.",
            by_vendor=True,
        ),
    )
)

PERSON = Keys((*PERSON_KEYS, CUSTOM), says="a mapping of attributes")

GROUP = Keys(
    (
        Key("displayName", Text(), "The group's name.", required=True),
        Key("members", ListOf(Text(says="a person or group")), "The people and groups in it."),
    ),
    says="a mapping with displayName",
)

GENERATE = Keys(
    (
        Key("people", Whole(1, MAX_PEOPLE), "How many people, named p1, p2, …", required=True),
        Key("groups", Whole(0, MAX_GROUPS), "How many groups, named g1, g2, …"),
        Key("seed", Whole(0, 2**63), "Another seed makes other people; the default is 0."),
    )
)

DIRECTORY = Keys(
    (
        Key(
            "people",
            Keys(rest=Key("a person", PERSON, "One person."), pattern=NAME, reserved=RESERVED),
            "The people, each under a name for this file.",
        ),
        Key(
            "groups",
            Keys(rest=Key("a group", GROUP, "One group."), pattern=NAME, reserved=RESERVED),
            "The groups, each under a name for this file.",
        ),
        Key("generate", GENERATE, "A directory of any size, without writing it down."),
    )
)

TOP = Keys(
    (
        Key("name", Text(), "What the scenario is called; by default the file's name."),
        Key("description", Text(), "What it is about."),
        Key("idp", ListOf(Player(all=True), low=1), "Who plays it by default: vendors, profiles, `all`."),
        Key("target", TARGET, "The service provider; left out, the embedded one.", by_vendor=True),
        Key("sso", SSO, "No provisioning before a sign-in has worked; left out, no such gate.", by_vendor=True),
        Key("settings", Switches(), "The app's switches."),
        Key("directory", DIRECTORY, "The people and groups of the identity provider."),
        Key("steps", ListOf(STEP, one=False, low=1), "What happens, one event after the other.", required=True),
        Key("verify", VERIFY, "Whether what was sent is read back; `within` is how long a difference may heal."),
    )
)
