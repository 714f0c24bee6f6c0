"""The hosted identity provider, SAML 2.0 and OpenID Connect with each vendor's look, and the built-in browser."""
