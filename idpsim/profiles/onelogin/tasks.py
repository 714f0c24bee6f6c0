"""What each change makes OneLogin do to one person: a provisioning task, or nothing and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from idpsim.directory import PERSON_ATTRIBUTES, Person
from idpsim.profiles.onelogin import facts, roles, templates, users
from idpsim.profiles.onelogin.groups import Dialect
from idpsim.provisioning.app import App
from idpsim.provisioning.flow import Skipped
from idpsim.provisioning.links import Link
from idpsim.provisioning.profile import Change, Job

ENDED = {"unassigned", "deleted"}
PAUSED = {"disabled", "suspended"}
BACK = {"enabled", "unsuspended"}
MEMBERSHIP = {"joined", "left"}
NOT_SUSPENDED = Skipped("the user is not suspended at the service provider", by="state")
UNHEARD = {"password": "set-password", "restored": "restore", "purged": "purge"}


def jobs_of(person: Person, changes: Sequence[Change], app: App) -> Iterator[Job]:
    """The one task that these changes of a person make, or the reasons why there is none.

    A membership's own outcome is told elsewhere.
    """
    job = _job(person, changes, app)
    if isinstance(job, Job):
        yield job
        return
    for change, reason in zip(changes, job, strict=True):
        if change.kind not in MEMBERSHIP:
            yield Job.skipping(change, reason)


def _job(person: Person, changes: Sequence[Change], app: App) -> Job | list[Skipped]:
    kinds = {change.kind for change in changes}
    end: Job | Skipped | None = None
    if kinds & ENDED and (person.status in ("deleted", "purged") or not app.assigned(person.key)):
        end = _removal(person, changes, app)
    elif kinds & PAUSED and person.status != "active":
        end = _suspension(person, changes, app)
    if isinstance(end, Job):
        return end
    reasons = [end or reason_against(change, person, app) for change in changes]
    return sync_of(person, changes, app) if None in reasons else [each for each in reasons if each is not None]


def reason_against(change: Change, person: Person, app: App) -> Skipped | None:
    """Why a change does not make a sync of the person, None where it does."""
    link = app.links.user(person.uid)
    if change.kind in UNHEARD:
        return facts.NEVER[UNHEARD[change.kind]]
    if not app.assigned(person.key) or person.status in ("deleted", "purged"):
        return Skipped("the person has no access to the app", facts.TESTING, "state")
    if change.kind == "unassigned":
        return Skipped("the person still has access to the app, by another role or directly", by="state")
    if suspended(person, app):
        return Skipped("the user is suspended in OneLogin: what has changed is sent on reactivation", by="state")
    if change.kind in BACK and link is not None and link.active:
        never = app.settings["on_suspended"] == "nothing"
        return facts.KEEP_SUSPENDED if never else NOT_SUSPENDED
    if change.kind in MEMBERSHIP:
        return roles.reason_against(change, app)
    if change.kind == "updated" and link is not None:
        return _reason_against_update(change, app)
    return None


def _reason_against_update(change: Change, app: App) -> Skipped | None:
    template = templates.template_of(app.settings)
    mapped = templates.attributes_of(template, app.settings["parameters"])
    changed = {name if name in PERSON_ATTRIBUTES else "custom" for name in change.attributes}
    if not changed or mapped & changed:
        return None
    ours = app.settings["template"].strip() in ("", "stock")
    why = f"{', '.join(change.attributes)}: not in the SCIM JSON Template"
    return Skipped(why, facts.TEMPLATE, "vendor" if ours else "settings")


def suspended(person: Person, app: App) -> bool:
    """Whether the person's user is left alone: suspended in OneLogin, where a suspension is passed on."""
    return person.status != "active" and app.settings["on_suspended"] == "suspend"


def _removal(person: Person, changes: Sequence[Change], app: App) -> Job | Skipped:
    link, action = app.links.user(person.uid), app.settings["on_removed"]
    if link is None:
        return Skipped("the user was never provisioned", by="state")
    if action == "nothing":
        return facts.KEEP_REMOVED
    if action == "suspend":
        return _suspending(person, link, changes, app)
    approval = "Delete user" if app.settings["approval_delete"] else ""
    return Job(person.uid, users.remove, (link,), tuple(changes), approval=approval)


def _suspension(person: Person, changes: Sequence[Change], app: App) -> Job | Skipped:
    link = app.links.user(person.uid)
    if link is None:
        return Skipped("the user was never provisioned", by="state")
    if app.settings["on_suspended"] == "nothing":
        return facts.KEEP_SUSPENDED
    return _suspending(person, link, changes, app)


def _suspending(person: Person, link: Link, changes: Sequence[Change], app: App) -> Job | Skipped:
    if not link.active:
        return Skipped("the user is suspended at the service provider already", by="state")
    active = None if app.settings["inject_active"] == "never" else False
    args = (link, _body(person, app, active))
    return Job(person.uid, users.suspend, args, tuple(changes), approval=_update_approval(app))


def _update_approval(app: App) -> str:
    return "Update user" if app.settings["approval_update"] else ""


def _body(person: Person, app: App, active: bool | None) -> dict[str, object]:
    record = templates.record_of(app, person)
    template = templates.template_of(app.settings)
    body: dict[str, object] = templates.rendered(template, record, app.settings["skip_if_blank"])
    return body if active is None else templates.with_active(body, active)


def sync_of(person: Person, changes: Sequence[Change], app: App) -> Job:
    """The task that creates or updates a person's user and sends the memberships that have changed."""
    link, settings = app.links.user(person.uid), app.settings
    back = link is not None and not link.active and settings["inject_active"] != "never"
    active = True if back or settings["inject_active"] == "always" else None
    due = roles.due(person, app)
    task = users.Task(
        uid=person.uid,
        userName=templates.record_of(app, person).parameter("scimusername"),
        body=_body(person, app, active),
        how=Dialect(settings["connector"].startswith("v1.1"), settings["group_remove_style"]),
        link=link,
        gained=due.gained,
        lost=due.lost,
        resend=settings["resend_memberships"],
        revives=settings["inject_active"] != "never",
        on_lookup_miss=settings["on_lookup_miss"],
        get_by_id=settings["get_by_id_before_put"],
        note=due.note,
    )
    creates = link is None or any(change.kind == "assigned" for change in changes)
    approval = ("Create user" if settings["approval_create"] else "") if creates else _update_approval(app)
    return Job(person.uid, users.sync, (task,), tuple(changes), approval=approval)
