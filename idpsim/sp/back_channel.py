"""How the service provider reaches an OpenID Connect provider: Authlib's client, with limits on what it reads."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, RequestException, Response

from .problem import Denied
from .trust import DISCOVERY, Trust

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

_MOST = 1_048_576
_SECONDS = 10.0


class BackChannel(OAuth2Session):  # type: ignore[misc]
    """The client of one trust; `adapter` (None: sockets) is mounted for http and https."""

    def __init__(self, trust: Trust, redirect_uri: str, adapter: BaseAdapter | None) -> None:
        super().__init__(
            trust.client_id,
            trust.client_secret,
            token_endpoint_auth_method=trust.auth_method if trust.client_secret else "none",
            scope="openid profile email",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        if adapter is not None:
            self.mount("http://", adapter)
            self.mount("https://", adapter)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        """The answer, read to at most 1 MiB in at most 10 s; redirects are not followed."""
        until = time.monotonic() + _SECONDS
        given = {**kwargs, "stream": True, "timeout": _SECONDS, "allow_redirects": False}
        response: Response = super().send(request, **given)
        body = bytearray()
        for chunk in response.iter_content(65536):
            body += chunk
            if len(body) > _MOST or time.monotonic() > until:
                response.close()
                raise RequestException("the answer is too long")
        response._content = bytes(body)
        return response

    def json(self, url: Any, what: str, **more: Any) -> dict[str, Any]:
        """The JSON object at a URL; Denied 502 where there is none."""
        try:
            answer = self.get(absolute(url, what), headers={"Accept": "application/json"}, **more)
            document = answer.json() if answer.status_code == 200 else None
        except (RequestException, AuthlibBaseError, ValueError, RecursionError) as error:
            raise Denied(502, f"The identity provider's {what} cannot be read.") from error
        if not isinstance(document, dict):
            raise Denied(502, f"The identity provider's {what} cannot be read.")
        return document

    def discover(self, trust: Trust) -> dict[str, Any]:
        """The discovery document, of this issuer and no other."""
        document = self.json(trust.issuer.rstrip("/") + DISCOVERY, "discovery document", withhold_token=True)
        if document.get("issuer") != trust.issuer:
            raise Denied(502, "The identity provider's discovery document is another issuer's.")
        return document

    def exchange(self, url: Any, code: str, verifier: str | None) -> Mapping[str, Any]:
        """The answer of the token endpoint to a code; Denied 403 where it refuses, 502 where it cannot be read."""
        proof = {"code_verifier": verifier} if verifier else {}
        try:
            answer: Mapping[str, Any] = self.fetch_token(
                absolute(url, "token endpoint"), grant_type="authorization_code", code=code, **self._back(), **proof
            )
        except AuthlibBaseError as error:
            reason = str(error.error or "")[:80]
            raise Denied(403, f"The identity provider has not given a token: {reason}.") from error
        except (RequestException, ValueError, TypeError, AttributeError, RecursionError) as error:
            raise Denied(502, "The identity provider's token endpoint cannot be read.") from error
        if not isinstance(answer, dict):
            raise Denied(502, "The identity provider's token endpoint cannot be read.")
        if str(answer.get("token_type")).lower() != "bearer" or not isinstance(answer.get("access_token"), str):
            raise Denied(403, "The identity provider has given no bearer token.")
        return answer

    def _back(self) -> dict[str, str]:
        return {"redirect_uri": self.redirect_uri}


def absolute(url: Any, what: str) -> str:
    """An http(s) URL of a discovery document; Denied 502 for anything else. A dump of JSON is never a URL."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme not in ("http", "https") or not parts.netloc:
        raise Denied(502, f"The identity provider's {what} is no address: {json.dumps(url, default=str)[:100]}.")
    assert isinstance(url, str)
    return url
