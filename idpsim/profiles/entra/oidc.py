from idpsim.signon.oidc import OidcLook

SETTINGS: dict[str, object] = {}
LOOK = OidcLook()
