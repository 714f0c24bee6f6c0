"""One request as it is sent, with its quirks: what `show` is made of."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from idpsim.redact import Redactor
from idpsim.report import body
from idpsim.report.text import Page, visible
from idpsim.wire import Exchange, NoResponse, Request

MOST_LINES = 200


def lines(it: Exchange, page: Page, redact: Redactor, raw: bool) -> Iterator[str]:
    """Request line, headers in their order, body; then what was answered, and each quirk with its source."""
    yield page.strong(visible(f"{it.request.method} {redact.url(target(it.request))} HTTP/1.1"))
    for name, value in it.request.headers:
        yield visible(f"{name}: {redact.header(name, value)}")
    if it.request.body:
        text = redact.body(it.request.body)
        yield ""
        yield from [visible(text)] if raw else body.shown(text, page.width, MOST_LINES)
    answered = f"no answer: {it.answer.reason}" if isinstance(it.answer, NoResponse) else str(it.answer.status)
    yield page.quiet(visible(redact.text(f"    answered {answered}")))
    for quirk in it.quirks:
        yield from page.wrapped(quirk.text, 4)
        yield f"      {page.place(quirk.source)}"


def target(request: Request) -> str:
    """Path and query, as they stand in the request line."""
    start = request.url.find(urlsplit(request.url).netloc)
    slash = request.url.find("/", start)
    return request.url[slash:] if slash >= 0 else "/"


def short(it: Exchange, base: str) -> str:
    """`PATCH /Users/ID`: the method and the path below `base`, an id as ID."""
    path, mark, query = target(it.request).partition("?")
    kind, *rest = path.removeprefix(base).strip("/").split("/")
    name = query.partition("=")[0] if mark else ""
    return f"{it.request.method} /{kind}{'/ID' * bool(rest)}{f'?{name}' if name else ''}"
