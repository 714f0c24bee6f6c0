"""Which other event may have sent what an event was told from: the requests of several are the same."""

from __future__ import annotations

from collections.abc import Mapping

INSTEAD: Mapping[str, tuple[str, ...]] = {
    "unassign": ("disable", "suspend", "delete"),
    "delete": ("disable",),
    "assign": ("enable", "unsuspend", "restore"),
    "rehire": ("restore", "enable"),
    "sync": ("restart",),
}
OTHERWISE = tuple(dict.fromkeys(event for events in INSTEAD.values() for event in events))
