"""Addresses as browsers read them: how a link resolves, what is one origin, and what is one site."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import quote, urljoin, urlsplit

MOST_CHARACTERS = 2 * 1024 * 1024
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_KEPT_IN_PATH = "!$%&'()*+,-./:;=@[\\]^_|~"
_KEPT_IN_QUERY = "!$%&()*+,-./:;=?@[\\]^_`{|}~"
_HOST = re.compile(r"[a-z0-9._~!$&'()*+,;=-]+")
_SECOND_LEVELS = frozenset(
    "ac co com edu go gob gouv gov govt gr ltd me mil ne net nhs nom or org plc sch".split()  # noqa: SIM905
)
_SHARED = (
    "github.io gitlab.io herokuapp.com vercel.app netlify.app pages.dev workers.dev cloudfront.net appspot.com web.app"
    " firebaseapp.com run.app fly.dev onrender.com ngrok.io ngrok.app ngrok.dev ngrok-free.app ngrok-free.dev"
)
_SHARED_HOSTS = frozenset(_SHARED.split())


class Stuck(Exception):
    """The browser cannot go on; `reason` is one sentence, `kind` a word that programs can tell cases apart by.

    `unreachable` (no usable answer), `loop`, `address` (a link that leads to nothing that is HTTP), `time`, `form`.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


def resolve(base: str, reference: str) -> str:
    """The http or https address, without fragment, that `reference` means on a page at `base`; `Stuck` where none."""
    text = re.sub(r"[\t\n\r]", "", reference.strip("".join(map(chr, range(33)))))
    if len(text) > MOST_CHARACTERS:
        raise Stuck("address", f"an address of {len(text):,} characters is too long")
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise Stuck(
            "address", f"it leads to a {scheme[1].lower()[:20]}: address, where a browser does not go by itself"
        )
    head, mark, tail = _cut(text)
    if scheme and not head[scheme.end() :].strip("/\\"):
        raise Stuck("address", f"it leads to {text[:100]!r}, which is not an address")
    try:
        joined = urljoin(base, head.replace("\\", "/") + mark + tail)
        return _normal(joined)
    except (ValueError, UnicodeError):
        raise Stuck("address", f"it leads to {text[:100]!r}, which is not an address") from None


def _cut(text: str) -> tuple[str, str, str]:
    ends = [end for end in (text.find("?"), text.find("#")) if end >= 0]
    end = min(ends, default=len(text))
    return text[:end], text[end : end + 1], text[end + 1 :]


def _normal(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        raise ValueError(url)
    if ":" in host:
        host = f"[{ip_address(host).compressed}]"
    elif not _HOST.fullmatch(host if host.isascii() else (host := host.encode("idna").decode("ascii"))):
        raise ValueError(url)
    default = 443 if parts.scheme == "https" else 80
    port = "" if parts.port in (None, default) else f":{parts.port}"
    query = "?" + quote(parts.query, safe=_KEPT_IN_QUERY, errors="replace") if parts.query else ""
    return f"{parts.scheme}://{host}{port}{quote(parts.path or '/', safe=_KEPT_IN_PATH, errors='replace')}{query}"


def origin(url: str) -> str:
    """`https://host:port` of a resolved address."""
    return "/".join(url.split("/", 3)[:3])


def host(url: str) -> str:
    """The host of a resolved address, IPv6 without its brackets."""
    return urlsplit(url).hostname or ""


def is_ip(name: str) -> bool:
    """Whether a host is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def registrable(name: str) -> str:
    """The part of a host name that one owner has: the last two labels.

    Three where the last two are a country's well-known second level (`co.uk`) or a host that many share
    (`github.io`). A small rule in place of the Public Suffix List, which changes weekly. IP addresses and names of one
    label stand for themselves, and so does a name that is itself a suffix.
    """
    name = name.rstrip(".")
    labels = name.split(".")
    if is_ip(name) or len(labels) < 3:
        return name
    shared = ".".join(labels[-2:]) in _SHARED_HOSTS
    return ".".join(labels[-3:] if shared or is_suffix(".".join(labels[-2:])) else labels[-2:])


def is_suffix(name: str) -> bool:
    """Whether names below this one have different owners, so that a cookie for all of them is none."""
    labels = name.split(".")
    if len(labels) == 1:
        return True
    return name in _SHARED_HOSTS or (len(labels) == 2 and len(labels[1]) == 2 and labels[0] in _SECOND_LEVELS)


def same_site(one: str, other: str) -> bool:
    """Whether two resolved addresses are of one site: scheme and registrable name; ports do not count."""
    same_scheme = one.partition(":")[0] == other.partition(":")[0]
    return same_scheme and registrable(host(one)) == registrable(host(other))


def is_trustworthy(url: str) -> bool:
    """Whether browsers treat the connection as secure: https, and http on this very machine."""
    name = host(url)
    if url.startswith("https:") or name == "localhost" or name.endswith(".localhost"):
        return True
    return is_ip(name) and ip_address(name).is_loopback
