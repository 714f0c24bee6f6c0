"""Scenarios: read, played event by event, verified and recorded."""
