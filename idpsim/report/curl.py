"""An exchange as a curl command that sends the same request again, for a POSIX shell."""

from __future__ import annotations

from shlex import quote

from idpsim.redact import REDACTED, Redactor
from idpsim.wire import Exchange, Headers

LONGEST_BODY = 4000
TOKEN = "SCIM_TOKEN"
_OWN = ("user-agent", "accept")
_LEFT_TO_CURL = {"host", "content-length", "proxy-authorization"}


def command(exchange: Exchange, redact: Redactor) -> str:
    """The command, one option per line; the token comes from the variable SCIM_TOKEN.

    A body that is too long for a terminal is taken from the file body.json.
    """
    request = exchange.request
    url = redact.url(request.url)
    body = redact.body(request.body) if request.body is not None else None
    plain = request.method == "GET" and body is None
    first = ["curl", *_switches(url, request.headers), *([] if plain else ["-X", quoted(request.method)]), quoted(url)]
    lines = [" ".join(first), *_headers(request.headers, redact, body is not None)]
    if body is not None and len(body) > LONGEST_BODY:
        lines.append("--data-binary @body.json")
    elif body is not None:
        lines.append(f"--data-{'raw' if body.startswith('@') else 'binary'} {quoted(body)}")
    return " \\\n  ".join(lines)


def quoted(text: str) -> str:
    """A word for the shell; one with characters that a terminal would obey is written in `$'…'`, as bash and zsh do."""
    if text.isprintable():
        return quote(text)
    return "$'" + "".join(map(_escaped, text)) + "'"


def _escaped(character: str) -> str:
    if character in "'\\":
        return "\\" + character
    if character.isprintable():
        return character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("utf-8", "replace"))


def _switches(url: str, headers: Headers) -> list[str]:
    """What keeps curl from changing the request, and makes its answer readable."""
    path = url.partition("://")[2].partition("?")[0]
    return [
        *(["--http1.1"] if url.startswith("https:") else []),
        *(["--globoff"] if set(url) & set("[]{}") else []),
        *(["--path-as-is"] if "/." in path else []),
        *(["--compressed"] if any(name.lower() == "accept-encoding" for name, _ in headers) else []),
    ]


def _headers(headers: Headers, redact: Redactor, has_body: bool) -> list[str]:
    given = {name.lower() for name, _ in headers}
    lines = [_header(name, value, redact) for name, value in headers if name.lower() not in _LEFT_TO_CURL]
    own = (*_OWN, "content-type") if has_body else _OWN
    return lines + [f"-H '{name.title()}:'" for name in own if name not in given]


def _header(name: str, value: str, redact: Redactor) -> str:
    if name.lower() == "authorization":
        return _authorization(value)
    shown = redact.header(name, value)
    return f"-H {quoted(f'{name}: {shown}' if shown else f'{name};')}"


def _authorization(value: str) -> str:
    scheme, blank, _ = value.partition(" ")
    if scheme.lower() == "basic":
        return f'-u "${TOKEN}"'
    known = blank and scheme.isalnum()
    return f'-H "Authorization: {scheme} ${TOKEN}"' if known else f'-H "Authorization: ${TOKEN}"'


def remark(exchange: Exchange, text: str) -> str:
    """What the reader has to do before the command works; empty where it works as it is."""
    size = len(exchange.request.body or b"")
    notes = []
    if "@body.json" in text:
        notes.append(f"body.json: the request's body of {size:,} bytes, from --report har=FILE")
    if REDACTED in text:
        notes.append(f"{REDACTED}: put the secret in")
    return "; ".join(notes)
