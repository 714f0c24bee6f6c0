"""The way of one sign-in: from the service provider to the identity provider and back, until a page stands."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from idpsim.signon import Attempt
from idpsim.sso.browser import Browser, Navigation, Page, Stuck
from idpsim.sso.browser.address import origin, resolve
from idpsim.sso.browser.browser import MOST_REDIRECTS, MOST_STEPS
from idpsim.sso.browser.forms import Form
from idpsim.sso.browser.person import next_action
from idpsim.sso.delivery import comes_back, deliver, is_delivery
from idpsim.sso.plan import Plan
from idpsim.sso.shown import asks_password, is_login

if TYPE_CHECKING:
    from idpsim.sso.tamper.browser import BrowserTamper

LOGIN_FORM = "idpsim-login"
MOST_ACTIONS = 2


@dataclass(frozen=True)
class Ending:
    """How a way ended; `signed-in` here means that nothing speaks against it.

    `wrong` says that the service provider did what it must not, although the sign-in itself may be accepted.
    """

    word: Literal["signed-in", "refused", "failed"]
    reason: str = ""
    by_idp: bool = False
    landing: Page | None = None
    wrong: bool = False
    crashed: bool = False


class Way:
    """One attempt, played once.

    `browser` is the one that ended up with the session, `asked` the parameters of the request to the identity
    provider.
    """

    def __init__(
        self,
        plan: Plan,
        attempt: Attempt,
        ticket: Callable[[], str],
        fresh: Callable[[], Browser],
        tamper: BrowserTamper | None,
    ) -> None:
        self.browser = fresh()
        self._plan = plan
        self._attempt = attempt
        self._ticket = ticket
        self._fresh = fresh
        self._tamper = tamper
        self._until = time.monotonic() + plan.timeout
        self.asked: frozenset[str] = frozenset()
        self._visited: list[str] = []
        self._delivered: list[str] = []
        self._returned = False
        self._denied = ""
        self._typed = False
        self._actions = 0
        self._protected = ""

    def go(self) -> Ending:
        """Play it to its end."""
        try:
            return self._go()
        except Stuck as stuck:
            if stuck.kind == "cut":
                return Ending("signed-in", stuck.reason)
            where = f" (after {self._visited[-1]})" if self._visited and stuck.kind != "loop" else ""
            return Ending("failed", stuck.reason + where)

    def _go(self) -> Ending:
        links = self._plan.login if self._attempt.start == "sp" else self._plan.idp_link
        url = links.get(self._attempt.via)
        if url is None:
            who = "service provider" if self._attempt.start == "sp" else "identity provider"
            return Ending("failed", f"no address is known at which a {self._attempt.via} sign-in starts at the {who}")
        self._idp = origin(resolve(self._plan.idp, self._plan.idp))
        step: Navigation | None = self.browser.typed(url)
        page: Page | None = None
        while step is not None:
            self._returned |= comes_back(step, page, self._idp)
            if is_delivery(step, page, self._idp):
                if step.url.partition("?")[0] in self._delivered:
                    return Ending("refused", "the service provider sends the browser to sign in again", landing=page)
                page = self._deliver(step)
            else:
                self._check(step)
                self._note(step)
                page = self.browser.visit(step)
                self._begun(page)
            ending, step = self._next(page)
            if ending is not None:
                return ending
        return self._verdict(page)

    def _note(self, step: Navigation) -> None:
        """Keep the names of the parameters with which the service provider asks the identity provider."""
        if not self.asked and origin(step.url) == self._idp:
            self.asked = frozenset(step.fields)

    def _begun(self, page: Page) -> None:
        """Keep the first address where it leads on at once: when it stands later, it is a page for who is signed in."""
        if len(self._visited) == 1 and page.onward() is not None:
            self._protected = page.url

    def _deliver(self, step: Navigation) -> Page:
        self._check(step)
        self._delivered.append(step.url.partition("?")[0])
        fields = step.fields
        self._denied = " ".join(fields[name] for name in ("error", "error_description") if fields.get(name))
        if self._tamper is None or len(self._delivered) > 1:
            return self.browser.visit(step)
        patience = max(1.0, self._until - time.monotonic())
        self.browser, page = deliver(self.browser, step, self._tamper, self._fresh, self._idp, patience)
        return page

    def _next(self, page: Page) -> tuple[Ending | None, Navigation | None]:
        """How it ends here, or where it goes on: by itself, or by what a person does."""
        if (never := self._never(page)) is not None:
            return never, None
        onward = page.onward()
        if onward is not None:
            return None, onward
        if page.status >= 400:
            return self._error(page), None
        form = next((form for form in page.document.forms if form.id == LOGIN_FORM), None)
        if form is not None and page.origin == self._idp:
            return self._log_in(page, form)
        if not self._returned and page.origin != self._idp and self._actions < MOST_ACTIONS:
            self._actions += 1
            return None, next_action(page, self._attempt.identity.person, self._attempt.via)
        return None, None

    def _log_in(self, page: Page, form: Form) -> tuple[Ending | None, Navigation | None]:
        if self._returned:
            return Ending("refused", "the service provider sends the browser to sign in again", landing=page), None
        if self._typed:
            return Ending("refused", f"the login page asks again: {page.text[:300]}", by_idp=True, landing=page), None
        self._typed = True
        return None, page.submit(form, {"ticket": self._ticket()})

    def _error(self, page: Page) -> Ending:
        if page.origin == self._idp:
            return Ending("refused", page.text[:500] or f"answered {page.status}", by_idp=True, landing=page)
        if self._denied and self._attempt.tamper is None:
            return Ending("refused", self._denied, by_idp=True, landing=page)
        where = page.url.partition("?")[0]
        said = f": {page.text[:300]}" if page.text else ""
        if not self._returned:
            return Ending("failed", f"{where} answers {page.status} before anybody has signed in{said}", landing=page)
        crashed = page.status == 500
        text = f"{where} answers {page.status}{' (it crashed)' if crashed else ''}{said}"
        return Ending("refused", text, landing=page, crashed=crashed)

    def _verdict(self, page: Page | None) -> Ending:
        """What the page on which it stands says."""
        if page is None:
            return Ending("failed", "nothing was opened")
        if self._denied and self._attempt.tamper is None:
            return Ending("refused", self._denied, by_idp=True, landing=page)
        if self._returned:
            if page.origin == self._idp:
                return Ending("refused", f"it ends at the identity provider: {page.text[:300]}", landing=page)
            again = is_login(page.url, self._plan.login.values()) and page.url != self._protected
            if again or asks_password(page):
                return Ending("refused", f"back at the page to sign in: {page.text[:300]}", landing=page)
            return Ending("signed-in", landing=page)
        where = page.url.partition("?")[0]
        if page.needs_script:
            return Ending("failed", f"{where} is made by a script, which does not run here", landing=page)
        if page.origin == self._idp:
            return Ending("failed", f"it ends at the identity provider: {page.text[:300]}", by_idp=True, landing=page)
        return Ending("failed", f"{where} does not lead to the identity provider: {page.text[:300]}", landing=page)

    def _never(self, page: Page) -> Ending | None:
        """The end where the page leads to the attacker's address, to which the browser does not go."""
        target = self._tamper.never_to if self._tamper and self._delivered else None
        if target is None:
            return None
        said = [page.header("location") or "", (page.document.refresh or (0, ""))[1]]
        if not any(each.strip().lower().startswith(target) for each in said):
            onward = page.onward()
            if onward is None or not onward.url.startswith(target):
                return None
        return Ending("signed-in", f"the service provider leads the browser to {target}", landing=page, wrong=True)

    def _check(self, step: Navigation) -> None:
        """Note where it goes; `Stuck` where it goes round, or takes too long."""
        self._visited.append(step.url.partition("?")[0])
        way = self._visited
        if len(step.chain) > MOST_REDIRECTS or len(way) > MOST_STEPS:
            often = sorted({url for url in way if way.count(url) > 2}, key=way.index)[:4] or way[-4:]
            raise Stuck("loop", f"it goes round and round, {len(way) - 1} times so far: {' → '.join(often)}")
        if time.monotonic() > self._until:
            raise Stuck("time", f"no page stands after {self._plan.timeout:g} s; the last address was {way[-1]}")
