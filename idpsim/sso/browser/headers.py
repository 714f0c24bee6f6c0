"""The headers of a navigation, as Chrome sends them."""

from __future__ import annotations

from itertools import pairwise

from idpsim import __version__
from idpsim.sso.browser.address import is_trustworthy, origin, same_site
from idpsim.sso.browser.forms import Body
from idpsim.sso.browser.page import Navigation
from idpsim.wire import Headers

USER_AGENT = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    f" idpsim/{__version__}"
)
ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def crosses_sites(step: Navigation) -> bool:
    """Whether another site has begun the navigation: then SameSite counts. Redirects between do not change it."""
    return step.initiator is not None and not same_site(step.initiator, step.url)


def headers(step: Navigation, body: Body | None, cookie: str, accept: str = ACCEPT) -> Headers:
    """All headers, in Chrome's order; `cookie` empty leaves the header out."""
    given = [("Host", step.url.split("/", 3)[2]), ("Connection", "keep-alive")]
    if body is not None:
        given += [("Content-Length", str(len(body.data))), ("Cache-Control", "max-age=0")]
        given += [("Origin", _origin(step)), ("Content-Type", body.content_type)]
    given += [("Upgrade-Insecure-Requests", "1"), ("User-Agent", USER_AGENT), ("Accept", accept)]
    if is_trustworthy(step.url):
        given += [("Sec-Fetch-Site", fetch_site(step)), ("Sec-Fetch-Mode", "navigate")]
        given += [("Sec-Fetch-User", "?1")] if step.by_hand or step.initiator is None else []
        given += [("Sec-Fetch-Dest", "document")]
    if referer := _referer(step):
        given.append(("Referer", referer))
    given += [("Accept-Encoding", "gzip, deflate"), ("Accept-Language", "en-US,en;q=0.9")]
    if cookie:
        given.append(("Cookie", cookie))
    return tuple(given)


def fetch_site(step: Navigation) -> str:
    """Sec-Fetch-Site: the worst of all hops against who began."""
    if step.initiator is None:
        return "none"
    hops = (*step.chain, step.url)
    if all(origin(hop) == origin(step.initiator) for hop in hops):
        return "same-origin"
    return "same-site" if all(same_site(hop, step.initiator) for hop in hops) else "cross-site"


def _origin(step: Navigation) -> str:
    """Origin of a POST: `null` after a redirect from one foreign origin to another, and where the policy hides it."""
    if step.initiator is None:
        return "null"
    mine = origin(step.initiator)
    tainted = any(
        origin(before) != mine and origin(before) != origin(after)
        for before, after in pairwise((*step.chain, step.url))
    )
    hidden = step.policy == "no-referrer" or (step.policy == "same-origin" and mine != origin(step.url))
    guarded = ("", "strict-origin", "strict-origin-when-cross-origin", "no-referrer-when-downgrade")
    return "null" if tainted or hidden or (step.policy in guarded and _downgrades(step)) else mine


def _referer(step: Navigation) -> str:
    """Referer by the Referrer-Policy of the page that began; the default is strict-origin-when-cross-origin."""
    if step.initiator is None:
        return ""
    whole, short = step.initiator, origin(step.initiator) + "/"
    same = origin(step.initiator) == origin(step.url)
    match step.policy:
        case "no-referrer":
            return ""
        case "same-origin":
            return whole if same else ""
        case "origin":
            return short
        case "origin-when-cross-origin":
            return whole if same else short
        case "unsafe-url":
            return whole
        case "strict-origin":
            return "" if _downgrades(step) else short
        case "no-referrer-when-downgrade":
            return "" if _downgrades(step) else whole
    return whole if same else "" if _downgrades(step) else short


def _downgrades(step: Navigation) -> bool:
    begun = step.initiator or ""
    return begun.startswith("https:") and not is_trustworthy(step.url)
