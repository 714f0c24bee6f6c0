"""Which user a sign-in is: one who is there, a new one, or nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .claimed import Claimed
from .problem import Denied, Problem
from .resources import Resources
from .store import Entry, Store
from .switches import Switches


class Accounts:
    """The users of the store as those who sign in; `new` makes an entry that is not stored yet."""

    def __init__(
        self,
        store: Store,
        resources: Resources,
        switches: Switches,
        new: Callable[[Mapping[str, Any]], Entry],
    ) -> None:
        self._store = store
        self._resources = resources
        self._switches = switches
        self._new = new
        self._first: str | None = None
        self._own: dict[str, str] = {}

    def sign_in(self, who: Claimed) -> Entry:
        """The user; Denied 403 for one who may not sign in, or whom nobody knows."""
        with self._store.lock:
            entry = self._second(who) if self._switches.sso_second_account else self._matching(who)
            entry = entry or self._created(who)
            if not entry.active and not self._switches.sso_admits_inactive:
                raise Denied(403, "Your account is deactivated. Ask your administrator.")
            if self._switches.sso_session_of_first_user:
                entry = self.current(self._first or "") or entry
                self._first = self._first or entry.id
            return entry

    def current(self, id: str) -> Entry | None:
        """The user with this id as they are now."""
        return self._store.get("user", id)

    def _matching(self, who: Claimed) -> Entry | None:
        match self._switches.sso_match:
            case "email":
                found = self._with_email(who.emails)
            case "externalId":
                found = [one for id in who.external_ids for one in self._store.named("user", "externalId", id)]
            case _:
                found = [one for name in who.names for one in self._store.named("user", "userName", name)][:1]
        if len({one.id for one in found}) > 1:
            raise Denied(403, "Several accounts fit your sign-in. Ask your administrator.")
        return found[0] if found else None

    def _with_email(self, emails: tuple[str, ...]) -> list[Entry]:
        wanted = {email.casefold() for email in emails[:1]}
        return [one for one in self._store.all("user") if not wanted.isdisjoint(each.casefold() for each in mails(one))]

    def _created(self, who: Claimed) -> Entry:
        if not self._switches.sso_jit:
            raise Denied(403, "There is no account for you here. Ask your administrator.")
        try:
            return self._resources.create("user", _attributes(who))
        except Problem as problem:
            raise Denied(403, f"No account could be made for you: {problem.detail}") from problem

    def _second(self, who: Claimed) -> Entry:
        """The account that sign-in keeps for itself, whatever SCIM has made."""
        entry = self.current(self._own.get(who.names[0].casefold(), "")) if who.names else None
        if entry is None:
            attributes = _attributes(who)
            entry = self._new(attributes)
            self._store.put(entry)
            self._own[attributes["userName"].casefold()] = entry.id
        return entry


def mails(entry: Entry) -> list[str]:
    """The e-mail addresses of a user, the primary one first."""
    emails = entry.attributes.get("emails")
    values = [one for one in emails if isinstance(one, Mapping)] if isinstance(emails, list) else []
    values.sort(key=lambda one: one.get("primary") is not True)
    return [one["value"] for one in values if isinstance(one.get("value"), str)]


def shown(entry: Entry) -> dict[str, Any]:
    """What `/me` says of a user."""
    name = entry.attributes.get("name")
    parts = name if isinstance(name, Mapping) else {}
    full = f"{parts.get('givenName') or ''} {parts.get('familyName') or ''}".strip()
    user_name = entry.attributes.get("userName")
    return {
        "id": entry.id,
        "userName": user_name,
        "email": next(iter(mails(entry)), None),
        "displayName": entry.attributes.get("displayName") or parts.get("formatted") or full or user_name,
        "active": entry.active,
    }


def _attributes(who: Claimed) -> dict[str, Any]:
    if not who.names:
        raise Denied(403, "The identity provider has not said who you are.")
    made: dict[str, Any] = {"userName": who.names[0], "active": True}
    if who.emails:
        made["emails"] = [{"value": who.emails[0], "type": "work", "primary": True}]
    if who.given or who.family:
        named = {"givenName": who.given, "familyName": who.family}
        made["name"] = {key: value for key, value in named.items() if value}
    if who.display:
        made["displayName"] = who.display
    return made
