"""Whose account it is: who a service provider shows to be signed in, and whether SSO and SCIM mean the same user."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from itertools import islice

from idpsim.directory import Person
from idpsim.provisioning.app import App
from idpsim.provisioning.links import Link
from idpsim.scenario.reader import Reader, document_of
from idpsim.scim import get
from idpsim.signon import Identity, SignInResult
from idpsim.wire import NoResponse, Response

MOST_SHOWN = 50
MOST_TEXT = 80
MOST_OTHERS = 10_000
MOST_PAGE = 1_000_000
MOST_IDS = 3
LONG_ID = 8
SHORT = 3
_ID = re.compile(r"[\w-]{1,128}")
_WORD = re.compile(r"[^\s\"'<>()\[\]{},;:]{3,320}")


@dataclass(frozen=True, slots=True)
class Sight:
    """Who is seen to be signed in, and the text that says so.

    `key` is one of the run's people, and `text` what says so. A text without a key names nobody of the run; with
    `stranger` it stands where one of them had to be named. With neither, nothing is shown that tells.
    """

    key: str | None = None
    text: str = ""
    stranger: bool = False


class Accounts:
    """The accounts of one run's people; those whom it has `met` are known by the identity provider's id as well.

    `pointed`: where the service provider shows who is signed in, it shows nothing else.
    """

    def __init__(self, app: App, reader: Reader, pointed: bool = True) -> None:
        self._app = app
        self._reader = reader
        self._pointed = pointed
        self._met: dict[str, Identity] = {}

    def meet(self, identity: Identity) -> None:
        """Know this identity from now on."""
        self._met[identity.person.key] = identity

    def who(self, result: SignInResult, *wanted: Person) -> Sight:
        """Who is signed in: one of `wanted` first of all, else any other of the run."""
        shown = [text for text in result.shown[:MOST_SHOWN] if text.strip()]
        if not result.told:
            return self._anywhere([*shown, result.page], wanted)
        sight = self._in_order(shown, wanted)
        named = any("@" in text for text in shown) or self._app.links.user(wanted[0].uid) is not None
        return replace(sight, stranger=self._pointed and sight.key is None and bool(sight.text) and named)

    def _in_order(self, shown: Sequence[str], wanted: Sequence[Person]) -> Sight:
        """By the first text that tells of somebody; a weak mark of others counts where nothing else does."""
        before: list[str] = []
        hit = Sight(None, shown[0][:MOST_TEXT]) if shown else Sight()
        for text in shown:
            keys = self._told_of(text, wanted)
            if len(keys) == 1:
                hit = Sight(keys[0], text[:MOST_TEXT])
                break
            before.append(text)
        other = self._other(before, wanted) or ("" if hit.key else self._other(before, wanted, weak=True))
        return Sight(other, ", ".join(before)[:MOST_TEXT]) if other else hit

    def _anywhere(self, texts: Sequence[str], wanted: Sequence[Person]) -> Sight:
        """By all that stands there, which may name others beside the one who is signed in."""
        keys = {key for text in texts for key in self._told_of(text, wanted, within=True)}
        if keys:
            return Sight(keys.pop(), "its page") if len(keys) == 1 else Sight()
        other = self._other([word for text in texts for word in _WORD.findall(text[:MOST_PAGE])], wanted)
        return Sight(other, "its page") if other else Sight()

    def _told_of(self, text: str, wanted: Sequence[Person], within: bool = False) -> list[str]:
        """The keys of those whom a text names: as a whole, or `within` it or among its words."""
        said = unescape(text[:MOST_PAGE]).strip().casefold()
        marks = {person.key: self._marks(person) for person in wanted}
        whole = [key for key, several in marks.items() if said in several]
        if whole or not (within or re.search(r"\s", said)):
            return whole
        return [key for key, some in marks.items() if any(len(one) >= SHORT and _stands_in(one, said) for one in some)]

    def _other(self, texts: Sequence[str], wanted: Sequence[Person], weak: bool = False) -> str:
        """Somebody else of the run of whom one of these texts tells, empty where there is nobody."""
        said = {text.strip(" \t\r\n.!?").casefold() for text in texts}
        if not said:
            return ""
        mine = {person.key for person in wanted}
        everyone = (person for person in self._everyone() if person.key not in mine)
        others = islice(everyone, MOST_OTHERS)
        return next((person.key for person in others if not said.isdisjoint(self._marks(person, weak))), "")

    def _everyone(self) -> Iterator[Person]:
        yield from (identity.person for identity in self._met.values())
        directory = self._app.directory
        yield from (directory.person(key) for key in directory.people())

    def _marks(self, person: Person, weak: bool = True) -> tuple[str, ...]:
        """What tells a person, in one case: userName, e-mail, the ids at both sides, and where `weak` will do the
        display name and short ids, which may stand for something else as well."""
        link, met = self._app.links.user(person.uid), self._met.get(person.key)
        ids = (link.id if link else None, met.id if met and met.person.uid == person.uid else None)
        told = [person.userName, person.email, *(each for each in ids if each and (weak or len(each) >= LONG_ID))]
        if weak:
            told += [person.displayName, str(link.values.get("userName") or "") if link else None]
        return tuple(text.casefold() for text in told if text)

    def departed(self, uid: str) -> str:
        """`deactivated` or `deleted` where the service provider has acknowledged that, else empty."""
        link = self._app.links.user(uid)
        if link is not None:
            return "" if link.active else "deactivated"
        return "deleted" if self._app.links.gone("user", uid) is not None else ""

    def second(self, person: Person, shown: Sequence[str] = ()) -> tuple[str, str]:
        """What says that a provisioned person has two accounts, and what keeps it from being told; empty: nothing."""
        link = self._app.links.user(person.uid)
        if link is None:
            return "", ""
        name = str(link.values.get("userName") or person.userName)
        found = self._reader.find("user", "userName", name)
        if not isinstance(found, list):
            return "", f"{person.key}: whether there is a second account cannot be told: the lookup {_said(found)}"
        named = [each for each in found if str(get(each, "userName")).casefold() == name.casefold()]
        ids = [each for each in (get(one, "id") for one in named) if isinstance(each, str)]
        strangers = [each for each in ids if each != link.id] or self._known_ids(link, shown, person)
        if strangers:
            signs_in = next((each for each in strangers if each in shown), strangers[0])
            made = "SCIM made" if link.created else "SCIM is linked to"
            return f"{person.key}: a second account: SSO signs in {signs_in}, {made} {link.id}", ""
        if link.id not in ids:
            return f'{person.key}: the user that SCIM made, {link.id}, is not found by userName eq "{name}"', ""
        return "", ""

    def _known_ids(self, link: Link, shown: Sequence[str], person: Person) -> list[str]:
        """Of what is shown of who is signed in, the ids of users that are not the link's."""
        if link.id in shown:
            return []
        marks = self._marks(person)
        likely = [each for each in shown if _ID.fullmatch(each) and each.casefold() not in marks][:MOST_IDS]
        return [each for each in likely if get(document_of(self._reader.get("user", each)) or {}, "id") == each]


def _stands_in(mark: str, page: str) -> bool:
    """Whether a page says this as a word of its own."""
    return re.search(rf"(?<![\w.+@-]){re.escape(mark)}(?!\.?[\w@-])", page) is not None


def _said(answer: Response | NoResponse) -> str:
    return f"gets no answer ({answer.reason})" if isinstance(answer, NoResponse) else f"is answered {answer.status}"
