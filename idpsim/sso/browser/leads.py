"""What a page does by itself although no JavaScript runs here: forms that a script would send, addresses it would open.

Rules of thumb, and careful ones: a form that ends a session must never be sent unasked.
"""

from __future__ import annotations

import re

from idpsim.sso.browser.document import Document
from idpsim.sso.browser.forms import Form

LONGEST_REFRESH = 5
_SSO_FIELDS = frozenset(("SAMLResponse", "SAMLRequest", "SAMLart", "wresult", "id_token"))
_SUBMITS = re.compile(r"\b(?:submit|requestSubmit)\s*(?:\(|\[?['\"]?\]?\s*\()|\.click\s*\(")
_LEAVES = re.compile(r"log.?out|sign.?out|log.?off|delete|cancel", re.IGNORECASE)
_LOCATION = re.compile(
    r"\blocation(?:\.href)?\s{0,9}=\s{0,9}([\"'])(.{1,2000}?)\1|\blocation\.(?:replace|assign)\(\s{0,9}([\"'])(.{1,2000}?)\3"
)
_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))")
_MOST_LINKS = 2
_MOST_TEXT = 200
_MOST_SCRIPT = 65536


def auto_post(page: Document) -> Form | None:
    """The form that the page sends by itself.

    One whose fields are all hidden, and which carries a message of single sign-on; or which is the only one of a page
    with next to no links, does not lead out, and is sent by a script, or has no button but inside `noscript`.
    """
    ready = [form for form in page.forms if form.fields and not form.visible and form.method == "post"]
    for form in ready:
        names = {each.name for each in form.fields}
        if names & _SSO_FIELDS or {"code", "state"} <= names or {"error", "state"} <= names:
            return form
    if len(ready) != 1 or len(page.forms) != 1 or len(page.links) > _MOST_LINKS:
        return None
    form = ready[0]
    if _LEAVES.search(f"{form.action} {form.id} {form.name}"[:2000]):
        return None
    silent = all(each.fallback for each in form.buttons) and any(each.is_hidden for each in form.fields)
    sent = _SUBMITS.search(page.script[:_MOST_SCRIPT]) is not None
    return form if sent or (silent and len(page.text) < _MOST_TEXT and not page.links) else None


def by_script(page: Document) -> str | None:
    """The address that a script opens at once: a literal one, on a page with nothing else to it."""
    if page.forms or len(page.links) > _MOST_LINKS or len(page.text) > _MOST_TEXT:
        return None
    match = _LOCATION.search(page.script[:_MOST_SCRIPT])
    if match is None:
        return None
    return _ESCAPED.sub(_character, match[2] or match[4])


def _character(match: re.Match[str]) -> str:
    return chr(int(match[1] or match[2], 16)) if match[1] or match[2] else match[3]
