"""Hands the identity provider's answer to the service provider, falsified on the way where that is asked for."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from idpsim.sso.browser import Browser, Navigation, Page, Stuck
from idpsim.sso.browser.address import origin
from idpsim.sso.browser.page import with_query

if TYPE_CHECKING:
    from idpsim.sso.tamper.browser import BrowserTamper

_ANSWERS = ("SAMLResponse", "SAMLart", "code", "id_token", "error", "state")


def is_delivery(step: Navigation, before: Page | None, idp: str) -> bool:
    """Whether a step takes an answer from the identity provider, whose origin is `idp`, to somebody else."""
    if before is None or before.origin != idp or origin(step.url) == idp:
        return False
    return any(name in step.fields for name in _ANSWERS)


def comes_back(step: Navigation, before: Page | None, idp: str) -> bool:
    """Whether a step leads from the identity provider to somebody else, and not to begin a sign-in there."""
    if before is None or before.origin != idp or origin(step.url) == idp:
        return False
    return is_delivery(step, before, idp) or "iss" not in step.fields


def edited(step: Navigation, tamper: BrowserTamper) -> Navigation:
    """The step with other parameters, by the other method where that is the falsification."""
    fields = dict(step.fields)
    if tamper.edit is not None:
        fields = tamper.edit(fields)
    for name, value in (("RelayState", tamper.relay_state), ("state", tamper.state)):
        if value is not None:
            fields = {key: each for key, each in fields.items() if key != name}
            fields |= {name: value} if value else {}
    pairs = tuple(fields.items())
    if step.pairs is None or tamper.method == "GET":
        return replace(step, method="GET", url=with_query(step.url, pairs), pairs=None, enctype="")
    return replace(step, pairs=pairs)


def deliver(
    browser: Browser, step: Navigation, tamper: BrowserTamper, fresh: Callable[[], Browser], idp: str, patience: float
) -> tuple[Browser, Page]:
    """The browser that delivered last, and the page that it got; `Stuck` where there is none.

    `Stuck("cut", …)` where the connection was cut and nothing was answered.
    """
    if tamper.wait:
        time.sleep(min(tamper.wait, patience))
    if tamper.replay:
        last = browser.settle(step, patience)
        if last.status >= 400 or last.origin == idp:
            where = last.url.partition("?")[0]
            raise Stuck("first", f"the delivery that was to be replayed did not work: {where} answers {last.status}")
        browser = fresh()
        return browser, browser.visit(edited(step, tamper))
    if tamper.drop_cookies:
        browser.forget()
    step = edited(step, tamper)
    if tamper.cut:
        try:
            return browser, browser.cut(step)
        except Stuck as stuck:
            raise Stuck("cut", f"half of the form was sent and the connection cut ({stuck.reason})") from None
    return browser, _twice(browser, step) if tamper.twice else browser.visit(step)


def _twice(browser: Browser, step: Navigation) -> Page:
    """The page of two deliveries at once: the second's, unless only the first was accepted."""
    with ThreadPoolExecutor(2) as pool:
        first, second = [each.result() for each in [pool.submit(browser.visit, step) for _ in range(2)]]
    return first if second.status >= 400 > first.status else second
