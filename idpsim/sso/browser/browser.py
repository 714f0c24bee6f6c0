"""The built-in browser: one exchange at a time, with cookies, and on until a page stands."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from threading import Lock

import requests
from requests.structures import CaseInsensitiveDict

from idpsim.sso.browser import forms
from idpsim.sso.browser.adapters import NotAnswered, TransportAdapter
from idpsim.sso.browser.address import Stuck, origin, resolve
from idpsim.sso.browser.cookies import Cookie, Jar
from idpsim.sso.browser.headers import ACCEPT, crosses_sites, headers
from idpsim.sso.browser.page import Navigation, Page
from idpsim.transport import Transport
from idpsim.transport.http import HttpTransport
from idpsim.wire import Answer, NoResponse, Request, Response

Record = Callable[[Request, Answer, float, float], None]
MOST_BODY = 5 * 1024 * 1024
MOST_REDIRECTS = 20
MOST_STEPS = 60
JSON_FIRST = "application/json,text/html;q=0.9,*/*;q=0.8"
CUT_AFTER = 1.0


def _silent(request: Request, answer: Answer, started: float, seconds: float) -> None:
    """Record nothing."""


class Browser:
    """One person's browser, in memory.

    `apps` are transports to applications in this process, by origin; all else goes over the network by `transport`, by
    default one of its own with `timeout` seconds for each exchange, `ca`, `insecure` and `proxies` as everywhere. What
    is given is closed by who gives it. Each exchange is given to `record` (request, answer, start in seconds since the
    epoch, seconds). Whatever a server does ends in a
    `Page` or in `Stuck`. `clock` is the time by which cookies expire.
    """

    def __init__(
        self,
        *,
        record: Record = _silent,
        apps: Mapping[str, Transport] | None = None,
        transport: Transport | None = None,
        timeout: float = 30.0,
        ca: str | None = None,
        insecure: bool = False,
        proxies: Mapping[str, str] | None = None,
        max_body: int = MOST_BODY,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.jar = Jar()
        self._record = record
        self._clock = clock
        self._lock = Lock()
        network = transport or HttpTransport(
            timeout=timeout, ca=ca, insecure=insecure, proxies=proxies, max_body=max_body, connections=2
        )
        self._own = network if transport is None else None
        self._max_body = max_body
        self._cutting = {"timeout": CUT_AFTER, "ca": ca, "insecure": insecure, "proxies": proxies}
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.adapters.clear()
        self._session.mount("http://", TransportAdapter(network))
        self._session.mount("https://", TransportAdapter(network))
        self._apps = {origin(resolve(base, base)): app for base, app in (apps or {}).items()}
        for where, app in self._apps.items():
            self._session.mount(f"{where}/", TransportAdapter(app))

    def typed(self, url: str) -> Navigation:
        """Typing an address into the address bar; `Stuck` where it is none."""
        return Navigation("GET", resolve(url, url))

    def open(self, url: str, patience: float = 60.0) -> Page:
        """The page that stands after typing an address."""
        return self.settle(self.typed(url), patience)

    def settle(self, step: Navigation, patience: float = 60.0) -> Page:
        """The page that stands after `step` and all that follows by itself, within `patience` seconds."""
        page = None
        for page in self.pages(step, patience):  # noqa: B007 - the last one is what stands
            pass
        assert page is not None
        return page

    def pages(self, step: Navigation, patience: float = 60.0) -> Iterator[Page]:
        """Each page on the way, the one that stands last; `Stuck` when it goes round or takes too long."""
        until = time.monotonic() + patience
        way: list[str] = []
        onward: Navigation | None = step
        while onward is not None:
            way.append(onward.url.partition("?")[0])
            _check(way, onward, until, patience)
            page = self.visit(onward)
            yield page
            onward = page.onward()

    def visit(self, step: Navigation, accept: str = ACCEPT, extra: Mapping[str, str] | None = None) -> Page:
        """One exchange; nothing that the page does by itself is followed. `extra` headers come last."""
        return self._page(step, self._request(step, accept, extra))

    def cut(self, step: Navigation) -> Page:
        """Send half of a form, then cut the connection; `Stuck` where nothing was answered to the half."""
        whole = self._request(step, ACCEPT, None)
        half = replace(whole, body=(whole.body or b"")[: len(whole.body or b"") // 2])
        if origin(step.url) in self._apps:
            return self._page(step, half)
        hasty = TransportAdapter(HttpTransport(**self._cutting, max_body=self._max_body))  # type: ignore[arg-type]
        try:
            return self._page(step, half, hasty)
        finally:
            hasty.close()

    def cookies(self, url: str) -> list[Cookie]:
        """The cookies that a page of this address could read or would be sent."""
        with self._lock:
            return self.jar.sent(resolve(url, url), "GET", self._clock(), cross_site=False)

    def forget(self) -> None:
        """Forget all cookies."""
        with self._lock:
            self.jar = Jar()

    def close(self) -> None:
        """Keep no connection open any longer, unless they were given; the browser can still be used."""
        if self._own is not None:
            self._own.close()

    def _request(self, step: Navigation, accept: str, extra: Mapping[str, str] | None) -> Request:
        body = forms.body(step.pairs, step.enctype) if step.pairs is not None else None
        with self._lock:
            cookie = self.jar.header(step.url, step.method, self._clock(), cross_site=crosses_sites(step))
        given = (*headers(step, body, cookie, accept), *(extra or {}).items())
        return Request(step.method, step.url, given, body.data if body else None)

    def _page(self, step: Navigation, request: Request, adapter: TransportAdapter | None = None) -> Page:
        started, begun = time.time(), time.perf_counter()
        answer = self._answer(request, adapter)
        self._record(request, answer, started, time.perf_counter() - begun)
        if isinstance(answer, NoResponse):
            raise Stuck("unreachable", f"{step.method} {step.url.partition('?')[0]}: {answer.reason}")
        now = self._clock()
        with self._lock:
            for name, value in answer.headers:
                if name.lower() == "set-cookie":
                    self.jar.keep(step.url, value, now)
        return Page(step, answer.status, answer.headers, answer.body)

    def _answer(self, request: Request, adapter: TransportAdapter | None) -> Answer:
        prepared = requests.PreparedRequest()
        prepared.method, prepared.url, prepared.body = request.method, request.url, request.body
        prepared.headers = CaseInsensitiveDict(request.headers)
        try:
            response = (adapter or self._session.get_adapter(request.url)).send(prepared, stream=True)
            body = response.content
        except NotAnswered as error:
            return error.answer
        except (requests.RequestException, OSError, ValueError) as error:
            return NoResponse("unreachable", f"{type(error).__name__}: {error}"[:300])
        if len(body) > self._max_body:
            return NoResponse("too-large", f"the page is longer than {self._max_body:,} bytes")
        return Response(response.status_code, tuple(response.raw.headers.items()), body, response.reason or "")


def _check(way: list[str], step: Navigation, until: float, patience: float) -> None:
    if len(step.chain) > MOST_REDIRECTS or len(way) > MOST_STEPS:
        often = sorted({url for url in way if way.count(url) > 2}, key=way.index)[:4] or way[-4:]
        raise Stuck("loop", f"it goes round and round, {len(way) - 1} times so far: {' → '.join(often)}")
    if time.monotonic() > until:
        raise Stuck("time", f"no page stands after {patience:g} s; the last address was {way[-1]}")
