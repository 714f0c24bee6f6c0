"""OneLogin: its SCIM client as the generic "SCIM Provisioner with SAML" connectors send it, v2 and v1.1."""
