"""Signs people in at a service provider with the built-in browser, and says what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from idpsim.signon import Attempt, SignInResult
from idpsim.sso.browser import Browser, Navigation, Page, Stuck
from idpsim.sso.browser.address import origin, resolve
from idpsim.sso.plan import Plan
from idpsim.sso.shown import Sight, is_login, leads_away, look, of_page
from idpsim.sso.way import Ending, Way

if TYPE_CHECKING:
    from idpsim.sso.tamper.browser import BrowserTamper

__all__ = ["SigningIn"]


@dataclass(frozen=True)
class _Live:
    """Somebody's session at the service provider: the browser that has it, and the page that it ended on."""

    browser: Browser
    landing: Page


class SigningIn:
    """Signs people in as `plan` says, each with a browser of their own.

    `ticket` makes what is typed into the identity provider's login form for an attempt. The session of the last
    sign-in of each person that worked is kept for `look` and `sign_out`; a falsified one never is. No method raises
    for what a server does.
    """

    def __init__(self, plan: Plan, ticket: Callable[[Attempt], str], browser: Callable[[], Browser]) -> None:
        self._plan = plan
        self._ticket = ticket
        self._browser = browser
        self._live: dict[str, _Live] = {}

    def sign_in(self, attempt: Attempt) -> SignInResult:
        """Sign in, and see who the service provider says is signed in."""
        opened: list[Browser] = []

        def fresh() -> Browser:
            opened.append(self._browser())
            return opened[-1]

        way = Way(self._plan, attempt, lambda: self._ticket(attempt), fresh, _tamper(attempt.tamper))
        kept = None
        try:
            ending = way.go()
            result = self._judged(ending, way.browser)
            if attempt.tamper is None and result.word == "signed-in" and ending.landing is not None:
                kept = way.browser
                self._keep(attempt.identity.person.key, _Live(kept, ending.landing))
        finally:
            for each in opened:
                if each is not kept:
                    each.close()
        return _scored(result, attempt.tamper, way.asked)

    def sign_out(self, key: str) -> SignInResult:
        """End a person's session, at the service provider where it has an address for that; then what `look` says."""
        live = self._live.get(key)
        if live is None:
            return SignInResult("failed", "nobody of that name has signed in")
        url = self._plan.logout or self._plan.idp_logout
        if url is None:
            return SignInResult("failed", "the scenario names no address that ends a session (`sso.logout`)")
        try:
            page = live.browser.open(url, self._plan.timeout)
        except Stuck as stuck:
            return SignInResult("failed", f"signing out: {stuck.reason}")
        if page.status >= 400:
            text = page.text[:2000]
            return SignInResult("failed", f"signing out: {page.url.partition('?')[0]} answers {page.status}", page=text)
        return self.look(key) or SignInResult("refused", "nobody is signed in")

    def look(self, key: str) -> SignInResult | None:
        """Whether the person's session still stands, and who it is; None where they have not signed in before.

        `refused` means that nobody is signed in. Nothing is done that would sign them in anew.
        """
        live = self._live.get(key)
        if live is None:
            return None
        if self._plan.shows is None:
            return _result(_seen_again(live, self._plan), told=False)
        return _result(look(live.browser, self._plan.shows, live.landing), told=True)

    def close(self) -> None:
        """Forget all sessions."""
        self._live.clear()

    def _keep(self, key: str, live: _Live) -> None:
        """Keep the session, without its open connections: there may be thousands."""
        live.browser.close()
        self._live[key] = live

    def _judged(self, ending: Ending, browser: Browser) -> SignInResult:
        """The result, with who is shown where somebody may be signed in."""
        if ending.word != "signed-in":
            text = _text(ending.landing)
            return SignInResult(ending.word, ending.reason, ending.by_idp, page=text, crashed=ending.crashed)
        if self._plan.shows is not None:
            result = _result(look(browser, self._plan.shows, ending.landing), told=True)
        elif ending.landing is None:
            return SignInResult("refused", ending.reason)
        elif ending.landing.needs_script:
            why = "the page after the sign-in is made by a script; name where it shows who is signed in (`sso.shows`)"
            return SignInResult("failed", why)
        else:
            result = _result(of_page(ending.landing), told=False)
        if ending.wrong and result.word == "signed-in":
            return replace(result, reason=ending.reason, must="refuse")
        return replace(result, reason=result.reason or ending.reason)


def _seen_again(live: _Live, plan: Plan) -> Sight:
    """What the page after the sign-in shows now, without going where one signs in."""
    try:
        step = Navigation("GET", live.landing.url.partition("?")[0])
        for _ in range(5):
            page = live.browser.visit(step)
            onward = page.onward()
            if onward is None:
                there = page.url.partition("?")[0] == live.landing.url.partition("?")[0]
                gone = page.status >= 400 or (is_login(page.url, plan.login.values()) and not there)
                return Sight(nobody=f"{page.url} answers {page.status}") if gone else of_page(page)
            to_idp = origin(onward.url) == origin(resolve(plan.idp, plan.idp))
            if to_idp or is_login(onward.url, plan.login.values()) or leads_away(step.url, onward.url):
                return Sight(nobody=f"{step.url} leads to {onward.url.partition('?')[0]}")
            step = onward
    except Stuck as stuck:
        return Sight(unclear=stuck.reason)
    return Sight(unclear=f"{live.landing.url} redirects again and again")


def _result(sight: Sight, told: bool) -> SignInResult:
    if sight.unclear:
        return SignInResult("failed", sight.unclear, page=sight.page)
    word = "refused" if sight.nobody else "signed-in"
    nobody = f"nobody is signed in: {sight.nobody}" if sight.nobody else ""
    return SignInResult(word, nobody, shown=sight.who, page=sight.page, told=told)  # type: ignore[arg-type]


def _text(page: Page | None) -> str:
    return page.text[:2000] if page else ""


def _tamper(name: str | None) -> BrowserTamper | None:
    if name is None:
        return None
    from idpsim.sso.tamper.registry import browser_tamper

    return browser_tamper(name)


def _scored(result: SignInResult, name: str | None, asked: frozenset[str]) -> SignInResult:
    """The result with what a service provider must do about the falsification, by the catalogue."""
    if name is None:
        return result
    from idpsim.sso.tamper.catalogue import entries

    entry = entries().get(name)
    if entry is None:
        return result
    if entry.needs and asked and entry.needs not in asked:
        idle = f"the service provider sends no {entry.needs}, so there was nothing to falsify"
        return replace(result, must="either", reason=idle, why=entry.why, source=entry.source)
    must = result.must or entry.must
    return replace(result, must=must, why=entry.why, source=entry.source, stranger=entry.stranger)
