"""Who is signed in, by what the service provider shows: JSON, a page, or a token in a cookie."""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from idpsim.sso.browser import Browser, Page, Stuck
from idpsim.sso.browser.address import origin, resolve
from idpsim.sso.browser.browser import JSON_FIRST
from idpsim.sso.browser.elements import Element, Elements

MOST_VALUES = 200
MOST_CHARACTERS = 2000
MOST_HOPS = 5
_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}")
_LOGIN = re.compile(r"log[-_]?in|sign[-_]?in|/sso\b|/saml|/oidc|/auth\b|authorize", re.IGNORECASE)
_STEP = re.compile(r"[^.\[\]]+")


@dataclass(frozen=True)
class Shows:
    """Where the service provider shows who is signed in: the scenario's `sso.shows`.

    `url` is asked with the session's cookies. `at` says where in its answer: paths in JSON (`user.email`,
    `emails[0].value`), or id, class, name, data attribute or label of HTML elements; left out, all of it counts.
    `cookie` names a cookie that holds a JWT, of which `claim` is read, unverified. `bearer` is the path, in the JSON
    with which a sign-in ends, of a token that goes along to `url`.
    """

    url: str | None = None
    at: tuple[str, ...] = ()
    cookie: str | None = None
    claim: tuple[str, ...] = ("email", "preferred_username", "sub")
    bearer: str | None = None


@dataclass(frozen=True)
class Sight:
    """What was seen of a session: who is signed in, most telling first; `nobody` says why it is nobody.

    `unclear` says why it cannot be told.
    """

    who: tuple[str, ...] = ()
    page: str = field(default="", repr=False)
    nobody: str = ""
    unclear: str = ""


def look(browser: Browser, shows: Shows, landing: Page | None) -> Sight:
    """What the service provider shows of this browser's session; `landing` is the page with which the sign-in ended."""
    if shows.cookie is not None:
        return _in_cookie(browser, shows)
    if shows.url is None:
        return of_page(landing) if landing else Sight(unclear="there is no page to look at")
    try:
        return _at(browser, shows, landing)
    except Stuck as stuck:
        return Sight(unclear=f"{shows.url} does not show who is signed in: {stuck.reason}")


def of_page(page: Page) -> Sight:
    """The e-mail addresses on a page, then its text."""
    text = page.text[: MOST_CHARACTERS * 10]
    emails = tuple(dict.fromkeys(islice(_EMAIL.findall(text), MOST_VALUES)))
    return Sight((*emails, *([text[:MOST_CHARACTERS]] if text else [])), text[:MOST_CHARACTERS])


def _at(browser: Browser, shows: Shows, landing: Page | None) -> Sight:
    extra = {}
    if shows.bearer and landing:
        token = next(values(landing.json, shows.bearer), "")
        if not token or not (token.isascii() and token.isprintable()):
            return Sight(nobody=f"the sign-in gave no token at {shows.bearer}", page=landing.text[:MOST_CHARACTERS])
        extra = {"Authorization": f"Bearer {token}"}
    step = browser.typed(shows.url or "")
    for _ in range(MOST_HOPS):
        page = browser.visit(step, JSON_FIRST, extra)
        onward = page.onward()
        if onward is None:
            return _shown(page, shows)
        if leads_away(step.url, onward.url):
            return Sight(nobody=f"{shows.url} leads to {onward.url.partition('?')[0]}")
        step = onward
    return Sight(unclear=f"{shows.url} redirects again and again")


def leads_away(url: str, target: str) -> bool:
    """Whether a redirect asks to sign in: to another origin, or to an address that says so."""
    path, before = target.partition("?")[0], url.partition("?")[0]
    return origin(target) != origin(url) or (_LOGIN.search(path) is not None and _LOGIN.search(before) is None)


def _shown(page: Page, shows: Shows) -> Sight:
    text = page.text[:MOST_CHARACTERS]
    if page.status in (401, 403, 404):
        return Sight(nobody=f"{shows.url} answers {page.status}", page=text)
    if page.status >= 400:
        return Sight(unclear=f"{shows.url} answers {page.status}", page=text)
    if asks_password(page):
        return Sight(nobody=f"{shows.url} is a page to sign in at", page=text)
    if page.json is None and not shows.at:
        return of_page(page) if text else Sight(unclear=f"{shows.url} shows no text", page=text)
    data = page.json
    if page.json is not None:
        found = [value for at in shows.at for value in values(data, at)] if shows.at else scalars(data)
    else:
        found = [value for at in shows.at for value in in_html(page.document.elements, at)]
    who = tuple(islice(dict.fromkeys(value for value in found if value), MOST_VALUES))
    where = " or ".join(shows.at) or "any place"
    return Sight(who, text, nobody="" if who else f"{shows.url} shows nobody at {where}")


def asks_password(page: Page) -> bool:
    """Whether a page has a field for a password and none for a new one."""
    kinds = [each for form in page.document.forms for each in form.visible if each.kind == "password"]
    return len(kinds) == 1


def values(data: Any, path: str) -> Iterator[str]:
    """The scalars at a path such as `user.emails[0].value`, as text; a whole key counts before its parts."""
    if isinstance(data, dict) and path in data:
        yield from scalars(data[path])
        return
    for step in _STEP.findall(path)[:50]:
        if isinstance(data, dict):
            data = data.get(step)
        elif isinstance(data, list) and step.isascii() and step.isdigit() and len(step) < 7:
            data = data[int(step)] if int(step) < len(data) else None
        else:
            return
    yield from scalars(data)


def scalars(data: Any) -> Iterator[str]:
    """All strings and numbers inside, at most 200."""
    left = [data]
    given = 0
    while left and given < MOST_VALUES:
        value = left.pop()
        if isinstance(value, dict):
            left.extend(reversed(value.values()))
        elif isinstance(value, list):
            left.extend(reversed(value))
        elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
            given += 1
            yield str(value)[:MOST_CHARACTERS] if isinstance(value, str) else repr(value)[:100]


def in_html(elements: Elements, at: str) -> Iterator[str]:
    """The texts of the elements that `at` names by id, class, name or data attribute, else by their label."""
    wanted = at.removeprefix("#").removeprefix(".")
    named = [each for each in elements.all if _is_named(each, wanted)]
    for each in named[:MOST_VALUES]:
        yield each.attributes.get(wanted) or _text(elements, each)
    if not named:
        yield from _labelled(elements, at.strip().rstrip(":").lower())


def _is_named(element: Element, wanted: str) -> bool:
    said = element.attributes
    if wanted.startswith("data-"):
        return wanted in said
    return wanted in (said.get("id"), said.get("name")) or wanted in said.get("class", "").split()


def _labelled(elements: Elements, label: str) -> Iterator[str]:
    """What stands in the element after the one whose whole text is the label."""
    for each in elements.all:
        if each.name not in ("label", "dt", "th", "td", "strong", "b", "span", "div", "h3", "h4"):
            continue
        if elements.seen(each).rstrip(": ").lower() == label and each.end < len(elements.all):
            target = each.attributes.get("for")
            found = (it for it in elements.all if target and it.attributes.get("id") == target)
            yield _text(elements, next(found, elements.all[each.end]))
            return


def _text(elements: Elements, element: Element) -> str:
    return element.attributes.get("value", "") if element.name == "input" else elements.seen(element)


def _in_cookie(browser: Browser, shows: Shows) -> Sight:
    tokens = [each.value for each in browser.jar if each.name == shows.cookie]
    if not tokens:
        return Sight(nobody=f"there is no cookie {shows.cookie}")
    claims = _claims(tokens[-1])
    if claims is None:
        return Sight(unclear=f"the cookie {shows.cookie} holds no JWT")
    who = tuple(_all(claims, shows.claim))
    return Sight(who, nobody="" if who else f"the token in {shows.cookie} has no {' or '.join(shows.claim)}")


def _all(claims: Any, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from values(claims, name)


def _claims(token: str) -> Any:
    """The claims of a JWT, unverified; None where it is none."""
    parts = token.strip('"').split(".")
    try:
        return json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) == 3 else None
    except (ValueError, Error, RecursionError):
        return None


def is_login(url: str, logins: Iterable[str]) -> bool:
    """Whether an address is one at which a sign-in starts, whatever its query."""
    paths = {resolve(each, each).partition("?")[0] for each in logins}
    return url.partition("?")[0] in paths
