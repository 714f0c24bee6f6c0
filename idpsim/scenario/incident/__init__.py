"""A recording of vendor traffic as a scenario: what was sent, what had happened, and the text that plays it again."""
