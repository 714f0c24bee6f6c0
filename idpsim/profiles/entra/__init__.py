"""Microsoft Entra ID: its provisioning service as non-gallery apps see it, without (`entra`) and with the SCIM flag."""
