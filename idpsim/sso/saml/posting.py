"""Pages that post a message to a service provider through the browser."""

from __future__ import annotations

from base64 import b64encode

from flask import Response, g, make_response
from markupsafe import Markup, escape

_PAGE = Markup(
    "<!DOCTYPE html>\n"
    '<html lang="en"><head><meta charset="utf-8"><title>Continue</title></head>\n'
    '<body><form id="auto" action="{action}" method="post">\n{fields}'
    '<noscript><p>Scripts do not run here.</p><button type="submit">Continue</button></noscript>\n'
    '</form><script{nonce}>document.getElementById("auto").submit();</script></body></html>\n'
)
_FIELD = Markup('<input type="hidden" name="{name}" value="{value}">\n')


def fields(name: str, document: bytes, relay_state: str | None) -> dict[str, str]:
    """The fields of a POST binding; a RelayState is passed on as it came, and left out where there was none."""
    said = {name: b64encode(document).decode()}
    return said if relay_state is None else {**said, "RelayState": relay_state}


def auto_post(action: str, values: dict[str, str]) -> Response:
    """A page whose form posts these fields: by itself, or by its button where scripts do not run."""
    nonce = Markup(' nonce="{}"').format(g.nonce) if g.get("nonce") else Markup("")
    hidden = Markup("").join(_FIELD.format(name=name, value=_exact(value)) for name, value in values.items())
    page = make_response(str(_PAGE.format(action=action, fields=hidden, nonce=nonce)))
    page.headers["Cache-Control"] = "no-store"
    page.headers["Pragma"] = "no-cache"
    return page


def _exact(value: str) -> Markup:
    """The value with its line ends as character references: a parser changes those that stand for themselves."""
    return Markup(str(escape(value)).replace("\r", "&#13;").replace("\n", "&#10;"))
