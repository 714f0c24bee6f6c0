"""One exchange as lines: what was sent, what came back."""

from __future__ import annotations

from idpsim.clock import duration
from idpsim.redact import Redactor
from idpsim.report import body
from idpsim.report.text import Page, clipped, visible
from idpsim.wire import Exchange, Headers, NoResponse, Response

RELEVANT = {"content-type", "location", "retry-after", "www-authenticate"}


def lines(
    it: Exchange, page: Page, redact: Redactor, indent: int, most: int, before: Exchange | None = None
) -> list[str]:
    """Request line, body, status and body of the answer, each body in at most `most` lines.

    An answer that says what the exchange `before` said already is not written out again.
    """
    lead, width = " " * indent, max(page.width - indent - 2, 40)
    who = {"vendor": "", "idpsim": "  (idpsim reads it)" if it.request.method == "GET" else "  (idpsim)"}.get(
        it.by, f"  ({it.by})"
    )
    target = visible(f"{it.request.method} {redact.url(it.request.url)}")
    shown = [f"{lead}> {clipped(target, max(width - len(who), 40) * 3)}{page.quiet(who)}"]
    shown += _headers(it.request.headers, redact, lead, width, {"content-type"} if it.request.body else set())
    shown += _body(redact.body(it.request.body), lead, width, most)
    again = before is not None and _said(before) == _said(it) != b""
    return shown + _answer(it, page, redact, lead, width, 0 if again else most)


def _said(it: Exchange) -> bytes:
    return b"" if isinstance(it.answer, NoResponse) else it.answer.body


def _answer(it: Exchange, page: Page, redact: Redactor, lead: str, width: int, most: int) -> list[str]:
    took = page.quiet(f" after {_milliseconds(it.seconds)}")
    fault = page.quiet(f"  (fault: {it.fault})") if it.fault else ""
    if isinstance(it.answer, NoResponse):
        text = clipped(visible(redact.text(f"no answer ({it.answer.kind}): {it.answer.reason}")), width * 2)
        return [f"{lead}< {page.bad(text)}{fault}"]
    status = visible(redact.text(f"{it.answer.status} {it.answer.reason}".strip()))[:80]
    shown = [f"{lead}< {status}{took}{fault}"]
    shown += _headers(it.answer.headers, redact, lead, width, _relevant(it.answer))
    if most == 0:
        return [*shown, f"{lead}  {page.quiet('(the same body)')}"]
    return shown + _body(redact.body(it.answer.body), lead, width, most)


def _relevant(answer: Response) -> set[str]:
    """The headers that explain an answer; that a SCIM answer is SCIM needs no saying."""
    kind = (answer.header("content-type") or "").partition(";")[0].strip().lower()
    return RELEVANT - {"content-type"} if kind in ("application/scim+json", "application/json", "") else RELEVANT


def _headers(headers: Headers, redact: Redactor, lead: str, width: int, wanted: set[str]) -> list[str]:
    chosen = [(name, value) for name, value in headers if name.lower() in wanted][:8]
    return [f"{lead}  {clipped(visible(f'{name}: {redact.header(name, value)}'), width)}" for name, value in chosen]


def _body(text: str, lead: str, width: int, most: int) -> list[str]:
    return [f"{lead}  {line}" for line in body.shown(text, width, most)] if text else []


def _milliseconds(seconds: float) -> str:
    return duration(round(seconds, 1)) if seconds >= 1 else f"{seconds * 1000:.0f} ms"
