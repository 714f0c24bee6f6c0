"""The events of the scenario language as methods: one for each, with its arguments and what every event takes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Literal, Unpack

from idpsim.api.modifiers import Modifiers, SomeGroups, SomePeople, Span, Who
from idpsim.api.played import Played
from idpsim.directory import Group, Person

Protocol = Literal["saml", "oidc"]


class Events(ABC):
    """Events that can be played; each returns what came of it, or raises `Failed` where something is wrong.

    The keywords that every event takes are those of `Modifiers`.
    """

    @abstractmethod
    def _play(self, event: str, value: object, arguments: Mapping[str, Any], how: Mapping[str, Any]) -> Played:
        """Play one event; None among `arguments` is not given, and an empty tuple as `value` is nothing."""

    def connect(self, **how: Unpack[Modifiers]) -> Played:
        """The vendor's connection test, with its settings saved."""
        __tracebackhide__ = True
        return self._play("connect", (), {}, how)

    def assign(self, *who: Who, **how: Unpack[Modifiers]) -> Played:
        """Give the app to people, or to groups of people."""
        __tracebackhide__ = True
        return self._play("assign", who, {}, how)

    def unassign(self, *who: Who, **how: Unpack[Modifiers]) -> Played:
        """Take the app away."""
        __tracebackhide__ = True
        return self._play("unassign", who, {}, how)

    def push(self, *groups: Group | str, **how: Unpack[Modifiers]) -> Played:
        """Make the group exist at the service provider."""
        __tracebackhide__ = True
        return self._play("push", groups, {}, how)

    def unpush(self, *groups: Group | str, delete: bool | None = None, **how: Unpack[Modifiers]) -> Played:
        """End that; `delete` says whether the group is deleted there."""
        __tracebackhide__ = True
        return self._play("unpush", groups, {"delete": delete}, how)

    def update(self, *who: Who, set: Mapping[str, Any], **how: Unpack[Modifiers]) -> Played:
        """Change attributes in the directory; None clears one."""
        __tracebackhide__ = True
        return self._play("update", who, {"set": set}, how)

    def join(self, person: SomePeople, group: SomeGroups, **how: Unpack[Modifiers]) -> Played:
        """Put people into groups."""
        __tracebackhide__ = True
        return self._play("join", {"person": person, "group": group}, {}, how)

    def leave(self, person: SomePeople, group: SomeGroups, **how: Unpack[Modifiers]) -> Played:
        """Take people out of groups."""
        __tracebackhide__ = True
        return self._play("leave", {"person": person, "group": group}, {}, how)

    def disable(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """Disable the account."""
        __tracebackhide__ = True
        return self._play("disable", who, {}, how)

    def enable(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """Enable it again."""
        __tracebackhide__ = True
        return self._play("enable", who, {}, how)

    def suspend(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """Suspend the account."""
        __tracebackhide__ = True
        return self._play("suspend", who, {}, how)

    def unsuspend(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """End the suspension."""
        __tracebackhide__ = True
        return self._play("unsuspend", who, {}, how)

    def delete(self, *who: Who, **how: Unpack[Modifiers]) -> Played:
        """Delete from the directory; a person can be restored."""
        __tracebackhide__ = True
        return self._play("delete", who, {}, how)

    def restore(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """Undo the deletion."""
        __tracebackhide__ = True
        return self._play("restore", who, {}, how)

    def purge(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """Delete for good."""
        __tracebackhide__ = True
        return self._play("purge", who, {}, how)

    def rehire(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """A new directory object with the same name."""
        __tracebackhide__ = True
        return self._play("rehire", who, {}, how)

    def set_password(self, *who: Person | str, password: str | None = None, **how: Unpack[Modifiers]) -> Played:
        """Set a password, where the app syncs it; by default one is made."""
        __tracebackhide__ = True
        return self._play("set-password", who, {"password": password}, how)

    def sync(self, **how: Unpack[Modifiers]) -> Played:
        """Run a cycle, or what the vendor has for it."""
        __tracebackhide__ = True
        return self._play("sync", (), {}, how)

    def restart(self, **how: Unpack[Modifiers]) -> Played:
        """Forget what was done and begin anew."""
        __tracebackhide__ = True
        return self._play("restart", (), {}, how)

    def import_(self, **how: Unpack[Modifiers]) -> Played:
        """Read people and groups from the service provider."""
        __tracebackhide__ = True
        return self._play("import", (), {}, how)

    def provision_on_demand(self, *who: Who, members: SomePeople | None = None, **how: Unpack[Modifiers]) -> Played:
        """Provision at once: people, or one group with up to five of its members."""
        __tracebackhide__ = True
        return self._play("provision-on-demand", who, {"members": members}, how)

    def approve(self, *who: Who, **how: Unpack[Modifiers]) -> Played:
        """Approve what waits for an administrator; nobody named is all."""
        __tracebackhide__ = True
        return self._play("approve", who, {}, how)

    def reject(self, *who: Who, **how: Unpack[Modifiers]) -> Played:
        """Reject it; nobody named is all."""
        __tracebackhide__ = True
        return self._play("reject", who, {}, how)

    def retry(self, *who: Who, **how: Unpack[Modifiers]) -> Played:
        """Retry what has failed; nobody named is all."""
        __tracebackhide__ = True
        return self._play("retry", who, {}, how)

    def wait(self, for_: Span, **how: Unpack[Modifiers]) -> Played:
        """Let virtual time pass: `40m`, or a timedelta."""
        __tracebackhide__ = True
        return self._play("wait", (for_,), {}, how)

    def advance(self, for_: Span, **how: Unpack[Modifiers]) -> Played:
        """The same as `wait`."""
        __tracebackhide__ = True
        return self._play("wait", (for_,), {}, how)

    def rotate_token(self, token: str | None = None, **how: Unpack[Modifiers]) -> Played:
        """Another SCIM token: this one, or one that the target issues."""
        __tracebackhide__ = True
        return self._play("rotate-token", (), {"token": token}, how)

    def rotate_certificate(self, **how: Unpack[Modifiers]) -> Played:
        """Another certificate signs from now on."""
        __tracebackhide__ = True
        return self._play("rotate-certificate", (), {}, how)

    def settings(self, **switches: Any) -> Played:
        """Change the app's switches, each a keyword beside those of every event."""
        __tracebackhide__ = True
        names = Modifiers.__annotations__
        how = {name: value for name, value in switches.items() if name in names}
        return self._play("settings", {k: v for k, v in switches.items() if k not in names}, {}, how)

    def at_sp(
        self,
        do: str,
        *,
        user: Person | str | None = None,
        group: Group | str | None = None,
        set: Mapping[str, Any] | None = None,
        **how: Unpack[Modifiers],
    ) -> Played:
        """What the service provider's administrator does: `enable-scim`, `create`, `change`, `delete`, …"""
        __tracebackhide__ = True
        return self._play("at-sp", (do,), {"user": user, "group": group, "set": set}, how)

    def sign_in(
        self,
        *who: Person | str,
        via: Protocol | None = None,
        start: Literal["sp", "idp"] | None = None,
        tamper: str | None = None,
        victim: Person | str | None = None,
        **how: Unpack[Modifiers],
    ) -> Played:
        """Sign in to the service provider, as a browser."""
        __tracebackhide__ = True
        arguments = {"via": via, "start": start, "tamper": tamper, "victim": victim}
        return self._play("sign-in", who, arguments, how)

    def sign_out(self, *who: Person | str, **how: Unpack[Modifiers]) -> Played:
        """Sign out."""
        __tracebackhide__ = True
        return self._play("sign-out", who, {}, how)
