"""Who may provision: whoever has the token."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django_scim.middleware import SCIMAuthCheckMiddleware


class BearerToken(SCIMAuthCheckMiddleware):
    """Refuses a SCIM request that does not carry the token."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        given, wanted = request.headers.get("Authorization", ""), f"Bearer {settings.SCIM_TOKEN}"
        if hmac.compare_digest(given.encode(), wanted.encode()):
            return None
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
