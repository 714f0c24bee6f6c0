"""A shop whose staff accounts come from the customer's identity provider, over SCIM."""
