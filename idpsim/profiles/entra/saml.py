from idpsim.signon.saml import CertificateLook, SamlLook

SETTINGS: dict[str, object] = {}
LOOK = SamlLook(CertificateLook((("CN", "idpsim"),), 10))
