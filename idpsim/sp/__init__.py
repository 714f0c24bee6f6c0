"""The embedded service provider: SCIM 2.0 and sign-in, in memory, right by default, and wrong by one switch each.

It is driven by any SCIM client and any browser through `ServiceProvider.wsgi`, in process or behind a WSGI server, and
by its own administrator through the methods of `ServiceProvider`. Flask is imported when `wsgi` is first used, not
before; what a protocol of signing in needs, when a trust of that protocol is set up.
"""

from __future__ import annotations

from .problem import Refused
from .provider import ServiceProvider
from .switches import Switches
from .trust import Endpoints, Trust

__all__ = ["Endpoints", "Refused", "ServiceProvider", "Switches", "Trust"]
