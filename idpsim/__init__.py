"""A local identity provider for people who build software that customers connect to Okta, Entra ID or OneLogin."""

__version__ = "0.1.0"
