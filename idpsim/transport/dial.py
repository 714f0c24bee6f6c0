"""Opens connections: addresses, TLS and proxies, and what went wrong in words that a person can use."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from idpsim.errors import UsageError
from idpsim.transport import answer
from idpsim.transport.connection import Broken, Connection, Unsent

if TYPE_CHECKING:
    import ssl

_ORIGIN = re.compile(r"(?i:(https?)://)(?:[^/?#]*@)?((?:\[([^\]/?#@]+)\]|([^\]\[:/?#@]+))(?::(\d{0,5}))?)(?=[/?#]|$)")
_PROXY = re.compile(
    r"(?:(?i:([a-z][a-z0-9+.-]*))://)?(?:([^/?#]*)@)?(?:\[([^\]/?#@]+)\]|([^\]\[:/?#@]+))(?::(\d{1,5}))?/?"
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; `authorization` is the value of Proxy-Authorization."""

    host: str
    port: int
    authorization: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a URL leads; `authority` is its host and port as they were written, `text` all before the path."""

    scheme: str
    host: str
    port: int
    authority: str
    text: str


def origin(url: str) -> Origin:
    """The origin of a URL, without user information; `Broken` where it has none."""
    match = _ORIGIN.match(url)
    if match is None:
        raise Broken("unreachable", f"not an http or https URL: {url[:200]}")
    scheme = match[1].lower()
    port = int(match[5]) if match[5] else 443 if scheme == "https" else 80
    return Origin(scheme, match[3] or match[4], port, match[2], match[0])


def proxies_from_environment() -> dict[str, str]:
    """The proxies that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY (`no`), or the system, name, by scheme."""
    from urllib.request import getproxies

    return dict(getproxies())


def proxy_for(where: Origin, proxies: Mapping[str, str]) -> Proxy | None:
    """The proxy for `where`, None where it is reached directly."""
    named = proxies.get(where.scheme) or proxies.get("all")
    if not named:
        return None
    if _bypassed(where, proxies.get("no", "")):
        return None
    match = _PROXY.fullmatch(named)
    if match is None or (match[1] or "http").lower() != "http":
        shown = re.sub(r"//[^/]*@", "//", named)
        raise Broken("unreachable", f"the proxy {shown} cannot be used: idpsim speaks to http:// proxies only")
    return Proxy(match[3] or match[4], int(match[5] or 80), _authorization(match[2]))


def _bypassed(where: Origin, no_proxy: str) -> bool:
    """Whether NO_PROXY names the host or a domain that it is in, with or without its port, or is `*`."""
    host = where.host.lower()
    full = f"{host}:{where.port}"
    names = [name.strip().lstrip(".").lower() for name in no_proxy.split(",")]
    return "*" in names or any(
        name and any(it == name or it.endswith(f".{name}") for it in (host, full)) for name in names
    )


def _authorization(userinfo: str | None) -> str | None:
    if not userinfo:
        return None
    from base64 import b64encode
    from urllib.parse import unquote

    user, _, password = userinfo.partition(":")
    return "Basic " + b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode("ascii")


def tls(ca: str | None, insecure: bool) -> ssl.SSLContext:
    """The TLS settings; `ca` is a file or directory of certificates that are trusted beside the system's."""
    import os
    import ssl

    context = ssl.create_default_context()
    try:
        if ca is not None:
            context.load_verify_locations(**{"capath" if os.path.isdir(ca) else "cafile": ca})
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"{ca}: no certificates can be read from it ({getattr(error, 'strerror', None) or error})"
        ) from None
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["http/1.1"])
    return context


def dial(
    where: Origin, proxy: Proxy | None, context: ssl.SSLContext | None, timeout: float, deadline: float
) -> Connection:
    """A new connection to `where`, through `proxy` and inside TLS where given; `Broken("unreachable", …)` where not."""
    sock = _tcp(proxy.host if proxy else where.host, proxy.port if proxy else where.port, bool(proxy), deadline)
    try:
        if proxy is not None and where.scheme == "https":
            _tunnel(sock, where, proxy, timeout, deadline)
        if context is not None:
            sock = _wrapped(sock, where, context, deadline)
        return Connection(sock, timeout)
    except BaseException:
        sock.close()
        raise


def _tcp(host: str, port: int, is_proxy: bool, deadline: float) -> socket.socket:
    name = f"the proxy {host}:{port}" if is_proxy else f"{host}:{port}"
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, OverflowError) as error:
        raise Broken(
            "unreachable", f"the name {host} is not known ({getattr(error, 'strerror', None) or error})"
        ) from None
    problem = "no address"
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(max(0.001, (deadline - monotonic()) / (len(addresses) - index)))
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        except (OSError, OverflowError) as error:
            sock.close()
            problem = _problem(error)
        except BaseException:
            sock.close()
            raise
    raise Broken("unreachable", f"no connection to {name}: {problem}")


def _problem(error: Exception) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused; is the service provider running there?"
    if isinstance(error, TimeoutError):
        return "no answer to the attempt to connect in time"
    return str(getattr(error, "strerror", None) or error)


def _tunnel(sock: socket.socket, where: Origin, proxy: Proxy, timeout: float, deadline: float) -> None:
    host = f"[{where.host}]" if ":" in where.host else where.host
    lines = [f"CONNECT {host}:{where.port} HTTP/1.1", f"Host: {host}:{where.port}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    connection = Connection(sock, timeout)
    name = f"the proxy {proxy.host}:{proxy.port}"
    try:
        connection.send(("\r\n".join(lines) + "\r\n\r\n").encode(), deadline)
        status, reason = answer.read_tunnel(connection)
    except (Broken, Unsent) as error:
        raise Broken("unreachable", f"{name} opened no tunnel to {host}:{where.port}: {error}") from None
    if not 200 <= status < 300:
        raise Broken("unreachable", f"{name} refused a tunnel to {host}:{where.port}: {status} {reason}".rstrip())


def _wrapped(sock: socket.socket, where: Origin, context: ssl.SSLContext, deadline: float) -> socket.socket:
    import ssl

    sock.settimeout(max(0.001, deadline - monotonic()))
    try:
        return context.wrap_socket(sock, server_hostname=where.host)
    except ssl.SSLCertVerificationError as error:
        raise Broken("unreachable", _distrust(where, error.verify_message)) from None
    except ssl.SSLError as error:
        raise Broken("unreachable", _no_tls(where, error.reason or str(error))) from None
    except (OSError, ValueError) as error:
        raise Broken("unreachable", _no_tls(where, _problem(error))) from None


def _distrust(where: Origin, why: str) -> str:
    return (
        f"the certificate of {where.host}:{where.port} is not accepted: {why.rstrip('.')}."
        " Name a file with the certificate of its authority (`ca`), or switch the check off (`insecure`)"
    )


def _no_tls(where: Origin, why: str) -> str:
    if why in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return f"{where.host}:{where.port} does not speak TLS ({why}); should the URL begin with http://?"
    return f"no TLS connection to {where.host}:{where.port}: {why.replace('_', ' ').lower() if why.isupper() else why}"
