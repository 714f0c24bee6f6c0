"""The OpenID Connect provider: Authlib checks grants and clients, joserfc signs, each vendor's look says the rest."""
