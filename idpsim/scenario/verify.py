"""Verification without expectations: reads back what a step touched and holds it against what was acknowledged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from idpsim.provisioning.app import App
from idpsim.provisioning.links import Link
from idpsim.scenario.compare import compare, verifiable, written
from idpsim.scenario.names import Names
from idpsim.scenario.reader import NAMED_BY, Reader, document_of, held_up, said, unread
from idpsim.scenario.sights import FOUND_BY_NAME, UNSEEN, Key, Sights
from idpsim.scim import find, get
from idpsim.transcript import Transcript
from idpsim.wire import Answer, Quirk, Response

MANY = 1000
MOST_FINDINGS = 20
_UNREAD = object()


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference between what was acknowledged and what is held; `exchange` is the read-back that shows it.

    With `unread` it is none: the service provider asked for a longer pause than the run may wait for. With `alone` the
    read-back is all that shows it: whatever the vendor has written has nothing to do with it.
    """

    message: str
    key: Key
    path: str = ""
    exchange: int | None = None
    unread: bool = False
    why: Quirk | None = None
    alone: bool = False


class Verifier:
    """Holds the service provider to what it has acknowledged in one run.

    `within` are the seconds for which a difference may still heal; `sleep` waits for real. `lag` are the seconds after
    which a read was once seen to show what a write before it had changed.
    """

    def __init__(
        self,
        reader: Reader,
        app: App,
        names: Names,
        transcript: Transcript,
        sleep: Callable[[float], None],
        told: set[tuple[str, str]] | None = None,
    ) -> None:
        self._reader = reader
        self._app = app
        self._names = names
        self._transcript = transcript
        self._sleep = sleep
        self.sights = Sights(reader.connection.base, told)
        self.notes: list[str] = []
        self.lag = 0.0
        self._once_promised: dict[str, set[str]] = {}
        self._case_known = False

    def check(self, touched: Iterable[Key], within: float) -> list[Finding]:
        """What is wrong with the resources that were touched, after waiting for it to heal."""
        self.notes = []
        keys = sorted(touched, key=lambda key: (key[0] == "group", key[1]))
        if len(keys) > MANY:
            return self._check_pages(keys)
        wrong = {key: found for key in keys if (found := self._look(key))}
        waited, pause, since = 0.0, 0.05, perf_counter()
        while wrong and max(waited, perf_counter() - since) < within:
            pause = min(pause, within - waited)
            self._sleep(pause)
            waited, pause = waited + pause, pause * 2
            healed = [key for key in wrong if not self._again(key, wrong)]
            for key in healed:
                self.notes.append(f"{self._name(key)}: held what was acknowledged only after about {waited:.1f} s")
                self.lag = max(self.lag, waited)
                del wrong[key]
        findings = [finding for found in wrong.values() for finding in found]
        return findings or self._case(keys, within)

    def _again(self, key: Key, wrong: dict[Key, list[Finding]]) -> list[Finding]:
        wrong[key] = self._look(key)
        return wrong[key]

    def _name(self, key: Key) -> str:
        return key[1].partition("#")[0]

    def _look(self, key: Key) -> list[Finding]:
        link = self._app.links.get(*key)
        if link is None:
            return self._gone(key)
        answer = self._reader.get(link.kind, link.id)
        document = document_of(answer)
        self.sights.saw(key, document)
        if document is None:
            return [self._unreadable(key, link, answer)]
        found = self._differences(key, link, document)
        if link.kind == "user" and not link.active and not found:
            found = self._findable(key, link)
        return found

    def _unreadable(self, key: Key, link: Link, answer: Answer) -> Finding:
        if held_up(answer):
            return Finding(f"{self._name(key)}: waiting: {unread(answer)}", key, "", len(self._transcript) - 1, True)
        how = said(answer)
        state = "" if link.active else ", although it was only deactivated"
        if isinstance(answer, Response) and answer.status == 200:
            how = "is answered 200 without a JSON object"
        return self._finding(key, f"the {link.kind} {self._name(key)} cannot be read back: GET by id {how}{state}", "")

    def _finding(self, key: Key, message: str, path: str) -> Finding:
        return Finding(message, key, path, len(self._transcript) - 1)

    def _gone(self, key: Key) -> list[Finding]:
        """A DELETE was acknowledged: 404 passes, and inactive passes with a note."""
        gone = self._app.links.gone(*key)
        if gone is None:
            return []
        answer = self._reader.get(gone.kind, gone.id)
        document = document_of(answer)
        self.sights.saw(key, document)
        if document is None:
            if isinstance(answer, Response) and answer.status in (404, 410):
                return []
            if held_up(answer):
                return [self._unreadable(key, gone, answer)]
            return [self._finding(key, f"{self._name(key)} was deleted, and GET by id {said(answer)}", "")]
        if gone.kind == "user" and get(document, "active") is False:
            self.notes.append(f"{self._name(key)}: the service provider answers DELETE by deactivating")
            return []
        message = f"the {gone.kind} {self._name(key)} is still there after its DELETE was acknowledged"
        return [self._finding(key, message, "")]

    def _differences(self, key: Key, link: Link, document: Mapping[str, Any]) -> list[Finding]:
        found = []
        for path, promised in link.values.items():
            if not verifiable(link.kind, path):
                continue
            difference = compare(document, path, promised)
            if difference is None:
                continue
            if difference.verdict == "computed":
                if self.sights.first_time(link.kind, path):
                    self.notes.append(f"{path} is the service provider's own: {written(difference.found)}")
            elif difference.verdict == "missing" and self._never_kept(link, path):
                if self.sights.first_time(link.kind, path):
                    self.notes.append(f"{path} is not kept by this service provider")
            else:
                message = f"{self._name(key)}: {self._names.original(str(difference))}"
                found.append(self._finding(key, message, path))
        if link.kind == "group":
            found += self._members(key, link, document)
        return found[:MOST_FINDINGS]

    def _never_kept(self, link: Link, path: str) -> bool:
        required = path in ("userName", "displayName") and path == NAMED_BY[link.kind]
        return not required and path != "active" and not self.sights.ever(link.kind, path)

    def _members(self, key: Key, link: Link, document: Mapping[str, Any]) -> list[Finding]:
        once = self._once_promised.setdefault(link.uid, set())
        once |= link.members
        held = get(document, "members")
        if held is None and not self.sights.ever("group", "members"):
            if link.members and self.sights.first_time("group", "members"):
                self.notes.append("members are not returned by this service provider, so they cannot be verified")
            return []
        values = [get(each, "value") for each in held or [] if isinstance(each, Mapping)]
        found = {value for value in values if isinstance(value, str)}
        wrong = [f"{self._bare(uid)} is missing" for uid in sorted(link.members) if self._wanted(uid, found)]
        linked = (each for each in self._app.links.all("user") if each.id in found) if found else ()
        known = {each.id: each.uid for each in linked if each.active}
        for uid in sorted(known[each] for each in found if each in known):
            if uid not in link.members and (link.created or uid in once) and self._is_current(uid):
                wrong.append(f"{self._bare(uid)} must not be a member")
        return [self._finding(key, f"members of {self._name(key)}: {message}", "members") for message in wrong]

    def _bare(self, uid: str) -> str:
        return uid.partition("#")[0]

    def _is_current(self, uid: str) -> bool:
        return self._app.person(uid) is not None

    def _wanted(self, uid: str, found: set[str]) -> bool:
        """Whether a promised member has to be there and is not."""
        link = self._app.links.user(uid) or self._app.links.group(uid)
        return link is not None and link.active and link.id not in found

    def _findable(self, key: Key, link: Link) -> list[Finding]:
        """A deactivated user has to be found by filter, so that the vendor can take it up again."""
        name = link.values.get("userName") or self._user_name(link.uid)
        if not isinstance(name, str):
            return []
        found = self._reader.find("user", "userName", name)
        if not isinstance(found, list):
            self.notes.append(f"{self._name(key)}: the lookup by userName {said(found)}, so it cannot be verified")
            return []
        if any(get(each, "id") == link.id for each in found):
            return []
        message = f'{self._name(key)} was deactivated and is no longer found by filter: userName eq "{name}"'
        return [replace(self._finding(key, self._names.original(message), "active"), why=FOUND_BY_NAME)]

    def _user_name(self, uid: str) -> str | None:
        person = self._app.person(uid)
        return person.userName if person else None

    def _case(self, keys: Sequence[Key], within: float) -> list[Finding]:
        """Once a run: userName is found in any case, externalId only in its own (RFC 7643, sections 3.1 and 4.1.1)."""
        links = (self._app.links.user(uid) for kind, uid in keys if kind == "user")
        link = next((each for each in links if each is not None and each.created and each.active), None)
        if self._case_known or link is None:
            return []
        self._case_known = True
        found = []
        for attribute, exact in (("userName", False), ("externalId", True)):
            value = link.values.get(attribute)
            if isinstance(value, str) and value.swapcase() != value:
                found += self._case_of(link, attribute, value, exact, within)
        return found

    def _case_of(self, link: Link, attribute: str, value: str, exact: bool, within: float) -> list[Finding]:
        other = self._names.original(value.swapcase())
        hit = self._finds(link, attribute, value.swapcase())
        if hit is None or hit is not exact:
            return []
        key: Key = ("user", link.uid)
        if exact:
            what = f'the filter {attribute} eq "{other}" finds the user although its case differs'
            return self._of_filters(key, f"{what}: {attribute} is caseExact (RFC 7643, 3.1)", attribute)
        waited, pause, since = 0.0, 0.05, perf_counter()
        while (
            not (own := self._finds(link, attribute, value))
            and own is not None
            and max(waited, perf_counter() - since) < within
        ):
            self._sleep(min(pause, within - waited))
            waited, pause = waited + pause, pause * 2
        if not own:
            what = (
                f'the filter {attribute} eq "{self._names.original(value)}" does not find the user that has this name'
            )
            return [] if own is None else self._of_filters(key, what, attribute)
        if waited:
            self.lag = max(self.lag, waited)
            self.notes.append(f"{self._name(key)}: found by filter only after about {waited:.1f} s")
        if self._finds(link, attribute, value.swapcase()):
            return []
        what = f'the filter {attribute} eq "{other}" does not find the user'
        return self._of_filters(key, f"{what}: {attribute} is not caseExact (RFC 7643, 4.1.1)", attribute)

    def _of_filters(self, key: Key, message: str, attribute: str) -> list[Finding]:
        """A finding on the service provider's filters, which an earlier run against it may have reported."""
        if self.sights.first_said(f"filter {attribute}"):
            return [replace(self._finding(key, message, attribute), alone=True)]
        self.notes.append(f"{message}; an earlier run has failed on it")
        return []

    def _finds(self, link: Link, attribute: str, value: str) -> bool | None:
        """Whether a filter finds the user, None where the answer is no list."""
        resources = self._reader.find("user", attribute, value)
        if not isinstance(resources, list):
            return None
        return any(get(each, "id") == link.id for each in resources)

    def _check_pages(self, keys: Sequence[Key]) -> list[Finding]:
        """Reads whole pages instead of single resources; what no page shows is read by id."""
        findings: list[Finding] = []
        for kind in ("user", "group"):
            left = {link.id: (k, uid) for k, uid in keys if k == kind and (link := self._app.links.get(k, uid))}
            for page in self._reader.pages(kind) if left else ():
                for document in page:
                    key = left.pop(str(get(document, "id")), None)
                    if key is not None and len(findings) < MOST_FINDINGS:
                        findings += self._of_page(key, document)
                if not left:
                    break
            for key in list(left.values())[:MOST_FINDINGS]:
                findings += self._look(key)
        return findings

    def _of_page(self, key: Key, document: Mapping[str, Any]) -> list[Finding]:
        link = self._app.links.get(*key)
        self.sights.saw(key, document)
        if link is None or (link.kind == "group" and get(document, "members") is None):
            return self._look(key)
        return self._differences(key, link, document)


__all__ = ["UNSEEN", "Finding", "Key", "Sights", "Verifier", "find"]
