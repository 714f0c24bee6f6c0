"""A wiki for teams whose accounts come from the customer's identity provider, over SCIM."""

from .app import create_app

__all__ = ["create_app"]
