"""The embedded service provider: SCIM 2.0 in memory, right by default, and strict or wrong by one switch each.

It is driven by any SCIM client through `ServiceProvider.wsgi`, in process or behind a WSGI server, and by its own
administrator through the methods of `ServiceProvider`. Flask is imported when `wsgi` is first used, not before.
"""

from __future__ import annotations

from .problem import Refused
from .provider import ServiceProvider
from .switches import Switches

__all__ = ["Refused", "ServiceProvider", "Switches"]
