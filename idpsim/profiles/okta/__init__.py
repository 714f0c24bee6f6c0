"""Okta: its SCIM client as test-app and integration-network apps (`okta`) and App Integration Wizard apps send it."""
