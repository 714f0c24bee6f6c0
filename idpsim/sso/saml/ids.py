"""Ids and instants as each vendor writes them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from idpsim.signon.saml import Ids, IdStyle

Fresh: TypeAlias = Callable[[int], bytes]


def made(style: IdStyle, fresh: Fresh) -> str:
    """An id in this style, of as many random bytes as it takes."""
    match style:
        case "id-digits":
            return f"id{int.from_bytes(fresh(11), 'big')}"
        case "R-hex" | "A-hex":
            return f"{style[0]}{fresh(20).hex()}"
    return style.removesuffix("uuid").removesuffix("-") + str(UUID(bytes=fresh(16), version=4))


def of_response(ids: Ids, *, signed: bool) -> IdStyle:
    """The style of a Response's ID."""
    return (ids.signed if signed else ids.response) or ids.style


def of_assertion(ids: Ids, *, signed: bool) -> IdStyle:
    """The style of an Assertion's ID."""
    return (ids.signed if signed else ids.assertion) or ids.style


def instant(seconds: float, *, milliseconds: bool) -> str:
    """A moment since the epoch as `xs:dateTime`, UTC."""
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
    return f"{text}.{rest:03}Z" if milliseconds else f"{text}Z"
