"""Cookies by the rules that browsers have (RFC 6265bis and Chrome's Lax by default).

The standard library's cookiejar knows no SameSite and no prefixes, and takes `Secure` cookies from localhost without
ever sending them back; the difference is what makes sign-ins fail in browsers only, so the jar is our own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.utils import mktime_tz, parsedate_tz
from typing import Literal, TypeAlias

from idpsim.sso.browser.address import host, is_ip, is_suffix, is_trustworthy

SameSite: TypeAlias = Literal["strict", "lax", "none"] | None
MOST_BYTES = 4096
MOST_OF_ATTRIBUTE = 1024
MOST_OF_HOST = 180
MOST = 3000
LONGEST = 400 * 86400.0
LAX_POST_SECONDS = 120.0
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_MAX_AGE = re.compile(r"-?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie as it is kept; `domain` is the host itself where `host_only`, times are seconds since the epoch."""

    name: str
    value: str
    domain: str
    path: str
    host_only: bool = True
    secure: bool = False
    http_only: bool = False
    same_site: SameSite = None
    expires: float | None = None
    created: float = 0.0

    def goes_to(self, url: str) -> bool:
        """Whether host, path and scheme of a resolved address fit; the port does not count."""
        name = host(url)
        domain_fits = name == self.domain or (not self.host_only and _below(name, self.domain))
        return domain_fits and _path_fits(_path(url), self.path) and (not self.secure or is_trustworthy(url))

    def crosses(self, method: str, now: float) -> bool:
        """Whether it goes along on a top-level navigation with this method that another site has begun."""
        if self.same_site == "none":
            return True
        if self.same_site == "strict":
            return False
        if method in ("GET", "HEAD"):
            return True
        return self.same_site is None and method == "POST" and now - self.created < LAX_POST_SECONDS


class Jar:
    """The cookies of one browser."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, str, bool], Cookie] = {}

    def __iter__(self) -> Iterator[Cookie]:
        return iter(tuple(self._kept.values()))

    def keep(self, url: str, line: str, now: float) -> None:
        """Keep what one Set-Cookie line says that came from `url`, unless a browser would not."""
        cookie = parsed(url, line, now)
        if cookie is None or self._shadows(cookie, url):
            return
        key = (cookie.name, cookie.domain, cookie.path, cookie.host_only)
        old = self._kept.pop(key, None)
        if cookie.expires is not None and cookie.expires <= now:
            return
        self._kept[key] = replace(cookie, created=old.created) if old and old.value == cookie.value else cookie
        self._make_room(cookie.domain)

    def header(self, url: str, method: str, now: float, *, cross_site: bool) -> str:
        """The Cookie header of a top-level navigation, empty where no cookie goes along."""
        return "; ".join(
            f"{cookie.name}={cookie.value}" if cookie.name else cookie.value
            for cookie in self.sent(url, method, now, cross_site=cross_site)
        )

    def sent(self, url: str, method: str, now: float, *, cross_site: bool) -> list[Cookie]:
        """The cookies that go along, longer paths and then older ones first."""
        self._kept = {key: each for key, each in self._kept.items() if each.expires is None or each.expires > now}
        fitting = [each for each in self._kept.values() if each.goes_to(url)]
        chosen = [each for each in fitting if not cross_site or each.crosses(method, now)]
        return sorted(chosen, key=lambda each: (-len(each.path), each.created))

    def _shadows(self, cookie: Cookie, url: str) -> bool:
        """Whether an insecure page would replace or hide a secure cookie."""
        if cookie.secure or is_trustworthy(url):
            return False
        return any(
            each.secure
            and each.name == cookie.name
            and (_below(each.domain, cookie.domain) or _below(cookie.domain, each.domain))
            and _path_fits(cookie.path, each.path)
            for each in self._kept.values()
        )

    def _make_room(self, domain: str) -> None:
        mine = [key for key in self._kept if key[1] == domain]
        for key in mine[: max(0, len(mine) - MOST_OF_HOST)]:
            del self._kept[key]
        for key in list(self._kept)[: max(0, len(self._kept) - MOST)]:
            del self._kept[key]


def parsed(url: str, line: str, now: float) -> Cookie | None:
    """The cookie of a Set-Cookie line from `url`, None where a browser takes none."""
    if _CONTROL.search(line):
        return None
    pair, *rest = line.split(";")
    name, equals, value = pair.partition("=")
    name, value = (name.strip(" \t"), value.strip(" \t")) if equals else ("", name.strip(" \t"))
    if not (name or value) or len(name) + len(value) > MOST_BYTES:
        return None
    said = _attributes(rest)
    domain = _domain(url, said.get("domain", ""))
    if domain is None:
        return None
    path = said.get("path", "")
    cookie = Cookie(
        name,
        value,
        domain or host(url),
        path if path.startswith("/") else _default_path(url),
        host_only=not domain,
        secure="secure" in said,
        http_only="httponly" in said,
        same_site=_same_site(said.get("samesite", "")),
        expires=_expires(said, now),
        created=now,
    )
    return cookie if _is_lawful(cookie, url, path) else None


def _attributes(parts: list[str]) -> dict[str, str]:
    """The attributes by lower-case name; the last of a name counts."""
    found = {}
    for part in parts:
        name, _, value = part.partition("=")
        if len(value.strip(" \t")) <= MOST_OF_ATTRIBUTE:
            found[name.strip(" \t").lower()] = value.strip(" \t")
    return found


def _domain(url: str, said: str) -> str | None:
    """The Domain that counts, empty for the host alone, None where the cookie is refused."""
    domain = said.removeprefix(".").lower()
    name = host(url)
    if not domain or (domain == name and (is_ip(name) or is_suffix(name))):
        return ""
    if not domain.isascii() or is_ip(name) or is_suffix(domain) or not _below(name, domain):
        return None
    return domain


def _is_lawful(cookie: Cookie, url: str, path: str) -> bool:
    if cookie.secure and not is_trustworthy(url):
        return False
    if cookie.same_site == "none" and not cookie.secure:
        return False
    prefix = (cookie.name or cookie.value).lower()
    if not cookie.name:
        return not prefix.startswith(("__secure-", "__host-"))
    if prefix.startswith("__host-"):
        return cookie.secure and cookie.host_only and path == "/"
    return cookie.secure or not prefix.startswith("__secure-")


def _same_site(said: str) -> SameSite:
    match said.lower():
        case "strict":
            return "strict"
        case "lax":
            return "lax"
        case "none":
            return "none"
    return None


def _expires(said: dict[str, str], now: float) -> float | None:
    age = said.get("max-age", "")
    if _MAX_AGE.fullmatch(age):
        return now + min(float(age), LONGEST) if int(age) > 0 else 0.0
    try:
        parts = parsedate_tz(said.get("expires", ""))
        return None if parts is None else min(float(mktime_tz(parts)), now + LONGEST)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _below(name: str, domain: str) -> bool:
    return name == domain or (name.endswith(f".{domain}") and not is_ip(name))


def _path(url: str) -> str:
    return "/" + url.partition("?")[0].split("/", 3)[-1]


def _default_path(url: str) -> str:
    return _path(url).rpartition("/")[0] or "/"


def _path_fits(path: str, of_cookie: str) -> bool:
    if path == of_cookie:
        return True
    return path.startswith(of_cookie) and (of_cookie.endswith("/") or path[len(of_cookie)] == "/")
