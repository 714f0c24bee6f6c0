"""Keeps secrets out of everything that leaves idpsim: tokens, passwords, assertions, cookies."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, AnyStr
from urllib.parse import quote, quote_plus

from idpsim.wire import Headers

REDACTED = "[redacted]"
SHORTEST = 4
_NAMES = (
    "password",
    "currentpassword",
    "newpassword",
    "access_token",
    "refresh_token",
    "id_token",
    "id_token_hint",
    "logout_token",
    "token",
    "client_secret",
    "client_assertion",
    "assertion",
    "samlresponse",
    "ticket",
    "code_verifier",
)
_FIELDS = "|".join(_NAMES)
_WORDS = ("password", "token", "secret", "assertion", "samlresponse", "ticket", "verifier")
_BYTE_WORDS = tuple(word.encode() for word in _WORDS)
_CREDENTIALS = {"authorization", "proxy-authorization", "cookie", "set-cookie"}
_URLS = {"location", "referer", "content-location", "refresh"}
_SCHEME = re.compile(r"(?i)(Bearer|Basic|Digest|DPoP|Negotiate|SSWS|Token|ApiKey) +\S")
_COOKIE = re.compile(r"=[^;]*")
_USERINFO = re.compile(r"(://[^/?#@:\s]*:)[^/?#@\s]*(?=@)")
_PARAMETER = re.compile(rf"((?:^|[?&#;\s])(?:{_FIELDS})=)[^&\s\"'<>#]+", re.IGNORECASE)
_JSON_FIELD = re.compile(
    rf'("(?:{_FIELDS})"\s*:\s*)(?:"(?:[^"\\]++|\\.)*+"?|-?\d[\d.eE+-]*)'
    rf'|(\\"(?:{_FIELDS})\\"\s*:\s*\\")(?:[^"\\]++|\\(?!"))*+',
    re.IGNORECASE | re.DOTALL,
)
_JWT = re.compile(r"\beyJ[\w-]{6,}\.eyJ[\w-]{6,}\.[\w-]*")
_ENCODED = re.compile(r"(?:PD94|PHNh|PFJl|PEFz|PEVu)(?:[A-Za-z0-9+/=_-]|%2[BbFf]|%3[Dd]|\\[nr/]|[\r\n]){28,}")
_ASSERTION = re.compile(
    r"(?:<|&lt;)(?:\w+:)?(?:Encrypted)?Assertion\b[\s\S]*?(?:(?:</|&lt;/)(?:\w+:)?(?:Encrypted)?Assertion|\Z)"
)
_CODE = re.compile(r"((?:^|[?&])code=)[^&\s\"'<>#]+")
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")
_INPUT = re.compile(r"<input\b[^<>]*", re.IGNORECASE)
_INPUT_NAME = re.compile(rf"\bname=[\"']?(?:{_FIELDS})\b", re.IGNORECASE)
_INPUT_VALUE = re.compile(r"(\bvalue=)(?:\"[^\"]*\"?|'[^']*'?|[^\s\"'>][^\s>]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Redactor:
    """Replaces secrets by `[redacted]`: the known values wherever they stand, others by the name of their field.

    `secrets` are tokens and passwords as they were given, `user:password` for Basic authentication. One shorter than
    4 characters is known by its field only: it could not be told from ordinary text.
    """

    _texts: tuple[str, ...]
    _bytes: tuple[bytes, ...]

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        texts = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        object.__setattr__(self, "_texts", texts)
        object.__setattr__(self, "_bytes", tuple(text.encode("utf-8", "replace") for text in texts))

    def text(self, text: str) -> str:
        """`text` without the known secrets, be they raw, URL-encoded, JSON-escaped or Basic, and without any JWT."""
        for secret in self._texts:
            if secret in text:
                text = text.replace(secret, REDACTED)
        return _tokens(text)

    def url(self, url: str) -> str:
        """A URL without the known secrets, without a password before the host and without secret parameters."""
        url = self.text(url)
        if "@" in url:
            url = _USERINFO.sub(rf"\1{REDACTED}", url)
        if "=" in url and _holds(_WORDS, url.lower()):
            url = _PARAMETER.sub(rf"\1{REDACTED}", url)
        return _code(url)

    def header(self, name: str, value: str) -> str:
        """The value of one header; credentials keep their scheme, cookies their names."""
        lower = name.lower()
        if lower in _CREDENTIALS:
            return _credentials(lower, value)
        return self.url(value) if lower in _URLS else self.text(value)

    def headers(self, headers: Headers) -> Headers:
        """`headers` without secrets; the same object where it holds none."""
        shown = tuple([(name, self.header(name, value)) for name, value in headers])
        return headers if shown == headers else shown

    def body(self, body: bytes | None) -> str:
        """A body as text without secrets: JSON, a form, or a page with a form; nothing for None."""
        if not body:
            return ""
        text = body.decode("utf-8", "replace")
        for secret in self._bytes:
            if secret in body:
                text = self.text(text)
                break
        text = _code(_tokens(text))
        lower = body.lower()
        if _holds(_BYTE_WORDS, lower) or (rb"\u00" in lower and _ESCAPED_LETTER.search(lower)):
            text = _fields(text)
        return text


def _tokens(text: str) -> str:
    """A text without JWTs and SAML assertions, XML or base64, which are secrets wherever they stand."""
    if "eyJ" in text:
        text = _JWT.sub(REDACTED, text)
    if "Assertion" in text:
        text = _ASSERTION.sub(REDACTED, text)
    if "PD94" in text or "PHNh" in text or "PFJl" in text or "PEFz" in text or "PEVu" in text:
        text = _ENCODED.sub(REDACTED, text)
    return text


def _code(text: str) -> str:
    """A URL or form without an authorization code, which is known by the state beside it."""
    return _CODE.sub(rf"\1{REDACTED}", text) if "code=" in text and "state=" in text else text


def _holds(words: tuple[AnyStr, ...], lower: AnyStr) -> bool:
    """Whether one of `words` is in a lower-case text; a loop, since `any` costs more than the search."""
    for word in words:  # noqa: SIM110
        if word in lower:
            return True
    return False


def _forms(secret: str) -> set[str]:
    """The ways in which a secret may be written."""
    if len(secret) < SHORTEST:
        return set()
    forms = {secret, quote(secret), quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
    forms |= {json.dumps(secret, ensure_ascii=False)[1:-1], secret.replace("/", "\\/")}
    forms |= {re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), form) for form in forms}
    if ":" in secret:
        forms.add(b64encode(secret.encode("utf-8", "replace")).decode("ascii"))
        password = secret.partition(":")[2]
        forms |= _forms(password) if len(password) >= SHORTEST else set()
    return forms


def _credentials(name: str, value: str) -> str:
    if name == "cookie":
        return _COOKIE.sub(f"={REDACTED}", value)
    if name == "set-cookie":
        return _COOKIE.sub(f"={REDACTED}", value, count=1)
    scheme = _SCHEME.match(value)
    return f"{scheme[1]} {REDACTED}" if scheme else REDACTED


def _fields(text: str) -> str:
    """`text` with the values of secret fields replaced, and as it was everywhere else."""
    text = _JSON_FIELD.sub(_json_field, text)
    text = _PARAMETER.sub(rf"\1{REDACTED}", text)
    text = _INPUT.sub(_input, text)
    return _patched(text) if text.lstrip()[:1] in ("{", "[") else text


def _json_field(match: re.Match[str]) -> str:
    return f'{match[1]}"{REDACTED}"' if match[1] else f"{match[2]}{REDACTED}"


def _input(match: re.Match[str]) -> str:
    tag = match[0]
    return _INPUT_VALUE.sub(rf'\1"{REDACTED}"', tag) if _INPUT_NAME.search(tag) else tag


def _patched(text: str) -> str:
    """JSON whose secret is named by a PATCH path, an object or an escaped key, written anew; else the text as it is."""
    try:
        value = json.loads(text)
        shown = _without(value, secret=False)
        return text if shown == value else json.dumps(shown, separators=(",", ":"), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text


def _without(value: Any, secret: bool) -> Any:
    """A JSON value without what stands under secret names; `secret` says that it does so itself."""
    if isinstance(value, dict):
        path = value.get("path")
        at_path = isinstance(path, str) and _is_secret(re.split("[:.]", path)[-1])
        return {
            key: _without(item, secret or _is_secret(key) or (at_path and key.lower() == "value"))
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_without(item, secret) for item in value]
    hidden = secret and value is not None and not isinstance(value, bool) and value != ""
    return REDACTED if hidden else value


def _is_secret(name: str) -> bool:
    return name.lower() in _NAMES
