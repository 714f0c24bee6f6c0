"""What a person does on a page on the way to single sign-on: gives their name, or clicks what says so."""

from __future__ import annotations

import re

from idpsim.directory import Person
from idpsim.sso.browser.address import Stuck
from idpsim.sso.browser.forms import Field, Form
from idpsim.sso.browser.page import Navigation, Page

_ASKS_WHO = re.compile(r"e-?mail|user|login|identifier|account|upn|domain", re.IGNORECASE)
_SEARCHES = re.compile(r"search|query|^q$|newsletter|subscribe|coupon", re.IGNORECASE)
_LEADS_IN = re.compile(
    r"\bsso\b|single.sign|\bsaml|\boidc|openid|continue with|(?:log|sign).?in with|\blog.?in\b|\bsign.?in\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"sso|saml|oidc|openid|log.?in|sign.?in", re.IGNORECASE)
_LEADS_OUT = re.compile(r"log.?out|sign.?out|log.?off|sign.?up|register|forgot|reset|help|privacy|terms", re.IGNORECASE)
_STRONG = re.compile(r"\bsso\b|single.sign|saml|oidc|openid", re.IGNORECASE)


def next_action(page: Page, person: Person, via: str) -> Navigation | None:
    """What `person` does to sign in over `via`, None where nothing on the page offers it."""
    form = next((form for form in page.document.forms if _who(form) is not None), None)
    field = _who(form) if form else None
    if form is not None and field is not None:
        return page.submit(form, {field.name: _answer(field, person)})
    return _click(page, via)


def _who(form: Form) -> Field | None:
    """The one field of a form that asks who somebody is, and asks nothing else."""
    asked = [each for each in form.visible if each.kind not in ("checkbox", "radio", "select")]
    if len(asked) != 1 or asked[0].kind not in ("text", "email") or not asked[0].name:
        return None
    only = asked[0]
    said = f"{only.name} {only.id} {only.hint}"
    if _SEARCHES.search(said):
        return None
    return only if only.kind == "email" or _ASKS_WHO.search(said) else None


def _answer(field: Field, person: Person) -> str:
    """The e-mail address where that is asked for, the part after its @ for a domain, else the user name."""
    if re.search(r"domain", field.name, re.IGNORECASE):
        return (person.email or person.userName).rpartition("@")[2]
    wants_email = field.kind == "email" or re.search(r"e-?mail", f"{field.name} {field.id}", re.IGNORECASE)
    return person.email or person.userName if wants_email else person.userName


def _click(page: Page, via: str) -> Navigation | None:
    offers: list[tuple[int, Navigation]] = []
    for form in page.document.forms:
        said = " ".join(each.text for each in form.buttons)
        if not form.visible and form.buttons and _offers(form.action, said):
            offers += _rated(page, form, f"{form.action} {said}", via)
    for link in page.document.links[:500]:
        if _offers(link.href, link.text):
            offers += _rated(page, link.href, f"{link.href} {link.text}", via)
    return max(offers, key=lambda offer: offer[0])[1] if offers else None


def _offers(address: str, text: str) -> bool:
    said = f"{address[:500]} {text[:200]}"
    if _LEADS_OUT.search(said):
        return False
    return bool(_LEADS_IN.search(text[:200]) or _ADDRESS.search(address[:500].partition("?")[0]))


def _rated(page: Page, target: Form | str, said: str, via: str) -> list[tuple[int, Navigation]]:
    """The navigation with how well it fits: names the protocol, names single sign-on, or only a sign-in."""
    fit = 3 if via in said.lower() else 2 if _STRONG.search(said[:700]) else 1
    try:
        step = page.submit(target) if isinstance(target, Form) else page.click(target)
    except Stuck:
        return []
    return [] if step.url == page.url and step.method == "GET" else [(fit, step)]
