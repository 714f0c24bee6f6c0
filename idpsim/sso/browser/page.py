"""Where a browser goes, and the page it gets there; what a page does by itself is a function of the page."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from idpsim.sso.browser import forms, leads
from idpsim.sso.browser.address import Stuck, origin, resolve
from idpsim.sso.browser.document import Document, document, refresh
from idpsim.sso.browser.forms import Form, Pairs
from idpsim.wire import Headers, Response

_REDIRECTS = (301, 302, 303, 307, 308)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_STATED = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{1,40})", re.IGNORECASE)
_READABLE = re.compile(
    r"utf-?8|utf-?16(-?[lb]e)?|iso-?8859-\d+|latin-?\d|windows-?125\d|cp125\d|us-?ascii|ascii|shift_?jis|euc-?jp"
    r"|euc-?kr|gbk?|gb2312|gb18030|big5|koi8-[ru]"
)


@dataclass(frozen=True, slots=True)
class Navigation:
    """One step of a browser to another address.

    `pairs` are the fields of a POST in the form's `enctype`. `initiator` is the address of the page that began it,
    None for the address bar; `policy` is that page's Referrer-Policy. `by_hand` says that a person clicked. `chain`
    holds the addresses that were redirected before.
    """

    method: str
    url: str
    pairs: Pairs | None = field(default=None, repr=False)
    enctype: str = ""
    initiator: str | None = None
    policy: str = ""
    by_hand: bool = False
    chain: tuple[str, ...] = ()

    @property
    def fields(self) -> Mapping[str, str]:
        """What it hands over, by name: the fields of a POST, the query of a GET."""
        from urllib.parse import parse_qsl

        if self.pairs is not None:
            return dict(self.pairs)
        try:
            return dict(parse_qsl(self.url.partition("?")[2], keep_blank_values=True, max_num_fields=1000))
        except ValueError:
            return {}


@dataclass(frozen=True)
class Page:
    """What a browser got: the answer to the last navigation of a chain."""

    navigation: Navigation
    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)

    @property
    def url(self) -> str:
        return self.navigation.url

    @property
    def origin(self) -> str:
        """`https://host:port` of the page."""
        return origin(self.url)

    def header(self, name: str) -> str | None:
        """The first value of a header, by name in any case."""
        return Response(self.status, self.headers).header(name)

    @cached_property
    def content(self) -> str:
        """The body as text, in the encoding that it says it has."""
        return _text(self.body, self.header("content-type") or "")

    @property
    def is_html(self) -> bool:
        """Whether the body is a page to be read; without a Content-Type, whether it begins like one."""
        kind = (self.header("content-type") or "").lower()
        return "html" in kind if kind else self.body.lstrip()[:1] == b"<"

    @cached_property
    def document(self) -> Document:
        """The page as it was read; empty where it is not HTML."""
        return document(self.content) if self.is_html else Document()

    @property
    def text(self) -> str:
        """The visible text of HTML, else the body."""
        return self.document.text if self.is_html else self.content.strip()

    @cached_property
    def json(self) -> Any:
        """The body as JSON, None where it is not."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def needs_script(self) -> bool:
        """Whether there is nothing to see because a script would make the page."""
        return self.is_html and self.document.scripted and not self.document.forms and len(self.text) < 40

    def address(self, reference: str) -> str:
        """Where a link of this page leads; `Stuck` where it leads to nothing that is HTTP."""
        try:
            base = resolve(self.url, self.document.base) if self.document.base else self.url
        except Stuck:
            base = self.url
        return resolve(base, reference) if reference else self.url

    def click(self, href: str) -> Navigation:
        """Following a link."""
        return self._begin("GET", self.address(href), by_hand=True)

    def submit(self, form: Form, given: Mapping[str, str] | None = None, *, by_hand: bool = True) -> Navigation:
        """Sending a form with its first button, as the Enter key does."""
        button = next(iter(form.buttons), None) if by_hand else None
        method = (button.method if button and button.method else form.method).lower()
        target = self.address(button.action if button and button.action else form.action)
        pairs = form.entries(given, button)
        if method == "dialog":
            raise Stuck("form", "the form is for a script on the page only (method dialog)")
        if method == "post":
            return replace(self._begin("POST", target, by_hand), pairs=pairs, enctype=form.enctype)
        return self._begin("GET", with_query(target, pairs), by_hand)

    def onward(self) -> Navigation | None:
        """Where the page leads without a person doing anything; None where it stands."""
        location = self.header("location")
        if self.status in _REDIRECTS and location is not None:
            return self._redirected(location)
        said = self.document.refresh
        if (stated := self.header("refresh")) is not None:
            said = refresh(stated) or said
        if (form := leads.auto_post(self.document)) is not None:
            return self.submit(form, by_hand=False)
        if said is not None and said[0] <= leads.LONGEST_REFRESH and (said[1] or said[0] == 0):
            return self._begin("GET", self.address(said[1]))
        target = leads.by_script(self.document)
        return self._begin("GET", self.address(target)) if target else None

    def _begin(self, method: str, url: str, by_hand: bool = False) -> Navigation:
        policy = (self.header("referrer-policy") or "").lower().rpartition(",")[2].strip()
        return Navigation(method, url, initiator=self.url, policy=policy, by_hand=by_hand)

    def _redirected(self, location: str) -> Navigation:
        """303 turns all but HEAD into GET, 301 and 302 a POST; 307 and 308 keep method and body."""
        was = self.navigation
        target = resolve(was.url, location.encode("latin-1", "replace").decode("utf-8", "replace"))
        step = replace(was, url=target, chain=(*was.chain, was.url))
        if self.status in (301, 302, 303) and was.method == "POST":
            return replace(step, method="GET", pairs=None, enctype="")
        return step


def with_query(url: str, pairs: Pairs) -> str:
    """An address with a form's fields as its query, in place of any that it has."""
    return f"{url.partition('?')[0]}?{forms.urlencoded(pairs)}"


def _text(body: bytes, content_type: str) -> str:
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    stated = _STATED.search(content_type[:500])
    inside = _CHARSET.search(body[:4096])
    name = stated[1] if stated else inside[1].decode("ascii") if inside else "utf-8"
    name = name.lower()
    if not _READABLE.fullmatch(name):
        name = "utf-8"
    if name.startswith(("utf-16", "utf16")):
        name = "utf-16-be" if name.endswith("be") else "utf-16-le" if stated else "utf-8"
    if "ascii" in name or name in ("iso-8859-1", "iso8859-1", "latin-1", "latin1"):
        name = "windows-1252"
    try:
        return body.decode(name, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")
