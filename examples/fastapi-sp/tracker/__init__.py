"""An issue tracker that people sign in to over OpenID Connect, with accounts that come over SCIM."""

from .app import create_app
from .settings import Settings

__all__ = ["Settings", "create_app"]
