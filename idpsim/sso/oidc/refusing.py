"""What is wrong with a request, and the answers that say so in the vendor's words."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from flask import Response

from idpsim.signon.oidc import Headers, OidcLook, Trace
from idpsim.sso.app import App
from idpsim.sso.front import Front
from idpsim.wire import compact

LONGEST = 300


class Refused(Exception):
    """A request that the vendor refuses: `kind` is one of `idpsim.signon.oidc.KINDS`, `values` fill its text."""

    def __init__(self, kind: str, **values: str | None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.values = values


def trace(front: Front) -> Trace:
    """A fresh one."""
    return Trace(str(uuid.uuid4()), str(uuid.uuid4()), front.now())


def text_of(look: OidcLook, refused: Refused, more: Mapping[str, str | None]) -> str:
    """The vendor's text with values of the request, each cut to a sane length."""
    values: defaultdict[str, str] = defaultdict(str)
    given = {**more, **refused.values}
    values.update({name: str(value)[:LONGEST] for name, value in given.items() if value is not None})
    return look.errors[refused.kind].text.format_map(values)


def answer(status: int, value: Any, headers: Headers = (), trace_id: str = "") -> Response:
    """A JSON answer; `{trace}` in a header becomes the trace id."""
    body = b"" if value is None else compact(value)
    response = Response(body, status, mimetype="application/json")
    for name, text in headers:
        response.headers[name] = text.replace("{trace}", trace_id)
    return response


def as_json(front: Front, look: OidcLook, refused: Refused, more: Mapping[str, str | None]) -> Response:
    """The error of the token endpoint and its like."""
    wrong, found = look.errors[refused.kind], trace(front)
    body = look.error_body(wrong, text_of(look, refused, more), found)
    return answer(wrong.status, body, look.headers["token"], found.id)


def as_page(
    front: Front, look: OidcLook, where: App | str, refused: Refused, more: Mapping[str, str | None]
) -> Response:
    """The vendor's error page, which leads nowhere."""
    if look.page == "json":
        return as_json(front, look, refused, more)
    wrong = look.errors[refused.kind]
    told = look.error_body(wrong, text_of(look, refused, more), trace(front))["error_description"]
    status = wrong.status if wrong.status != 401 else 400
    return front.refuse(where, status, look.headline, told, wrong.code or wrong.error)


def as_params(
    front: Front, look: OidcLook, refused: Refused, more: Mapping[str, str | None], state: str | None
) -> dict[str, str]:
    """What goes back to the service provider at a registered address."""
    params = look.error_params(look.errors[refused.kind], text_of(look, refused, more), trace(front))
    return params if state is None else {**params, "state": state}
