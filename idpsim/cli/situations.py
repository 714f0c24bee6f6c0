"""A small directory and, for each event, what has to have happened before it can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Happens: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """An event worth showing: `about` says in words what happens, `before` leads up to it, `settings` it needs."""

    about: str
    happens: Happens
    before: tuple[Happens, ...] = ()


DIRECTORY: Happens = {
    "people": {
        "ada": {
            "userName": "ada@example.com",
            "givenName": "Ada",
            "familyName": "Lovelace",
            "title": "Analyst",
            "department": "Engines",
        },
        "grace": {"userName": "grace@example.com", "givenName": "Grace", "familyName": "Hopper", "manager": "ada"},
    },
    "groups": {"engineering": {"displayName": "Engineering", "members": ["ada"]}},
}
CONNECT: Happens = {"connect": None}
_ASSIGNED = (CONNECT, {"assign": ["ada", "grace"]})
_PUSHED = (*_ASSIGNED, {"push": "engineering"})
_BOTH = {"person": "grace", "group": "engineering"}
_DELETED = (*_ASSIGNED, {"delete": "ada"})
_UNSETTLED: Happens = {"assign": "ada", "settle": False}

SITUATIONS: Mapping[str, tuple[Situation, ...]] = {
    "connect": (Situation("the connection test", CONNECT),),
    "assign": (
        Situation("a person whom the service provider does not know yet", {"assign": "ada"}, (CONNECT,)),
        Situation(
            "a person whom the service provider has already",
            {"assign": "ada"},
            (CONNECT, {"at-sp": "create", "user": "ada", "set": {"active": True}}),
        ),
        Situation("a person again, after they were unassigned", {"assign": "ada"}, (*_ASSIGNED, {"unassign": "ada"})),
    ),
    "unassign": (Situation("a person", {"unassign": "ada"}, _ASSIGNED),),
    "push": (Situation("a group with one member", {"push": "engineering"}, _ASSIGNED),),
    "unpush": (Situation("the group", {"unpush": "engineering", "delete": True}, _PUSHED),),
    "update": (
        Situation("a person's title", {"update": "ada", "set": {"title": "Countess"}}, _ASSIGNED),
        Situation("a person's title is cleared", {"update": "ada", "set": {"title": None}}, _ASSIGNED),
        Situation("a group's name", {"update": "engineering", "set": {"displayName": "Engines"}}, _PUSHED),
    ),
    "join": (Situation("a person and a group that is pushed", {"join": _BOTH}, _PUSHED),),
    "leave": (Situation("a person and a group that is pushed", {"leave": {**_BOTH, "person": "ada"}}, _PUSHED),),
    "disable": (Situation("a person who is assigned", {"disable": "ada"}, _ASSIGNED),),
    "enable": (Situation("a person who was disabled", {"enable": "ada"}, (*_ASSIGNED, {"disable": "ada"})),),
    "suspend": (Situation("a person who is assigned", {"suspend": "ada"}, _ASSIGNED),),
    "unsuspend": (Situation("a person who was suspended", {"unsuspend": "ada"}, (*_ASSIGNED, {"suspend": "ada"})),),
    "delete": (
        Situation("a person who is assigned", {"delete": "ada"}, _ASSIGNED),
        Situation("a group that is pushed", {"delete": "engineering"}, _PUSHED),
    ),
    "restore": (Situation("a person who was deleted", {"restore": "ada"}, _DELETED),),
    "purge": (Situation("a person who was deleted", {"purge": "ada"}, _DELETED),),
    "rehire": (
        Situation(
            "somebody with the name of a person who was deleted, assigned",
            {"assign": "ada"},
            (*_DELETED, {"rehire": "ada"}),
        ),
    ),
    "set-password": (Situation("a person who is assigned", {"set-password": "ada"}, _ASSIGNED),),
    "sync": (Situation("two people and a group, nothing has changed", {"sync": None}, _PUSHED),),
    "restart": (Situation("two people and a group, nothing has changed", {"restart": None}, _PUSHED),),
    "import": (Situation("two users and a group are there", {"import": None}, _PUSHED),),
    "provision-on-demand": (
        Situation(
            "a person who is assigned, before the next cycle",
            {"provision-on-demand": "ada", "settle": False},
            (CONNECT, _UNSETTLED),
        ),
    ),
    "approve": (Situation("an assignment that waits", {"approve": "ada"}, (CONNECT, _UNSETTLED)),),
    "reject": (Situation("an assignment that waits", {"reject": "ada"}, (CONNECT, _UNSETTLED)),),
    "retry": (
        Situation(
            "an assignment that failed",
            {"retry": "ada"},
            (
                CONNECT,
                {
                    "assign": "ada",
                    "fault": {"on": "POST /Users", "do": "status", "status": 500, "times": 1},
                    "settle": False,
                },
            ),
        ),
    ),
}
