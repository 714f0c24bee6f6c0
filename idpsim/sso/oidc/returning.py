"""How an answer gets back to the service provider: in the query, in the fragment, or posted by a form."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Response

from idpsim.sso.saml.posting import auto_post


def back(redirect_uri: str, params: Mapping[str, str], mode: str) -> Response:
    """The answer that brings `params` to a registered address; the address keeps the query that it has."""
    if mode == "form_post":
        return _uncached(auto_post(redirect_uri, dict(params)))
    encoded = urlencode(params, errors="replace")
    joint = "#" if mode == "fragment" else "&" if "?" in redirect_uri else "?"
    response = Response(status=302)
    response.autocorrect_location_header = False
    response.headers["Location"] = f"{redirect_uri}{joint}{encoded}" if encoded else redirect_uri
    return _uncached(response)


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def session_name(session_id: str) -> str:
    """A session as it is named to others: not by the secret that the browser holds."""
    return str(uuid.UUID(bytes=hashlib.sha256(f"session {session_id}".encode()).digest()[:16], version=4))
