"""What the service provider's administrator does: directly where we host it, else over SCIM or by hooks."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from idpsim.provisioning.flow import Done, Failed, Outcome, Skipped, said
from idpsim.provisioning.links import Kind
from idpsim.scenario.model import Step
from idpsim.scenario.reader import NAMED_BY, document_of
from idpsim.scenario.world import Refused, authorization
from idpsim.scim import GROUP, USER, get
from idpsim.wire import Response

if TYPE_CHECKING:
    from idpsim.scenario.session import Session

HOOK_SECONDS = 60


class Administration:
    """Plays `at-sp` and `rotate-token`; `made` lists what it created, for the clean-up."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.made: list[tuple[Kind, str]] = []
        self.secrets: list[str] = []

    def act(self, step: Step) -> Outcome:
        """Do what the step asks of the administrator."""
        try:
            if step.event == "rotate-token":
                return self._token(step.arguments.get("token"))
            action = step.arguments["do"]
            if action in ("configure-sso", "enable-scim"):
                return self._switch(action)
            if action == "issue-token":
                return self._token(None)
            return self._resource(action, step)
        except Refused as refused:
            return Failed(str(refused))

    def _switch(self, action: str) -> Outcome:
        if action == "configure-sso":
            self._session.gate.anew()
        admin = self._session.world.admin
        if admin is None:
            return self._hooked(action) or _no_hook(action)
        if action == "configure-sso":
            admin.configure_sso()
        else:
            admin.enable_scim()
        return Done()

    def _token(self, given: str | None) -> Outcome:
        session = self._session
        token = given
        if token is None and session.world.admin is not None:
            token = session.world.admin.issue_token(session.profile.name)
        if token is None:
            outcome = self._hooked("issue-token")
            if not isinstance(outcome, Done):
                return outcome or _no_hook("issue-token")
            token = outcome.note
        self.secrets.append(token)
        value = authorization(session.script.target, token)
        session.engine.connection = replace(session.engine.connection, authorization=value)
        session.reader.connection = replace(session.reader.connection, authorization=value)
        return Done("a new token is in use")

    def _hooked(self, name: str) -> Outcome | None:
        """Run the target's own command for this; its first line of output is the note."""
        command = self._session.script.target.hooks.get(name)
        if command is None:
            return None
        try:
            ended = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=HOOK_SECONDS)
        except subprocess.TimeoutExpired:
            return Failed(f"the hook {name} did not end within {HOOK_SECONDS} s")
        if ended.returncode:
            return Failed(f"the hook {name} ended with exit code {ended.returncode}: {ended.stderr.strip()[-200:]}")
        return Done((ended.stdout.strip().splitlines() or [""])[0])

    def _resource(self, action: str, step: Step) -> Outcome:
        kind: Kind = "user" if step.people else "group"
        key = (step.people or step.groups)[0]
        values = dict(step.arguments.get("set") or {})
        if action == "create":
            return self._create(kind, key, values)
        identifier = self._identifier(kind, key)
        if identifier is None:
            return Failed(f"{key} is not at the service provider")
        admin = self._session.world.admin
        if admin is not None:
            _direct(admin, action, kind, identifier, values)
            return Done()
        reader = self._session.reader
        change = reader.change(kind, identifier, values) if action == "change" else reader.delete(kind, identifier)
        if isinstance(change, Response) and change.status < 300:
            return Done("over SCIM, in idpsim's name")
        return Failed(f"{action} at the service provider, over SCIM, {said(change)}", change)

    def _create(self, kind: Kind, key: str, values: Mapping[str, Any]) -> Outcome:
        directory = self._session.app.directory
        name = directory.person(key).userName if kind == "user" else directory.group(key).displayName
        wanted = {NAMED_BY[kind]: name, **values}
        if NAMED_BY[kind] in values:
            wanted |= self._session.names.attributes({NAMED_BY[kind]: values[NAMED_BY[kind]]}, group=kind == "group")
        admin = self._session.world.admin
        if admin is not None:
            self.made.append((kind, str(admin.create(kind, wanted)["id"])))
            return Done()
        body = {"schemas": [USER if kind == "user" else GROUP], **_nested(wanted)}
        answer = self._session.reader.create(kind, body)
        identifier = get(document_of(answer) or _created(answer), "id")
        if not isinstance(identifier, str):
            return Failed(f"create at the service provider, over SCIM, {said(answer)}", answer)
        self.made.append((kind, identifier))
        return Done("over SCIM, in idpsim's name")

    def _identifier(self, kind: Kind, key: str) -> str | None:
        session = self._session
        directory = session.app.directory
        uid = directory.person(key).uid if kind == "user" else key
        link = session.app.links.get(kind, uid)
        if link is not None:
            return link.id
        name = directory.person(key).userName if kind == "user" else directory.group(key).displayName
        found = session.reader.find(kind, NAMED_BY[kind], name)
        identifiers = [get(each, "id") for each in found] if isinstance(found, list) else []
        return next((each for each in identifiers if isinstance(each, str)), None)


def _direct(admin: Any, action: str, kind: Kind, identifier: str, values: Mapping[str, Any]) -> None:
    if action == "change":
        admin.change(kind, identifier, values)
    else:
        admin.delete(kind, identifier)


def _no_hook(name: str) -> Skipped:
    return Skipped(f"this target has no hook {name}: write target.hooks.{name}", by="vendor")


def _created(answer: Any) -> Mapping[str, Any]:
    document = answer.json if isinstance(answer, Response) and answer.status < 300 else None
    return document if isinstance(document, dict) else {}


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by plain path as a document; `name.givenName` becomes an object."""
    document: dict[str, Any] = {}
    for path, value in values.items():
        parent, dot, leaf = path.partition(".") if not path.startswith("urn:") else (path, "", "")
        if dot:
            document.setdefault(parent, {})[leaf] = value
        else:
            document[path] = value
    return document
