"""The pages that a person sees, in one layout, without scripts."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark;--ink:#1c2430;--soft:#5b6675;--line:#d9dee5;--paper:#fff;--ground:#f4f6f8;--act:#1f5fbf}
@media(prefers-color-scheme:dark){:root{--ink:#e8ecf1;--soft:#9aa6b5;--line:#343d4a;--paper:#1b212a;--ground:#12161c;
--act:#7fb0ff}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:30rem;margin:12vh auto 2rem;padding:2rem;background:var(--paper);border:1px solid var(--line);
border-radius:.75rem}
h1{margin:0 0 1rem;font-size:1.35rem}p{margin:0 0 1rem}ul{list-style:none;margin:0;padding:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.4rem 1.25rem;margin:0 0 1.5rem}
dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
.act{display:block;width:100%;margin:0 0 .6rem;padding:.6rem 1rem;border:1px solid var(--act);border-radius:.5rem;
background:none;color:var(--act);font:inherit;text-align:center;text-decoration:none;cursor:pointer}
.act:hover,.act:focus-visible{background:var(--act);color:var(--paper)}
"""
_DIGEST = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self' http: https:; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PROTOCOLS = {"saml": "SAML", "oidc": "OpenID Connect"}
_FIELDS = {"displayName": "Name", "userName": "User name", "email": "E-mail", "id": "Id"}


def page(title: str, body: str) -> str:
    """A whole page; `body` is HTML, `title` text."""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>\n"
    )


def signed_in(user: Mapping[str, Any]) -> str:
    """Who is signed in."""
    rows = "".join(
        f'<dt>{label}</dt><dd id="{name}">{escape(str(user[name]))}</dd>'
        for name, label in _FIELDS.items()
        if user.get(name)
    )
    out = '<form method="post" action="/logout"><button class="act">Sign out</button></form>'
    return page(f"Signed in as {user.get('displayName') or user.get('userName')}", f"<dl>{rows}</dl>{out}")


def nobody(trusts: Sequence[tuple[str, str]], title: str = "Sign in") -> str:
    """The ways to sign in; each is an IdP's label and a protocol."""
    links = "".join(
        f'<li><a class="act" href="/sso/{escape(idp)}/{protocol}/login">{escape(idp)}, {_PROTOCOLS[protocol]}</a></li>'
        for idp, protocol in trusts
    )
    return page(title, f"<ul>{links}</ul>" if links else "<p>Single sign-on is not set up.</p>")


def denied(reason: str) -> str:
    """Why somebody is not let in."""
    return page("You are not signed in", f'<p>{escape(reason)}</p><p><a class="act" href="/">Back</a></p>')


def posting(address: str, fields: Mapping[str, str]) -> str:
    """A form that takes a message to the identity provider."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields.items()
    )
    form = f'<form method="post" action="{escape(address)}">{inputs}<button class="act">Continue</button></form>'
    return page("Sign in", f"<p>You are taken to your identity provider.</p>{form}")
