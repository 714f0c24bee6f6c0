"""A small web site in process: answers by path, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from idpsim.transport.wsgi import WsgiTransport

Answer = tuple[int, Mapping[str, str] | list[tuple[str, str]], str]


class Asked:
    """One request as a site sees it."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.method = environ["REQUEST_METHOD"]
        self.path = environ["PATH_INFO"]
        self.query = dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True))
        self.body = environ["wsgi.input"].read()
        self.form = dict(parse_qsl(self.body.decode("latin-1"), keep_blank_values=True))
        self.headers = {key[5:].replace("_", "-").lower(): each for key, each in environ.items() if key[:5] == "HTTP_"}
        self.type = environ.get("CONTENT_TYPE", "")
        pairs = (each.partition("=") for each in self.headers.get("cookie", "").split("; ") if each)
        self.cookies = {name: value for name, _, value in pairs}


class Site:
    """A WSGI application; a page is text, an answer, or a function of what is asked that gives one of them."""

    def __init__(self, pages: Mapping[str, str | Answer | Callable[[Asked], str | Answer]]) -> None:
        self.pages = dict(pages)
        self.asked: list[Asked] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        asked = Asked(environ)
        self.asked.append(asked)
        page = self.pages.get(asked.path, (404, {}, "not found"))
        answer = page(asked) if callable(page) else page
        status, headers, text = answer if isinstance(answer, tuple) else (200, {}, answer)
        pairs = list(headers.items()) if isinstance(headers, Mapping) else headers
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs = [("Content-Type", "text/html; charset=utf-8"), *pairs]
        start_response(f"{status} X", pairs)
        return [text.encode()]

    @property
    def seen(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.asked]


def to(where: str, status: int = 302, **headers: str) -> Answer:
    """A redirect."""
    return status, {"Location": where, **{name.replace("_", "-"): value for name, value in headers.items()}}, ""


def apps(sites: Mapping[str, Any]) -> dict[str, WsgiTransport]:
    """Transports to WSGI applications by origin, as the browser takes them."""
    return {base: WsgiTransport(site, base=base) for base, site in sites.items()}
