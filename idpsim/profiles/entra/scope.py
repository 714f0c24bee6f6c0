"""Who is in Entra's scope, and what becomes of somebody who is not: the deprovisioning matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

from idpsim.directory import Person
from idpsim.profiles.entra import facts
from idpsim.profiles.entra.mapping import MAPPED
from idpsim.profiles.entra.rules import Rules
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Skipped
from idpsim.provisioning.links import Link
from idpsim.provisioning.profile import Change

Reason: TypeAlias = Literal["", "unassigned", "outside the scoping filter", "soft-deleted", "disabled"]
Fate: TypeAlias = Literal["provision", "delete"] | Skipped


def selected(person: Person, app: App) -> Literal["", "unassigned", "outside the scoping filter"]:
    """Why the app's scope leaves a person out; empty where it does not."""
    if app.settings.get("scope") != "all" and not app.assigned(person.key):
        return "unassigned"
    passes = all(_text(person, name) == str(wanted) for name, wanted in _filter(app).items())
    return "" if passes else "outside the scoping filter"


def _filter(app: App) -> Mapping[str, Any]:
    return app.settings.get("scoping_filter") or {}


def _text(person: Person, name: str) -> str | None:
    value = getattr(person, name, None)
    return value if isinstance(value, str) else person.custom.get(name)


def softly_deleted(person: Person, app: App) -> Reason:
    """Why IsSoftDeleted is true of a person; empty where it is not."""
    if not _is_current(person, app) or person.status in ("deleted", "purged"):
        return "soft-deleted"
    return selected(person, app) or ("disabled" if person.status == "disabled" else "")


def _is_current(person: Person, app: App) -> bool:
    return app.directory.has_person(person.key) and app.directory.person(person.key).uid == person.uid


def fate(person: Person, changes: Sequence[Change], link: Link | None, app: App, rules: Rules) -> Fate:
    """What is to be done about a person of whom these changes are told."""
    purged = next((change for change in changes if change.kind == "purged"), None)
    if purged is not None and person.status in ("deleted", "purged"):
        return _purged(purged, person, link, app, rules)
    reason = softly_deleted(person, app)
    unmapped = _unmapped(changes, app, rules)
    if link is None:
        return _stranger(reason)
    if unmapped:
        return unmapped
    if not selected(person, app) and all(change.kind == "unassigned" for change in changes):
        return Skipped("the user is still assigned, by a group: Entra keeps who has any assignment", facts.HOW)
    if reason in ("", "disabled") and not _only_disabled(changes, reason, rules):
        return "provision" if rules.update else _update_off(reason)
    return _leaver(reason, link, rules)


def _stranger(reason: Reason) -> Fate:
    if not reason:
        return "provision"
    why = f"NotEffectivelyEntitled: the user is not provisioned, and {reason}"
    if reason == "disabled":
        return Skipped("Entra never creates a user whose account is disabled", facts.HOW)
    return Skipped(why, facts.HOW, by="state")


def _update_off(reason: Reason) -> Skipped:
    return Skipped(f"Update is switched off{', and disabling is an update' if reason else ''}", facts.HOW, "settings")


def _only_disabled(changes: Sequence[Change], reason: Reason, rules: Rules) -> bool:
    """Whether nothing but the account's state has changed, and the app has no attribute for that."""
    return reason == "disabled" and not rules.active_mapping and all(change.kind == "disabled" for change in changes)


def _leaver(reason: Reason, link: Link, rules: Rules) -> Fate:
    """Somebody who has a resource and is softly deleted now."""
    if reason in ("unassigned", "outside the scoping filter") and rules.skip_out_of_scope_deletions:
        return Skipped("SkipOutOfScopeDeletions is on", facts.OUT_OF_SCOPE, by="settings")
    if reason == "disabled" and not rules.active_mapping:
        why = "active is not mapped, and Entra deletes nobody outside the gallery because the account is disabled"
        return Skipped(why, facts.HOW, by="settings")
    if rules.active_mapping and not link.active:
        return Skipped(f"NotEffectivelyEntitled: the user is {reason} and disabled already", facts.HOW, by="state")
    if rules.active_mapping:
        return "provision" if rules.update else _update_off(reason)
    return "delete" if rules.delete else Skipped("Delete is switched off", facts.HOW, by="settings")


def _purged(change: Change, person: Person, link: Link | None, app: App, rules: Rules) -> Fate:
    if link is None:
        return Skipped("the user is not at the service provider", facts.HOW, by="state")
    if not change.detail.get("assigned", True):
        why = "Entra stopped managing the user when it was unassigned: a hard deletion after that sends nothing"
        return Skipped(why, facts.HOW)
    if _taken_over(person, link, app):
        why = "the user at the service provider belongs to the new directory object that was matched to it"
        return Skipped(why, facts.HOW, by="state")
    return "delete" if rules.delete else Skipped("Delete is switched off", facts.HOW, by="settings")


def _taken_over(person: Person, link: Link, app: App) -> bool:
    current = app.directory.person(person.key) if app.directory.has_person(person.key) else person
    heir = app.links.user(current.uid)
    return current.uid != person.uid and heir is not None and heir.id == link.id


def _unmapped(changes: Sequence[Change], app: App, rules: Rules) -> Skipped | None:
    """Why updates of attributes that are neither mapped nor filtered by make no delta."""
    names = [name for change in changes for name in change.attributes]
    known = MAPPED | set(_filter(app)) | ({"custom"} if rules.custom_extension else set())
    if any(change.kind != "updated" for change in changes) or not names or set(names) & known:
        return None
    return Skipped(f"{', '.join(dict.fromkeys(names))}: not mapped by default", facts.MAPPING)


def group_in_scope(uid: str, app: App) -> bool:
    """Whether a group of the directory is to be at the service provider."""
    group = app.group(uid)
    if group is None:
        return False
    return app.settings.get("scope") == "all" or group.key in app.assigned_groups or group.key in app.pushed
